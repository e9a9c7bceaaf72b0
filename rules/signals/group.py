"""What a group says of its members: how many lead (a group's change is the signal `change`)."""

from decimal import Decimal
from fractions import Fraction

from rules.meter import COUNT_SCALE, Moment, Standing, beyond, encode
from rules.model import Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Phrase, Priced, Unit

BAND = Fraction(45, 100)  # of the member's own limit band
AMOUNT = 500_000_000.0  # traded today, currency
USUAL_LIMIT = Decimal("0.1")  # where neither feed nor master know one


class LeaderCount:
    """How many members lead now."""

    def read(self, moment: Moment) -> int | None:
        """None until one member has traded."""
        if all(member.price is None for member in moment.members):
            return None
        return encode(sum(leads(member) for member in moment.members), 1, COUNT_SCALE)

    def restart(self) -> None:
        """Nothing is carried from quote to quote."""


def leads(member: Standing) -> bool:
    """Whether a member is up by 45 % of its limit band or more, with 500 M traded."""
    quote = member.quote
    if quote is None or member.price is None or not member.prev_close or (quote.amount or 0.0) < AMOUNT:
        return False
    band = Fraction(member.instrument.limit or USUAL_LIMIT) * member.prev_close
    if quote.limit_up:
        band = Fraction(quote.limit_up - member.prev_close)
    return member.price - member.prev_close >= BAND * band


@SIGNALS.add("leaders")
class Leaders(Priced):
    """Members at 45 % or more of their own limit band with 500 M traded."""

    summary = "members at 45 % or more of their own limit band with 500 M traded"
    summary_zh = "领涨家数"
    unit = Unit.COUNT
    phrases = (Phrase("", "leaders {op} {level}", "领涨家数 {op} {level}", Form.STATE),)
    groups_only = True
    resets = True

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The count."""
        del inputs
        return Own("leaders", leaf.args, COUNT_SCALE, percent=False, meter=LeaderCount)

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself."""
        del inputs
        return beyond(leaf.verb, leaf.level or Decimal(), COUNT_SCALE)
