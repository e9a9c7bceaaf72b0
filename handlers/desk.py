"""Where conditions stand right now, from the stored last quotes and daily bars; each symbol is read once."""

from dataclasses import dataclass
from decimal import Decimal

from handlers.ports import Ports
from rules.levels import Inputs, Outlook, inputs_of, outlook
from rules.model import Condition, History, Instrument, Leaf, Node, Not, Quote
from rules.signal import Form, phrase_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All that is known of one instrument."""

    instrument: Instrument
    quote: Quote | None
    history: History | None
    inputs: Inputs

    def outlook(self, condition: Condition) -> Outlook:
        """Value, level, truth and the price at which the condition rings."""
        return outlook(condition, self.inputs, self.quote)


class Desk:
    """Reads sheets for the length of one request."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._sheets: dict[str, Sheet] = {}

    async def sheet(self, symbol: str) -> Sheet:
        """The sheet of a full symbol."""
        if symbol not in self._sheets:
            instrument = self._ports.master.get(symbol)
            quote = await self._ports.quotes.last(symbol)
            history = await self._ports.bars.daily(symbol)
            inputs = inputs_of(quote, history, instrument, self._ports.hours)
            self._sheets[symbol] = Sheet(instrument=instrument, quote=quote, history=history, inputs=inputs)
        return self._sheets[symbol]


def is_state(node: Node) -> bool:
    """Whether all that a condition says rings when found true (design 4.3, state forms)."""
    match node:
        case Leaf():
            return phrase_of(node).form is Form.STATE
        case Not(part=part):
            return is_state(part)
    return all(map(is_state, node.parts))


def nearest(result: Outlook, last: int) -> int | None:
    """The ring price closest to the last price, in quanta."""
    return min(result.rings_at, key=lambda price: abs(price - last), default=None)


def distance(price: int, last: int) -> Decimal:
    """How far a price is from the last one, as a signed fraction of the last."""
    return Decimal(price) / last - 1
