"""Rules, events and alerts for tests, with every field that a test does not care about filled in."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from bot.delivery.episodes import Alert, Row
from bot.store.claims import Entry
from rules.model import Condition, Direction, Event, Instrument, Kind, Leaf, Rule, State

SYMBOL = "300308.SZ"
CONDITION = Condition(symbol=SYMBOL, root=Leaf("change", (), ">"), text="change > 5%").id
DAY = date(2025, 11, 26)
NOON = datetime(2025, 11, 26, 2, 31, 5, tzinfo=UTC)
INNOLIGHT = Instrument(symbol=SYMBOL, name="中际旭创", english="Innolight", decimals=3, tick=10)
BITCOIN = Instrument(
    symbol="BTCUSDT.BINANCE", kind=Kind.COIN, name="BTC", english="BTC", decimals=8, tick=10**6
)
OPTICS = Instrument(
    symbol="@optical-modules", kind=Kind.GROUP, name="光模块", english="Optical modules", decimals=8
)


def event(**fields: Any) -> Event:
    """A ring of +10 % on Innolight, changed as given."""
    base = Event(
        condition=CONDITION,
        ring=1,
        state=State.FIRED,
        symbol=SYMBOL,
        text="change > 10%",
        time=NOON,
        session=DAY,
        direction=Direction.UP,
        signal="change",
        value=10.02,
        level=10.0,
        price=527_700,
        decimals=3,
        change=0.1002,
        level_price=527.626,
    )
    return replace(base, **fields)


def alert(rule: str = "r1", **fields: Any) -> Alert:
    """An alert of a rule; fields of the event and of the alert mixed."""
    own = {name: fields.pop(name) for name in ("key", "loudness", "note", "at", "order") if name in fields}
    said = event(**fields)
    base = Alert(key=f"{rule}:{said.ring}", rule=rule, event=said, at=NOON, order=1)
    return replace(base, **own)


def row(*alerts: Alert, **fields: Any) -> Row:
    """An episode of chat 1 with these alerts in this order."""
    base = Row(
        id=f"1|{SYMBOL}|up|{DAY}",
        chat="1",
        symbol=SYMBOL,
        direction=Direction.UP,
        session=DAY,
        version=len(alerts),
        sent=0,
        alerts=tuple(replace(one, order=number) for number, one in enumerate(alerts, 1)),
    )
    return replace(base, **fields)


def rule(name: str = "r1", chat: str = "1", **fields: Any) -> Rule:
    """A daily rule of a chat on +10 %."""
    base = Rule(
        id=name,
        chat=chat,
        condition=CONDITION,
        symbol=SYMBOL,
        text=f"{SYMBOL} change > 10%",
        created=NOON - timedelta(hours=1),
    )
    return replace(base, **fields)


def entry(said: Event, written: int = 2**44, **fields: Any) -> Entry:
    """The event as a stream entry, written long after any rule of these tests."""
    return replace(Entry(id=f"{written}-0", event=said, written=written), **fields)


def fields_of(said: Event, **more: str) -> dict[str, bytes | str]:
    """What the ring script would put into the stream."""
    return {"e": msgspec.json.encode(said), **more}
