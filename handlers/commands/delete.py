"""/delete: take own rules away by number, id or all at once."""

from collections.abc import Sequence

from handlers.command import COMMANDS, Command, DeleteRule, Reply, Request
from handlers.listing import SHORT, own, worded
from handlers.ports import Ports
from handlers.reply import Html, code, fit, join, say
from handlers.symbols import words
from rules.model import Rule

EVERYTHING = {"all", "全部", "所有"}


async def answer(request: Request, ports: Ports) -> Reply:
    """Name what was deleted; a rule of another chat is as absent as one that never was."""
    language = request.language
    wanted = words(request.text.lower())
    if not wanted:
        return Reply(text=say(language, "delete.usage"))
    rules = await ports.rulebook.rules(request.chat)
    gone: dict[str, Rule] = {}
    absent: list[str] = []
    for word in wanted:
        picked = own(rules) if word in EVERYTHING else _picked(rules, word)
        gone |= {rule.id: rule for rule in picked}
        absent += [] if picked else [word]
    rows: list[Html] = [worded(rule, language, ports.master) for rule in gone.values()]
    head = say(language, "delete.done", count=len(gone)) if gone else Html("")
    missing = join((code(word[:32]) for word in absent[:5]), " ")
    tail = say(language, "delete.absent", words=missing) if absent else Html("")
    text = fit(join((tail, head)), rows, lambda left: say(language, "more", count=left))
    return Reply(text=text, effects=tuple(DeleteRule(rule=rule) for rule in gone))


def _picked(rules: Sequence[Rule], word: str) -> list[Rule]:
    """Number n of /alerts, else the only rule whose id begins so."""
    mine = own(rules)
    if word.isdecimal() and 0 < int(word) <= len(mine):
        return [mine[int(word) - 1]]
    matches = [rule for rule in rules if not rule.of and len(word) >= SHORT and rule.id.startswith(word)]
    return matches if len(matches) == 1 else []


COMMANDS.put(
    "delete",
    Command(
        name="delete",
        order=9,
        usage="<number> | <id> | all",
        summary="delete own alerts by their number in /alerts",
        summary_zh="按 /alerts 中的序号删除提醒",
        answer=answer,
    ),
)
