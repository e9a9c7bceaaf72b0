"""The founding day: its first frame that trades."""

from bot.founding.demo import world
from bot.founding.pace import encode
from tests.contracts.case import Case


def frame() -> bytes:
    """The first frame of the founding day that trades."""
    return encode(next(frame for frame in world().frames() if frame.quotes and frame.quotes[0].price))


CASE = Case(payload=frame, quotes=5)
