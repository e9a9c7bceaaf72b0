"""What /health calls trouble."""

from bot import feeds as feeds  # noqa: PLC0414 -- fills the registry
from bot.health import verdict
from bot.intake.supervise import Health

UP, DOWN, IDLE = Health(up=True, reason="of old"), Health(reason="answered 503"), Health()


def test_a_market_without_any_source_is_trouble() -> None:
    """Both sources of A-shares are down: alerts on them are blind, those on coins are not."""
    told = verdict({}, "", {"tencent": DOWN, "sina": DOWN, "binance": UP})
    assert told["ok"] is False
    assert told["troubles"] == [
        "no quotes of SH, SZ, BJ, HK, US (tencent: answered 503; sina: answered 503)",
    ]


def test_a_market_that_another_source_brings_is_none() -> None:
    """One of two is enough, and a feed that nobody needs is not down."""
    for one in ({"tencent": DOWN, "sina": UP}, {"tencent": IDLE}, {}):
        assert verdict({}, "", one)["ok"] is True


def test_a_sentence_stands_for_each_trouble() -> None:
    """What stops the sender, what the engine waits for, what the feeds do not agree on."""
    engine = {"standby": {"disputed": 2}, "trouble": "the store is away"}
    told = verdict(engine, "the token is refused", {})
    assert told["troubles"] == [
        "the token is refused",
        "the store is away",
        "feeds disagree on 2 instruments",
    ]
