"""The words of one alert: name, event and number first, for a lock screen cuts after some forty letters."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType

from bot.delivery.episodes import Alert
from bot.master.calendar import hours
from handlers.command import Language
from handlers.making import read
from handlers.wording import amount, trimmed
from rules.language import LanguageError, phrase
from rules.model import Direction, Event, Instrument, Kind, State, currency
from rules.rescale import EX_DATE
from rules.sessions import Hours

# Of a price only what its readers look for: coins print eight decimals, indices and groups carry eight.
MOST_LEAST = 4
BIG = 10_000  # from here on English figures carry separators
_MA = re.compile(r"ma\((\d+)\)")
_SPAN = re.compile(r"new (?:high|low)\((\w+)\)")
_WINDOW = re.compile(r"move\((\d+)([smh])\)")
_WORDS_ZH = MappingProxyType({"s": "秒", "m": "分钟", "h": "小时"})
_WORDS_EN = MappingProxyType({"s": "s", "m": "min", "h": "h"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """One alert in words: `event` and `number` follow the name, `tail` after the dot or bar."""

    event: str  # "RECORD HIGH", "+10%", "站上20日线"
    number: str = ""  # "542.02 +13.0%"
    tail: tuple[str, ...] = ()
    need: str = ""  # the price at which it is true

    @property
    def lead(self) -> str:
        """Event and number."""
        return f"{self.event} {self.number}".strip()


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of one event, written for a language."""

    event: Event
    instrument: Instrument
    language: Language

    @property
    def is_chinese(self) -> bool:
        """Whether the words are Chinese."""
        return self.language is Language.ZH

    @property
    def is_up(self) -> bool:
        """Whether the ring points up."""
        return self.event.direction is Direction.UP

    def pick(self, english: str, chinese: str) -> str:
        """The words of the language."""
        return chinese if self.is_chinese else english

    def plain(self, number: Decimal, least: int = 0) -> str:
        """A number as typed, with separators in English from 10,000."""
        text = trimmed(number, least)
        if self.is_chinese or abs(number) < BIG:
            return text
        whole, dot, decimals = text.partition(".")
        return f"{int(whole):,}{dot}{decimals}"

    @property
    def price(self) -> str:
        """The last price at the ring, empty for groups, which have none anybody quotes."""
        event, one = self.event, self.instrument
        if event.price is None or one.kind is Kind.GROUP:
            return ""
        price = currency(event.price, event.decimals)
        if one.kind is Kind.INDEX:
            return self.plain(price.quantize(Decimal("0.01")), 2)
        return self.plain(price, self.least if price < BIG else 0)

    @property
    def least(self) -> int:
        """Decimals a price has at least: those of the tick, none where that is finer than anybody reads."""
        tick = trimmed(currency(self.instrument.tick, self.instrument.decimals))
        decimals = len(tick.partition(".")[2])
        return decimals if decimals <= MOST_LEAST else 0

    @property
    def change(self) -> str:
        """The day's change: +13.0%."""
        return "" if self.event.change is None else percent(self.event.change * 100)

    @property
    def quoted(self) -> str:
        """Price and change of the day."""
        return f"{self.price} {self.change}".strip()

    @property
    def need(self) -> str:
        """The price at which it is true, rounded to what the tick prints."""
        level = self.event.level_price
        if level is None or self.instrument.kind is Kind.GROUP:
            return ""
        digits = max(self.least, 2) if abs(level) >= 1 else 6
        return self.plain(round(Decimal(str(level)), digits), min(digits, self.least))


def percent(points: float, digits: int = 1) -> str:
    """Percent points with their sign: 13.04 -> +13.0%."""
    return f"{points:+.{digits}f}%"


def rung(points: float) -> str:
    """A level as typed, with its sign: 10 -> +10%, 2.5 -> +2.5%."""
    number = Decimal(str(round(points, 4)))
    return f"{'+' if number > 0 else ''}{trimmed(number)}%"


def _price(f: Figures) -> Headline:
    level = f.plain(round(Decimal(str(f.event.level if f.event.level is not None else 0)), 8))
    if typed := f.event.evidence.get("typed"):
        # An ex-date moved it since: what it is now, and the number its owner will remember.
        level = f.pick(f"{f.need} ({typed} before ex)", f"{f.need}（除权前{typed}）")
    is_coin = f.instrument.kind is Kind.COIN
    today: tuple[str, ...] = ()
    if f.change:
        base = f.pick(" since 00:00 UTC" if is_coin else " today", "（08:00起）" if is_coin else "")
        today = (f.pick(f"{f.change}{base}", f"今日{f.change}{base}"),)
    if f.event.touched:
        return Headline(
            event=f.pick(f"touched your {level}", f"触及你设的{level}"),
            number=f.pick(f"now {f.price}", f"现{f.price}"),
            tail=today,
        )
    above, beyond = ("above", "上破") if f.is_up else ("below", "下破")
    return Headline(
        event=f.pick(f"{above} your {level}:", f"{beyond}你设的{level}"),
        number=f.pick(f.price, f"现{f.price}"),
        tail=today,
    )


