"""What qualifies a condition: `for 5m`, `at 14:50`, `between 10:00 and 14:30`, `on close`; `within 30m`."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from lark import Token, Tree

from rules.forms import bar_of
from rules.language.fault import Trouble
from rules.language.figures import PARAMETERS, write_window
from rules.language.leaf import DAY, SESSION
from rules.memory import DAY_BAR
from rules.model import At, Between, Held, Instrument, Node, OnClose
from rules.sessions import usual_hours
from rules.signal import ParameterKind

LEAST = timedelta(seconds=10)
MINUTE = timedelta(minutes=1)
NOON = 12
# Held first, then the times, then the close: the order in which they are printed, the inmost first.
ORDER = ("held", "at", "between", "close")
EXCLUSIVE = frozenset({"at", "between", "close"})  # `at` says when by itself
_CLOCK = re.compile(
    r"(?P<h>\d{1,2})(?::(?P<m>\d{2})(?:\s*(?P<half>[ap])m)?|\s*(?P<half2>[ap])m)", re.IGNORECASE | re.ASCII
)
_WINDOW = PARAMETERS[ParameterKind.WINDOW].pattern
TRAILING = re.compile(
    r"(?:(?<!\S)within\s+(?P<en>half\s+an\s+hour|\S+(?:\s+[a-z]+)?)"
    r"|在?(?P<zh>半个?小时|[\d零一二两三四五六七八九十百]{1,9}\s*(?:秒钟?|分钟?|个?小时))之?内)\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """One qualifier as read, with its words and their place."""

    kind: str
    start: int
    word: str
    wrap: Callable[[Node], Node]


@dataclass(frozen=True, slots=True)
class Qualifiers:
    """Reads what stands behind conditions on one instrument in one text."""

    text: str
    instrument: Instrument

    def window(self, start: int, end: int) -> timedelta:
        """A span of trading time: at least ten seconds, at most the market's session."""
        word = self.text[start:end]
        match = _WINDOW.fullmatch(self.text, start, end)
        if match is None:
            raise Trouble("duration", start, word)
        span = PARAMETERS[ParameterKind.WINDOW].read(match)
        assert isinstance(span, timedelta)  # noqa: S101 - the figure of windows reads nothing else
        most = SESSION.get(self.instrument.market, DAY)
        if span > most:
            hours = f"{most / timedelta(hours=1):g}h"
            raise Trouble("window", start, word, symbol=self.instrument.symbol, most=hours)
        if span < LEAST:
            raise Trouble("bounds", start, word, low=write_window(LEAST, "en"), high=write_window(most, "en"))
        return span

    def read(self, tree: Tree[Token]) -> Said:
        """One qualifier; Trouble where its figures do not fit the market."""
        tokens = [child for child in tree.children if isinstance(child, Token)]
        start, end = tokens[0].start_pos or 0, tokens[-1].end_pos or 0
        kind = "between" if tree.data in {"before", "later"} else str(tree.data)
        return Said(kind, start, self.text[start:end], self._wrap(str(tree.data), tokens))

    def _wrap(self, kind: str, tokens: Sequence[Token]) -> Callable[[Node], Node]:
        if kind == "held":
            span = self.window(tokens[1].start_pos or 0, tokens[1].end_pos or 0)
            return lambda part: Held(part, span)
        if kind == "close":
            return OnClose
        clocks = [self._clock(*span) for token in tokens for span in self._spans(token)]
        if kind == "at":
            clock = self._within(clocks, last=MINUTE)[0]
            return lambda part: At(part, clock)
        clocks = self._open_ended(kind, clocks)
        first, last = self._within(clocks, last=timedelta())
        if first >= last:
            raise Trouble("clocks", clocks[1][1], clocks[1][2], before=f"{first:%H:%M}")
        return lambda part: Between(part, first, last)

    def _open_ended(self, kind: str, clocks: list[tuple[time, int, str]]) -> list[tuple[time, int, str]]:
        """Both ends of a period: the session's where only one was said."""
        opens, closes = usual_hours(self.instrument.market) or (time.min, time(23, 59))
        if kind == "before":
            return [(opens, *clocks[0][1:]), *clocks]
        return [*clocks, (closes, *clocks[0][1:])] if kind == "later" else clocks

    def _spans(self, token: Token) -> list[tuple[int, int]]:
        """Where times of day stand in a token; Chinese says both ends of a period in one."""
        start, end = token.start_pos or 0, token.end_pos or 0
        if token.type == "CLOCK":
            return [(start, end)]
        return [match.span() for match in _CLOCK.finditer(self.text, start, end)]

    def _clock(self, start: int, end: int) -> tuple[time, int, str]:
        word = self.text[start:end]
        match = _CLOCK.fullmatch(word)
        hour, minute = (int(match["h"]), int(match["m"] or 0)) if match else (24, 0)
        half = match and (match["half"] or match["half2"])
        if half:
            hour = hour % 12 + 12 * (half.lower() == "p") if 1 <= hour <= NOON else 24
        if hour >= 24 or minute >= 60:  # noqa: PLR2004 - a clock's
            raise Trouble("clock", start, word)
        return time(hour, minute), start, word

    def _within(self, clocks: Sequence[tuple[time, int, str]], *, last: timedelta) -> list[time]:
        """The times themselves; Trouble where one lies outside the market's regular session."""
        hours = usual_hours(self.instrument.market)
        if hours is not None:
            opens, closes = hours[0], (datetime.combine(date.min, hours[1]) - last).time()
            for clock, start, word in clocks:
                if not opens <= clock <= closes:
                    low, high = f"{opens:%H:%M}", f"{closes:%H:%M}"
                    raise Trouble("hours", start, word, symbol=self.instrument.symbol, low=low, high=high)
        return [clock for clock, _, _ in clocks]

    def apply(self, node: Node, said: Sequence[Said]) -> Node:
        """A condition with its qualifiers, each at most once, in the order in which they are printed."""
        for at, one in enumerate(said):
            for other in said[:at]:
                if one.kind == other.kind or (
                    {one.kind, other.kind} <= EXCLUSIVE and "at" in (one.kind, other.kind)
                ):
                    raise Trouble("beside", one.start, one.word, other=other.word)
        for one in sorted(said, key=lambda one: ORDER.index(one.kind)):
            self._check(node, one)
            node = one.wrap(node)
        return node

    def _check(self, node: Node, one: Said) -> None:
        """Trouble where a part that is true on one quote alone, or decided at a close, can never be so."""
        if isinstance(node, At):
            raise Trouble("beside", one.start, one.word, other=f"at {node.clock:%H:%M}")
        if one.kind != "close":
            return
        hours = usual_hours(self.instrument.market)
        closes = time.max if hours is None else hours[1]
        if isinstance(node, Between) and node.end < closes and bar_of(node) == DAY_BAR:
            raise Trouble("excluded", one.start, one.word, end=f"{node.end:%H:%M}")
