"""/why: why a rule of the chat's own rang or is silent, with the quotes that were not believed."""

from collections.abc import Sequence
from itertools import chain

from handlers.command import COMMANDS, Command, Language, Reply, Request
from handlers.desk import Desk
from handlers.listing import picked, worded
from handlers.making import line_of
from handlers.ports import Ports
from handlers.reply import Html, fit, join, say
from handlers.rows import unknown
from handlers.symbols import find, words
from handlers.tracing import Trail, doubted, listed, why
from handlers.wording import name
from rules.language import LanguageError
from rules.model import Loudness, Rule

SHOWN = 12  # rules of one answer
ORDER = (Loudness.RING, Loudness.SILENT, Loudness.EDIT)


async def answer(request: Request, ports: Ports) -> Reply:
    """Where each rule stands, what it last told and what holds it back; rules of other chats are absent."""
    language = request.language
    wanted = words(request.text)
    if not wanted:
        return Reply(text=say(language, "why.usage"))
    rules = await ports.rulebook.rules(request.chat)
    numbered = [picked(rules, word.lower()) for word in wanted]
    rest = " ".join(word for word, chosen in zip(wanted, numbered, strict=True) if not chosen)
    found = find(ports.master, rest)
    chosen = _heard(rules, [rule.id for rule in chain(*numbered)], [one.symbol for one in found.instruments])
    about = {rule.symbol for rule in chosen}
    bare = [name(one, language) for one in found.instruments if one.symbol not in about]
    none = say(language, "why.none", names=", ".join(bare)) if bare else Html("")
    head = join((unknown(language, ports.master, found.unknown), none))
    rows = await _rows(language, chosen[:SHOWN], ports)
    left = len(chosen) - SHOWN
    tail = [say(language, "more", count=left)] if left > 0 else []
    return Reply(text=fit(head, [*rows, *tail], lambda cut: say(language, "more", count=cut)))


def _heard(rules: Sequence[Rule], ids: Sequence[str], symbols: Sequence[str]) -> list[Rule]:
    """The rules meant, a whole by its parts; on a symbol the chat's own first, then by loudness."""
    by_id = [rule for rule in rules if rule.id in ids or rule.of in ids]
    on = [rule for rule in rules if rule.symbol in symbols or _whole(rules, rule) in symbols]
    on.sort(key=lambda rule: (rule.watch, ORDER.index(rule.loudness)))
    return list({rule.id: rule for rule in (*by_id, *on) if not rule.whole}.values())


def _whole(rules: Sequence[Rule], part: Rule) -> str:
    """The symbol of the whole that a rule is a part of."""
    return next((rule.symbol for rule in rules if rule.id == part.of), "") if part.of else ""


async def _rows(language: Language, rules: Sequence[Rule], ports: Ports) -> list[Html]:
    """A paragraph for each rule, then the quotes refused of each instrument."""
    if not rules:
        return []
    trail = Trail(await ports.traces.told(rules, language), await ports.traces.lasting(rules))
    desk = Desk(ports)
    await desk.ahead(rule.symbol for rule in rules)
    rows: list[Html] = []
    for rule in rules:
        said = worded(rule, language, ports.master)
        try:
            line = line_of(rule, ports.master)
        except LanguageError as error:
            rows.append(join((said, error.reason)))
            continue
        case = trail.case(rule, line, await desk.about(line.condition), ports)
        quiet = say(language, "near.edit") if rule.loudness is Loudness.EDIT else ""
        rows.append(join((join((said, quiet), " "), why(language, case))))
    for symbol in dict.fromkeys(rule.symbol for rule in rules):
        sheet = await desk.sheet(symbol)
        rows.append(listed(language, sheet, await ports.traces.anomalies(symbol, language), ports.hours))
        rows.append(doubted(language, sheet.instrument, await ports.traces.doubts(symbol)))
    return [row for row in rows if row]


COMMANDS.put(
    "why",
    Command(
        name="why",
        order=8,
        usage="<number> | <symbol> ...",
        summary="why an alert rang or is silent",
        summary_zh="某条提醒为何响或不响",
        answer=answer,
    ),
)
