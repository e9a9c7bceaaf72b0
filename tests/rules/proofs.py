"""Formulas of every signal, written a second time: its number by the price and the event's figures alone.

The arguments of each are the price in currency, the figures by name, and the leaf.
"""

from collections.abc import Callable, Mapping
from datetime import date
from math import isclose, sqrt
from typing import TypeAlias

from rules.model import Leaf

Figures: TypeAlias = Mapping[str, float]
Maker: TypeAlias = Callable[[float, Figures, Leaf], float]
Check: TypeAlias = Callable[[float, Figures, Leaf], bool]


def first(leaf: Leaf) -> int:
    """The leaf's first whole argument, 0 without one."""
    return next((argument for argument in leaf.args if isinstance(argument, int)), 0)


def base(e: Figures) -> float:
    """What a window counts from."""
    return e["since the open"] if "since the open" in e else e["base"]


def kd(price: float, e: Figures) -> tuple[float, float]:
    """K and D with the open bar at a price."""
    low, high = min(e["lowest"], price), max(e["highest"], price)
    k = 100 * (price - low) / (high - low) / 3 + e["rest k"]
    return k, k / 3 + e["rest d"]


def dif(price: float, e: Figures) -> float:
    """MACD's DIF with the price as the open bar's close."""
    return (11 * e["ema 12"] + 2 * price) / 13 - (25 * e["ema 26"] + 2 * price) / 27


def rsi(price: float, e: Figures, leaf: Leaf) -> float:
    """RSI with one more change."""
    n, change = first(leaf), price - e["previous close"]
    rises, falls = (n - 1) * e["rises"] + max(change, 0), (n - 1) * e["falls"] + max(-change, 0)
    return 100 * rises / (rises + falls)


def span(price: float, e: Figures) -> float:
    """The open bar's true range in times of the usual one."""
    ends = (e.get("high before", price), e.get("low before", price), e["previous close"], price)
    return (max(ends) - min(ends)) / e["atr"]


def volume(e: Figures) -> float:
    """Of the day so far, or since w ago, in times of the usual."""
    return (e["volume today"] - e.get("volume before", 0)) / e["usual volume"]


def printed(_: float, e: Figures, __: Leaf) -> float:
    """Three seconds' amount."""
    return (e["amount today"] - e["amount before"]) * 3 / e["seconds"]


def matched(price: float, e: Figures) -> float:
    """An auction's amount: of the smaller side, or what was traded."""
    return e["amount today"] if "amount today" in e else price * min(e["bid size"], e["ask size"])


def sealing(price: float, e: Figures, leaf: Leaf) -> float:
    """Worth of the orders at a limit, or whether they halved."""
    return 2 * e["shares"] <= e["most"] if leaf.verb == "halved" else price * e["shares that seal"]


def pace(_: float, e: Figures, __: Leaf) -> float:
    """Today's figure over what it is compared with."""
    if "volume then" in e:
        return e["volume today"] / e["volume then"]
    return e.get("amount today", e.get("members' amount", 0)) / e["amount then"]


def deviation(price: float, e: Figures) -> float:
    """Return here less the index's."""
    return 100 * (price / e["base"] - 1) - e["index %"]


def abnormal(e: Figures, leaf: Leaf, measures: Mapping[int, tuple[float, float]]) -> float:
    """The most of the measures, up or down as the rule says, in percent of its bound."""
    known = [(e[name], both) for n, both in measures.items() if (name := f"{n}-day deviation %") in e]
    signs = {"up": (1,), "down": (-1,), "is": (1, -1)}[leaf.verb]
    return max(100 * found / bound for found, both in known for bound in both if bound / abs(bound) in signs)


def ratio(_: float, e: Figures, __: Leaf) -> float:
    """By the definition, or as a feed says it."""
    if "usual volume" not in e:
        return e["ratio as fed"]
    return e["volume today"] * e["minutes of a day"] / (e["usual volume"] * e["minutes so far"])


