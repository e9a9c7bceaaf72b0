"""Net money flow of the day as a feed states it; sources define it in ways that differ two- or threefold."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from rules.meter import AMOUNT_SCALE, Meter, Moment, beyond, encode
from rules.model import Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Phrase, Priced, Unit


class Flow:
    """The feed's figure: an instrument's quote brings it, a group's own quote the group's."""

    sign = 1

    def __init__(self) -> None:
        self._source = ""

    def read(self, moment: Moment) -> int | None:
        """None where the quote says nothing."""
        tally = None if moment.own is None else moment.own.tally
        quote = moment.quote if tally is None else tally.fed
        if quote is None or quote.inflow is None:
            return None
        self._source = quote.source
        return encode(self.sign * round(quote.inflow * AMOUNT_SCALE), AMOUNT_SCALE, AMOUNT_SCALE)

    def evidence(self) -> Mapping[str, str | float]:
        """Whose definition it is."""
        return {"by the definition of": self._source} if self._source else {}

    def restart(self) -> None:
        """Nothing is carried from quote to quote."""


class Drain(Flow):
    """The same, counted outwards."""

    sign = -1


class Flowing(Priced):
    """What both directions share."""

    unit = Unit.AMOUNT
    resets = True
    meter: Callable[[], Meter]

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The amount."""
        del inputs
        return Own(leaf.signal, leaf.args, AMOUNT_SCALE, percent=False, meter=self.meter)

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself."""
        del inputs
        return beyond(leaf.verb, leaf.level or Decimal(), AMOUNT_SCALE)


@SIGNALS.add("inflow")
class Inflow(Flowing):
    """More in than out."""

    meter = Flow
    summary = "net inflow of the day, where the feed states one, by the source's own definition"
    summary_zh = "净流入（以数据源口径为准）"
    phrases = (Phrase("", "inflow {op} {level}", "净流入 {op} {level}", Form.STATE),)


@SIGNALS.add("outflow")
class Outflow(Flowing):
    """More out than in."""

    meter = Drain
    summary = "net outflow of the day, where the feed states one, by the source's own definition"
    summary_zh = "净流出（以数据源口径为准）"
    phrases = (Phrase("", "outflow {op} {level}", "净流出 {op} {level}", Form.STATE),)
