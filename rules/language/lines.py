"""Text <-> condition: one line, `SYMBOL CONDITION [| OPTIONS]`, in English and Chinese.

Lark reads the structure (language.lark), the signals' own templates read the leaves (leaf.py), and the
table in words.py adds friendlier wordings. What is printed parses to the same condition.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rules.dated import dated
from rules.language.courtesy import parted
from rules.language.fault import LanguageError, LaterError, Trouble, UnknownSymbolError
from rules.language.figures import write_percent, write_window
from rules.language.leaf import write
from rules.language.local import local
from rules.language.manner import mannered
from rules.language.presets import NAMES, expanded
from rules.language.rewording import reworded
from rules.language.sayings import colloquial
from rules.language.structure import Options, Reader
from rules.language.subject import find
from rules.language.words import WRITTEN
from rules.model import (
    And,
    At,
    Between,
    Condition,
    Held,
    Instrument,
    Leaf,
    Mode,
    Node,
    Not,
    OnClose,
    Or,
    Remembered,
    SessionKind,
    Then,
)  # fmt: skip
from rules.nodes import leaves_of
from rules.signal import listening

__all__ = (
    "LanguageError", "LaterError", "Line", "Options", "UnknownSymbolError", "canonical", "of_day", "parse",
    "phrase", "worded",
)  # fmt: skip
# Characters of a line that is read twice, for that takes twice the time: nobody talks longer.
MOST_COLLOQUIAL = 180
MOST_CHARACTERS = 512
QUALIFIERS = (Held, At, Between, OnClose)  # in the order they are printed in, without brackets
_PRICES = frozenset({"price"})  # signals whose rules ring once unless told otherwise (design 4.5)
# Full-width signs and the ideographic space, one for one, so that columns stay.
_BLANKS = (0x9, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)
_SIGNS = {0xFF01 + i: 0x21 + i for i in range(94)} | dict.fromkeys(_BLANKS, 0x20) | {ord("、"): 0x2C}
_JOINERS = "\u200d"  # emoji in notes are joined by it
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A rule as typed: the condition and how it is to be heard."""

    condition: Condition  # of a ladder that of its first rung
    options: Options
    rungs: tuple[Condition, ...] = ()  # of a ladder, the nearest first

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All that the line listens to: one, of a ladder one a rung."""
        return self.rungs or (self.condition,)

    def alone(self, condition: str) -> "Line":
        """The line of one of its conditions, by id; itself where it has no such rung."""
        found = next((rung for rung in self.rungs if rung.id == condition), None)
        return self if found is None else replace(self, condition=found, rungs=())

    @property
    def mode(self) -> Mode:
        """The mode in force: as said, else price levels once, everything else daily."""
        return self.options.mode or _default_mode(self.condition.root)


def parse(
    text: str,
    resolve: Callable[[str], Instrument | None],
    *,
    language: str = "en",
    presets: Mapping[str, str] = NAMES,
) -> Line:
    """Read one line; `language` is that of the errors, both languages are always understood.

    `presets` has the conditions that a name alone may stand for.

    LanguageError names the word, its column and what would fit there; LaterError is for forms not built yet;
    UnknownSymbolError for a name that `resolve` does not know.
    """
    try:
        return _parse(text, resolve, presets)
    except Trouble as trouble:
        raise trouble.told(language) from None


def of_day(line: Line, day: date | None) -> Line:
    """The line with its typed prices being those of a day (None: of every day's, as typed).

    A line without a typed price has none of this, whatever was said.
    """
    condition = _of_day(line.condition, day)
    rungs = tuple(_of_day(rung, day) for rung in line.rungs)
    return Line(condition=condition, options=replace(line.options, made=condition.made), rungs=rungs)


def _of_day(condition: Condition, day: date | None) -> Condition:
    bare = dated(condition.root, None)
    root = dated(bare, day)
    return replace(condition, root=root, made=None if root == bare else day)


def canonical(line: Line) -> str:
    """The full symbol, the canonical condition, and the options that differ from their defaults."""
    return phrase(line, "en")


def phrase(line: Line, language: str) -> str:
    """The same line in the words of `language`; parsing it gives the same line."""
    written = WRITTEN["zh" if language == "zh" else "en"]
    subject = (written["any"] if line.condition.each else "") + line.condition.symbol
    options = " ".join(_options(line, written, language))
    said = _ladder(line.rungs, language) if line.rungs else _node(line.condition.root, language)
    return f"{subject} {said}{' | ' if options else ''}{options}"


def worded(node: Node, language: str) -> str:
    """A part of a condition in the words of `language`."""
    return _node(node, language)


def _parse(text: str, resolve: Callable[[str], Instrument | None], presets: Mapping[str, str]) -> Line:
    _check_text(text)
    subject = find(parted(text.translate(_SIGNS)), resolve)
    full = expanded(text, subject.text, subject.end, presets)
    plain = expanded(subject.text, subject.text, subject.end, presets).text.translate(_SIGNS)
    try:
        plain = local(reworded(plain, subject.end), subject.end, subject.instrument)
        reader = Reader(*mannered(plain, full.text, subject.end), subject)
        reader, root, options = _read(reader, presets)
    except Trouble as trouble:
        trouble.start = full.origin(trouble.start)
        raise
    subject = reader.subject
    condition = Condition(
        symbol=subject.instrument.symbol,
        root=root,
        text=_node(root, "en"),
        sessions=options.sessions or listening(root),
        hysteresis=options.hysteresis,
        each=subject.each,
    )
    if options.mode is _default_mode(root):
        options = replace(options, mode=None)
    if options.sessions == listening(root):
        options = replace(options, sessions=frozenset())
    rungs = tuple(replace(condition, root=rung, text=write(rung, "en")) for rung in reader.rungs)
    line = of_day(Line(condition=condition, options=options, rungs=rungs), options.made)
    if max(len(phrase(line, language)) for language in WRITTEN) > MOST_CHARACTERS:
        raise Trouble("long", subject.end, "", most=MOST_CHARACTERS)
    return line


def _read(reader: Reader, presets: Mapping[str, str]) -> tuple[Reader, Node, Options]:
    """What a line says as typed, else in plain words; the trouble where nothing in it is colloquial."""
    try:
        return reader, *reader.read()
    except Trouble as trouble:
        if len(reader.text) > MOST_COLLOQUIAL:
            raise
        spelling, subject = colloquial.plain(reader.original, reader.text, reader.subject, presets)
        if spelling.is_typed:
            raise trouble from None
    reader = Reader(spelling.text.translate(_SIGNS), spelling.text, subject)
    try:
        return reader, *reader.read()
    except Trouble as other:
        raise spelling.told(other) from None


def _check_text(text: str) -> None:
    if len(text) > MOST_CHARACTERS:
        raise Trouble("long", MOST_CHARACTERS, "", most=MOST_CHARACTERS)
    for place, character in enumerate(text):
        if unicodedata.category(character) in _REFUSED and character not in "\t" + _JOINERS:
            raise Trouble("control", place, "")


def _ladder(rungs: Sequence[Condition], language: str) -> str:
    leaves = [leaf for rung in rungs for leaf in leaves_of(rung.root)]
    return write(leaves[0], language, leaves)


def _default_mode(node: Node) -> Mode:
    return Mode.ONCE if {leaf.signal for leaf in leaves_of(node)} <= _PRICES else Mode.DAILY


def _node(node: Node, language: str) -> str:
    """A condition in words; brackets stand where precedence needs them, and around what is qualified."""
    written = WRITTEN["zh" if language == "zh" else "en"]
    if isinstance(node, Leaf):
        return write(node, language)
    if isinstance(node, Not):
        return written["not"] + _inner(node.part, language, bracket=not isinstance(node.part, Leaf))
    if isinstance(node, And | Or):
        kept = (Leaf, Not) if isinstance(node, And) else (Leaf, Not, And)
        parts = (_inner(part, language, bracket=not isinstance(part, kept)) for part in node.parts)
        return written["and" if isinstance(node, And) else "or"].join(parts)
    return _remembered(node, language, written)


def _remembered(node: Remembered, language: str, written: Mapping[str, str]) -> str:
    if isinstance(node, Then):
        first, second = (
            _inner(part, language, bracket=not isinstance(part, Leaf | Not | And | Or))
            for part in (node.first, node.second)
        )
        return written["then"].format(first=first, second=second, window=write_window(node.within, language))
    rank = QUALIFIERS.index(type(node))
    inner = (Leaf, *QUALIFIERS[:rank])
    part = _inner(node.part, language, bracket=not isinstance(node.part, inner))
    match node:
        case Held(span=span):
            return written["held"].format(part=part, window=write_window(span, language))
        case At(clock=clock):
            return written["at"].format(part=part, clock=f"{clock:%H:%M}")
        case Between(start=start, end=end):
            return written["between"].format(part=part, start=f"{start:%H:%M}", end=f"{end:%H:%M}")
    return written["on close"].format(part=part)


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
    if condition.sessions != listening(condition.root):
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
