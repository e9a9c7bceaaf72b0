"""Text without a command: a condition becomes an alert, symbols become quotes with a button to watch them."""

from re import compile as pattern

from handlers.alerting import LONGEST, make
from handlers.command import Reply, Request
from handlers.ports import Ports
from handlers.quoting import quote
from handlers.symbols import find, words
from rules.language import LanguageError, parse

# What only a condition has in it; its faults are worth more to the reader than a quote of its first word.
_COMPARES = pattern(r"[<>%＜＞％≥≤]")


async def answer(request: Request, ports: Ports) -> Reply:
    """An alert where the text reads as one, else quotes of the symbols in it."""
    text = request.text.strip()
    # Several lines are a pasted list, whatever signs stand in it.
    is_line = "\n" not in text
    if is_line and (_COMPARES.search(text) or _is_alert(request, ports, text)):
        return await make(request, ports, text)
    return await quote(request, ports, find(ports.master, text))


def _is_alert(request: Request, ports: Ports, text: str) -> bool:
    if len(words(text)) < 2 or len(text) > LONGEST:  # noqa: PLR2004 - a symbol and something about it
        return False
    try:
        parse(text, ports.master.find, language=request.language, presets=ports.presets)
    except LanguageError:
        return False
    return True
