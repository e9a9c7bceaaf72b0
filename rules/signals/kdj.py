"""KDJ(9,3,3): where the close lies between the lowest low and highest high of nine bars, smoothed twice."""

from rules.formulas.roots import COMPARED
from rules.formulas.smoothing import POINTS, Convention
from rules.formulas.stochastic import Lines, Stochastic, live
from rules.model import Direction, Leaf
from rules.region import Absent, Inputs, Region, never
from rules.signal import SIGNALS, Form, Phrase, Unit
from rules.timeframe import barred, conventional, figure, operator

LOW, HIGH = 20.0, 80.0  # presets hear only crosses beneath and above


@SIGNALS.add("kdj")
class Kdj(Stochastic):
    """K crosses D on bars (TDX); low and high crosses want D beneath 20 or above 80."""

    summary = "KDJ(9,3,3): K crosses D; low and high ones with D beneath 20 or above 80"
    summary_zh = "KDJ（9,3,3）"
    unit = Unit.NONE
    phrases = barred(
        "kdj",
        (
            Phrase("golden cross", "kdj golden cross", "KDJ金叉", Form.CROSSING, Direction.UP, bars=True),
            Phrase("death cross", "kdj death cross", "KDJ死叉", Form.CROSSING, Direction.DOWN, bars=True),
            Phrase(
                "low golden cross",
                "kdj low golden cross",
                "KDJ低位金叉",
                Form.CROSSING,
                Direction.UP,
                bars=True,
            ),
            Phrase(
                "high death cross",
                "kdj high death cross",
                "KDJ高位死叉",
                Form.CROSSING,
                Direction.DOWN,
                bars=True,
            ),
        ),
    )

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """K > D where K > 3/2 of D's share that is known, solved for RSV, that for P."""
        past = self.past(leaf, inputs)
        if isinstance(past, Absent):
            return past
        golden, preset, last = leaf.verb.endswith("golden cross"), leaf.verb.count(" ") > 1, past.last
        sign, bound = (1, LOW) if golden else (-1, HIGH)
        if not inputs.held and sign * round(last.k - last.d, POINTS) > 0:
            return never({"k": last.k, "d": last.d})

        def definition(lines: Lines) -> bool:
            if preset and sign * round(bound - lines.d, POINTS) <= 0:
                return False
            return sign * round(lines.k - lines.d, POINTS) > 0

        return self.turns(past, inputs, definition, (past.cross(), past.rsv_of("d", bound)))


@SIGNALS.add("kdj talib")
class KdjTalib(Kdj):
    """The same of TA-Lib's STOCH(9,3,3): plain means of three."""

    summary = "the same of TA-Lib's STOCH(9,3,3): plain means of three"
    summary_zh = "KDJ（TA-Lib 口径）"
    phrases = conventional("kdj", Kdj.phrases)
    convention = Convention.TALIB


class Level(Stochastic):
    """One of the lines against a level."""

    unit = Unit.NUMBER
    line = "k"

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The line is straight over RSV."""
        past, level = self.past(leaf, inputs), float(leaf.level or 0)
        if isinstance(past, Absent):
            return past
        holds = COMPARED[operator(leaf.verb)]
        root = past.rsv_of(self.line, level)
        return self.turns(past, inputs, lambda lines: holds(self.of(lines), level), (root,))

    def measure(self, leaf: Leaf, inputs: Inputs, price: int) -> float | None:
        """The line at a price."""
        past = self.past(leaf, inputs)
        return None if isinstance(past, Absent) else self.of(live(past, inputs, price))

    def of(self, lines: Lines) -> float:
        """The line among the three."""
        return round(float(getattr(lines, self.line)), POINTS)


@SIGNALS.add("kdj k")
class K(Level):
    """K, the fast line."""

    summary = "KDJ's K"
    summary_zh = "KDJ 的 K"
    phrases = figure("kdj", "kdj k", "KDJ的K值")


@SIGNALS.add("kdj d")
class D(Level):
    """D, the slow line."""

    summary = "KDJ's D"
    summary_zh = "KDJ 的 D"
    phrases = figure("kdj", "kdj d", "KDJ的D值")
    line = "d"


@SIGNALS.add("kdj j")
class J(Level):
    """J = 3 K - 2 D, which leaves 0 to 100."""

    summary = "KDJ's J = 3K - 2D"
    summary_zh = "KDJ 的 J"
    phrases = figure("kdj", "kdj j", "KDJ的J值")
    line = "j"
