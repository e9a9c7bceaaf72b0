"""Every reason of the gate in the form in which a source brings it: recorded where there is a recording.

The rules of the gate one by one are in test_gate.py; here a source's bytes or a market's odd day come in, and
what an engine behind the gate makes of it.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from bot import feeds as feeds  # noqa: PLC0414 -- fills the registry
from bot.feed import FEEDS
from bot.intake.gate import Gate
from bot.master.calendar import hours
from bot.master.reference import Reference
from rules.engine import Engine
from rules.language import parse
from rules.model import Frame, Instrument, Phase, Quote
from tests.bot.china import Stock, gtimg, push2, sinajs, utc
from tests.recorded import DATA, needs

MASTER = Reference.load()
SYMBOL, APPLE = "300308.SZ", "AAPL.US"
NEW_YORK = timezone(timedelta(hours=-4))
PAGES = "raw_http/"


def gate(find: Callable[[str], Instrument] = MASTER.get) -> Gate:
    """A gate with the shipped master and calendar."""
    return Gate(hours(), find)


def verdicts(feed: str, payload: bytes, later: timedelta = timedelta(seconds=1)) -> dict[str, str]:
    """What the gate says to a payload received that long after its newest quote."""
    one = gate()
    found: dict[str, str] = {}
    for frame in FEEDS[feed].parse(payload, datetime(2026, 9, 10, 3, 0, tzinfo=UTC)):
        received = max(quote.time for quote in frame.quotes) + later
        judged = one.judge(replace(frame, received=received))
        found |= {quote.symbol: f"ok, {quote.phase}" for quote in judged.frame.quotes}
        found |= {quote.symbol: reason for quote, reason in judged.refused}
    return found


def page(name: str) -> bytes:
    """A recorded page."""
    return (DATA / PAGES / name).read_bytes()


AUCTION = "tencent_gostock_1_20250509092233.gb18030.bin"
UNTRADED = "sina_auction_zero_and_empty_20190408.gb18030.bin"
PRE_OPEN = "sina_preopen_0910_zero_20260625.gb18030.bin"
SUSPENDED = "sina_suspended_03_20200525.gb18030.bin"
CLOSED = "sina_index_20220407_close.gb18030.bin"
DELAYED = "tencent_hk_realtime_vs_delayed_20260910.gb18030.bin"
LUNCH = "tencent_index_lunch_20260910.gb18030.bin"
PREMARKET = "sina_us_usr_nvda_premarket_20251105.gb18030.bin"


@needs(
    *(PAGES + name for name in (AUCTION, UNTRADED, PRE_OPEN, SUSPENDED, CLOSED, DELAYED, LUNCH, PREMARKET))
)
@pytest.mark.parametrize(
    ("feed", "name", "later", "expected"),
    [
        ("tencent", AUCTION, 1, {"002241.SZ": "ok, auction"}),
        ("sina", UNTRADED, 1, {"160922.SZ": "untraded", "160924.SZ": "untraded"}),
        ("sina", PRE_OPEN, 1, {"159326.SZ": "absent price"}),
        ("sina", SUSPENDED, 1, {"500038.SH": "halted"}),
        # 15:01:09 and 15:00:03: the clock runs on after the close, and what runs on is out of the session.
        ("sina", CLOSED, 1, {"000001.SH": "ok, closed", "399001.SZ": "ok, closing auction"}),
        ("sina", CLOSED, 86_400, dict.fromkeys(("000001.SH", "399001.SZ"), "yesterday's snapshot")),
        # One symbol, real and a quarter of an hour late, in one answer.
        ("tencent", DELAYED, 1, {"07709.HK": "stale"}),
        ("sina", PREMARKET, 1, {"NVDA.US": "ok, pre-open"}),
    ],
)
def test_recorded_oddities_are_called_by_name(
    feed: str, name: str, later: int, expected: dict[str, str]
) -> None:
    """Auctions, zeros, halts, clocks that run on, yesterday's pages and delayed lines."""
    found = verdicts(feed, page(name), timedelta(seconds=later))
    assert {symbol: found[symbol] for symbol in expected} == expected


def test_delisted_and_not_yet_listed_are_told_apart() -> None:
    """Codes of Sina's, letters of Tencent's."""
    fields = sinajs(Stock(symbol=SYMBOL)).split(",")
    for status, expected in (("-3", "delisted"), ("-2", "unlisted"), ("03", "halted"), ("00", "ok")):
        fields[32] = status
        record = f'var hq_str_sz300308="{",".join(fields)}";'.encode("gb18030")
        assert verdicts("sina", record)[SYMBOL].startswith(expected)
    cells = gtimg(Stock(symbol=SYMBOL)).split("~")
    cells[40] = "D"
    assert verdicts("tencent", "~".join(cells).encode("gb18030")) == {SYMBOL: "delisted"}


