"""Episodes: which message goes out next, as a pure function of the row."""

from dataclasses import replace
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.episodes import Alert, Edit, Form, Post, Posted, Row, lost, plan, posted, settled
from rules.model import Direction, Loudness, State
from tests.bot.delivery.values import alert, row

RING, SILENT, EDIT = Loudness
FIRED, PROVISIONAL, CONFIRMED, WITHDRAWN = State


def said(one: Row, *, limit: int = 50) -> tuple[Row, list[Post | Edit]]:
    """The row after all its steps went out, and the steps."""
    steps: list[Post | Edit] = []
    numbers = count(len(one.posted) + 1)
    while (step := plan(one)) is not None:
        assert len(steps) < limit
        steps.append(step)
        number = next(numbers) if isinstance(step, Post) else one.posted[step.index].number
        one = replace(one, posted=posted(one, step, number, "text"), in_doubt=False)
    return one, steps


def become(one: Row, key: str, state: State, ring: int = 1) -> Row:
    """The row with an alert in a later state."""
    return replace(
        one,
        alerts=tuple(
            replace(old, event=replace(old.event, state=state, ring=ring)) if old.key == key else old
            for old in one.alerts
        ),
    )


def test_alerts_that_wait_together_open_one_card() -> None:
    """Several rungs jumped at once are one message, the highest first, louder before quieter."""
    steps = said(row(alert("a", level=5.0), alert("q", loudness=SILENT), alert("b", level=10.0)))[1]
    assert steps == [Post(keys=("b:1", "a:1", "q:1"), silent=False)]


def test_the_farthest_level_leads_downwards_too() -> None:
    """-10 % stands before -5 %."""
    down = {"direction": Direction.DOWN}
    step = plan(row(alert("a", level=-5.0, **down), alert("b", level=-10.0, **down)))
    assert step == Post(keys=("b:1", "a:1"), silent=False)


def test_of_different_signals_the_newest_leads() -> None:
    """The card opens with what just happened."""
    step = plan(row(alert("a", level=5.0), alert("b", signal="record high", level=542.0)))
    assert step is not None
    assert step.keys == ("b:1", "a:1")


def test_a_silent_alert_posts_silently() -> None:
    """Lower rungs make no sound; with a ringing one among them the card rings."""
    assert plan(row(alert(loudness=SILENT))) == Post(keys=("r1:1",), silent=True)
    both = plan(row(alert("a", loudness=SILENT), alert("b")))
    assert isinstance(both, Post)
    assert not both.silent


def test_an_edit_alert_joins_the_card() -> None:
    """What only edits goes into the last message, or silently by itself where there is none."""
    assert plan(row(alert(loudness=EDIT))) == Post(keys=("r1:1",), silent=True)
    one, _ = said(row(alert("a")))
    one = replace(one, alerts=(*one.alerts, alert("b", loudness=EDIT, order=2)))
    assert plan(one) == Edit(index=0, keys=("a:1", "b:1"), form=Form.CARD)


def test_a_new_card_shrinks_the_old_one() -> None:
    """First the card, then the older one as a line; after that nothing."""
    one, _ = said(row(alert("a")))
    one, steps = said(replace(one, alerts=(*one.alerts, alert("b", order=2))))
    assert steps == [Post(keys=("b:1",), silent=False), Edit(index=0, keys=("a:1",), form=Form.LINE)]
    assert [message.form for message in one.posted] == [Form.LINE, Form.CARD]


def test_a_later_state_edits_the_message_that_named_it() -> None:
    """Confirmed goes where provisional stood."""
    one, _ = said(row(alert(state=PROVISIONAL)))
    assert said(become(one, "r1:1", CONFIRMED))[1] == [Edit(index=0, keys=("r1:1",), form=Form.CARD)]


def test_a_withdrawal_of_an_own_message_is_also_a_silent_one() -> None:
    """Posted as its own: a silent message says so, and the old card is a line. As an edit: an edit."""
    one, _ = said(row(alert(state=PROVISIONAL)))
    assert said(become(one, "r1:1", WITHDRAWN))[1] == [
        Post(keys=("r1:1",), silent=True),
        Edit(index=0, keys=("r1:1",), form=Form.LINE),
    ]
    quiet, _ = said(row(alert(state=PROVISIONAL, loudness=EDIT)))
    assert said(become(quiet, "r1:1", WITHDRAWN))[1] == [Edit(index=0, keys=("r1:1",), form=Form.CARD)]


