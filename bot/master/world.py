"""What an engine knows of markets beside their quotes."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.master.reference import Reference
from handlers.ports import Clock
from rules.model import History, Minutes
from rules.sessions import Hours


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Calendars, instruments, history and a clock, as one value."""

    hours: Hours
    master: Reference  # groups come and go in it while the engine runs
    history: Callable[[str], History | None]  # raw daily bars out of memory: asked while a quote waits
    clock: Clock  # the feed's own in demo and replay
    # One-minute bars up to now, from which minute bars of a rule begin; without any they grow from quotes.
    minutes: Callable[[str], Minutes | None] = lambda _symbol: None
