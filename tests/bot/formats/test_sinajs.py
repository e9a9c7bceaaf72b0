"""Sina's records: every recorded layout, and the traps of their fields."""

from datetime import UTC, datetime

import pytest

from bot.errors import FeedError
from bot.feeds.sina import Sina
from bot.formats.sinajs import key_of, merged, symbol_of
from rules.model import Quote
from tests.bot.china import clock, market, sinajs
from tests.bot.sources import BUSY
from tests.recorded import DATA, needs

feed = Sina()
PAGES = "raw_http/sina_"
NOW = datetime(2026, 6, 3, 2, 0, tzinfo=UTC)
LIMIT_UP = f"{PAGES}limitup_688047_20240930.gb18030.bin"
UNTRADED = f"{PAGES}auction_zero_and_empty_20190408.gb18030.bin"
INDEX = f"{PAGES}index_20220407_close.gb18030.bin"
HONG_KONG = f"{PAGES}hk_00700_20250527.gb18030.bin"
TSLA = f"{PAGES}us_gb_tsla_20250304.gb18030.bin"
NVDA = f"{PAGES}us_usr_nvda_premarket_20251105.gb18030.bin"
SUSPENDED = f"{PAGES}suspended_03_20200525.gb18030.bin"
SYMBOL = "300308.SZ"
BOOK = ((25600, 119.62), (7255, 119.61), (3033, 119.6), (1767, 119.57), (6300, 119.55))


def quotes(payload: bytes) -> dict[str, Quote]:
    """The quotes of a payload by symbol."""
    return {quote.symbol: quote for frame in feed.parse(payload, NOW) for quote in frame.quotes}


def recorded(name: str) -> dict[str, Quote]:
    """The quotes of a recorded page."""
    return quotes((DATA / name).read_bytes())


def record(key: str = "sz300308", **fields: str) -> bytes:
    """A made-up A-share record; fields by index, as f3="..."."""
    cells = sinajs(market(SYMBOL).stocks[SYMBOL]).split(",")
    for name, text in fields.items():
        cells[int(name[1:])] = text
    return f'var hq_str_{key}="{",".join(cells)}";\n'.encode("gb18030")


def one(payload: bytes) -> Quote:
    """The only quote of a payload."""
    (quote,) = quotes(payload).values()
    return quote


@needs(LIMIT_UP)
def test_a_sealed_stock_has_no_sellers() -> None:
    """Shares, yuan, the book of one side, in the exchange's time; the other side is empty, not at zero."""
    (quote,) = recorded(LIMIT_UP).values()
    depth = sum(size * price for size, price in BOOK)
    assert quote == Quote(
        symbol="688047.SH",
        time=datetime(2024, 9, 30, 7, 0, 1, tzinfo=UTC),
        price=119620,
        open=106000,
        high=119620,
        low=104500,
        prev_close=99680,
        volume=8256723.0,
        amount=938310086.0,
        bid=119620,
        bid_size=25600.0,
        ask_size=0.0,
        bid_depth=depth,
        ask_depth=0.0,
        source="sina",
    )


@needs(UNTRADED)
def test_an_unknown_code_does_not_shift_the_others() -> None:
    """The empty record between two funds is skipped; both funds are untraded with a live book."""
    found = recorded(UNTRADED)
    assert list(found) == ["160922.SZ", "160924.SZ"]
    assert found["160924.SZ"].prev_close == 1095
    for quote in found.values():
        assert (quote.price, quote.open, quote.flaw) == (None, 0, None)
        assert quote.bid is not None
        assert quote.ask is not None
        assert quote.bid < quote.ask


@needs(INDEX)
def test_indices_are_counted_in_shares() -> None:
    """Shanghai tells lots and Shenzhen shares: amount over volume is then some ten yuan in both."""
    found = recorded(INDEX)
    assert (found["000001.SH"].volume, found["399001.SZ"].volume) == (40262666000.0, 47857870369.0)
    assert found["000001.SH"].price == 323669510000
    assert found["000001.SH"].bid is None
    for quote in found.values():
        assert quote.amount is not None
        assert quote.volume
        assert 5 < quote.amount / quote.volume < 20
    assert one(record("bj899050")).volume is None


