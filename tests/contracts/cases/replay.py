"""A quotes file as a feed: a frame is a frame, whoever made it."""

from tests.contracts.case import Case
from tests.contracts.cases.demo import frame

CASE = Case(payload=frame, quotes=5)
