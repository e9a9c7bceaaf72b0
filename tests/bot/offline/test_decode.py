"""Recorded payloads read aloud, with the gate's verdict."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.errors import InputError
from bot.files.quotes import QUOTE_COLUMNS
from bot.offline.decode import lines
from tests.recorded import DATA, needs

PAGES = DATA / "raw_http"
TENCENT = {
    "tencent_a_20260910_1055.gb18030.bin": ["ok", "ok", "ok", "ok"],
    "tencent_gostock_1_20250509092233.gb18030.bin": ["ok"],
    "tencent_gostock_2_20250509094209.gb18030.bin": ["ok"],
    "tencent_hk_daykline_00001_20180409.utf8.txt": ["ok"],
    "tencent_hk_realtime_vs_delayed_20260910.gb18030.bin": ["ok", "stale"],
    "tencent_index_lunch_20260910.gb18030.bin": ["ok", "ok", "ok", "ok"],
    "tencent_minute_query_sh600519_20260910_1055.json": ["ok"],
}


OTHERS = {
    "eastmoney_ulist_600519_20260910.json": ["ok"],
    "eastmoney_getAllStockChanges_0925.json": ["no quote"] * 3,
    "eastmoney_trends2_600519_20260910_first2.json": ["no quote"],
    "sina_403_body_kinsoku.txt": ["no quote"],
    "sina_sys_auth_failed.txt": ["no quote"],
    "sina_auction_zero_and_empty_20190408.gb18030.bin": ["untraded", "untraded"],
    "sina_hk_00700_20250527.gb18030.bin": ["ok"],
    "sina_index_20220407_close.gb18030.bin": ["ok", "ok"],
    "sina_limitup_688047_20240930.gb18030.bin": ["ok"],
    "sina_preopen_0910_zero_20260625.gb18030.bin": ["absent price"],
    "sina_suspended_03_20200525.gb18030.bin": ["halted"],
    "sina_us_gb_tsla_20250304.gb18030.bin": ["ok"],
    "sina_us_usr_nvda_premarket_20251105.gb18030.bin": ["ok"],
}


def decoded(feed: str, file: Path, at: datetime | None = None) -> list[dict[str, Any]]:
    """The lines as objects."""
    return [json.loads(line) for line in lines(feed, file, at)]


@needs(*(f"raw_http/{name}" for name in TENCENT))
@pytest.mark.parametrize("name", TENCENT)
def test_every_recorded_tencent_page_is_read(name: str) -> None:
    """Each line has the columns of the quotes file and a verdict; the delayed line is stale."""
    found = decoded("tencent", PAGES / name)
    assert [line["verdict"] for line in found] == TENCENT[name]
    assert all(list(line) == [*QUOTE_COLUMNS, "verdict"] for line in found)
    on_disk = {path.name for path in PAGES.glob("tencent_*")}
    assert on_disk == set(TENCENT)


@needs(*(f"raw_http/{name}" for name in OTHERS))
@pytest.mark.parametrize("name", OTHERS)
def test_every_other_recorded_page_is_shown(name: str) -> None:
    """Quotes with the gate's word; what holds none says in a sentence what it is, in the same columns."""
    found = decoded(name.partition("_")[0], PAGES / name)
    assert [line["verdict"].partition(":")[0] for line in found] == OTHERS[name]
    assert all(list(line) == [*QUOTE_COLUMNS, "verdict"] for line in found)
    assert {path.name for path in PAGES.glob("*") if "tencent" not in path.name} == set(OTHERS)


@needs("raw_http/tencent_minute_query_sh600519_20260910_1055.json")
def test_what_stands_beside_the_quotes_is_noted() -> None:
    """The minute line and the markets' states are told apart from the quote."""
    notes: list[str] = []
    page = PAGES / "tencent_minute_query_sh600519_20260910_1055.json"
    assert len(list(lines("tencent", page, note=notes.append))) == 1
    assert notes == [
        "87 minutes of 600519.SH, 2026-09-10 09:30 to 10:56, 899100 shares",
        "states of markets at 2026-09-10 10:55:22: HK 交易中, SH 交易中, SZ 交易中, US 已收盘",
    ]


