"""The outside of commands in memory: a few instruments, the chats' rules, the founding day's prices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

import handlers.commands as handlers_commands
import rules.signals as rules_signals
from bot.master.listing import shaped
from handlers import plain
from handlers.buttons import press
from handlers.command import COMMANDS, AddRule, DeleteRule, Language, Reply, Request, SetLanguage, SetWatch
from handlers.lists import WATCHLIST, personal
from handlers.parts import followed
from handlers.ports import Doubt, Ports, Told
from rules.language.presets import NAMES
from rules.model import (
    History,
    Instrument,
    Kind,
    Phase,
    Quote,
    Rule,
)
from rules.sessions import Hours, MarketHours

REGISTERED = (handlers_commands, rules_signals)  # imported, so that both registries are full
Column: TypeAlias = npt.NDArray[np.int64]
SECRET = b"a canary secret for signing buttons"
CHAT, OTHER = "1001", "2002"
NOW = datetime(2025, 11, 26, 1, 40, tzinfo=UTC)
# reference/conditions.md section 4: a made-up history with the founding day's levels.
TAIL = (
    "478.00 493.00 509.00 518.00 505.00 492.00 476.00 464.00 462.00 462.27 491.20 482.60 476.50 469.00 "
    "469.22 469.50 468.10 475.20 479.66"
)
INNOLIGHT = Instrument(
    symbol="300308.SZ",
    name="中际旭创",
    english="Innolight",
    pinyin="zjxc",
    limit=Decimal("0.2"),
    shares=1_111_117_000,
)
EOPTOLINK = Instrument(
    symbol="300502.SZ", name="新易盛", english="Eoptolink", pinyin="xys", limit=Decimal("0.2")
)
BANK = Instrument(symbol="600036.SH", name="招商银行", english="CMB", pinyin="zsyh", limit=Decimal("0.1"))
FUND = Instrument(
    symbol="588330.SH",
    kind=Kind.FUND,
    name="双创龙头ETF",
    english="SciTech leaders ETF",
    tick=1,
    limit=Decimal("0.2"),
)
APPLE = Instrument(symbol="AAPL.US", name="苹果", english="Apple", decimals=4, tick=100)
BITCOIN = Instrument(
    symbol="BTCUSDT.BINANCE", kind=Kind.COIN, name="比特币", english="Bitcoin", decimals=8, tick=1_000_000
)
INDEX = Instrument(symbol="000300.SH", kind=Kind.INDEX, name="沪深300", english="CSI 300", decimals=8)
MODULES = Instrument(
    symbol="@optical-modules", kind=Kind.GROUP, name="光模块", english="Optical modules", decimals=8, tick=1
)
EVIL = Instrument(symbol="666666.SH", name="<b>x</b>&\u202eevil\u200b", english="<a href='tg://user?id=1'>x")
INSTRUMENTS = (INNOLIGHT, EOPTOLINK, BANK, FUND, APPLE, BITCOIN, INDEX, MODULES, EVIL)
CHINA = MarketHours(
    tz="Asia/Shanghai",
    phases=(
        (time(9, 30), time(11, 30), Phase.CONTINUOUS),
        (time(13), time(15), Phase.CONTINUOUS),
    ),
)
HOURS = Hours(
    {
        **dict.fromkeys(("SH", "SZ"), CHINA),
        "US": replace(CHINA, tz="America/New_York", phases=((time(9, 30), time(16), Phase.CONTINUOUS),)),
    }
)


@dataclass(slots=True)
class Book:
    """Rules, watchlists and languages of all chats; `carry_out` does what the store's script does."""

    held: dict[str, dict[str, Rule]] = field(default_factory=dict)
    watched: dict[str, list[str]] = field(default_factory=dict)
    named: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    languages: dict[str, str] = field(default_factory=dict)

    async def rules(self, chat: str) -> Sequence[Rule]:
        """Every rule of the chat, oldest first."""
        return sorted(self.held.get(chat, {}).values(), key=lambda rule: (rule.created, rule.id))

    async def watchlist(self, chat: str) -> Sequence[str]:
        """Watched symbols as added."""
        return tuple(self.watched.get(chat, ()))

    async def lists(self, chat: str) -> Mapping[str, Sequence[str]]:
        """The watchlist and what the chat named."""
        return {WATCHLIST: self.watched.get(chat, []), **self.named.get(chat, {})}

    async def chat_of(self, telegram: int) -> str:
        """Nobody has moved."""
        return str(telegram)

    async def language(self, chat: str) -> str | None:
        """The language chosen."""
        return self.languages.get(chat)

    def carry_out(self, chat: str, reply: Reply) -> None:
        """Apply a reply's effects to one chat and no other."""
        rules = self.held.setdefault(chat, {})
        self.watched.setdefault(chat, [])
        for effect in reply.effects:
            match effect:
                case AddRule(rule=rule) if not rule.of or rule.of in rules:
                    rules.setdefault(rule.id, rule)
                case DeleteRule(rule=name):
                    for gone in [rule.id for rule in rules.values() if name in (rule.id, rule.of)]:
                        rules.pop(gone)
                case SetWatch():
                    self._list(chat, effect)
                case SetLanguage(language=language):
                    self.languages[chat] = language

    def _list(self, chat: str, effect: SetWatch) -> None:
        named = self.named.setdefault(chat, {})
        listed = named.setdefault(effect.list, []) if effect.list else self.watched[chat]
        if effect.on and effect.symbol not in listed:
            listed.append(effect.symbol)
        elif not effect.on and effect.symbol in listed:
            listed.remove(effect.symbol)
        self.named[chat] = {name: some for name, some in named.items() if some}


