"""Frames of one market as blocks: what did not change since an instrument's last quote costs nothing."""

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any

import msgspec

from bot.master.listing import shaped
from bot.recorder.columns import EPOCH, MICROSECOND, NAMES, Lexicon, Numbers, Row, columns
from rules.making import made
from rules.model import Frame, Quote

values_of = attrgetter(*NAMES)
BID_DEPTH, ASK_DEPTH = NAMES.index("bid_depth"), NAMES.index("ask_depth")
WALLS = 10_000_000.0  # currency: a wall begins at five times this; smaller sums are kept as 0


class Block(msgspec.Struct):
    """A part of a recording: what is new in it, and its columns."""

    market: str
    frames: int
    names: list[str]  # fields, in the order of a mask's bits
    symbols: list[tuple[str, int]]  # with the decimals of their prices
    words: list[str | None]
    masks: list[int]
    columns: dict[str, bytes]


DECODER = msgspec.msgpack.Decoder(Block)


class _Memory:
    """What has been told so far; writer and reader have the same."""

    def __init__(self, market: str, names: Sequence[str]) -> None:
        self.market, self.names = market, tuple(names)
        self._places = [self.names.index(name) for name in ("price", "volume", "shares")]
        self.symbols: list[str] = []
        self.decimals: list[int] = []
        self.masks: list[int] = []
        self.held: list[tuple[Any, ...]] = []  # each instrument's last values
        self.received = 0
        self.lexicon = Lexicon()
        self.columns = columns(self.names, self.lexicon)
        self.numbers = {name: Numbers() for name in (".received", ".count", ".symbol", ".mask")}

    def add(self, symbol: str, decimals: int) -> None:
        """A new instrument."""
        self.symbols.append(symbol)
        self.decimals.append(decimals)
        self.held.append(tuple(EPOCH if name == "time" else None for name in self.names))

    def row(self, number: int) -> Row:
        """An instrument's next quote, as far as it is known."""
        old = self.held[number]
        return Row(old, list(old), self.decimals[number], *self._places)

    def streams(self) -> dict[str, Numbers]:
        """Every column's numbers by name."""
        found = dict(self.numbers)
        for name, column in zip(self.names, self.columns, strict=True):
            found |= {name + part: numbers for part, numbers in column.streams().items()}
        return found


def _kept(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """The values without small sums of the book, which change with every snapshot and are no walls."""
    bid, ask = values[BID_DEPTH], values[ASK_DEPTH]
    if bid is None and ask is None:
        return values
    return (*values[:BID_DEPTH], _rough(bid), _rough(ask), *values[ASK_DEPTH + 1 :])


def _rough(depth: float | None) -> float | None:
    return 0.0 if depth is not None and depth < WALLS else depth


class Writer:
    """Turns frames into blocks; the first needs nothing before it, each other all those before."""

    def __init__(self, market: str) -> None:
        self._memory = _Memory(market, NAMES)
        self._told = (0, 0, 0)  # symbols, words and masks of earlier blocks
        self._symbols: dict[str, int] = {}
        self._masks: dict[int, int] = {}
        self.frames = self.quotes = 0  # of the block at hand

    def add(self, frame: Frame) -> None:
        """One more frame."""
        memory, numbers = self._memory, self._memory.numbers
        received = (frame.received - EPOCH) // MICROSECOND
        numbers[".received"].held.append(received - memory.received)
        numbers[".count"].held.append(len(frame.quotes))
        memory.received = received
        self.frames += 1
        self.quotes += len(frame.quotes)
        usual = 0
        for quote in frame.quotes:
            number = self._number(quote.symbol)
            numbers[".symbol"].held.append(number - usual)
            usual = number + 1
            numbers[".mask"].held.append(self._put(number, _kept(values_of(quote))))

    def take(self) -> bytes:
        """The block at hand; the next one goes on from it."""
        memory = self._memory
        symbols, words, masks = self._told
        self._told = len(memory.symbols), len(memory.lexicon.words), len(memory.masks)
        block = Block(
            market=memory.market,
            frames=self.frames,
            names=list(NAMES),
            symbols=list(zip(memory.symbols[symbols:], memory.decimals[symbols:], strict=True)),
            words=memory.lexicon.words[words:],
            masks=memory.masks[masks:],
            columns={name: numbers.take() for name, numbers in memory.streams().items()},
        )
        self.frames = self.quotes = 0
        return msgspec.msgpack.encode(block)

    def _number(self, symbol: str) -> int:
        number = self._symbols.get(symbol)
        if number is None:
            number = self._symbols[symbol] = len(self._symbols)
            self._memory.add(symbol, shaped(symbol).decimals)
        return number

    def _put(self, number: int, values: tuple[Any, ...]) -> int:
        """Note what has changed; the number of the mask that says which fields have."""
        memory, mask = self._memory, 0
        if values != memory.held[number]:
            row = memory.row(number)
            for place, value in enumerate(values):
                if value != row.old[place]:
                    mask |= 1 << place
                    memory.columns[place].put(place, value, row)
                    row.new[place] = value
            memory.held[number] = values
        if mask not in self._masks:
            self._masks[mask] = len(self._masks)
            memory.masks.append(mask)
        return self._masks[mask]


class Reader:
    """Turns a recording's blocks back into frames, in their order."""

    def __init__(self) -> None:
        self._memory: _Memory | None = None

    def frames(self, data: bytes) -> Iterator[Frame]:
        """The next block's frames; an error of msgspec's, ValueError or LookupError where it is none."""
        block = DECODER.decode(data)
        memory = self._memory = self._memory or _Memory(block.market, block.names)
        for symbol, decimals in block.symbols:
            memory.add(symbol, decimals)
        memory.masks += block.masks
        for word in block.words:
            memory.lexicon.number(word)
        for name, stream in memory.streams().items():
            stream.load(block.columns[name])
        for _ in range(block.frames):
            yield self._frame(memory)

    def _frame(self, memory: _Memory) -> Frame:
        numbers, usual, quotes = memory.numbers, 0, []
        memory.received += numbers[".received"].next()
        for _ in range(numbers[".count"].next()):
            number = usual + numbers[".symbol"].next()
            usual = number + 1
            quotes.append(self._quote(memory, number))
        received = EPOCH + memory.received * MICROSECOND
        return Frame(market=memory.market, received=received, quotes=tuple(quotes))

    def _quote(self, memory: _Memory, number: int) -> Quote:
        row, mask = memory.row(number), memory.masks[memory.numbers[".mask"].next()]
        while mask:
            place = (mask & -mask).bit_length() - 1
            row.new[place] = memory.columns[place].get(place, row)
            mask &= mask - 1
        memory.held[number] = tuple(row.new)
        return made(symbol=memory.symbols[number], **dict(zip(memory.names, row.new, strict=True)))
