"""The list of a chat's own rules: numbered, with short ids and buttons that delete."""

from collections.abc import Sequence

from handlers.command import Button, Language, Reply, Request
from handlers.desk import Desk
from handlers.keyboard import Keyboard
from handlers.making import line_of, words
from handlers.ports import Master, Ports
from handlers.pricing import today
from handlers.reply import Html, bold, code, escape, fit, join, say
from handlers.wording import name
from rules.language import LanguageError
from rules.model import Rule

SHORT = 4  # hex digits of an id that a list shows; any longer part of it works too
BUTTONS, A_ROW = 24, 6


def own(rules: Sequence[Rule]) -> list[Rule]:
    """Rules the chat made itself, oldest first: number n is the n-th of these; parts are in their whole."""
    return [rule for rule in rules if not rule.watch and not rule.of]


def worded(rule: Rule, language: Language, master: Master) -> Html:
    """Name and condition in the chat's words, or the rule as it is stored where it reads no more."""
    try:
        said = words(line_of(rule, master), language)
    except LanguageError:
        return escape(rule.text)
    label = bold(name(master.get(rule.symbol), language))
    return join((say(language, "group.any", group=label) if _is_each(rule) else label, said), " ")


def _is_each(rule: Rule) -> bool:
    """Whether a rule is one on every member of a group."""
    return rule.whole and rule.symbol.startswith("@")


async def listing(request: Request, ports: Ports, gone: str = "") -> Reply:
    """The chat's rules without the one that is being deleted."""
    language = request.language
    rules = await ports.rulebook.rules(request.chat)
    mine = [rule for rule in own(rules) if rule.id != gone]
    armed = _armed(language, ports.master, rules)
    if not mine:
        return Reply(text=join((say(language, "alerts.empty"), armed)))
    rows, desk = [], Desk(ports)
    for number, rule in enumerate(mine, 1):
        said = worded(rule, language, ports.master)
        if prices := await today(rule, ports.master, desk):
            said = join((said, say(language, "alerts.now", prices=prices)), " ")
        count = len({part.symbol for part in rules if part.of == rule.id}) if _is_each(rule) else 0
        members = say(language, "group.members", count=count) if _is_each(rule) else ""
        rows.append(join((f"{number}.", said, members, code(rule.id[:SHORT])), " "))
    head = say(language, "alerts.head", count=len(mine))
    text = fit(join((head, armed)), rows, lambda left: say(language, "more", count=left))
    return Reply(text=text, buttons=_buttons(Keyboard(ports.secret, request.chat), mine))


def _armed(language: Language, master: Master, rules: Sequence[Rule]) -> Html:
    """How many conditions /watch holds for how many names; their list would bury one's own rules."""
    watched = {rule.symbol for rule in rules if rule.watch}
    if not watched:
        return Html("")
    count = sum(rule.watch for rule in rules)
    names = join((name(master.get(symbol), language) for symbol in sorted(watched)[:5]), ", ")
    left = len(watched) - 5
    rest = say(language, "unknown.more", count=left) if left > 0 else ""
    return say(language, "alerts.armed", count=count, names=join((names, rest), " "))


def _buttons(keyboard: Keyboard, rules: Sequence[Rule]) -> tuple[tuple[Button, ...], ...]:
    numbered = list(enumerate(rules, 1))[:BUTTONS]
    made = [keyboard.button(f"✕ {number}", "delete", rule.id) for number, rule in numbered]
    return tuple(tuple(made[start : start + A_ROW]) for start in range(0, len(made), A_ROW))
