"""Daily bars that a chat has to wait for: said with the answer that asks for them, and once they came."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from handlers.command import AddRule, AwaitBars, Language, Reply, SetWatch
from handlers.making import line_of
from handlers.ports import Master, Ports
from handlers.reply import LIMIT, Html, bold, fit, join, say, units
from handlers.wording import name
from rules.model import Instrument, Rule
from rules.nodes import leaves_of
from rules.signal import SIGNALS


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one instrument's daily bars."""

    instrument: Instrument
    days: int = 0
    since: date | None = None  # of the first
    is_open: bool = False  # they may still come
    silent: Sequence[str] = ()  # sources that gave no answer so far


def awaiting(language: Language, ports: Ports, reply: Reply) -> Reply:
    """The reply, with a line about bars that are being loaded, and the wish to be told of them."""
    symbols = _asked(reply, ports)
    if not symbols:
        return reply
    names = name(ports.master.get(symbols[0]), language)
    key = "history.loading" if len(symbols) == 1 else "history.loading.many"
    said = join((Html(reply.text), say(language, key, name=names, count=len(symbols))))
    is_fit = bool(reply.text) and units(said) <= LIMIT
    effects = (*reply.effects, AwaitBars(symbols=tuple(symbols)))
    return replace(reply, text=said if is_fit else reply.text, effects=effects)


def _asked(reply: Reply, ports: Ports) -> list[str]:
    """What the reply begins to watch, or makes rules on that rest on bars, and nobody has bars of yet."""
    found: dict[str, None] = {}
    rests: dict[str, bool] = {}  # by the words behind the symbol: members of a group share them
    for effect in reply.effects:
        match effect:
            case SetWatch(symbol=symbol, on=True):
                found[symbol] = None
            case AddRule(rule=rule) if rule.symbol not in found and ports.loads(rule.symbol):
                words = rule.text.partition(" ")[2]
                if words not in rests:
                    rests[words] = _rests(rule, ports.master)
                if rests[words]:
                    found[rule.symbol] = None
    return [symbol for symbol in found if ports.loads(symbol)]


def _rests(rule: Rule, master: Master) -> bool:
    """Whether a rule needs finished bars."""
    leaves = leaves_of(line_of(rule, master).condition.root)
    return any(SIGNALS[leaf.signal].need(leaf.args) for leaf in leaves)


def news(language: Language, outcomes: Sequence[Outcome]) -> Html:
    """One message about all of them."""
    rows = [_row(language, one) for one in outcomes]
    head = say(language, "history.head", count=len(rows)) if len(rows) > 1 else Html("")
    return fit(head, rows, lambda count: say(language, "more", count=count))


def _row(language: Language, outcome: Outcome) -> Html:
    key = "history.none"
    if outcome.days:
        key = "history.ready"
    elif outcome.is_open:
        key = "history.silent" if outcome.silent else "history.slow"
    return say(
        language,
        key,
        name=bold(name(outcome.instrument, language)),
        days=f"{outcome.days:,}",
        since=outcome.since or "",
        sources=", ".join(outcome.silent),
    )