@needs("raw_http/tencent_gostock_1_20250509092233.gb18030.bin")
def test_an_auction_payload_says_so() -> None:
    """The indicative price passes as an auction's: open, high and low are absent, the phase is auction."""
    (line,) = decoded("tencent", PAGES / "tencent_gostock_1_20250509092233.gb18030.bin")
    assert (line["phase"], line["price"], line["open"]) == ("auction", 22.26, None)
    assert line["time"] == "2025-05-09T09:22:33+08:00"


@needs("raw_http/tencent_a_20260910_1055.gb18030.bin")
def test_another_time_gives_another_verdict() -> None:
    """Minutes later the page is stale, a day later yesterday's, before its time from the future."""
    page = PAGES / "tencent_a_20260910_1055.gb18030.bin"
    verdicts = [
        {line["verdict"] for line in decoded("tencent", page, datetime(2026, 9, *when, tzinfo=UTC))}
        for when in ((10, 2, 56), (10, 3, 10), (11, 2, 55), (10, 2, 54))
    ]
    assert verdicts == [{"ok"}, {"stale"}, {"yesterday's snapshot"}, {"future"}]


@needs("crypto/cryptofeed/BINANCE.ws.1.0")
def test_a_recording_with_seconds_is_read() -> None:
    """Its first line is the address, the others `<seconds>: {json}`."""
    found = decoded("binance", DATA / "crypto/cryptofeed/BINANCE.ws.1.0")
    assert [(line["symbol"], line["price"], line["verdict"]) for line in found] == [
        ("NKNUSDT.BINANCE", 0.3528, "ok"),
        ("LRCBTC.BINANCE", 6.38e-06, "ok"),
    ]


def test_a_packed_recording_with_nanoseconds_is_read(tmp_path: Path) -> None:
    """`<nanoseconds> {json}`, judged when each message was received: an old trade is stale."""
    fresh = {"e": "trade", "s": "BTCUSDT", "p": "61837.63", "T": 1723161255342}
    old = fresh | {"s": "ETHUSDT", "T": 1723160000000}
    text = "\n".join(f"1723161254087896568 {json.dumps({'data': event})}" for event in (fresh, old))
    file = tmp_path / "day.jsonl.gz"
    file.write_bytes(gzip.compress(text.encode()))
    assert [line["verdict"] for line in decoded("binance", file)] == ["ok", "stale"]


def test_a_recording_without_times_has_a_message_a_line(tmp_path: Path) -> None:
    """Each judged at its own time; answers between them tell of no price. Lists have stamps as objects do."""
    trades = [
        {"data": {"e": "trade", "s": "BTCUSDT", "p": price, "T": 1723161255342 + n}}
        for n, price in enumerate(("61837.63", "61837.64"))
    ]
    file = tmp_path / "day.jsonl"
    file.write_text("\n".join(['{"result":null,"id":1}', "", *map(json.dumps, trades)]), encoding="utf-8")
    assert [line["price"] for line in decoded("binance", file)] == [61837.63, 61837.64]
    told = '[{"T":"t","S":"AAPL","p":277.01,"s":100,"c":["@"],"t":"2025-11-26T15:22:33Z","z":"C"}]'
    file.write_text(f"1764170553.1: {told}\n1764170953.1: {told}\n", encoding="utf-8")
    assert [line["verdict"] for line in decoded("alpaca", file)] == ["ok", "frozen"]
    file.write_text(f'{told}\n{{"type":\n', encoding="utf-8")
    with pytest.raises(InputError, match="unreadable message"):
        decoded("alpaca", file)


def test_an_event_stream_is_read_as_its_feed_completes_it(tmp_path: Path) -> None:
    """The whole list, a heartbeat, and what changed; a stream of nothing but heartbeats says so."""
    row = {"f2": 521.5, "f12": "300308", "f13": 0, "f17": 475.2, "f18": 479.66, "f124": 1764123753}
    file = tmp_path / "stream.txt"
    beat = 'data: {"rc":0,"data":null}\n\n'
    whole = f"data: {json.dumps({'rc': 0, 'data': {'total': 1, 'diff': {'0': row}}})}\n\n"
    change = 'data: {"rc":0,"data":{"diff":{"0":{"f2":522.0,"f124":1764123756}}}}'
    file.write_text(beat + whole + beat + change, encoding="utf-8")
    found = decoded("eastmoney", file)
    assert [(line["price"], line["prev_close"], line["verdict"]) for line in found] == [
        (521.5, 479.66, "ok"),
        (522, 479.66, "ok"),
    ]
    file.write_text(beat, encoding="utf-8")
    assert [line["verdict"] for line in decoded("eastmoney", file)] == [
        "no quote: nothing here tells of a price"
    ]
    file.write_text("data: <html>\n\n", encoding="utf-8")
    with pytest.raises(InputError, match="this is no answer of its"):
        decoded("eastmoney", file)


