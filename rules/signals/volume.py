"""Volume against what is usual by this time of day: of the day so far, or of the last minutes."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from math import nextafter

from rules.calm import HORIZON, NO_BOUND, Calm
from rules.formulas.flow import Cumulative, Ratio, growing, lasting, ratio, usual_until, usual_within
from rules.formulas.windows import Past, width
from rules.index import HIGHEST
from rules.line import Line
from rules.meter import RATIO_SCALE, Moment, encode
from rules.model import Argument, Leaf, Phase, Quote
from rules.region import Absent, Inputs
from rules.signal import SIGNALS, Form, Own, Parameter, ParameterKind, Phrase, Straight, Unit

FLOOR = 200_000  # of what is usual a minute, currency, so that thin names stay quiet
MINUTE = 60_000_000  # microseconds
LINE = Line(slope=RATIO_SCALE, coded=True)


class SoFar:
    """The day's volume / the usual volume from the opening auction to this time."""

    def __init__(self) -> None:
        self._volume = Cumulative()
        self._usual: Ratio | None = None

    def read(self, moment: Moment) -> int | None:
        """Encoded; None where the feed's volume or what is usual is not known."""
        quote = moment.quote
        volume = self._volume.meet(None if quote is None else quote.volume, moment)
        usual = self._usual = usual_until(moment)
        if volume is None or usual is None or not usual[0]:
            return None
        shares, unit = ratio(volume)
        return encode(shares * usual[1], unit * usual[0], RATIO_SCALE)

    def foresee(self, calm: Calm, moment: Moment, low: int, high: int) -> bool:
        """The volume that keeps it there: what is usual only grows, so the bound above holds for good."""
        volume, usual = self._volume.last, self._usual
        assert volume is not None  # noqa: S101 - a number was just read
        assert usual  # noqa: S101 - the same
        calm.bound(NO_BOUND)
        if high < HIGHEST:
            calm.bound(nextafter((high // 2) * usual[0] / (RATIO_SCALE * usual[1]), 0.0))
        shares, unit = ratio(volume)
        most, span = (shares * RATIO_SCALE, unit * ((low + 1) // 2)), growing(moment, HORIZON)
        span = lasting(moment, most, usual, span) if low > 0 else span
        calm.hold(moment.elapsed + span)
        return span > 0

    def follow(
        self, origin: datetime, times: Sequence[datetime], prices: Sequence[int], newest: Quote
    ) -> None:
        """The newest figure, which the next one must not be less than."""
        del origin, times, prices
        self._volume.note(newest.volume)

    def evidence(self) -> Mapping[str, str | float]:
        """What is usual."""
        return {} if self._usual is None else {"usual volume": self._usual[0] / self._usual[1]}

    def restart(self) -> None:
        """The running figure knows its day."""


class Within(SoFar):
    """Volume of the last w / the usual volume of as much time at this time of day, auctions left out."""

    def foresee(self, calm: Calm, moment: Moment, low: int, high: int) -> bool:
        """Every quote counts: what falls out of the window was not kept."""
        del calm, moment, low, high
        return False

    def __init__(self, window: timedelta, decimals: int) -> None:
        super().__init__()
        self._past: Past[Fraction] = Past(window)
        self._before: Fraction | None = None  # the day's volume w ago
        self._unit = 10**decimals

    def read(self, moment: Moment) -> int | None:
        """Encoded; None while w has not been watched whole, and in the closing auction."""
        quote = moment.quote
        volume = self._volume.read(None if quote is None else quote.volume, moment)
        if self._volume.is_broken:
            self._past.clear()
        self._usual = None
        if volume is None:
            return None
        before = self._before = self._past.find(moment.elapsed)
        self._past.note(moment.elapsed, volume)
        usual = usual_within(moment, self._past.window)
        if before is None or usual is None or is_closing(moment):
            return None
        least = Fraction(FLOOR * self._past.window * self._unit, MINUTE * moment.price)
        self._usual = (usual := max(usual, least)).as_integer_ratio()
        return encode(*((volume - before) / usual).as_integer_ratio(), RATIO_SCALE)

    def evidence(self) -> Mapping[str, str | float]:
        """What is usual, and the day's volume w ago."""
        before = {} if self._before is None else {"volume before": float(self._before)}
        return {**super().evidence(), **before}


def is_closing(moment: Moment) -> bool:
    """Whether a quote is of the closing auction, whose one print says nothing of a minute."""
    quote, session = moment.quote, moment.session
    return (
        quote is not None
        and session is not None
        and (quote.phase or session.phase(quote.time)) is Phase.CLOSING_AUCTION
    )


@SIGNALS.add("volume")
class Volume(Straight):
    """Times the usual: the day's volume so far, or with a window that of the last w trading minutes.

    The usual is the mean of the last five days by this time; where the instrument's minutes are not known,
    the mean daily volume spread by a fixed curve (rules.formulas.curves). Never the day's mean so far.
    """

    summary = "volume so far, or within w, / usual volume by this time of day"
    summary_zh = "成交量（当日累计或 w 内）/ 同时段常量"
    unit = Unit.TIMES
    parameters: tuple[Parameter, ...] = (Parameter("w", ParameterKind.WINDOW, 60, 3600),)
    phrases = (
        Phrase("", "volume {op} {level}", "成交量 {op} {level}", Form.STATE),
        Phrase("", "volume({w}) {op} {level}", "{w}成交量 {op} {level}", Form.STATE),
    )
    resets = True
    _day = Own("volume", (), RATIO_SCALE, percent=False, meter=SoFar)

    def need(self, args: tuple[Argument, ...]) -> int:
        """Five days of volume."""
        del args
        return 5

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The day's, or the window's."""
        if not leaf.args:
            return self._day
        window, decimals = width(leaf), inputs.instrument.decimals
        return Own("volume", leaf.args, RATIO_SCALE, percent=False, meter=lambda: Within(window, decimals))

    def line(self, _leaf: Leaf, _inputs: Inputs) -> Line | Absent:
        """The level itself."""
        return LINE
