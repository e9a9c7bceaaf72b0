"""How an armed set is told: one line a symbol, what rings or stays silent, and at which price."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from handlers.arming import Arm, Part
from handlers.command import Language
from handlers.desk import Sheet, distance, nearest
from handlers.reply import Html, bold, fit, join, say
from handlers.wording import amount, name, price
from rules.levels import Outlook
from rules.model import Loudness, Rule

# Above this many names an answer keeps to what rings nearest, or it would be no answer but a table.
FULL_ROWS = 4
# The parts that ring when found true; crossings must be seen false first (design 4.3).
STATES = frozenset({Part.RUNG, Part.EXTENDED, Part.RECORD, Part.MOVE, Part.MILESTONE, Part.LEADERS})
# Milestones and records further away than this are armed but not worth a word in the answer.
FAR = Decimal("0.3")


@dataclass(frozen=True, slots=True)
class Armed:
    """One armed condition with where it stands."""

    arm: Arm
    rule: Rule
    outlook: Outlook | None  # None without a price
    is_live: bool  # whether the price is a quote

    @property
    def is_true(self) -> bool:
        """Whether a ring could be had at once."""
        if self.outlook is None or not self.is_live:
            return False
        return self.arm.part in STATES and self.outlook.truth is True


@dataclass(frozen=True, slots=True)
class Watched:
    """One instrument put on the watchlist."""

    sheet: Sheet
    armed: tuple[Armed, ...]

    @property
    def last(self) -> int | None:
        """The last price in quanta."""
        return self.sheet.price

    def target(self, armed: Armed) -> int | None:
        """The price at which a condition rings, None off the price axis or where nobody can tell."""
        if armed.outlook is None or self.last is None:
            return None
        return nearest(armed.outlook, self.last)


def told(language: Language, watched: Sequence[Watched], notes: Html) -> Html:
    """The answer of /watch: one line for each instrument, then what could not be watched."""
    tell = _full if len(watched) <= FULL_ROWS else _brief
    rows = [_line(language, one, tell(language, one)) for one in watched]
    head = say(language, "watch.made", count=len(watched)) if len(watched) > 1 else Html("")
    return fit(head, [*rows, notes] if notes else rows, lambda left: say(language, "more", count=left))


def _line(language: Language, one: Watched, parts: Iterable[str]) -> Html:
    instrument = one.sheet.instrument
    last = "" if one.last is None else price(one.last, instrument)
    if last and not one.sheet.is_live:
        last = say(language, "armed.closed", last=last)
    head = join((bold(name(instrument, language)), last), " ")
    return join((head, join(parts, say(language, "comma"))), say(language, "colon"))


def _full(language: Language, one: Watched) -> list[Html]:
    single = (Part.RUNG, Part.EXTENDED, Part.RECORD, Part.MILESTONE, Part.LEADERS)
    parts = [
        _one(language, one, armed)
        for armed in one.armed
        if armed.arm.part in single and not _is_far(one, armed)
    ]
    return [*parts, _moves(language, one), _edits(language, one)]


def _is_far(one: Watched, armed: Armed) -> bool:
    target = one.target(armed)
    if armed.arm.part not in {Part.RECORD, Part.MILESTONE} or target is None or not one.last:
        return False
    return abs(distance(target, one.last)) > FAR


def _brief(language: Language, one: Watched) -> list[Html]:
    """What rings nearest above and below, and the records within reach."""
    ringing = [armed for armed in one.armed if armed.arm.loudness is Loudness.RING]
    chosen: dict[bool, tuple[Decimal, Armed]] = {}
    for armed in ringing:
        target = one.target(armed)
        if target is None or not one.last:
            continue
        away = distance(target, one.last)
        if (away > 0) not in chosen or abs(away) < abs(chosen[away > 0][0]):
            chosen[away > 0] = (away, armed)
    shown = {id(chosen[side][1]): chosen[side][1] for side in (True, False) if side in chosen}
    records = [armed for armed in ringing if armed.arm.part is Part.RECORD and one.target(armed)]
    shown |= {id(armed): armed for armed in records if not _is_far(one, armed)}
    parts = [_one(language, one, armed) for armed in shown.values()]
    return parts or [say(language, "armed.count", count=len(one.armed))]


def _one(language: Language, one: Watched, armed: Armed) -> Html:
    label = say(language, f"part.{armed.arm.part}", label=_label(language, armed.arm))
    if armed.is_true:
        return say(language, "armed.true", label=label)
    target = one.target(armed)
    if target is None:
        return say(language, f"armed.{armed.arm.loudness}", label=label)
    figure = price(target, one.sheet.instrument)
    return say(language, f"armed.{armed.arm.loudness}.at", label=label, price=figure)


def _label(language: Language, arm: Arm) -> str:
    if arm.part is Part.RECORD:
        return say(language, f"label.{arm.label}")
    if arm.part is Part.MILESTONE:
        return amount(Decimal(arm.label).scaleb(9), language)
    return arm.label


def _moves(language: Language, one: Watched) -> Html:
    sizes = [armed.arm.label for armed in one.armed if armed.arm.part is Part.MOVE]
    return say(language, "armed.move", size=sizes[0]) if sizes else Html("")


def _edits(language: Language, one: Watched) -> Html:
    """Averages and MACD, which only change the card: each once, though it is armed both ways."""
    labels: dict[str, Html] = {}
    for armed in one.armed:
        if armed.arm.part not in {Part.AVERAGE, Part.MACD}:
            continue
        key = "MACD" if armed.arm.part is Part.MACD else f"MA{armed.arm.label}"
        target = one.target(armed)
        figure = "" if target is None else price(target, one.sheet.instrument)
        if key not in labels or figure:
            labels[key] = join((key, figure), " ")
    return say(language, "armed.edits", labels=join(labels.values(), " ")) if labels else Html("")