def test_pushed_changes_are_laid_over_what_came_before(tmp_path: Path) -> None:
    """As the stream of Sina is read live: empty fields have not changed."""
    fields = ["中际旭创", "475.2", "479.66", "521.5", "530", "470.4", "", "", "30000000", "15000000000"]
    first = [*fields, *["0"] * 20, "2025-11-26", "10:22:33", "00"]
    second = ["", "", "", "522", *[""] * 27, "10:22:36"]
    file = tmp_path / "push.txt"
    file.write_text("\n\n".join(f"sz300308={','.join(row)}" for row in (first, second)), encoding="utf-8")
    found = decoded("sina", file)
    assert [(line["price"], line["high"], line["time"][11:19]) for line in found] == [
        (521.5, 530, "10:22:33"),
        (522, 530, "10:22:36"),
    ]


@needs("crypto/nautilus_shapes")
@pytest.mark.parametrize("name", ["coinbase_ws_candles", "coinbase_ws_heartbeats", "okx_ws_candle"])
def test_a_message_without_prices_says_so(name: str) -> None:
    """Heartbeats, answers and bars that nobody asked for are a line too."""
    (line,) = decoded(name.partition("_")[0], DATA / "crypto" / "nautilus_shapes" / f"{name}.json")
    assert line["verdict"] == "no quote: nothing here tells of a price"


def test_a_single_payload_is_judged_at_its_own_time(tmp_path: Path) -> None:
    """A file that holds one message without a receive time."""
    file = tmp_path / "trade.json"
    file.write_text('{"e":"trade","s":"BTCUSDT","p":"61837.63","T":1723161255342}', encoding="utf-8")
    (line,) = decoded("binance", file)
    assert (line["price"], line["verdict"]) == (61837.63, "ok")
    assert line["time"].startswith("2024-08-08T23:54:15.342")


def test_a_quotes_file_is_read_by_the_feeds_that_replay(tmp_path: Path) -> None:
    """The columns of the file come out again, with what the gate says."""
    file = tmp_path / "quotes.csv"
    file.write_text(
        "time,symbol,price,prev_close\n"
        "2025-11-26T10:00:00+08:00,300308,500,479.66\n"
        "2025-11-26T10:00:03+08:00,300308,576,479.66\n",
        encoding="utf-8",
    )
    assert [line["verdict"] for line in decoded("replay", file)] == ["ok", "outside the limit band"]


def test_an_unknown_feed_is_named() -> None:
    """With those there are."""
    with pytest.raises(InputError, match="no feed named 'nasdaq'; known: alpaca, binance"):
        decoded("nasdaq", Path("x"))


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"Kinsoku jikou desu!", "page", "page: tencent: no quotes in the answer"),
        (b"not gzip", "x.gz", "x.gz: this cannot be read: BadGzipFile"),
        (gzip.compress(b"abc")[:-6], "x.gz", "x.gz: this cannot be read: EOFError"),
        (b"1723161254087896568 {}\nrubbish\n", "day", "day, line 1: tencent: no quotes"),
        (b"wss://x\n\nrubbish\n", "day", "day, line 3: this is no recorded message"),
    ],
)
def test_rubbish_is_one_clear_sentence(tmp_path: Path, content: bytes, name: str, words: str) -> None:
    """File, line where there is one, and the reason."""
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        decoded("tencent", file)
    assert words in str(caught.value)


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound a packed file is refused."""
    monkeypatch.setattr("bot.offline.decode.MOST", 1000)
    file = tmp_path / "bomb.gz"
    file.write_bytes(gzip.compress(b"0" * 2000))
    with pytest.raises(InputError, match="larger than 1000 bytes"):
        decoded("binance", file)
