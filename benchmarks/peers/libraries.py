"""Parsers that others wrote, as their packages have them; each is absent where its package is."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

Parse: TypeAlias = Callable[[bytes], Any]


def easyquotation() -> Callable[[bytes], dict[str, dict[str, Any]]]:
    """Tencent's answer as easyquotation reads it: every field, a dictionary a stock."""
    from easyquotation.tencent import Tencent  # noqa: PLC0415 -- a peer that lives apart

    reader = Tencent()
    return lambda body: reader.format_response_data([body.decode("gbk")])


def ccxt() -> Parse:
    """A Binance trade as ccxt.pro unifies it; its cache and futures are left out."""
    import ccxt.pro  # noqa: PLC0415 -- a peer that lives apart

    exchange = ccxt.pro.binance()
    pair = {"id": "BTCUSDT", "symbol": "BTC/USDT", "base": "BTC", "quote": "USDT", "type": "spot"}
    ids = {"baseId": "BTC", "quoteId": "USDT", "spot": True, "active": True, "contract": False}
    exchange.set_markets([exchange.safe_market_structure(pair | ids)])
    market = exchange.market("BTC/USDT")
    return lambda body: exchange.parse_ws_trade(exchange.parse_json(body.decode())["data"], market)


def cryptofeed() -> Parse:
    """The same by cryptofeed's message handler, to a callback that keeps nothing."""
    from cryptofeed.defines import TRADES  # noqa: PLC0415 -- a peer that lives apart
    from cryptofeed.exchanges import Binance  # noqa: PLC0415 -- the same
    from cryptofeed.symbols import Symbols  # noqa: PLC0415 -- the same

    async def take(trade: Any, received: float) -> None:
        del trade, received

    info = {"instrument_type": {"BTC-USDT": "spot"}, "tick_size": {"BTC-USDT": "0.01"}}
    Symbols.set("BINANCE", {"BTC-USDT": "BTCUSDT"}, info)
    feed = Binance(symbols=["BTC-USDT"], channels=[TRADES], callbacks={TRADES: take})

    def parse(body: bytes) -> Any:
        """Step through the coroutine, which waits for nothing: no loop is charged to it."""
        coroutine = feed.message_handler(body.decode(), None, 0.0)
        try:
            coroutine.send(None)
        except StopIteration:
            return None
        raise AssertionError

    return parse


def plain() -> Parse:
    """What a hobby bot does: json and two floats."""

    def parse(body: bytes) -> Any:
        event = json.loads(body)["data"]
        return event["s"], float(event["p"]), event["T"]

    return parse


PARSERS = {"json and float": plain, "ccxt.pro": ccxt, "cryptofeed": cryptofeed}
