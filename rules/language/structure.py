"""The structure of a line after its symbol: Lark's tree -> nodes and options, within bounds."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any, TypeAlias

from lark import Lark, Token, Tree, UnexpectedInput, UnexpectedToken

from rules.language import ladder
from rules.language import leaf as leaves
from rules.language.fault import Trouble
from rules.language.figures import LEVELS, PARAMETERS
from rules.language.inherit import head_of, spoken_of, windowed
from rules.language.qualifier import TRAILING, Qualifiers
from rules.language.subject import Subject
from rules.language.words import SESSION_WORDS
from rules.model import And, Leaf, Mode, Node, Not, Or, SessionKind, Then
from rules.signal import Form, ParameterKind, Unit

Branch: TypeAlias = Tree[Token]
THEN_PARTS = 3  # first, then, second; the window and qualifiers of the whole may follow
MOMENTS = frozenset({"at", "close"})  # what is true for a moment has no opposite worth a rule
MOST_NODES, MOST_DEPTH, MOST_NOTE = 64, 8, 200
LEAST_EVERY, MOST_EVERY = timedelta(minutes=1), timedelta(hours=24)
MOST_HYSTERESIS = Decimal("0.5")
_JOINS = re.compile(r"\s*(?:and|or|&&?|且|并且|而且|或|或者|和|及|与)\s*", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_OPTION_NAMES = ("once", "daily", "every", "until", "session", "note", "silent", "hysteresis")
_TOKENS: Mapping[str, str] = MappingProxyType(  # what a terminal is called where it would fit
    {
        "PIECE": "a condition",
        "_AND": "and",
        "_OR": "or",
        "LPAR": "(",
        "RPAR": ")",
        "BAR": "|",
        "THEN": "then",
        "FOR": "for",
        "AT": "at",
        "BETWEEN": "between",
        "BEFORE": "before",
        "LATER": "after",
        "CLOSE": "on close",
        "WITHIN": "within",
        "SPAN": "a duration, 5m",
        "CLOCK": "a time, 14:50",
        "_TO": "and",
        **{name.upper(): name for name in _OPTION_NAMES},
        "AS_OF": "as of",
        "VALUE": "30m",
        "KINDS": "auction,regular,extended",
        "STRING": '"..."',
        "$END": "the end",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What stands after `|`; None or empty where it was not said."""

    mode: Mode | None = None
    every: timedelta | None = None
    until: date | None = None
    note: str = ""
    silent: bool = False
    sessions: frozenset[SessionKind] = frozenset()  # none said: those of the signals
    hysteresis: Decimal | None = None  # a fraction of the level; with `sessions` part of the condition
    made: date | None = None  # the day whose prices the typed prices are of; part of the condition too


