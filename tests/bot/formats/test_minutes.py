"""Minute lines of three sources: cumulative or not, labelled by their ends, cut at the close."""

import json
from typing import Any

import numpy as np
import pytest

from bot.errors import FeedError
from bot.formats import minutes
from tests.recorded import DATA, needs

LINE = "raw_http/tencent_minute_query_sh600519_20260910_1055.json"
TRENDS = "raw_http/eastmoney_trends2_600519_20260910_first2.json"


def query(*lines: Any, key: str = "sh688256", day: str = "20260910") -> bytes:
    """An answer of the minute query."""
    return json.dumps({"data": {key: {"data": {"data": list(lines), "date": day}}}}).encode()


def ends(found: minutes.Minutes) -> list[str]:
    """When the bars ended, UTC."""
    return [str(end) for end in found.ends]


@needs(LINE, TRENDS)
def test_two_sources_tell_the_same_minutes() -> None:
    """Tencent's counts from the open and Eastmoney's minutes agree on recorded bars of one morning."""
    one = minutes.tencent((DATA / LINE).read_bytes())
    other = minutes.eastmoney((DATA / TRENDS).read_bytes())
    assert one.symbol == other.symbol == "600519.SH"
    assert len(one.ends) == 87
    assert ends(one)[:2] == ends(other) == ["2026-09-10T01:30:00", "2026-09-10T01:31:00"]
    assert ends(one)[-1] == "2026-09-10T02:56:00"
    for column in ("close", "volume", "amount"):
        assert getattr(one, column)[:2].tolist() == getattr(other, column).tolist()
    assert one.volume.sum() == 899_100
    assert one.amount.sum() == 1_156_252_937
    assert (one.closes_only, other.closes_only) == (True, False)
    assert other.high.tolist() == [1_291_000, 1_294_990]


def test_counts_become_the_minutes_own() -> None:
    """Differences of what has traded so far; STAR in shares; what cannot be read is left out."""
    lines = ["0930 100.00 500 50000.00", "rubbish", "0931 100.50 x y", 5, "0932 101.00 900 90400.00"]
    found = minutes.tencent(query(*lines))
    assert found.volume.tolist() == [500, 400]
    assert found.amount.tolist() == [50_000, 40_400]
    assert found.open.tolist() == found.close.tolist() == [100_000, 101_000]
    assert minutes.tencent(query("0930 100.00 500 1", "0931 100.00 400 0.5")).volume.tolist() == [500, 0]


def test_what_follows_the_close_is_cut() -> None:
    """After-hours rows are no minutes of the session, nor are the auction's indications."""
    found = minutes.tencent(query("1500 100.00 500 50000.00", "1501 100.00 600 60000.00"))
    assert ends(found) == ["2026-09-10T07:00:00"]
    rows = [
        "2026-09-10 09:15,1291,1291,1291,1291,0,0,1291",
        "2026-09-10 09:30,1291,1291,1291,1291,90,11619000,1",
    ]
    payload = {"data": {"code": "600519", "market": 1, "trends": rows}}
    assert ends(minutes.eastmoney(json.dumps(payload).encode())) == ["2026-09-10T01:30:00"]


def test_new_york_keeps_its_whole_day() -> None:
    """Other markets' minutes are in their own time and not cut."""
    found = minutes.tencent(query("1600 230.00 5 1150.00", key="usAAPL"))
    assert (found.symbol, ends(found)) == ("AAPL.US", ["2026-09-10T20:00:00"])


def test_minute_bars_are_read() -> None:
    """Tencent's `m1` list and Sina's scale 1 both label a bar by its end; no amounts."""
    row = ["202609101456", "10.00", "11.00", "12.00", "9.50", "7", {}, "0.01", "3"]
    payload = json.dumps({"data": {"sz300308": {"m1": [row]}}}).encode()
    one = minutes.tencent_bars(payload)
    names = {"open": "10.0", "high": "12.0", "low": "9.5", "close": "11.0", "volume": "700"}
    other = minutes.sina(json.dumps([{"day": "2026-09-10 14:56:00"} | names]).encode(), "300308.SZ")
    for found in (one, other):
        assert ends(found) == ["2026-09-10T06:56:00"]
        assert (found.high.tolist(), found.volume.tolist()) == ([12_000], [700])
        assert np.isnan(found.amount[0])


@pytest.mark.parametrize(
    "payload",
    [
        b"no",
        b'{"data": {"sh600519": {}}}',
        b'{"data": {"nobody": {"data": {"data": [], "date": "20260910"}}}}',
        b'{"data": {"sh600519": {"data": {"data": 5, "date": "20260910"}}}}',
    ],
)
def test_what_is_no_minute_line_is_an_error(payload: bytes) -> None:
    """Other answers of the same source hold none."""
    with pytest.raises(FeedError, match="tencent"):
        minutes.tencent(payload)
    with pytest.raises(FeedError, match="tencent"):
        minutes.tencent_bars(payload)
