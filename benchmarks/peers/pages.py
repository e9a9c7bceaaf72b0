"""Answers of Tencent's quote server for a made-up market, in lines of 88 fields as they are since 2025."""

from datetime import UTC, datetime

from benchmarks.peers.shares import LEVELS, LOT, OPEN, TICK, Market

FIELDS = 88
PREFIX = {"SH": "sh", "SZ": "sz", "BJ": "bj"}
CHINA = 8 * 3600


def page(market: Market, first: int, count: int) -> bytes:
    """The lines of some instruments, GB18030."""
    return "".join(line(market, number) for number in range(first, first + count)).encode("gb18030")


def line(market: Market, number: int) -> str:
    """One instrument's line; what no reader looks at is plausible filling."""
    cells = ["0.00"] * FIELDS
    code = market.symbols[number].partition(".")[0]
    price, first = int(market.price[number]), int(market.first[number])
    volume, amount = int(market.volume[number]) // LOT, float(market.amount[number])
    cells[:9] = ["51", "证券名称", code, yuan(price), yuan(first), yuan(first), str(volume), "1", "1"]
    for level in range(LEVELS):
        for side, (place, direction) in enumerate(((9, -1), (19, 1))):
            quoted = int(market.bid[number]) + (TICK if side else 0) + direction * level * TICK
            size = int(market.book[number, side, level])
            cells[place + 2 * level : place + 2 * level + 2] = [yuan(quoted), str(size)]
    cells[29], cells[30] = "", stamp(int(market.time[number]))
    cells[31:33] = [f"{(price - first) / 1000:.2f}", f"{(price - first) / first * 100:.2f}"]
    cells[33:35] = [yuan(int(market.high[number])), yuan(int(market.low[number]))]
    cells[35] = f"{yuan(price)}/{volume}/{amount:.0f}"
    cells[36:40] = [str(volume), f"{amount / 1e4:.0f}", "0.51", "27.31"]
    cells[40] = ""
    cells[41:43] = cells[33:35]
    cap = f"{int(market.shares[number]) * price / 1e11:.2f}"
    cells[44:47] = [cap, cap, "3.21"]
    cells[47:50] = [yuan(first * 11 // 100 * 10), yuan(first * 9 // 100 * 10), f"{market.ratio[number]:.2f}"]
    cells[57], cells[61] = f"{amount / 1e4:.4f}", "GP-A"
    cells[72] = cells[73] = str(int(market.shares[number]))
    cells[82] = "CNY"
    return f'v_{PREFIX[market.name]}{code}="{"~".join(cells)}";\n'


def yuan(quanta: int) -> str:
    """A price as the page prints it."""
    return f"{quanta / 1000:.2f}"


def stamp(second: int) -> str:
    """Shanghai's clock so many seconds after the open."""
    moment = OPEN.timestamp() + CHINA + second
    return datetime.fromtimestamp(moment, UTC).strftime("%Y%m%d%H%M%S")
