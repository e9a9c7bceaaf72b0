"""Phrases of signals on bars: the same words on minute bars and by TA-Lib's conventions."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from rules.adjust import Daily
from rules.model import Argument, Direction, Leaf
from rules.region import Absent, Inputs
from rules.signal import SIGNALS, Form, Parameter, ParameterKind, Phrase

MINUTE = timedelta(minutes=1)
BAR = Parameter("bar", ParameterKind.BAR, 60, 3600)
N = Parameter("n", ParameterKind.COUNT, 2, 500)


def barred(name: str, phrases: Iterable[Phrase]) -> tuple[Phrase, ...]:
    """The phrases on daily bars, and after them their twins on minute bars: `ma(20)` and `ma(20, 5m)`."""
    daily = tuple(phrases)
    return daily + tuple(
        replace(
            phrase, en=_within(phrase.en, name, "{bar}"), zh=f"{{bar}}线{phrase.zh.replace('日线', '均线')}"
        )
        for phrase in daily
    )


def conventional(name: str, phrases: Iterable[Phrase]) -> tuple[Phrase, ...]:
    """The same phrases by TA-Lib's conventions: `rsi(14, talib) > 70`, `macd(talib) golden cross`."""
    return tuple(
        replace(phrase, en=_within(phrase.en, name, "talib"), zh=f"talib{phrase.zh}") for phrase in phrases
    )


def _within(template: str, name: str, word: str) -> str:
    """A word more between the brackets behind a name, which get there if there are none."""

    def grown(match: re.Match[str]) -> str:
        return f"{name}({match['inner']}, {word})" if match["inner"] else f"{name}({word})"

    return re.sub(rf"\b{name}\b(?:\((?P<inner>[^)]*)\))?", grown, template)


def line(name: str, en: str, zh: str) -> tuple[Phrase, ...]:
    """What a price can do at a line: stand above or beneath it, cross it, reclaim or lose it on its bars."""
    up, down = Direction.UP, Direction.DOWN
    return barred(
        name,
        (
            Phrase("above", f"price > {en}", f"价格 > {zh}", Form.STATE, up),
            Phrase("below", f"price < {en}", f"价格 < {zh}", Form.STATE, down),
            Phrase("crosses above", f"price crosses above {en}", f"价格上穿{zh}", Form.CROSSING, up),
            Phrase("crosses below", f"price crosses below {en}", f"价格下穿{zh}", Form.CROSSING, down),
            Phrase("reclaim", f"reclaim {en}", f"站上{zh}", Form.CROSSING, up, bars=True),
            Phrase("lose", f"lose {en}", f"跌破{zh}", Form.CROSSING, down, bars=True),
        ),
    )


def figure(name: str, en: str, zh: str) -> tuple[Phrase, ...]:
    """What a number can do at a level: be beyond it, or cross it live."""
    up, down = Direction.UP, Direction.DOWN
    return barred(
        name,
        (
            Phrase("", f"{en} {{op}} {{level}}", f"{zh} {{op}} {{level}}", Form.STATE),
            Phrase("crosses above", f"{en} crosses above {{level}}", f"{zh}上穿{{level}}", Form.CROSSING, up),
            Phrase(
                "crosses below", f"{en} crosses below {{level}}", f"{zh}下穿{{level}}", Form.CROSSING, down
            ),
        ),
    )


def operator(verb: str) -> str:
    """The comparison that a figure's verb makes."""
    return {"crosses above": ">", "crosses below": "<"}.get(verb, verb)


def size_of(leaf: Leaf) -> timedelta | None:
    """The size of the minute bars a leaf is computed on; None on daily ones."""
    for argument in leaf.args:
        if isinstance(argument, timedelta):
            parameters = SIGNALS[leaf.signal].parameters
            return argument if any(one.kind is ParameterKind.BAR for one in parameters) else None
    return None


def span(inputs: Inputs) -> str:
    """What a number of bars counts, for an event's evidence."""
    return "days" if inputs.size is None else "bars"


def counts(args: tuple[Argument, ...]) -> tuple[int, ...]:
    """The numbers of bars among a signal's arguments."""
    return tuple([argument for argument in args if isinstance(argument, int)])


def enough(leaf: Leaf, inputs: Inputs, wanted: int) -> Daily | Absent:
    """The finished bars where there are as many as wanted."""
    bars = inputs.history
    if bars is None:
        return Absent(inputs.stale)
    if len(bars) >= wanted:
        return bars
    size = size_of(leaf)
    word = "daily" if size is None else f"{size // MINUTE}m"
    return Absent(f"{wanted} {word} bars needed, {len(bars)} known")
