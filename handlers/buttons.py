"""Presses of inline buttons: read, re-authorised against the chat's own rules, answered like commands."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from handlers.command import (
    COMMANDS,
    AddRule,
    DeleteRule,
    Effect,
    Language,
    Reply,
    Request,
    SetLanguage,
    SetWatch,
)
from handlers.desk import Desk
from handlers.keyboard import Keyboard, read
from handlers.listing import listing, worded
from handlers.making import batch, ids, line_of, rule_id
from handlers.ports import Ports
from handlers.quoting import listed_in, seal
from handlers.reply import fit, say
from handlers.symbols import Found
from handlers.watching import watch
from rules.forms import is_state
from rules.language import LanguageError
from rules.model import Rule, Start
from rules.nodes import remembers

REFRESHED = ("list", "near", "alerts", "quote")  # commands that a button may run again


async def press(request: Request, ports: Ports) -> Reply:
    """What a button does; data that we did not sign for this chat does nothing at all."""
    pressed = read(ports.secret, request.chat, request.text)
    action = ACTIONS.get(pressed.action) if pressed is not None else None
    if pressed is None or action is None:
        return _toast(request, "toast.stale")
    reply = await action(request, ports, pressed.argument)
    return replace(reply, callback=request.callback)


def _toast(request: Request, key: str, **fields: object) -> Reply:
    return Reply(text="", callback=request.callback, toast=say(request.language, key, **fields))


async def _undo(request: Request, ports: Ports, argument: str) -> Reply:
    """Take back the rules of one answer, and the watching that has nothing left to hold it."""
    meant = set(ids(argument))
    rules = await ports.rulebook.rules(request.chat)
    gone = [rule for rule in rules if rule.id in meant]
    if not gone:
        return _toast(request, "toast.nothing")
    kept = {rule.symbol for rule in rules if rule.watch and rule.id not in meant}
    bare = dict.fromkeys(rule.symbol for rule in gone if rule.watch and rule.symbol not in kept)
    effects: list[Effect] = [DeleteRule(rule=rule.id) for rule in gone]
    effects.extend(SetWatch(symbol=symbol, on=False) for symbol in bare)
    text = say(request.language, "undo.done", count=len(gone))
    return Reply(
        text=text,
        effects=tuple(effects),
        edits=request.message,
        toast=say(request.language, "toast.undone"),
    )


async def _delete(request: Request, ports: Ports, argument: str) -> Reply:
    """Delete one rule and show what is left in the same message."""
    rules = await ports.rulebook.rules(request.chat)
    mine = [rule for rule in rules if rule.id == argument]
    left = await listing(request, ports, gone=argument)
    return replace(
        left,
        edits=request.message,
        effects=tuple(DeleteRule(rule=rule.id) for rule in mine),
        toast=say(request.language, "toast.deleted" if mine else "toast.nothing"),
    )


async def _watch(request: Request, ports: Ports, argument: str) -> Reply:
    """Watch one symbol; the quote becomes the answer."""
    instrument = ports.master.find(argument)
    if instrument is None:
        return _toast(request, "toast.stale")
    found = Found((instrument,), ())
    return await watch(request, ports, found, edits=request.message)


async def _all(request: Request, ports: Ports, argument: str) -> Reply:
    """Watch every symbol the message lists; its seal shows that it is the list we signed."""
    symbols = listed_in(request.shown)
    if seal(symbols) != argument:
        return _toast(request, "toast.stale")
    found = Found(tuple(ports.master.get(symbol) for symbol in symbols), ())
    return await watch(request, ports, found, edits=request.message)


async def _ring(request: Request, ports: Ports, argument: str) -> Reply:
    """Make what is true already ring now: the same rules again, this time heard from the start."""
    meant = set(ids(argument))
    rules = await ports.rulebook.rules(request.chat)
    desk = Desk(ports)
    true = [
        rule
        for rule in rules
        if rule.id in meant and rule.start is Start.NEXT and await _is_true(rule, ports, desk)
    ]
    if not true:
        return _toast(request, "toast.quiet")
    effects: list[Effect] = []
    for number, rule in enumerate(true):
        again = replace(rule, id=rule_id(request.update, number), start=Start.NOW, created=ports.clock.now())
        effects += [DeleteRule(rule=rule.id), AddRule(rule=again)]
    undo = Keyboard(ports.secret, request.chat).button(
        say(request.language, "button.undo"), "undo", f"{argument},{batch(request.update, len(true))}"
    )
    rows = [worded(rule, request.language, ports.master) for rule in true]
    text = fit(say(request.language, "ring.done"), rows, lambda n: say(request.language, "more", count=n))
    return Reply(text=text, buttons=((undo,),), effects=tuple(effects))


async def _is_true(rule: Rule, ports: Ports, desk: Desk) -> bool:
    try:
        condition = line_of(rule, ports.master).condition
    except LanguageError:
        return False
    sheet = await desk.about(condition)
    is_plain = is_state(condition.root) and not remembers(condition.root)
    return is_plain and sheet.outlook(condition).truth is True


async def _refresh(request: Request, ports: Ports, argument: str) -> Reply:
    """Run a reading command again and put its answer into the same message."""
    name, _, text = argument.partition(" ")
    if name not in REFRESHED:
        return _toast(request, "toast.stale")
    reply = await COMMANDS[name].answer(replace(request, name=name, text=text), ports)
    return replace(reply, edits=request.message, toast=say(request.language, "toast.fresh"))


async def _language(request: Request, ports: Ports, argument: str) -> Reply:
    """Speak the chosen language; a greeting is said again in it."""
    source, _, code = argument.rpartition(" ")
    if code not in set(Language):
        return _toast(request, "toast.stale")
    chosen = Language(code)
    told = say(chosen, "language.set")
    reply = Reply(text=told)
    if source:
        reply = await COMMANDS["start"].answer(replace(request, name="start", language=chosen), ports)
    effects = (SetLanguage(language=chosen),)
    return replace(reply, edits=request.message, effects=effects, toast=told)


Action = Callable[[Request, Ports, str], Awaitable[Reply]]
ACTIONS: dict[str, Action] = {
    "undo": _undo,
    "delete": _delete,
    "watch": _watch,
    "all": _all,
    "ring": _ring,
    "refresh": _refresh,
    "language": _language,
}
