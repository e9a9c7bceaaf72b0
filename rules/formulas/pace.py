"""How a day's turnover goes against the day before's at the same trading time."""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from rules.formulas.curves import share
from rules.formulas.flow import Cumulative, clock, daily_of, exact
from rules.groups import CENTS, Part, sums_of
from rules.meter import RATIO_SCALE, Moment, encode

MINUTE = 60_000_000  # microseconds
GAP = 5  # minutes without a figure that are still a course


class Course:
    """A day's running amount at the end of each minute."""

    def __init__(self, day: date) -> None:
        self.day = day
        self._minutes: list[int] = []
        self._amounts: list[Fraction] = []
        self._first = Fraction()  # the day's first figure: what the opening auction left
        self._end = 0  # when the last one was noted

    def note(self, elapsed: int, amount: Fraction) -> None:
        """The amount at a trading time; of a minute the last one stays."""
        minute, self._end = elapsed // MINUTE, elapsed
        if not self._minutes:
            self._first = amount
        elif self._minutes[-1] == minute:
            self._amounts[-1] = amount
            return
        self._minutes.append(minute)
        self._amounts.append(amount)

    def at(self, elapsed: int) -> Fraction | None:
        """The amount by a trading time, straight from minute to minute; None where it was not watched."""
        minute, rest = divmod(elapsed, MINUTE)
        place = bisect_right(self._minutes, minute) - 1
        if place < 0 or self._minutes[0] > GAP or minute - self._minutes[place] > GAP:
            return None
        if self._minutes[place] < minute or elapsed >= self._end:
            return self._amounts[place]
        before = self._amounts[place - 1] if place else self._first
        return before + (self._amounts[place] - before) * Fraction(rest, MINUTE)


class Pace:
    """Today's amount / the amount of the session before by this time.

    Where that session was not watched: today's volume / yesterday's whole volume x the usual part of a day by
    this time (rules.formulas.curves); of a group the same with its members' amounts.
    """

    def __init__(self) -> None:
        self._amount, self._volume = Cumulative(), Cumulative()
        self._today: Course | None = None
        self._before: Course | None = None
        self._source = ""
        self._then: tuple[str, Fraction] = "", Fraction()  # what today's figure is divided by, with its name

    def read(self, moment: Moment) -> int | None:
        """Encoded; None where today's or yesterday's figure is not known."""
        times, session = clock(moment), moment.session
        if times is None or session is None:
            return None
        if self._today is None or self._today.day != session.date:
            self._before, self._today = self._today, Course(session.date)
        amount, self._source = self._traded(moment), ""
        if amount is None:
            return None
        self._today.note(times[0], amount)
        ratio = self._watched(moment, amount, times[0]) or self._spread(moment, amount)
        return None if ratio is None else encode(*ratio.as_integer_ratio(), RATIO_SCALE)

    def evidence(self) -> Mapping[str, str | float]:
        """Which day it is compared with, or that the usual curve stands in for its course; the figure."""
        return {"against": self._source, self._then[0]: float(self._then[1])} if self._source else {}

    def restart(self) -> None:
        """The session's date says so."""

    def _traded(self, moment: Moment) -> Fraction | None:
        own, quote = moment.own, moment.quote
        if own is None or own.tally is None:
            return self._amount.read(None if quote is None else quote.amount, moment)
        fed = own.tally.fed
        if fed is not None and fed.amount is not None:
            return exact(fed.amount)
        return Fraction(sums_of(own)[Part.AMOUNT], CENTS) or None

    def _watched(self, moment: Moment, amount: Fraction, elapsed: int) -> Fraction | None:
        """Against what was seen the session before; bars of an instrument say which one that was."""
        before, bars = self._before, daily_of(moment)
        if before is None or (bars is not None and bars.dates[-1].item() != before.day):
            return None
        then = before.at(elapsed)
        if not then:
            return None
        self._source, self._then = str(before.day), ("amount then", then)
        return amount / then

    def _spread(self, moment: Moment, amount: Fraction) -> Fraction | None:
        own, session, bars, quote = moment.own, moment.session, daily_of(moment), moment.quote
        if own is None or session is None:
            return None
        part = share(session, moment.elapsed)
        if own.tally is not None:
            name, today, whole = "amount then", amount, Fraction(sums_of(own)[Part.EVE], CENTS)
        else:
            volume = self._volume.read(None if quote is None else quote.volume, moment)
            if volume is None or bars is None:
                return None
            name, today, whole = "volume then", volume, exact(bars.volume[-1].item())
        if not whole or not part:
            return None
        self._source, self._then = "yesterday, spread by the usual curve", (name, whole * part)
        return today / (whole * part)
