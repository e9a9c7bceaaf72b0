"""Halts and resumption, the trading after hours, and earnings that come near."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from rules.language import LanguageError, canonical, parse, phrase
from rules.model import And, Event, Frame, Instrument, Kind, Phase, Quote, SessionKind
from rules.rings import Row
from tests.rules.world import SYMBOL, World, at, condition, history, leaf, q

FIRED, NONE = ["fired"], list[str]()
HALTED, RESUMED = leaf("halt", "halted"), leaf("halt", "resumed")
APPLE = "AAPL.US"
US = Instrument(symbol=APPLE, decimals=4, tick=100)
KNOWN = {SYMBOL: Instrument(symbol=SYMBOL), APPLE: US}


@pytest.fixture
def world() -> World:
    """A share that closed at 100."""
    return World({SYMBOL: history(["100"] * 5)}, prev_close="100")


def halt(world: World, clock: str, symbol: str = SYMBOL, **fields: Any) -> list[str]:
    """The gate's word that an instrument is halted."""
    return [event.state.value for event in word(world, clock, symbol, **fields)]


def word(world: World, clock: str, symbol: str = SYMBOL, **fields: Any) -> tuple[Event, ...]:
    """The events of that word."""
    fields.setdefault("status", "halted")
    quote = replace(world.quote(clock, None, symbol, **fields), phase=None)
    step = world.engine.take(Frame(market=symbol[-2:], received=quote.time, halted=(quote,)))
    world.steps.append(step)
    world.events.extend(step.events)
    return step.events


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "text",
    [
        f"{SYMBOL} halted",
        f"{SYMBOL} resumed",
        f"{APPLE} after_hours change > 3%",
        f"{APPLE} earnings within 3d",
    ],
)
def test_said_in_both_languages(text: str, language: str) -> None:
    """Print, parse, print: the same."""
    assert canonical(parse(phrase(parse(text, KNOWN.get), language), KNOWN.get)) == text


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        (f"alert me when {APPLE} is halted", "halted"),
        (f"{APPLE} trading resumes", "resumed"),
        (f"{SYMBOL} 盘中临停", "halted"),
        (f"{SYMBOL} 恢复交易", "resumed"),
        (f"{APPLE} rises 3% after hours", "after_hours change >= 3%"),
        (f"{APPLE} falls over 5% after the close", "after_hours change <= -5%"),
        (f"{APPLE} 盘后涨超3%", "after_hours change >= 3%"),
        (f"{APPLE} 盘后跌5%", "after_hours change <= -5%"),
        (f"{APPLE} reports earnings in 3 days", "earnings within 3d"),
        (f"{APPLE} 三天内发财报", "earnings within 3d"),
    ],
)
def test_what_people_say(text: str, condition: str) -> None:
    """Friendlier words in both languages."""
    assert canonical(parse(text, KNOWN.get)).partition(" ")[2] == condition


@pytest.mark.parametrize(
    ("text", "one"),
    [
        ("halted", Instrument(symbol="000300.SH", kind=Kind.INDEX)),
        ("resumed", Instrument(symbol="BTCUSDT.BINANCE", kind=Kind.COIN)),
        ("after_hours change > 3%", Instrument(symbol=SYMBOL)),
        ("after_hours change > 3%", Instrument(symbol="SPX.US", kind=Kind.INDEX)),
        ("earnings within 3d", Instrument(symbol="510300.SH", kind=Kind.FUND)),
    ],
)
def test_refused_where_there_is_none(text: str, one: Instrument) -> None:
    """An index is not halted, a share of Shenzhen has no hours after, a fund no earnings."""
    with pytest.raises(LanguageError, match=f"does not exist on {one.symbol}"):
        parse(f"{one.symbol} {text}", {one.symbol: one}.get)


