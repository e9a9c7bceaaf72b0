"""The wording of replies: catalogue lookups, the one place that escapes, and lists cut to Telegram's size."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from html import escape as entities
from html import unescape
from itertools import accumulate
from re import compile as pattern

from handlers.command import Language
from handlers.locale.en import TEXTS as EN
from handlers.locale.zh import TEXTS as ZH

# https://core.telegram.org/bots/api#sendmessage: 1-4096 characters after entities parsing, in UTF-16 units.
LIMIT = 4096
CATALOGUES = {Language.EN: EN, Language.ZH: ZH}
_TAG = pattern(r"</?[a-z]+>")
# Cc control, Cf bidi marks and zero widths, Cs lone surrogates, Co private use, Zl and Zp exotic line breaks.
_UNWANTED = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


class Html(str):
    """Text in which everything foreign is escaped already; `say` lets it through as it is."""

    __slots__ = ()


def plain(text: str) -> str:
    """The text on one line without control, bidi, zero-width and surrogate characters."""
    spaced = "".join(" " if char in "\n\r\t" else char for char in text)
    return "".join(char for char in spaced if unicodedata.category(char) not in _UNWANTED)


def escape(text: str) -> Html:
    """Foreign text (names, notes, what a user typed) as Telegram HTML without any entity of its own."""
    return Html(entities(plain(text), quote=False))


def bold(text: str) -> Html:
    """The text, escaped, in bold."""
    return Html(f"<b>{_safe(text)}</b>")


def code(text: str) -> Html:
    """The text, escaped, in a fixed-width face that copies with one tap."""
    return Html(f"<code>{_safe(text)}</code>")


def say(language: Language, key: str, **fields: object) -> Html:
    """The catalogue's sentence with its fields filled in, each escaped unless it is Html."""
    template = CATALOGUES[language][key]
    return Html(template.format_map({name: _safe(str_of(value)) for name, value in fields.items()}))


def str_of(value: object) -> str:
    """The value as text; Html stays Html."""
    return value if isinstance(value, str) else str(value)


def join(parts: Iterable[str], separator: str = "\n") -> Html:
    """The parts, each escaped unless Html, in one text; empty parts are left out."""
    return Html(separator.join(_safe(part) for part in parts if part))


def units(html: str) -> int:
    """UTF-16 units of what remains once our tags and entities are parsed, which is what Telegram counts."""
    return len(unescape(_TAG.sub("", html)).encode("utf-16-le", "surrogatepass")) // 2


def fit(head: Html, rows: Sequence[Html], more: Callable[[int], Html], limit: int = LIMIT) -> Html:
    """Head and rows, one a line; rows that do not fit are replaced by the sentence that counts them."""
    whole = join((head, *rows))
    if units(whole) <= limit:
        return whole
    room = limit - units(head) - units(more(len(rows))) - 1
    sizes = accumulate(units(row) + 1 for row in rows)
    kept = rows[: sum(size <= room for size in sizes)]
    return join((head, *kept, more(len(rows) - len(kept))))


def _safe(text: str) -> Html:
    return text if isinstance(text, Html) else escape(text)