NUMBERS: dict[str, Maker] = {
    "abnormal move": lambda _, e, leaf: abnormal(e, leaf, {3: (20, -20)}),
    "adr": lambda _, e, leaf: e[f"ADR{first(leaf)} %"],
    "advancers": lambda _, e, __: e["advancers"],
    "after_hours change": lambda p, e, _: 100 * (p / e["close"] - 1),
    "amplitude": lambda _, e, __: 100 * (e["high"] - e["low"]) / e["previous close"],
    "ask wall": lambda _, e, __: e["ask depth"],
    "auction amount": lambda p, e, _: matched(p, e),
    "auction change": lambda p, e, _: 100 * (p / e["previous close"] - 1),
    "auction growth": lambda p, e, _: matched(p, e) / e["amount before"],
    "auction_ratio": lambda _, e, __: (
        100 * e.get("volume today", min(e.get("bid size", 0), e.get("ask size", 0))) / e["day's volume"]
    ),
    "bias": lambda p, e, leaf: (
        100 * (first(leaf) * p / ((first(leaf) - 1) * e["average"] + p) - 1)
    ),
    "bid wall": lambda _, e, __: e["bid depth"],
    "big buy": printed,
    "big sell": printed,
    "breadth": lambda _, e, __: 100 * e["advancers"] / e["members compared"],
    "cap_change": lambda _, e, __: 100 * e["value added"] / e["value before"],
    "cci": lambda _, e, __: (e["typical"] - e["mean"]) / (0.015 * e["mean distance"]),
    "change": lambda p, e, _: 100 * (p / e["previous close"] - 1),
    "change_open": lambda p, e, _: 100 * (p / e["open"] - 1),
    "closing move": lambda p, e, _: 100 * (p / e["base"] - 1),
    "cost": lambda p, e, _: 100 * (p / e["base"] - 1),
    "decliners": lambda _, e, __: e["decliners"],
    "deviation": lambda p, e, _: deviation(p, e),
    "fall": lambda p, e, _: 100 * (1 - p / base(e)),
    "float_cap": lambda p, e, _: p * e["float shares"],
    "free turnover": lambda _, e, __: 100 * e["volume today"] / e["float shares"],
    "from_high": lambda p, e, _: 100 * (e["high"] - p) / e["previous close"],
    "from_low": lambda p, e, _: 100 * (p - e["low"]) / e["previous close"],
    "gap": lambda _, e, __: 100 * (e["open"] / e["previous close"] - 1),
    "inflow": lambda _, e, __: e["inflow"],
    "interval change": lambda p, e, _: 100 * (p / e["base"] - 1),
    "kdj d": lambda p, e, _: kd(p, e)[1],
    "kdj j": lambda p, e, _: 3 * kd(p, e)[0] - 2 * kd(p, e)[1],
    "kdj k": lambda p, e, _: kd(p, e)[0],
    "leaders": lambda _, e, __: e["leaders"],
    "limit down near": lambda p, e, _: 100 * (p - e["limit"]) / e["limit"],
    "limit openings": lambda _, e, __: e.get("openings", 0),
    "limit openings down": lambda _, e, __: e.get("openings", 0),
    "limit up near": lambda p, e, _: 100 * (e["limit"] - p) / e["limit"],
    "limit_downs": lambda _, e, __: e["limit downs"],
    "limit_ups": lambda _, e, __: e["limit ups"],
    "macd bar": lambda p, e, _: 2 * (dif(p, e) - (2 * dif(p, e) + 8 * e["dea"]) / 10),
    "macd dif": lambda p, e, _: dif(p, e),
    "market_cap": lambda p, e, _: p * e["shares"] if "shares" in e else e["market cap"],
    "milestone": lambda p, e, _: p * e["shares"],
    "move": lambda p, e, _: 100 * (p / base(e) - 1),
    "move_by": lambda p, e, _: p - base(e),
    "near ma": lambda p, e, leaf: 100 * (first(leaf) * p / ((first(leaf) - 1) * e["average"] + p) - 1),
    "opened_share": lambda _, e, __: 100 * (1 - e["limit ups"] / e["limit ups touched"]),
    "outflow": lambda _, e, __: -e["inflow"],
    "premium": lambda p, e, _: 100 * (p / e["indicative value"] - 1),
    "range": lambda p, e, _: span(p, e),
    "range talib": lambda p, e, _: span(p, e),
    "ratio": lambda p, e, leaf: p / e[f"beside {leaf.args[0]}"],
    "record_gap": lambda p, e, _: 100 * (1 - p / e["extreme"]),
    "rise": lambda p, e, _: 100 * (p / base(e) - 1),
    "rsi": rsi,
    "rsi talib": rsi,
    "seal": sealing,
    "seal down": sealing,
    "seal_ratio": lambda _, e, __: 100 * e["shares that seal"] / e["shares that float"],
    "seal_ratio down": lambda _, e, __: 100 * e["shares that seal"] / e["shares that float"],
    "severe abnormal move": lambda _, e, leaf: abnormal(e, leaf, {10: (100, -50), 30: (200, -70)}),
    "sigma": lambda p, e, _: 100 * (p / base(e) - 1) / e["usual move %"],
    "since": lambda p, e, _: 100 * (p / e["base"] - 1),
    "since low": lambda p, e, _: 100 * (p / e["base"] - 1),
    "since price": lambda p, e, _: 100 * (p / e["base"] - 1),
    "strength": lambda p, e, leaf: 100 * (p / e["previous close"] - 1) - e[f"beside {leaf.args[0]} change %"],
    "trailing": lambda p, e, _: 100 * (1 - p / e["highest"]),
    "turnover": lambda _, e, __: e["amount today"],
    "turnover_pace": pace,
    "turnover_rate": lambda _, e, __: 100 * e["volume today"] / e["float shares"],
    "unmatched buy": lambda p, e, _: p * max(e["unmatched"], 0),
    "unmatched sell": lambda p, e, _: p * max(-e["unmatched"], 0),
    "volume": lambda _, e, __: volume(e),
    "volume_ratio": ratio,
    "vwap": lambda p, e, _: 100 * (p * e["volume today"] / e["amount today"] - 1),
}  # fmt: skip


