"""The README's tables of commands, signals, feeds and settings, generated from the registries.

`python -m bot.tables README.md` rewrites them in place; a test compares. Each stands between the marks
`<!-- table: NAME -->` and `<!-- end -->`.
"""

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from bot import plugins as plugins  # noqa: PLC0414 -- fills the registries
from bot.feed import FEEDS
from bot.settings import SETTINGS
from handlers.command import COMMANDS
from rules.presets import PRESETS
from rules.signal import SIGNALS

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
    """Every signal with the forms in which it can be said."""
    rows = (
        (
            ", ".join(f"`{phrase.en}`" for phrase in signal.phrases),
            signal.summary,
            "yes" if signal.unfinished else "",
        )
        for signal in SIGNALS.values()
    )
    return grid(("say it as", "meaning", "provisional until the close"), rows)


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
    """Every setting, and the base URL of every feed's endpoints."""
    rows = [(f"`{s.name}`", f"`{s.default}`" if s.default else "", s.summary) for s in SETTINGS]
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
