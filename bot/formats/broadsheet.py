"""Tencent's large pages read in one piece: the lines, checks and quotes of `glance.py`, as columns.

Separators are found by numpy and numbers read from all lines at once; what is unusual is read line by line.
Below some hundred lines, or where most are unusual, reading each at a glance is quicker.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.formats import glance
from bot.formats.glance import DECIMALS, HEADS, LEAST, MOST, TIMES, Known, draft
from bot.formats.gtimg import symbol_of
from rules.model import Frame, Phase, Quote
from rules.sheet import Floats, Mask, Places, Sheet, Whole
from rules.table import EPOCH

LARGE, SHORTEST = 200, 300  # lines from which on it pays, bytes of a line
ROSTERS_KEPT = 256
NEWLINE, QUOTE, SEMICOLON, TILDE, DOT, SLASH, LETTER_Z, NOUGHT = b'\n";~./Z0'
SEPARATED = 74  # fields that end with a separator, at least
LAST, VOLUME, AMOUNT, TIME, STATUS, CODE = 3, 36, 35, 30, 40, 2
PRICES = (LAST, 4, 5, 33, 34, 47, 48)  # last, previous close, open, high, low, limits
BOOK = tuple(range(9, 29))  # prices and counts in turn
SHARES, FIGURES = (72, 73), (45, 49)  # in free float and all; market value and volume ratio, if any
KEPT = (BOOK[0], FIGURES[1])
# Eight bytes of text as a number: the first one is the lowest.
WORD, MARGIN, DIGITS = 8, 16, 15
EVERY = 0x0101010101010101
HIGH_BITS, OVER_NINE = np.uint64(0x80 * EVERY), np.uint64(0x76 * EVERY)
# What a field is, prices twice: with two decimals, with three.
PRICE, COUNT, MAYBE, REST = 0, 2, 3, 5  # the last two may be missing
KINDS, LENGTHS = 6, WORD + 2  # of a field; the last one is any that is too long
BOOK_KINDS = (PRICE, COUNT) * 10 + (MAYBE,) * len(FIGURES)
WHOLE_TWO, WHOLE_THREE, BYTE = np.uint64((1 << 40) - 1), np.uint64((1 << 32) - 1), np.uint64(8)
KEY = re.compile(rb'v_(\w+)="(?!;)(?:[^"]*|[^"]*";)')
HEAD = re.compile(rb'v_(?:s[hz]|bj)\d{6}="\d{1,3}+~[^~"\n]{1,40}+~\d{6}~')
Words = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Roster:
    """The instruments of a page's lines."""

    knowns: Sequence[Known | None]
    symbols: Mapping[str, tuple[str, ...]]  # of each market
    rows: Mapping[str, Places]  # its lines
    is_plain: Mask  # (lines,)
    unit: Floats  # (lines,), shares in one of volume
    is_readable: bool  # each line has a key, and no instrument is there twice


@dataclass(frozen=True, slots=True)
class Reading:
    """What the lines of a page say where they are usual, and anything where they are not."""

    usual: Mask  # (lines,)
    whole: Whole  # (9, lines): PRICES in quanta, free float and all shares
    traded: Floats  # (2, lines): volume in shares, amount
    moments: list[datetime]
    which: Places
    kept: Places  # (2, lines): from where to where the line is kept


