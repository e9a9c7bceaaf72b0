"""Daily k-lines of three sources: order, units, adjustment, and what is no bar."""

import json
from typing import Any

import numpy as np
import pytest

from bot.errors import FeedError
from bot.formats import klines
from bot.formats.klines import Adjustment
from tests.recorded import DATA, needs

DAYS = "raw_http/tencent_hk_daykline_00001_20180409.utf8.txt"


def tencent(name: str, *rows: list[Any], key: str = "sz300308") -> bytes:
    """An answer of fqkline."""
    return json.dumps({"code": 0, "data": {key: {name: list(rows), "qt": {}}}}).encode()


def eastmoney(*rows: str, code: str = "600519", market: int = 1) -> bytes:
    """An answer of kline/get."""
    return json.dumps({"rc": 0, "data": {"code": code, "market": market, "klines": list(rows)}}).encode()


@needs(DAYS)
def test_a_recorded_day_of_hong_kong_is_read() -> None:
    """The script around the JSON is no obstacle; open, close, high, low in that order; volume in shares."""
    found = klines.tencent((DATA / DAYS).read_bytes())
    bars = found.bars
    assert (found.source, found.adjustment, bars.symbol) == ("tencent", "qfq", "00001.HK")
    assert bars.dates.tolist() == np.array(["2018-04-09"], dtype="datetime64[D]").tolist()
    prices = [int(column[0]) for column in (bars.open, bars.high, bars.low, bars.close)]
    assert prices == [91000, 93500, 91000, 91850]
    assert bars.volume[0] == 8_497_462


@pytest.mark.parametrize(("name", "adjustment"), [("day", "raw"), ("qfqday", "qfq"), ("hfqday", "hfq")])
def test_the_lists_name_says_the_adjustment(name: str, adjustment: str) -> None:
    """`day` where none applies, as for indices and new stocks."""
    row = ["2026-09-10", "10.00", "11.00", "12.00", "9.50", "1000"]
    assert klines.tencent(tencent(name, row)).adjustment == adjustment


@pytest.mark.parametrize(
    ("key", "row", "shares"),
    [
        ("sz300308", ["1000"], 100_000),
        ("sh688256", ["1000"], 1_000),  # STAR is told in shares
        ("sh688256", ["1000", {}, "1.2", "105.0"], 100_000),  # unless its amount says lots
        ("sz300308", ["100000", {}, "1.2", "105.0"], 100_000),  # and ChiNext in shares, should they
        ("sz300308", ["1000", {}, "1.2", "-"], 100_000),
        ("sh000001", ["1000"], 100_000),
        ("r_hk00700", ["1000"], 1_000),
        ("usAAPL", ["1000"], 1_000),
    ],
)
def test_volume_comes_out_in_shares(key: str, row: list[Any], shares: float) -> None:
    """Lots but for STAR; where rows carry the amount it decides."""
    payload = tencent("day", ["2026-09-10", "10.00", "11.00", "12.00", "9.50", *row], key=key)
    assert klines.tencent(payload).bars.volume.tolist() == [shares]


def test_eastmoney_rows_are_read_with_the_adjustment_that_was_asked_for() -> None:
    """Its parameter is 0, 1, 2; adjusted prices may be negative or off the tick; each day comes once."""
    assert [one.number for one in Adjustment] == [0, 1, 2]
    rows = (
        "2026-09-11,-0.5,0.7555,0.8,-0.6,10,900.0,1,1,1,1",
        "2026-09-10,1291,1285.5,1295,1283,9000,1160000000.0,1,1,1,1",
        "2026-09-11,-0.5,0.7555,0.9,-0.6,20,900.0,1,1,1,1",
    )
    found = klines.eastmoney(eastmoney(*rows), Adjustment.FORWARD)
    assert found.bars.symbol == "600519.SH"
    assert found.bars.open.tolist() == [1_291_000, -500]
    assert found.bars.close.tolist() == [1_285_500, 756]
    assert found.bars.high.tolist() == [1_295_000, 900]
    assert found.bars.volume.tolist() == [900_000, 2_000]
    assert found.bars.factor.tolist() == [1, 1]


