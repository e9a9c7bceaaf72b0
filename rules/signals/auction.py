"""The opening auction of China's exchanges as conditions, heard from 9:20 on (see rules.formulas.auction)."""

from decimal import Decimal

from rules.formulas.auction import Amount, Change, Growth, Share, Unmatched
from rules.limits import has_limits
from rules.meter import AMOUNT_SCALE, PERCENT_SCALE, RATIO_SCALE, Meter, beyond
from rules.model import Argument, Direction, Instrument, Leaf, SessionKind
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Phrase, Priced, Unit

SCALES = {Unit.PERCENT: PERCENT_SCALE, Unit.AMOUNT: AMOUNT_SCALE, Unit.TIMES: RATIO_SCALE}


class Auctioned(Priced):
    """A figure of the auction; the condition listens there alone unless its rule says otherwise."""

    unit = Unit.AMOUNT
    resets = True
    sessions = frozenset({SessionKind.AUCTION, SessionKind.EXTENDED})  # the result stands in what follows it

    def exists(self, instrument: Instrument) -> bool:
        """Stocks and funds of Shanghai, Shenzhen and Beijing."""
        return has_limits(instrument)

    def meter(self, decimals: int) -> Meter:
        """What reads it."""
        raise NotImplementedError

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The figure."""
        decimals, unit = inputs.instrument.decimals, self.unit
        return Own(
            leaf.signal,
            (),
            SCALES[unit],
            percent=unit is Unit.PERCENT,
            meter=lambda: self.meter(decimals),
        )

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself."""
        del inputs
        return beyond(leaf.verb, leaf.level or Decimal(), SCALES[self.unit])


@SIGNALS.add("auction change")
class AuctionChange(Auctioned):
    """Indicative, later final price of the auction / previous close - 1."""

    summary = "opening auction: its price / previous close - 1, from 9:20 on"
    summary_zh = "集合竞价涨跌幅（9:20 起）"
    unit = Unit.PERCENT
    phrases = (Phrase("", "auction change {op} {level}", "竞价涨跌幅 {op} {level}", Form.STATE),)

    def meter(self, decimals: int) -> Meter:
        """The change."""
        return Change(decimals)


@SIGNALS.add("auction amount")
class AuctionAmount(Auctioned):
    """Matched volume x price, later the amount that was traded."""

    summary = "opening auction: the amount matched so far, then traded"
    summary_zh = "集合竞价成交额（匹配额）"
    phrases = (Phrase("", "auction amount {op} {level}", "竞价成交额 {op} {level}", Form.STATE),)

    def meter(self, decimals: int) -> Meter:
        """The amount."""
        return Amount(decimals)


@SIGNALS.add("auction growth")
class AuctionGrowth(Auctioned):
    """The amount in times of the previous session's auction."""

    summary = "opening auction: its amount in times of the previous session's auction, where that was watched"
    summary_zh = "竞价成交额对昨日竞价的倍数"
    unit = Unit.TIMES
    phrases = (
        Phrase("", "auction amount {op} {level} yesterday", "竞价成交额 {op} {level}昨日竞价", Form.STATE),
    )

    def meter(self, decimals: int) -> Meter:
        """The multiple."""
        return Growth(decimals)


@SIGNALS.add("auction_ratio")
class AuctionRatio(Auctioned):
    """The auction's volume as a part of the whole day before."""

    summary = "opening auction: its volume / the whole volume of the day before"
    summary_zh = "竞昨比：竞价成交量占昨日成交量"
    unit = Unit.PERCENT
    phrases = (Phrase("", "auction_ratio {op} {level}", "竞昨比 {op} {level}", Form.STATE),)

    def need(self, args: tuple[Argument, ...]) -> int:
        """Yesterday's bar."""
        del args
        return 1

    def meter(self, decimals: int) -> Meter:
        """The part."""
        return Share(decimals)


@SIGNALS.add("unmatched buy")
class UnmatchedBuy(Auctioned):
    """Orders to buy that find no seller at the auction's price."""

    summary = "opening auction: worth of the orders to buy that find no seller, where the feed says it"
    summary_zh = "竞价未匹配买单金额"
    phrases = (
        Phrase(
            "", "auction unmatched buy {op} {level}", "竞价未匹配买单 {op} {level}", Form.STATE, Direction.UP
        ),
    )

    def meter(self, decimals: int) -> Meter:
        """Of buyers."""
        return Unmatched(decimals, 1)


@SIGNALS.add("unmatched sell")
class UnmatchedSell(Auctioned):
    """Orders to sell that find no buyer at the auction's price."""

    summary = "opening auction: worth of the orders to sell that find no buyer, where the feed says it"
    summary_zh = "竞价未匹配卖单金额"
    phrases = (
        Phrase(
            "",
            "auction unmatched sell {op} {level}",
            "竞价未匹配卖单 {op} {level}",
            Form.STATE,
            Direction.DOWN,
        ),
    )

    def meter(self, decimals: int) -> Meter:
        """Of sellers."""
        return Unmatched(decimals, -1)
