"""How a parsed line becomes a rule of a chat: ids derive from the update, so a replay makes the same rule."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from re import compile as pattern

from handlers.command import Language, Request
from handlers.ports import Clock, Master
from rules.language import Line, canonical, of_day, parse, phrase
from rules.model import Instrument, Kind, Loudness, Rule, Start

OWN_RULES = 200  # a chat's own rules; what /watch arms does not count
WATCHED = 50  # symbols a chat may watch
STEP = timedelta(microseconds=1)
MOST_UNDONE = 4_000  # rules that one undo button may name
_SYMBOL = pattern(r"@[\w/-]+|[A-Z0-9^=_.-]+\.[A-Z]+")


def rule_id(update: int, number: int) -> str:
    """The id of the n-th rule that an update makes: 16 hex digits."""
    return blake2b(f"{update}:{number}".encode(), digest_size=8).hexdigest()


def moment(clock: Clock, rules: Sequence[Rule]) -> datetime:
    """The time a rule is made, a little after the newest one where the market's clock stands still.

    Rules are listed and numbered by it, so two rules must not share it.
    """
    now = clock.now()
    newest = max((rule.created for rule in rules), default=now - STEP)
    return newest + STEP if now <= newest < now + timedelta(seconds=1) else now


def own(request: Request, line: Line, number: int, made: datetime) -> Rule:
    """The n-th rule of an /alert: heard at once where it is already true."""
    return Rule(
        id=rule_id(request.update, number),
        chat=request.chat,
        condition=line.condition.id,
        symbol=line.condition.symbol,
        text=canonical(line),
        mode=line.mode,
        every=line.options.every,
        until=line.options.until,
        note=line.options.note,
        loudness=Loudness.SILENT if line.options.silent else Loudness.RING,
        start=Start.NOW,
        created=made + number * STEP,
    )


def line_of(rule: Rule, master: Master) -> Line:
    """The line a rule was made from; LanguageError where today's language reads it no more."""
    return read(master.get(rule.symbol), rule.text)


def read(instrument: Instrument, text: str) -> Line:
    """Parse a canonical line that speaks of an instrument, and of others it compares, by full symbols."""
    who, symbol, said = text.partition(f"{instrument.symbol} ")
    line = _said(who, instrument.kind, instrument.market, instrument.decimals, said if symbol else text)
    condition, *rungs = (replace(one, symbol=instrument.symbol) for one in (line.condition, *line.rungs))
    return replace(line, condition=condition, rungs=tuple(rungs))


@lru_cache(maxsize=8192)
def _said(who: str, kind: Kind, market: str, decimals: int, said: str) -> Line:
    """What is said of any instrument of a shape, read of one that stands for all: thousands share a line."""
    stands = Instrument(symbol="@all" if kind is Kind.GROUP else f"0.{market}", kind=kind, decimals=decimals)

    def resolve(word: str) -> Instrument | None:
        if word == stands.symbol:
            return stands
        other = Kind.GROUP if word.startswith("@") else Kind.STOCK
        return Instrument(symbol=word, kind=other) if _SYMBOL.fullmatch(word) else None

    return parse(f"{who}{stands.symbol} {said}", resolve)


def words(line: Line, language: Language) -> str:
    """A line in the chat's words without its symbol or the day of its prices: `change > 5% | silent`."""
    return phrase(of_day(line, None), language).partition(f"{line.condition.symbol} ")[2]


def batch(update: int, count: int) -> str:
    """What an undo or ring-now button says of the rules it means."""
    return f"{update}.{count}"


def ids(argument: str) -> tuple[str, ...]:
    """The rule ids that `batch` texts, joined by commas, stand for; nothing where they do not read."""
    out: list[str] = []
    for pair in argument.split(","):
        update, _, count = pair.partition(".")
        if update.isdecimal() and count.isdecimal() and int(count) <= MOST_UNDONE:
            out.extend(rule_id(int(update), number) for number in range(int(count)))
    return tuple(out)