def test_a_halt_rings_and_so_does_what_ends_it(world: World) -> None:
    """Once each, though the word is repeated; the next halt rings again."""
    world.add(HALTED)
    world.add(RESUMED)
    assert world.see("10:00:00", "100") == NONE
    assert halt(world, "10:00:03") == FIRED
    (event,) = world.events
    assert (event.signal, event.price, event.direction.value) == ("halt", q("100"), "down")
    assert event.evidence == {"halted since": "2025-11-26T02:00:03+00:00", "status": "halted"}
    assert halt(world, "10:00:06") == NONE
    assert world.see("10:10:00", "101") == FIRED
    assert world.events[1].text == repr(RESUMED)
    assert world.events[1].direction.value == "up"
    assert world.events[1].evidence == {"halted since": "2025-11-26T02:00:03+00:00"}
    assert world.see("10:10:03", "101") == NONE
    found = world.engine.explain(condition(RESUMED).id)
    assert found is not None
    assert found.truth is True
    assert halt(world, "10:20:00") == FIRED
    assert world.see("10:30:00", "101") == FIRED


def test_trading_is_no_resumption_until_a_halt_was_seen(world: World) -> None:
    """A crossing must be seen false first."""
    world.add(RESUMED)
    assert world.walk(["100", "101"]) == [NONE, NONE]


def test_a_suspension_rings_in_the_morning_and_once(world: World) -> None:
    """Not a price of the day, and none the next: it ends with the first trade of the third."""
    world.add(HALTED)
    world.add(RESUMED)
    assert halt(world, "09:15:00", prev_close="100") == FIRED
    assert world.events[0].price is None
    assert halt(world, "09:15:00", day="2025-11-27") == NONE
    assert world.see("09:30:00", "110", day="2025-11-28") == FIRED
    assert world.events[1].text == repr(RESUMED)


def test_the_last_price_of_a_suspended_share_is_told(world: World) -> None:
    """Where the feed still states one."""
    world.add(HALTED)
    quote = replace(world.quote("10:00:00", "100"), status="suspended")
    step = world.engine.take(Frame(market="SZ", received=quote.time, halted=(quote,)))
    assert step.events[0].price == q("100")


def test_a_halt_moves_nothing_else(world: World) -> None:
    """No price, no window, no composite's other part; outside the market's hours it is not heard."""
    world.add(leaf("price", "<", "1000"))
    world.add(leaf("move", "<", "1", timedelta(minutes=5)))
    assert halt(world, "10:00:00") == NONE
    world.add(HALTED)
    assert halt(world, "12:00:00") == NONE
    assert halt(world, "10:00:00", "600000.SH") == NONE
    assert halt(world, "10:00:00", day="2025-11-23") == NONE
    assert halt(world, "10:00:03") == FIRED


def test_an_old_word_is_no_halt(world: World) -> None:
    """A late answer of another source, older than the last quote or of an older day."""
    world.add(HALTED)
    world.see("10:00:03", "100", day="2025-11-27")
    assert halt(world, "10:00:00", day="2025-11-27") == NONE
    assert halt(world, "14:00:00") == NONE
    assert halt(world, "10:00:03", day="2025-11-27") == FIRED


def test_yesterdays_bar_is_closed_by_a_halt_too(world: World) -> None:
    """The first word of a new day moves market time as any quote does."""
    world.add(leaf("ma", "above", None, 5))
    world.add(HALTED)
    world.see("14:59:00", "101")
    assert [event.state.value for event in word(world, "09:15:00", day="2025-11-27")] == [
        "confirmed",
        "fired",
    ]


def test_a_composite_of_a_halt(world: World) -> None:
    """Halted after a rise: the halt decides, at the halt."""
    world.add(And((HALTED, leaf("change", ">", "0.05"))))
    world.see("10:00:00", "106")
    assert halt(world, "10:00:03") == FIRED
    assert world.see("10:30:00", "106") == NONE
    assert len(world.steps[-1].armed) == 1


def test_a_restored_halt_is_not_told_again(world: World) -> None:
    """Ringing before a restart: the repeated word says nothing, trading re-arms it."""
    made = condition(HALTED)
    stored = Row(condition=made.id, ring=1, state="fired", time=at("10:00:03"), session=date(2025, 11, 26))
    world.engine.add(made, row=stored, seen=True)
    assert halt(world, "10:05:00") == NONE
    world.see("10:10:00", "100")
    assert [row.ring for row in world.steps[-1].armed] == [1]