def test_sina_does_not_say_whose_bars_they_are() -> None:
    """Its caller does; prices are raw, volume is in shares; a script may stand around the list."""
    row = {"day": "2026-09-10", "open": "10.000", "high": "12.000", "low": "9.500", "close": "11.000"}
    payload = b"/*<script>*/\n=(" + json.dumps([row | {"volume": "1234"}]).encode() + b");"
    found = klines.sina(payload, "300308.SZ")
    assert (found.adjustment, found.bars.symbol) == (Adjustment.RAW, "300308.SZ")
    assert (found.bars.high.tolist(), found.bars.volume.tolist()) == ([12_000], [1_234])


@pytest.mark.parametrize(
    "row",
    [
        "2026-09-10,-,-,-,-,-,-",
        "2026-09-10,10,0,12,9,1,1",
        "2026-09-10,10,-11,12,9,1,1",
        "2026-09-10,10,13,12,9,1,1",  # open, high, low, close read in the wrong order shows here
        "2026-09-10,10,11,NaN,9,1,1",
        "2026-09-10,10,11,12,9,Infinity,1",
        "2026-09-10,10," + "1" * 5000 + ",12,9,1,1",
        "2026-13-10,10,11,12,9,1,1",
        "2026-09-10 09:31,10,11,12,9,1,1",
        "２０２６-09-10,10,11,12,9,1,1",
        "x" * 60 + ",10,11,12,9,1,1",
    ],
)
def test_what_is_no_bar_is_left_out_and_counted(row: str) -> None:
    """Suspended days, prices out of order, and what is no number or no day."""
    good = "2026-09-09,10,11,12,9,1,1"
    found = klines.eastmoney(eastmoney(row, good), Adjustment.RAW)
    assert (len(found.bars.dates), found.skipped) == (1, 1)


def test_a_day_without_an_open_takes_what_it_has() -> None:
    """An absent open or high is made of the prices that are there."""
    found = klines.eastmoney(eastmoney("2026-09-09,0,11,-,0,1,1"), Adjustment.RAW)
    bars = found.bars
    assert [int(column[0]) for column in (bars.open, bars.high, bars.low)] == [11_000, 11_000, 11_000]


def test_bars_are_asked_for_by_the_names_of_each_source() -> None:
    """Tencent's list without a manner is raw; Eastmoney's funds of Shanghai are market 1."""
    assert klines.tencent_path("300308.SZ", Adjustment.FORWARD, 320).endswith("=sz300308,day,,,320,qfq")
    assert klines.tencent_path("00700.HK", Adjustment.RAW).endswith("=hk00700,day,,,640,")
    assert "symbol=sh588330&scale=240" in klines.sina_path("588330.SH")
    assert "secid=1.588330&klt=101&fqt=2&" in klines.eastmoney_path("588330.SH", Adjustment.BACKWARD)
    with pytest.raises(ValueError, match="AAPL"):
        klines.eastmoney_path("AAPL.US", Adjustment.RAW)


def test_no_bars_are_no_failure() -> None:
    """A young instrument's list may be empty."""
    assert len(klines.tencent(tencent("day")).bars.dates) == 0


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"<html>slide</html>",
        b"\xff\xfe",
        b"{" * 100_000,
        b'{"data": null}',
        b'{"data": []}',
        b'{"data": {"sz300308": 5}}',
        b'{"data": {"nobody": {"day": []}}}',
        b'{"data": {"sz300308": {"week": []}}}',
        tencent("day", [1, 2, 3]),
        tencent("day", ["2026-09-10", "10.00"]),
    ],
)
def test_what_is_no_answer_is_an_error(payload: bytes) -> None:
    """Pages, other shapes, other lists: one sentence, no bars."""
    with pytest.raises(FeedError):
        klines.tencent(payload)


@pytest.mark.parametrize(
    "payload",
    [
        b'{"data": null}',
        b'{"data": {"klines": []}}',
        eastmoney(code="IF2612", market=8),
        b'{"data": {"code": "600519", "market": 1, "klines": 5}}',
        b'{"data": {"code": "600519", "market": 1, "klines": [5]}}',
        eastmoney("2026-09-10,1,2"),
    ],
)
def test_eastmoneys_null_is_an_error(payload: bytes) -> None:
    """A wrong secid is answered with null; strangers and other rows are no bars."""
    with pytest.raises(FeedError, match="eastmoney"):
        klines.eastmoney(payload, Adjustment.RAW)


@pytest.mark.parametrize("payload", [b"null", b"[5]", b'[{"day": "2026-09-10"}]'])
def test_sinas_null_is_an_error(payload: bytes) -> None:
    """An unknown code is answered with null."""
    with pytest.raises(FeedError, match="sina"):
        klines.sina(payload, "300308.SZ")
