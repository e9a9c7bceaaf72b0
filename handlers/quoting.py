"""Quotes as answers: the last price of what was asked for, one tap away from watching it."""

from datetime import timedelta
from hashlib import blake2b
from html import unescape
from re import compile as pattern

from handlers.command import Button, Language, Reply, Request
from handlers.desk import Desk
from handlers.keyboard import Keyboard
from handlers.ports import Ports
from handlers.reply import Html, fit, join, say
from handlers.rows import led, row, unknown
from handlers.symbols import Found
from handlers.wording import amount, moment, money, price
from rules.model import Instrument, Quote

DETAILED = 3  # instruments that get a second line
FRESH = timedelta(minutes=1)  # an older quote shows its time
_TAG = pattern(r"</?[a-z]+>")
_SYMBOL = pattern(r"(?<!\S)(?:@[\w/-]+|[A-Z0-9^=_-]+\.[A-Z]+)(?!\S)")


async def quote(request: Request, ports: Ports, found: Found) -> Reply:
    """A row for each instrument, the words that name none, and buttons to watch and refresh."""
    language = request.language
    notes = unknown(language, ports.master, found.unknown)
    if not found.instruments:
        return Reply(text=join((notes, say(language, "unknown.help"))))
    detailed = len(found.instruments) <= DETAILED
    rows = []
    desk = Desk(ports)
    await desk.ahead(one.symbol for one in found.instruments)
    for one in found.instruments:
        sheet = await desk.sheet(one.symbol)
        last = sheet.last
        rows += [row(language, sheet), led(language, sheet)]
        if detailed and last is not None:
            rows.append(_details(language, ports, one, last))
    text = fit(notes, [row for row in rows if row], lambda left: say(language, "more", count=left))
    watched = set(await ports.rulebook.watchlist(request.chat))
    fresh = [one for one in found.instruments if one.symbol not in watched]
    return Reply(text=text, buttons=_buttons(request, ports, found, fresh, text))


def _buttons(
    request: Request, ports: Ports, found: Found, fresh: list[Instrument], text: Html
) -> tuple[tuple[Button, ...], ...]:
    language, keyboard = request.language, Keyboard(ports.secret, request.chat)
    buttons = []
    if len(found.instruments) == 1:
        if fresh:
            buttons.append(keyboard.button(say(language, "button.watch"), "watch", fresh[0].symbol))
        what = f"quote {found.instruments[0].symbol}"
        buttons.append(keyboard.button(say(language, "button.refresh"), "refresh", what))
    elif fresh:
        listed = listed_in(unescape(_TAG.sub("", text)))
        buttons.append(keyboard.button(say(language, "button.all"), "all", seal(listed)))
    return (tuple(buttons),) if buttons else ()


def listed_in(shown: str) -> tuple[str, ...]:
    """The full symbols that stand in a message of ours: twenty of them are too long for a button's data."""
    return tuple(dict.fromkeys(_SYMBOL.findall(shown)))


def seal(symbols: tuple[str, ...]) -> str:
    """A short hash of a list, which the button carries signed instead of the list."""
    return blake2b(" ".join(symbols).encode(), digest_size=6).hexdigest()


def _details(language: Language, ports: Ports, instrument: Instrument, last: Quote) -> Html:
    """The day so far, and the quote's time where it is not of this minute."""
    parts = []
    day = {"open": last.open, "high": last.high, "low": last.low, "prev": last.prev_close}
    for key, value in day.items():
        if value:
            parts.append(say(language, f"quote.{key}", price=price(value, instrument)))
    if last.amount:
        traded = money(instrument) + amount(last.amount, language)
        parts.append(say(language, "quote.amount", amount=traded))
    if ports.clock.now() - last.time > FRESH:
        parts.append(say(language, "quote.time", time=moment(last.time, instrument)))
    return join(parts, " · ")
