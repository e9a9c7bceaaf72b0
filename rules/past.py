"""Instruments as a finished day shows them: what meters read of a session that nobody watched."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rules.adjust import Daily, Factors, believed, factors
from rules.groups import Tally
from rules.meter import Standing
from rules.model import History, Instrument, Quote
from rules.region import Inputs

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Past:
    """One instrument at the close of a past session, by its daily bars alone (a `Standing`)."""

    instrument: Instrument
    day: date
    bars: Daily  # the day's own bar is the newest
    shares: int | None = None
    factors: Factors | None = None

    @property
    def quote(self) -> Quote | None:
        """No quote was kept."""
        return None

    @property
    def tally(self) -> Tally | None:
        """Nor a group's sums."""
        return None

    @property
    def price(self) -> int:
        """The day's close, quanta."""
        return int(self.bars.last())

    @property
    def daily(self) -> Daily | None:
        """The bars before the day."""
        past = self.bars.before()
        return past if len(past) else None

    @property
    def prev_close(self) -> int | None:
        """The close before, on the day's scale."""
        return None if self.daily is None else round(self.daily.last())

    def now(self) -> Inputs:
        """The inputs of closed forms on that day."""
        return Inputs(
            instrument=self.instrument,
            session=self.day,
            prev_close=self.prev_close,
            day_high=self.top(),
            day_low=int(self.bars.low[-1].item()),
            history=self.daily,
            shares=self.shares,
            factors=self.factors,
        )

    def top(self) -> int | None:
        """The day's high."""
        return int(self.bars.high[-1].item())

    def standing(self) -> Sequence[Standing]:
        """Nobody."""
        return ()


def ended(history: History | None, instrument: Instrument, day: date, shares: int | None) -> Past | None:
    """The instrument at the close of a day; None where its history has no such bar."""
    bars, _ = believed(history, day + DAY, None, day)
    since = factors(history, instrument.market, day + DAY, None, day)
    return None if bars is None else Past(instrument, day, bars, shares, since)
