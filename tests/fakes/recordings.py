"""A payload of each streaming feed: recorded where there is a recording, else as its documentation shows."""

from dataclasses import dataclass

from tests.recorded import DATA


@dataclass(frozen=True)
class Sample:
    """One payload, how many quotes are in it, what its feed is asked for, and the recording it comes from."""

    payload: bytes
    quotes: int
    symbol: str
    file: str = ""

    def read(self) -> bytes:
        """The payload."""
        return self.payload


def recorded(file: str, *words: bytes) -> bytes:
    """The first message of a recording with seconds that holds all the words; nothing where it is absent."""
    path = DATA / file
    lines = path.read_bytes().splitlines() if path.exists() else []
    found = (line.partition(b": ")[2] for line in lines if line[:1].isdigit())
    return next((line for line in found if all(word in line for word in words)), b"")


def whole(file: str) -> bytes:
    """A file that is one message; nothing where it is absent."""
    path = DATA / file
    return path.read_bytes() if path.exists() else b""


OKX = "crypto/cryptofeed/OKX.ws.1.0"
COINBASE = "crypto/nautilus_shapes/coinbase_ws_ticker.json"
# The messages of US sources as their documentation shows them; nobody has recorded any.
ALPACA = b"""[
  {"T":"t","i":96921,"S":"AAPL","x":"D","p":126.55,"s":1,"t":"2021-02-22T15:51:44.208Z","c":["@"],"z":"C"},
  {"T":"b","S":"SPY","o":388.985,"h":389.13,"l":388.975,"c":389.12,"v":49378,"t":"2021-02-22T19:15:00Z"}
]"""
YAHOO = "us/yahoo/btcusd_20250110_frame.json"
FINNHUB = b'{"data":[{"p":261.74,"s":"AAPL","t":1582641000000,"v":300,"c":["1"]}],"type":"trade"}'
MASSIVE = b"""[
  {"ev":"T","sym":"MSFT","x":4,"i":"12345","z":3,"p":114.125,"s":100,"c":[0,14],"t":1536036818784,"q":3681328},
  {"ev":"AM","sym":"GTE","v":4110,"av":9470157,"op":0.4372,"vw":0.4488,"o":0.4488,"c":0.4486,"h":0.4489,
   "l":0.4486,"a":0.4352,"z":685,"s":1610144640000,"e":1610144700000}
]"""
CCXT = b"""{"market":"KRAKEN","trades":[
  {"symbol":"ETH-USD.KRAKEN","price":"2600.12","amount":"2","timestamp":1775520000005}
]}"""
WEBHOOK = b"""[
  {"symbol": "300308.SZ", "price": 540.25, "time": "2025-11-26T10:00:00+08:00"},
  {"ticker": "AAPL", "exchange": "NASDAQ", "close": 261.74, "time": "2025-11-26T16:00:00Z"}
]"""
SAMPLES = {
    "alpaca": Sample(ALPACA, 2, "AAPL.US"),
    "coinbase": Sample(whole(COINBASE), 1, "BTC-USD.COINBASE", COINBASE),
    "finnhub": Sample(FINNHUB, 1, "AAPL.US"),
    "massive": Sample(MASSIVE, 2, "MSFT.US"),
    "okx": Sample(recorded(OKX, b'"trades"', b'"data"', b"BTC-USDT"), 1, "BTC-USDT.OKX", OKX),
    "yahoo": Sample(whole(YAHOO), 1, "BTC-USD.YAHOO", YAHOO),
    "ccxt": Sample(CCXT, 1, "ETH-USD.KRAKEN"),
    "webhook": Sample(WEBHOOK, 2, "AAPL.US"),
}
