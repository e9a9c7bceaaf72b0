"""Claims: who hears an event and how often, sentence by sentence of the protocol."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.delivery.episodes import Row
from bot.master.calendar import hours
from bot.store.chatkeys import chat_key, home_key
from bot.store.chats import Chats, Listener
from bot.store.claims import Claims, entry_of, skip
from bot.store.client import Store, texts
from bot.store.keys import partition
from bot.store.rows import Rows
from handlers.command import AddRule
from rules.model import Direction, Event, Mode, Rule, Start, State
from tests.bot.delivery.values import DAY, NOON, SYMBOL, entry, event, fields_of, row, rule

FIRED, PROVISIONAL, CONFIRMED, WITHDRAWN = State
NEXT_DAY = DAY + timedelta(1)


async def arm(store: Store, *rules: Rule) -> None:
    """Give the chats these rules."""
    for number, one in enumerate(rules):
        await Chats(store).apply(one.chat, number, [AddRule(rule=one)], None)


async def hear(store: Store, *events: Event) -> list[str]:
    """What chat 1's only rule answers to each event."""
    claims = Claims(store, partition("1"))
    return [word for one in events for word in await claims.hear(entry(one))]


async def alerts(store: Store, name: str | None = None) -> dict[str, str]:
    """Alerts of a row by key, with their ring and state."""
    found = await Rows(store).read("1", name or row().id)
    assert isinstance(found, Row)
    return {one.key: f"{one.event.ring} {one.event.state}" for one in found.alerts}


async def test_daily_hears_one_ring_a_session(store: Store) -> None:
    """The second ring of the day is taken; the next session claims anew, an older one never."""
    await arm(store, rule())
    days = [event(), event(ring=2), event(ring=3, session=NEXT_DAY), event(ring=4, session=DAY)]
    assert await hear(store, *days) == ["claimed", "taken", "claimed", "taken"]


async def test_once_hears_one_ring_for_ever(store: Store) -> None:
    """A fired ring uses a once rule up."""
    await arm(store, rule(mode=Mode.ONCE))
    assert await hear(store, event(), event(ring=2, session=NEXT_DAY)) == ["claimed", "taken"]


async def test_every_window_starts_at_the_claiming_quote(store: Store) -> None:
    """Thirty minutes of exchange time from the quote that claimed it, inclusive start, exclusive end."""
    await arm(store, rule(mode=Mode.EVERY, every=timedelta(minutes=30)))
    times = [
        event(ring=n, time=NOON + timedelta(minutes=m))
        for n, m in ((1, 0), (2, 29), (3, 30), (4, 59), (5, 60))
    ]
    assert await hear(store, *times) == ["claimed", "taken", "claimed", "taken", "claimed"]
    assert len(await alerts(store)) == 3


async def test_the_same_event_again_is_already_mine(store: Store) -> None:
    """A replayed stream adds nothing: the row's version stays."""
    await arm(store, rule())
    assert await hear(store, event(), event()) == ["claimed", "mine"]
    found = await Rows(store).read("1", row().id)
    assert isinstance(found, Row)
    assert found.version == 1


@pytest.mark.parametrize("end", [CONFIRMED, WITHDRAWN])
async def test_ends_go_to_those_whose_claim_names_the_ring(store: Store, end: State) -> None:
    """An end is heard once, by the claim of its ring; another ring's end and a second end are not."""
    await arm(store, rule())
    story = [event(ring=3, state=end), event(state=PROVISIONAL), event(ring=2, state=end), event(state=end)]
    assert await hear(store, *story) == ["unheard", "claimed", "unheard", "told"]
    other = WITHDRAWN if end is CONFIRMED else CONFIRMED
    assert await hear(store, event(state=end), event(state=other), event(state=PROVISIONAL)) == ["mine"] * 3
    assert await alerts(store) == {"r1:1": f"1 {end}"}


