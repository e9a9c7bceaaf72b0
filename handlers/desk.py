"""Where conditions stand right now, from the stored last quotes and daily bars; each symbol is read once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from handlers.ports import Ports
from rules.levels import Inputs, Outlook, inputs_of, outlook
from rules.model import Condition, History, Instrument, Kind, Phase, Quote
from rules.nodes import leaves_of
from rules.signal import others
from rules.standing import Stand, gathered

STREAKS = frozenset({"highest_streak"})  # what of a group rests on its members' daily bars
COUNTED = 1000  # members that an answer counts; of larger groups only the engine keeps the sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All that is known of one instrument."""

    instrument: Instrument
    quote: Quote | None  # what is known of the price: the last quote, or the close before it; None: nothing
    is_live: bool  # whether that is a quote; of a group, whether a member has one
    history: History | None
    inputs: Inputs
    day: date  # the session whose prices those are that the chat sees: a price typed now is one of them
    stand: Stand
    last: Quote | None = None  # as stored, whatever day it is of
    beside: Mapping[str, Stand] = field(default_factory=dict)  # what a condition compares it with

    @property
    def price(self) -> int | None:
        """The last price in quanta, or the last close."""
        return None if self.quote is None else self.quote.price

    def outlook(self, condition: Condition) -> Outlook:
        """Value, level, truth and the price at which the condition rings."""
        known = {**self.beside, self.instrument.symbol: self.stand}
        return outlook(condition, self.inputs, self.quote, known)


class Desk:
    """Reads sheets for the length of one request."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._sheets: dict[str, Sheet] = {}
        self._quotes: dict[str, Quote | None] = {}  # read ahead, many at once

    async def sheet(self, symbol: str) -> Sheet:
        """The sheet of a full symbol."""
        if symbol not in self._sheets:
            instrument = self._ports.master.get(symbol)
            read = self._group if instrument.kind is Kind.GROUP else self._read
            self._sheets[symbol] = await read(instrument)
        return self._sheets[symbol]

    async def ahead(self, symbols: Iterable[str]) -> None:
        """Read the quotes of many symbols at once, before their sheets are asked for one by one."""
        wanted = list(dict.fromkeys(symbols))
        found = await self._ports.quotes.some(wanted)
        self._quotes |= {symbol: found.get(symbol) for symbol in wanted}

    async def about(self, condition: Condition) -> Sheet:
        """The sheet of a condition's symbol, with what the condition compares it with."""
        sheet = await self.sheet(condition.symbol)
        if sheet.stand.members and any(leaf.signal in STREAKS for leaf in leaves_of(condition.root)):
            sheet = await self._group(sheet.instrument, with_bars=True)
        names = others(condition.root, sheet.instrument)
        return replace(sheet, beside={name: (await self.sheet(name)).stand for name in names})

    async def _group(self, instrument: Instrument, *, with_bars: bool = False) -> Sheet:
        """A group as its members' quotes show it."""
        symbol, hours = instrument.symbol, self._ports.hours
        members = self._ports.master.members(symbol)
        stands: list[Stand] = []
        if len(members) <= COUNTED:
            quotes = await self._ports.quotes.some(members)
            for name in members:
                member, quote = self._ports.master.get(name), quotes.get(name)
                if quote is not None and not self._is_over(member, quote):
                    bars = await self._ports.bars.daily(name) if with_bars else None
                    inputs = inputs_of(quote, bars, member, hours)
                    stands.append(Stand(instrument=member, quote=quote, inputs=inputs))
        first = self._ports.master.get(members[0]) if members else instrument  # whose hours a group keeps
        fed = await self._ports.quotes.last(symbol)
        stand = gathered(instrument, stands, None if fed is None or self._is_over(first, fed) else fed)
        return Sheet(
            instrument=instrument,
            quote=None,
            is_live=bool(stand.members),
            history=None,
            inputs=stand.inputs,
            day=self._day(first.market, is_quoted=bool(stand.members)),
            stand=stand,
            last=fed,
        )

    async def _read(self, instrument: Instrument) -> Sheet:
        ports, symbol = self._ports, instrument.symbol
        if symbol not in self._quotes:
            self._quotes[symbol] = await ports.quotes.last(symbol)
        history, stored = await ports.bars.daily(symbol), self._quotes[symbol]
        quote = stored
        is_today = stored is not None and not self._is_over(instrument, stored)
        if stored is not None and stored.phase is Phase.AUCTION:
            # No rule of regular hours sees it, so nothing is true because of it.
            quote = replace(stored, price=None)
        if not is_today:
            # Before the first quote of today the bars tell at which prices it will ring.
            quote = Quote(symbol=symbol, time=ports.clock.now(), price=None)
        inputs = inputs_of(quote, history, instrument, ports.hours)
        if inputs.prev_close is None and stored is not None:
            inputs = replace(inputs, prev_close=stored.price)
        known = (quote and quote.price) or inputs.prev_close
        shown = replace(quote, price=known) if quote is not None and known else None
        is_live = bool(quote and quote.price)
        return Sheet(
            instrument=instrument,
            quote=shown,
            is_live=is_live,
            history=history,
            inputs=inputs,
            day=self._day(instrument.market, is_quoted=is_today),
            stand=Stand(instrument=instrument, quote=shown if is_live else None, inputs=inputs),
            last=stored,
        )

    def _day(self, market: str, *, is_quoted: bool) -> date:
        """The session whose prices people see: today's once it is open or quoted, else the one before."""
        hours, now = self._ports.hours, self._ports.clock.now()
        session = hours.session(market, now)
        if session is not None and (is_quoted or now >= session.open):
            return session.date
        return hours.previous(market, now.date() if session is None else session.date)

    def _is_over(self, instrument: Instrument, quote: Quote) -> bool:
        """Whether a quote is of an earlier session than today's."""
        hours, now = self._ports.hours, self._ports.clock.now()
        today = hours.session(instrument.market, now)
        its_own = hours.session(instrument.market, quote.time)
        return today is not None and (its_own is None or its_own.date < today.date)


def nearest(result: Outlook, last: int) -> int | None:
    """The ring price closest to the last price, in quanta."""
    return min(result.rings_at, key=lambda price: abs(price - last), default=None)


def distance(price: int, last: int) -> Decimal:
    """How far a price is from the last one, as a signed fraction of the last."""
    return Decimal(price) / last - 1
