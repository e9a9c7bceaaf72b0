"""What /watch arms, as tables of the defaults."""

from decimal import Decimal

import numpy as np
import pytest

from handlers.arming import Arm, Part, arms, board, usual_range
from handlers.making import read
from rules.language import canonical
from rules.model import Instrument, Kind, Loudness, Quote
from tests.fakes.ports import (
    APPLE,
    BANK,
    BITCOIN,
    FUND,
    INDEX,
    INNOLIGHT,
    MODULES,
    NOW,
    Column,
    bars,
    innolight,
)

STAR = Instrument(symbol="688256.SH", limit=Decimal("0.2"))
NORTH = Instrument(symbol="920002.BJ", limit=Decimal("0.3"))
HONG_KONG = Instrument(symbol="00700.HK")
NARROW_FUND = Instrument(symbol="510300.SH", kind=Kind.FUND, tick=1, limit=Decimal("0.1"))
BARE_FUND = Instrument(symbol="SPY.US", kind=Kind.FUND)
SPECIAL = Instrument(symbol="600001.SH", limit=Decimal("0.05"))


def rungs(instrument: Instrument, quote: Quote | None = None, usual: str | None = None) -> list[str]:
    """Rungs as `+5!` where they ring and `+5` where they are silent."""
    found = arms(instrument, quote, Decimal(usual) if usual else None)
    return [arm.label + "!" * (arm.loudness is Loudness.RING) for arm in found if arm.part is Part.RUNG]


def part(found: tuple[Arm, ...], wanted: Part) -> list[str]:
    """The texts of one part."""
    return [arm.text for arm in found if arm.part is wanted]


@pytest.mark.parametrize(
    ("instrument", "up", "move"),
    [
        (BANK, "+3 +5! +7! +9!", "2"),
        (INNOLIGHT, "+5! +10! +15!", "3"),
        (STAR, "+5! +10! +15!", "3"),
        (NORTH, "+5! +10! +15!", "3"),
        (NARROW_FUND, "+2! +3! +5!", "1.2"),
        (BARE_FUND, "+2! +3! +5!", "1.2"),
        (FUND, "+2.5! +4! +6!", "1.5"),
        (INDEX, "+1! +2! +3!", "0.7"),
        (APPLE, "+3! +5! +8!", "1.5"),
        (HONG_KONG, "+3! +5! +8!", "1.5"),
        (BITCOIN, "+3! +5! +8!", "1.2"),
    ],
)
def test_every_board_has_its_rungs_and_its_fast_move(instrument: Instrument, up: str, move: str) -> None:
    """The table of the defaults; without twenty days of history all ring but the main board's first."""
    found = rungs(instrument)
    assert [label for label in found if label.startswith("+")] == up.split()
    assert [label for label in found if label.startswith("-")] == up.replace("+", "-").split()
    assert part(arms(instrument, None, None), Part.MOVE) == [
        f"move(5m) >= {move}% | every 30m",
        f"move(5m) <= -{move}% | every 30m",
    ]


def test_a_rung_nearer_than_a_rare_day_is_silent() -> None:
    """The border is 1.25 usual days, inclusive above; the main board's first rung never rings."""
    assert rungs(INNOLIGHT, usual="4")[:3] == ["+5!", "+10!", "+15!"]
    assert rungs(INNOLIGHT, usual="4.01")[:3] == ["+5", "+10!", "+15!"]
    assert rungs(INNOLIGHT, usual="9")[:3] == ["+5", "+10", "+15!"]
    assert rungs(BANK, usual="0.5")[:2] == ["+3", "+5!"]


def test_silence_stands_in_the_rules_own_text() -> None:
    """/alerts and /near show it, and the rule can be typed again."""
    texts = part(arms(INNOLIGHT, None, Decimal(5)), Part.RUNG)
    assert texts[0] == "change >= 5% | silent"
    assert texts[1] == "change >= 10%"
    assert texts[3] == "change <= -5% | silent"


def test_outside_regular_hours_a_us_stock_has_wider_rungs() -> None:
    """3 and 6 percent, and only there."""
    assert part(arms(APPLE, None, Decimal(3)), Part.EXTENDED) == [
        "change >= 3% | silent | session extended",
        "change >= 6% | session extended",
        "change <= -3% | silent | session extended",
        "change <= -6% | session extended",
    ]
    assert part(arms(BANK, None, None), Part.EXTENDED) == []


def test_a_rung_beyond_the_daily_limit_is_not_armed() -> None:
    """By the board's limit, and better by the quote's own limit prices, each side for itself."""
    assert rungs(SPECIAL) == ["+3", "+5!", "-3", "-5!"]
    quote = Quote(
        symbol=BANK.symbol, time=NOW, price=43_000, prev_close=43_000, limit_up=45_150, limit_down=40_850
    )
    assert rungs(BANK, quote) == ["+3", "+5!", "-3", "-5!"]
    uneven = Quote(symbol=BANK.symbol, time=NOW, price=1, prev_close=43_000, limit_up=44_000, limit_down=1)
    assert rungs(BANK, uneven) == ["-3", "-5!", "-7!", "-9!"]


def test_a_fast_move_grows_with_the_usual_day() -> None:
    """0.6 of a usual day's range where that is more than the board's figure."""
    assert part(arms(INNOLIGHT, None, Decimal("5.5")), Part.MOVE)[0] == "move(5m) >= 3.3% | every 30m"
    assert part(arms(INNOLIGHT, None, Decimal("4.9")), Part.MOVE)[0] == "move(5m) >= 3% | every 30m"


