"""Intraday anomalies as Eastmoney lists them."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.errors import FeedError
from bot.formats.anomalies import NAMES, path, read
from tests.recorded import DATA, needs

PAGE = "raw_http/eastmoney_getAllStockChanges_0925.json"
DAY = date(2026, 9, 10)


def answer(*rows: Any) -> bytes:
    """An answer of getAllStockChanges."""
    return json.dumps({"rc": 0, "data": {"tc": len(rows), "allstock": list(rows)}}).encode()


def row(**fields: Any) -> dict[str, Any]:
    """A big buy in the afternoon."""
    plain = {"tm": 134502, "c": "300308", "m": 0, "n": "中际旭创", "t": 8193, "i": "150000,10.5,0.02,1575000"}
    return plain | fields


@needs(PAGE)
def test_recorded_rows_are_read() -> None:
    """Two openings beyond the five-day average, at 09:25:04 of the day that the caller names."""
    found = read((DATA / PAGE).read_bytes(), DAY)
    assert (found.total, found.skipped) == (368, 0)
    first, second = found.rows
    assert (first.symbol, first.name, first.kind, first.price) == ("688047.SH", "龙芯中科", 8209, 92460)
    assert first.time == datetime(2026, 9, 10, 1, 25, 4, tzinfo=UTC)
    assert first.figures == (0.025624, 92.46, 0.025624)
    assert (second.words, second.figures[0]) == (("opens below its 5-day average", "低开5日线"), -0.026015)


def test_kinds_are_named_as_our_conditions_are() -> None:
    """All twenty-two of the terminals; what nobody has named keeps its number."""
    (found,) = read(answer(row()), DAY).rows
    assert found.words == ("big buy", "大笔买入")
    assert found.time == datetime(2026, 9, 10, 5, 45, 2, tzinfo=UTC)
    assert len(NAMES) == 22
    assert read(answer(row(t=8219)), DAY).rows[0].words == ("anomaly 8219", "异动 8219")
    assert "8193" in path(2)
    assert "pageindex=2" in path(2)


def test_a_price_beyond_the_grid_is_absent() -> None:
    """The figures stay; where the kind tells one figure alone there is no price."""
    assert read(answer(row(i="1,10.50001,3")), DAY).rows[0].price is None
    assert read(answer(row(i="1")), DAY).rows[0].price is None


@pytest.mark.parametrize(
    "fields",
    [
        {"tm": 250000},
        {"tm": 925_999_999_999_999_999},
        {"tm": "x"},
        {"m": 8},
        {"c": "30"},
        {"i": "NaN,1"},
        {"t": "-"},
        {"n": [1]},
    ],
)
def test_what_is_no_row_is_left_out(fields: dict[str, Any]) -> None:
    """And counted."""
    assert read(answer(row(**fields)), DAY).skipped == 1


def test_null_is_an_empty_page() -> None:
    """Before the auction nothing has happened."""
    assert read(b'{"rc":0,"data":null}', DAY).rows == ()


@pytest.mark.parametrize("payload", [b"<html>", b'{"data":{"tc":1}}', b'{"data":{"tc":"x","allstock":[]}}'])
def test_what_is_no_page_is_an_error(payload: bytes) -> None:
    """Other answers hold no anomalies."""
    with pytest.raises(FeedError, match="eastmoney"):
        read(payload, DAY)
