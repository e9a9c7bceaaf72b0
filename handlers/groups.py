"""A group as an answer: the mean change of its members, and who leads it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from handlers.command import Language
from handlers.ports import Ports
from handlers.reply import Html, bold, code, join, say
from handlers.wording import change, name, percent
from rules.model import Instrument

if TYPE_CHECKING:
    from datetime import date

MOST_READ = 200  # members whose quotes an answer looks up
LEADERS = 3


async def gathered(language: Language, ports: Ports, group: Instrument) -> Html:
    """Name, mean change of the members that trade, the strongest of them, the symbol."""
    label, symbol = bold(name(group, language)), code(group.symbol)
    moved = await _moved(ports, ports.master.members(group.symbol)[:MOST_READ])
    if not moved:
        return join((label, say(language, "quote.none"), symbol), " ")
    mean = sum(moved.values(), Decimal()) / len(moved)
    best = sorted(moved, key=lambda one: moved[one], reverse=True)[:LEADERS]
    led = join((f"{name(ports.master.get(one), language)} {percent(moved[one], 1)}" for one in best), " · ")
    return join((join((label, percent(mean), symbol), " "), led))


async def _moved(ports: Ports, members: Sequence[str]) -> dict[str, Decimal]:
    """The day's change of each member that has traded on the newest day any of them has."""
    found: dict[str, tuple[date, Decimal]] = {}
    for symbol in members:
        last = await ports.quotes.last(symbol)
        moved = None if last is None else change(last)
        if last is not None and moved is not None:
            session = ports.hours.session(ports.master.get(symbol).market, last.time)
            found[symbol] = (last.time.date() if session is None else session.date, moved)
    newest = max((day for day, _ in found.values()), default=None)
    return {symbol: moved for symbol, (day, moved) in found.items() if day == newest}
