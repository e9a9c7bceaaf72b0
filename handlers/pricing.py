"""Typed prices and their day: a level is one of the prices that its owner saw when typing it (design 4.6)."""

from collections.abc import Iterable
from datetime import date

from handlers.desk import Desk
from handlers.making import line_of
from handlers.ports import Master
from rules.dated import current, typed, written
from rules.language import LanguageError, Line, canonical, of_day
from rules.model import Kind, Rule
from rules.nodes import leaves_of

DAY = date(2000, 1, 1)  # any day: whether a line has prices to be of one
EX_KINDS = frozenset({Kind.STOCK, Kind.FUND})  # what has ex-dates


async def priced(line: Line, master: Master, desk: Desk) -> Line:
    """The line with its typed prices being those of the day the chat sees, where a day can change them."""
    condition = line.condition
    members = master.members(condition.symbol) if condition.each else ()
    instrument = master.get(members[0] if members else condition.symbol)
    if condition.made is not None or instrument.kind not in EX_KINDS or of_day(line, DAY) == line:
        return line
    return of_day(line, (await desk.sheet(instrument.symbol)).day)


async def has(rules: Iterable[Rule], line: Line, master: Master, desk: Desk) -> bool:
    """Whether one of the rules says the same, of prices that no ex-date lies between."""
    bare = canonical(of_day(line, None))
    for rule in rules:
        if rule.symbol != line.condition.symbol or rule.of:
            continue
        try:
            old = line_of(rule, master)
        except LanguageError:
            continue
        if canonical(of_day(old, None)) == bare and not await _parted(old, line, desk):
            return True
    return False


async def _parted(old: Line, new: Line, desk: Desk) -> bool:
    """Whether an ex-date lies between the days whose prices two lines speak of."""
    one, other = old.condition.made, new.condition.made
    if one is None or other is None:
        return one is not other
    factors = (await desk.sheet(new.condition.symbol)).inputs.factors
    return factors is not None and factors.since(one) != factors.since(other)


async def today(rule: Rule, master: Master, desk: Desk) -> str:
    """What a rule's typed prices are today, as text; empty where no ex-date changed them."""
    try:
        condition = line_of(rule, master).condition
    except LanguageError:
        return ""
    if condition.made is None or condition.each:
        return ""
    inputs = (await desk.sheet(rule.symbol)).inputs
    now = [leaf for old in leaves_of(condition.root) if (leaf := current(old, inputs)) is not old]
    return written(price for leaf in now for price in typed(leaf))
