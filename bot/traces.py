"""What became of a chat's rules, read from its own claims and from the rows of their conditions."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from bot.delivery.episodes import Alert
from bot.delivery.headline import Words, market_of
from bot.delivery.render import retold
from bot.formats import anomalies
from bot.intake import doubts, unusual
from bot.master.calendar import zone
from bot.store.chatkeys import chat_key, row_key
from bot.store.chats import Claim, claim_of
from bot.store.client import Store
from bot.store.keys import i_key, partition
from bot.store.rings import parse
from handlers.command import Language
from handlers.ports import Doubt, Told
from rules.model import Instrument, Rule, State
from rules.why import reasons

LASTING = frozenset({State.FIRED, State.PROVISIONAL})


class Traces:
    """Satisfies handlers.ports.Traces; reads only what the rules given, and the chats that own them, have."""

    def __init__(self, store: Store, instrument: Callable[[str], Instrument]) -> None:
        self._store, self._instrument = store, instrument

    async def told(self, rules: Sequence[Rule], language: str) -> Mapping[str, Told]:
        """By rule id what its chat was last told; alerts that are past keeping are left out."""
        claims = await self._store.calls([("HGET", chat_key(rule.chat, "claims"), rule.id) for rule in rules])
        claimed = [(rule, claim_of(text)) for rule, text in zip(rules, claims, strict=True) if text]
        alerts = await self._store.calls(
            [("HGET", row_key(rule.chat, claim.r), f"a:{claim.k}") for rule, claim in claimed]
        )
        return {
            rule.id: self._told(claim, msgspec.json.decode(text, type=Alert), Language(language))
            for (rule, claim), text in zip(claimed, alerts, strict=True)
            if text
        }

    def _told(self, claim: Claim, alert: Alert, language: Language) -> Told:
        event = alert.event
        here = ZoneInfo(zone(market_of(event)))
        text, _ = retold(alert, Words(language, self._instrument(event.symbol)))
        return Told(
            time=event.time,
            session=event.session,
            state=event.state,
            until=datetime.fromtimestamp(int(claim.u) / 1000, UTC) if claim.u else None,
            text=text,
            basis=reasons(event, language, lambda moment: f"{moment.astimezone(here):%H:%M}"),
        )

    async def lasting(self, rules: Sequence[Rule]) -> Mapping[str, datetime]:
        """By rule id since when a ring of its condition lasts."""
        rows = await self._store.calls(
            [("HGET", i_key(partition(rule.symbol), "rings"), rule.condition) for rule in rules]
        )
        stored = [(rule, parse(rule.condition, text)) for rule, text in zip(rules, rows, strict=True) if text]
        return {rule.id: row.time for rule, row in stored if row.state in LASTING}

    async def doubts(self, symbol: str) -> Sequence[Doubt]:
        """The last quotes refused of an instrument, oldest first."""
        return await doubts.read(self._store, symbol)

    async def anomalies(self, symbol: str, language: str) -> Sequence[tuple[datetime, str]]:
        """Of Eastmoney's list, oldest first; they may be of an earlier day."""
        is_chinese = Language(language) is Language.ZH
        found = await unusual.stored(self._store, symbol)
        return [(time, anomalies.words(kind)[is_chinese]) for time, kind in found]