@dataclass(slots=True)
class Reader:
    """One line on its way from text to nodes."""

    text: str  # signs normalised, the length kept, so places are those of the original
    original: str
    subject: Subject
    nodes: int = 0
    said: dict[str, Any] = field(default_factory=dict)
    rungs: tuple[Leaf, ...] = ()  # of a ladder
    _ends: dict[int, int] = field(default_factory=dict)  # of leaves that a window follows, by their start
    _before: tuple[str, int] = ("", 0)  # the head of the leaf before, and where that ended
    _last: Leaf | None = None  # the leaf before
    _moves: list[tuple[Leaf, str]] = field(default_factory=list)  # leaves with their words
    _sole: Branch | None = None  # the leaf that is the whole condition

    def read(self) -> tuple[Node, Options]:
        """The condition's tree and the options; Trouble where they are none."""
        begin = self.subject.end
        try:
            tree = _lark().parse(" " * begin + self.text[begin:])
        except UnexpectedInput as error:
            raise _unexpected(self.text, begin, error) from None
        self._sole = _content(_branch(tree.children[0]))
        root = self._whole(self._sole, 1, None)
        for option in tree.find_data("option"):
            self._option(*map(_token, option.children))
        return root, Options(**self.said)

    def _whole(self, tree: Branch, depth: int, negation: Token | None) -> Node:
        """A whole condition, or what stands in brackets: qualifiers at its ends speak of all of it."""
        lead = _lead(tree)
        if lead and len(tree.children) == 1:
            tree = _branch(tree.children[0])
        said = [*lead, *_tail(tree, is_led=bool(lead))]
        return self._qualified(tree, said, depth, negation)

    def _node(self, tree: Branch, depth: int, negation: Token | None) -> Node:
        if tree.data == "bracket":
            return self._whole(_content(tree), depth, negation)
        if tree.data == "qualified":
            said = [_branch(child) for child in tree.children[1:]]
            return self._qualified(_branch(tree.children[0]), said, depth, negation)
        if tree.data == "closing":
            said = [Tree("close", tree.children[:1])]
            return self._qualified(_branch(tree.children[1]), said, depth, negation)
        first = self._enter(tree, depth)
        if tree.data == "leaf":
            return self._leaf(tree, depth, negation)
        if tree.data == "negation":
            part = self._node(_branch(tree.children[1]), depth + 1, negation or first)
            return part.part if isinstance(part, Not) else Not(part)
        kind = And if tree.data == "both" else Or
        parts: list[Node] = []
        for child in tree.children:
            part = self._node(_branch(child), depth + 1, negation)
            parts.extend(part.parts if isinstance(part, kind) else (part,))
        return Or(windowed(parts, self._moves)) if kind is Or else And(tuple(parts))

    def _enter(self, tree: Branch, depth: int) -> Token:
        """Count one node more; its first token."""
        first = next(tree.scan_values(lambda _: True))
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise _at(first, "nodes", most=MOST_NODES)
        if depth > MOST_DEPTH:
            raise _at(first, "depth", most=MOST_DEPTH)
        return first

    def _then(self, tree: Branch, depth: int, negation: Token | None) -> Node:
        first = self._enter(tree, depth)
        before, keyword, after = (_branch(child) for child in tree.children[:3])
        if negation is not None:
            end = _span(_tokens(after)[-1])[1]
            raise Trouble("crossing", _span(negation)[0], self.text[_span(first)[0] : end])
        window = self._window(tree, _token(keyword.children[0]))
        return Then(self._node(before, depth + 1, None), self._node(after, depth + 1, None), window)

    def _window(self, tree: Branch, keyword: Token) -> timedelta:
        """The window of a `then`: said with the word itself, after brackets, or behind the last leaf."""
        qualifiers = Qualifiers(self.text, self.subject.instrument)
        said = [
            *_tokens(_branch(tree.children[1]))[1:],
            *(_tokens(_branch(one))[-1] for one in tree.children[3:4]),
        ]
        start, end = _span(said[0]) if said else self._behind(_branch(tree.children[2]))
        match = TRAILING.search(self.text, start, end)
        if match is not None:
            if not said and match.start() == start:
                raise _at(keyword, "condition")
            if not said:
                self._ends[start] = match.start()
            return qualifiers.window(*match.span("en" if match["en"] else "zh"))
        if said:
            return qualifiers.window(start, end)
        raise _at(keyword, "then")

    @staticmethod
    def _behind(tree: Branch) -> tuple[int, int]:
        """The last leaf of a condition, which may have a window behind it; nothing where brackets end it."""
        last = _last(tree)
        while last.data == "negation" or (last.data == "qualified" and len(last.children) == 1):
            last = _branch(last.children[-1])
        tokens = _tokens(last) if last.data == "leaf" else []
        return (_span(tokens[0])[0], _span(tokens[-1])[1]) if tokens else (0, 0)

    def _qualified(self, tree: Branch, trees: Sequence[Branch], depth: int, negation: Token | None) -> Node:
        for at, one in enumerate(trees):
            self._enter(one, depth + at)
        inner = self._then if tree.data == "condition" else self._node
        node = inner(tree, depth + len(trees), negation)
        qualifiers = Qualifiers(self.text, self.subject.instrument)
        said = [qualifiers.read(one) for one in trees]
        if negation is not None and (moment := next((one for one in said if one.kind in MOMENTS), None)):
            raise Trouble("crossing", _span(negation)[0], moment.word)
        return qualifiers.apply(node, said)

    def _leaf(self, tree: Branch, depth: int, negation: Token | None) -> Node:
        (start, _), (_, end) = _span(_token(tree.children[0])), _span(_token(tree.children[-1]))
        end = self._ends.get(start, end)
        spans = ladder.steps(self.text, self.original, start, end)
        if spans and tree is not self._sole:
            raise Trouble("lone", spans[1][0], self.text[slice(*spans[1])])
        if not spans:
            leaves_read = self._read(self.text, start, end, negation)
            for _ in leaves_read[1:] and leaves_read:  # as if both had been written
                self._enter(tree, depth + 1)
            return Or(leaves_read) if leaves_read[1:] else leaves_read[0]
        read = [
            self._read(ladder.alone(self.text, spans, at), start, end, negation) for at in range(len(spans))
        ]
        if any(rung[1:] for rung in read):
            raise Trouble("compared", spans[1][0], self.text[slice(*spans[1])])
        rungs = [rung[0] for rung in read]
        ladder.check(rungs, self.text, spans)
        self.rungs = tuple(rungs)
        return rungs[0]

    def _read(self, text: str, start: int, end: int, negation: Token | None) -> tuple[Leaf, ...]:
        subject = self.subject
        place = leaves.Place(text, start, end, subject.instrument, subject.each, subject.resolve)
        try:
            found, form, head = leaves.read(place)
        except Trouble as trouble:
            found, form, head = self._likewise(place, trouble)
        before, ended = self._last, self._before[1]
        if of := head_of(before, found[0], place.words, self.text[ended:start]):
            found, form, head = spoken_of(of, place)
        self._last = found[-1]
        self._moves.append((found[0], place.words))
        if negation is not None and form is Form.CROSSING:
            raise Trouble("crossing", _span(negation)[0], place.words)
        self._before = ("" if negation else head, end)
        return found

    def _likewise(self, place: leaves.Place, trouble: Trouble) -> tuple[tuple[Leaf, ...], Form, str]:
        """A leaf that leaves out the words of the one before it: "above ma(5) and ma(10)"."""
        head, end = self._before
        if not head or not _JOINS.fullmatch(place.text, end, place.start):
            raise trouble
        text = f"{head} {place.words}"
        try:
            return leaves.read(replace(place, text=text, start=0, end=len(text)))
        except Trouble:
            raise trouble from None

    def _option(self, keyword: Token, value: Token | None = None) -> None:
        start, end = _span(value or keyword)
        text = self.original if keyword.type == "NOTE" else self.text  # a note is kept as typed
        made = _OPTIONS[keyword.type](start, text[start:end])
        if made.keys() & self.said.keys():
            raise _at(keyword, "twice")
        self.said.update(made)


