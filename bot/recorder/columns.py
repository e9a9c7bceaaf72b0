"""One column a field of quotes: differences from what was to be expected, each exact.

Prices of the book move with the price, an amount with volume x price, a market value with the price. Floats
are kept as whole numbers of hundreds, ones, or decimal parts, and bit for bit where they are none of these.
"""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol, get_type_hints

from bot.recorder.numbers import packed, unpacked
from rules.model import Phase, Quote

EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
NAMES = tuple(field.name for field in fields(Quote) if field.name != "symbol")
KINDS = get_type_hints(Quote)
# Floats by what they are whole numbers of: a hundred, one, a hundredth ...; then raw bits, then absent.
SCALES = (0.01, 1.0, 100.0, 1e4, 1e8)
RAW, ABSENT = len(SCALES), len(SCALES) + 1
TICKS = (1_000_000, 1000, 1)  # microseconds: times are told in seconds, milliseconds or these
LARGEST = float(1 << 53)
MILLION = 1_000_000  # China's sources round market values to a hundredth of 100 M


@dataclass(slots=True)
class Row:
    """A quote on its way: the instrument's last values, and those of this quote as far as they are known."""

    old: Sequence[Any]
    new: list[Any]  # what is not known yet is as it was
    decimals: int  # of its prices
    price: int  # where these fields stand
    volume: int
    shares: int


class Column(Protocol):
    """Puts a field's changes into numbers, and gets the values back."""

    def put(self, place: int, value: Any, row: Row) -> None:
        """Note the new value of the field at `place`."""
        ...

    def get(self, place: int, row: Row) -> Any:
        """The next value."""
        ...

    def streams(self) -> "dict[str, Numbers]":
        """Its numbers by name."""
        ...


class Numbers:
    """A list that is written at its end and read from its beginning."""

    def __init__(self) -> None:
        self.held: list[int] = []
        self._next = 0

    def next(self) -> int:
        """The next number; IndexError at the end."""
        self._next += 1
        return self.held[self._next - 1]

    def take(self) -> bytes:
        """The numbers as bytes; then there are none."""
        held, self.held = self.held, []
        return packed(held)

    def load(self, data: bytes) -> None:
        """Read these from now on."""
        self.held, self._next = unpacked(data), 0


