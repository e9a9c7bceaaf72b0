"""The state machine of a stock at its limit, against the definition read off a whole day at once."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.clock import Clock
from rules.formulas.board import Look, Seal, limit_now, look, regular
from rules.limits import Side
from rules.live import Live
from rules.meter import Moment
from rules.model import Instrument, Phase, Quote
from tests.rules.world import HOURS, at

LIMIT = 11_000
SYMBOL = "600000.SH"
# (price, bid, ask) of a snapshot at the upper limit by what it says; at the lower one mirrored.
SHAPES = {
    "S": (LIMIT, LIMIT, None),
    "O": (10_990, 10_990, LIMIT),
    "N": (LIMIT, LIMIT, LIMIT),
    "U": (LIMIT, None, None),
}


def moments(day: str, gaps: list[int], side: Side = Side.UP) -> list[Moment]:
    """A day of snapshots, `gaps` seconds apart."""
    live = Live(Instrument(symbol=SYMBOL), 0, Clock(), bytearray())
    session = HOURS.session("SH", at("09:30"))
    live.session = session
    mirrored = side is Side.DOWN
    found: list[Moment] = []
    time = at("09:30")
    for letter, gap in zip(day, gaps, strict=True):
        time += timedelta(seconds=gap)
        price, bid, ask = SHAPES[letter]
        if mirrored:
            price, bid, ask = (
                2 * LIMIT - price,
                ask and 2 * LIMIT - ask,
                bid and 2 * LIMIT - bid,
            )
        quote = Quote(
            symbol=SYMBOL, time=time, price=price, bid=bid, ask=ask, limit_up=LIMIT, limit_down=LIMIT
        )
        live.note_limits(quote)
        live.inputs = None
        found.append(live.moment(quote, price, time))
    return found


def defined(day: str, times: list[int]) -> tuple[bool, bool, int]:
    """(sealed, opened, openings) at the end of a day, by searching it for two in a row."""
    told = [(letter, time) for letter, time in zip(day, times, strict=True) if letter != "U"]
    letters, place, opened, openings = "".join(letter for letter, _ in told), 0, False, 0
    while True:
        sealed = letters.find("SS", place)
        if sealed < 0:
            return False, opened, openings
        left = letters.find("OO", sealed + 2)
        opened = False
        if left < 0:
            return True, opened, openings
        if told[left][1] - told[sealed][1] >= 60:
            opened, openings = True, openings + 1
        place = left + 2


days = st.lists(
    st.tuples(st.sampled_from("SSSOOONU"), st.sampled_from([3, 3, 30, 57, 60])), min_size=1, max_size=40
)


@given(days, st.sampled_from(Side))
def test_the_machine_is_the_definition(day: list[tuple[str, int]], side: Side) -> None:
    """Whatever the snapshots, on either side, at every point of the day."""
    letters, gaps = "".join(letter for letter, _ in day), [gap for _, gap in day]
    times = [sum(gaps[: place + 1]) for place in range(len(gaps))]
    seal = Seal()
    for place, moment in enumerate(moments(letters, gaps, side)):
        assert seal.take(moment, side) is (letters[place] != "U")
        wanted = defined(letters[: place + 1], times[: place + 1])
        assert (seal.is_sealed, seal.is_opened, seal.openings) == wanted


def test_one_page_twice_is_one_snapshot() -> None:
    """The same exchange time tells nothing new, in the words of the first."""
    seal = Seal()
    for moment in moments("SSU", [0, 0, 0]):
        assert seal.take(moment, Side.UP)
    assert not seal.is_sealed


def test_the_first_seals_time() -> None:
    """The first snapshot of the first seal, whatever comes later."""
    seal = Seal()
    for moment in moments("OSSOOSS", [3] * 7):
        seal.take(moment, Side.UP)
    assert seal.first == at("09:30:06")


@pytest.mark.parametrize(
    ("bid", "ask", "price", "wanted"),
    [
        (LIMIT, None, LIMIT, Look.SEALED),
        (LIMIT, 0, LIMIT, Look.SEALED),
        (LIMIT, None, LIMIT - 10, Look.OFF),
        (LIMIT - 10, LIMIT, LIMIT, Look.OFF),
        (None, LIMIT, LIMIT, Look.OFF),
        (LIMIT, LIMIT, LIMIT, Look.NEITHER),
        (None, None, LIMIT, Look.UNKNOWN),
        (0, 0, LIMIT, Look.UNKNOWN),
        (None, None, LIMIT - 10, Look.OFF),
    ],
)
def test_what_a_snapshot_says(bid: int | None, ask: int | None, price: int, wanted: Look) -> None:
    """At the limit with nobody on the other side; a book without the own side there has left it."""
    quote = Quote(symbol=SYMBOL, time=at("10:00"), price=price, bid=bid, ask=ask)
    assert look(quote, price, LIMIT, Side.UP) is wanted
    mirrored = Quote(
        symbol=SYMBOL,
        time=at("10:00"),
        price=price,
        bid=ask and 2 * LIMIT - ask,
        ask=bid and 2 * LIMIT - bid,
    )
    assert look(mirrored, 2 * LIMIT - price, LIMIT, Side.DOWN) is wanted


def test_nothing_outside_regular_hours_or_without_a_limit() -> None:
    """An auction's print, a group's moment, a day without limits: no snapshot."""
    (moment,) = moments("S", [0])
    assert moment.quote is not None
    assert regular(moment) is moment.quote
    assert limit_now(moment, Side.UP) == LIMIT
    auction = Quote(symbol=SYMBOL, time=at("10:00"), price=LIMIT, bid=LIMIT, phase=Phase.AUCTION)
    for other in (
        Moment(auction, LIMIT, 0, None, early=True, own=moment.own, session=moment.session),
        Moment(None, LIMIT, 0, None, early=True, own=moment.own, session=moment.session),
        Moment(moment.quote, LIMIT, 0, None, early=True, own=moment.own),
        Moment(moment.quote, LIMIT, 0, None, early=True, session=moment.session),
    ):
        assert not Seal().take(other, Side.UP)
