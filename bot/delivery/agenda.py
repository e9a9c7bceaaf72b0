"""Which chat is served next: replies before alerts, the earliest due first, one message a chat at a time."""

from dataclasses import dataclass, field

from bot.store.chatkeys import LANES

NEARLY = 250.0  # ms; a quarter of what a chat's token takes to come back


@dataclass(slots=True)
class Agenda:
    """Chats with something due, on one clock of milliseconds; a chat stands at most once in a lane.

    Knows nothing of rows or networks. A lane is held back by limits, all lanes by pauses and outages. Looking
    for the next chat reads all that wait: a few thousand at most (MOST_CHATS), 27 times a second.
    """

    _due: dict[int, dict[str, float]] = field(default_factory=lambda: {lane: {} for lane in LANES})
    _holds: dict[int, float] = field(default_factory=lambda: dict.fromkeys(LANES, 0.0))
    _busy: set[str] = field(default_factory=set)

    def __len__(self) -> int:
        """Chats waiting, each lane counted."""
        return sum(map(len, self._due.values()))

    def put(self, chat: str, lane: int, at: float) -> None:
        """The chat has something in the lane from `at` on; an earlier time known already stays."""
        known = self._due[lane].get(chat, at)
        self._due[lane][chat] = min(known, at)

    def defer(self, chat: str, lane: int, at: float) -> None:
        """What the chat has in the lane waits until `at`."""
        self._due[lane][chat] = max(self._due[lane].get(chat, at), at)

    def hold(self, until: float, lanes: tuple[int, ...] = LANES) -> None:
        """Nothing leaves these lanes before `until`; a longer hold stays."""
        for lane in lanes:
            self._holds[lane] = max(self._holds[lane], until)

    def pop(self, now: float) -> tuple[str, int] | None:
        """The next chat and its lane, busy from now on; None where nothing may leave yet."""
        for lane in LANES:
            if self._holds[lane] > now:
                continue
            ready = [
                (at, chat)
                for chat, at in self._due[lane].items()
                if chat not in self._busy and self._turn(chat, lane, at) <= now
            ]
            if ready:
                _, chat = min(ready)
                del self._due[lane][chat]
                self._busy.add(chat)
                return chat, lane
        return None

    def done(self, chat: str) -> None:
        """The chat's message is over, one way or the other."""
        self._busy.discard(chat)

    def _turn(self, chat: str, lane: int, at: float) -> float:
        """When the chat's turn in a lane comes: not just before what it has in a lane ahead.

        Both wait for the chat's one token a second, and the clock's last milliseconds must not decide.
        """
        ahead = (self._due[first].get(chat) for first in LANES[: LANES.index(lane)])
        return max([at, *(due for due in ahead if due is not None and due <= at + NEARLY)])

    def next(self) -> float | None:
        """The earliest moment at which something may leave, None where nothing waits."""
        times = [
            max(self._turn(chat, lane, at), self._holds[lane])
            for lane in LANES
            for chat, at in self._due[lane].items()
            if chat not in self._busy
        ]
        return min(times, default=None)
