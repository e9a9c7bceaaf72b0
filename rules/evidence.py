"""What an event's number was made of, by name, so that anybody can make it again, and the words for it.

A signal's own evidence comes first (its level's figures, its meter's); here stand the figures of the quote
and the session that its formula names besides. Prices and amounts are in currency, changes in percent points.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from rules.groups import Part, change_of, sums_of
from rules.live import Lane, Live
from rules.measured import number_of
from rules.meter import Telling, decode
from rules.model import Leaf, Quote
from rules.region import Absent, Region
from rules.signal import SIGNALS, ParameterKind

BEFORE = "before"  # the number at the quote before
FORMULA = "formula"
HISTORY = "history"  # the newest finished bar's date
ADJUSTMENT = "adjustment"  # of the bars: raw, or ratio where dated factors scaled them


@dataclass(frozen=True, slots=True)
class Scene:
    """One leaf at one instant."""

    leaf: Leaf
    live: Live
    lane: Lane
    price: int | None
    quote: Quote | None  # None: no quote of its own brought this instant
    others: Sequence[Live | None] = ()  # those its axis names (Own.others), of the same day


def _extreme(scene: Scene, known: int | None, fed: int | None, best: Callable[..., int]) -> int | None:
    found = [price for price in (known, fed, scene.price) if price]
    return best(found) if found else None


def _high(scene: Scene) -> int | None:
    return _extreme(scene, scene.live.top(), scene.quote.high if scene.quote else None, max)


def _low(scene: Scene) -> int | None:
    return _extreme(scene, scene.live.bottom(), scene.quote.low if scene.quote else None, min)


PRICES: Mapping[str, Callable[[Scene], int | None]] = MappingProxyType(
    {
        "previous close": lambda scene: scene.live.prev_close,
        "high": _high,
        "low": _low,
        "high before": lambda scene: scene.live.top(),  # as of the quote before
        "low before": lambda scene: scene.live.bottom(),
        "bid": lambda scene: scene.quote.bid if scene.quote else None,
        "ask": lambda scene: scene.quote.ask if scene.quote else None,
    }
)
FED: Mapping[str, str] = MappingProxyType(
    {
        "amount": "amount", "volume": "volume", "float shares": "float_shares", "indicative": "indicative",
        "bid size": "bid_size", "ask size": "ask_size", "market cap": "market_cap",
    }
)  # fmt: skip
COUNTED: Mapping[str, Part] = MappingProxyType({"members": Part.PRICED, "advancers": Part.ADVANCERS})
_RANGE, _EARLIER = ("high", "low"), ("high before", "low before")
_BOOK = ("bid", "ask", "bid size", "ask size")
_GROUP = ("members", "advancers")
NAMED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "amplitude": (*_RANGE, "previous close"),
        "big buy": _BOOK[:2],
        "big sell": _BOOK[:2],
        "cap_change": _GROUP,
        "change": ("previous close", *_GROUP),
        "from_high": ("high", "previous close"),
        "from_low": ("low", "previous close"),
        "gap": ("previous close",),
        "limit down": _BOOK,
        "limit up": _BOOK,
        "premium": ("indicative",),
        "range": (*_EARLIER, "previous close"),
        "range talib": (*_EARLIER, "previous close"),
        "reversal": (*_EARLIER, "previous close"),
        "rsi": ("previous close",),
        "rsi talib": ("previous close",),
        "seal": ("bid size", "ask size"),
        "seal down": ("bid size", "ask size"),
        "seal_ratio": ("bid size", "float shares"),
        "seal_ratio down": ("ask size", "float shares"),
        "turnover_rate": ("volume",),
        "volume": ("volume",),
        "volume_ratio": ("volume",),
        "vwap": ("amount", "volume"),
        **dict.fromkeys(("advancers", "breadth", "decliners", "leaders", "limit_ups", "limit_downs"), _GROUP),
    }
)

# What a card leaves to whoever asks why; the volume behind a volume's signal is its news.
BACKGROUND = frozenset(
    {BEFORE, FORMULA, HISTORY, "level", "lowest", "highest", "ema 12", "ema 26", *PRICES, *FED, *COUNTED}
) - {"volume"}


def proof(scene: Scene, region: Region | Absent) -> dict[str, str | float]:
    """Everything of a leaf that an event or an explanation carries."""
    leaf = scene.leaf
    found: dict[str, str | float] = {FORMULA: SIGNALS[leaf.signal].summary}
    before = number_before(scene)
    if before is not None:
        found[BEFORE] = before
    for name in NAMED.get(leaf.signal, ()):
        figure = _figure(name, scene)
        if figure is not None:
            found[name] = figure
    found.update(_others(scene))
    found.update(_history(scene))
    if isinstance(region, Region):
        found.update(region.evidence)
    if isinstance(scene.lane.meter, Telling):
        found.update(scene.lane.meter.evidence())
    if leaf.level is None and scene.lane.own is not None and isinstance(region, Region) and region.ratios:
        numerator, denominator = region.ratios[0]
        found["level"] = _spoken(scene.lane, numerator / (denominator * scene.lane.own.scale))
    return found


def number_before(scene: Scene) -> float | None:
    """The leaf's number at the quote before, at the session's first one by the previous close."""
    lane, live = scene.lane, scene.live
    if lane.own is not None:
        return None if lane.before is None else _spoken(lane, decode(lane.before, lane.own.scale))
    if scene.quote is None:
        return None
    price = live.prev_close if live.price is None else live.price
    return None if price is None else number_of(scene.leaf, live.now(), price)


def _spoken(lane: Lane, number: float) -> float:
    return number * 100 if lane.own is not None and lane.own.percent else number


def _figure(name: str, scene: Scene) -> float | None:
    if name in PRICES:
        price = PRICES[name](scene)
        return None if price is None else price / 10**scene.live.instrument.decimals
    if name in COUNTED:
        return None if scene.live.tally is None else float(sums_of(scene.live)[COUNTED[name]])
    figure = None if scene.quote is None else getattr(scene.quote, FED[name])
    return None if figure is None else float(figure)


def _others(scene: Scene) -> dict[str, str | float]:
    """Of the instruments that it reads besides: their price and their change."""
    found: dict[str, str | float] = {}
    own = scene.lane.own
    for symbol, other in zip(own.others if own else (), scene.others, strict=False):
        if other is None:
            continue
        if other.price is not None:
            found[symbol] = other.price / 10**other.instrument.decimals
        change = change_of(other)
        if change is not None:
            found[f"{symbol} change %"] = 100 * float(change)
    return found


def _history(scene: Scene) -> dict[str, str | float]:
    """As of when its bars are, and by which convention they are adjusted; nothing where it needs none."""
    signal, bars = SIGNALS[scene.leaf.signal], scene.live.daily
    dated = any(parameter.kind is ParameterKind.DATE for parameter in signal.parameters)
    if bars is None or not len(bars) or not (dated or signal.need(scene.leaf.args)):
        return {}
    is_raw = np.issubdtype(bars.close.dtype, np.integer)
    return {HISTORY: str(bars.dates[-1]), ADJUSTMENT: "raw" if is_raw else "ratio"}