class Broadsheet(Sheet):
    """One market's lines of a page."""

    def __init__(self, payload: bytes, roster: Roster, market: str, read: Reading) -> None:
        rows = roster.rows[market]
        self._payload, self._rows, self._read, self._knowns = payload, rows, read, roster.knowns
        self.roster, self.phase, self.odd = roster.symbols[market], None, {}
        self.usual, self.moments, self.which = read.usual[rows], read.moments, read.which[rows]
        whole = read.whole[:, rows]
        self.price, self.prev_close, self.open, self.high, self.low = whole[:5]
        self.limit_up, self.limit_down, self.float_shares, self.shares = whole[5:]
        self.volume, self.amount = read.traded[:, rows]

    def made(self, row: int) -> Quote:
        """A usual line's quote."""
        line = self._rows[row]
        known: Any = self._knowns[line]
        price, close, opened, high, low, up, down, floating, shares = self._read.whole[:, line].tolist()
        volume, amount = self._read.traded[:, line].tolist()
        begin, end = self._read.kept[:, line].tolist()
        made = draft()
        made.symbol, made.time = known.symbol, self.moments[self.which[row]]
        made.price, made.open = price, opened
        made.high, made.low, made.prev_close = high, low, close or None
        made.volume, made.amount, made.traded = volume, amount, None
        made.limit_up, made.limit_down = up or None, down or None
        made.shares, made.float_shares = shares or None, floating or None
        made.status, made.source, made.flaw = "", "tencent", None
        made.late, made.phase = self._payload[begin:end], self.phase
        found: Quote = made
        return found

    def judged(self, passed: Mask, phase: Phase, odd: Mapping[int, Quote]) -> Sheet:
        """The same page with these usual rows, in a phase, and these other quotes."""
        found = copy(self)
        found.usual, found.phase, found.odd = passed, phase, odd
        return found


class Text:
    """A page's bytes, and where in them the fields of its lines end."""

    def __init__(self, payload: bytes) -> None:
        self.bytes = np.frombuffer(payload, np.uint8)
        self._payload = payload
        padded = bytes(MARGIN) + payload
        # Eight bytes from every place on; behind a margin, so that there are some before the first ones too.
        self._words: Words = np.ndarray((len(padded) - WORD + 1,), "<u8", padded, strides=(1,))
        odd = np.flatnonzero(
            (self.bytes.view(np.int8) < 0) | (self.bytes == LETTER_Z) | (self.bytes == NEWLINE)
        )
        is_end = self.bytes[odd] == NEWLINE
        self._odd, self._order = odd, np.flatnonzero(is_end)
        self.ends = odd[is_end]
        self.starts = np.append(0, self.ends[:-1] + 1)
        tildes = np.flatnonzero(self.bytes == TILDE)
        first = np.searchsorted(tildes, self.starts)
        self.is_long: Mask = np.diff(first, append=len(tildes)) >= SEPARATED
        # The last line may be short of them.
        tildes = np.append(tildes, np.full(SEPARATED, len(payload) - 1))
        self._stops: Places = tildes[first + np.arange(SEPARATED)[:, None]]

    def is_whole(self) -> bool:
        """Whether every line is one record."""
        ends, text = self.ends, self.bytes
        are_ends = (text[ends - 1] == SEMICOLON) & (text[ends - 2] == QUOTE)
        return bool(are_ends.all()) and np.count_nonzero(text == QUOTE) == 2 * len(ends)

    def heads(self) -> tuple[bytes, ...]:
        """What comes before the price in each line; short ones whole."""
        payload = self._payload
        stops = (self.end(CODE) + 1).tolist()
        found = [payload[start:stop] for start, stop in zip(self.starts.tolist(), stops, strict=True)]
        for line in np.flatnonzero(~self.is_long).tolist():
            found[line] = payload[self.starts[line] : self.ends[line]]
        return tuple(found)

    def end(self, field: int | Sequence[int]) -> Places:
        """Where a field ends in each line; of several, (fields, lines)."""
        found: Places = self._stops[np.asarray(field)]
        return found

    def length(self, field: int | Sequence[int]) -> Places:
        """How long it is."""
        place = np.asarray(field)
        found: Places = self._stops[place] - self._stops[place - 1] - 1
        return found

    def words(self, ends: Places) -> Words:
        """The eight bytes before these places."""
        found: Words = self._words[ends + (MARGIN - WORD)]
        return found

    def counts(self, ends: Places, lengths: Places) -> tuple[Floats, Mask]:
        """Whole numbers of up to fifteen digits that end there, and which are some."""
        low, is_low = digits(self.words(ends), COUNT * LENGTHS + np.clip(lengths, 0, WORD))
        rest = np.clip(lengths - WORD, 0, WORD)
        high, is_high = digits(self.words(ends - WORD), REST * LENGTHS + rest)
        return valued(high) * 1e8 + valued(low), is_low & is_high & (lengths <= DIGITS)

    def fields(self, fields: Sequence[int], kinds: Sequence[int]) -> tuple[Words, Mask, Mask]:
        """Digits of fields of these kinds, which have three decimals, and which are such; (fields, lines)."""
        ends, lengths = self.end(fields), self.length(fields)
        kind = np.array(kinds)[:, None]
        is_fine = (self.bytes[ends - 4] == DOT) & (kind != COUNT)
        found, are_such = digits(
            self.words(ends), (kind + is_fine) * LENGTHS + np.minimum(lengths, LENGTHS - 1)
        )
        return found, is_fine, are_such

    def prices(self) -> tuple[Floats, Mask]:
        """Prices in quanta, and which are some; (fields, lines)."""
        found, is_fine, are_prices = self.fields(PRICES, [PRICE] * len(PRICES))
        # What stands before the point moves to where it was.
        whole = np.where(is_fine, WHOLE_THREE, WHOLE_TWO)
        return valued((found & ~whole) | ((found & whole) << BYTE)) * np.where(is_fine, 1, 10), are_prices

    def places(self) -> tuple[Places, Places]:
        """Where time, amount, volume and both share counts end, and their lengths; (5, lines)."""
        fields = (TIME, AMOUNT, VOLUME, *SHARES)
        ends, lengths = self.end(fields), self.length(fields)
        # The amount is the last part of `last/volume/amount`, of which the first two are fields, too.
        lengths[1] -= self.length(LAST) + lengths[2] + len("//")
        lengths[1] *= self.bytes[ends[1] - np.maximum(lengths[1], 0) - 1] == SLASH
        return ends, lengths

    def is_priced(self) -> Mask:
        """Which lines have a book of prices and counts, and a market value and a volume ratio or none."""
        found: Mask = np.logical_and.reduce(self.fields(BOOK + FIGURES, BOOK_KINDS)[2])
        return found

    def is_plain(self) -> Mask:
        """Which lines have nothing but ASCII behind the code, where no separator is half a character.

        And no letter of ZS, which an index says.
        """
        found: Mask = np.searchsorted(self._odd, self.end(CODE)) == self._order
        return found


