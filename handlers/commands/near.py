"""/near: the chat's rules by how far the price is from ringing them."""

from collections.abc import Sequence
from decimal import Decimal

from handlers.command import COMMANDS, Command, Reply, Request
from handlers.desk import Desk, distance, nearest
from handlers.keyboard import Keyboard
from handlers.making import line_of, words
from handlers.ports import Master, Ports
from handlers.reply import Html, bold, fit, join, say
from handlers.wording import name, percent, price
from rules.language import LanguageError, Line
from rules.model import Loudness, Rule

SHOWN = 20
ORDER = (Loudness.RING, Loudness.SILENT, Loudness.EDIT)


async def answer(request: Request, ports: Ports) -> Reply:
    """Nearest first, each with the price and the way to it; what is true already is not ahead any more."""
    language = request.language
    rules = [rule for rule in await ports.rulebook.rules(request.chat) if not rule.whole]
    if not rules:
        return Reply(text=say(language, "near.none"))
    desk = Desk(ports)
    found = [await _place(rule, line, request, desk) for rule, line in _loudest(rules, ports.master)]
    placed = [place for place in found if place is not None]
    if not placed:
        return Reply(text=say(language, "near.empty", count=len(rules)))
    placed.sort(key=lambda pair: abs(pair[0]))
    rows = [row for _, row in placed]
    head = say(language, "near.head", count=len(placed))
    left = len(rows) - SHOWN
    tail = [say(language, "more", count=left)] if left > 0 else []
    text = fit(head, [*rows[:SHOWN], *tail], lambda cut: say(language, "more", count=cut))
    refresh = Keyboard(ports.secret, request.chat).button(say(language, "button.refresh"), "refresh", "near")
    return Reply(text=text, buttons=((refresh,),))


def _loudest(rules: Sequence[Rule], master: Master) -> list[tuple[Rule, Line]]:
    """Each condition once: where one's own rule and one that /watch armed say the same, the louder speaks."""
    found: dict[object, tuple[Rule, Line]] = {}
    for rule in sorted(rules, key=lambda rule: -ORDER.index(rule.loudness)):
        try:
            line = line_of(rule, master)
        except LanguageError:
            continue
        condition = line.condition
        found[condition.symbol, condition.text, condition.made] = (rule, line)
    return list(found.values())


async def _place(rule: Rule, line: Line, request: Request, desk: Desk) -> tuple[Decimal, Html] | None:
    """The way to a rule's ring and its row; None off the price axis, without a quote, or beyond it."""
    sheet = await desk.sheet(rule.symbol, line.condition)
    if sheet.price is None:
        return None
    result = sheet.outlook(line.condition)
    target = nearest(result, sheet.price)
    if result.truth is not False or target is None:
        return None
    away = distance(target, sheet.price)
    figure = price(target, sheet.instrument)
    label = bold(name(sheet.instrument, request.language))
    said = words(line, request.language).partition(" | ")[0]
    quiet = "" if rule.loudness is Loudness.RING else say(request.language, f"near.{rule.loudness}")
    return away, join((percent(away), label, figure, said, quiet), " ")


COMMANDS.put(
    "near",
    Command(
        name="near",
        order=4,
        usage="",
        summary="what is closest to ringing, with its price",
        summary_zh="离触发最近的提醒与价位",
        answer=answer,
    ),
)
