"""Quotes files: what they may hold, and the place of every fault."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import InputError
from bot.files import quotes as reader
from bot.master.reference import Reference
from rules.model import Frame, Instrument, Phase

MASTER = Reference.load()
HEAD = "time,symbol,price"
NINE = "2025-11-26T09:30:00+08:00"


def quotes(folder: Path, text: str) -> list[Frame]:
    """The frames of a quotes file with this text."""
    file = folder / "quotes.csv"
    file.write_bytes(text.encode())
    return list(reader.read(file, MASTER.find))


def fault(folder: Path, text: str | bytes) -> InputError:
    """What the reader of quotes says about this text."""
    file = folder / "quotes.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError) as caught:
        list(reader.read(file, MASTER.find))
    assert caught.value.file == str(file)
    return caught.value


def test_rows_of_one_time_and_market_form_a_frame(tmp_path: Path) -> None:
    """Consecutive rows of one time and market arrive together; received is their time."""
    frames = quotes(
        tmp_path,
        f"{HEAD}\n{NINE},300308,475.2\n{NINE},600519.SH,1400\n{NINE},zjxc,475.3\n"
        f"2025-11-26T01:30:01Z,300308.SZ,475.21\n",
    )
    assert [(frame.market, len(frame.quotes)) for frame in frames] == [
        ("SZ", 1),
        ("SH", 1),
        ("SZ", 1),
        ("SZ", 1),
    ]
    assert frames[0].received == datetime(2025, 11, 26, 1, 30, tzinfo=UTC)
    assert frames[3].quotes[0].price == 475_210
    assert {quote.symbol for frame in frames for quote in frame.quotes} == {"300308.SZ", "600519.SH"}


def test_every_column_is_read_in_its_unit(tmp_path: Path) -> None:
    """Prices become quanta, amounts floats, shares whole numbers; empty cells and zero prices are absent."""
    header = ",".join(reader.QUOTE_COLUMNS)
    row = f"{NINE},AAPL.US,230.1234,229,231,228,0,1.5e6,3e8,,,3.4e12,15000000000,,230.12,230.13,100,,"
    row += "-1.5e9,halted,continuous,x"
    (frame,) = quotes(tmp_path, f"{header}\n{row}\n")
    (quote,) = frame.quotes
    assert (quote.price, quote.open, quote.high, quote.low) == (2_301_234, 2_290_000, 2_310_000, 2_280_000)
    assert quote.prev_close is None
    assert (quote.volume, quote.amount, quote.market_cap) == (1.5e6, 3e8, 3.4e12)
    assert (quote.shares, quote.float_shares) == (15_000_000_000, None)
    assert (quote.bid, quote.ask, quote.bid_size, quote.ask_size) == (2_301_200, 2_301_300, 100.0, None)
    assert quote.inflow == -1.5e9
    assert (quote.status, quote.phase, quote.source) == ("halted", Phase.CONTINUOUS, "x")
    assert (quote.limit_up, quote.limit_down) == (None, None)


def test_a_byte_order_mark_and_blank_lines_are_harmless(tmp_path: Path) -> None:
    """Spreadsheets write one at the start, editors leave the others at the end."""
    assert len(quotes(tmp_path, f"\ufeff{HEAD}\r\n{NINE},300308,475.2\r\n\r\n")) == 1


def test_a_header_without_rows_is_no_quotes(tmp_path: Path) -> None:
    """Nothing recorded is no fault."""
    assert quotes(tmp_path, HEAD) == []


def test_an_absent_price_is_left_to_the_gate(tmp_path: Path) -> None:
    """Sources print 0.000 before the open; the gate refuses it with its reason."""
    (frame,) = quotes(tmp_path, f"{HEAD}\n{NINE},300308,0.000\n{NINE},300502,\n")
    assert [quote.price for quote in frame.quotes] == [None, None]


BAD_CELLS = [
    ("price", "abc", "not a price"),
    ("price", "NaN", "not a price"),
    ("price", "Infinity", "not a price"),
    ("price", "1e3", "not a price"),
    ("price", "-5", "negative"),
    ("price", "475.2001", "off the grid: 300308.SZ has 3 decimals"),
    ("price", "9" * 5000, "not a price"),
    ("price", "9" * 18, "too large"),
    ("price", "٣", "not a price"),
    ("open", "x", "not a price"),
    ("volume", "nan", "not an amount"),
    ("volume", "-1", "not an amount"),
    ("volume", "1e99", "not an amount"),
    ("amount", "inf", "not an amount"),
    ("market_cap", "6e11 CNY", "not an amount"),
    ("shares", "1.5", "not a whole number"),
    ("inflow", "--1", "not an amount"),
    ("phase", "lunch", "no phase; one of: closed, pre-open"),
    ("status", "x" * 41, "no short word"),
    ("source", "a\x00b", "no short word"),
    ("symbol", "nosuch", "not a known symbol"),
    ("symbol", "", "a value is missing"),
    ("time", "", "a value is missing"),
    ("time", "yesterday", "not an ISO 8601 time"),
    ("time", "2025-11-26T09:30:00", "has no offset"),
    ("time", "2025-11-26", "has no offset"),
    ("time", "9999-12-31T23:59:59-12:00", "not between 1800 and 2200"),
]


@pytest.mark.parametrize(("column", "cell", "reason"), BAD_CELLS)
def test_a_bad_cell_is_named_by_line_and_column(tmp_path: Path, column: str, cell: str, reason: str) -> None:
    """File, line, column name and reason, and no number that is none gets in."""
    names = ["time", "symbol", "price"] + ([] if column in HEAD else [column])
    good = {"time": NINE, "symbol": "300308", "price": "475.2", column: ""}
    bad = {**good, column: cell}
    lines = [",".join(names), *(",".join(row[name] for name in names) for row in (good, bad))]
    if column in ("time", "symbol"):  # these must not be empty in the good row either
        lines[1] = f"{NINE},300308,475.2"
    error = fault(tmp_path, "\n".join(lines))
    assert (error.line, error.column) == (3, column)
    assert reason in str(error)
    assert len(str(error)) < 400


BAD_FILES = [
    ("", 1, None, "the header is missing"),
    ("time,price\n", 1, "symbol", "this column is missing"),
    (f"{HEAD},colour\n", 1, "colour", "unknown column"),
    (f"{HEAD},\n", 1, 4, "unknown column"),
    (f"{HEAD},price\n", 1, "price", "stands twice"),
    (f"{NINE},300308,475.2\n", 1, NINE, "unknown column"),
    (f"{HEAD}\n{NINE},300308\n", 2, None, "2 cells where the header has 3"),
    (f"{HEAD}\n{NINE},300308,475.2,1\n", 2, None, "4 cells where the header has 3"),
    (f'{HEAD}\n{NINE},"300308"x,475.2\n', 2, None, "not CSV"),
    (f"{HEAD}\n{NINE},300308,475.2\n2025-11-26T09:29:59+08:00,300308,475.2\n", 3, "time", "sort by time"),
    (f"{HEAD}\n{NINE},{'x' * 140_000},1\n", 2, None, "not CSV"),
    (f"{HEAD}\n{NINE},300308,475.2\n".encode() + "中际旭创".encode("gb18030"), 3, None, "not UTF-8"),
    ("time,symbol,price\n".encode("utf-16"), 1, None, "not UTF-8"),
]


@pytest.mark.parametrize(("text", "line", "column", "reason"), BAD_FILES)
def test_a_bad_file_is_named_by_its_first_bad_line(
    tmp_path: Path, text: str | bytes, line: int, column: str | int | None, reason: str
) -> None:
    """Headers, widths, order and encoding are checked before anything is believed."""
    error = fault(tmp_path, text)
    assert (error.line, error.column) == (line, column)
    assert reason in error.reason


def test_a_file_that_cannot_be_opened_is_bad_input(tmp_path: Path) -> None:
    """Missing files and folders are said in words."""
    with pytest.raises(InputError, match=r"cannot be read: No such file"):
        list(reader.read(tmp_path / "none.csv", MASTER.find))
    with pytest.raises(InputError, match=r"cannot be read: Is a directory"):
        list(reader.read(tmp_path, MASTER.find))


CELLS = st.text('0123456789.,-+:TZe\n"308 ', max_size=120).map(lambda cell: f"{HEAD}\n{NINE},300308,{cell}")


@given(text=st.text(max_size=200) | CELLS)
@settings(max_examples=300, deadline=None)
def test_no_text_does_more_than_raise_an_input_error(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    """Whatever stands in a quotes file, the reader answers with frames or InputError."""
    file = tmp_path_factory.getbasetemp() / "fuzz.csv"
    file.write_bytes(text.encode(errors="surrogatepass"))
    try:
        frames = list(reader.read(file, MASTER.find))
    except InputError:
        return
    assert all(frame.received.tzinfo is UTC for frame in frames)


def test_symbols_are_resolved_once(tmp_path: Path) -> None:
    """A day of one instrument asks the master once."""
    asked: list[str] = []

    def find(text: str) -> Instrument | None:
        asked.append(text)
        return MASTER.find(text)

    file = tmp_path / "quotes.csv"
    file.write_text(f"{HEAD}\n" + f"{NINE},300308,475.2\n" * 50, encoding="utf-8")
    assert len(list(reader.read(file, find))) == 1
    assert asked == ["300308"]
