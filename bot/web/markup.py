"""Keyboards under messages, checked as Telegram's server checks them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.web.arguments import Arguments
from bot.web.refusal import bad

DATA_BYTES = 64
BUTTONS = 100
OTHER = frozenset({"keyboard", "remove_keyboard", "force_reply"})

Markup = dict[str, Any]


def inline(arguments: Arguments, *, editing: bool = False) -> Markup | None:
    """The inline keyboard of a call, or None; other keyboards are accepted where a message is new."""
    try:
        value = arguments.json("reply_markup")
    except ValueError as error:
        raise bad("can't parse reply keyboard markup JSON object") from error
    if value is None:
        return None
    if not isinstance(value, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in value:
        rows = _rows(value["inline_keyboard"])
        return {"inline_keyboard": rows} if rows else None
    if editing and OTHER & value.keys():
        raise bad("inline keyboard expected")
    return None


def _rows(value: object) -> list[list[Markup]]:
    if not isinstance(value, list):
        raise bad('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array')
    rows = []
    for row in value:
        if not isinstance(row, list):
            raise bad('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
        rows.append([_button(button) for button in row])
    if sum(map(len, rows)) > BUTTONS:
        raise bad("REPLY_MARKUP_TOO_LONG")
    return [row for row in rows if row]


def _button(value: object) -> Markup:
    if not isinstance(value, Mapping):
        raise _wrong("InlineKeyboardButton must be an Object")
    text = value.get("text")
    if not isinstance(text, str):
        raise _wrong('Field "text" must be of type String' if "text" in value else 'Can\'t find field "text"')
    if not text.strip():
        raise bad("BUTTON_TEXT_INVALID")
    if url := value.get("url"):
        return {"text": text, "url": _address(url)}
    data = value.get("callback_data")
    if isinstance(data, str) and data:
        if len(data.encode(errors="replace")) > DATA_BYTES:
            raise bad("BUTTON_DATA_INVALID")
        return {"text": text, "callback_data": data}
    if "callback_data" in value:
        raise bad("BUTTON_DATA_INVALID")
    raise _wrong("Text buttons are unallowed in the inline keyboard")


def _address(url: object) -> str:
    parts = urlsplit(str(url))
    if parts.scheme not in ("http", "https", "tg") or not parts.netloc:
        raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL specified")
    return str(url)


def _wrong(reason: str) -> Exception:
    return bad(f"can't parse inline keyboard button: {reason}")
