"""Binance: the first recorded trade."""

import gzip

from tests.contracts.case import Case
from tests.recorded import DATA

FILE = "crypto/hftbacktest/binance_spot_btcusdt_20240808.jsonl.gz"


def trade() -> bytes:
    """The first recorded trade."""
    with gzip.open(DATA / FILE) as lines:
        return next(line.partition(b" ")[2] for line in lines if b'"e":"trade"' in line)


CASE = Case(payload=trade, quotes=1, file=FILE, symbols=("BTCUSDT.BINANCE",))
