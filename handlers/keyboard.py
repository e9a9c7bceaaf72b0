"""Inline buttons and their data: an action, an argument and a signature good in one chat only."""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

from handlers.command import Button

# https://core.telegram.org/bots/api#inlinekeyboardbutton: callback_data is 1-64 bytes.
LIMIT = 64
_MAC_BYTES = 8


@dataclass(frozen=True, slots=True)
class Press:
    """What a genuine button asks for."""

    action: str
    argument: str


def signature(secret: bytes, chat: str, action: str, argument: str) -> str:
    """Eight bytes of HMAC-SHA256 over chat, action and argument, as eleven characters."""
    # Lengths in front, so that no shift of a border between the parts gives the same bytes.
    parts = (part.encode("utf-8", "surrogatepass") for part in (chat, action, argument))
    body = b"".join(len(part).to_bytes(4) + part for part in parts)
    digest = hmac.new(secret, body, sha256).digest()[:_MAC_BYTES]
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def sign(secret: bytes, chat: str, action: str, argument: str = "") -> str:
    """Callback data for a button of this chat; ValueError where Telegram would refuse its size."""
    data = f"{action}:{argument}:{signature(secret, chat, action, argument)}"
    if len(data.encode()) > LIMIT:
        raise ValueError(f"callback data of {action!r} is longer than {LIMIT} bytes")
    return data


def read(secret: bytes, chat: str, data: str) -> Press | None:
    """The press behind callback data, or None where it was not made for this chat by us."""
    rest, _, mac = data.rpartition(":")
    action, _, argument = rest.partition(":")
    expected = signature(secret, chat, action, argument)
    if not hmac.compare_digest(mac.encode("utf-8", "surrogatepass"), expected.encode()):
        return None
    return Press(action, argument)


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Makes the signed buttons of one chat."""

    secret: bytes
    chat: str

    def button(self, text: str, action: str, argument: str = "") -> Button:
        """One button; its text is shown as it is, Telegram parses no entities there."""
        return Button(text=text, data=sign(self.secret, self.chat, action, argument))