def test_a_short_list_touches_nobody_else() -> None:
    """Who is missing in an answer keeps the quote that was believed last; the others go on."""
    one = gate()
    both = Frame(market="SZ", received=utc("10:00:01"), quotes=(quote(), quote(symbol="300502.SZ")))
    assert len(one.judge(both).frame.quotes) == 2
    short = Frame(market="SZ", received=utc("10:00:04"), quotes=(quote("10:00:03"),))
    assert [found.symbol for found in one.judge(short).frame.quotes] == [SYMBOL]
    assert one.counts == {}


def quote(clock: str = "10:00:00", price: float = 500.0, **fields: Any) -> Quote:
    """A quote of the founding day."""
    plain = Quote(symbol=SYMBOL, time=utc(clock), price=round(price * 1000), source="test")
    return replace(plain, **fields)


def test_connected_but_stale_is_refused() -> None:
    """A source that answers, with the same page again and again: told by its age."""
    one = gate()
    reasons = []
    for seconds in (1, 60, 121, 180):
        frame = Frame(market="SZ", received=utc("10:00:00") + timedelta(seconds=seconds), quotes=(quote(),))
        reasons.append([reason for _, reason in one.judge(frame).refused])
    assert reasons == [[], [], ["frozen"], ["frozen"]]
    assert [refusal.reason for refusal in one.refusals(SYMBOL)] == ["frozen", "frozen"]


def listed(day: date) -> Callable[[str], Instrument]:
    """A master that knows since when a stock is listed."""
    return lambda symbol: replace(MASTER.get(symbol), listed=day)


@pytest.mark.parametrize(
    ("first", "status", "expected"),
    [
        (date(2025, 11, 26), "", "ok"),
        (date(2025, 11, 20), "", "ok"),  # its fifth session
        (date(2025, 11, 19), "", "outside the limit band"),
        (date(2000, 1, 1), "new", "ok"),  # the source calls it new
        (date(2000, 1, 1), "", "outside the limit band"),
    ],
)
def test_a_young_listing_has_no_limits(first: date, status: str, expected: str) -> None:
    """396 % on a first day is true; Friday to Wednesday are four sessions, the fifth is the last free one."""
    one = gate(listed(first))
    young = quote(price=49.6, prev_close=10_000, status=status)
    judged = one.judge(Frame(market="SZ", received=utc("10:00:01"), quotes=(young,)))
    assert [reason for _, reason in judged.refused] == ([] if expected == "ok" else [expected])


# The split of Apple


def print_(clock: str, price: float, before: float | None = 92.22) -> Quote:
    """A print of Apple's on 9 June 2014, against the previous close of 645.57 divided by seven."""
    moment = datetime.fromisoformat(f"2014-06-09T{clock}").replace(tzinfo=NEW_YORK).astimezone(UTC)
    close = None if before is None else round(before * 10_000)
    return Quote(symbol=APPLE, time=moment, price=round(price * 10_000), prev_close=close, source="test")


def reasons(one: Gate, *prints: Quote) -> list[str]:
    """The verdict on each print, received as it was made."""
    found = []
    for each in prints:
        judged = one.judge(Frame(market="US", received=each.time, quotes=(each,)))
        found.append(judged.refused[0][1] if judged.refused else "ok")
    return found


def test_the_price_of_before_a_split_is_an_artefact() -> None:
    """645.57 in the first minute of a day that trades at 92 is refused however often; the true one passes."""
    prints = [
        print_("04:00:01", 645.57),
        print_("04:00:05", 645.60),
        print_("04:00:20", 92.23),
        print_("04:00:40", 645.57),
        print_("04:00:41", 92.30),
    ]
    refused = "split-day artefact"
    assert reasons(gate(), *prints) == [refused, refused, "ok", refused, "ok"]


def test_what_stands_for_a_minute_is_no_artefact() -> None:
    """A price that really doubled is believed late, and at once where it was reached step by step."""
    one = gate()
    stays = [print_("09:30:00", 184.0), print_("09:30:30", 185.0), print_("09:31:00", 185.5)]
    assert reasons(one, *stays) == ["split-day artefact", "split-day artefact", "ok"]
    climbs = [print_("09:30:00", price, 92.22) for price in (100, 104, 109, 114, 119, 124, 129, 134, 138)]
    assert reasons(gate(), *climbs) == ["ok"] * 9
    assert reasons(gate(), print_("09:30:00", 130.0), print_("09:30:10", 645.0, None)) == [
        "ok",
        "split-day artefact",
    ]