def _change(f: Figures) -> Headline:
    if f.event.level is None or f.event.value is None:
        return _other(f)
    if f.instrument.kind is Kind.GROUP:
        return Headline(event=percent(f.event.value))
    beyond = abs(f.event.value - f.event.level) >= 1
    tail = (f.pick(f"at {percent(f.event.value)}", f"现{percent(f.event.value)}"),) if beyond else ()
    return Headline(event=rung(f.event.level), number=f.price, tail=tail)


def _move(f: Figures) -> Headline:
    found = _WINDOW.fullmatch(f.event.signal)
    if found is None or f.event.value is None:
        return _other(f)
    count, unit = found.groups()
    moved = percent(f.event.value)
    day = f.change and f.pick(f", day {f.change}", f" 全天{f.change}")
    return Headline(
        event=f.pick(f"{moved} in {count} {_WORDS_EN[unit]}", f"{count}{_WORDS_ZH[unit]}{moved}"),
        number=f.pick(f"{f.price}{day}", f"现{f.price}{day}"),
    )


def _record(f: Figures) -> Headline:
    high = f.event.signal == "record high"
    event = f.pick("RECORD HIGH" if high else "RECORD LOW", "创历史新高" if high else "创历史新低")
    before = f.pick(f"was {f.need}", f"前{'高' if high else '低'}{f.need}") if f.need else ""
    return Headline(event=event, number=f.quoted, tail=(before,) if before else ())


def _extreme(f: Figures) -> Headline:
    found = _SPAN.fullmatch(f.event.signal)
    if found is None:
        return _other(f)
    span = found[1]
    high = "high" in f.event.signal
    if span == "day":
        event = f.pick("day HIGH" if high else "day LOW", "创今日新高" if high else "创今日新低")
    else:
        days = span.removesuffix("d")
        event = f.pick(f"{days}-day {'HIGH' if high else 'LOW'}", f"创{days}日新{'高' if high else '低'}")
    return Headline(event=event, number=f.quoted, tail=())


_CROSSED = MappingProxyType(
    {
        "reclaim": ("back above", "站上"),
        "lose": ("lost", "跌破"),
        "crosses above": ("crossed above", "上穿"),
        "crosses below": ("crossed below", "下穿"),
    }
)
_STANDS = MappingProxyType({"above": ("above", "高于"), "below": ("below", "低于")})


def _average(f: Figures) -> Headline:
    found = _MA.fullmatch(f.event.signal)
    if found is None:
        return _other(f)
    days = found[1]
    verb = next((verb for verb in _CROSSED if verb in f.event.text), "above" if f.is_up else "below")
    english, chinese = _CROSSED.get(verb) or _STANDS[verb]
    tail = (f.pick(f"MA{days} {f.need}", f"{days}日线{f.need}"),) if f.need else ()
    event = f.pick(f"{english} MA{days}", f"{chinese}{days}日线")
    return Headline(event=event, number=f.quoted, tail=tail, need=f.need)


def _macd(f: Figures) -> Headline:
    event = f.pick(
        "MACD golden cross" if f.is_up else "MACD death cross", "MACD金叉" if f.is_up else "MACD死叉"
    )
    tail = (f.pick(f"needs {f.need}", f"需{f.need}"),) if f.need else ()
    return Headline(event=event, number=f.quoted, tail=tail, need=f.need)


def _cap(f: Figures) -> Headline:
    if f.event.level is None:
        return _other(f)
    level = amount(Decimal(str(f.event.level)), f.language)
    event = f.pick(
        f"{level} cap" if f.is_up else f"under {level} cap", f"市值{'破' if f.is_up else '跌破'}{level}"
    )
    return Headline(event=event, number=f.quoted)


def _leaders(f: Figures) -> Headline:
    count = int(f.event.value or 0)
    event = f.pick(f"{count} leader{'' if count == 1 else 's'}", f"{count}家领涨")
    return Headline(event=event, number=f.change)