def digits(words: Words, forms: Places) -> tuple[Words, Mask]:
    """The last bytes of words as digits, all else nought; and which have this form."""
    found = (words & LAST_BYTES[forms]) ^ FORMS[forms]
    return found, (((found | (found + OVER_NINE)) & HIGH_BITS) | (found & POINTS[forms])) == 0


def _forms() -> tuple[Words, Words, Words]:
    """By kind and length: the bytes that are looked at, what noughts and a point are there, and the point."""
    bytes_, noughts, points = (np.zeros(KINDS * LENGTHS, np.uint64) for _ in range(3))
    for kind, length in product(range(KINDS), range(LENGTHS)):
        form = kind * LENGTHS + length
        decimals = 0 if kind in (COUNT, REST) else 2 + (kind in (PRICE + 1, MAYBE + 1))
        least = decimals + 2 if decimals else 1
        if length > WORD or (length < least and not (kind >= MAYBE and length == 0)):
            noughts[form] = HIGH_BITS  # no text of ASCII has that
            continue
        kept = [byte >= WORD - length for byte in range(WORD)]
        point = WORD - 1 - decimals if decimals and length else WORD
        bytes_[form] = sum(0xFF << 8 * byte for byte in range(WORD) if kept[byte])
        noughts[form] = sum(
            (DOT if byte == point else NOUGHT) << 8 * byte for byte in range(WORD) if kept[byte]
        )
        points[form] = 0xFF << 8 * point if point < WORD else 0
    return bytes_, noughts, points


LAST_BYTES, FORMS, POINTS = _forms()


