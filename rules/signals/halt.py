"""Trading halts: suspended, halted by the exchange (New York's limit up and down too), and trading again."""

from collections.abc import Mapping
from decimal import Decimal

from rules.meter import COUNT_SCALE, Moment, beyond, encode
from rules.model import Direction, Instrument, Kind, Leaf, Phase, SessionKind
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Phrase, Priced, Unit

KINDS = frozenset({Kind.STOCK, Kind.FUND})


class Halted:
    """1 while the newest word of the feed is a halt, 0 where it is a quote."""

    def __init__(self) -> None:
        self._is_halted = False
        self._since = self._status = ""

    def read(self, moment: Moment) -> int | None:
        """None where neither is at hand."""
        quote = moment.quote
        if quote is None:
            return None
        was_halted, self._is_halted = self._is_halted, quote.phase is Phase.HALTED
        if not self._is_halted and not was_halted:
            self._since = ""
        elif not was_halted:
            self._since = quote.time.isoformat()
        self._status = quote.status if self._is_halted else ""
        return encode(self._is_halted, 1, COUNT_SCALE)

    def evidence(self) -> Mapping[str, str | float]:
        """Since when (UTC), and the feed's word for it; the quote that ends it still says since when."""
        told = {"halted since": self._since, "status": self._status}
        return {name: word for name, word in told.items() if word}

    def restart(self) -> None:
        """A halt may outlast the session."""


@SIGNALS.add("halt")
class Halt(Priced):
    """Halted as the feed's status says, and trading again; heard at any time of the day."""

    summary = "trading is halted or suspended, as the feed says; resumed: it trades again"
    summary_zh = "停牌（含盘中临停）；复牌"
    unit = Unit.NONE
    sessions = frozenset(SessionKind)
    phrases = (
        Phrase("halted", "halted", "停牌", Form.STATE, Direction.DOWN),
        Phrase("resumed", "resumed", "复牌", Form.CROSSING, Direction.UP),
    )

    def exists(self, instrument: Instrument) -> bool:
        """Stocks and funds."""
        return instrument.kind in KINDS

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """1 and 0; told of halts, which are no quotes."""
        del leaf, inputs
        return Own("halt", (), COUNT_SCALE, percent=False, meter=Halted, halts=True)

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """1 against 0."""
        del inputs
        is_halt = leaf.verb == "halted"
        return beyond(">=", Decimal(1), COUNT_SCALE) if is_halt else beyond("<=", Decimal(0), COUNT_SCALE)