@pytest.mark.parametrize(
    ("price", "text"),
    [(479_660, "market_cap > 600B"), (539_990, "market_cap > 600B"), (549_000, "market_cap > 700B")],
)
def test_the_milestone_is_the_next_round_hundred_billion(price: int, text: str) -> None:
    """Counted from shares times price; strictly above what it is worth now."""
    quote = Quote(symbol=INNOLIGHT.symbol, time=NOW, price=price)
    assert part(arms(INNOLIGHT, quote, None), Part.MILESTONE) == [text]


def test_a_milestone_needs_a_market_value() -> None:
    """From the quote's column where shares are unknown; none for what has no market value."""
    bare = Instrument(symbol="600001.SH")
    quote = Quote(symbol="600001.SH", time=NOW, price=1000, market_cap=3.2e11)
    assert part(arms(bare, quote, None), Part.MILESTONE) == ["market_cap > 400B"]
    assert part(arms(bare, Quote(symbol="600001.SH", time=NOW, price=1000), None), Part.MILESTONE) == []
    assert part(arms(bare, None, None), Part.MILESTONE) == []
    assert part(arms(FUND, quote, None), Part.MILESTONE) == []


def test_records_ring_and_averages_only_edit() -> None:
    """Both records, four averages both ways, both MACD crosses."""
    found = arms(INNOLIGHT, None, None)
    assert part(found, Part.RECORD) == ["record high", "record low"]
    assert part(found, Part.AVERAGE)[:2] == ["reclaim ma(5)", "lose ma(5)"]
    assert len(part(found, Part.AVERAGE)) == 8
    assert part(found, Part.MACD) == ["macd golden cross", "macd death cross"]
    loud = {arm.part for arm in found if arm.loudness is Loudness.RING}
    assert loud == {Part.RUNG, Part.RECORD, Part.MOVE}
    assert {arm.loudness for arm in found if arm.part in {Part.AVERAGE, Part.MACD}} == {Loudness.EDIT}


def test_a_group_has_rungs_and_leaders() -> None:
    """A group has no bars, so nothing that needs them."""
    found = arms(MODULES, None, None)
    assert board(MODULES).rungs == ("3", "5", "8")
    assert part(found, Part.LEADERS) == ["leaders >= 3"]
    assert {arm.part for arm in found} == {Part.RUNG, Part.LEADERS}


@pytest.mark.parametrize(
    ("usual", "price", "text"),
    [
        ("4", 479_660, "record high | hysteresis 0.6%"),
        ("4.1", 479_660, "record high | hysteresis 0.7%"),
        ("0.1", 1_000, "record high | hysteresis 3%"),
        ("0.1", None, "record high | hysteresis 0.1%"),
        ("900", 1_000, "record high | hysteresis 50%"),
    ],
)
def test_records_and_averages_come_back_before_they_ring_again(
    usual: str, price: int | None, text: str
) -> None:
    """By 0.15 usual days or three ticks, in tenths of a percent; nothing is said without a usual day."""
    quote = Quote(symbol=INNOLIGHT.symbol, time=NOW, price=price)
    found = arms(INNOLIGHT, quote, Decimal(usual))
    assert part(found, Part.RECORD)[0] == text
    assert part(found, Part.AVERAGE)[0] == text.replace("record high", "reclaim ma(5)")
    assert part(found, Part.MACD)[0] == "macd golden cross"


@pytest.mark.parametrize("instrument", [BANK, INNOLIGHT, FUND, INDEX, APPLE, BITCOIN, MODULES])
def test_all_that_is_armed_is_understood(instrument: Instrument) -> None:
    """Every text of every board parses, to as many different conditions."""
    found = arms(instrument, None, Decimal("3.3"))
    lines = [read(instrument, f"{instrument.symbol} {arm.text}") for arm in found]
    assert len({line.condition.id for line in lines}) == len(found)
    again = [read(instrument, canonical(line)) for line in lines]
    assert [line.condition.id for line in again] == [line.condition.id for line in lines]
    assert [line.options.silent for line in lines] == [arm.loudness is Loudness.SILENT for arm in found]


def test_the_usual_range_is_wilders_over_twenty_days() -> None:
    """A gap counts: the close before stretches the day's span."""
    close: Column = np.full(30, 1000, dtype=np.int64)
    assert usual_range(bars("X.SH", close, close + 20, close - 10, close)) == 3
    gapped = close.copy()
    gapped[::2] = 1100
    ranges = usual_range(bars("X.SH", gapped, gapped, gapped, gapped))
    assert ranges == round(Decimal((10 + 100 / 11) / 2), 4)


def test_the_usual_range_needs_twenty_days() -> None:
    """With exactly twenty the oldest is measured against its own open."""
    close: Column = np.full(20, 1000, dtype=np.int64)
    assert usual_range(bars("X.SH", close, close + 10, close, close)) == 1
    short = close[:19]
    assert usual_range(bars("X.SH", short, short, short, short)) is None
    assert usual_range(None) is None


def test_the_usual_range_is_of_adjusted_prices() -> None:
    """A split between two days is no range."""
    history = innolight()
    raw = usual_range(history)
    for column in (history.open, history.high, history.low, history.close):
        column[-10:] //= 2
    history.factor[-10:] = 2.0
    adjusted = usual_range(history)
    assert raw is not None
    assert adjusted is not None
    assert abs(adjusted - raw) < Decimal("0.01")


def test_worthless_bars_give_no_range() -> None:
    """A close of zero before a day must not become a number."""
    zero: Column = np.zeros(25, dtype=np.int64)
    assert usual_range(bars("X.SH", zero, zero, zero, zero)) is None
    assert usual_range(bars("X.SH", zero, zero + 1, zero, zero)) is None