def test_a_second_provisional_edits_every_text_and_a_second_withdrawal_does_too() -> None:
    """The claim moved on: both messages are edited, no third one is sent."""
    one, _ = said(row(alert(state=PROVISIONAL)))
    one, _ = said(become(one, "r1:1", WITHDRAWN))
    one, steps = said(become(one, "r1:1", PROVISIONAL, ring=2))
    assert sorted(step.index for step in steps if isinstance(step, Edit)) == [0, 1]
    one, steps = said(become(one, "r1:1", WITHDRAWN, ring=2))
    assert all(isinstance(step, Edit) for step in steps)
    assert {triple for message in one.posted for triple in message.alerts} == {"r1:2:withdrawn"}


def test_a_withdrawal_before_any_text_is_one_silent_line() -> None:
    """Nobody heard the ring, so nothing rings."""
    assert plan(row(alert(state=WITHDRAWN))) == Post(keys=("r1:1",), silent=True)


def test_a_gone_message_is_sent_anew_only_for_news() -> None:
    """A card that cannot be edited is posted again for a new state, not where it only had to shrink."""
    one, _ = said(row(alert("a", state=PROVISIONAL)))
    changed = become(one, "a:1", CONFIRMED)
    step = plan(changed)
    assert isinstance(step, Edit)
    assert plan(replace(changed, posted=lost(changed, step))) == Post(keys=("a:1",), silent=True)
    grown = replace(one, alerts=(*one.alerts, alert("b", order=2)))
    grown = replace(grown, posted=posted(grown, Post(keys=("b:1",), silent=False), 2, "text"))
    step = plan(grown)
    assert isinstance(step, Edit)
    assert plan(replace(grown, posted=lost(grown, step))) is None


def test_a_message_of_unknown_id_is_never_edited() -> None:
    """Its next state is a message of its own; until then nothing is owed."""
    one = row(alert(state=PROVISIONAL))
    step = plan(one)
    assert isinstance(step, Post)
    one = replace(one, posted=posted(one, step, None, "text"))
    assert plan(one) is None
    assert plan(become(one, "r1:1", CONFIRMED)) == Post(keys=("r1:1",), silent=True)


def test_a_repeat_is_marked() -> None:
    """After a send of unknown outcome the next card says so."""
    step = plan(row(alert(), in_doubt=True))
    assert isinstance(step, Post)
    assert step.repeat
    assert posted(row(alert()), step, 1, "x")[0].repeat


def test_a_card_recalls_what_is_settled() -> None:
    """Fired and confirmed alerts of older messages, newest first; nothing that may still change."""
    one, _ = said(row(alert("a"), alert("b", state=PROVISIONAL), alert("c", state=CONFIRMED)))
    assert [old.rule for old in settled(one, ("d:1",))] == ["c", "a"]
    assert settled(one, ("a:1", "b:1", "c:1")) == ()


def test_dropped_alerts_disappear_from_what_is_planned() -> None:
    """A message all of whose alerts were dropped is left as it stands."""
    message = Posted(number=1, form=Form.CARD, keys=("x:1",), alerts=("x:1:fired",), html="text")
    assert plan(row(posted=(message,))) is None


ALERTS = st.lists(
    st.tuples(st.sampled_from(Loudness), st.sampled_from([FIRED, PROVISIONAL])), min_size=1, max_size=6
)
FATES = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from([CONFIRMED, WITHDRAWN]), st.booleans()), max_size=12
)


@given(alerts=ALERTS, fates=FATES)
def test_whatever_happens_the_chat_ends_up_reading_the_present_states(
    alerts: list[tuple[Loudness, State]], fates: list[tuple[int, State, bool]]
) -> None:
    """Alerts come and end in any order, sent at once or late: final texts say the present state of each."""
    one = row()
    for number, (loudness, state) in enumerate(alerts):
        new: Alert = alert(f"r{number}", loudness=loudness, state=state, order=number + 1)
        one = replace(one, alerts=(*one.alerts, new))
        for which, end, at_once in fates[number * 2 : number * 2 + 2]:
            old = one.alerts[which % len(one.alerts)]
            if old.event.state is PROVISIONAL:
                one = become(one, old.key, end)
            if at_once:
                one, _ = said(one)
    one, _ = said(one)
    assert {triple for message in one.posted for triple in message.alerts} == {
        old.triple for old in one.alerts
    }
    assert [message.form for message in one.posted[:-1]] == [Form.LINE] * (len(one.posted) - 1)
    assert plan(one) is None
