"""Tencent: every recorded page, the traps of its fields, and polling a local server that speaks GB18030."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.errors import FeedError
from bot.feed import Context, Payload, RefusedError
from bot.feeds.tencent import BATCH, Tencent
from bot.formats.gtimg import key_of
from bot.intake.gate import Gate
from bot.master.calendar import hours
from bot.master.reference import Reference
from rules.model import Phase, Quote
from rules.sheet import Sheet
from tests.bot.formats.test_glance import line as usual
from tests.bot.sources import BUSY, context, pages
from tests.recorded import DATA, needs

feed = Tencent()
PAGES = "raw_http/"
NOW = datetime(2026, 6, 3, 2, 0, tzinfo=UTC)
A_SHARES = "tencent_a_20260910_1055.gb18030.bin"
AUCTION = "tencent_gostock_1_20250509092233.gb18030.bin"
TRADING = "tencent_gostock_2_20250509094209.gb18030.bin"
INDICES = "tencent_index_lunch_20260910.gb18030.bin"
HONG_KONG = "tencent_hk_realtime_vs_delayed_20260910.gb18030.bin"
MINUTES = "tencent_minute_query_sh600519_20260910_1055.json"
DAYS = "tencent_hk_daykline_00001_20180409.utf8.txt"


def recorded(name: str) -> dict[str, Quote]:
    """The quotes of a recorded page by symbol, the first of each."""
    frames = feed.parse((DATA / PAGES / name).read_bytes(), NOW)
    found: dict[str, Quote] = {}
    for quote in (quote for frame in frames for quote in frame.quotes):
        found.setdefault(quote.symbol, quote)
    return found


def line(code: str = "sz300308", **fields: str) -> bytes:
    """A made-up A-share line in the current layout; fields by index, as f3="..."."""
    cells = [""] * 88
    day = {2: code[2:], 3: "500.00", 4: "480.00", 5: "481.00", 6: "1000", 30: "20260603100000"}
    day |= {33: "510.00", 34: "480.50", 35: "500.00/1000/50000000", 36: "1000", 45: "5555.5"}
    for place, text in (day | {int(name[1:]): text for name, text in fields.items()}).items():
        cells[place] = text
    return f'v_{code}="{"~".join(cells)}";'.encode("gb18030")


def one(payload: bytes) -> Quote:
    """The only quote of a payload."""
    ((quote,),) = (frame.quotes for frame in feed.parse(payload, NOW))
    return quote


@needs(PAGES + A_SHARES)
def test_a_shares_have_exact_prices_and_plain_units() -> None:
    """Last, day, limits, book, volume in shares, amount in yuan, value and shares, in the exchange's time."""
    quotes = recorded(A_SHARES)
    assert list(quotes) == ["600519.SH", "600036.SH", "300750.SZ", "002594.SZ"]
    assert quotes["600519.SH"] == Quote(
        symbol="600519.SH",
        time=datetime(2026, 9, 10, 2, 55, 12, tzinfo=UTC),
        price=1285570,
        open=1291000,
        high=1294990,
        low=1283010,
        prev_close=1290880,
        volume=897800.0,
        amount=1154581680.0,
        limit_up=1419970,
        limit_down=1161790,
        market_cap=1607067000000.0,
        shares=1250081601,
        float_shares=1250081601,
        bid=1285560,
        ask=1285580,
        bid_size=200.0,
        ask_size=100.0,
        bid_depth=1028391.0,
        ask_depth=1285804.0,
        volume_ratio=0.91,
        source="tencent",
    )
    assert quotes["002594.SZ"].shares == 9117197565
    assert quotes["002594.SZ"].float_shares == 3487068722


@needs(PAGES + AUCTION, PAGES + TRADING)
def test_an_auctions_indication_is_no_trade() -> None:
    """Field 3 at 09:22 is indicative: open 0, and the gate stamps the auction; 20 minutes later it trades."""
    gate = Gate(hours(), Reference.load().get)
    phases = []
    for name in (AUCTION, TRADING):
        (frame,) = feed.parse((DATA / PAGES / name).read_bytes(), NOW)
        received = frame.quotes[0].time + timedelta(seconds=1)
        (quote,) = gate.judge(replace(frame, received=received)).frame.quotes
        phases.append((quote.phase, quote.price, quote.open, quote.high))
    assert phases == [(Phase.AUCTION, 22260, None, None), (Phase.CONTINUOUS, 21920, 22140, 22160)]


