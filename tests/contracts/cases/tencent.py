"""Tencent: four A-shares on a September morning."""

from tests.bot.china import Stock, gtimg
from tests.contracts.case import Case, recorded

FILE = "raw_http/tencent_a_20260910_1055.gb18030.bin"


def mixed() -> bytes:
    """A thousandth of the volume that the amount says."""
    line = gtimg(Stock(symbol="300308.SZ", volume=1_000_000, time=Stock.time))
    return line.replace("~10000~", "~7~").encode("gb18030")


CASE = Case(
    payload=recorded(FILE), quotes=4, file=FILE, symbols=("300308.SZ", "00700.HK", "AAPL.US"), mixed=mixed
)
