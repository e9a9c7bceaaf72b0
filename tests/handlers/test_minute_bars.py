"""Rules on minute bars in a chat: made, listed, deleted, and what is said of too few bars."""

import pytest

from handlers.command import Language
from handlers.reasons import reason
from tests.fakes.ports import CHAT, founding
from tests.handlers.test_alert import made
from tests.handlers.test_watch import shown


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.EN, "its level is known once the engine has 20 5-minute bars"),
        (Language.ZH, "积累满 20 根5分钟线后即可判断"),
    ],
)
async def test_a_rule_on_minute_bars_is_made_listed_and_deleted(language: Language, said: str) -> None:
    """The chat's side has days alone: its level is the engine's to tell, nothing is ahead."""
    world = founding()
    reply = await world.ask("alert", "300308 reclaim ma(20, 5m)", language=language)
    (rule,) = made(reply)
    assert rule.text == "300308.SZ reclaim ma(20, 5m)"
    assert said in shown(reply)
    await world.ask("alert", "300308 macd(15m) death cross")
    await world.ask("alert", "300308 rsi(14, 60m) < 30 and price > 400")
    assert "macd(15m) death cross" in shown(await world.ask("alerts"))
    assert "Closest" not in shown(await world.ask("near"))
    await world.ask("delete", "all")
    assert world.book.held[CHAT] == {}


def test_reasons_of_the_engine_say_how_many_bars_there_are() -> None:
    """What /why may show, in both languages."""
    assert "3" in reason(Language.EN, "20 5m bars needed, 3 known")
    assert reason(Language.ZH, "20 15m bars needed, 3 known") == "积累满 20 根15分钟线后即可判断，现有 3 根"