@needs(SUSPENDED)
def test_states_are_told_by_code() -> None:
    """Suspended, halted in every way, delisted, young, and a code nobody knows yet."""
    assert recorded(SUSPENDED)["500038.SH"].status == "suspended"
    codes = ("00", "02", "07", "-3", "-2", "77")
    states = [one(record(f32=code)).status for code in codes]
    assert states == ["", "halted", "halted", "delisted", "unlisted", ""]
    assert one(record(f0="N展芯股份")).status == "new"


@needs(HONG_KONG)
def test_hong_kong_has_another_order() -> None:
    """Open, previous close, high, low, last; shares and dollars; a time of minutes."""
    quote = recorded(HONG_KONG)["00700.HK"]
    prices = (quote.price, quote.open, quote.high, quote.low, quote.prev_close, quote.bid, quote.ask)
    assert prices == (512000, 508500, 514500, 507000, 510000, 512000, 512500)
    assert (quote.volume, quote.amount) == (14986877.0, 7662280393.0)
    assert quote.time == datetime(2025, 5, 27, 8, 8, tzinfo=UTC)


@needs(TSLA, NVDA)
def test_new_york_knows_its_hours() -> None:
    """In regular hours the day; before them the early price against the last close, nothing of yesterday."""
    tesla, nvidia = recorded(TSLA)["TSLA.US"], recorded(NVDA)["NVDA.US"]
    assert tesla.time == datetime(2025, 3, 4, 14, 52, 56, tzinfo=UTC)
    assert (tesla.price, tesla.open, tesla.prev_close) == (2688472, 2709300, 2846500)
    assert (tesla.volume, tesla.amount, tesla.shares) == (23618295.0, 6458502467.0, 3216517037)
    assert nvidia.time == datetime(2025, 11, 5, 9, 27, 7, tzinfo=UTC)
    assert (nvidia.price, nvidia.prev_close) == (1976300, 1986900)
    assert (nvidia.open, nvidia.high, nvidia.volume, nvidia.amount) == (None,) * 4


@needs(NVDA)
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # After hours of the same day: yesterday is still the previous close, the day stands.
        ({3: "2025-11-06 06:10:07", 24: "Nov 05 05:10PM EST", 25: "Nov 05 04:00PM EST"}, (1976300, 2068800)),
        # Nothing printed outside yet.
        ({3: "2025-11-06 05:00:07", 21: "0.0000", 24: "", 25: "Nov 05 04:00PM EST"}, (1986900, 2068800)),
        # An early print of days ago is not the last word.
        ({3: "2025-11-06 00:00:01", 25: "Nov 05 11:00AM EST"}, (1986900, 2068800)),
    ],
)
def test_extended_hours_end_and_begin(changes: dict[int, str], expected: tuple[int, int]) -> None:
    """Which of the two prices is the newest, and which close it is measured by."""
    cells = (DATA / NVDA).read_text("gb18030").split('"')[1].split(",")
    for place, text in changes.items():
        cells[place] = text
    quote = one(f'var hq_str_gb_nvda="{",".join(cells)}";'.encode("gb18030"))
    assert (quote.price, quote.prev_close) == expected
    assert quote.open == 2030000


@needs(NVDA)
def test_a_stamp_without_a_year_is_not_of_the_future() -> None:
    """In January the last close was in December of another year; a page's odd time gives way to the stamp."""
    cells = (DATA / NVDA).read_text("gb18030").split('"')[1].split(",")
    cells[3], cells[24], cells[25], cells[29] = (
        "2026-01-02 18:00:07",
        "Jan 02 04:27AM EST",
        "Dec 31 04:00PM EST",
        "2026",
    )
    quote = one(f'var hq_str_gb_nvda="{",".join(cells)}";'.encode("gb18030"))
    assert quote.time == datetime(2026, 1, 2, 9, 27, tzinfo=UTC)
    assert (quote.price, quote.prev_close) == (1976300, 1986900)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"f1": "0.000", "f3": "0.000", "f6": "9.900", "f7": "9.900"}, 9900),  # matched
        ({"f1": "0.000", "f3": "0.000", "f6": "9.900", "f7": "9.910"}, None),
        ({"f1": "0.000", "f3": "0.000"}, None),
        ({"f6": "9.900", "f7": "9.900"}, 10000),
    ],
)
def test_an_auctions_match_price_stands_in_the_book(fields: dict[str, str], expected: int | None) -> None:
    """Where nothing traded and both best prices are one, that one is indicative; the gate says the phase."""
    assert one(record(**fields)).price == expected


