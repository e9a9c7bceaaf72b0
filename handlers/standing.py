"""Where a condition stands, in one line: its value now, and the price or value at which it rings."""

from handlers.command import Language
from handlers.desk import Sheet, distance, nearest
from handlers.qualifying import qualified, step
from handlers.reasons import reason
from handlers.reply import Html, join, say
from handlers.wording import amount, change, percent, price
from rules.earliest import earliest
from rules.forms import is_state
from rules.language import Line
from rules.language.figures import write_window
from rules.levels import Outlook
from rules.model import Condition, Kind, Leaf
from rules.nodes import remembers
from rules.signal import SIGNALS, Unit


def standing(language: Language, sheet: Sheet, line: Line, *, is_new: bool = True) -> Html:
    """Where a condition stands: its value now and where it rings, or why nobody can tell.

    Of a new rule that is true already it says what comes of that; of an older one that it is true.
    """
    is_known = sheet.is_live if sheet.instrument.kind is Kind.GROUP else sheet.price is not None
    if not is_known:
        return say(language, "standing.unquoted")
    result = sheet.outlook(line.condition)
    tell = _told if is_new else _stood
    told = [tell(language, sheet, condition) for condition in line.conditions]
    if line.rungs:
        steps = (step(condition, language) for condition in line.rungs)
        told = [
            say(language, "standing.step", step=one, told=said) for one, said in zip(steps, told, strict=True)
        ]
    adjusted = say(language, f"adjusted.{result.adjusted}") if result.adjusted else ""
    now = _now(language, sheet, line.condition, result)
    return join((now, *told, adjusted), say(language, "semicolon"))


def _told(language: Language, sheet: Sheet, condition: Condition) -> Html:
    result = sheet.outlook(condition)
    if result.truth and not remembers(condition.root):
        key = "true" if is_state(condition.root) else "beyond"
        return say(language, f"standing.{key}" if sheet.is_live else "standing.was")
    return _stood(language, sheet, condition)


def _stood(language: Language, sheet: Sheet, condition: Condition) -> Html:
    """Where the price stands to a condition, and what has to come to it before it rings."""
    told = _present(language, sheet, condition, sheet.outlook(condition))
    return qualified(language, condition.root, told) if remembers(condition.root) else told


def _present(language: Language, sheet: Sheet, condition: Condition, result: Outlook) -> Html:
    """Where the price stands to a condition, as far as this quote decides it."""
    if result.truth is None:
        return _soonest(language, sheet, condition) or reason(language, result.absent)
    if result.truth:
        return say(language, "standing.so")
    target = None if sheet.price is None else nearest(result, sheet.price)
    if target is not None and sheet.price is not None:
        away = percent(distance(target, sheet.price))
        key = "standing.stands" if result.moving else "standing.rings"
        return say(language, key, price=price(target, sheet.instrument), away=away)
    level, gap = lacking(language, condition, result)
    return say(language, "standing.lacks", level=level, gap=gap) if gap else say(language, "standing.waits")


def _soonest(language: Language, sheet: Sheet, condition: Condition) -> Html | None:
    """Where a leaf that no single price decides could ring at the earliest."""
    root, last = condition.root, sheet.price
    found = earliest(root, sheet.inputs, last) if isinstance(root, Leaf) and last is not None else None
    if found is None or last is None:
        return None
    return say(
        language,
        f"standing.{found.way}",
        price=price(found.price, sheet.instrument),
        away=percent(distance(found.price, last)),
        window="" if found.within is None else write_window(found.within, language),
    )


def lacking(language: Language, condition: Condition, result: Outlook) -> tuple[str, str]:
    """The level that a value of its own lacks and how much, in words; both empty where nobody can tell."""
    root = condition.root
    if not isinstance(root, Leaf) or result.value is None or result.level is None or root.level is None:
        return "", ""
    unit, gap = SIGNALS[root.signal].unit, result.level - result.value
    if unit is Unit.PERCENT:
        return percent(result.level / 100), say(language, "standing.points", points=f"{gap:+.2f}")
    return worded(language, unit, result.level), worded(language, unit, gap)


def value(language: Language, condition: Condition, result: Outlook) -> str:
    """The value of a single leaf in words; empty of composites, and where the price says it."""
    root = condition.root
    if not isinstance(root, Leaf) or result.value is None:
        return ""
    return worded(language, SIGNALS[root.signal].unit, result.value)


def _now(language: Language, sheet: Sheet, condition: Condition, result: Outlook) -> Html:
    root = condition.root
    is_told = isinstance(root, Leaf) and root.signal == "change" and sheet.price is not None
    shown = "" if is_told else value(language, condition, result)
    if sheet.price is None:
        key = "standing.group" if shown else "standing.members"
        return say(language, key, value=shown, count=len(sheet.stand.members))
    last = price(sheet.price, sheet.instrument)
    if not sheet.is_live:
        return say(language, "standing.closed", last=last)
    moved = None if sheet.quote is None else change(sheet.quote)
    last += f" ({percent(moved)})" if moved is not None else ""
    return say(language, "standing.value" if shown else "standing.now", last=last, value=shown)


def worded(language: Language, unit: Unit, value: float) -> str:
    """A signal's value in the unit people write it in; empty where the price says it already."""
    match unit:
        case Unit.PERCENT:
            return percent(value / 100)
        case Unit.AMOUNT:
            return amount(value, language)
        case Unit.COUNT:
            return f"{value:g}"
        case Unit.NUMBER:
            return f"{value:.4g}"
        case Unit.TIMES:
            return f"{value:.2g}x"
    return ""
