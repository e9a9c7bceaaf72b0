"""What some trading days make: the change over them, an open across their average, a milestone of value."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from random import Random

import pytest

from rules.language import canonical, parse, phrase
from rules.levels import compiled, inputs_of
from rules.measured import number_of
from rules.model import Instrument
from rules.region import Absent, Inputs, Region
from tests.rules.world import HOURS, SYMBOL, World, history, leaf, q

FIRED, NONE = ["fired"], list[str]()
SHARES = 1_111_117_000
STOCK = Instrument(symbol=SYMBOL, shares=SHARES)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "text",
    [
        "change(60d) >= 60%",
        "opens over ma(5)",
        "opens under ma(20)",
        "market_cap milestone",
        "move_by(15m) < -2.5",
    ],
)
def test_said_in_both_languages(text: str, language: str) -> None:
    """Print, parse, print: the same."""
    line = parse(f"{SYMBOL} {text}", {SYMBOL: STOCK}.get)
    assert canonical(parse(phrase(line, language), {SYMBOL: STOCK}.get)) == f"{SYMBOL} {text}"


def test_the_change_over_sixty_days_counts_from_the_close_before_them() -> None:
    """Sixty sessions ago the close was 62.50: 100.00 is 60 % sharp; the close a day earlier has no part."""
    closes = [*["10"] * 5, "62.5", *["80"] * 59]
    for verb, wanted in ((">=", FIRED), (">", NONE)):
        world = World({SYMBOL: history(closes)}, prev_close="80")
        world.add(leaf("interval change", verb, "0.6", "60d"))
        assert world.see("09:30:00", "99.999") == NONE
        assert world.see("09:30:03", "100") == wanted
    world = World({SYMBOL: history(closes)}, prev_close="80")
    world.add(leaf("interval change", ">", "0.6", "60d"))
    assert world.see("09:30:00", "100.001") == FIRED
    (event,) = world.events
    assert (event.signal, event.level, event.level_price) == ("interval change(60d)", 60.0, 100.0)
    assert event.value == pytest.approx(60.0016)
    assert event.evidence["base"] == 62.5


def test_it_lasts_over_sessions() -> None:
    """Sixty days are not of today: still up 60 % tomorrow, it does not ring again."""
    closes = [*["50"] * 40, *["80"] * 59]
    world = World({SYMBOL: history(closes)}, prev_close="80")
    world.add(leaf("interval change", ">=", "0.6", "60d"))
    assert world.see("10:00:00", "81") == FIRED
    world.pass_time("15:01")
    assert world.see("10:00:00", "82", day="2025-11-27", prev_close="81") == NONE


def test_an_ex_date_scales_its_base() -> None:
    """Ten for ten: 62.50 is 31.25 today."""
    world = World({SYMBOL: history([*["62.5"] * 2, *["80"] * 59])})
    world.add(leaf("interval change", ">=", "0.6", "60d"))
    assert world.see("10:00:00", "49.99", prev_close="40") == NONE
    assert world.see("10:00:03", "50", prev_close="40") == FIRED


def test_too_short_a_history_says_so() -> None:
    """Each names how many bars it wants; without any the reason is the history's."""
    quote = World().quote("10:00:00", "100", open="100")
    short = inputs_of(quote, history(["100"] * 4), STOCK, HOURS)
    for one, wanted in ((leaf("interval change", ">", "0", "5d"), 5), (leaf("opens", "over", None, 5), 5)):
        assert compiled(one, short) == Absent(f"{wanted} daily bars needed, 4 known")
        assert compiled(one, Inputs(instrument=STOCK)) == Absent("no history")
    assert number_of(leaf("interval change", ">", "0", "5d"), short, q(100)) is None


@pytest.mark.parametrize("seed", range(4))
def test_opens_are_the_definition(seed: int) -> None:
    """2,000 random weeks and opens a seed: today's average with the open, yesterday's with its own close."""
    chance = Random(seed)  # noqa: S311 - seeded prices
    for _ in range(2000):
        days = chance.choice((2, 5, 10))
        closes = [
            f"{chance.choice((98, 99, 99.5, 100, 100.5, 101, 102))}"
            for _ in range(days + chance.randrange(3))
        ]
        opened = f"{chance.choice((97, 99, 99.5, 100, 100.25, 101, 103))}"
        quote = World().quote("10:00:00", "100", open=opened)
        given = inputs_of(quote, history(closes), STOCK, HOURS)
        numbers = [Fraction(close) for close in closes[-days:]]
        before, today = sum(numbers) / days, (sum(numbers[1:]) + Fraction(opened)) / days
        wanted = {
            "over": Fraction(opened) > today and numbers[-1] <= before,
            "under": Fraction(opened) < today and numbers[-1] >= before,
        }
        for verb, holds in wanted.items():
            found = compiled(leaf("opens", verb, None, days), given)
            assert isinstance(found, Region)
            assert found.truth(q(100)) is holds