def _ex_date(f: Figures) -> Headline:
    """What an ex-date did to a level: `went ex (ratio 0.714): your 560 is now 400.05 in today's prices`."""
    said = f.event.evidence
    factor, moved = float(said.get("factor", 1)), float(said.get("moved by", 0))
    by = f.pick("ratio", "比例") + f.pick(" ", "") + f"{factor:.4g}" + (f" {moved:+.4g}" if moved else "")
    before, now = str(said.get("typed", "")), str(said.get("now", ""))
    count = before.count(",") + 1
    verb = "is" if count == 1 else "are"
    return Headline(
        event=f.pick(f"went ex ({by}):", f"除权除息（{by}）"),
        number=f.pick(f"your {before} {verb} now {now} in today's prices", f"你设的{before}折合今日{now}"),
    )


def _other(f: Figures) -> Headline:
    return Headline(event=f.event.text, number=f.quoted)


@cache
def _hours() -> Hours:
    return hours()


def market_of(event: Event) -> str:
    """The market whose sessions and clock an event follows."""
    return "GROUP" if event.symbol.startswith("@") else event.symbol.rpartition(".")[2]


def is_close(event: Event) -> bool:
    """Whether the event was decided by the session's close."""
    session = _hours().on(market_of(event), event.session)
    return session is not None and event.time >= session.close


FAMILIES: Mapping[str, Callable[[Figures], Headline]] = MappingProxyType(
    {
        "price": _price,
        "change": _change,
        "move": _move,
        "record high": _record,
        "record low": _record,
        "new high": _extreme,
        "new low": _extreme,
        "ma": _average,
        "macd": _macd,
        "market_cap": _cap,
        "leaders": _leaders,
    }
)
# What is more than one signal compared is said in its own words.
JOINED = re.compile(r"\b(?:and|or|not|then|for|between|at \d\d|on close)\b")
_BARRED = re.compile(r"(?:ma|macd)\(.*\d+m\)")  # on minute bars: the condition's own words say it best


@dataclass(frozen=True, slots=True)
class Words:
    """Everything needed to put one instrument's alerts into one language's words."""

    language: Language
    instrument: Instrument

    @property
    def name(self) -> str:
        """What the instrument is called; its code only where it has no name."""
        first, second = self.instrument.english, self.instrument.name
        if self.language is Language.ZH:
            first, second = second, first
        return first or second or self.instrument.symbol.partition(".")[0].lstrip("@")

    def pick(self, english: str, chinese: str) -> str:
        """The words of the language."""
        return chinese if self.language is Language.ZH else english

    def phrase(self, text: str) -> str:
        """A condition's canonical text in the language, as it is where it reads no more."""
        symbol = self.instrument.symbol
        try:
            line = read(self.instrument, f"{symbol} {text}")
        except LanguageError:
            return text
        return phrase(line, self.language).removeprefix(f"{symbol} ").partition(" | ")[0]

    def headline(self, alert: Alert) -> Headline:
        """The alert's event, number and what follows, by the family of the signal that decided."""
        event = alert.event
        figures = Figures(event, self.instrument, self.language)
        if event.signal == EX_DATE:
            return _ex_date(figures)
        if JOINED.search(event.text) or _BARRED.fullmatch(event.signal):
            return Headline(event=self.phrase(event.text), number=figures.quoted)
        family = FAMILIES.get(event.signal.partition("(")[0])
        if family is None:
            return Headline(event=self.phrase(event.text), number=figures.quoted)
        return family(figures)

    def void(self, alert: Alert) -> str:
        """What was taken back, without the name: `MACD golden cross · 543.22, needs 551.44`."""
        headline = self.headline(alert)
        figures = Figures(alert.event, self.instrument, self.language)
        at_close = is_close(alert.event)
        price = figures.price and self.pick(
            f"{'close ' if at_close else ''}{figures.price}", f"{'收' if at_close else '现'}{figures.price}"
        )
        need = figures.need and self.pick(f"need {figures.need}", f"需{figures.need}")
        event = headline.event.rstrip(":")
        numbers = [part for part in (price, need) if part]
        if self.language is Language.ZH:
            return f"{event}未成立" + (f"｜{' '.join(numbers)}" if numbers else "")
        return event + (f" · {', '.join(numbers)}" if numbers else "")

    def state(self, alert: Alert) -> str:
        """What the first line says of the state, empty for a plain ring."""
        match alert.event.state:
            case State.PROVISIONAL:
                return self.pick("provisional", "盘中未定")
            case State.CONFIRMED:
                at_close = is_close(alert.event)
                return self.pick("confirmed", "收盘确认" if at_close else "已确认")
            case _:
                return ""