def _content(tree: Branch) -> Branch:
    """What a condition holds, brackets around it taken off."""
    while tree.data == "bracket" or (tree.data == "condition" and len(tree.children) == 1):
        tree = _branch(tree.children[0])
    return tree


def _last(tree: Branch) -> Branch:
    """The last term of what `and` and `or` join."""
    while tree.data in {"either", "both"}:
        tree = _branch(tree.children[-1])
    return tree


def _lead(tree: Branch) -> list[Branch]:
    """The qualifiers that begin a whole condition, taken off it."""
    first = tree.children[0]
    if not isinstance(first, Tree) or first.data != "lead":
        return []
    del tree.children[0]
    return [_branch(child) for child in first.children]


def _tail(tree: Branch, *, is_led: bool) -> list[Branch]:
    """The qualifiers that end a whole condition, taken off its last term; a lone one may keep its own."""
    if tree.data == "condition" and len(tree.children) > THEN_PARTS:
        return [_branch(child) for child in tree.children[THEN_PARTS + 1 :]]
    last = _last(_branch(tree.children[-1]) if tree.data == "condition" else tree)
    if last.data != "qualified" or (last is tree and not is_led):
        return []
    tail = [_branch(child) for child in last.children[1:]]
    del last.children[1:]
    return tail


def _tokens(tree: Branch) -> list[Token]:
    return list(tree.scan_values(lambda _: True))


