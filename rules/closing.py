"""The bar that closes decides what stands `on close` of it; its end is the time of what rings then."""

from datetime import timedelta

from rules.events import Turn
from rules.model import Kind
from rules.rings import Rings


def bar_closed(rings: Rings, turn: Turn, bar: timedelta) -> None:
    """Decide the composites of one instrument that wait for this bar; without a trade in it nothing is.

    `turn` has the bar's end and last price. What the close alone decides is never provisional.
    """
    if turn.price is None and turn.live.instrument.kind is not Kind.GROUP:
        return
    deciders: dict[int, int] = {}
    for number in turn.live.trees or ():
        decided = rings.trees[number].decided(bar)
        for cell in decided:
            if cell.is_anew and cell.now:
                cell.now = False
                rings.follow(turn, number, deciders)
        if decided:
            rings.recall(turn, number, closing=bar)
            rings.follow(turn, number, deciders)
    rings.complete(turn, deciders)
