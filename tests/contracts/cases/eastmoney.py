"""Eastmoney: one recorded row of a list."""

import json

from tests.bot.china import Stock, push2
from tests.contracts.case import Case, recorded

FILE = "raw_http/eastmoney_ulist_600519_20260910.json"


def mixed() -> bytes:
    """A thousandth of the volume that the amount says."""
    row = push2(Stock(symbol="300308.SZ", volume=1_000_000)) | {"f5": 10}
    return json.dumps({"rc": 0, "data": {"diff": [row]}}).encode()


CASE = Case(payload=recorded(FILE), quotes=1, file=FILE, symbols=("300308.SZ", "588330.SH"), mixed=mixed)
