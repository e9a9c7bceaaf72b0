"""Today's money flow by size of order."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.errors import FeedError
from bot.formats.flows import path, read

NOON = datetime(2026, 9, 10, 1, 31, tzinfo=UTC)


def answer(*lines: Any, market: int = 0, code: str = "300308") -> bytes:
    """An answer of fflow/kline."""
    return json.dumps({"rc": 0, "data": {"code": code, "market": market, "klines": list(lines)}}).encode()


def test_the_main_force_is_large_and_super_large() -> None:
    """Cumulative yuan at the end of each minute, oldest first, with its definition."""
    late = "2026-09-10 09:32,-300.0,100.0,200.0,-500.0,200.0"
    found = read(answer(late, "2026-09-10 09:31,150.0,-50.0,-100.0,50.0,100.0", "rubbish", 5))
    assert (found.symbol, found.inflow, found.skipped) == ("300308.SZ", -300.0, 2)
    first = found.flows[0]
    assert (first.time, first.main, first.small, first.large, first.huge) == (NOON, 150, -50, 50, 100)
    for flow in found.flows:
        assert flow.main == flow.large + flow.huge
    assert "Eastmoney" in found.definition


def test_a_board_has_flows_too() -> None:
    """Named after its code; before the first minute nothing has flowed."""
    found = read(answer(market=90, code="BK1128"))
    assert (found.symbol, found.inflow) == ("@bk1128", None)
    assert "secid=90.BK1128" in path("90.BK1128")


@pytest.mark.parametrize(
    "line", ["soon,1,2,3,4,5", "2026-09-10 09:31,NaN,2,3,4,5", "2026-09-10 09:31,1,2", "2026-09-10,1,2,3,4,5"]
)
def test_what_is_no_flow_is_left_out(line: str) -> None:
    """And counted."""
    assert read(answer(line)).skipped == 1


@pytest.mark.parametrize(
    "payload", [b'{"data":null}', b'{"data":{"code":"300308","market":0,"klines":5}}', answer(market=8)]
)
def test_what_is_no_answer_is_an_error(payload: bytes) -> None:
    """Null, another shape, a stranger."""
    with pytest.raises(FeedError, match="eastmoney"):
        read(payload)
