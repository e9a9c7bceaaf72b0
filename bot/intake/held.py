"""What came while the engine took nothing: the last quote of each instrument, with the envelope of all."""

from dataclasses import replace

from rules.model import Frame, Quote


class Held:
    """Merges frames by market; a slow consumer may merge quotes only if it keeps the envelope."""

    def __init__(self) -> None:
        self._frames: dict[str, Frame] = {}  # the newest of each market
        self._quotes: dict[str, dict[str, Quote]] = {}
        self._halted: dict[str, dict[str, Quote]] = {}  # those whose last word was a halt

    def __bool__(self) -> bool:
        return bool(self._frames)

    def add(self, frame: Frame) -> None:
        """Keep a frame's news."""
        self._frames[frame.market] = frame
        quotes = self._quotes.setdefault(frame.market, {})
        halted = self._halted.setdefault(frame.market, {})
        for quote in frame.quotes:
            quotes[quote.symbol] = merged(quotes.get(quote.symbol), quote)
            halted.pop(quote.symbol, None)
        halted.update((quote.symbol, quote) for quote in frame.halted)

    def release(self) -> tuple[Frame, ...]:
        """One frame a market with everything held, which is then forgotten."""
        frames = tuple(
            replace(
                frame,
                quotes=tuple(self._quotes[market].values()),
                halted=tuple(self._halted[market].values()),
            )
            for market, frame in self._frames.items()
        )
        self._frames.clear()
        self._quotes.clear()
        self._halted.clear()
        return frames


def merged(earlier: Quote | None, later: Quote) -> Quote:
    """The later quote; where a source's high or low of the day fell back, the extreme it had shown stays."""
    if earlier is None or earlier.time.date() != later.time.date():
        return later
    highs = [price for price in (earlier.high, later.high) if price is not None]
    lows = [price for price in (earlier.low, later.low) if price is not None]
    return replace(later, high=max(highs, default=None), low=min(lows, default=None))