def test_an_open_across_the_average_rings_at_the_open() -> None:
    """And not again in the session; the evidence has both numbers."""
    world = World({SYMBOL: history(["101", "101", "101", "101", "99"])}, prev_close="99")
    world.add(leaf("opens", "over", None, 5))
    assert world.see("09:35:00", "99", open="101") == FIRED
    assert world.walk(["98", "103"], "09:36") == [NONE, NONE]
    assert world.events[0].evidence == {"open": 101.0, "average": pytest.approx(100.6)}
    assert world.events[0].direction.value == "up"


@pytest.mark.parametrize(("opened", "verb"), [("99", "over"), ("103", "under")])
def test_an_open_on_the_same_side_is_none(opened: str, verb: str) -> None:
    """Yesterday's close was beyond already."""
    closes = ["100", "100", "100", "100", "102" if verb == "over" else "98"]
    world = World({SYMBOL: history(closes)}, prev_close=closes[-1])
    world.add(leaf("opens", verb, None, 5))
    assert world.see("09:30:00", opened, open=opened) == NONE


def test_a_milestone_is_the_next_round_hundred_of_billions() -> None:
    """Yesterday 532.96 billion: 600 from 540.00 on, reached; a gap over it counts."""
    world = World({SYMBOL: history(["479.66"])}, instruments=[STOCK], prev_close="479.66")
    world.add(leaf("milestone", "reached"))
    assert world.see("09:30:00", "480") == NONE
    assert world.see("09:30:03", "539.99") == NONE
    assert world.see("09:30:06", "540") == FIRED
    (event,) = world.events
    assert event.evidence == {"milestone": 600e9, "shares": SHARES}
    assert event.value == 540.0 * SHARES
    assert event.level_price == pytest.approx(600e9 / SHARES)
    gapped = World({SYMBOL: history(["479.66"])}, instruments=[STOCK], prev_close="479.66")
    gapped.add(leaf("milestone", "reached"))
    assert gapped.see("09:30:00", "541") == FIRED


def test_a_milestone_needs_shares_and_a_close() -> None:
    """Each is named where it is missing; at a round value the next one counts."""
    one = leaf("milestone", "reached")
    assert compiled(one, Inputs(instrument=STOCK)) == Absent("the share count is not known")
    assert compiled(one, Inputs(instrument=STOCK, shares=SHARES)) == Absent("no previous close")
    found = compiled(one, Inputs(instrument=STOCK, shares=10**9, prev_close=q(100)))
    assert isinstance(found, Region)
    assert found.boundaries == (q(200),)


def test_a_share_count_carries_its_date() -> None:
    """The master's, or that of the session in which a quote brought another count."""
    dated = replace(STOCK, shares_as_of=date(2025, 9, 30))
    world = World({SYMBOL: history(["479.66"])}, instruments=[dated], prev_close="479.66")
    world.add(leaf("market_cap", ">=", "600e9"))
    assert world.see("09:30:00", "540") == FIRED
    assert world.events[0].evidence == {"shares": SHARES, "shares as of": "2025-09-30"}
    world.engine = world.fresh()
    world.add(leaf("market_cap", ">=", "600e9"))
    assert world.see("09:30:00", "540", shares=SHARES + 1000) == FIRED
    assert world.events[1].evidence == {"shares": SHARES + 1000, "shares as of": "2025-11-26"}
    quote = world.quote("10:00:00", "549")
    assert inputs_of(quote, None, dated, HOURS).shares_as_of == date(2025, 9, 30)
    assert inputs_of(replace(quote, shares=5), None, dated, HOURS).shares_as_of == date(2025, 11, 26)
    assert inputs_of(None, None, dated, HOURS).shares_as_of == date(2025, 9, 30)
