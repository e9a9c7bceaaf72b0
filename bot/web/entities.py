"""Telegram's HTML as its server reads it: text and entities out, or the reason it is refused.

The tags, the escapes and the byte offsets in the reasons follow `parse_html` of TDLib
(td/telegram/MessageEntity.cpp), which Telegram's own Bot API server runs, and "HTML style" at
https://core.telegram.org/bots/api#html-style. Offsets and lengths are UTF-16 units.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import msgspec

from bot.web.spans import Entity, clean, link, settle, trim, units

STYLES: Mapping[str, str] = MappingProxyType(
    {
        "b": "bold",
        "strong": "bold",
        "i": "italic",
        "em": "italic",
        "u": "underline",
        "ins": "underline",
        "s": "strikethrough",
        "strike": "strikethrough",
        "del": "strikethrough",
        "tg-spoiler": "spoiler",
        "span": "spoiler",
        "pre": "pre",
        "code": "code",
        "blockquote": "blockquote",
        "a": "text_link",
    }
)
LITERALS: Mapping[str, str] = MappingProxyType({"lt": "<", "gt": ">", "amp": "&", "quot": '"'})
SURROGATES = (
    "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate "
    "code units"
)

_PLAIN = re.compile(r"[^<&]+")
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]*)|#([0-9]*)|([a-zA-Z]*));?")
_TAG_NAME = re.compile(r"[^\s\0>]*")
_ATTRIBUTE = re.compile(r"[^\s\0=]*")
_EXPANDABLE = re.compile(r"expandable(?:>|$)")
_SPACE = re.compile(r"\s*")
_TOKEN = re.compile(r"[A-Za-z0-9.\-]*")
_LANGUAGE = "language-"
MAX_POINT = 0x10FFFF
LONGEST_NUMBER = 10  # characters of a numeric reference, the semicolon not counted


class EntityError(ValueError):
    """Markup that Telegram refuses; its text follows "can't parse entities: "."""


def parse(source: str) -> tuple[str, tuple[Entity, ...]]:
    """HTML -> (text, entities in Telegram's order), white space at both ends removed; raises EntityError."""
    parser = _Parser(source)
    parser.run()
    text = "".join(parser.out)
    return trim(text, settle(parser.entities))


@dataclass(slots=True)
class _Open:
    tag: str
    argument: str
    offset: int
    place: int  # in `out`


class _Parser:
    """One pass over the source; `out` holds decoded pieces, `length` their UTF-16 units."""

    def __init__(self, source: str) -> None:
        self.source, self.at = source, 0
        self.out: list[str] = []
        self.length = 0
        self.stack: list[_Open] = []
        self.entities: list[Entity] = []

    def run(self) -> None:
        """Read to the end."""
        while self.at < len(self.source):
            if match := _PLAIN.match(self.source, self.at):
                self._emit(clean(match[0]))
                self.at = match.end()
            elif self.source[self.at] == "&":
                self._emit(self._reference())
            elif self.source.startswith("</", self.at):
                self._close()
            else:
                self._begin()
        if self.stack:
            raise EntityError(f'Can\'t find end tag corresponding to start tag "{self.stack[-1].tag}"')

    def _emit(self, piece: str) -> None:
        self.out.append(piece)
        self.length += units(piece)

    def _byte(self, place: int) -> int:
        return len(self.source[:place].encode(errors="replace"))

    def _reference(self) -> str:
        """The character an escape stands for, or the ampersand itself where it is none."""
        match = _REFERENCE.match(self.source, self.at)
        char = _character(match) if match is not None else ""
        if match is None or not char:
            self.at += 1
            return "&"
        self.at = match.end()
        return char

    def _read(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.source, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match[0]

    def _peek(self) -> str:
        return self.source[self.at : self.at + 1]

    def _begin(self) -> None:
        start = self.at
        self.at += 1
        tag = self._read(_TAG_NAME).lower()
        if not self._peek():
            raise EntityError(f"Unclosed start tag at byte offset {self._byte(start)}")
        if tag not in STYLES:
            raise EntityError(f'Unsupported start tag "{tag}" at byte offset {self._byte(start)}')
        argument = ""
        while self._read(_SPACE) is not None and self._peek() != ">":
            argument = self._attribute(tag, start) or argument
        self.at += 1
        if tag == "span" and argument != "tg-spoiler":
            raise EntityError(f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(start)}')
        self.stack.append(_Open(tag, argument, self.length, len(self.out)))

    def _attribute(self, tag: str, start: int) -> str:
        """One attribute; its value where it means something for the tag, else ""."""
        where = f"byte offset {self._byte(start)}"
        begin = self.at
        name = self._read(_ATTRIBUTE)
        if not name:
            raise EntityError(f'Empty attribute name in the tag "{tag}" at {where}')
        self._read(_SPACE)
        if tag == "blockquote" and _EXPANDABLE.match(name) and self._peek() != "=":
            self.at = begin + len("expandable")
            return "expandable"
        if self._peek() != "=":
            raise EntityError(
                f'Expected equal sign in declaration of an attribute of the tag "{tag}" at {where}'
            )
        self.at += 1
        self._read(_SPACE)
        value = self._value(tag, where)
        if not self._peek():
            raise EntityError(f"Unclosed start tag at {where}")
        meant = {("a", "href"), ("code", "class"), ("span", "class")}
        return value if (tag, name) in meant else ""

    def _value(self, tag: str, where: str) -> str:
        quote = self._peek()
        if not quote:
            raise EntityError(f'Unclosed start tag "{tag}" at {where}')
        if quote not in "'\"":
            begin = self.at
            token = self._read(_TOKEN).lower()
            if self._peek() not in ("", ">") and not self._peek().isspace():
                raise EntityError(f"Unexpected end of name token at byte offset {self._byte(begin)}")
            return token
        self.at += 1
        value: list[str] = []
        while self._peek() not in ("", quote):
            if self._peek() == "&":
                value.append(self._reference())
            else:
                value.append(self._peek())
                self.at += 1
        self.at += 1
        return "".join(value)

    def _close(self) -> None:
        start = self.at
        if not self.stack:
            raise EntityError(f"Unexpected end tag at byte offset {self._byte(start)}")
        self.at += 2
        tag = self._read(_TAG_NAME).lower()
        self._read(_SPACE)
        if self._peek() != ">":
            raise EntityError(f"Unclosed end tag at byte offset {self._byte(start)}")
        self.at += 1
        opened = self.stack.pop()
        if tag and tag != opened.tag:
            raise EntityError(
                f"Unmatched end tag at byte offset {self._byte(start)}, "
                f'expected "</{opened.tag}>", found "</{tag}>"'
            )
        if self.length > opened.offset:
            self._mark(opened)

    def _mark(self, opened: _Open) -> None:
        kind = STYLES[opened.tag]
        span = Entity(type=kind, offset=opened.offset, length=self.length - opened.offset)
        if kind == "text_link":
            url = link(opened.argument or "".join(self.out[opened.place :]))
            if url:
                self.entities.append(msgspec.structs.replace(span, url=url))
        elif kind in ("pre", "code"):
            named = opened.argument.startswith(_LANGUAGE)
            self._mark_code(span, opened.argument.removeprefix(_LANGUAGE) if named else "")
        elif opened.argument == "expandable":
            self.entities.append(msgspec.structs.replace(span, type="expandable_blockquote"))
        else:
            self.entities.append(span)

    def _mark_code(self, span: Entity, language: str) -> None:
        """`<pre><code class="language-x">` is one block of code with a language, whichever tag is outside."""
        inner = self.entities[-1] if self.entities else None
        twin = inner is not None and (inner.offset, inner.length) == (span.offset, span.length)
        if inner is not None and twin and {inner.type, span.type} == {"pre", "code"}:
            self.entities[-1] = msgspec.structs.replace(span, type="pre", language=language or inner.language)
        else:
            self.entities.append(msgspec.structs.replace(span, language=language))


def _character(match: re.Match[str]) -> str:
    sixteen, ten, name = match.groups()
    if name is not None:
        return LITERALS.get(name, "")
    digits = sixteen if sixteen is not None else ten
    body = match[0].removesuffix(";")
    point = int(digits, 16 if sixteen is not None else 10) if digits and len(body) < LONGEST_NUMBER else 0
    if not 0 < point < MAX_POINT:
        return ""
    if 0xD800 <= point <= 0xDFFF:  # noqa: PLR2004 -- the surrogate range of Unicode
        raise EntityError(SURROGATES)
    return clean(chr(point)) or " "
