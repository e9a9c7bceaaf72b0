"""Stretches of text with a meaning, as Telegram stores them: merged, trimmed, measured in UTF-16 units.

Rules: https://core.telegram.org/bots/api#formatting-options and `fix_entities` of TDLib, which Telegram's own
Bot API server runs.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

import msgspec

QUOTES = ("blockquote", "expandable_blockquote")
MERGED = ("bold", "italic", "underline", "strikethrough", "spoiler")
_DROPPED = re.compile("[\r\u2028-\u202e]")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")
_FOUND = (
    ("url", re.compile(r"\bhttps?://[^\s<>\"]*[^\s<>\".,;:!?)\]]", re.ASCII | re.IGNORECASE)),
    ("bot_command", re.compile(r"(?<![\w/@.:])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")),
    ("mention", re.compile(r"(?<![\w/@.])@[A-Za-z][A-Za-z0-9_]{3,31}", re.ASCII)),
)


class Entity(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One stretch of text with a meaning; `offset` and `length` in UTF-16 units."""

    type: str
    offset: int
    length: int
    url: str = ""
    language: str = ""

    @property
    def end(self) -> int:
        """The first unit behind it."""
        return self.offset + self.length


def units(text: str) -> int:
    """Length in UTF-16 units, Telegram's measure of everything."""
    return len(text) + sum(char > "\uffff" for char in text)


def clean(text: str) -> str:
    """Control characters become spaces, line separators and direction overrides vanish."""
    return _CONTROL.sub(" ", _DROPPED.sub("", text))


def detect(text: str, entities: tuple[Entity, ...]) -> tuple[Entity, ...]:
    """Entities and what Telegram finds by itself outside code and links: addresses, commands, mentions."""
    taken = [e for e in entities if e.type in ("code", "pre", "text_link")]
    found: list[Entity] = []
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            entity = Entity(type=kind, offset=units(text[: match.start()]), length=units(match[0]))
            if not any(_overlap(entity, other) for other in (*taken, *found)):
                found.append(entity)
    return tuple(sorted((*entities, *found), key=_order))


def settle(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Nesting as Telegram stores it: equal styles merged, only quotes around code, quotes not nested."""
    ordered = sorted(entities, key=_order)
    solid = list(_outermost(e for e in ordered if e.type in ("code", "pre")))
    quotes = list(_outermost(e for e in ordered if e.type in QUOTES))
    links = _outermost(e for e in ordered if e.type == "text_link")
    kept = [link for link in links if not any(_overlap(link, other) for other in solid)]
    for style in MERGED:
        kept.extend(_styled(style, [e for e in ordered if e.type == style], solid))
    return tuple(sorted((*solid, *quotes, *kept), key=_order))


def trim(text: str, entities: tuple[Entity, ...]) -> tuple[str, tuple[Entity, ...]]:
    """Remove white space at the end, and at the start as far as no entity begins there."""
    text = text.rstrip(" \n")
    start = len(text) - len(text.lstrip(" \n"))
    start = min([start, *(e.offset for e in entities)])
    end = units(text)
    moved = []
    for entity in entities:
        length = min(entity.end, end) - entity.offset
        if length > 0:
            moved.append(msgspec.structs.replace(entity, offset=entity.offset - start, length=length))
    return text[start:], tuple(moved)


def link(url: str) -> str:
    """The address a client may open: http, https or tg, with "http://" before a bare host; else ""."""
    url = url.strip()
    if not url or any(char.isspace() for char in url):
        return ""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
    except ValueError:
        return ""
    if parts.scheme == "tg":
        return "" if parts.netloc == "user" else url  # mentions by id need a user this server knows
    if parts.scheme not in ("http", "https") or "." not in parts.netloc.strip("."):
        return ""
    return parts._replace(path=parts.path or "/").geturl()


def _order(entity: Entity) -> tuple[int, int, str]:
    return entity.offset, -entity.length, entity.type


def _overlap(one: Entity, other: Entity) -> bool:
    return one.offset < other.end and other.offset < one.end


def _outermost(ordered: Iterable[Entity]) -> Iterator[Entity]:
    end = 0
    for entity in ordered:
        if entity.offset >= end:
            end = entity.end
            yield entity


def _styled(style: str, spans: list[Entity], solid: list[Entity]) -> Iterator[Entity]:
    merged: list[tuple[int, int]] = []
    for span in spans:
        if merged and span.offset <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], span.end))
        else:
            merged.append((span.offset, span.end))
    for start, end in merged:
        at = start
        for hole in (e for e in solid if e.offset < end and start < e.end):
            if at < hole.offset:
                yield Entity(type=style, offset=at, length=hole.offset - at)
            at = max(at, hole.end)
        if at < end:
            yield Entity(type=style, offset=at, length=end - at)
