"""What an event stored, as lines for whoever asks why it rang, in English and Chinese."""

from collections.abc import Callable, Mapping
from datetime import datetime

from rules.captions import SAYINGS, label
from rules.evidence import ADJUSTED, BAR, BEFORE, BESIDE, FORMULA, HISTORY, MINUTES, RAW, formula_of
from rules.model import Event
from rules.signal import SIGNALS

Evidence = Mapping[str, str | float]
Clock = Callable[[datetime], str]  # an instant as the reader's clock shows it
WHOLE = 10**6  # from here on decimals tell nobody anything
_APART = frozenset({FORMULA, BEFORE, HISTORY, ADJUSTED, BAR, MINUTES, "level"})  # said in lines of their own


def reasons(event: Event, lang: str, clock: Clock) -> tuple[str, ...]:
    """The number before and now against its level, then what it was made of; pure text, nothing escaped."""
    return (_number(event, lang), *figures(event.evidence, lang, clock))


def figures(evidence: Evidence, lang: str, clock: Clock) -> tuple[str, ...]:
    """Formula, named figures, other parts, bars: of an event's evidence or an explanation's."""
    lines = (
        _formula(evidence, lang),
        _joined({name: one for name, one in evidence.items() if not _is_apart(name)}, lang),
        _beside(evidence, lang),
        _history(evidence, lang),
        _bar(evidence, lang, clock),
    )
    return tuple(line for line in lines if line)


def _pick(lang: str, english: str, chinese: str) -> str:
    return chinese if lang == "zh" else english


def _written(figure: str | float) -> str:
    """Seven digits that count, without an exponent where people write none."""
    if isinstance(figure, str):
        return figure
    return f"{figure:,.0f}" if abs(figure) >= WHOLE else f"{figure:,.7g}"


def _number(event: Event, lang: str) -> str:
    before = event.evidence.get(BEFORE)
    level = event.evidence.get("level") if event.level is None else event.level
    parts = [
        _pick(lang, "now", "现") + f" {_written(event.value)}" if event.value is not None else "",
        _pick(lang, "before", "此前") + f" {_written(before)}" if before is not None else "",
        _pick(lang, "level", "水平") + f" {_written(level)}" if level is not None else "",
    ]
    told = " · ".join(part for part in parts if part)
    return f"{event.text}: {told}" if told else event.text


def _formula(evidence: Evidence, lang: str) -> str:
    """Stored in English; in Chinese as the signal says it today, if there is still such a one."""
    said = str(evidence.get(FORMULA, ""))
    if lang == "zh":
        said = next((one.summary_zh for name, one in SIGNALS.items() if formula_of(name) == said), said)
    return said and _pick(lang, f"made of: {said}", f"算法：{said}")


def _joined(evidence: Evidence, lang: str) -> str:
    told = []
    for name, figure in evidence.items():
        text = _written(figure)
        told.append(f"{_pick(lang, *label(name))} {_pick(lang, text, SAYINGS.get(text, text))}".strip())
    return " · ".join(told)


def _beside(evidence: Evidence, lang: str) -> str:
    found = {name.removeprefix(BESIDE): one for name, one in evidence.items() if name.startswith(BESIDE)}
    said = _joined(found, lang)
    return said and _pick(lang, f"beside: {said}", f"同时：{said}")


def _history(evidence: Evidence, lang: str) -> str:
    """Up to which day the bars are known, and by which convention older prices were scaled."""
    day, convention = evidence.get(HISTORY), str(evidence.get(ADJUSTED, RAW))
    if day is None:
        return ""
    if convention == RAW:
        return _pick(lang, f"daily bars up to {day}, prices as traded", f"日线截至{day}，未复权")
    said = SAYINGS.get(convention, convention)
    return _pick(lang, f"daily bars up to {day}, adjusted by {convention}", f"日线截至{day}，{said}复权")


def _bar(evidence: Evidence, lang: str, clock: Clock) -> str:
    begin, minutes = evidence.get(BAR), evidence.get(MINUTES)
    if not isinstance(begin, str) or minutes is None:
        return ""
    at, size = clock(datetime.fromisoformat(begin)), _written(minutes)
    return _pick(lang, f"decided by the {size}-minute bar of {at}", f"由{at}的{size}分钟线决定")


def _is_apart(name: str) -> bool:
    return name in _APART or name.startswith(BESIDE)
