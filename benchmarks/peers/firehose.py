"""A websocket server that sends aggregated trades as fast as they are read, or so many a second.

    python -m benchmarks.peers.firehose MESSAGES [RATE]     prints its port; each connection gets so many

Frames are made beforehand, so that the server costs next to nothing; it runs beside what is measured.
"""

import asyncio
import base64
import hashlib
import json
import struct
import sys
from contextlib import suppress

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
START = 1_723_161_255_343
AT_ONCE = 200  # frames a write
SYMBOLS = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBUSDT", "XRPUSDT")
HEAD = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: %s\r\n\r\n"
)


def message(number: int) -> bytes:
    """A combined-stream trade as Binance sends it; each symbol's numbers follow each other."""
    symbol, moment = SYMBOLS[number % len(SYMBOLS)], START + number
    event = {"e": "aggTrade", "E": moment, "s": symbol, "a": number // len(SYMBOLS)}
    event |= {"p": f"{61_837 + number % 50 / 100:.8f}", "q": "0.01000000", "f": 1, "l": 2, "T": moment}
    body = {"stream": f"{symbol.lower()}@aggTrade", "data": event | {"m": True, "M": True}}
    return json.dumps(body, separators=(",", ":")).encode()


def framed(data: bytes) -> bytes:
    """One text frame of a server, of 126 to 65,535 bytes."""
    return b"\x81\x7e" + struct.pack("!H", len(data)) + data


async def serve(count: int, rate: float) -> None:
    """Serve until killed; with a rate each frame is a segment of its own."""
    together = 1 if rate else AT_ONCE
    numbers = range(0, count, together)
    blocks = [b"".join(framed(message(n)) for n in range(start, start + together)) for start in numbers]
    clock = asyncio.get_running_loop().time

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        fields = dict(line.lower().partition(b": ")[::2] for line in head.split(b"\r\n"))
        exact = head[head.lower().index(b"sec-websocket-key: ") :].split(b"\r\n")[0].partition(b": ")[2]
        assert b"sec-websocket-key" in fields  # noqa: S101 -- nobody else connects
        writer.write(HEAD % base64.b64encode(hashlib.sha1(exact + GUID).digest()))  # noqa: S324 -- the protocol's
        with suppress(ConnectionError):
            start = clock()
            for number, block in enumerate(blocks):
                if rate:
                    await asyncio.sleep(start + number / rate - clock())
                writer.write(block)
                await writer.drain()
            await reader.read()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2]) if sys.argv[2:] else 0.0))
