"""The contract of a channel: one send, one edit, and three ways to fail that decide what happens next."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.errors import ChannelError
from rules.registry import Registry


class RetryableError(ChannelError):
    """It surely was not delivered; try again, not before `after` where the server said so (429).

    `reason` is `flood` for a 429, with or without `after`, else what kept the request from leaving.
    """

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        super().__init__(reason, after)
        self.reason, self.after = reason, after


class UndeliverableError(ChannelError):
    """It never will be; `reason`: blocked, unauthorized, bad_request, gone, not_modified or migrated."""

    def __init__(self, reason: str, detail: str = "", chat: str | None = None) -> None:
        super().__init__(reason, detail, chat)
        self.reason, self.detail, self.chat = reason, detail, chat  # chat: where it migrated to


class UnknownOutcomeError(ChannelError):
    """Nobody knows: repeat once, marked. `answered`: the server did say something (a 5xx, nonsense)."""

    def __init__(self, reason: str = "", *, answered: bool = False) -> None:
        super().__init__(reason, answered)
        self.reason, self.answered = reason, answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to one chat, rendered; `alerts` name the (rule, ring, state) its text shows."""

    chat: str  # the channel's own address, a Telegram chat id
    html: str  # at most 4096 UTF-16 units once entities are parsed
    buttons: tuple[tuple[tuple[str, str], ...], ...] = ()  # rows of (text, data)
    silent: bool = False
    alerts: tuple[str, ...] = ()  # "rule:ring:state"


class Channel(Protocol):
    """Somewhere alerts go."""

    name: str

    async def send(self, message: Message) -> int:
        """Deliver a new message and return its id; raises the three errors above, nothing else."""
        ...

    async def edit(self, number: int, message: Message) -> None:
        """Replace the text and buttons of message `number`."""
        ...

    async def answer(self, callback: str, toast: str) -> None:
        """Answer a button press; best effort, raises as send does."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


CHANNELS: Registry[type[Channel]] = Registry("channel")
