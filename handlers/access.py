"""Who may do what: in a private chat its user everything; a group all may read, administrators write."""

from dataclasses import dataclass
from typing import Protocol

# https://core.telegram.org/bots/api#message: an administrator who posts anonymously appears as this bot, with
# sender_chat set to the group itself.
ANONYMOUS_ADMIN = 1087968824


class Members(Protocol):
    """Who may speak for a group."""

    async def is_admin(self, chat: int, user: int) -> bool:
        """Whether the user is creator or administrator of the group just now; False where nobody can tell."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an update came from: Telegram's ids, before they are a chat's key."""

    telegram: int
    is_private: bool
    user: int
    sender: int | None = None  # the chat a message was sent on behalf of


async def may_write(place: Place, members: Members) -> bool:
    """Whether this sender may change the chat's rules; asked only when a reply has effects."""
    if place.is_private:
        return True
    if place.sender is not None:
        return place.user == ANONYMOUS_ADMIN and place.sender == place.telegram
    return await members.is_admin(place.telegram, place.user)
