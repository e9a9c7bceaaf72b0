"""Rules of one's own: a line of text becomes rules; the answer says what they mean and where they ring."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from handlers.command import AddRule, Language, Reply, Request
from handlers.desk import Desk
from handlers.keyboard import Keyboard
from handlers.lists import shown
from handlers.making import OWN_RULES, batch, line_of, moment, own
from handlers.parts import PARTS, parts
from handlers.ports import Ports
from handlers.pricing import has, priced
from handlers.reply import Html, bold, code, fit, join, say
from handlers.standing import standing
from handlers.wording import name
from rules.language import LanguageError, Line, UnknownSymbolError, parse, phrase
from rules.model import Rule

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
    typed: str = ""


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
    draft = replace(draft, said=spoken(line, language), typed=text)
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
        sheet = await desk.about(draft.line.condition)
        return join((head, standing(language, sheet, draft.line), _meant(language, ports, draft)))
    known = len(ports.master.members(draft.rule.symbol))
    head = join((head, say(language, "group.follows", count=len(draft.parts))))
    if known > len(draft.parts):
        head = join((head, say(language, "group.left", count=known - len(draft.parts))))
    rows = []
    for part in draft.parts[:SHOWN]:
        line = line_of(part, ports.master)
        sheet = await desk.about(line.condition)
        rows.append(join((bold(name(sheet.instrument, language)), standing(language, sheet, line)), ": "))
    left = len(draft.parts) - SHOWN
    if left > 0:
        rows.append(say(language, "more", count=left))
    return fit(head, rows, lambda count: say(language, "more", count=count))


def _meant(language: Language, ports: Ports, draft: Draft) -> Html:
    """Where a name is an index's and a group's too, which of them it was taken for."""
    index = ports.master.get(draft.rule.symbol)
    group = ports.master.also(index.symbol, draft.typed)
    if group is None:
        return Html("")
    return say(language, "alert.meant", index=name(index, language), group=code(f"any {group.symbol} ..."))


def spoken(line: Line, language: Language) -> str:
    """A whole line in the chat's words, its own lists by the names it gave them."""
    symbol = line.condition.symbol
    return phrase(line, language).replace(f"{symbol} ", f"{shown(symbol)} ", 1)


def mode(language: Language, rule: Rule) -> Html:
    """How often a rule is heard, in words; the default is never printed with the rule itself."""
    minutes = int(rule.every.total_seconds() // 60) if rule.every else 0
    return say(language, f"mode.{rule.mode}", minutes=minutes)


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