@pytest.mark.parametrize("mode", [Mode.ONCE, Mode.DAILY])
async def test_a_second_provisional_moves_the_claim(store: Store, mode: Mode) -> None:
    """Within the session it takes the alert over to its own ring; the older ring's states are ignored."""
    await arm(store, rule(mode=mode))
    story = [event(state=PROVISIONAL), event(state=WITHDRAWN), event(ring=2, state=PROVISIONAL)]
    assert await hear(store, *story) == ["claimed", "told", "moved"]
    assert await hear(store, event(state=CONFIRMED)) == ["older"]
    assert await alerts(store) == {"r1:1": "2 provisional"}
    assert await hear(store, event(ring=2, state=CONFIRMED)) == ["told"]
    assert await alerts(store) == {"r1:1": "2 confirmed"}


@pytest.mark.parametrize("mode", [Mode.ONCE, Mode.DAILY])
async def test_a_withdrawn_ring_gives_the_claim_back_at_the_next_session(store: Store, mode: Mode) -> None:
    """The next session's ring is an alert of its own, in a row of its own."""
    await arm(store, rule(mode=mode))
    story = [event(state=PROVISIONAL), event(state=WITHDRAWN), event(ring=2, session=NEXT_DAY)]
    assert await hear(store, *story) == ["claimed", "told", "claimed"]
    assert await alerts(store) == {"r1:1": "1 withdrawn"}
    assert await alerts(store, f"1|{SYMBOL}|up|{NEXT_DAY}") == {"r1:2": "2 fired"}


async def test_a_confirmed_ring_uses_once_up(store: Store) -> None:
    """Only a withdrawal gives back."""
    await arm(store, rule(mode=Mode.ONCE))
    story = [event(state=PROVISIONAL), event(state=CONFIRMED), event(ring=2, session=NEXT_DAY)]
    assert await hear(store, *story) == ["claimed", "told", "taken"]


async def test_an_end_edits_the_row_its_claim_names_whatever_the_day(store: Store) -> None:
    """A bar that closes in another session, the other way, still ends where it began."""
    await arm(store, rule())
    end = event(state=CONFIRMED, session=NEXT_DAY, direction=Direction.DOWN)
    assert await hear(store, event(state=PROVISIONAL), end) == ["claimed", "told"]
    assert await alerts(store) == {"r1:1": "1 confirmed"}


async def test_an_event_written_before_the_rule_is_none_of_its_business(store: Store) -> None:
    """Except where the engine appended it again for a rule that asked for what is true already."""
    await arm(store, rule("now"), rule("next", start=Start.NEXT))
    claims = Claims(store, partition("1"))
    assert await claims.hear(entry(event(), written=1)) == ("before", "before")
    assert await claims.hear(entry(event(), written=1, is_joined=True)) == ("before", "claimed")


async def test_watch_rules_do_not_hear_the_first_evaluation(store: Store) -> None:
    """What was true when it was asked for rings for /alert and not for /watch, whose next ring counts."""
    await arm(store, rule("now"), rule("next", start=Start.NEXT))
    claims = Claims(store, partition("1"))
    assert await claims.hear(entry(event(), is_first=True)) == ("before", "claimed")
    assert await claims.hear(entry(event(ring=2))) == ("claimed", "taken")


async def test_a_rule_beyond_its_last_day_is_silent() -> None:
    """`until` is the last session that counts."""
    listener = Listener(at=0, rule=rule(until=DAY))
    assert skip(entry(event()), listener, hours()) == ""
    assert skip(entry(event(session=NEXT_DAY)), listener, hours()) == "expired"


@pytest.mark.parametrize(
    ("created", "symbol", "word"),
    [
        (NOON - timedelta(hours=14), SYMBOL, ""),  # the evening before
        (NOON - timedelta(hours=2), SYMBOL, ""),  # half past eight
        (NOON - timedelta(hours=14), "@optical-modules", ""),
        (NOON - timedelta(minutes=30), SYMBOL, "before"),
        (NOON - timedelta(hours=1), "BTCUSDT.BINANCE", "before"),
    ],
)
def test_a_gap_rings_for_watch_rules_of_the_evening_before(created: datetime, symbol: str, word: str) -> None:
    """In a session that opened after the rule was made the first evaluation is news."""
    listener = Listener(at=0, rule=rule(start=Start.NEXT, created=created))
    assert skip(entry(event(symbol=symbol), is_first=True), listener, hours()) == word
    assert skip(entry(event(symbol=symbol), is_joined=True), listener, hours()) == "before"


