"""One aiohttp server on loopback: health, metrics, and the playground that stands in for Telegram."""
