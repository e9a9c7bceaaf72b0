"""What an answer holds beside quotes, said in a sentence."""

import json
from typing import Any

import pytest

from bot.formats.push2 import INFLOW
from bot.offline.contents import sentences

BAR = ["2026-09-10", "10.00", "11.00", "12.00", "9.50", "1000"]


def packed(value: Any) -> bytes:
    """The bytes of a document."""
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    ("feed", "document", "expected"),
    [
        (
            "tencent",
            {"data": {"sz300308": {"day": [BAR, ["2026-09-11", *BAR[1:]], ["x", *BAR[1:]]]}}},
            ["2 daily bars of 300308.SZ, raw, 2026-09-10 to 2026-09-11; 1 row could not be read"],
        ),
        (
            "tencent",
            {"data": {"sz300308": {"m1": [["202609101456", *BAR[1:]]]}}},
            ["1 minute of 300308.SZ, 2026-09-10 14:56 to 14:56, 100000 shares"],
        ),
        (
            "sina",
            [dict(zip(("day", "open", "close", "high", "low", "volume"), BAR, strict=True))],
            ["1 daily bar of an instrument that the answer does not name"],
        ),
        (
            "sina",
            [
                dict(zip(("day", "open", "close", "high", "low", "volume"), BAR, strict=True))
                | {"day": "2026-09-10 14:56:00"}
            ],
            ["1 minute of an instrument that the answer does not name"],
        ),
        (
            "eastmoney",
            {"data": {"code": "600519", "market": 1, "klines": ["2026-09-10,10,11,12,9,1,1100"]}},
            ["1 daily bar of 600519.SH, raw or adjusted, as asked for, 2026-09-10"],
        ),
        (
            "eastmoney",
            {"data": {"code": "600519", "market": 1, "klines": ["2026-09-10 09:31,5,1,1,1,4"]}},
            [f"net inflow of 600519.SH: 5 yuan so far ({INFLOW})"],
        ),
        ("eastmoney", {"data": {"code": "600519", "market": 1, "klines": []}}, []),
        (
            "eastmoney",
            {
                "data": {
                    "total": 1,
                    "diff": [{"f12": "BK1128", "f13": 90, "f14": "光模块", "f104": 3, "f105": 1}],
                }
            },
            ["board @bk1128 光模块: 3 up, 1 down"],
        ),
        ("tencent", {"data": {"sz300308": {"day": []}}}, []),
        ("binance", {"e": "trade"}, []),
    ],
)
def test_each_kind_of_answer_is_described(feed: str, document: Any, expected: list[str]) -> None:
    """Daily bars, minutes, flows, boards; what is none of them says nothing."""
    assert sentences(feed, packed(document)) == expected
