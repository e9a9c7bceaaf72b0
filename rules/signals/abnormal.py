"""Abnormal moves by the exchange's own thresholds, which differ by board."""

from decimal import Decimal

from rules.formulas.abnormal import SEVERE, Measure, Share, benchmark, usual
from rules.meter import PERCENT_SCALE, beyond
from rules.model import Argument, Direction, Instrument, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Phrase, Priced, Unit

SIGNS = {"is": 0, "up": 1, "down": -1}


class Move(Priced):
    """A deviation from the base index that counts as abnormal; its number is the share of it reached."""

    unit = Unit.NONE
    unfinished = True

    def exists(self, instrument: Instrument) -> bool:
        """Stocks of Shanghai, Shenzhen and Beijing."""
        return benchmark(instrument) is not None

    def measures(self, instrument: Instrument) -> tuple[Measure, ...]:
        """Days and thresholds."""
        return usual(instrument)

    def need(self, args: tuple[Argument, ...]) -> int:
        """The close before the longest interval."""
        del args
        return 3

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The share, 100 % where it counts; it reads the base index."""
        instrument, sign = inputs.instrument, SIGNS[leaf.verb]
        index, measures = benchmark(instrument), self.measures(instrument)
        return Own(
            f"{leaf.signal} {leaf.verb}",
            (),
            PERCENT_SCALE,
            percent=True,
            meter=lambda: Share(measures, sign, instrument.decimals),
            others=() if index is None else (index,),
        )

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """Reached at the whole of it."""
        del leaf
        if benchmark(inputs.instrument) is None:
            return Absent("no base index")
        least = self.measures(inputs.instrument)[0].days
        if inputs.history is None:
            return Absent(inputs.stale)
        if len(inputs.history) < least:
            return Absent(f"{least} daily bars needed, {len(inputs.history)} known")
        return beyond(">=", Decimal(1), PERCENT_SCALE)


def _phrases(en: str, zh: str) -> tuple[Phrase, ...]:
    return (
        Phrase("is", en, zh, Form.STATE),
        Phrase("up", f"{en} up", f"向上{zh}", Form.STATE, Direction.UP),
        Phrase("down", f"{en} down", f"向下{zh}", Form.STATE, Direction.DOWN),
    )


@SIGNALS.add("abnormal move")
class Abnormal(Move):
    """A deviation of 20 % in 3 days on the main boards, 30 % on ChiNext and STAR, 40 % in Beijing."""

    summary = "3-day deviation of 20 % (main boards), 30 % (ChiNext, STAR), 40 % (Beijing), either way"
    summary_zh = "异常波动：3 日偏离值达 20%（主板）、30%（创业板、科创板）、40%（北交所）"
    phrases = _phrases("abnormal move", "异常波动")


@SIGNALS.add("severe abnormal move")
class Severe(Move):
    """A deviation of +100 or -50 % in 10 days, of +200 or -70 % in 30."""

    summary = "deviation of +100 or -50 % in 10 days, or of +200 or -70 % in 30"
    summary_zh = "严重异常波动：10 日偏离值 +100% 或 -50%，或 30 日 +200% 或 -70%"
    phrases = _phrases("severe abnormal move", "严重异常波动")

    def measures(self, instrument: Instrument) -> tuple[Measure, ...]:
        """The same on every board."""
        del instrument
        return SEVERE

    def need(self, args: tuple[Argument, ...]) -> int:
        """The close before the longest interval."""
        del args
        return SEVERE[-1].days
