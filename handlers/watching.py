"""The watchlist: arm the set of the defaults, say in one line what rings where, take it off again."""

from collections.abc import Iterable, Sequence
from itertools import count

from handlers.arming import Arm, arms, usual_range
from handlers.command import AddRule, DeleteRule, Effect, Language, Reply, Request, SetWatch
from handlers.desk import Desk
from handlers.keyboard import Keyboard
from handlers.making import WATCHED, batch, read, rule_id
from handlers.ports import Ports
from handlers.reply import Html, join, say
from handlers.rows import unknown
from handlers.symbols import Found
from handlers.telling import Armed, Watched, told
from handlers.wording import name
from rules.language import Line, canonical
from rules.model import Instrument, Rule, Start


async def watch(request: Request, ports: Ports, found: Found, edits: int | None = None) -> Reply:
    """Arm every instrument found that is not watched yet; one row each says what rings at which price."""
    language = request.language
    already = set(await ports.rulebook.watchlist(request.chat))
    fresh = [one for one in found.instruments if one.symbol not in already]
    notes = _notes(language, ports, found, already)
    if len(already) + len(fresh) > WATCHED:
        return Reply(text=say(language, "watch.quota", have=len(already), most=WATCHED, new=len(fresh)))
    if not fresh:
        return Reply(text=notes or say(language, "watch.usage"), edits=edits)
    desk, numbers = Desk(ports), count()
    watched = [await _arm(request, ports, desk, one, numbers) for one in fresh]
    made = sum(len(one.armed) for one in watched)
    keyboard = Keyboard(ports.secret, request.chat)
    what = batch(request.update, made)
    buttons = [keyboard.button(say(language, "button.undo"), "undo", what)]
    if any(armed.is_true for one in watched for armed in one.armed):
        buttons.append(keyboard.button(say(language, "button.ring"), "ring", what))
    effects: list[Effect] = []
    for one in watched:
        effects.append(SetWatch(symbol=one.sheet.instrument.symbol, on=True))
        effects.extend(AddRule(rule=armed.rule) for armed in one.armed)
    return Reply(
        text=told(language, watched, notes), buttons=(tuple(buttons),), effects=tuple(effects), edits=edits
    )


def unwatch(rules: Iterable[Rule], symbols: Sequence[str]) -> tuple[Effect, ...]:
    """Take symbols off the watchlist with everything /watch armed for them."""
    wanted = set(symbols)
    gone = [DeleteRule(rule=rule.id) for rule in rules if rule.watch and rule.symbol in wanted]
    return (*(SetWatch(symbol=symbol, on=False) for symbol in symbols), *gone)


def _notes(language: Language, ports: Ports, found: Found, already: set[str]) -> Html:
    """What was asked for and not done: names watched before, words that name nothing."""
    known = [name(one, language) for one in found.instruments if one.symbol in already]
    twice = say(language, "watch.already", names=join(known, ", ")) if known else ""
    return join((twice, unknown(language, ports.master, found.unknown)))


async def _arm(
    request: Request, ports: Ports, desk: Desk, instrument: Instrument, numbers: Iterable[int]
) -> Watched:
    sheet = await desk.sheet(instrument.symbol)
    armed = []
    for arm, number in zip(arms(instrument, sheet.quote, usual_range(sheet.history)), numbers, strict=False):
        line = read(instrument, f"{instrument.symbol} {arm.text}")
        armed.append(
            Armed(
                arm,
                _rule(request, ports, line, arm, number),
                None if sheet.price is None and not sheet.stand.members else sheet.outlook(line.condition),
                sheet.is_live,
            )
        )
    return Watched(sheet, tuple(armed))


def _rule(request: Request, ports: Ports, line: Line, arm: Arm, number: int) -> Rule:
    return Rule(
        id=rule_id(request.update, number),
        chat=request.chat,
        condition=line.condition.id,
        symbol=line.condition.symbol,
        text=canonical(line),
        mode=line.mode,
        every=line.options.every,
        loudness=arm.loudness,
        start=Start.NEXT,
        created=ports.clock.now(),
        watch=True,
    )