@needs(PAGES + AUCTION, PAGES + TRADING)
def test_an_auction_says_what_matches_and_what_is_left() -> None:
    """1,004 lots on both sides at 22.26, and sellers of 558 more on a level without a price; later none."""
    quote = recorded(AUCTION)["002241.SZ"]
    assert (quote.bid, quote.ask) == (22260, 22260)
    assert (quote.bid_size, quote.ask_size, quote.unmatched) == (100_400.0, 100_400.0, -55_800.0)
    assert recorded(TRADING)["002241.SZ"].unmatched is None


@pytest.mark.parametrize(
    ("fields", "unmatched"),
    [
        ({}, 1200.0),
        ({"f12": "", "f22": ""}, 0.0),
        ({"f5": "500.00"}, None),
        ({"f9": "0.00", "f19": "0.00"}, None),
        ({"f19": "499.99"}, None),
        ({"f11": "499.99"}, None),
        ({"f21": "500.01"}, None),
    ],
)
def test_only_an_auctions_book_has_orders_left_over(fields: dict[str, str], unmatched: float | None) -> None:
    """Not yet opened, one price on both sides, no price on the second level."""
    auction = {"f5": "0.00", "f9": "500.00", "f19": "500.00", "f11": "0.00", "f21": "0.00"}
    auction |= {"f12": "12", "f22": "0", **fields}
    assert one(line(**auction)).unmatched == unmatched


@needs(PAGES + INDICES)
def test_an_index_has_a_price_and_nothing_of_a_share() -> None:
    """Limits of -1, nonsense share counts and empty books are left out; unknown codes are skipped."""
    quotes = recorded(INDICES)
    assert list(quotes) == ["000001.SH", "399001.SZ", "HSI.HK", "SPX.US"]
    shanghai = quotes["000001.SH"]
    assert (shanghai.price, shanghai.prev_close) == (393778000000, 395151000000)
    assert (shanghai.limit_up, shanghai.shares, shanghai.market_cap, shanghai.bid) == (None,) * 4
    assert quotes["SPX.US"].time == datetime(2026, 9, 9, 20, 43, 19, tzinfo=UTC)
    assert quotes["SPX.US"].price == 763636000000


@needs(PAGES + HONG_KONG)
def test_hong_kong_is_read_in_its_own_layout() -> None:
    """Volume in shares, amount in dollars, share counts at their own places, no limit prices."""
    quote = recorded(HONG_KONG)["07709.HK"]
    assert (quote.price, quote.volume, quote.amount) == (44200, 90909917.0, 4014143401.5)
    assert (quote.shares, quote.limit_up, quote.market_cap) == (854000000, None, 37746800000.0)
    assert quote.time == datetime(2026, 9, 10, 7, 7, 59, tzinfo=UTC)


@needs(PAGES + MINUTES, PAGES + DAYS)
def test_quotes_inside_k_line_answers_are_read() -> None:
    """The `qt` table of a minute line and of a day k-line is a quote like any other."""
    assert recorded(MINUTES)["600519.SH"].price == 1285650
    assert recorded(DAYS)["00001.HK"].time == datetime(2018, 4, 9, 8, 8, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "volume", "amount", "shares"),
    [
        ("sz300308", "1000", "50000000", 100_000),  # lots, as everywhere
        ("sh688256", "100000", "50000000", 100_000),  # STAR: shares
        ("sh688256", "1000", "50000000", 100_000),  # STAR in lots, should they change it
        ("sz300308", "100000", "50000000", 100_000),  # ChiNext in shares, should they change it
        ("sz300308", "7", "50000000", 700),  # fits neither: the usual unit, and the gate refuses
        ("sz300308", "0", "0", 0),
    ],
)
def test_volume_comes_out_in_shares(code: str, volume: str, amount: str, shares: float) -> None:
    """The unit is the one that puts amount / volume between the day's low and high."""
    assert one(line(code, f36=volume, f35=f"500.00/{volume}/{amount}")).volume == shares


