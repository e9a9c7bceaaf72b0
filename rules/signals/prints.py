"""Big prints: much money changing hands between two quotes, and which side it came from."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from rules.formulas.flow import Cumulative, clock, usual_volume
from rules.meter import AMOUNT_SCALE, Moment, beyond, encode
from rules.model import Direction, Leaf, Quote
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Parameter, ParameterKind, Phrase, Priced, Unit

TIMES = 20  # the usual amount of three seconds
LEAST = Decimal(20_000_000)  # currency
THREE_SECONDS, SECOND = 3_000_000, 1_000_000  # microseconds


class Print:
    """Amount of three seconds, 0 where it came from the other side or is less than n times the usual.

    The amount is what was traded since the quote before, per three seconds where that was longer ago. Usual
    is the median of five days' three seconds where the minutes are known, else their mean, which is higher,
    so that fewer prints are big.
    """

    def __init__(self, side: int, times: int, decimals: int) -> None:
        self._side, self._times, self._unit = side, times, 10**decimals
        self._amount = Cumulative()
        self._before: tuple[int, Fraction, Quote] | None = None  # trading time, the day's amount, the quote
        self._direction = 0
        self._usual: Fraction | None = None
        self._told: tuple[Fraction, int] = Fraction(), 0  # the amount before, microseconds since

    def read(self, moment: Moment) -> int | None:
        """Encoded; None at a session's first quote and where amount or usual amount are unknown."""
        quote, before = moment.quote, self._before
        self._usual = None
        amount = self._amount.read(None if quote is None else quote.amount, moment)
        if self._amount.is_broken:
            before, self._direction = None, 0
        if quote is None or amount is None:
            self._before = None
            return None
        self._before = (moment.elapsed, amount, quote)
        usual = self._expected(moment)
        if before is None or usual is None:
            return None
        elapsed, earlier, last = before
        self._direction = side_of(quote, last) or self._direction
        size = (amount - earlier) * THREE_SECONDS / max(THREE_SECONDS, moment.elapsed - elapsed)
        self._usual, self._told = usual, (earlier, max(THREE_SECONDS, moment.elapsed - elapsed))
        is_big = self._direction == self._side and size >= self._times * usual
        return encode(*(size if is_big else Fraction()).as_integer_ratio(), AMOUNT_SCALE)

    def evidence(self) -> Mapping[str, str | float]:
        """The usual amount, the day's amount at the quote before, and the seconds since, three at least."""
        if self._usual is None:
            return {}
        before, since = self._told
        return {"usual amount": float(self._usual), "amount before": float(before), "seconds": since / SECOND}

    def restart(self) -> None:
        """The running figure knows its day."""

    def _expected(self, moment: Moment) -> Fraction | None:
        if moment.profile is not None:
            return moment.profile.print_amount()
        volume, times = usual_volume(moment), clock(moment)
        if volume is None or times is None:
            return None
        return volume * Fraction(moment.price * THREE_SECONDS, self._unit * times[1])


def side_of(quote: Quote, before: Quote) -> int:
    """+1 bought, -1 sold: by the book before, else by the price's direction; 0 where neither says."""
    price, last = quote.price or 0, before.price or 0
    if before.ask and price >= before.ask:
        return 1
    if before.bid and price <= before.bid:
        return -1
    return (price > last) - (price < last)


class Big(Priced):
    """At least so many times the usual amount, and at least so much: 20 times and 20 M unless said."""

    unit = Unit.AMOUNT
    parameters: tuple[Parameter, ...] = (Parameter("n", ParameterKind.COUNT, 1, 1000),)
    resets = True
    side = 1

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The amount."""
        side, times, decimals = self.side, int(str((leaf.args or (TIMES,))[0])), inputs.instrument.decimals
        meter = lambda: Print(side, times, decimals)  # noqa: E731 - a line of its own
        return Own(leaf.signal, (times,), AMOUNT_SCALE, percent=False, meter=meter)

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level, twenty million where none is said."""
        del inputs
        verb = ">=" if leaf.verb == "is" else leaf.verb
        return beyond(verb, LEAST if leaf.level is None else leaf.level, AMOUNT_SCALE)


@SIGNALS.add("big buy")
class BigBuy(Big):
    """Three seconds' amount at least 20 times the usual and 20 M, bought."""

    summary = "3 seconds' amount at least 20 times the usual and 20 M, bought"
    summary_zh = "大笔买入：3 秒成交额不低于平常的 20 倍且不低于 2000 万，主动买入"
    phrases = (
        Phrase("is", "big buy", "大笔买入", Form.STATE, Direction.UP),
        Phrase("", "big buy({n}) {op} {level}", "{n}倍大笔买入 {op} {level}", Form.STATE, Direction.UP),
    )


@SIGNALS.add("big sell")
class BigSell(Big):
    """Three seconds' amount at least 20 times the usual and 20 M, sold."""

    summary = "3 seconds' amount at least 20 times the usual and 20 M, sold"
    summary_zh = "大笔卖出：3 秒成交额不低于平常的 20 倍且不低于 2000 万，主动卖出"
    phrases = (
        Phrase("is", "big sell", "大笔卖出", Form.STATE, Direction.DOWN),
        Phrase("", "big sell({n}) {op} {level}", "{n}倍大笔卖出 {op} {level}", Form.STATE, Direction.DOWN),
    )
    side = -1
