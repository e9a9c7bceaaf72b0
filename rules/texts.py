"""Stored texts read many at a time: each wording is parsed once, and others differ from it in numbers alone.

A million rules are a few hundred wordings. What the parser makes of the first text of a wording is kept with
the places of its numbers; the next ones are made from it, as the parser would have made them. Whatever is not
written as `canonical` writes it goes to the parser: an instrument by another name, a number with a nought too
many or near the bounds of what may be typed. A full symbol and words behind it are taken to name nobody else.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from rules.frozen import blank
from rules.language import parse
from rules.model import And, Condition, Instrument, Leaf, Node, Not, Or, SessionKind, identity_of, spoken
from rules.pattern import written
from rules.signal import SIGNALS, Unit, others, phrase_of

MOST_CHARACTERS = 128  # of a text made from a wording: in Chinese it stays within the parser's bound as well
MOST_WORDINGS = 1 << 14  # kept at once
MOST = 10**9  # no bound of the parser comes near such a mantissa, but for those in `_bounds`
MOST_QUANTA, MOST_BILLIONS = 10**16, 10**7  # rules.language.leaf.MOST_LEVEL
NUMERAL = "-0123456789."
LARGER = frozenset({"", "K", "M"})  # units of amounts that a thousand of is written in a larger one
JOINS: dict[str, type[And | Or]] = {" and ": And, " or ": Or}

Read: TypeAlias = tuple[Condition, tuple[str, ...]]
# Words before a number, its unit, its decimals: -1 - decimals where it is below nought, None without one.
Frame: TypeAlias = tuple[str, str, int | None]
Key: TypeAlias = tuple[int, str, tuple[Frame, ...], str]  # kind of instrument, join, leaves, options
blank_condition, blank_leaf = blank(Condition), blank(Leaf)


@dataclass(frozen=True, slots=True)
class _Place:
    """What the parser made of a leaf, and which numbers may take its number's place."""

    leaf: Leaf
    is_negated: bool
    power: int = 0  # level = mantissa x 10**power
    low: int = 0  # bounds of the mantissa's size, both inclusive
    high: int = 0  # nought: it has no number

    def filled(self, mantissa: int) -> Node | None:
        """The leaf with a number; None where only the parser can say."""
        leaf = self.leaf
        if self.high:
            if not self.low <= abs(mantissa) <= self.high:
                return None
            made = blank_leaf()
            made.signal, made.args, made.verb = leaf.signal, leaf.args, leaf.verb
            made.level, made.made = Decimal(mantissa).scaleb(self.power), None
            made.__class__ = Leaf
            leaf = made
        return Not(leaf) if self.is_negated else leaf


@dataclass(frozen=True, slots=True)
class _Wording:
    """A text without its numbers."""

    join: type[And | Or] | None
    places: tuple[_Place, ...]
    sessions: frozenset[SessionKind]
    hysteresis: Decimal | None
    options: str  # as identities have them

    def filled(self, mantissas: Sequence[int]) -> Node | None:
        """The condition's root with these numbers; None where only the parser can say."""
        if self.join is None:
            return self.places[0].filled(mantissas[0])
        parts = (place.filled(one) for place, one in zip(self.places, mantissas, strict=True))
        known = tuple(part for part in parts if part is not None)
        return self.join(known) if len(known) == len(self.places) else None