@pytest.mark.parametrize(
    ("fields", "flaw"),
    [
        ({"f3": "500.0001"}, "off grid"),
        ({"f3": "NaN"}, "unreadable"),
        ({"f3": "9" * 5000}, "unreadable"),
        ({"f36": "Infinity"}, "unreadable"),
        ({"f36": "1_000"}, "unreadable"),
        ({"f35": "500/1000/1e999"}, "unreadable"),
        ({"f30": ""}, "unreadable"),
        ({"f30": "20261303100000"}, "unreadable"),
        ({"f30": "２０２６０６０３１０００００"}, "unreadable"),
        ({"f2": "300502"}, "another instrument's line"),
    ],
)
def test_a_damaged_line_is_a_flawed_quote(fields: dict[str, str], flaw: str) -> None:
    """The gate hears which instrument came damaged; the other lines stay."""
    payload = line(**fields) + b"\n" + line("sz300502")
    ((bad, good),) = (frame.quotes for frame in feed.parse(payload, NOW))
    assert (bad.symbol, bad.price, bad.flaw, bad.time) == ("300308.SZ", None, flaw, NOW)
    assert (good.symbol, good.price, good.flaw) == ("300502.SZ", 500000, None)


def test_a_short_line_is_flawed() -> None:
    """Fewer fields than are read is no quote."""
    assert one(b'v_sz300308="51~x~300308~500.00~480.00";').flaw == "too few fields"


def test_zeros_and_halts_are_told() -> None:
    """Zero is absent except for the open, which says that nothing traded; letters are states."""
    zero = one(line(f3="0.00", f5="0.00", f33="0.00", f34="0.00", f35="0.00/0/0", f36="0", f45=""))
    assert (zero.price, zero.open, zero.high, zero.market_cap) == (None, 0, None, None)
    assert one(line(f40="S")).status == "suspended"
    assert one(line(f47="-1", f48="-1")).limit_up is None


def test_a_young_listing_and_a_sealed_book_are_told() -> None:
    """N and C before a Chinese name mark the first sessions; a side without orders is zero deep."""
    assert [one(line(f1=name)).status for name in ("N展芯股份", "C展芯股份", "NVIDIA", "TCL科技")] == [
        "new",
        "new",
        "",
        "",
    ]
    book = one(line(f9="500.00", f10="3", f11="499.99", f12="2", f19="0.00", f20="0"))
    assert (book.bid_depth, book.ask_depth) == (250_000 - 2, 0.0)
    assert one(line()).bid_depth is None


def test_names_may_hold_the_separator() -> None:
    """A GB18030 character whose second byte is `~` does not shift the fields; a name may hold a semicolon."""
    name = b"\x81~".decode("gb18030")
    assert one(line(f1=name)).price == 500000
    assert one(line(f1="a;b")).price == 500000


def test_lines_that_are_no_quotes_are_skipped() -> None:
    """Unknown codes, other tables and New York indices without a name of ours say nothing."""
    assert feed.parse(b'v_pv_none_match="1";', NOW) == ()
    assert feed.parse(b'v_ff_sh600519="";v_us.XYZ="200~x~.XYZ";', NOW) == ()


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"  \n",
        b"<html><body>slide to continue</body></html>",
        "验证码".encode(),
        b"\xff\xfe\xfd",
        b'v_sz300308="51~x~300308~500',
        b'v_sz300308;"51~x~300308~500";',
        b'{"data": {"sh600519": {"qt": 5}}}',
        b'{"data": [1, 2]}',
        b'{"data"',
        b"{" + b"[" * 100_000,
    ],
)
def test_what_is_no_page_of_quotes_is_an_error(payload: bytes) -> None:
    """Empty bodies, pages, captchas, other encodings and cut answers are failures, never "unchanged"."""
    with pytest.raises(FeedError):
        feed.parse(payload, NOW)


def test_tables_that_are_no_lines_are_skipped() -> None:
    """A k-line answer's market states and empty tables stand among its quotes."""
    payload = b'{"data": {"sh600519": {"qt": {"market": ["x"], "v_ff_sh600519": [], "sh600519": [1]}}}}'
    assert feed.parse(payload, NOW) == ()