@dataclass(slots=True)
class Board:
    """Last quotes by symbol."""

    quotes: dict[str, Quote] = field(default_factory=dict)

    async def last(self, symbol: str) -> Quote | None:
        """The stored quote."""
        return self.quotes.get(symbol)

    async def some(self, symbols: Sequence[str]) -> Mapping[str, Quote]:
        """Those there are."""
        return {symbol: self.quotes[symbol] for symbol in symbols if symbol in self.quotes}

    def set(self, symbol: str, price: str | None, previous: str = "", **fields: object) -> None:
        """Put a quote at the fake's time, prices as people write them."""
        decimals = next(one.decimals for one in INSTRUMENTS if one.symbol == symbol)
        self.quotes[symbol] = replace(
            Quote(
                symbol=symbol,
                time=NOW,
                price=None if price is None else whole(price, decimals),
                prev_close=whole(previous, decimals) if previous else None,
                phase=Phase.CONTINUOUS,
            ),
            **fields,  # type: ignore[arg-type]  # a test's own fields
        )


@dataclass(slots=True)
class Shelf:
    """Daily bars by symbol."""

    histories: dict[str, History] = field(default_factory=dict)

    async def daily(self, symbol: str) -> History | None:
        """The bars, where there are any."""
        return self.histories.get(symbol)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Instruments by code, name, English name or initials."""

    groups: Mapping[str, Sequence[str]] = field(
        default_factory=lambda: {MODULES.symbol: (INNOLIGHT.symbol, EOPTOLINK.symbol)}
    )

    def find(self, text: str) -> Instrument | None:
        """Exact matches alone."""
        for one in INSTRUMENTS:
            names = {one.symbol, one.symbol.partition(".")[0], one.name, one.english, one.pinyin}
            names |= {"大盘"} if one is INDEX else set()
            if text and text.casefold() in {name.casefold() for name in names if name}:
                return one
        return None

    def get(self, symbol: str) -> Instrument:
        """The instrument, or a nameless one."""
        found = [one for one in INSTRUMENTS if one.symbol == symbol]
        return found[0] if found else shaped(symbol)

    def members(self, group: str) -> Sequence[str]:
        """Members of the one group."""
        return self.groups.get(group, ())

    def also(self, symbol: str, text: str) -> Instrument | None:
        """大盘 means the one index, and here the one group too."""
        return MODULES if symbol == INDEX.symbol and "大盘" in text else None

    def near(self, text: str, count: int = 3) -> Sequence[Instrument]:
        """Instruments whose code begins alike."""
        return [one for one in INSTRUMENTS if text and one.symbol.startswith(text[:4])][:count]


@dataclass(slots=True)
class Diary:
    """What a test says became of rules, by their ids, and of quotes, by symbol."""

    heard: dict[str, Told] = field(default_factory=dict)
    open: dict[str, datetime] = field(default_factory=dict)
    refused: dict[str, Sequence[Doubt]] = field(default_factory=dict)
    listed: dict[str, Sequence[tuple[datetime, str]]] = field(default_factory=dict)

    async def told(self, rules: Sequence[Rule], language: str) -> Mapping[str, Told]:
        """What was told, with the language it was asked in."""
        known = {rule.id: self.heard[rule.id] for rule in rules if rule.id in self.heard}
        return {name: replace(told, text=f"{told.text} {language}") for name, told in known.items()}

    async def lasting(self, rules: Sequence[Rule]) -> Mapping[str, datetime]:
        """Since when."""
        return {rule.id: self.open[rule.id] for rule in rules if rule.id in self.open}

    async def doubts(self, symbol: str) -> Sequence[Doubt]:
        """What was refused."""
        return self.refused.get(symbol, ())

    async def anomalies(self, symbol: str, language: str) -> Sequence[tuple[datetime, str]]:
        """What was listed, with the language it was asked in."""
        return [(time, f"{name} {language}") for time, name in self.listed.get(symbol, ())]


@dataclass(slots=True)
class Watch:
    """A clock that a test sets."""

    moment: datetime = NOW

    def now(self) -> datetime:
        """The time set."""
        return self.moment


@dataclass(slots=True)
class World:
    """The ports of commands and a way to use them as one chat."""

    book: Book = field(default_factory=Book)
    board: Board = field(default_factory=Board)
    shelf: Shelf = field(default_factory=Shelf)
    clock: Watch = field(default_factory=Watch)
    master: Catalogue = field(default_factory=Catalogue)
    diary: Diary = field(default_factory=Diary)
    presets: Mapping[str, str] = field(default_factory=lambda: NAMES)
    updates: int = 700

    @property
    def ports(self) -> Ports:
        """What commands may reach."""
        return Ports(
            rulebook=self.book,
            quotes=self.board,
            bars=self.shelf,
            master=self.master,
            clock=self.clock,
            hours=HOURS,
            traces=self.diary,
            secret=SECRET,
            presets=self.presets,
        )

    def request(
        self,
        name: str,
        text: str = "",
        *,
        chat: str = CHAT,
        language: Language = Language.EN,
        shown: str = "",
    ) -> Request:
        """The next update of a chat."""
        self.updates += 1
        button = name == "button"
        return Request(
            update=self.updates,
            chat=chat,
            user=int(chat),
            language=language,
            name=name,
            text=text,
            message=55 if button else None,
            callback="cb" if button else None,
            shown=shown,
        )

    async def ask(
        self,
        name: str,
        text: str = "",
        *,
        chat: str = CHAT,
        language: Language = Language.EN,
        shown: str = "",
    ) -> Reply:
        """Use a command, a button ("button") or plain text ("") as a chat, and carry out what it answers."""
        request = self.request(name, text, chat=chat, language=language, shown=shown)
        ports = await personal(self.ports, chat)
        if name == "button":
            reply = await press(request, ports)
        elif name:
            reply = await COMMANDS[name].answer(request, ports)
        else:
            reply = await plain.answer(request, ports)
        reply = await followed(request, ports, reply)
        self.book.carry_out(chat, reply)
        return reply

    async def tap(self, reply: Reply, label: str, *, chat: str = CHAT, shown: str = "") -> Reply:
        """Press the button of an answer that has this text."""
        (data,) = [button.data for row in reply.buttons for button in row if button.text == label]
        return await self.ask("button", data, chat=chat, shown=shown)


def founding(price: str = "479.66") -> World:
    """The founding day's morning: 300308 with its history, quote and daily limits."""
    world = World()
    world.board.set(
        INNOLIGHT.symbol,
        price,
        "479.66",
        limit_up=575_590,
        limit_down=383_730,
        open=475_200,
        high=max(475_200, whole(price, 3)),
        low=min(470_400, whole(price, 3)),
        amount=8.2e9,
    )
    world.shelf.histories[INNOLIGHT.symbol] = innolight()
    return world