class Times:
    """Times in the coarsest unit that tells them exactly."""

    def __init__(self) -> None:
        self._ticks, self._counts = Numbers(), Numbers()

    def put(self, place: int, value: Any, row: Row) -> None:
        """The time since the last quote's."""
        passed = (value - row.old[place]) // MICROSECOND
        tick = next(tick for tick, size in enumerate(TICKS) if passed % size == 0)
        self._ticks.held.append(tick)
        self._counts.held.append(passed // TICKS[tick])

    def get(self, place: int, row: Row) -> Any:
        """The time."""
        return row.old[place] + self._counts.next() * TICKS[self._ticks.next()] * MICROSECOND

    def streams(self) -> dict[str, Numbers]:
        """Counts of ticks, and which ticks."""
        return {"": self._counts, "/tick": self._ticks}


class Wholes:
    """Whole numbers or nothing; those that follow move with the price."""

    def __init__(self, *, follows: bool = False) -> None:
        self._follows, self._numbers = follows, Numbers()

    def put(self, place: int, value: Any, row: Row) -> None:
        """The difference from the last one, which is even; an odd number is nothing."""
        self._numbers.held.append(1 if value is None else (value - self._guess(place, row)) * 2)

    def get(self, place: int, row: Row) -> Any:
        """The number."""
        number = self._numbers.next()
        return None if number & 1 else number // 2 + self._guess(place, row)

    def _guess(self, place: int, row: Row) -> int:
        last, price = row.old[place], row.new[row.price] or 0
        if last is None:
            return int(price)
        return int(last + price - (row.old[row.price] or price) if self._follows else last)

    def streams(self) -> dict[str, Numbers]:
        """The differences."""
        return {"": self._numbers}


class Floats:
    """Floats or nothing, as whole numbers at the first scale that is exact."""

    def __init__(self, guess: Callable[[float, Row], float] = lambda last, _: last) -> None:
        self._expected = guess
        self._places, self._numbers = Numbers(), Numbers()

    def put(self, place: int, value: Any, row: Row) -> None:
        """The difference from what was to be expected, and the scale."""
        number, scale = scaled(value)
        self._places.held.append(scale)
        self._numbers.held.append(number - self._guess(place, scale, row))

    def get(self, place: int, row: Row) -> Any:
        """The float."""
        scale = self._places.next()
        return unscaled(self._numbers.next() + self._guess(place, scale, row), scale)

    def _guess(self, place: int, scale: int, row: Row) -> int:
        if scale >= RAW:
            return 0
        guess = self._expected(row.old[place] or 0.0, row) * SCALES[scale]
        return round(guess) if abs(guess) < LARGEST else 0

    def streams(self) -> dict[str, Numbers]:
        """Differences, and at which scale."""
        return {"": self._numbers, "/scale": self._places}


class Lexicon:
    """Words by number, None among them; it grows as they come."""

    def __init__(self) -> None:
        self.words: list[str | None] = []
        self._numbers: dict[str | None, int] = {}

    def number(self, word: str | None) -> int:
        """A word's number, a new one for a new word."""
        found = self._numbers.get(word)
        if found is None:
            found = self._numbers[word] = len(self.words)
            self.words.append(word)
        return found


class Words:
    """Texts, phases and decimals, by their numbers in a lexicon."""

    def __init__(self, lexicon: Lexicon, kind: Callable[[str], Any] = str) -> None:
        self._lexicon, self._kind, self._numbers = lexicon, kind, Numbers()

    def put(self, place: int, value: Any, row: Row) -> None:  # noqa: ARG002 -- as every column
        """The word's number."""
        self._numbers.held.append(self._lexicon.number(None if value is None else str(value)))

    def get(self, place: int, row: Row) -> Any:  # noqa: ARG002 -- as every column
        """The word."""
        word = self._lexicon.words[self._numbers.next()]
        return None if word is None else self._kind(word)

    def streams(self) -> dict[str, Numbers]:
        """Numbers of words."""
        return {"": self._numbers}


def scaled(value: float | None) -> tuple[int, int]:
    """(number, scale) of a float, exact."""
    if value is None:
        return 0, ABSENT
    if value == value // 1 and abs(value) < LARGEST:
        whole = int(value)
        return (whole // 100, 0) if whole % 100 == 0 else (whole, 1)
    for place in range(2, RAW):
        number = value * SCALES[place]
        if abs(number) < LARGEST and round(number) / SCALES[place] == value:
            return round(number), place
    return int(struct.unpack("<q", struct.pack("<d", value))[0]), RAW


def unscaled(number: int, place: int) -> float | None:
    """The float again."""
    if place == ABSENT:
        return None
    if place == RAW:
        return float(struct.unpack("<d", struct.pack("<q", number))[0])
    return float(number * 100) if place == 0 else number / SCALES[place]


def traded(last: float, row: Row) -> float:
    """An amount grows by volume x price."""
    price, volume, before = row.new[row.price], row.new[row.volume], row.old[row.volume]
    if not price or volume is None or before is None:
        return last
    return float(last + (volume - before) * price / 10**row.decimals)


def valued(last: float, row: Row) -> float:
    """A market value is shares x price, rounded as the last one was."""
    price, before, shares = row.new[row.price], row.old[row.price], row.new[row.shares]
    if price and shares and last and last % MILLION == 0:
        return float(round(shares * price / 10**row.decimals / MILLION) * MILLION)
    return float(last * price / before) if price and before else last


def columns(names: Sequence[str], lexicon: Lexicon) -> tuple[Column, ...]:
    """A column for each field; KeyError for a field that quotes do not have."""
    special: dict[str, Column] = {
        "time": Times(),
        "bid": Wholes(follows=True),
        "ask": Wholes(follows=True),
        "amount": Floats(traded),
        "market_cap": Floats(valued),
        "indicative": Words(lexicon, Decimal),
        "phase": Words(lexicon, Phase),
        "earnings": Words(lexicon, date.fromisoformat),
    }
    return tuple(special.get(name) or _usual(KINDS[name], lexicon) for name in names)


def _usual(kind: Any, lexicon: Lexicon) -> Column:
    if kind == int | None:
        return Wholes()
    return Floats() if kind == float | None else Words(lexicon)