def test_symbols_are_asked_for_by_their_live_keys() -> None:
    """Hong Kong by `r_hk`, which is not delayed; New York's indices by the site's names."""
    symbols = ("300308.SZ", "600519.SH", "920002.BJ", "00700.HK", "AAPL.US", "SPX.US")
    keys = [key_of(symbol) for symbol in symbols]
    assert keys == ["sz300308", "sh600519", "bj920002", "r_hk00700", "usAAPL", "us.INX"]


async def read(given: Context, count: int) -> list[Payload]:
    """The first payloads of a connection."""
    found: list[Payload] = []
    async with aclosing(feed.payloads(given)) as payloads:
        async for payload in payloads:
            found.append(payload)
            if len(found) == count:
                break
    return found


@needs(PAGES + A_SHARES)
async def test_polling_asks_in_batches_and_passes_bytes_on() -> None:
    """61 symbols and their index are two requests a round, commas unescaped; bytes arrive as sent."""
    body = (DATA / PAGES / A_SHARES).read_bytes()

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=body, content_type="text/html", charset="GBK")

    symbols = [f"{300001 + number}.SZ" for number in range(BATCH + 1)]
    async with pages(answer) as site, context({"rest": site.url}, *symbols, interval="0.001") as given:
        payloads = await read(given, 4)
    assert {payload.data for payload in payloads} == {body}
    assert {payload.received for payload in payloads} == {BUSY}
    assert site.asked[0].startswith("/q=sz300001,sz300002,")
    assert site.asked[1] == f"/q=sz{300001 + BATCH},sh000001"
    assert len(site.asked) >= 4


async def test_a_request_may_carry_more() -> None:
    """As the operator says; a page of several hundred lines is columns."""
    body = "".join(usual(f"sz{300001 + number}") for number in range(300)).encode("gb18030")

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=body, content_type="text/html", charset="GBK")

    symbols = [f"{300001 + number}.SZ" for number in range(300)]
    async with (
        pages(answer) as site,
        context({"rest": site.url}, *symbols, interval="0.001", batch="400") as given,
    ):
        payloads = await read(given, 1)
    assert site.asked[0].count(",") == 300  # the index that tells whether the market moves comes along
    (frame,) = feed.parse(payloads[0].data, BUSY)
    assert isinstance(frame.quotes, Sheet)
    assert frame.quotes.usual.all()


@pytest.mark.parametrize("size", ["0", "801", "many", "６０", ""])
async def test_a_size_of_requests_that_makes_no_sense_is_told(size: str) -> None:
    """In one sentence with its name."""
    async with context({"rest": "http://127.0.0.1:1"}, "300308.SZ", batch=size) as given:
        with pytest.raises(FeedError, match="TICKBELL_TENCENT_BATCH is a number from 1 to 800"):
            await read(given, 1)


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [(403, RefusedError, "refuses with 403"), (500, FeedError, "answered 500"), (302, FeedError, "302")],
)
async def test_another_status_is_a_failure(status: int, error: type[FeedError], words: str) -> None:
    """Walls, faults and redirections to a log-in page are failures; walls are bans."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": "/login", "Retry-After": "soon"})

    async with pages(answer) as site, context({"rest": site.url}, "300308.SZ") as given:
        with pytest.raises(error, match=words) as caught:
            await read(given, 1)
    assert getattr(caught.value, "after", None) is None


async def test_a_server_that_is_not_there_is_a_failure(tmp_path: Path) -> None:
    """No connection is told without a traceback of the library's."""
    async with context({"rest": f"http://127.0.0.1:1/{tmp_path.name}"}, "300308.SZ") as given:
        with pytest.raises(FeedError, match="could not be reached"):
            await read(given, 1)


async def test_a_server_that_hangs_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that does not come in time ends the poll."""
    monkeypatch.setattr("bot.feed.TIMEOUT", aiohttp.ClientTimeout(total=0.05))
    released = asyncio.Event()

    async def answer(_: web.Request) -> web.Response:
        await released.wait()
        return web.Response()

    async with pages(answer) as site, context({"rest": site.url}, "300308.SZ") as given:
        with pytest.raises(FeedError, match="did not answer"):
            await read(given, 1)
        released.set()
