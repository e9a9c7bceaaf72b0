"""/near: the chat's rules by how far the price, or a value of their own, is from ringing them."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.command import COMMANDS, Command, Reply, Request
from handlers.desk import Desk, Sheet, distance, nearest
from handlers.keyboard import Keyboard
from handlers.making import line_of, words
from handlers.ports import Master, Ports
from handlers.reply import Html, bold, fit, join, say
from handlers.standing import lacking, value
from handlers.wording import name, percent, price
from rules.earliest import Way, earliest
from rules.language import LanguageError, Line
from rules.levels import Outlook
from rules.model import Leaf, Loudness, Rule

SHOWN = 20
ORDER = (Loudness.RING, Loudness.SILENT, Loudness.EDIT)


@dataclass(frozen=True, slots=True)
class Place:
    """A rule that is not true now, and how far away it rings."""

    is_value: bool  # no price of today decides it: these stand behind those that have one
    far: float  # part of the price, or of the level
    row: Html


async def answer(request: Request, ports: Ports) -> Reply:
    """Nearest first, each with where it rings and the way to it; what is true already is not ahead."""
    language = request.language
    rules = [rule for rule in await ports.rulebook.rules(request.chat) if not rule.whole]
    if not rules:
        return Reply(text=say(language, "near.none"))
    desk = Desk(ports)
    await desk.ahead(rule.symbol for rule in rules)
    found = [await _place(rule, line, request, desk) for rule, line in _loudest(rules, ports.master)]
    placed = sorted((place for place in found if place), key=lambda place: (place.is_value, place.far))
    if not placed:
        return Reply(text=say(language, "near.empty", count=len(rules)))
    rows = [place.row for place in placed]
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


async def _place(rule: Rule, line: Line, request: Request, desk: Desk) -> Place | None:
    """Where a rule rings; None where it is true, where nobody can tell, and for moves within a window."""
    sheet = await desk.about(line.condition)
    result = sheet.outlook(line.condition)
    language, target = request.language, _target(sheet, line, result)
    label = bold(name(sheet.instrument, language))
    said = words(line, language).partition(" | ")[0]
    quiet = "" if rule.loudness is Loudness.RING else say(language, f"near.{rule.loudness}")
    if target is not None and sheet.price is not None:
        away, figure = distance(target, sheet.price), price(target, sheet.instrument)
        return Place(False, abs(float(away)), join((percent(away), label, figure, said, quiet), " "))
    _, gap = lacking(language, line.condition, result) if result.truth is False else ("", "")
    if not gap or result.value is None or result.level is None:
        return None
    far = abs(result.level - result.value) / max(abs(result.level), abs(result.value))
    row = join((gap, label, value(language, line.condition, result), said, quiet), " ")
    return Place(True, far, row)


def _target(sheet: Sheet, line: Line, result: Outlook) -> int | None:
    """The price at which it rings, or at the earliest where it needs the price at its limit and more."""
    if sheet.price is None:
        return None
    if result.truth is False:
        return nearest(result, sheet.price)
    root = line.condition.root
    if result.truth is not None or not isinstance(root, Leaf):
        return None
    found = earliest(root, sheet.inputs, sheet.price)
    return found.price if found is not None and found.way is Way.LIMIT else None


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
