"""Days until the next earnings, where a feed or the master says their date."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from rules.meter import COUNT_SCALE, Moment, beyond, encode
from rules.model import Argument, Instrument, Kind, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Parameter, ParameterKind, Phrase, Priced, Unit


class DaysUntil:
    """Calendar days from the session to the date said last."""

    def __init__(self, known: date | None) -> None:
        self._date = known

    def read(self, moment: Moment) -> int | None:
        """None where nobody says a date, and once it has passed."""
        quote, session = moment.quote, moment.session
        if quote is not None and quote.earnings is not None:
            self._date = quote.earnings
        if self._date is None or session is None or self._date < session.date:
            return None
        return encode((self._date - session.date).days, 1, COUNT_SCALE)

    def evidence(self) -> Mapping[str, str | float]:
        """The date."""
        return {} if self._date is None else {"earnings": self._date.isoformat()}

    def restart(self) -> None:
        """The date holds until another one is said."""


@SIGNALS.add("earnings")
class Earnings(Priced):
    """The next earnings are at most so many calendar days away; rings once for each date."""

    summary = "the next earnings are at most n calendar days away, where their date is known"
    summary_zh = "距下次财报不超过 n 天（数据源或主数据有日期时）"
    unit = Unit.NONE
    parameters: tuple[Parameter, ...] = (Parameter("span", ParameterKind.SPAN, 1, 60),)
    phrases = (Phrase("within", "earnings within {span}", "{span}内财报", Form.STATE),)

    def exists(self, instrument: Instrument) -> bool:
        """Companies alone have any."""
        return instrument.kind is Kind.STOCK

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The days."""
        del leaf
        known = inputs.instrument.earnings
        return Own("earnings", (), COUNT_SCALE, percent=False, meter=lambda: DaysUntil(known))

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """So many days; `day` is today."""
        del inputs
        return beyond("<=", _days(leaf.args), COUNT_SCALE)


def _days(args: tuple[Argument, ...]) -> Decimal:
    return Decimal(0) if args == ("day",) else Decimal(str(args[0]).removesuffix("d"))
