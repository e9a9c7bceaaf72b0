"""Where conditions stand right now, from the stored last quotes and daily bars; each symbol is read once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from handlers.ports import Ports
from rules.levels import Inputs, Outlook, inputs_of, outlook
from rules.model import Condition, History, Instrument, Phase, Quote
from rules.past import Stored
from rules.signal import others


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All that is known of one instrument."""

    instrument: Instrument
    quote: Quote | None  # what is known of the price: the last quote, or the close before it; None: nothing
    is_live: bool  # whether that is a quote
    history: History | None
    inputs: Inputs
    day: date  # the session whose prices those are that the chat sees: a price typed now is one of them
    others: Mapping[str, Stored] = field(default_factory=dict)  # what a condition compares it with

    @property
    def price(self) -> int | None:
        """The last price in quanta, or the last close."""
        return None if self.quote is None else self.quote.price

    def outlook(self, condition: Condition) -> Outlook:
        """Value, level, truth and the price at which the condition rings."""
        return outlook(condition, self.inputs, self.quote, self.others)


class Desk:
    """Reads sheets for the length of one request."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._sheets: dict[str, Sheet] = {}

    async def sheet(self, symbol: str, condition: Condition | None = None) -> Sheet:
        """The sheet of a full symbol, with those of the instruments that a condition on it reads."""
        if symbol not in self._sheets:
            self._sheets[symbol] = await self._read(symbol)
        sheet = self._sheets[symbol]
        names = () if condition is None else others(condition.root, sheet.instrument)
        beside = {name: await self.sheet(name) for name in names}
        if not beside:
            return sheet
        found = {name: Stored(other.inputs, other.quote) for name, other in beside.items() if other.is_live}
        return replace(sheet, others=found)

    async def _read(self, symbol: str) -> Sheet:
        ports, instrument = self._ports, self._ports.master.get(symbol)
        history, stored = await ports.bars.daily(symbol), await ports.quotes.last(symbol)
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
        return Sheet(
            instrument=instrument,
            quote=replace(quote, price=known) if quote is not None and known else None,
            is_live=bool(quote and quote.price),
            history=history,
            inputs=inputs,
            day=self._day(instrument.market, is_quoted=is_today),
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
