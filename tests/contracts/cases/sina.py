"""Sina: two indices at a close; suspended and untraded records have no price to compare."""

from tests.bot.china import Stock, sinajs
from tests.contracts.case import Case, recorded

FILE = "raw_http/sina_index_20220407_close.gb18030.bin"


def mixed() -> bytes:
    """Lots where Sina tells shares."""
    fields = sinajs(Stock(symbol="300308.SZ", volume=1_000_000)).replace(",1000000,", ",10000,")
    return f'var hq_str_sz300308="{fields}";'.encode("gb18030")


CASE = Case(
    payload=recorded(FILE), quotes=2, file=FILE, symbols=("300308.SZ", "00700.HK", "AAPL.US"), mixed=mixed
)
