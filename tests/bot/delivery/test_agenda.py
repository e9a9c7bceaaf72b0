"""The agenda: replies before alerts, earliest first, one message a chat, holds respected."""

from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.agenda import Agenda
from bot.store.chatkeys import ALERT, REPLY


def test_replies_go_before_alerts_and_the_earliest_first() -> None:
    """Lane first, time second."""
    agenda = Agenda()
    for chat, lane, at in (("a", 1, 1.0), ("b", 0, 3.0), ("c", 0, 2.0)):
        agenda.put(chat, lane, at)
    assert [agenda.pop(5.0) for _ in range(4)] == [("c", 0), ("b", 0), ("a", 1), None]


def test_a_busy_chat_waits_until_it_is_done() -> None:
    """Two things for one chat never go at once."""
    agenda = Agenda()
    agenda.put("a", 0, 0.0)
    agenda.put("a", 1, 0.0)
    assert agenda.pop(1.0) == ("a", 0)
    assert agenda.pop(1.0) is None
    assert agenda.next() is None
    agenda.done("a")
    assert agenda.pop(1.0) == ("a", 1)


def test_an_earlier_time_wins_and_deferring_moves_back() -> None:
    """`put` only brings forward, `defer` only puts off."""
    agenda = Agenda()
    agenda.put("a", 1, 5.0)
    agenda.put("a", 1, 9.0)
    assert agenda.next() == 5.0
    agenda.defer("a", 1, 7.0)
    agenda.defer("a", 1, 6.0)
    assert agenda.next() == 7.0
    assert len(agenda) == 1


def test_a_hold_keeps_a_lane_back() -> None:
    """Alerts wait for their limit while replies pass; a pause holds both, a shorter hold changes nothing."""
    agenda = Agenda()
    agenda.put("a", 1, 0.0)
    agenda.hold(10.0, (1,))
    agenda.hold(5.0, (1,))
    agenda.put("b", 0, 0.0)
    assert agenda.pop(6.0) == ("b", 0)
    assert agenda.pop(6.0) is None
    assert agenda.next() == 10.0
    agenda.hold(20.0)
    assert agenda.pop(15.0) is None
    assert agenda.pop(20.0) == ("a", 1)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 1), st.integers(0, 9)), max_size=30))
def test_everything_put_comes_out_once_and_no_earlier_than_due(puts: list[tuple[str, int, int]]) -> None:
    """Each (chat, lane) exactly once, never before its time, and `next` says when."""
    agenda = Agenda()
    for chat, lane, at in puts:
        agenda.put(chat, lane, at)
    due = {(chat, lane): min(at for c, n, at in puts if (c, n) == (chat, lane)) for chat, lane, _ in puts}
    out = []
    while (now := agenda.next()) is not None:
        found = agenda.pop(now)
        assert found is not None
        assert due[found] <= now
        agenda.done(found[0])
        out.append(found)
    assert sorted(out) == sorted(due)


def test_an_alert_lets_an_answer_pass_that_is_due_a_moment_later() -> None:
    """Both wait for the chat's one token; milliseconds do not decide, a quarter of a second does."""
    agenda = Agenda()
    agenda.put("1", ALERT, 1000)
    agenda.put("1", REPLY, 1004)
    assert agenda.pop(1001) is None
    assert agenda.next() == 1004
    assert agenda.pop(1004) == ("1", REPLY)
    agenda.done("1")
    agenda.put("1", REPLY, 1500)
    assert agenda.pop(1005) == ("1", ALERT)
