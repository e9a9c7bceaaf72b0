"""The opening call auction of China's exchanges: what its quotes bind anybody to.

Orders can be withdrawn until 9:20, so nothing before counts. From 9:20 on snapshots are indicative: the price
at which most would trade, and on both sides of the book the shares that would. From 9:25 until the open the
result stands: the open, with volume and amount.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import Enum
from fractions import Fraction

from rules.formulas.flow import daily_of, exact
from rules.meter import AMOUNT_SCALE, PERCENT_SCALE, RATIO_SCALE, Moment, encode
from rules.model import Phase, Quote

BINDING = timedelta(minutes=5)  # before the auction's end orders stay


class Stage(Enum):
    """What a quote is worth."""

    INDICATIVE = "indicative"
    RESULT = "result"


def stage(moment: Moment) -> Stage | None:
    """By the quote's time; None where it binds nobody, and outside the opening auction."""
    quote, session = moment.quote, moment.session
    if quote is None or session is None:
        return None
    ends = [end for _, end, phase in session.phases if phase is Phase.AUCTION and end <= session.open]
    if not ends or not ends[-1] - BINDING <= quote.time < session.open:
        return None
    if quote.time < ends[-1]:
        return Stage.INDICATIVE
    return Stage.RESULT if quote.open else None


def matched(quote: Quote) -> Fraction | None:
    """Shares that would trade: at one price on both sides the book says them; None where it says none."""
    if not quote.bid or quote.bid != quote.ask or quote.bid_size is None or quote.ask_size is None:
        return None
    return min(exact(quote.bid_size), exact(quote.ask_size))


class Stood:
    """What the meters of the auction share: nothing is carried from quote to quote, but the stage is told."""

    def __init__(self, decimals: int) -> None:
        self.unit: int = 10**decimals
        self.stage: Stage | None = None

    def read(self, moment: Moment) -> int | None:
        """Encoded; None where the quote binds nobody or says nothing."""
        self.stage, quote = stage(moment), moment.quote
        if self.stage is None or quote is None:
            return None
        return self.number(moment, quote)

    def number(self, moment: Moment, quote: Quote) -> int | None:
        """Of a quote that counts."""
        raise NotImplementedError

    def evidence(self) -> Mapping[str, str | float]:
        """Whether it is an indication or the result."""
        return {} if self.stage is None else {"auction": self.stage.value}

    def restart(self) -> None:
        """Each session has its own."""

    def amount(self, moment: Moment, quote: Quote) -> Fraction | None:
        """Currency that would change hands, or has."""
        if self.stage is Stage.RESULT:
            return None if quote.amount is None else exact(quote.amount)
        shares = matched(quote)
        return None if shares is None else shares * moment.price / self.unit


class Change(Stood):
    """The auction's price / previous close - 1."""

    def number(self, moment: Moment, quote: Quote) -> int | None:
        """None without a previous close."""
        base = quote.prev_close if moment.own is None else moment.own.prev_close
        return encode(moment.price - base, base, PERCENT_SCALE) if base else None


class Amount(Stood):
    """The auction's amount."""

    def number(self, moment: Moment, quote: Quote) -> int | None:
        """In currency."""
        found = self.amount(moment, quote)
        return None if found is None else encode(*found.as_integer_ratio(), AMOUNT_SCALE)


class Growth(Stood):
    """The auction's amount / that of the session before, as far as both were watched."""

    def __init__(self, decimals: int) -> None:
        super().__init__(decimals)
        self._results: dict[date, Fraction] = {}  # of this session and the one before
        self._before: Fraction | None = None

    def number(self, moment: Moment, quote: Quote) -> int | None:
        """None where the result of the session before was not seen."""
        found, bars = self.amount(moment, quote), daily_of(moment)
        if found is None or bars is None or moment.session is None:
            return None
        if self.stage is Stage.RESULT:
            self._results[moment.session.date] = found
        previous: date = bars.dates[-1].item()
        self._results = {day: amount for day, amount in self._results.items() if day >= previous}
        before = self._before = self._results.get(previous)
        return encode(*(found / before).as_integer_ratio(), RATIO_SCALE) if before else None

    def evidence(self) -> Mapping[str, str | float]:
        """And the amount it is compared with."""
        before = {} if self._before is None else {"amount before": float(self._before)}
        return {**super().evidence(), **before}


class Share(Stood):
    """The auction's volume / the whole volume of the day before."""

    def __init__(self, decimals: int) -> None:
        super().__init__(decimals)
        self._whole: Fraction | None = None

    def number(self, moment: Moment, quote: Quote) -> int | None:
        """None without yesterday's bar."""
        volume, bars = quote.volume, daily_of(moment)
        found = (
            matched(quote) if self.stage is Stage.INDICATIVE else None if volume is None else exact(volume)
        )
        whole = self._whole = None if bars is None else exact(bars.volume[-1].item())
        return (
            encode(*(found / whole).as_integer_ratio(), PERCENT_SCALE)
            if found is not None and whole
            else None
        )

    def evidence(self) -> Mapping[str, str | float]:
        """And the volume of the day before."""
        whole = {} if self._whole is None else {"day's volume": float(self._whole)}
        return {**super().evidence(), **whole}


class Unmatched(Stood):
    """Worth of one side's orders that find no counterpart at the auction's price; 0 of the other side."""

    def __init__(self, decimals: int, sign: int) -> None:
        super().__init__(decimals)
        self._sign = sign

    def number(self, moment: Moment, quote: Quote) -> int | None:
        """None once it is over, and where the feed has no such figure."""
        if self.stage is Stage.RESULT or quote.unmatched is None:
            return None
        worth = max(Fraction(), self._sign * exact(quote.unmatched)) * moment.price / self.unit
        return encode(*worth.as_integer_ratio(), AMOUNT_SCALE)


class Closing:
    """The price in the closing auction / the last one before it - 1."""

    def __init__(self, decimals: int) -> None:
        self._unit = 10**decimals
        self._base: int | None = None

    def read(self, moment: Moment) -> int | None:
        """None until the closing auction, and where the price before it was not seen."""
        quote, session = moment.quote, moment.session
        if quote is None or session is None:
            return None
        begins = [start for start, _, phase in session.regular if phase is Phase.CLOSING_AUCTION]
        if not begins or quote.time < begins[-1]:
            self._base = moment.price
            return None
        return encode(moment.price - self._base, self._base, PERCENT_SCALE) if self._base else None

    def evidence(self) -> Mapping[str, str | float]:
        """The price it counts from."""
        return {} if self._base is None else {"base": self._base / self._unit}

    def restart(self) -> None:
        """Each session has its own close."""
        self._base = None
