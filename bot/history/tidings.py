"""Tells chats what became of the daily bars that they were the first to ask for: once, all together.

A chat waits in the store from the script on that made its rules, so a restart forgets nobody; being told and
waiting no more are one script, so nobody is told twice.
"""

import asyncio
from collections.abc import Mapping, Sequence

from bot.history.archive import Archive
from bot.history.courtesy import keep
from bot.store.awaited import Awaited, Wait, Waiting
from bot.store.bars import Bars
from bot.store.chats import Chats
from bot.store.client import Store
from handlers.command import Language
from handlers.loading import Outcome, news
from handlers.ports import Master

PATIENCE = 60_000  # ms after which a chat is told that bars do not come at once
GIVE_UP = 86_400_000  # ms after which nobody waits any more


class Tidings:
    """One process does it, the one that answers chats."""

    def __init__(self, store: Store, archive: Archive, master: Master, language: Language) -> None:
        self._awaited, self._bars, self._chats = Awaited(store), Bars(store), Chats(store)
        self._archive, self._master, self._language = archive, master, language

    async def run(self, stopping: asyncio.Event) -> None:
        """Look once a second, until stopped."""
        await keep(self.look, stopping, "news of daily bars")

    async def look(self) -> int:
        """Tell whom there is something to tell; how many chats that were. StoreError from the store."""
        now, waiting = await self._awaited.read()
        lacking = {symbol for one in waiting for symbol in one.symbols if symbol not in self._archive.filled}
        silent = await self._bars.silent(sorted(lacking))
        return sum([await self._tell(one, silent, now) for one in waiting])

    async def _tell(self, waiting: Waiting, silent: Mapping[str, Sequence[str]], now: int) -> bool:
        """Tell one chat, unless something may still come within its patience."""
        wanted = {symbol: wait for symbol, wait in waiting.symbols.items() if now - wait.at < GIVE_UP}
        lacking = {symbol: wait for symbol, wait in wanted.items() if symbol not in self._archive.filled}
        fresh = {symbol: wait for symbol, wait in lacking.items() if not wait.told}
        if any(symbol not in silent and now - wait.at < PATIENCE for symbol, wait in fresh.items()):
            return False
        told = [symbol for symbol in wanted if symbol in fresh or symbol not in lacking]
        if not told and len(wanted) == len(waiting.symbols):
            return False
        listened = await self._listened(waiting.chat)
        outcomes = [self._outcome(symbol, silent) for symbol in told if symbol in listened]
        language = Language(await self._chats.language(waiting.chat) or self._language)
        left = {symbol: Wait(wait.at, 1) for symbol, wait in lacking.items() if symbol in listened}
        text = news(language, outcomes) if outcomes else ""
        return await self._awaited.tell(waiting, left, str(text), now) and bool(text)

    async def _listened(self, chat: str) -> set[str]:
        lists = await self._chats.lists(chat)
        rules = await self._chats.rules(chat)
        return {rule.symbol for rule in rules}.union(*lists.values())

    def _outcome(self, symbol: str, silent: Mapping[str, Sequence[str]]) -> Outcome:
        instrument, filled = self._master.get(symbol), self._archive.filled.get(symbol)
        if filled is None:
            return Outcome(instrument=instrument, is_open=True, silent=silent.get(symbol, ()))
        return Outcome(instrument=instrument, days=filled.days, since=filled.first)
