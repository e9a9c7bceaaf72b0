"""The day's money flow of named sectors: a group called as one of Eastmoney's boards hears that board's.

A board's own group (`@bk1128`) comes with the feed's list. The shipped sectors and the operator's have no
such number; where their Chinese name is a board's (`电子`), that board's flow is asked for once a minute.
"""

from collections.abc import Awaitable, Callable, Collection
from datetime import datetime

from bot.formats import flows
from bot.formats.secid import secid_of
from bot.master.reference import Reference
from bot.master.sectors import SOURCE
from rules.model import Frame, Quote

MARKET = "SH"  # whose sessions groups keep; the feed's own frames of boards are this market's


class Inflows:
    """Feeds the flow axis of groups that somebody listens to."""

    def __init__(
        self,
        master: Reference,
        listened: Callable[[], Collection[str]],
        ask: Callable[[str], Awaitable[bytes]],
        take: Callable[[Frame], Awaitable[None]],
        now: Callable[[], datetime],
    ) -> None:
        self._master, self._listened, self._ask = master, listened, ask
        self._take, self._now = take, now

    async def turn(self) -> None:
        """Ask for each such group's flow and hand it on; FeedError at the first that fails."""
        listened = sorted(group for group in self._listened() if "/" not in group and not secid_of(group))
        named = {one.name: secid for one in self._master.named() if (secid := secid_of(one.symbol))}
        for group in listened:
            if secid := named.get(self._master.get(group).name):
                await self._flow(group, secid)

    async def _flow(self, group: str, secid: str) -> None:
        found = flows.read(await self._ask(flows.path(secid)))
        received = self._now()
        if found.inflow is None:
            return
        # A minute is labelled by its end, which may still lie ahead.
        time = min(found.flows[-1].time, received)
        quote = Quote(symbol=group, time=time, price=None, inflow=found.inflow, source=SOURCE)
        await self._take(Frame(market=MARKET, received=received, quotes=(quote,)))
