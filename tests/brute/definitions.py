"""Which definition a leaf has: a table by signal. A new signal adds a line here, or one to `UNPROVED`."""

from collections.abc import Mapping
from fractions import Fraction

from rules.model import Leaf
from tests.brute import boards, curved, flowing, moving, oscillators, plain
from tests.brute.sense import Sense
from tests.brute.tape import Tape

DEFINITIONS: Mapping[str, type[Sense]] = {
    "adr": plain.Usual,
    "amplitude": moving.DaySwing,
    "ask wall": moving.Wall,
    "bias": curved.Bias,
    "bid wall": moving.Wall,
    "big buy": flowing.Print,
    "big sell": flowing.Print,
    "boll": oscillators.Bollinger,
    "boll talib": oscillators.Bollinger,
    "cci": oscillators.Cci,
    "change": plain.Change,
    "change_open": plain.ChangeOpen,
    "cost": plain.SincePrice,
    "ema": curved.Exponential,
    "ema pair": curved.Pair,
    "ema pair talib": curved.Pair,
    "ema talib": curved.Exponential,
    "fall": moving.Swing,
    "float_cap": moving.FloatCap,
    "from_high": moving.DaySwing,
    "from_low": moving.DaySwing,
    "gap": plain.Constant,
    "gap down": plain.Constant,
    "gap up": plain.Constant,
    "inflow": moving.Flow,
    "kdj": oscillators.Stochastic,
    "kdj d": oscillators.Stochastic,
    "kdj j": oscillators.Stochastic,
    "kdj k": oscillators.Stochastic,
    "kdj talib": oscillators.Stochastic,
    "limit down": boards.State,
    "limit down near": plain.AtLimit,
    "limit down touched": plain.AtLimit,
    "limit openings": boards.Openings,
    "limit openings down": boards.Openings,
    "limit up": boards.State,
    "limit up near": plain.AtLimit,
    "limit up touched": plain.AtLimit,
    "limit_streak": boards.Streak,
    "limit_streak down": boards.Streak,
    "limits": boards.Streak,
    "limits down": boards.Streak,
    "ma": curved.Average,
    "ma pair": curved.Pair,
    "macd": oscillators.Macd,
    "macd bar": oscillators.Macd,
    "macd dif": oscillators.Macd,
    "macd talib": oscillators.Macd,
    "market_cap": plain.MarketCap,
    "move": moving.Window,
    "near ma": curved.Bias,
    "new high": plain.Extreme,
    "new low": plain.Extreme,
    "open": plain.Named,
    "opening high": moving.Opening,
    "opening low": moving.Opening,
    "outflow": moving.Flow,
    "premarket high": moving.Premarket,
    "premarket low": moving.Premarket,
    "premium": moving.Premium,
    "prev close": plain.Named,
    "prev high": plain.Named,
    "prev low": plain.Named,
    "price": plain.Price,
    "range": oscillators.Range,
    "range talib": oscillators.Range,
    "record high": plain.Extreme,
    "record low": plain.Extreme,
    "record_gap": plain.RecordGap,
    "reversal": plain.Reversal,
    "rise": moving.Swing,
    "rsi": oscillators.Rsi,
    "rsi talib": oscillators.Rsi,
    "seal": boards.Seal,
    "seal down": boards.Seal,
    "seal_ratio": boards.Seal,
    "seal_ratio down": boards.Seal,
    "sigma": moving.Sigma,
    "since": plain.Since,
    "since low": plain.Since,
    "since price": plain.SincePrice,
    "trailing": plain.Trailing,
    "turnover": flowing.Turnover,
    "turnover_rate": flowing.TurnoverRate,
    "volume": flowing.Volume,
    "volume_ratio": flowing.VolumeRatio,
    "vwap": flowing.Vwap,
}
# Proved by definitions of their own: what several instruments decide in tests/rules/test_groups.py,
# test_paired.py and test_membership.py; auctions, deviations, halts, days and milestones in
# tests/rules/signals.
UNPROVED = frozenset(
    {
        "abnormal move", "advancers", "after_hours change", "auction amount", "auction change",
        "auction growth", "auction_ratio", "breadth", "cap_change", "closing move", "decliners",
        "deviation", "earnings", "first seal", "first seal down", "free turnover", "halt",
        "highest_streak", "interval change", "leaders", "limit_downs", "limit_ups", "milestone",
        "move_by", "opened_share", "opens", "ratio", "severe abnormal move", "strength",
        "turnover_pace", "unmatched buy", "unmatched sell",
    }
)  # fmt: skip
# Walls and prints of a size of one's own: tests/rules/signals/test_flow.py.
UNASKED = frozenset({("ask wall", ""), ("bid wall", ""), ("big buy", ""), ("big sell", "")})


def sense_of(leaf: Leaf, margin: Fraction | None, tape: Tape) -> Sense:
    """The definition of a leaf on an instrument."""
    kind = DEFINITIONS[leaf.signal]
    if leaf.signal == "market_cap" and not tape.shares:
        kind = moving.FedCap
    if leaf.signal == "price":
        kind = plain.Channel if leaf.args else plain.TwoWay if leaf.verb == "crosses" else plain.Price
    return kind(leaf, margin)
