"""Rules of one's own: a line of text becomes rules; the answer says what they mean and where they ring."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from handlers.command import AddRule, Language, Reply, Request
from handlers.desk import Desk, Sheet, distance, nearest
from handlers.keyboard import Keyboard
from handlers.lists import shown
from handlers.making import OWN_RULES, batch, line_of, moment, own
from handlers.parts import PARTS, parts
from handlers.ports import Ports
from handlers.pricing import has, priced
from handlers.qualifying import qualified, step
from handlers.reasons import reason
from handlers.reply import Html, bold, code, fit, join, say
from handlers.wording import amount, change, name, percent, price
from rules.forms import is_state
from rules.language import LanguageError, Line, UnknownSymbolError, parse, phrase
from rules.levels import Outlook
from rules.model import Condition, Leaf, Rule
from rules.nodes import remembers
from rules.signal import SIGNALS, Unit

LONGEST = 512  # characters of one line
SHOWN = 20  # members of a group named in an answer
Told: TypeAlias = Callable[..., Html]  # a sentence in the chat's language


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule to be made, the line it came from, and its parts where it is a whole."""

    rule: Rule
    line: Line
    parts: tuple[Rule, ...] = ()
    said: str = ""  # the line as the chat reads it back


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
    desk = Desk(ports)
    draft = _draft(request, ports, await priced(line, ports.master, desk), rules)
    draft = replace(draft, said=spoken(line, language))
    refusal = await _refusal(draft, rules, ports, desk, partial(say, language))
    if refusal:
        return Reply(text=refusal)
    undo = Keyboard(ports.secret, request.chat).button(
        say(language, "button.undo"), "undo", batch(request.update, 1)
    )
    return Reply(
        text=await _echo(language, ports, draft, desk),
        buttons=((undo,),),
        effects=tuple(AddRule(rule=rule) for rule in (draft.rule, *draft.parts)),
    )


def _draft(request: Request, ports: Ports, line: Line, rules: Sequence[Rule]) -> Draft:
    """The rule of a line, with its parts where it is a ladder or one on each member of a group."""
    rule = own(request, line, 0, moment(ports.clock, rules))
    if not line.condition.each and not line.rungs:
        return Draft(rule, line)
    rule, symbol = replace(rule, whole=True), line.condition.symbol
    symbols = ports.master.members(symbol) if line.condition.each else (symbol,)
    return Draft(rule, line, tuple(parts(rule, line, symbols, ports.master)))


async def _refusal(draft: Draft, rules: Sequence[Rule], ports: Ports, desk: Desk, told: Told) -> Html | None:
    """Why the rule is not made: nobody is in the group, the chat has it already, or it is one too many."""
    group = draft.line.condition.symbol
    if group.startswith("@") and not ports.master.members(group):
        return told("group.empty", group=shown(group))
    if draft.rule.whole and not draft.parts:
        return told("group.unfit", group=shown(group))
    if await has(rules, draft.line, ports.master, desk):
        return told("alert.twice", rule=draft.said)
    have = sum(not rule.of for rule in rules)
    if have >= OWN_RULES:
        return told("alert.quota", have=have, most=OWN_RULES, new=1)
    have = len(rules) - have
    if have + len(draft.parts) > PARTS:
        return told("group.quota", have=have, most=PARTS, new=len(draft.parts))
    return None


async def _echo(language: Language, ports: Ports, draft: Draft, desk: Desk) -> Html:
    made = say(language, "alert.made", rule=draft.said)
    head = join((made, mode(language, draft.rule)))
    if not draft.line.condition.each:
        sheet = await desk.sheet(draft.rule.symbol, draft.line.condition)
        return join((head, standing(language, sheet, draft.line)))
    known = len(ports.master.members(draft.rule.symbol))
    head = join((head, say(language, "group.follows", count=len(draft.parts))))
    if known > len(draft.parts):
        head = join((head, say(language, "group.left", count=known - len(draft.parts))))
    rows = []
    for part in draft.parts[:SHOWN]:
        said = line_of(part, ports.master)
        sheet = await desk.sheet(part.symbol, said.condition)
        label = bold(name(sheet.instrument, language))
        rows.append(join((label, standing(language, sheet, said)), ": "))
    left = len(draft.parts) - SHOWN
    if left > 0:
        rows.append(say(language, "more", count=left))
    return fit(head, rows, lambda count: say(language, "more", count=count))


def spoken(line: Line, language: Language) -> str:
    """A whole line in the chat's words, its own lists by the names it gave them."""
    symbol = line.condition.symbol
    return phrase(line, language).replace(f"{symbol} ", f"{shown(symbol)} ", 1)


def mode(language: Language, rule: Rule) -> Html:
    """How often a rule is heard, in words; the default is never printed with the rule itself."""
    minutes = int(rule.every.total_seconds() // 60) if rule.every else 0
    return say(language, f"mode.{rule.mode}", minutes=minutes)


def standing(language: Language, sheet: Sheet, line: Line) -> Html:
    """Where a condition stands: its value now and the price at which it rings, or why nobody can tell."""
    if sheet.price is None:
        return say(language, "standing.unquoted")
    result = sheet.outlook(line.condition)
    now = _now(language, sheet, line, result, sheet.price)
    told = [_told(language, sheet, condition, sheet.price) for condition in line.conditions]
    if line.rungs:
        steps = (step(condition, language) for condition in line.rungs)
        told = [
            say(language, "standing.step", step=one, told=said) for one, said in zip(steps, told, strict=True)
        ]
    adjusted = say(language, f"adjusted.{result.adjusted}") if result.adjusted else ""
    return join((now, *told, adjusted), say(language, "semicolon"))


def _told(language: Language, sheet: Sheet, condition: Condition, last: int) -> Html:
    result = sheet.outlook(condition)
    if remembers(condition.root):
        return qualified(language, condition.root, _present(language, sheet, result, last))
    if result.truth:
        key = "true" if is_state(condition.root) else "beyond"
        return say(language, f"standing.{key}" if sheet.is_live else "standing.was")
    return _present(language, sheet, result, last)


def _present(language: Language, sheet: Sheet, result: Outlook, last: int) -> Html:
    """Where the price stands to a condition, as far as this quote decides it."""
    if result.truth is None:
        return reason(language, result.absent)
    if result.truth:
        return say(language, "standing.so")
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
