"""What one feed brings to the contract suites: a recording, and what to ask it for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.recorded import DATA


@dataclass(frozen=True, kw_only=True)
class Case:
    """A feed's payload and how many quotes are in it; see tests/contracts/cases."""

    payload: Callable[[], bytes]
    quotes: int
    file: str = ""  # the recorded file it is from; where it is absent the tests of it skip
    symbols: tuple[str, ...] = ()  # what the supervisor asks the feed for
    options: Mapping[str, str] = field(default_factory=dict)  # keys among them, made up
    mixed: Callable[[], bytes] | None = None  # a payload whose volume is in a unit its amount denies


def recorded(file: str) -> Callable[[], bytes]:
    """The bytes of a recorded file."""
    return (DATA / file).read_bytes
