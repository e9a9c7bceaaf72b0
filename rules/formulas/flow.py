"""A day's running volume and amount: figures that only grow, and what is usual for the instrument."""

from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from rules.adjust import Daily
from rules.formulas.curves import MICROSECOND, parts, share
from rules.meter import Moment

if TYPE_CHECKING:
    from datetime import date

USUAL_DAYS = 5
WHOLE = 1 << 53  # whole floats beneath it are exact
MEMO = ("flow", "usual volume")
Ratio: TypeAlias = tuple[int, int]  # numerator and denominator, maybe not reduced


def ratio(figure: float) -> Ratio:
    """A fed float as the decimal it was written as, so that ties are ties."""
    number = float(figure)
    if number.is_integer() and abs(number) < WHOLE:  # written without an exponent: the same, quicker
        return int(number), 1
    return Fraction(repr(number)).as_integer_ratio()


def exact(figure: float) -> Fraction:
    """The same as a fraction."""
    return Fraction(*ratio(figure))


class Cumulative:
    """A day's running figure; unknown where the feed says none, or less than at the quote before."""

    def __init__(self) -> None:
        self._day: date | None = None
        self.last: float | None = None  # as fed; of two floats that is greater which is written greater
        self.is_broken = False  # what was read before belongs to another day or another count

    def meet(self, figure: float | None, moment: Moment) -> float | None:
        """The figure now, as fed."""
        day = None if moment.session is None else moment.session.date
        self.is_broken = day != self._day
        if self.is_broken:
            self._day, self.last = day, None
        if figure is None:
            return None
        last, self.last = self.last, figure
        if last is not None and figure < last:
            self.is_broken = True
            return None
        return figure

    def read(self, figure: float | None, moment: Moment) -> Fraction | None:
        """The figure now."""
        found = self.meet(figure, moment)
        return None if found is None else exact(found)

    def note(self, figure: float | None) -> None:
        """A figure of the same day that nobody asked about, known and not less than the one before."""
        assert figure is not None  # noqa: S101 - such a quote is looked at
        self.last = figure


def daily_of(moment: Moment) -> Daily | None:
    """The instrument's finished daily bars, where the session believes them."""
    return None if moment.own is None else moment.own.daily


def usual_volume(moment: Moment) -> Fraction | None:
    """Mean volume of the last five days, today excluded; None where they are not known."""
    bars = daily_of(moment)
    if bars is None or len(bars) < USUAL_DAYS:
        return None
    if MEMO not in bars.memo:
        bars.memo[MEMO] = exact(bars.volume[-USUAL_DAYS:].sum().item()) / USUAL_DAYS
    found: Fraction = bars.memo[MEMO]
    return found or None


def usual_until(moment: Moment, ahead: int = 0) -> Ratio | None:
    """Usual volume from the opening auction to this time, or so many trading microseconds later.

    Of the minutes known, else by the fixed curve; it never falls within a session (`growing`).
    """
    time = moment.elapsed + ahead
    if moment.profile is not None:
        known = moment.profile.volume_until(time)
        return None if known is None else known.as_integer_ratio()
    usual = usual_volume(moment)
    if usual is None or moment.session is None:
        return None
    part, whole = parts(moment.session, time)
    return usual.numerator * part, usual.denominator * whole


def growing(moment: Moment, span: int) -> int:
    """A span of trading time, cut where a session round the clock ends: what is usual begins anew."""
    session = moment.session
    if session is None or not session.always:
        return span
    length = session.length // MICROSECOND
    return min(span, length - 1 - moment.elapsed % length)


def lasting(moment: Moment, most: Ratio, usual: Ratio, span: int) -> int:
    """For how long, at most a span, what is usual does not exceed a volume; at least so long, to be exact.

    It grows about evenly within minutes, so the time is guessed by the rule of three and tried.
    """
    later = usual_until(moment, span)
    if later is None or _exceeds(most, later) >= 0:
        return 0 if later is None else span
    left = _exceeds(most, usual)
    guess = span * left * later[1] // (_exceeds(later, usual) * most[1]) if left > 0 else 0
    for tried in (guess, guess // 2, guess // 4):
        ahead = usual_until(moment, tried)
        if ahead is not None and _exceeds(most, ahead) >= 0:
            return tried
    return 0


def _exceeds(one: Ratio, other: Ratio) -> int:
    """By how many parts of the product of both denominators one exceeds the other."""
    return one[0] * other[1] - other[0] * one[1]


def usual_within(moment: Moment, window: int) -> Fraction | None:
    """Usual volume of the last `window` microseconds at this time, auctions left out."""
    start = moment.elapsed - window
    if moment.profile is not None:
        return moment.profile.volume_between(start, moment.elapsed)
    usual, session = usual_volume(moment), moment.session
    return (
        None
        if usual is None or session is None
        else usual * (share(session, moment.elapsed) - share(session, start))
    )


def clock(moment: Moment) -> tuple[int, int] | None:
    """Trading microseconds since the open, round the clock since midnight, and of the whole session."""
    if moment.session is None:
        return None
    length = moment.session.length // MICROSECOND
    return (moment.elapsed % length if moment.session.always else moment.elapsed), length
