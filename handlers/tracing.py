"""Why a rule rang or is silent, in the chat's words: where it stands, what it told, what holds it back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from handlers.command import Language
from handlers.desk import Sheet, nearest
from handlers.ports import Doubt, Ports, Told
from handlers.reasons import reason
from handlers.reply import CATALOGUES, Html, join, say
from handlers.standing import standing, value
from handlers.wording import moment, name, price
from rules.fixed import phase_of
from rules.forms import is_state
from rules.language import Line, worded
from rules.levels import Outlook
from rules.model import Condition, Instrument, Leaf, Mode, Phase, Rule, State
from rules.nodes import leaves_of
from rules.sessions import KINDS, Hours

CLOSE = 50  # ticks; what stayed further away than that was not near


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One rule with all that is known of it."""

    rule: Rule
    line: Line
    sheet: Sheet
    market: str  # whose hours it follows
    phase: Phase  # of that market now
    told: Told | None = None
    lasts: datetime | None = None  # since when a ring of its condition lasts


@dataclass(frozen=True, slots=True)
class Trail:
    """What is stored of some rules, by their ids."""

    told: Mapping[str, Told] = field(default_factory=dict)
    lasting: Mapping[str, datetime] = field(default_factory=dict)

    def case(self, rule: Rule, line: Line, sheet: Sheet, ports: Ports) -> Case:
        """The case of a rule; a ring that began before it was made is nobody's business but others'."""
        told, lasts = self.told.get(rule.id), self.lasting.get(rule.id)
        members = ports.master.members(rule.symbol)
        market = ports.master.get(members[0] if members else rule.symbol).market
        return Case(
            rule=rule,
            line=line,
            sheet=sheet,
            market=market,
            phase=phase_of(rule.symbol, ports.hours.phase(market, ports.clock.now())),
            told=told,
            lasts=lasts if lasts is not None and (told or lasts >= rule.created) else None,
        )


def why(language: Language, case: Case) -> Html:
    """Where the rule stands, how near today came, what it told last and why it may be silent now."""
    parts = (
        standing(language, case.sheet, case.line, is_new=False),
        *_parts(language, case.sheet, case.line.condition),
        _missed(language, case),
        _last(language, case),
        _held(language, case),
        _shut(language, case),
    )
    return join(parts)


def _parts(language: Language, sheet: Sheet, condition: Condition) -> Iterator[Html]:
    """Of a composite how each of its parts stands: which is true, and what the others lack."""
    if isinstance(condition.root, Leaf):
        return
    for leaf in dict.fromkeys(leaves_of(condition.root)):
        part = replace(condition, root=leaf)
        result = sheet.outlook(part)
        found = value(language, part, result)
        now = say(language, "why.now", value=found) if found else ""
        told = join((_stands(language, sheet, leaf, result), now), " ")
        yield say(language, "why.part", part=worded(leaf, language), told=told)


def _stands(language: Language, sheet: Sheet, leaf: Leaf, result: Outlook) -> Html:
    if result.truth is None:
        return reason(language, result.absent)
    if result.truth:
        return say(language, "why.true" if is_state(leaf) else "why.beyond")
    target = None if sheet.price is None else nearest(result, sheet.price)
    if target is None:
        return say(language, "why.false")
    return say(language, "why.from", price=price(target, sheet.instrument))


def _missed(language: Language, case: Case) -> Html:
    """How near the day's high or low came to the price at which it rings, where only the price decides."""
    sheet, none = case.sheet, Html("")
    result = sheet.outlook(case.line.condition)
    if result.truth is not False or result.moving or sheet.price is None or sheet.last is None:
        return none
    target = nearest(result, sheet.price)
    if target is None or not sheet.is_live:
        return none
    extreme = sheet.last.high if target > sheet.price else sheet.last.low
    short = 0 if not extreme else (target - extreme if target > sheet.price else extreme - target)
    if not extreme or short <= 0:
        return none
    ticks = -(-short // sheet.instrument.tick)
    key = "missed" if ticks > CLOSE else "tick" if ticks == 1 else "ticks"
    return say(language, f"why.{key}", price=price(extreme, sheet.instrument), count=ticks)


def _last(language: Language, case: Case) -> Html:
    told, instrument = case.told, case.sheet.instrument
    if told is None:
        made = case.rule.created
        return say(language, "why.never", time=moment(made, instrument))
    return join((say(language, "why.rang", time=moment(told.time, instrument), text=told.text), *told.basis))


def _held(language: Language, case: Case) -> Html:
    """What keeps it from ringing although its condition may be true: its end, its mode, its last ring."""
    rule, told, found = case.rule, case.told, [_crossed(language, case)]
    if rule.until is not None and case.sheet.day > rule.until:
        found.append(say(language, "why.expired", day=rule.until))
    elif told is not None and told.state is not State.WITHDRAWN:
        found.append(_mode(language, case, told))
    if case.lasts is not None:
        found.append(say(language, "why.lasts", time=moment(case.lasts, case.sheet.instrument)))
    return join(found)


def _mode(language: Language, case: Case, told: Told) -> Html:
    """Whether how often it may be heard holds it back."""
    mode, day = case.rule.mode, case.sheet.day
    if mode is Mode.ONCE:
        return say(language, "why.once")
    if mode is Mode.DAILY and told.session >= day:
        return say(language, "why.daily")
    last = case.sheet.last
    if told.until is not None and (last is None or last.time < told.until):
        return say(language, "why.every", time=moment(told.until, case.sheet.instrument))
    return Html("")


def _crossed(language: Language, case: Case) -> Html:
    """A single crossing that is true, and for all that is stored was never seen false."""
    root = case.line.condition.root
    if case.told is not None or case.lasts is not None or not isinstance(root, Leaf) or is_state(root):
        return Html("")
    return say(language, "why.crossed") if case.sheet.outlook(case.line.condition).truth else Html("")


def _shut(language: Language, case: Case) -> Html:
    """Whether the market is in a phase that the rule does not listen to."""
    if KINDS.get(case.phase) in case.line.condition.sessions:
        return Html("")
    return say(language, "why.shut", phase=say(language, f"why.phase.{case.phase}"))


def listed(language: Language, sheet: Sheet, anomalies: Sequence[tuple[datetime, str]], hours: Hours) -> Html:
    """What a source's list of anomalies said of an instrument in the session that people see."""
    clocks = [(hours.local(sheet.instrument.market, time), said) for time, said in anomalies]
    found = [f"{clock:%H:%M:%S} {said}" for clock, said in clocks if clock.date() == sheet.day]
    if not found:
        return Html("")
    told = join(found, say(language, "comma"))
    return say(language, "why.listed", name=name(sheet.instrument, language), told=told)


def doubted(language: Language, instrument: Instrument, doubts: Sequence[Doubt]) -> Html:
    """The quotes of an instrument that were refused, newest first; empty where there were none."""
    rows = [_doubt(language, instrument, one) for one in reversed(doubts)]
    return join((say(language, "why.doubts", name=name(instrument, language)), *rows)) if rows else Html("")


def _doubt(language: Language, instrument: Instrument, doubt: Doubt) -> Html:
    key = f"doubt.{doubt.reason}"
    row = say(
        language,
        "why.doubt",
        time=join((moment(doubt.time, instrument), doubt.source), " "),
        reason=say(language, key) if key in CATALOGUES[language] else doubt.reason,
        price=price(doubt.price, instrument) if doubt.price else say(language, "why.unpriced"),
    )
    since = moment(doubt.since, instrument)
    count = say(language, "why.count", count=doubt.count, time=since) if doubt.count > 1 else ""
    return join((row, count), " ")