@pytest.mark.parametrize(
    ("fields", "flaw"),
    [
        ({"f3": "10.0001"}, "off grid"),
        ({"f3": "NaN"}, "unreadable"),
        ({"f3": "9" * 5000}, "unreadable"),
        ({"f8": "Infinity"}, "unreadable"),
        ({"f30": ""}, "unreadable"),
        ({"f31": "25:00:00"}, "unreadable"),
    ],
)
def test_a_damaged_record_is_a_flawed_quote(fields: dict[str, str], flaw: str) -> None:
    """The gate hears which instrument came damaged; the other records stay."""
    found = quotes(record(**fields) + record("sz300502"))
    bad, good = found[SYMBOL], found["300502.SZ"]
    assert (bad.price, bad.flaw, bad.time) == (None, flaw, NOW)
    assert (good.price, good.flaw) == (10000, None)


def test_a_short_record_is_flawed() -> None:
    """Fewer fields than are read is no quote, in no market."""
    for key in ("sz300308", "rt_hk00700", "gb_aapl"):
        assert one(f'var hq_str_{key}="a,1,2";'.encode()).flaw == "too few fields"
    cells = ["1"] * 40
    assert one(f'var hq_str_gb_aapl="{",".join(cells)}";'.encode()).flaw == "unreadable"
    cells[3], cells[29] = "2025-11-05 17:27:07", "year"
    assert one(f'var hq_str_gb_aapl="{",".join(cells)}";'.encode()).flaw == "unreadable"


@needs(f"{PAGES}403_body_kinsoku.txt", f"{PAGES}sys_auth_failed.txt")
@pytest.mark.parametrize("name", ["403_body_kinsoku.txt", "sys_auth_failed.txt"])
def test_refusals_are_never_data(name: str) -> None:
    """Also where they come with status 200."""
    with pytest.raises(FeedError, match="refuses"):
        feed.parse((DATA / f"{PAGES}{name}").read_bytes(), NOW)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b" \n",
        b"<html>slide</html>",
        b'var hq_str_sz300308="a,b',
        b"var hq_str_sz300308=5;",
        b"\xff\xff",
        b'var hq_str_sz300308="\xff\xff";',
        "验证码".encode(),
    ],
)
def test_what_is_no_page_of_quotes_is_an_error(payload: bytes) -> None:
    """Empty bodies, pages, cut answers and other encodings are failures."""
    with pytest.raises(FeedError, match="sina"):
        feed.parse(payload, NOW)


def test_keys_and_symbols_go_both_ways() -> None:
    """Hong Kong in real time, New York in lower case with `$` for a dot; other tables are nobody's."""
    pairs = {
        "300308.SZ": "sz300308",
        "588330.SH": "sh588330",
        "920002.BJ": "bj920002",
        "00700.HK": "rt_hk00700",
        "HSI.HK": "rt_hkHSI",
        "AAPL.US": "gb_aapl",
        "BRK.B.US": "gb_brk$b",
        "SPX.US": "gb_$inx",
    }
    assert {symbol: key_of(symbol) for symbol in pairs} == pairs
    assert {symbol_of(key): key for key in pairs.values()} == pairs
    assert symbol_of("usr_nvda") == "NVDA.US"
    assert [symbol_of(key) for key in ("s_sh000001", "gb_$other", "hf_CL", "sz3003080")] == [None] * 4
    assert feed.parse(b'var hq_str_s_sh000001="x,1,2";', NOW) == ()


def test_a_push_is_completed_by_what_was_known() -> None:
    """Fields that are empty or cut off are those of before; new and longer records stand as they are."""
    known = {"sz300308": ["名称", "10.00", "9.00"]}
    text = merged(known, "sz300308=,11.00\nsh600519=茅台,1,2,3\n".encode()).decode()
    assert text.splitlines() == ["sz300308=名称,11.00,9.00", "sh600519=茅台,1,2,3"]
    assert merged(known, b"sz300308=,,,7").decode() == "sz300308=名称,11.00,9.00,7"


def test_times_are_the_exchanges() -> None:
    """The record's date and time, in Shanghai."""
    assert one(record()).time == BUSY
    assert clock(BUSY).hour == 10