def same(one: float, other: float) -> bool:
    """To a millionth."""
    return isclose(one, other, rel_tol=1e-6, abs_tol=1e-6)


def at(name: str) -> Check:
    """The level is a figure."""
    return lambda level, e, _: same(level, e[name])


def at_band(divisor: int) -> Check:
    """Twenty closes, the level being the newest: their mean and two deviations lead to it."""

    def check(level: float, e: Figures, leaf: Leaf) -> bool:
        side = {"upper": 2, "mid": 0, "lower": -2}[leaf.verb.rpartition(" ")[2]]
        mean = (19 * e["mean of 19"] + level) / 20
        squares = 19 * e["deviation of 19"] ** 2 + 19 / 20 * (level - e["mean of 19"]) ** 2
        return same(level, mean + side * sqrt(squares / divisor))

    return check


def at_average(weight: int, more: int) -> Check:
    """The level makes both averages one number: each (weight x level + the rest) / (n + more)."""

    def check(level: float, e: Figures, leaf: Leaf) -> bool:
        made = [
            (weight * level + (n + more - weight) * e[f"rest {n}"]) / (n + more)
            for n in leaf.args
            if isinstance(n, int)
        ]
        return same(*made)

    return check


def at_cross(level: float, e: Figures, leaf: Leaf) -> bool:
    """K and D are one number, or D is at the preset's bound."""
    k, d = kd(level, e)
    bounds = (20, 80) if leaf.verb.count(" ") > 1 else ()
    return same(k, d) or any(same(d, bound) for bound in bounds)


# Signals whose number is the price: what its figures make of the price at which they turn.
LEVELS: dict[str, Check] = {
    "boll": at_band(19),
    "boll talib": at_band(20),
    "ema": at("average"),
    "ema pair": at_average(2, 1),
    "ema pair talib": at_average(2, 1),
    "ema talib": at("average"),
    "kdj": at_cross,
    "kdj talib": at_cross,
    "limit down touched": at("limit"),
    "limit up touched": at("limit"),
    "ma": at("average"),
    "ma pair": at_average(1, 0),
    "macd": lambda level, e, _: same(dif(level, e), e["dea"]),
    "macd talib": lambda level, e, _: same(dif(level, e), e["dea"]),
    "new high": at("extreme"),
    "new low": at("extreme"),
    "open": at("bound"),
    "prev close": at("bound"),
    "prev high": at("bound"),
    "prev low": at("bound"),
    "price": lambda _, __, ___: True,  # the number itself, against itself
    "record high": at("extreme"),
    "record low": at("extreme"),
    "reversal": at("previous close"),
}


def sealed(side: str) -> Check:
    """A book with one side at the limit and none opposite, or whatever else the state's word means."""
    other = "ask" if side == "bid" else "bid"

    def check(price: float, e: Figures, leaf: Leaf) -> bool:
        if leaf.verb == "sealed":
            return same(e[side], e["limit"]) and same(price, e["limit"]) and not e.get(other)
        return same(price, e["limit"]) or leaf.verb == "opened"

    return check


def gapped(sign: int) -> Check:
    """The whole of yesterday on one side of the open."""
    return lambda _, e, __: sign * (e["open"] - e["extreme"]) > 0


def beyond(_: float, e: Figures, leaf: Leaf) -> bool:
    """The open beyond an average of which it is one."""
    return (e["open"] > e["average"]) is (leaf.verb == "over")


def past(price: float, e: Figures, leaf: Leaf) -> bool:
    """The price on the side of a level of the day that the phrase says."""
    return price < e["bound"] if leaf.verb.endswith("below") else price > e["bound"]


# States: true by their figures at the price.
STATES: dict[str, Check] = {
    "first seal": lambda _, e, __: e["openings"] == 0,
    "first seal down": lambda _, e, __: e["openings"] == 0,
    "gap down": gapped(-1),
    "gap up": gapped(1),
    "limit down": sealed("ask"),
    "limit up": sealed("bid"),
    "opening high": past,
    "opening low": past,
    "opens": beyond,
    "premarket high": past,
    "premarket low": past,
}
# Words of a feed or of the calendar; counts of days that the history's bars tell.
TOLD: frozenset[str] = frozenset(
    {
        "earnings", "halt", "highest_streak", "limit_streak", "limit_streak down", "limits", "limits down",
    }
)  # fmt: skip


def days_until(told: str, session: date) -> int:
    """Calendar days."""
    return (date.fromisoformat(told) - session).days