def innolight() -> History:
    """The made-up daily bars of 300308 up to the day before the founding day."""
    steps = [282.76 + (500 - 282.76) * step / 30 for step in range(1, 31)]
    closes = [282.76] * 80 + [round(step, 2) for step in steps] + [float(word) for word in TAIL.split()]
    close = np.array([round(1000 * value) for value in closes], dtype=np.int64)
    opened = np.concatenate((close[:1], close[:-1]))
    high = np.maximum(opened, close)
    high[closes.index(518.00)] = 542_010
    return bars(INNOLIGHT.symbol, opened, high, np.minimum(opened, close), close)


def bars(symbol: str, opened: Column, *columns: Column) -> History:
    """A History whose last day is the one before the founding day; weekdays only."""
    days: list[date] = []
    day = date(2025, 11, 25)
    while len(days) < len(opened):
        if day.weekday() < 5:
            days.append(day)
        day -= timedelta(days=1)
    high, low, close = columns
    return History(
        symbol=symbol,
        dates=np.array(days[::-1], dtype="datetime64[D]"),
        open=opened,
        high=high,
        low=low,
        close=close,
        volume=np.ones(len(opened)),
        factor=np.ones(len(opened)),
    )


def whole(price: str, decimals: int) -> int:
    """A price as people write it, in quanta."""
    return int(Decimal(price).scaleb(decimals))