def test_a_gap_that_is_no_split_is_believed() -> None:
    """A fall by a quarter, a coin that doubles, a first print without a previous close."""
    assert reasons(gate(), print_("09:30:00", 69.0)) == ["ok"]
    assert reasons(gate(), print_("09:30:00", 645.57, None)) == ["ok"]
    coin = replace(print_("09:30:00", 200.0, 100.0), symbol="BTCUSDT.BINANCE")
    judged = gate().judge(Frame(market="BINANCE", received=coin.time, quotes=(coin,)))
    assert not judged.refused


# Behind the gate


def rung(one: Gate, market: str, rules: tuple[str, ...], *quotes: Quote) -> list[str]:
    """What an engine behind the gate rings."""
    engine = Engine(hours(), MASTER.get, lambda _: None, MASTER.members)
    for rule in rules:
        engine.add(parse(rule, MASTER.find).condition)
    found = []
    for each in quotes:
        frame = Frame(market=market, received=each.time + timedelta(seconds=1), quotes=(each,))
        found += [event.text for event in engine.take(one.judge(frame).frame).events]
    return found


def test_prints_outside_the_hours_ring_no_rule_of_the_session() -> None:
    """2.3 % at 17:08 in New York: a rule of the regular session is silent, one that listens longer rings."""
    rules = ("AAPL change > 2%", "AAPL change > 1.5% | session regular,extended")
    late = print_("17:08:00", 94.35)
    assert rung(gate(), "US", rules, print_("15:59:00", 92.3), late) == ["change > 1.5%"]


def test_an_auctions_indication_rings_no_rule_of_the_session() -> None:
    """At 09:20 the match price is an offer that may be taken back."""
    early = quote("09:20:00", 560.0, open=0, prev_close=500_000)
    rules = ("300308 price > 550", "300308 price > 540 | session auction,regular")
    assert rung(gate(), "SZ", rules, early) == ["price > 540"]


def test_a_clock_that_runs_on_after_the_close_rings_nothing() -> None:
    """15:34:59 with a new figure is no trade of the session."""
    rules = ("300308 price > 550",)
    day = quote("14:59:00", 545.0, prev_close=500_000), quote("15:34:59", 551.0, prev_close=500_000)
    assert rung(gate(), "SZ", rules, *day) == []


def test_what_the_gate_refuses_rings_nothing() -> None:
    """A stray print, a mixed unit, a price off the limits: none of them reaches a rule."""
    rules = ("300308 price > 550",)
    good = quote("10:00:00", 500.0, prev_close=500_000)
    strays = (
        replace(good, time=utc("10:00:03"), price=560_000),
        replace(good, time=utc("10:00:06"), price=700_000),
        replace(good, time=utc("10:00:09"), price=560_000, low=559_000, high=561_000, volume=1e5, amount=1e9),
        replace(good, time=utc("09:59:00"), price=560_000),
        replace(good, time=utc("10:00:12"), price=500_100),
    )
    one = gate()
    assert rung(one, "SZ", rules, good, *strays) == []
    assert one.counts == {
        "unconfirmed jump": 1,
        "outside the limit band": 1,
        "unit mismatch": 1,
        "backwards": 1,
    }


def test_every_source_is_judged_alike() -> None:
    """The same stock in three layouts passes, and with a wrong unit or off the grid does not."""
    stock = Stock(symbol=SYMBOL, volume=1_000_000)
    row = push2(stock) | {"f2": 10.00001}
    assert verdicts("eastmoney", json.dumps({"data": {"diff": [row]}}).encode()) == {SYMBOL: "off grid"}
    assert verdicts("tencent", gtimg(stock).encode("gb18030")) == {SYMBOL: f"ok, {Phase.CONTINUOUS}"}
    assert verdicts("tencent", gtimg(stock).replace("~10000~", "~3~").encode("gb18030")) == {
        SYMBOL: "unit mismatch"
    }


def test_the_limit_of_a_board_is_the_masters() -> None:
    """Twenty percent for ChiNext; a fund of the STAR board has them too."""
    assert MASTER.get(SYMBOL).limit == MASTER.get("588330.SH").limit == Decimal("0.2")