class Texts:
    """A reader of many texts for one master of instruments, which does not change meanwhile."""

    def __init__(self, resolve: Callable[[str], Instrument | None]) -> None:
        self._resolve = resolve
        self._kinds: dict[str, int | None] = {}  # full symbol -> a number for all the parser treats alike
        self._alike: dict[tuple[object, ...], int] = {}
        self._wordings: dict[Key, _Wording] = {}

    def read(self, text: str) -> Read:
        """The condition that `parse` gives, and the other instruments it reads; LanguageError as `parse`."""
        symbol, _, rest = text.partition(" ")
        kind = self._kinds[symbol] if symbol in self._kinds else self._meet(symbol)
        if kind is None or len(text) > MOST_CHARACTERS:
            return self._parsed(text)
        head, _, tail = rest.partition(" | ")
        join, frames, mantissas = _apart(head)
        key = (kind, join, frames, tail)
        wording = self._wordings.get(key)
        if wording is None:
            found = self._parsed(text)
            if not found[1] and (found[0].symbol, found[0].text) == (symbol, head):
                self._learn(key, mantissas, found[0])
            return found
        root = wording.filled(mantissas)
        if root is None:
            return self._parsed(text)
        made = blank_condition()
        made.symbol, made.root, made.text, made.each = symbol, root, head, False
        made.sessions, made.hysteresis, made.made = wording.sessions, wording.hysteresis, None
        made.id = identity_of(symbol, head, wording.options)
        made.__class__ = Condition
        return made, ()

    def _meet(self, symbol: str) -> int | None:
        """A number for what the parser asks of an instrument; None where the word is not its full symbol."""
        found, kind = self._resolve(symbol), None
        if found is not None and found.symbol == symbol:
            asked = (found.kind, found.market, found.decimals, found.tick, found.limit)
            kind = self._alike.setdefault(asked, len(self._alike))
        self._kinds[symbol] = kind
        return kind

    def _parsed(self, text: str) -> Read:
        condition = parse(text, self._resolve).condition
        home = self._resolve(condition.symbol)
        return condition, () if home is None else others(condition.root, home)

    def _learn(self, key: Key, mantissas: Sequence[int], made: Condition) -> None:
        """Keep the wording of a canonical text, where every number in it stands for a level."""
        _, join, frames, _ = key
        kind, root = JOINS.get(join), made.root
        nodes = root.parts if kind is not None and isinstance(root, And | Or) else (root,)
        is_other = len(nodes) != len(frames) or (kind is not None and not isinstance(root, kind))
        if is_other or made.made is not None:  # a price of a day reads in that day's prices
            return
        home = self._resolve(made.symbol)
        assert home is not None  # noqa: S101 - the text was read with it
        places = [_place(*pair, home.decimals) for pair in zip(nodes, frames, mantissas, strict=True)]
        known = tuple(place for place in places if place is not None)
        if len(known) == len(places):
            if len(self._wordings) >= MOST_WORDINGS:
                self._wordings.clear()
            options = spoken(made.sessions, made.hysteresis)
            self._wordings[key] = _Wording(kind, known, made.sessions, made.hysteresis, options)


def _apart(head: str) -> tuple[str, tuple[Frame, ...], list[int]]:
    """A condition's text as what joins its leaves, their frames, and their numbers."""
    joins = [join for join in JOINS if join in head]
    join = joins[0] if len(joins) == 1 else ""  # of both kinds at once only the parser knows
    frames: list[Frame] = []
    mantissas: list[int] = []
    for piece in head.split(join) if join else (head,):
        frame, mantissa = _piece(piece)
        frames.append(frame)
        mantissas.append(mantissa)
    return join, tuple(frames), mantissas


def _piece(text: str) -> tuple[Frame, int]:
    """A leaf's text as its frame and the number that ends it, if it is written as `written` does."""
    before, _, last = text.rpartition(" ")
    unit = last.lstrip(NUMERAL)
    digits = last[: len(last) - len(unit)]
    whole, _, fraction = digits.partition(".")
    try:
        mantissa = int(whole + fraction) if digits else 0
    except ValueError:
        mantissa = 0
    decimals = len(fraction)
    if not mantissa or fraction[-1:] == "0" or written(mantissa, decimals) != digits:
        return (text, "", None), 0
    return (before, unit, decimals if mantissa > 0 else -1 - decimals), mantissa


def _place(node: Node, frame: Frame, mantissa: int, quantum: int) -> _Place | None:
    """The place of a leaf the parser made; None where its number is no level, or it is no leaf."""
    leaf, (_, unit, shape) = node.part if isinstance(node, Not) else node, frame
    if not isinstance(leaf, Leaf):
        return None
    is_negated = node is not leaf
    if shape is None:
        return _Place(leaf, is_negated)
    power = ((leaf.level or Decimal()) / mantissa).adjusted()
    low, high = _bounds(leaf, unit, shape, quantum)
    is_level = leaf.level == Decimal(mantissa).scaleb(power) and phrase_of(leaf).en.endswith("{level}")
    return _Place(leaf, is_negated, power, low, high) if is_level else None


def _bounds(leaf: Leaf, unit: str, shape: int, quantum: int) -> tuple[int, int]:
    """The mantissas, sign apart, that the parser takes and writes with this unit."""
    counted = SIGNALS[leaf.signal].unit
    decimals = shape if shape >= 0 else -1 - shape
    one = 10**decimals
    if counted is Unit.PRICE:
        return 1, min(MOST, MOST_QUANTA // 10 ** (quantum - decimals))
    if counted is Unit.AMOUNT:
        return one if unit else 1, min(MOST, 1000 * one - 1 if unit in LARGER else MOST_BILLIONS * one)
    if counted is Unit.PERCENT and shape < 0:
        return 1, min(MOST, 100 * one - 1)
    return 1, MOST
