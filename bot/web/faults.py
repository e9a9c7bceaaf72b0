"""Fault switches: what the next calls of a method meet instead of, or after, being carried out."""

from dataclasses import dataclass
from enum import StrEnum

ANY = "*"


class Kind(StrEnum):
    """What goes wrong: the first group is refused, the second carried out without the client learning it."""

    FORBIDDEN = "forbidden"  # 403 bot was blocked by the user
    TOO_MANY = "too_many"  # 429 with retry_after, kept up for that long; `retry_after` seconds
    TOO_MANY_BARE = "too_many_bare"  # 429 without parameters
    BAD_REQUEST = "bad_request"  # 400; `text` replaces the words behind "Bad Request: "
    UNAUTHORIZED = "unauthorized"  # 401
    SERVER_ERROR = "server_error"  # 500 in JSON
    BAD_GATEWAY = "bad_gateway"  # 502 with a page of HTML
    HANG = "hang"  # not accepted, never answered
    RESET = "reset"  # not accepted, connection reset

    ACCEPT_HANG = "accept_hang"
    ACCEPT_RESET = "accept_reset"
    ACCEPT_ERROR = "accept_error"  # 500 in JSON
    RUBBISH = "rubbish"  # status 200 and a body that is no answer; `text` is that body


LOST = frozenset({Kind.ACCEPT_HANG, Kind.ACCEPT_RESET, Kind.ACCEPT_ERROR, Kind.RUBBISH})
# Bodies with status 200 that made a stock client raise something of its own (KeyError, TypeError ...).
RUBBISH = ('{"ok":true}', "[]", '{"ok":true,"result":null}', "<html>captive portal</html>", "")


@dataclass(slots=True, kw_only=True)
class Fault:
    """One switch: the next `count` calls of `method` after the first `skip`."""

    kind: Kind
    method: str = ANY
    count: int = 1
    skip: int = 0
    retry_after: int = 1
    text: str = ""

    def __post_init__(self) -> None:
        self.kind = Kind(self.kind)
        self.method = self.method.lower()

    @property
    def is_lost(self) -> bool:
        """Whether the call is carried out before the fault strikes."""
        return self.kind in LOST


class Faults:
    """The switches that are on, oldest first."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Turn a switch on."""
        self.waiting.append(fault)

    def clear(self) -> None:
        """Turn all off."""
        self.waiting.clear()

    def take(self, method: str) -> Fault | None:
        """The fault this call meets, used up by one; `method` in lower case."""
        for fault in self.waiting:
            if fault.method not in (ANY, method):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.count -= 1
            if fault.count <= 0:
                self.waiting.remove(fault)
            return fault
        return None
