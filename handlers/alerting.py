"""Rules of one's own: a line of text becomes rules; the answer says what they mean and where they ring."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.command import AddRule, Language, Reply, Request
from handlers.desk import Desk, Sheet, distance, is_state, nearest
from handlers.keyboard import Keyboard
from handlers.making import OWN_RULES, batch, moment, own
from handlers.ports import Ports
from handlers.reasons import reason
from handlers.reply import Html, bold, code, fit, join, say
from handlers.wording import amount, change, name, percent, price
from rules.language import LanguageError, Line, UnknownSymbolError, parse, phrase
from rules.levels import Outlook
from rules.model import Leaf, Rule
from rules.signal import SIGNALS, Unit

LONGEST = 512  # characters of one line
SHOWN = 20  # members of a group named in an answer


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule to be made and the line it came from."""

    rule: Rule
    line: Line


async def make(request: Request, ports: Ports, text: str) -> Reply:
    """Parse the text, make its rules, and echo them with value, ring price and an undo button."""
    language = request.language
    if len(text) > LONGEST:
        return Reply(text=say(language, "alert.long", most=LONGEST))
    try:
        line = parse(text, ports.master.find, language=language, presets=ports.presets)
    except LanguageError as error:
        return Reply(text=refused(language, text, error, ports))
    rules = [rule for rule in await ports.rulebook.rules(request.chat) if not rule.watch]
    drafts = _drafts(request, ports, line, moment(ports.clock, rules))
    if not drafts:
        return Reply(text=say(language, "group.empty", group=line.condition.symbol))
    fresh = [draft for draft in drafts if draft.rule.text not in {rule.text for rule in rules}]
    if not fresh:
        return Reply(text=say(language, "alert.twice", rule=phrase(drafts[0].line, language)))
    if len(rules) + len(fresh) > OWN_RULES:
        return Reply(text=say(language, "alert.quota", have=len(rules), most=OWN_RULES, new=len(fresh)))
    undo = Keyboard(ports.secret, request.chat).button(
        say(language, "button.undo"), "undo", batch(request.update, len(drafts))
    )
    return Reply(
        text=await _echo(language, ports, line, fresh),
        buttons=((undo,),),
        effects=tuple(AddRule(rule=draft.rule) for draft in fresh),
    )


def _drafts(request: Request, ports: Ports, line: Line, made: datetime) -> list[Draft]:
    lines = [line]
    if line.condition.each:
        lines = [
            replace(line, condition=replace(line.condition, symbol=member, each=False))
            for member in ports.master.members(line.condition.symbol)
        ]
    return [Draft(own(request, one, number, made), one) for number, one in enumerate(lines)]


async def _echo(language: Language, ports: Ports, line: Line, drafts: Sequence[Draft]) -> Html:
    desk = Desk(ports)
    head = join((say(language, "alert.made", rule=phrase(line, language)), mode(language, drafts[0].rule)))
    if not line.condition.each:
        sheet = await desk.sheet(line.condition.symbol, line.condition)
        return join((head, standing(language, sheet, line)))
    rows = []
    for draft in drafts[:SHOWN]:
        sheet = await desk.sheet(draft.rule.symbol, draft.line.condition)
        label = bold(name(sheet.instrument, language))
        rows.append(join((label, standing(language, sheet, draft.line)), ": "))
    left = len(drafts) - SHOWN
    if left > 0:
        rows.append(say(language, "more", count=left))
    return fit(head, rows, lambda count: say(language, "more", count=count))


def mode(language: Language, rule: Rule) -> Html:
    """How often a rule is heard, in words; the default is never printed with the rule itself."""
    minutes = int(rule.every.total_seconds() // 60) if rule.every else 0
    return say(language, f"mode.{rule.mode}", minutes=minutes)


def standing(language: Language, sheet: Sheet, line: Line) -> Html:
    """Where a condition stands: its value now and the price at which it rings, or why nobody can tell."""
    if sheet.price is None:
        return say(language, "standing.unquoted")
    result = sheet.outlook(line.condition)
    words = _told(language, sheet, line, result, sheet.price)
    return join((_now(language, sheet, line, result, sheet.price), words), say(language, "semicolon"))


def _told(language: Language, sheet: Sheet, line: Line, result: Outlook, last: int) -> Html:
    if result.truth is None:
        return reason(language, result.absent)
    if result.truth:
        key = "true" if is_state(line.condition.root) else "beyond"
        return say(language, f"standing.{key}" if sheet.is_live else "standing.was")
    target = nearest(result, last)
    if target is None:
        return say(language, "standing.waits")
    away = percent(distance(target, last))
    return say(language, "standing.rings", price=price(target, sheet.instrument), away=away)


def _now(language: Language, sheet: Sheet, line: Line, result: Outlook, known: int) -> Html:
    last = price(known, sheet.instrument)
    if not sheet.is_live:
        return say(language, "standing.closed", last=last)
    moved = None if sheet.quote is None else change(sheet.quote)
    last += f" ({percent(moved)})" if moved is not None else ""
    root = line.condition.root
    shown = ""
    if isinstance(root, Leaf) and result.value is not None and root.signal != "change":
        shown = worded(language, SIGNALS[root.signal].unit, result.value)
    return say(language, "standing.value" if shown else "standing.now", last=last, value=shown)


def worded(language: Language, unit: Unit, value: float) -> str:
    """A signal's value in the unit people write it in; empty where the price says it already."""
    match unit:
        case Unit.PERCENT:
            return percent(value / 100)
        case Unit.AMOUNT:
            return amount(value, language)
        case Unit.COUNT:
            return f"{value:g}"
    return ""


def refused(language: Language, text: str, error: LanguageError, ports: Ports) -> Html:
    """One friendly sentence about a line that does not parse, with the word marked."""
    start = max(error.column - 1, 0)
    word = text[start : start + len(error.word)]
    pointed = Html(f"<u>{bold(word)}</u>") if word else Html("")
    marked = join((text[:start], pointed, text[start + len(word) :]), "")
    hint = ""
    if isinstance(error, UnknownSymbolError) and (near := ports.master.near(error.word)):
        meant = (join((code(one.symbol), name(one, language)), " ") for one in near)
        hint = say(language, "unknown.near", near=join(meant, ", "))
    return join((marked, error.reason, hint))
