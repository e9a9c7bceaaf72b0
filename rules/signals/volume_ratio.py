"""The volume ratio: volume per trading minute today against the last five days'."""

from collections.abc import Mapping
from fractions import Fraction

from rules.formulas.flow import Cumulative, clock, exact, usual_volume
from rules.line import Line
from rules.meter import RATIO_SCALE, Moment, encode
from rules.model import Argument, Leaf
from rules.region import Absent, Inputs
from rules.signal import SIGNALS, Form, Own, Phrase, Straight, Unit

MINUTE = 60_000_000  # microseconds


class Pace:
    """The feed's own figure where it has one, else the definition."""

    def __init__(self) -> None:
        self._volume = Cumulative()
        self._told: tuple[Fraction, int, int] | None = None  # usual volume, trading time so far, of a day

    def read(self, moment: Moment) -> int | None:
        """Encoded; None where neither is known."""
        quote = moment.quote
        if quote is None:
            return None
        volume = self._volume.read(quote.volume, moment)
        fed, self._told = quote.volume_ratio, None
        ratio = self._paced(volume, moment) if fed is None else exact(fed)
        return None if ratio is None else encode(*ratio.as_integer_ratio(), RATIO_SCALE)

    def restart(self) -> None:
        """The running figure knows its day."""

    def evidence(self) -> Mapping[str, str | float]:
        """What the definition takes besides today's volume; nothing where the feed says the ratio."""
        if self._told is None:
            return {}
        usual, elapsed, length = self._told
        minutes = {"minutes so far": elapsed / MINUTE, "minutes of a day": length / MINUTE}
        return {"usual volume": float(usual), **minutes}

    def _paced(self, volume: Fraction | None, moment: Moment) -> Fraction | None:
        usual, times = usual_volume(moment), clock(moment)
        if volume is None or usual is None or times is None:
            return None
        elapsed, length = times
        self._told = usual, max(elapsed, MINUTE), length
        return volume * length / (usual * max(elapsed, MINUTE))


@SIGNALS.add("volume_ratio")
class VolumeRatio(Straight):
    """Volume per trading minute so far / mean volume per minute of the last 5 days.

    The auction's volume counts, today's does not among the five; the first minute counts whole.
    """

    summary = "volume per minute so far / mean volume per minute of the last 5 days"
    summary_zh = "量比"
    unit = Unit.NUMBER
    phrases = (Phrase("", "volume_ratio {op} {level}", "量比 {op} {level}", Form.STATE),)
    resets = True

    def need(self, args: tuple[Argument, ...]) -> int:
        """Five days of volume."""
        del args
        return 5

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The ratio."""
        del inputs
        return Own("volume_ratio", leaf.args, RATIO_SCALE, percent=False, meter=Pace)

    def line(self, leaf: Leaf, inputs: Inputs) -> Line | Absent:
        """The level itself."""
        del leaf, inputs
        return Line(slope=RATIO_SCALE, coded=True)