def _branch(child: Token | Branch) -> Branch:
    assert isinstance(child, Tree)  # noqa: S101 - by the grammar
    return child


def _token(child: Token | Branch) -> Token:
    assert isinstance(child, Token)  # noqa: S101 - by the grammar
    return child


def _span(token: Token) -> tuple[int, int]:
    return token.start_pos or 0, token.end_pos or 0


def _at(token: Token, key: str, **fields: object) -> Trouble:
    return Trouble(key, _span(token)[0], str(token), **fields)


@cache
def _lark() -> Lark:
    return Lark.open("language.lark", rel_to=__file__, parser="lalr", lexer="contextual")


def _unexpected(text: str, begin: int, error: UnexpectedInput) -> Trouble:
    """The parser's complaint as a word and what would fit there."""
    wanted: set[str] = set(getattr(error, "accepts", None) or getattr(error, "allowed", None) or ())
    labels = tuple(label for terminal, label in _TOKENS.items() if terminal in wanted)
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        last = len(text.rstrip()) - 1
        start, word = leaves.word_at(text, begin, last, last + 1)
        return Trouble("ended", start, word, fits=leaves.hint("", labels))
    if isinstance(error, UnexpectedToken) and error.token.type in {"THEN", "AFTER"}:
        return _at(error.token, "chain")
    place = error.pos_in_stream
    assert place is not None  # noqa: S101 - lark sets it for both kinds of error left
    start, word = leaves.word_at(text, begin, place, len(text))
    return Trouble("unknown", start, word, fits=leaves.hint(word, labels))


def _every(start: int, text: str) -> dict[str, Any]:
    match = PARAMETERS[ParameterKind.WINDOW].pattern.fullmatch(text)
    if match is None:
        raise Trouble("duration", start, text)
    every = PARAMETERS[ParameterKind.WINDOW].read(match)
    if not isinstance(every, timedelta) or not LEAST_EVERY <= every <= MOST_EVERY:
        raise Trouble("bounds", start, text, low="1m", high="24h")
    return {"mode": Mode.EVERY, "every": every}


def _until(start: int, text: str) -> dict[str, Any]:
    return {"until": _date(start, text)}


def _made(start: int, text: str) -> dict[str, Any]:
    return {"made": _date(start, text)}


def _date(start: int, text: str) -> date:
    if said := _DATE.fullmatch(text):
        with suppress(ValueError):
            return date(*map(int, said.groups()))
    raise Trouble("date", start, text)


def _session(start: int, text: str) -> dict[str, Any]:
    kinds = [kind.strip() for kind in text.split(",")]
    for kind in kinds:
        if kind.lower() not in SESSION_WORDS:
            raise Trouble("session", start + text.index(kind), kind)
    return {"sessions": frozenset(SESSION_WORDS[kind.lower()] for kind in kinds)}


def _note(start: int, text: str) -> dict[str, Any]:
    note = re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text[1:-1]
    if len(note) > MOST_NOTE:
        raise Trouble("note", start, f"{note[:20]}...", most=MOST_NOTE)
    return {"note": note}


def _hysteresis(start: int, text: str) -> dict[str, Any]:
    match = LEVELS[Unit.PERCENT].pattern.fullmatch(text.removesuffix("%"))
    if match is None or not text.endswith("%"):
        raise Trouble("hysteresis", start, text)
    fraction = LEVELS[Unit.PERCENT].read(match)
    if not isinstance(fraction, Decimal) or not 0 <= fraction <= MOST_HYSTERESIS:
        raise Trouble("hysteresis", start, text)
    return {"hysteresis": fraction}


_OPTIONS: Mapping[str, Callable[[int, str], dict[str, Any]]] = MappingProxyType(
    {
        "ONCE": lambda _start, _text: {"mode": Mode.ONCE},
        "DAILY": lambda _start, _text: {"mode": Mode.DAILY},
        "SILENT": lambda _start, _text: {"silent": True},
        "EVERY": _every,
        "UNTIL": _until,
        "SESSION": _session,
        "NOTE": _note,
        "HYSTERESIS": _hysteresis,
        "AS_OF": _made,
    }
)
