"""What an event's number was made of, by name, so that anybody can make it again, and the words for it.

A signal's own evidence comes first (its level's figures, its meter's); here stand the figures of the quote
and the session that its formula names besides. Prices and amounts are in currency, changes in percent points.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from rules.groups import CENTS, MOST_DECIMALS, Part, change_of, sums_of
from rules.live import Lane, Live
from rules.measured import is_behind, number_of
from rules.meter import decode, is_telling
from rules.model import REGULAR, Leaf, Quote
from rules.region import Absent, Region
from rules.signal import SIGNALS, ParameterKind
from rules.slots import Slot
from rules.timeframe import MINUTE, size_of

BEFORE = "before"  # the number that the price of the quote before makes of the same bars
FORMULA = "formula"
HISTORY = "history"  # the newest finished day bar's date
ADJUSTED = "adjusted"  # of the bars: raw, or the convention by which dated factors scaled them
RAW = "raw"
BAR, MINUTES = "bar", "minutes"  # the minute bar that decides
BESIDE = "beside "  # another instrument, or another part of a composite
REST = "rest "  # an average without the open bar's close
PRICE = "last trade"  # the formula of a price, where rings are told in haste


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
        "amount today": "amount", "volume today": "volume", "shares that float": "float_shares",
        "bid size": "bid_size", "ask size": "ask_size", "market cap": "market_cap", "unmatched": "unmatched",
        "bid depth": "bid_depth", "ask depth": "ask_depth", "inflow": "inflow",
        "ratio as fed": "volume_ratio",
    }
)  # fmt: skip
COUNTED: Mapping[str, tuple[Part, int]] = MappingProxyType(  # a group's sum, and what it is divided by
    {
        "members": (Part.PRICED, 1),
        "members compared": (Part.TRADED, 1),  # with a previous close
        "advancers": (Part.ADVANCERS, 1),
        "decliners": (Part.DECLINERS, 1),
        "leaders": (Part.LEADERS, 1),
        "limit ups": (Part.LIMIT_UPS, 1),
        "limit downs": (Part.LIMIT_DOWNS, 1),
        "limit ups touched": (Part.TOUCHED_UPS, 1),
        "value added": (Part.MOVED, 10**MOST_DECIMALS),
        "value before": (Part.BASE, 10**MOST_DECIMALS),
        "members' amount": (Part.AMOUNT, CENTS),
        "members' amount yesterday": (Part.EVE, CENTS),
    }
)
_RANGE, _EARLIER = ("high", "low"), ("high before", "low before")
_BOOK = ("bid", "ask", "bid size", "ask size")
_GROUP = ("members", "members compared", "advancers", "decliners")
_LIMITED = ("members", "limit ups", "limit ups touched")
NAMED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "advancers": _GROUP,
        "amplitude": (*_RANGE, "previous close"),
        "ask wall": ("ask depth",),
        "auction amount": (*_BOOK, "amount today"),
        "auction change": ("previous close",),
        "auction growth": (*_BOOK, "amount today"),
        "auction_ratio": (*_BOOK, "volume today"),
        "bid wall": ("bid depth",),
        "big buy": (*_BOOK[:2], "amount today"),
        "big sell": (*_BOOK[:2], "amount today"),
        "breadth": _GROUP,
        "cap_change": ("members", "value added", "value before"),
        "cci": _EARLIER,
        "change": ("previous close", *_GROUP),
        "decliners": _GROUP,
        "from_high": ("high", "previous close"),
        "from_low": ("low", "previous close"),
        "gap": ("previous close",),
        "highest_streak": _LIMITED,
        "inflow": ("inflow",),
        "leaders": ("members", "leaders"),
        "limit down": _BOOK,
        "limit up": _BOOK,
        "limit_downs": ("members", "limit downs"),
        "limit_ups": ("members", "limit ups"),
        "market_cap": ("market cap",),
        "opened_share": _LIMITED,
        "outflow": ("inflow",),
        "range": (*_EARLIER, "previous close"),
        "range talib": (*_EARLIER, "previous close"),
        "reversal": (*_EARLIER, "previous close"),
        "rsi": ("previous close",),
        "rsi talib": ("previous close",),
        "seal_ratio": ("shares that float",),
        "seal_ratio down": ("shares that float",),
        "strength": ("previous close", *_GROUP),
        "turnover": ("amount today",),
        "turnover_pace": ("amount today", "volume today", "members' amount", "members' amount yesterday"),
        "turnover_rate": ("volume today",),
        "free turnover": ("volume today",),
        "unmatched buy": ("unmatched",),
        "unmatched sell": ("unmatched",),
        "volume": ("volume today",),
        "volume_ratio": ("volume today", "ratio as fed"),
        "vwap": ("amount today", "volume today"),
    }
)

# What a card leaves to whoever asks why.
_BEHIND = frozenset(
    {
        BEFORE, FORMULA, HISTORY, "level", "lowest", "ema 12", "ema 26", "k", "d", "rises", "falls", "mean",
        "mean of 19", "deviation of 19", "typical", "mean distance", "amount before", "amount then",
        "seconds", "volume before", "volume then", "day's volume", "shares that seal", "minutes so far",
        "minutes of a day",
        *PRICES, *FED, *COUNTED,
    }
)  # fmt: skip


def is_background(name: str) -> bool:
    """Whether a figure is for whoever asks why, and no card's news."""
    return name in _BEHIND or name.startswith((BESIDE, REST))