def test_heard_at_any_time_of_the_day() -> None:
    """In New York before the open and after the close as well, without naming a session."""
    line = parse(f"{APPLE} halted", KNOWN.get)
    assert line.condition.sessions == frozenset(SessionKind)
    world = World(instruments=[US], prev_close="100")
    world.engine.add(line.condition)
    assert halt(world, "21:00:00", APPLE) == FIRED  # 08:00 in New York
    regular = World(instruments=[US], prev_close="100")
    regular.engine.add(parse(f"{APPLE} halted | session regular", KNOWN.get).condition)
    assert halt(regular, "21:00:00", APPLE) == NONE
    assert halt(regular, "23:00:00", APPLE) == FIRED


def test_after_hours_counts_from_todays_close() -> None:
    """The last regular price, not yesterday's; the session itself and the morning after say nothing."""
    world = World(instruments=[US], prev_close="90")
    world.engine.add(parse(f"{APPLE} after_hours change >= 3%", KNOWN.get).condition)
    day = {"day": "2025-11-26"}
    assert world.see("23:00:00", "100", APPLE, **day) == NONE
    assert world.see("05:00:03", "104", APPLE, day="2025-11-27", phase=Phase.AFTER_HOURS) == FIRED  # 16:00:03
    (event,) = world.events
    assert (event.signal, event.level, event.value) == ("after_hours change", 3.0, 4.0)
    assert event.evidence == {"close": 100.0}
    assert world.see("21:30:00", "120", APPLE, day="2025-11-27") == NONE  # before the open


def test_after_hours_without_a_close_are_unknown() -> None:
    """The day was not watched."""
    world = World(instruments=[US], prev_close="90")
    world.engine.add(parse(f"{APPLE} after_hours change >= 0%", KNOWN.get).condition)
    assert world.see("05:30:00", "104", APPLE, day="2025-11-27") == NONE


def test_earnings_come_near_once() -> None:
    """Four days away is not within three; three is, and rings once for that date; so does the next one."""
    apple = replace(US, earnings=date(2025, 11, 29))
    world = World(instruments=[apple], prev_close="100")
    for text in ("earnings within 3d", "earnings within 1d", "earnings within day"):
        world.engine.add(parse(f"{APPLE} {text}", {APPLE: apple}.get).condition)
    assert world.see("23:00:00", "100", APPLE, day="2025-11-25") == NONE
    assert world.see("23:00:00", "100", APPLE, day="2025-11-26") == FIRED
    assert (world.events[0].value, world.events[0].evidence) == (3.0, {"earnings": "2025-11-29"})
    assert world.see("23:00:00", "100", APPLE, day="2025-11-27") == NONE
    assert world.see("23:00:00", "100", APPLE, day="2025-11-28") == FIRED
    assert world.events[1].signal == "earnings(1d)"
    quarter = {"earnings": date(2026, 2, 26)}
    assert world.see("23:00:00", "100", APPLE, day="2025-12-01", **quarter) == NONE
    assert world.see("23:00:00", "100", APPLE, day="2026-02-24", **quarter) == FIRED
    assert world.see("23:00:00", "100", APPLE, day="2026-02-26", **quarter) == FIRED * 2


def test_earnings_nobody_knows_are_absent() -> None:
    """No date, or one that has passed."""
    for apple in (US, replace(US, earnings=date(2025, 11, 25))):
        world = World(instruments=[apple], prev_close="100")
        world.add(leaf("earnings", "within", None, "60d"), APPLE)
        assert world.see("23:00:00", "100", APPLE) == NONE


def test_a_coins_day_is_named() -> None:
    """Its change counts from 00:00 UTC, and says so; a share's does not."""
    coin = Instrument(symbol="BTCUSDT.BINANCE", kind=Kind.COIN, decimals=8, tick=1)
    for one, evidence in ((coin, {"since": "00:00 UTC"}), (KNOWN[SYMBOL], {})):
        world = World(instruments=[one])
        world.add(leaf("change", ">=", "0.05"), one.symbol)
        quote = replace(world.quote("10:00:00", "105"), symbol=one.symbol, prev_close=q("100"))
        (event,) = world.take(quote)
        assert event.evidence == evidence


def test_a_frame_of_halts_alone_is_a_frame(world: World) -> None:
    """It carries no quotes, so market time passes with its receive time."""
    world.add(leaf("price", ">", "1"))
    frame = Frame(
        market="SZ", received=at("10:00:00"), halted=(Quote(symbol="X", time=at("10:00"), price=None),)
    )
    assert world.engine.take(frame).events == ()
