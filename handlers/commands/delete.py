"""/delete: take own rules away by number, id or all at once."""

from handlers.command import COMMANDS, Command, DeleteRule, Reply, Request
from handlers.listing import own, picked, worded
from handlers.ports import Ports
from handlers.reply import Html, code, fit, join, say
from handlers.symbols import words

EVERYTHING = {"all", "全部", "所有"}


async def answer(request: Request, ports: Ports) -> Reply:
    """Name what was deleted; a rule of another chat is as absent as one that never was."""
    language = request.language
    wanted = words(request.text.lower())
    if not wanted:
        return Reply(text=say(language, "delete.usage"))
    rules = await ports.rulebook.rules(request.chat)
    everything = own(rules)
    chosen = {word: everything if word in EVERYTHING else picked(rules, word) for word in wanted}
    gone = {rule.id: rule for some in chosen.values() for rule in some}
    absent = [word for word, some in chosen.items() if not some]
    rows: list[Html] = [worded(rule, language, ports.master) for rule in gone.values()]
    head = say(language, "delete.done", count=len(gone)) if gone else Html("")
    missing = join((code(word[:32]) for word in absent[:5]), " ")
    tail = say(language, "delete.absent", words=missing) if absent else Html("")
    text = fit(join((tail, head)), rows, lambda left: say(language, "more", count=left))
    return Reply(text=text, effects=tuple(DeleteRule(rule=rule) for rule in gone))


COMMANDS.put(
    "delete",
    Command(
        name="delete",
        order=10,
        usage="<number> | <id> | all",
        summary="delete own alerts by their number in /alerts",
        summary_zh="按 /alerts 中的序号删除提醒",
        answer=answer,
    ),
)
