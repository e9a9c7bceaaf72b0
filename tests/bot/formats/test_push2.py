"""Eastmoney's rows: fields by number, units, signs, boards, and what is not there."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from bot.errors import FeedError
from bot.formats.push2 import quotes
from rules.model import Quote
from tests.bot.china import Stock, push2
from tests.bot.sources import BUSY
from tests.recorded import DATA, needs

LIST = "raw_http/eastmoney_ulist_600519_20260910.json"
STOCK = Stock(symbol="300308.SZ", volume=1_000_000, high=11.0, low=9.5)


def answer(*rows: dict[str, Any]) -> bytes:
    """An answer of ulist.np."""
    return json.dumps({"rc": 0, "data": {"total": len(rows), "diff": list(rows)}}).encode()


def one(payload: bytes) -> Quote:
    """The only quote of a payload."""
    (quote,) = quotes(payload, BUSY)
    return quote


def row(**fields: Any) -> Quote:
    """The quote of a row with some other fields; None takes one away."""
    cells = {name: value for name, value in (push2(STOCK) | fields).items() if value is not None}
    return one(answer(cells))


@needs(LIST)
def test_a_recorded_row_is_a_quote() -> None:
    """Lots become shares, amounts are yuan, times are of the exchange, prices exact."""
    assert one((DATA / LIST).read_bytes()) == Quote(
        symbol="600519.SH",
        time=datetime(2026, 9, 10, 3, 31, 18, tzinfo=UTC),
        price=1283980,
        open=1291000,
        high=1294990,
        low=1283010,
        prev_close=1290880,
        volume=1070100.0,
        amount=1375928521.0,
        source="eastmoney",
    )


def test_rows_come_as_a_list_or_by_index() -> None:
    """`np=1` gives a list, without it and in events rows stand by their index."""
    by_index = json.dumps({"data": {"diff": {"0": push2(STOCK)}}}).encode()
    assert quotes(by_index, BUSY) == quotes(answer(push2(STOCK)), BUSY)


def test_funds_and_ratios_and_caps_are_read() -> None:
    """The indicative value is finer than the price; the flow may be negative; absent is absent."""
    found = row(f441=1.2345, f10=1.7, f20=6.1e11, f62=-8.2e8)
    assert (found.indicative, found.volume_ratio) == (Decimal("1.2345"), 1.7)
    assert (found.market_cap, found.inflow) == (6.1e11, -8.2e8)
    nothing = row(f441="-", f10="-", f20="-", f62="-")
    assert (nothing.indicative, nothing.volume_ratio, nothing.market_cap, nothing.inflow) == (None,) * 4
    assert row(f441=0, f10=0).indicative is None
    assert row(f62=None).inflow is None


def test_limits_are_believed_around_the_previous_close() -> None:
    """Their field numbers are inferred: what does not enclose the previous close is something else."""
    assert (row(f350=12.0, f351=8.0).limit_up, row(f350=12.0, f351=8.0).limit_down) == (12000, 8000)
    assert row(f350=9.0, f351=8.0).limit_up is None
    assert row(f350="-", f351="-").limit_down is None


def test_a_suspended_stock_has_dashes() -> None:
    """No price, no open, no volume: absent, never zero."""
    found = row(**dict.fromkeys(("f2", "f5", "f6", "f15", "f16", "f17"), "-"))
    assert (found.price, found.open, found.high, found.volume, found.flaw) == (None,) * 5


def test_units_follow_the_amount() -> None:
    """Lots everywhere, unless the amount says shares; an index is told in lots."""
    assert row().volume == 1_000_000
    assert row(f5=1_000_000).volume == 1_000_000
    index = one(answer(push2(Stock(symbol="000001.SH", last=3937.78, volume=500))))
    assert (index.volume, index.price, index.bid) == (500, 393778000000, None)


def test_a_board_has_its_inflow_alone() -> None:
    """Its index is no price of ours; it is named after its code."""
    cells = push2(Stock(symbol="@bk1128", last=1500.0, inflow=6.2e9))
    found = one(answer(cells))
    assert (found.symbol, found.price, found.inflow, found.open) == ("@bk1128", None, 6.2e9, None)


def test_a_single_quote_has_its_book_and_limits() -> None:
    """`stock/get` has other numbers: five levels from far to near, limit prices, share counts."""
    data = {
        "f43": 10.5,
        "f44": 11.0,
        "f45": 9.5,
        "f46": 10.0,
        "f47": 10_000,
        "f48": 10_250_000.0,
        "f50": 1.2,
        "f51": 12.0,
        "f52": 8.0,
        "f57": "300308",
        "f58": "中际旭创",
        "f60": 10.0,
        "f84": 1111117000.0,
        "f85": 1100000000.0,
        "f86": int(BUSY.timestamp()),
        "f107": 0,
        "f116": 1.1e10,
        "f19": 10.49,
        "f20": 3,
        "f39": "-",
        "f40": "-",
    }
    assert one(json.dumps({"rc": 0, "data": data}).encode()) == Quote(
        symbol="300308.SZ",
        time=BUSY,
        price=10500,
        open=10000,
        high=11000,
        low=9500,
        prev_close=10000,
        volume=1_000_000.0,
        amount=10_250_000.0,
        limit_up=12000,
        limit_down=8000,
        market_cap=1.1e10,
        shares=1111117000,
        float_shares=1100000000,
        bid=10490,
        bid_size=300.0,
        volume_ratio=1.2,
        source="eastmoney",
    )


@pytest.mark.parametrize(
    ("fields", "flaw"),
    [
        ({"f2": 10.00001}, "off grid"),
        ({"f2": "ten"}, "unreadable"),
        ({"f2": None, "f18": "1e3"}, "unreadable"),
        ({"f5": "Infinity"}, "unreadable"),
        ({"f62": "NaN"}, "unreadable"),
        ({"f124": "-"}, "unreadable"),
        ({"f124": 999_999_999_999}, "unreadable"),
        ({"f441": "x"}, "unreadable"),
        ({"f2": [1]}, "unreadable"),
        ({"f2": int("9" * 400)}, "unreadable"),
    ],
)
def test_a_damaged_row_is_a_flawed_quote(fields: dict[str, Any], flaw: str) -> None:
    """The gate hears which instrument came damaged."""
    found = row(**fields)
    assert (found.symbol, found.price, found.flaw) == ("300308.SZ", None, flaw)


@pytest.mark.parametrize(
    "fields", [{"f13": 8}, {"f13": "-"}, {"f13": None}, {"f12": "IF2612"}, {"f12": [1]}, {"f13": "\x00"}]
)
def test_what_is_not_ours_is_left_out(fields: dict[str, Any]) -> None:
    """Futures, and rows that do not say whose they are."""
    cells = {name: value for name, value in (push2(STOCK) | fields).items() if value is not None}
    assert quotes(answer(cells), BUSY) == []


def test_text_in_another_encoding_is_unreadable() -> None:
    """A code that is no UTF-8 is nobody's, a name that is none spoils its row alone."""
    plain = answer(push2(STOCK)).replace(b'"300308"', b'"\xff"')
    assert quotes(plain, BUSY) == []
    name = answer(push2(STOCK)).replace(json.dumps("名称").encode(), b'"\xff"')
    assert one(name).flaw == "unreadable"


def test_null_is_a_heartbeat() -> None:
    """Nothing new, or a list of unknown codes."""
    assert quotes(b'{"rc":0,"data":null}', BUSY) == []


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"<html>slide</html>",
        b"[1]",
        b'{"rc":102,"data":null}',
        b'{"rc":0,"data":{"klines":[]}}',
        b'{"rc":0,"data":{"diff":5}}',
        b'{"rc":0,"data":{"diff":[5]}}',
        b'{"data":' * 50_000,
        b'{"rc":0,"data":{"diff":[{"f2":NaN}]}}',
    ],
)
def test_what_is_no_list_is_an_error(payload: bytes) -> None:
    """Pages, codes of failure, other answers, numbers that are none."""
    with pytest.raises(FeedError, match="eastmoney"):
        quotes(payload, BUSY)
