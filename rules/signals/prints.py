"""Big prints: much money changing hands between two quotes, and which side it came from."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from rules.flow import Cumulative, clock, usual_volume
from rules.meter import RATIO_SCALE, Moment, beyond, encode
from rules.model import Direction, Leaf, Quote
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Phrase, Priced, Unit

TIMES = 20  # the usual amount of three seconds
LEAST = 20_000_000  # currency
THREE_SECONDS = 3_000_000  # microseconds


class Print:
    """Amount of three seconds / what makes it big, 0 where it came from the other side.

    The amount is what was traded since the quote before, per three seconds where that was longer ago. Usual
    is the median of five days' three seconds where the minutes are known, else their mean, which is higher,
    so that fewer prints are big.
    """

    def __init__(self, side: int, decimals: int) -> None:
        self._side, self._unit = side, 10**decimals
        self._amount = Cumulative()
        self._before: tuple[int, Fraction, Quote] | None = None  # trading time, the day's amount, the quote
        self._direction = 0
        self._size: Fraction | None = None

    def read(self, moment: Moment) -> int | None:
        """Encoded; None at a session's first quote and where amount or usual amount are unknown."""
        quote, before = moment.quote, self._before
        self._size = None
        amount = self._amount.read(None if quote is None else quote.amount, moment)
        if self._amount.is_broken:
            before, self._direction = None, 0
        if quote is None or amount is None:
            self._before = None
            return None
        self._before = (moment.elapsed, amount, quote)
        usual = self._usual(moment)
        if before is None or usual is None:
            return None
        elapsed, earlier, last = before
        self._direction = side_of(quote, last) or self._direction
        size = (amount - earlier) * THREE_SECONDS / max(THREE_SECONDS, moment.elapsed - elapsed)
        self._size = size if self._direction == self._side else Fraction()
        big = max(TIMES * usual, Fraction(LEAST))
        return encode(*(self._size / big).as_integer_ratio(), RATIO_SCALE)

    def evidence(self) -> Mapping[str, str | float]:
        """The amount."""
        return {} if self._size is None else {"amount": float(self._size)}

    def restart(self) -> None:
        """The running figure knows its day."""

    def _usual(self, moment: Moment) -> Fraction | None:
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
    """At or above both measures."""

    unit = Unit.NONE
    resets = True
    side = 1

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """Multiples of what makes it big."""
        side, decimals = self.side, inputs.instrument.decimals
        return Own(leaf.signal, leaf.args, RATIO_SCALE, percent=False, meter=lambda: Print(side, decimals))

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """Once."""
        del leaf, inputs
        return beyond(">=", Decimal(1), RATIO_SCALE)


@SIGNALS.add("big buy")
class BigBuy(Big):
    """Three seconds' amount at least 20 times the usual and 20 M, bought."""

    summary = "3 seconds' amount at least 20 times the usual and 20 M, bought"
    summary_zh = "大笔买入：3 秒成交额不低于平常的 20 倍且不低于 2000 万，主动买入"
    phrases = (Phrase("is", "big buy", "大笔买入", Form.STATE, Direction.UP),)


@SIGNALS.add("big sell")
class BigSell(Big):
    """Three seconds' amount at least 20 times the usual and 20 M, sold."""

    summary = "3 seconds' amount at least 20 times the usual and 20 M, sold"
    summary_zh = "大笔卖出：3 秒成交额不低于平常的 20 倍且不低于 2000 万，主动卖出"
    phrases = (Phrase("is", "big sell", "大笔卖出", Form.STATE, Direction.DOWN),)
    side = -1