async def test_every_chat_of_the_partition_hears_and_no_other(store: Store) -> None:
    """Hundreds of listeners in batches, each with a row of its own."""
    number = partition("1")
    chats = [str(n) for n in range(1, 3000) if partition(str(n)) == number][:120]
    await arm(store, *(rule(f"r{chat}", chat) for chat in chats), rule("stranger", "2"))
    assert await Claims(store, number).hear(entry(event())) == ("claimed",) * 120
    assert await store.call("ZCARD", home_key("1", "due:1")) == 120
    assert partition("2") != number


async def test_a_claim_announces_its_partition(store: Store) -> None:
    """Senders wake by what is published, not by asking."""
    await arm(store, rule())
    async with store.listen("due") as listener:
        await listener.next(timedelta(milliseconds=200))
        await hear(store, event())
        assert await listener.next(timedelta(seconds=2)) == ("due", f"{partition('1'):02}")


async def test_a_silent_chat_burns_no_claim(store: Store) -> None:
    """A chat that blocked us is deaf: its once rule is still there when it comes back."""
    await arm(store, rule(mode=Mode.ONCE))
    await store.call("HSET", chat_key("1", "chat"), "active", "0")
    assert await hear(store, event()) == ["deaf"]
    await Chats(store).wake("1")
    assert await hear(store, event(ring=2)) == ["claimed"]


def test_an_entry_is_read_from_the_streams_fields() -> None:
    """Event, first writing, delay and both flags; an entry without a time counts from its own id."""
    fields = {
        name: str(value, "utf-8") if isinstance(value, bytes) else value
        for name, value in fields_of(event(), t="5", d="7", f="1", j="1").items()
    }
    found = entry_of("9-0", fields)
    assert (found.event, found.written, found.delay, found.is_first, found.is_joined) == (
        event(),
        5,
        7,
        True,
        True,
    )
    assert entry_of("9-1", {"e": fields["e"]}).written == 9


RING = st.sampled_from([(FIRED,), (PROVISIONAL,), (PROVISIONAL, CONFIRMED), (PROVISIONAL, WITHDRAWN)])


@given(
    rings=st.lists(st.tuples(RING, st.integers(0, 1), st.integers(0, 40)), min_size=1, max_size=6),
    mode=st.sampled_from(Mode),
    again=st.integers(0, 5),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_story_told_twice_is_told_once(
    store: Store, rings: list[tuple[tuple[State, ...], int, int]], mode: Mode, again: int
) -> None:
    """Read again from anywhere, a stream changes no row and no claim."""
    await store.call("FLUSHALL")
    await arm(store, rule(mode=mode, every=timedelta(minutes=30) if mode is Mode.EVERY else None))
    events, session, time = [], DAY, NOON
    for number, (states, days, minutes) in enumerate(rings, 1):
        session, time = session + timedelta(days), time + timedelta(days=days, minutes=minutes)
        events += [event(ring=number, state=state, session=session, time=time) for state in states]
    claims = Claims(store, partition("1"))
    for one in events:
        await claims.hear(entry(one))
    before = await _everything(store)
    for one in events[again:]:
        await claims.hear(entry(one))
    assert await _everything(store) == before


async def _everything(store: Store) -> dict[str, str]:
    """Every field of every row and claim of chat 1 but the times of writing."""
    kept: dict[str, str] = {}
    for day in range(7):
        name = f"1|{SYMBOL}|up|{DAY + timedelta(day)}"
        fields = texts(await store.call("HGETALL", home_key("1", f"row:{name}")))
        kept |= {f"{day} {field}": value for field, value in fields.items() if field != "touched"}
    return kept | texts(await store.call("HGETALL", chat_key("1", "claims")))
