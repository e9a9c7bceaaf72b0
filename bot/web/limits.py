"""Telegram's limits as the playground enforces them: a refusal says how long to stay away, and means it.

The figures are those of https://core.telegram.org/bots/faq ("My bot is hitting limits"): about 30 messages a
second overall, one a second in a chat with short bursts allowed, 20 a minute in a group. A client counts when
it grants a message, a server when it arrives; between the two lie milliseconds that vary. So every window is
shortened by `jitter` and a chat's bucket holds a small burst: whoever keeps the limits is never refused.
"""

import math
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What is allowed; `jitter` in seconds, `burst` in messages."""

    overall: int = 30  # in any second
    group: int = 20  # in any minute
    refill: float = 1.0  # messages a second that a chat's bucket regains
    burst: int = 3  # messages a chat's bucket holds
    jitter: float = 0.3


EXACT = Rates(burst=1, jitter=0.0)
LONG = 5  # a second window this many times as long, so that the jitter cannot be used steadily


@dataclass(slots=True)
class Window:
    """At most `count` in any `seconds`."""

    count: int
    seconds: float
    times: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        """Seconds until one more fits."""
        while self.times and self.times[0] <= now - self.seconds:
            self.times.popleft()
        return 0.0 if len(self.times) < self.count else self.times[0] + self.seconds - now

    def take(self, now: float) -> None:
        """Count one."""
        self.times.append(now)


@dataclass(slots=True)
class Bucket:
    """Holds `burst`, regains `refill` a second."""

    burst: int
    refill: float
    level: float
    at: float

    def wait(self, now: float) -> float:
        """Seconds until one more fits."""
        level = min(self.burst, self.level + (now - self.at) * self.refill)
        return max(0.0, (1.0 - level) / self.refill)

    def take(self, now: float) -> None:
        """Count one."""
        self.level = min(self.burst, self.level + (now - self.at) * self.refill) - 1.0
        self.at = now


class Limits:
    """One message at a time: allowed, or refused for so many seconds."""

    def __init__(self, rates: Rates | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self._rates = rates or Rates()
        self._now = now
        jitter, overall = self._rates.jitter, self._rates.overall
        self._overall = (Window(overall, 1.0 - jitter), Window(overall * LONG, LONG - jitter))
        self._groups: dict[int, Window] = {}
        self._chats: dict[int, Bucket] = {}
        self._held: dict[int | None, float] = {}  # until when; None: everybody
        self.early = 0  # messages that came before the time an earlier refusal had named

    def hold(self, seconds: float, chat: int | None = None) -> None:
        """Refuse everything, or everything to one chat, for so long."""
        self._held[chat] = self._now() + seconds

    def refuse(self, chat: int) -> int:
        """0 and one message counted, or the whole seconds to stay away."""
        now = self._now()
        held = max(self._held.get(None, now), self._held.get(chat, now)) - now
        if held > 0:
            self.early += 1
            return math.ceil(held)
        overall = max(window.wait(now) for window in self._overall)
        own = max(limit.wait(now) for limit in self._own(chat, now))
        if overall <= 0 and own <= 0:
            for limit in (*self._overall, *self._own(chat, now)):
                limit.take(now)
            return 0
        seconds = max(1, math.ceil(max(overall, own)))
        self.hold(seconds, None if overall > 0 else chat)
        return seconds

    def _own(self, chat: int, now: float) -> Iterator[Window | Bucket]:
        if chat not in self._chats:
            self._chats[chat] = Bucket(self._rates.burst, self._rates.refill, self._rates.burst, now)
        yield self._chats[chat]
        if chat < 0:
            yield self._groups.setdefault(chat, Window(self._rates.group, 60.0 - self._rates.jitter))