def proof(scene: Scene, region: Region | Absent) -> dict[str, str | float]:
    """Everything of a leaf that an event or an explanation carries."""
    leaf, signal = scene.leaf, SIGNALS[scene.leaf.signal]
    found: dict[str, str | float] = {FORMULA: formula_of(leaf.signal)}
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
        if is_behind(signal) and scene.price is not None:
            found.update(signal.behind(leaf, scene.live.seen(size_of(leaf)), scene.price))
    if is_telling(scene.lane.meter):
        found.update(scene.lane.meter.evidence())
    if leaf.level is None and scene.lane.own is not None and isinstance(region, Region) and region.ratios:
        numerator, denominator = region.ratios[0]
        found["level"] = _spoken(scene.lane, numerator / (denominator * scene.lane.own.scale))
    return found


def bar(slot: Slot, size: timedelta) -> dict[str, str | float]:
    """A minute bar that decides a ring: its beginning (UTC) and its minutes."""
    return {BAR: slot.start.isoformat(), MINUTES: size / MINUTE}


def deciding(size: timedelta | None, live: Live) -> dict[str, str | float]:
    """The open bar of a size, where one is; nothing of days (None)."""
    slot = live.series[size].slot if size is not None and live.series else None
    return {} if size is None or slot is None else bar(slot, size)


def formula_of(name: str) -> str:
    """A signal's formula in words; where it differs from another's by convention, the other's first."""
    plain, said = name.removesuffix(" talib"), SIGNALS[name].summary
    return said if plain == name else f"{SIGNALS[plain].summary}; {said}"


def number_before(scene: Scene) -> float | None:
    """The leaf's number at the quote before; at the session's first one by the close before.

    The bars are those of now: in a minute bar's first quote the price before is read with that bar open.
    """
    lane, live = scene.lane, scene.live
    if lane.own is not None:
        is_close = scene.quote is None and not lane.paired and live.tally is None
        return None if is_close or lane.before is None else _spoken(lane, decode(lane.before, lane.own.scale))
    if scene.quote is None:
        return None
    price = _price_before(scene)
    return None if price is None else number_of(scene.leaf, live.seen(size_of(scene.leaf)), price)


def _price_before(scene: Scene) -> int | None:
    """Of the last regular quote; where quotes outside regular hours count, of the newest of the session."""
    lane, live = scene.lane, scene.live
    quote, off = live.quote, live.off
    if lane.kinds != REGULAR and off is not None and off.price and live.session is not None:
        is_newest = quote is None or off.time > quote.time
        if is_newest and live.session.phases and live.session.phases[0][0] <= off.time:
            return off.price
    return live.prev_close if quote is None else quote.price


def _spoken(lane: Lane, number: float) -> float:
    return number * 100 if lane.own is not None and lane.own.percent else number


def _figure(name: str, scene: Scene) -> float | None:
    if name in PRICES:
        price = PRICES[name](scene)
        return None if price is None else price / 10**scene.live.instrument.decimals
    tally = scene.live.tally
    if name in COUNTED:
        part, unit = COUNTED[name]
        return None if tally is None else sums_of(scene.live)[part] / unit
    quote = scene.quote if tally is None else tally.fed
    figure = None if quote is None else getattr(quote, FED[name])
    return None if figure is None else float(figure)


def _others(scene: Scene) -> Iterator[tuple[str, float]]:
    """Of the instruments that it reads besides: their price and their change."""
    own = scene.lane.own
    for symbol, other in zip(own.others if own else (), scene.others, strict=False):
        if other is None:
            continue
        if other.price is not None:
            yield f"{BESIDE}{symbol}", other.price / 10**other.instrument.decimals
        change = change_of(other)
        if change is not None:
            yield f"{BESIDE}{symbol} change %", 100 * float(change)


def _history(scene: Scene) -> dict[str, str | float]:
    """As of when its day bars are, and by which convention they are adjusted; nothing where it needs none."""
    leaf, bars = scene.leaf, scene.live.daily
    signal = SIGNALS[leaf.signal]
    dated = any(parameter.kind is ParameterKind.DATE for parameter in signal.parameters)
    rests = size_of(leaf) is None and (dated or signal.need(leaf.args) > 0)
    if bars is None or not len(bars) or not rests:
        return {}
    return {HISTORY: str(bars.dates[-1]), ADJUSTED: bars.adjusted or RAW}
