"""The playground's limits: hard on who breaks them, never on who keeps them."""

import random

from hypothesis import given
from hypothesis import strategies as st

from bot.web.limits import EXACT, Limits, Rates


class Watch:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        """Seconds."""
        return self.time


def test_thirty_in_a_second_and_not_one_more() -> None:
    """The 31st message within a second is refused, wherever it goes."""
    watch = Watch()
    limits = Limits(EXACT, watch)
    assert [limits.refuse(chat) for chat in range(1, 31)] == [0] * 30
    assert limits.refuse(99) == 1
    watch.time += 1.0
    assert limits.refuse(99) == 0


def test_a_chat_regains_one_a_second() -> None:
    """Two messages to one chat within a second: the second is refused; other chats are not."""
    watch = Watch()
    limits = Limits(EXACT, watch)
    assert limits.refuse(1) == 0
    assert limits.refuse(1) == 1
    assert limits.refuse(2) == 0
    watch.time += 1.0
    assert limits.refuse(1) == 0


def test_a_short_burst_is_let_through() -> None:
    """By default a chat takes three at once, but only one a second in the long run."""
    watch = Watch()
    limits = Limits(Rates(), watch)
    assert [limits.refuse(1) for _ in range(4)] == [0, 0, 0, 1]


def test_a_group_takes_twenty_a_minute() -> None:
    """The 21st message to a group within a minute waits for the first to grow old."""
    watch = Watch()
    limits = Limits(EXACT, watch)
    for _ in range(20):
        assert limits.refuse(-5) == 0
        watch.time += 1.5
    assert limits.refuse(-5) == 30
    assert limits.refuse(-6) == 0


def test_who_comes_back_early_is_refused_again_and_counted() -> None:
    """retry_after is meant: during it everything to that chat is refused with what remains."""
    watch = Watch()
    limits = Limits(EXACT, watch)
    limits.hold(5, chat=1)
    watch.time += 2.5
    assert limits.refuse(1) == 3
    assert limits.refuse(2) == 0
    assert limits.early == 1
    limits.hold(5)
    assert limits.refuse(2) == 5
    watch.time += 5
    assert limits.refuse(1) == 0


@given(st.integers(0, 2**32), st.floats(0.0, 0.29))
def test_an_obedient_client_is_never_refused(seed: int, jitter: float) -> None:
    """Messages granted at exactly the allowed rates arrive late by up to the jitter, and all get through."""
    dice = random.Random(seed)  # noqa: S311 -- a made-up network's delays
    grants: list[float] = []
    free = dict.fromkeys(range(1, 41), 0.0)
    now = 0.0
    arrivals: list[tuple[float, int]] = []
    while now < 4.0:
        chat = min(free, key=lambda one: (free[one], dice.random()))
        now = max(now, free[chat], grants[-30] + 1.0 if len(grants) >= 30 else 0.0)
        grants.append(now)
        free[chat] = now + 1.0
        arrivals.append((now + dice.uniform(0.0, jitter), chat))
    watch = Watch()
    limits = Limits(Rates(), watch)
    for at, chat in sorted(arrivals):
        watch.time = 1000.0 + at
        assert limits.refuse(chat) == 0


def test_a_steady_offender_is_caught() -> None:
    """Forty messages a second, spread evenly over many chats, do not pass for long."""
    watch = Watch()
    limits = Limits(Rates(), watch)
    refused = 0
    for number in range(400):
        refused += limits.refuse(number + 1) > 0
        watch.time += 1 / 40
    assert refused > 0
