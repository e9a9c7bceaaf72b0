"""Text <-> condition: one line, `SYMBOL CONDITION [| OPTIONS]`, in English and Chinese.

Lark reads the structure (language.lark), the signals' own templates read the leaves (rules/leaf.py), and the
table in rules/words.py adds friendlier wordings. What is printed parses to the same condition.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from rules.dated import dated
from rules.fault import LanguageError, LaterError, Trouble, UnknownSymbolError
from rules.figures import write_percent, write_window
from rules.leaf import write
from rules.model import REGULAR, And, Condition, Instrument, Leaf, Mode, Node, Not, SessionKind
from rules.presets import expanded
from rules.structure import Options, Reader
from rules.subject import find
from rules.words import WRITTEN

__all__ = (
    "LanguageError", "LaterError", "Line", "Options", "UnknownSymbolError", "canonical", "leaves_of",
    "of_day", "parse", "phrase",
)  # fmt: skip
MOST_CHARACTERS = 512
_PRICES = frozenset({"price"})  # signals whose rules ring once unless told otherwise (design 4.5)
# Full-width signs and the ideographic space, one for one, so that columns stay.
_BLANKS = (0x9, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)
_SIGNS = {0xFF01 + i: 0x21 + i for i in range(94)} | dict.fromkeys(_BLANKS, 0x20) | {ord("、"): 0x2C}
_JOINERS = "\u200d"  # emoji in notes are joined by it
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A rule as typed: the condition and how it is to be heard."""

    condition: Condition
    options: Options

    @property
    def mode(self) -> Mode:
        """The mode in force: as said, else price levels once, everything else daily."""
        return self.options.mode or _default_mode(self.condition.root)


def parse(text: str, resolve: Callable[[str], Instrument | None], *, language: str = "en") -> Line:
    """Read one line; `language` is that of the errors, both languages are always understood.

    LanguageError names the word, its column and what would fit there; LaterError is for forms not built yet;
    UnknownSymbolError for a name that `resolve` does not know.
    """
    try:
        return _parse(text, resolve)
    except Trouble as trouble:
        raise trouble.told(language) from None


def of_day(line: Line, day: date | None) -> Line:
    """The line with its typed prices being those of a day (None: of every day's, as typed).

    A line without a typed price has none of this, whatever was said.
    """
    bare = dated(line.condition.root, None)
    root = dated(bare, day)
    made = None if root == bare else day
    condition = replace(line.condition, root=root, made=made)
    return Line(condition=condition, options=replace(line.options, made=made))


def canonical(line: Line) -> str:
    """The full symbol, the canonical condition, and the options that differ from their defaults."""
    return phrase(line, "en")


def phrase(line: Line, language: str) -> str:
    """The same line in the words of `language`; parsing it gives the same line."""
    written = WRITTEN["zh" if language == "zh" else "en"]
    subject = (written["any"] if line.condition.each else "") + line.condition.symbol
    options = " ".join(_options(line, written, language))
    return f"{subject} {_node(line.condition.root, language)}{' | ' if options else ''}{options}"


def _parse(text: str, resolve: Callable[[str], Instrument | None]) -> Line:
    _check_text(text)
    plain = text.translate(_SIGNS)
    subject = find(plain, resolve)
    text = expanded(text, plain, subject.end)
    plain = text.translate(_SIGNS)
    root, options = Reader(plain, text, subject).read()
    condition = Condition(
        symbol=subject.instrument.symbol,
        root=root,
        text=_node(root, "en"),
        sessions=options.sessions,
        hysteresis=options.hysteresis,
        each=subject.each,
    )
    if options.mode is _default_mode(root):
        options = replace(options, mode=None)
    line = of_day(Line(condition=condition, options=options), options.made)
    if max(len(phrase(line, language)) for language in WRITTEN) > MOST_CHARACTERS:
        raise Trouble("long", subject.end, "", most=MOST_CHARACTERS)
    return line


def _check_text(text: str) -> None:
    if len(text) > MOST_CHARACTERS:
        raise Trouble("long", MOST_CHARACTERS, "", most=MOST_CHARACTERS)
    for place, character in enumerate(text):
        if unicodedata.category(character) in _REFUSED and character not in "\t" + _JOINERS:
            raise Trouble("control", place, "")


def _default_mode(node: Node) -> Mode:
    return Mode.ONCE if {leaf.signal for leaf in leaves_of(node)} <= _PRICES else Mode.DAILY


def leaves_of(node: Node) -> tuple[Leaf, ...]:
    """The leaves of a condition in the order written."""
    if isinstance(node, Leaf):
        return (node,)
    if isinstance(node, Not):
        return leaves_of(node.part)
    return tuple(leaf for part in node.parts for leaf in leaves_of(part))


def _node(node: Node, language: str) -> str:
    """A condition in words; brackets stand only where precedence (not, and, or) needs them."""
    written = WRITTEN["zh" if language == "zh" else "en"]
    if isinstance(node, Leaf):
        return write(node, language)
    if isinstance(node, Not):
        return written["not"] + _inner(node.part, language, bracket=not isinstance(node.part, Leaf))
    is_and = isinstance(node, And)
    parts = (_inner(p, language, bracket=is_and and not isinstance(p, Leaf | Not)) for p in node.parts)
    return written["and" if is_and else "or"].join(parts)


def _inner(node: Node, language: str, *, bracket: bool) -> str:
    written = WRITTEN["zh" if language == "zh" else "en"]
    text = _node(node, language)
    return f"{written['open']}{text}{written['close']}" if bracket else text


def _options(line: Line, written: Mapping[str, str], language: str) -> list[str]:
    options, condition = line.options, line.condition
    said: list[str] = []
    if options.mode is Mode.EVERY and options.every:
        said.append(written["every"] + write_window(options.every, language))
    elif options.mode:
        said.append(written[options.mode.value])
    if options.until:
        said.append(f"{written['until']}{options.until}")
    if condition.sessions != REGULAR:
        kinds = ",".join(written[kind] for kind in SessionKind if kind in condition.sessions)
        said.append(written["session"] + kinds)
    if condition.hysteresis is not None:
        said.append(written["hysteresis"] + write_percent(condition.hysteresis, language))
    if condition.made is not None:
        said.append(f"{written['made']}{condition.made}")
    if options.note:
        escaped = options.note.replace("\\", "\\\\").replace('"', '\\"')
        said.append(f'{written["note"]}"{escaped}"')
    return [*said, written["silent"]] if options.silent else said
