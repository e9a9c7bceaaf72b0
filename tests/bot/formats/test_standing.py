"""Tencent's word on the state of each exchange."""

import json
from datetime import UTC, datetime

import pytest

from bot.errors import FeedError
from bot.formats.standing import standings
from rules.model import Phase
from tests.recorded import DATA, needs

LINE = "raw_http/tencent_minute_query_sh600519_20260910_1055.json"
DAYS = "raw_http/tencent_hk_daykline_00001_20180409.utf8.txt"


def answer(*texts: object) -> bytes:
    """A minute query's answer with a market text."""
    return json.dumps({"data": {"sh600519": {"qt": {"market": list(texts)}}}}).encode()


@needs(LINE, DAYS)
def test_recorded_states_are_read() -> None:
    """A morning in China, and an evening while New York trades."""
    morning = standings((DATA / LINE).read_bytes())
    assert morning.time == datetime(2026, 9, 10, 2, 55, 22, tzinfo=UTC)
    states = {name: one.phase for name in ("SH", "HK", "US") if (one := morning.of(name))}
    assert states == {"SH": Phase.CONTINUOUS, "HK": Phase.CONTINUOUS, "US": Phase.CLOSED}
    evening = standings((DATA / DAYS).read_bytes())
    assert {one.market: one.is_open for one in evening.markets} == dict.fromkeys(
        ("HK", "SH", "SZ", "SQ", "DS", "ZS"), False
    ) | {"US": True}


def test_lunch_and_new_words_are_told_apart() -> None:
    """`close` at noon is a break; a word nobody knows is told by open and close alone."""
    text = "2026-09-10 12:05:00|SH_close_午间休市|HK_open_新词|US_close_新词|broken"
    found = standings(answer(text))
    assert [one.phase for one in found.markets] == [Phase.BREAK, Phase.CONTINUOUS, Phase.CLOSED]
    assert found.of("BJ") is None


@pytest.mark.parametrize(
    "payload", [answer(), answer(5), answer("soon|SH_open_x"), b'{"data": {"sh600519": {}}}', b"[]"]
)
def test_no_state_is_an_error(payload: bytes) -> None:
    """Answers without the text, or with a text without a time."""
    with pytest.raises(FeedError, match="tencent"):
        standings(payload)
