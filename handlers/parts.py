"""One rule with many conditions: a ladder's rungs, and `any @group X`, which follows who is a member.

The rule a chat sees is a whole; no condition is listened to under its own id. Its parts are the rules that
are heard, one a member and rung, with ids derived from the whole's and from what tells them apart, so that
the same change of members made twice is made once. The store takes a whole's parts away with it and refuses
parts without it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b

from handlers.command import AddRule, DeleteRule, Effect, Reply, Request, SetWatch
from handlers.lists import WATCHLIST, symbol_of
from handlers.making import line_of, read
from handlers.ports import Master, Ports
from rules.language import LanguageError, Line, canonical
from rules.model import Condition, Instrument, Kind, Rule, Start
from rules.signal import others

PARTS = 6_000  # of all wholes of a chat: every A-share, once


def part_id(whole: str, key: str) -> str:
    """The id of a whole's part for a member, a rung or whatever else tells its parts apart: 16 hex digits."""
    return blake2b(f"{whole}:{key}".encode(), digest_size=8).hexdigest()


def parts(whole: Rule, line: Line, symbols: Iterable[str], master: Master) -> list[Rule]:
    """The whole's conditions as rules on each member they can be asked of; the rest is the whole's."""
    subject = f"{line.condition.symbol} "
    rungs = {rung.text: canonical(line.alone(rung.id)).partition(subject)[2] for rung in line.rungs}
    said = rungs or {"": whole.text.partition(subject)[2]}
    unfit: set[tuple[Kind, str, int]] = set()
    found = []
    for member in map(master.get, symbols):
        shape = (member.kind, member.market, member.decimals)
        for rung, words in said.items() if shape not in unfit else ():
            part = _part(whole, member, rung, f"{member.symbol} {words}")
            if part is None:
                unfit.add(shape)  # it has no limits, say, or no such decimals
            elif member.symbol not in part.others:
                found.append(part.rule)
    return found


def _part(whole: Rule, member: Instrument, rung: str, text: str) -> "_Part | None":
    """The rule of one rung on one member, None where the member cannot be asked it."""
    condition = _asked(member, text)
    if condition is None:
        return None
    key = f"{member.symbol} {rung}" if rung else member.symbol
    rule = replace(whole, id=part_id(whole.id, key), whole=False, of=whole.id)
    rule = replace(rule, condition=condition.id, symbol=member.symbol, text=text)
    return _Part(rule, others(condition.root, member))


@dataclass(frozen=True, slots=True)
class _Part:
    rule: Rule
    others: tuple[str, ...]  # what its condition reads beside its own instrument


def _asked(member: Instrument, text: str) -> Condition | None:
    try:
        return read(member, text).condition
    except LanguageError:
        return None


def changes(
    whole: Rule, rules: Iterable[Rule], members: Sequence[str], master: Master, now: datetime
) -> list[Effect]:
    """What makes the whole's parts those of today's members.

    A member that comes is heard from its next ring on: that it is true already is no news of its own.
    """
    try:
        line = line_of(whole, master)
    except LanguageError:
        return []
    mine = [rule for rule in rules if rule.of == whole.id]
    have, wanted = {rule.symbol for rule in mine}, set(members)
    gone = [rule for rule in mine if rule.symbol not in wanted]
    come = [symbol for symbol in members if symbol not in have]
    made = parts(replace(whole, start=Start.NEXT, created=now), line, come, master)
    return [*(DeleteRule(rule=rule.id) for rule in gone), *(AddRule(rule=part) for part in made)]


async def followed(request: Request, ports: Ports, reply: Reply) -> Reply:
    """The reply with what its changes of the chat's lists mean for rules on every member of them."""
    watched = [effect for effect in reply.effects if isinstance(effect, SetWatch)]
    if not watched:
        return reply
    gone = {effect.rule for effect in reply.effects if isinstance(effect, DeleteRule)}
    rules = [rule for rule in await ports.rulebook.rules(request.chat) if rule.id not in gone]
    lists = _changed(await ports.rulebook.lists(request.chat), watched)
    effects = list(reply.effects)
    for name, members in lists.items():
        group = symbol_of(request.chat, name)
        for whole in rules:
            if whole.whole and whole.symbol == group:
                effects += changes(whole, rules, members, ports.master, ports.clock.now())
    return replace(reply, effects=tuple(effects))


def _changed(lists: Mapping[str, Sequence[str]], watched: Iterable[SetWatch]) -> dict[str, tuple[str, ...]]:
    """The instruments of each list that changes, as they will be."""
    found: dict[str, dict[str, None]] = {}
    for effect in watched:
        name = effect.list or WATCHLIST
        symbols = found.setdefault(name, dict.fromkeys(lists.get(name, ())))
        if effect.on:
            symbols[effect.symbol] = None
        else:
            symbols.pop(effect.symbol, None)
    return {
        name: tuple(symbol for symbol in symbols if not symbol.startswith("@"))
        for name, symbols in found.items()
    }
