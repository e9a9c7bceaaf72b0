"""The hot path: quotes that pass nothing are told from those that are looked at."""

from collections.abc import Iterable, Mapping

from rules.live import Live
from rules.model import Phase, Quote
from rules.turns import Turns


def sift(quotes: Iterable[Quote], lives: Mapping[str, Live], turns: Turns) -> None:
    """One quote after the other; most pass nothing and are waved through."""
    continuous = Phase.CONTINUOUS
    for quote in quotes:
        try:
            live = lives[quote.symbol]
        except KeyError:
            turns.attend(quote)
            continue
        if live.book is not None:
            live.leave()
        price, old = quote.price, live.held
        # A quiet price (Live.settle_quiet) has an old quote, and nothing else of the instrument moved.
        if (
            old is not None
            and price is not None
            and live.floor <= price < live.ceiling
            and quote.phase is continuous
            and quote.time < live.until
            and quote.prev_close == old.prev_close
            and ((high := quote.high) == old.high or (high is not None and high < live.ceiling))
            and ((low := quote.low) == old.low or (low is not None and low >= live.floor))
            and ((live.open or not quote.open) and (quote.shares == live.shares or not quote.shares))
        ):
            if live.trail is None or live.trail.passes(quote, price):
                live.held = quote
            else:
                turns.renew(live, live.trail, quote, price)
        else:
            turns.look(live, quote)
