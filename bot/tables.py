"""The README's tables of commands, signals, feeds and settings, generated from the registries.

`python -m bot.tables README.md` rewrites them in place; a test compares. Each stands between the marks
`<!-- table: NAME -->` and `<!-- end -->`.
"""

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from bot import plugins as plugins  # noqa: PLC0414 -- fills the registries
from bot.feed import FEEDS, declared
from bot.settings import SETTINGS
from handlers.command import COMMANDS
from rules.language.presets import PRESETS
from rules.signal import SIGNALS, Words

MOST_WORDS = 2  # of a verb: crosses above
MARK = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; bars inside cells are escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def commands() -> str:
    """Every command with its usage."""
    rows = ((f"`/{c.name} {c.usage}`".replace(" `", "`"), c.summary, c.summary_zh) for c in COMMANDS.values())
    return grid(("command", "what it does", "中文"), rows)


def signals() -> str:
    """Every signal with its forms, on daily bars and by the terminals' conventions."""
    rows = (
        (
            ", ".join(f"`{form}`" for form in folded(forms(signal))),
            signal.summary,
            "day or minutes" if forms(signal) != [phrase.en for phrase in signal.phrases] else "",
            "yes" if signal.unfinished else "",
        )
        for name, signal in SIGNALS.items()
        if not name.endswith(" talib")
    )
    return grid(("say it as", "meaning", "bars", "provisional until the close"), rows)


def forms(words: Words) -> list[str]:
    """The canonical templates without their twins on minute bars."""
    return [phrase.en for phrase in words.phrases if "{bar}" not in phrase.en]


def folded(templates: Iterable[str]) -> list[str]:
    """Templates that differ in how they compare alone, as one: `price > / < ma({n})`."""
    groups: list[tuple[list[str], list[str], list[list[str]]]] = []  # words before, after, and in between
    for template in templates:
        words = template.split(" ")
        for at, (before, after, middles) in enumerate(groups):
            joined = _joined(before, after, middles, words)
            if joined is not None:
                groups[at] = joined
                break
        else:
            groups.append(([], [], [words]))
    return [
        " ".join((*before, " / ".join(map(" ".join, middles)), *after)).strip()
        for before, after, middles in groups
    ]


def _joined(
    before: list[str], after: list[str], middles: list[list[str]], words: list[str]
) -> tuple[list[str], list[str], list[list[str]]] | None:
    """A group with one more template; None where more than one place would differ."""
    if len(middles) == 1:
        one = middles[0]
        head = _shared(one, words)
        tail = _shared(one[head:][::-1], words[head:][::-1])
        if not head + tail:
            return None
        before, after, middles = one[:head], one[len(one) - tail :], [one[head : len(one) - tail]]
    inner = words[len(before) : len(words) - len(after)]
    if [*before, *inner, *after] == words and all(map(_says_how, (*middles, inner))):
        return before, after, [*middles, inner]
    return None


def _says_how(words: list[str]) -> bool:
    """Whether words are a verb or an operator, without a figure of their own."""
    return words == ["{op}"] or (0 < len(words) <= MOST_WORDS and "{" not in " ".join(words))


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many first words are the same."""
    return next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), 0)


def feeds() -> str:
    """Every feed with what it needs and how late it is."""
    rows = (
        (
            f"`{f.name}`",
            f.summary,
            ", ".join(f.markets),
            "yes" if f.key_needed else "no",
            f.latency,
            f.limits,
            f.terms,
        )
        for f in FEEDS.values()
    )
    return grid(("feed", "what", "markets", "key", "latency", "limits", "terms"), rows)


def settings() -> str:
    """Every setting, those of feeds, and the base URL of every feed's endpoints."""
    rows = [
        (f"`{s.name}`", f"`{s.default}`" if s.default else "", s.summary) for s in (*SETTINGS, *declared())
    ]
    rows += [
        (f"`TICKBELL_{feed.name}_{end.name}_URL`".upper(), f"`{end.url}`", end.summary)
        for feed in FEEDS.values()
        for end in feed.endpoints
    ]
    return grid(("variable", "default", "meaning"), rows)


def anomalies() -> str:
    """The terminals' intraday anomalies with the conditions their names stand for."""
    rows = ((str(p.number), f"`{p.en}`", p.zh, f"`{p.text}`", p.note) for p in PRESETS)
    return grid(("No.", "name", "中文", "condition", "definition"), rows)


TABLES: dict[str, Callable[[], str]] = {
    "commands": commands,
    "signals": signals,
    "anomalies": anomalies,
    "feeds": feeds,
    "settings": settings,
}


def rendered(text: str) -> str:
    """The text with every marked table made anew."""
    return MARK.sub(lambda mark: mark[1] + TABLES[mark[2]]() + mark[3], text)


if __name__ == "__main__":
    readme = Path(sys.argv[1])
    readme.write_text(rendered(readme.read_text(encoding="utf-8")), encoding="utf-8")
