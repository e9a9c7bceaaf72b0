"""A row in words: what a message of an episode says, as Telegram HTML of at most 4096 UTF-16 units.

Name, event and number come first (a lock screen shows some forty letters), evidence beneath; no code, and no
clock but beneath or where late. Everything foreign is cut by UTF-16 units, then escaped once (see
handlers.reply).
"""

from dataclasses import dataclass
from datetime import datetime
from html import unescape
from re import compile as pattern
from zoneinfo import ZoneInfo

from bot.delivery.episodes import Alert, Edit, Form, Row, Step, reach, settled
from bot.delivery.headline import JOINED, Words, market_of
from bot.master.calendar import zone
from handlers.command import Language
from handlers.reply import LIMIT, Html, escape, fit, join, units
from handlers.wording import amount
from rules.captions import SAYINGS, label
from rules.evidence import ADJUSTED, RAW, is_background
from rules.model import Event, State

# Later than this and the first line says so.
LATE = 5
# Longest foreign text on one line; longer names and notes are cut, so a card always keeps its own words.
MOST_NAME, MOST_NOTE, MOST_LINE = 48, 300, 400
RECALLED = 5
LARGE = 1e6  # figures from here on are told in millions, 万 and 亿
_TAG = pattern(r"<[^>]*>")
_NUMBER = pattern(r"-?\d[\d.]*")
# Evidence that a headline says already, or nobody reads.
_SAID = frozenset({"average", "bar", "bars", "days", "minutes", "record", "high", "low", "typed", "now"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """What a message says of its own journey."""

    late: int = 0  # whole seconds
    repeat: bool = False


def message(row: Row, step: Step, words: Words, tone: Tone) -> str:
    """The HTML of a step: a card, or the line an older card shrinks to."""
    alerts = row.pick(step.keys)
    if isinstance(step, Edit) and step.form is Form.LINE:
        return str(_bounded(_line(alerts, words), words))
    first = Html(f"<b>{_first(alerts, words, tone)}</b>")
    rows = [Html(line) for line in _beneath(row, step, alerts, words)]
    return str(fit(first, rows, lambda count: escape(words.pick(f"… {count} more", f"……另有{count}行"))))


def retold(alert: Alert, words: Words) -> tuple[str, str]:
    """An alert of some time ago, plain: what rang, and the numbers it rests on, empty where it has none."""
    return _short(alert, words), " · ".join(_figures(alert.event, words))


def plain(html: str) -> str:
    """The same words without markup, for a channel that could not parse it."""
    return escape_lines(unescape(_TAG.sub("", html)))


def repeated(html: str, language: Language) -> str:
    """A reply sent again after a send of unknown outcome, marked on a line of its own."""
    mark = "(重复)" if language is Language.ZH else "(repeat)"
    return html if units(html) + len(mark) + 1 > LIMIT else f"{html}\n{mark}"


def escape_lines(text: str) -> str:
    """Text of several lines, escaped line by line."""
    return "\n".join(escape(line) for line in text.split("\n"))


def cut(text: str, most: int) -> str:
    """At most `most` UTF-16 units of a text, never half a surrogate pair; a cut ends in an ellipsis."""
    if len(text.encode("utf-16-le", "surrogatepass")) // 2 <= most:
        return text
    kept, room = [], most - 1
    for char in text:
        room -= 2 if ord(char) > 0xFFFF else 1  # noqa: PLR2004 -- the end of the basic plane
        if room < 0:
            break
        kept.append(char)
    return "".join(kept) + "…"


def _safe(text: str, most: int = MOST_LINE) -> Html:
    return escape(cut(text, most))


def _name(words: Words) -> str:
    return cut(words.name, MOST_NAME)


def _first(alerts: tuple[Alert, ...], words: Words, tone: Tone) -> Html:
    """The line a lock screen shows."""
    head = alerts[0]
    if head.is_void:
        text = f"{words.pick('VOID', '撤回')} {_name(words)} {words.void(head)}"
        tail: list[str] = []
    else:
        headline = words.headline(head)
        text = f"{_name(words)} {headline.lead}"
        tail = [words.state(head), *headline.tail]
    if head.event.away:
        tail.append(words.pick("while away", "离线期间"))
    if tone.late > LATE:
        tail.append(words.pick(f"{tone.late} s late", f"迟{tone.late}秒"))
    text = _joined(text, [part for part in tail if part], words)
    return _safe(f"{text} {words.pick('(repeat)', '(重复)')}" if tone.repeat else text)


def _joined(text: str, tail: list[str], words: Words) -> str:
    """English hangs parts on dots, Chinese one bar and then spaces (defaults: the lock screen)."""
    if not tail:
        return text
    if words.language is Language.EN:
        return " · ".join((text, *tail))
    return f"{text}{' ' if '｜' in text else '｜'}{' '.join(tail)}"


def _heard(alerts: tuple[Alert, ...]) -> tuple[Alert, ...]:
    """Without the steps that one quote passed on its way: the farthest speaks for them."""
    farthest: dict[tuple[object, ...], Alert] = {}
    for alert in alerts:
        stairs = _stairs(alert)
        if stairs not in farthest or reach(alert) > reach(farthest[stairs]):
            farthest[stairs] = alert
    return tuple(alert for alert in alerts if farthest[_stairs(alert)] is alert)


def _stairs(alert: Alert) -> tuple[object, ...]:
    """What steps of one comparison that rang on the same quote share; of any other alert its key."""
    event = alert.event
    is_notice = "now" in event.evidence  # of an ex-date: each level is told by itself
    if event.state is not State.FIRED or is_notice or JOINED.search(event.text):
        return (alert.key,)
    return event.signal, event.direction, event.time, _NUMBER.sub("", event.text)


def _beneath(row: Row, step: Step, alerts: tuple[Alert, ...], words: Words) -> list[Html]:
    lines = [_safe(_short(alert, words)) for alert in _heard(alerts) if alert is not alerts[0]]
    lines.extend(_evidence(alerts[0], words))
    unfinished = [alert.event for alert in alerts if alert.event.state is State.PROVISIONAL]
    lines.extend(escape(line) for line in dict.fromkeys(_until(event, words) for event in unfinished))
    if recalled := settled(row, step.keys)[:RECALLED]:
        earlier = " · ".join(words.headline(alert).event.rstrip(":") for alert in recalled)
        lines.append(_safe(words.pick(f"earlier: {earlier}", f"此前：{earlier}")))
    notes = dict.fromkeys(alert.note for alert in alerts if alert.note)
    lines.extend(Html(f"<i>{_safe(note, MOST_NOTE)}</i>") for note in notes)
    return lines


def _until(event: Event, words: Words) -> str:
    """When a provisional ring is decided: at the close, or at the end of its minute bar."""
    begin, minutes = event.evidence.get("bar"), event.evidence.get("minutes")
    if not isinstance(begin, str) or not isinstance(minutes, float):
        return words.pick("provisional: not decided until the close", "盘中未定，收盘才算数")
    clock = datetime.fromisoformat(begin).astimezone(ZoneInfo(zone(market_of(event))))
    return words.pick(
        f"provisional: not decided until the {minutes:.0f}-minute bar of {clock:%H:%M} ends",
        f"{clock:%H:%M}的{minutes:.0f}分钟线未走完，收线才算数",
    )


def _short(alert: Alert, words: Words) -> str:
    """One alert without the name."""
    if alert.is_void:
        return f"{words.pick('VOID', '撤回')} {words.void(alert)}"
    headline = words.headline(alert)
    tail = [words.state(alert), words.pick("while away", "离线期间") if alert.event.away else ""]
    return _joined(headline.lead, [part for part in (*tail, *headline.tail) if part], words)


def _evidence(alert: Alert, words: Words) -> list[Html]:
    """What the ring rests on: the rule's words, when, and the numbers the engine gave."""
    event = alert.event
    parts = [words.phrase(event.text)]
    if event.touched:
        parts.append(words.pick("touched by the day's high or low", "由当日最高或最低价触及"))
    parts.extend(_figures(event, words))
    parts.append(_clock(event))
    return [_safe(part) for part in (" · ".join(parts),)]


def _figures(event: Event, words: Words) -> list[str]:
    told = []
    for name, value in event.evidence.items():
        if name in _SAID or is_background(name) or (name == ADJUSTED and value == RAW):
            continue
        text = _figure(value, words)
        is_made = name == "as of" and "typed" in event.evidence  # the day of the price typed
        told.append(f"{words.pick(*label('typed' if is_made else name))} {text}".strip())
    return told


def _figure(value: str | float, words: Words) -> str:
    """A number with six digits, a large one in the language's units (11.11亿, never 1.1e+09); or a saying."""
    if isinstance(value, str):
        return words.pick(value, SAYINGS.get(value, value))
    return f"{value:,.6g}" if abs(value) < LARGE else amount(value, words.language)


def _clock(event: Event) -> str:
    name = zone(market_of(event))
    return f"{event.time.astimezone(ZoneInfo(name)):%H:%M:%S}" + (" UTC" if name == "UTC" else "")


def _line(alerts: tuple[Alert, ...], words: Words) -> Html:
    """An older card in one line: every alert it named, with its present state."""
    told = [alert for alert in _heard(alerts) if not alert.is_void]
    void = [alert for alert in alerts if alert.is_void]
    parts = []
    for alert in told:
        headline = words.headline(alert)
        state = words.state(alert)
        parts.append(f"{headline.lead} ({state})" if state else headline.lead)
    parts.extend(f"{words.pick('VOID', '撤回')} {words.void(alert)}" for alert in void)
    if not told:
        first = f"{words.pick('VOID', '撤回')} {_name(words)} {words.void(void[0])}"
        return join((_safe(first), *(_safe(part) for part in parts[1:])), " · ")
    return Html(f"{_safe(_name(words))} {join([_safe(part) for part in parts], ' · ')}")


def _bounded(line: Html, words: Words) -> str:
    """A line of many alerts, cut at whole parts where it would not fit one message."""
    if units(line) <= LIMIT:
        return line
    head, *parts = line.split(" · ")
    count = len(parts)
    while parts and units(" · ".join((head, *parts))) > LIMIT - 16:
        parts = parts[: len(parts) // 2]
    more = words.pick(f"… {count - len(parts)} more", f"……另有{count - len(parts)}条")
    return " · ".join((head, *parts, more))
