"""The rows that several answers share: a quote, and a word that names nothing."""

from collections.abc import Sequence
from decimal import Decimal

from handlers.command import Language
from handlers.desk import Sheet
from handlers.lists import shown
from handlers.ports import Master
from handlers.reply import Html, bold, code, join, say
from handlers.wording import change, name, percent, price
from rules.groups import mean_change
from rules.model import Instrument, Phase, Quote
from rules.standing import Stand

NAMED = 5  # unknown words an answer names
LEADERS = 3


def quoted(language: Language, instrument: Instrument, quote: Quote | None) -> Html:
    """Name, last price, the day's change and the symbol, on one line."""
    label, symbol = bold(name(instrument, language)), code(instrument.symbol)
    if quote is None or quote.price is None:
        return join((label, say(language, "quote.none"), symbol), " ")
    moved = change(quote)
    last = price(quote.price, instrument)
    # An indicative price is an offer that may be taken back, no trade (cancellable until 9:20).
    mark = say(language, "quote.auction") if quote.phase is Phase.AUCTION else ""
    return join((label, last, "" if moved is None else percent(moved), mark, symbol), " ")


def row(language: Language, sheet: Sheet) -> Html:
    """An instrument's line; a group's with its members' mean change and how many have traded."""
    instrument, stand = sheet.instrument, sheet.stand
    mean = None if stand.tally is None else mean_change(stand)
    if mean is None or (sheet.last is not None and sheet.last.price):  # a board that has an index of its own
        return quoted(language, instrument, sheet.last)
    count = say(language, "quote.members", count=len(stand.members))
    label = bold(name(instrument, language))
    return join((label, percent(float(mean)), count, code(shown(instrument.symbol))), " ")


def led(language: Language, sheet: Sheet) -> Html:
    """The strongest of a group's members by name; empty where an index of its own speaks for it."""
    if sheet.last is not None and sheet.last.price:
        return Html("")
    moved = [(found, one.instrument) for one in sheet.stand.members if (found := _moved(one)) is not None]
    best = sorted(moved, key=lambda pair: pair[0], reverse=True)[:LEADERS]
    return join((f"{name(one, language)} {percent(found, 1)}" for found, one in best), " · ")


def _moved(stand: Stand) -> Decimal | None:
    return None if stand.quote is None else change(stand.quote)


def unknown(language: Language, master: Master, words: Sequence[str]) -> Html:
    """The words that name nothing, and for a single one what may have been meant."""
    if not words:
        return Html("")
    shown = join((code(word[:32]) for word in words[:NAMED]), " ")
    left = len(words) - NAMED
    rest = say(language, "unknown.more", count=left) if left > 0 else ""
    near = master.near(words[0]) if len(words) == 1 else ()
    hint = ""
    if near:
        meant = (join((code(one.symbol), name(one, language)), " ") for one in near)
        hint = say(language, "unknown.near", near=join(meant, ", "))
    return join((say(language, "unknown", words=join((shown, rest), " ")), hint), " ")