def valued(words: Words) -> Floats:
    """The number that eight digits in a word are, the first one in its lowest byte.

    By Daniel Lemire, "Quickly parsing eight digits" (2018): pairs, then fours, then all are put together.
    """
    words = (words * np.uint64(10) + (words >> np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
    words = (words * np.uint64(100) + (words >> np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    return ((words * np.uint64(10_000) + (words >> np.uint64(32))) & np.uint64(0xFFFFFFFF)).astype(np.float64)


def page(payload: bytes, received: datetime) -> tuple[Frame, ...]:
    """The frames of an answer, one a market; FeedError for what is no answer."""
    try:
        found = _sheets(payload, received)
    except UnicodeDecodeError:
        found = None
    return glance.page(payload, received) if found is None else found


def _sheets(payload: bytes, received: datetime) -> tuple[Frame, ...] | None:
    """The frames of a large page; None where it is to be read line by line."""
    if len(payload) < LARGE * SHORTEST or not payload.endswith(b'";\n'):
        return None
    text = Text(payload)
    if len(text.ends) < LARGE or not text.is_whole():
        return None
    roster = _roster(text.heads())
    found = _reading(text, roster)
    if not roster.is_readable or 2 * np.count_nonzero(found.usual) < len(found.usual):
        return None
    frames = []
    for market in roster.rows:
        sheet = Broadsheet(payload, roster, market, found)
        odd = _odd(payload, text, roster.rows[market][~sheet.usual], received)
        sheet.odd = dict(zip(np.flatnonzero(~sheet.usual).tolist(), odd, strict=True))
        frames.append(Frame(market=market, received=received, quotes=sheet))
    return tuple(frames)


def _odd(payload: bytes, text: Text, lines: Places, received: datetime) -> Iterator[Quote]:
    """The quotes of unusual lines, one each."""
    for start, end in zip(text.starts[lines].tolist(), (text.ends[lines] + 1).tolist(), strict=True):
        for quotes in glance.lines(payload[start:end], received).values():
            yield from quotes


def _reading(text: Text, roster: Roster) -> Reading:
    """What the lines say."""
    prices, are_prices = text.prices()
    counts, are_counts = text.counts(*text.places())
    time, amount, volume = counts[:3]
    stamps, which = np.unique(np.where(are_counts[0], time, 0.0), return_inverse=True)
    moments = [TIMES[b"%d" % stamp] for stamp in stamps.tolist()]
    usual = text.is_long & roster.is_plain & text.is_plain() & text.is_priced()
    usual &= are_prices.all(axis=0) & are_counts.all(axis=0) & (text.length(STATUS) == 0)
    usual &= np.array([moment is not None for moment in moments])[which]
    price, _, opened, high, low, _, _ = prices
    usual &= (price > 0) & (opened > 0) & (low > 0) & (volume > 0) & (amount > 0)
    mean = amount / np.where(volume > 0, volume, 1.0) * (10**DECIMALS / roster.unit)
    usual &= (low * LEAST <= mean) & (mean <= high * MOST)
    return Reading(
        usual=usual,
        whole=np.concatenate((prices, counts[3:])).astype(np.int64),
        traded=np.stack((volume * roster.unit, amount)),
        moments=[moment or EPOCH for moment in moments],
        which=which,
        kept=np.stack((text.end(KEPT[0] - 1) + 1, text.end(KEPT[1]))),
    )


ROSTERS: dict[tuple[bytes, ...], Roster] = {}


def _roster(heads: tuple[bytes, ...]) -> Roster:
    """The instruments of these heads; pages of the same ones share it."""
    found = ROSTERS.get(heads)
    if found is None:
        if len(ROSTERS) >= ROSTERS_KEPT:
            ROSTERS.clear()
        found = ROSTERS[heads] = _met(heads)
    return found


def _met(heads: tuple[bytes, ...]) -> Roster:
    """The same for a page that is met first."""
    knowns = [HEADS[head] if HEAD.fullmatch(head) else None for head in heads]
    keys = [KEY.fullmatch(head) for head in heads]
    symbols = [None if key is None else symbol_of(key[1].decode()) for key in keys]
    told = [symbol for symbol in symbols if symbol is not None]
    markets: dict[str, list[int]] = {}
    for row, symbol in enumerate(symbols):
        if symbol is not None:
            markets.setdefault(symbol.rpartition(".")[2], []).append(row)
    return Roster(
        knowns=knowns,
        symbols={market: tuple(str(symbols[row]) for row in rows) for market, rows in markets.items()},
        rows={market: np.array(rows) for market, rows in markets.items()},
        is_plain=np.array([known is not None and not known.status for known in knowns]),
        unit=np.array([1 if known is None else known.unit for known in knowns], np.float64),
        is_readable=all(keys) and len(set(told)) == len(told),
    )
