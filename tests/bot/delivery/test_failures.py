"""Every way a message can fail does what the table says: again, once marked, anew, plain, or never."""

from datetime import timedelta
from time import monotonic

import pytest

from bot.channel import RetryableError, UndeliverableError, UnknownOutcomeError
from bot.store.chatkeys import chat_key
from handlers.command import Reply
from rules.model import Loudness, State
from tests.bot.delivery.conftest import Post
from tests.bot.delivery.values import DAY, entry, event, rule


async def test_a_send_of_unknown_outcome_is_repeated_once_and_marked(post: Post) -> None:
    """Silence once: a second message says (repeat). Silence twice: no third, the row is done, and counted."""
    await post.arm(rule("r1"))
    post.chat.fail = [UnknownOutcomeError("timeout")]
    await post.ring(entry(event()))
    async with post.sending(post.chat.probe):
        await post.settled()
        assert len(post.chat.sent) == 1
        assert "(repeat)" in post.chat.sent[0].html
        assert post.counters.repeated == 1
        post.chat.fail = [UnknownOutcomeError("timeout"), UnknownOutcomeError("timeout")]
        await post.ring(entry(event(ring=2, session=DAY + timedelta(1))))
        await post.settled(20)
    assert len(post.chat.sent) == 1
    assert post.counters.failed["unknown"] == 1
    assert post.counters.unknown == 2


async def test_what_the_server_answered_with_nonsense_is_kept(post: Post) -> None:
    """5xx again and again delays, and never drops."""
    await post.arm(rule())
    post.chat.fail = [UnknownOutcomeError("502", answered=True)] * 3
    await post.ring(entry(event()))
    async with post.sending(post.chat.probe):
        await post.settled(20)
    assert len(post.chat.sent) == 1
    assert not post.counters.failed


async def test_an_edit_of_unknown_outcome_is_simply_repeated(post: Post) -> None:
    """No mark, no second message."""
    await post.chats.apply("1", 1, [], Reply(text="ok", edits=4))
    post.chat.fail = [UnknownOutcomeError("timeout")] * 2
    async with post.sending(post.chat.probe):
        await post.settled(20)
    assert [(number, message.html) for number, message in post.chat.edits] == [(4, "ok")]
    assert post.counters.repeated == 0


async def test_not_modified_counts_as_sent(post: Post) -> None:
    """The text stands there already."""
    await post.chats.apply("1", 1, [], Reply(text="ok", edits=4))
    post.chat.fail = [UndeliverableError("not_modified")]
    async with post.sending():
        await post.settled()
    assert not post.chat.sent
    assert not post.chat.edits


@pytest.mark.parametrize("lane", ["reply", "alert"])
async def test_what_cannot_be_edited_is_sent_anew(post: Post, lane: str) -> None:
    """The message is gone: its news goes out as a new one."""
    if lane == "reply":
        await post.chats.apply("1", 1, [], Reply(text="ok", edits=4))
    else:
        await post.arm(rule(loudness=Loudness.EDIT))
        await post.ring(entry(event(state=State.PROVISIONAL)))
    async with post.sending():
        if lane == "alert":
            await post.until(lambda: len(post.chat.sent) == 1)
            post.chat.fail = [UndeliverableError("gone")]
            await post.ring(entry(event(state=State.CONFIRMED)))
        else:
            post.chat.fail = [UndeliverableError("gone")]
        await post.settled()
    assert post.chat.sent[-1].html.startswith("ok" if lane == "reply" else "<b>Innolight +10%")
    assert not post.chat.edits


async def test_a_chat_that_blocked_us_is_left_alone_until_it_starts_again(post: Post) -> None:
    """403: inactive at once, queue cancelled, no claim burnt; after /start new rings arrive, no old ones."""
    await post.arm(rule("r1"), rule("r2", loudness=Loudness.SILENT))
    await post.chats.apply("1", 60, [], Reply(text="late answer"))
    post.chat.fail = [UndeliverableError("blocked")]
    await post.ring(entry(event()))
    async with post.sending():
        await post.settled()
        assert not post.chat.sent
        assert not (await post.chats.profile("1")).active
        assert await post.ring(entry(event(ring=2, session=DAY + timedelta(1)))) == ("deaf", "deaf")
        await post.chats.wake("1")
        assert await post.ring(entry(event(ring=3, session=DAY + timedelta(1)))) == ("claimed", "claimed")
        await post.settled()
    assert post.chat.shown == {"r1:3:fired", "r2:3:fired"}
    assert post.counters.failed == {"blocked": 1}
    assert post.counters.cancelled == 1


async def test_a_chat_that_moved_is_followed(post: Post) -> None:
    """ChatMigrated changes the address and sends again, to the new one."""
    await post.arm(rule("r1", "-7"))
    post.chat.fail = [UndeliverableError("migrated", chat="-1007")]
    await post.ring(entry(event()), "-7")
    async with post.sending():
        await post.settled()
    assert [message.chat for message in post.chat.sent] == ["-1007"]
    assert await post.chats.chat_of(-1007) == "-7"


async def test_markup_that_cannot_be_parsed_goes_once_as_plain_text(post: Post) -> None:
    """The second attempt has no tag; a third is not made."""
    await post.arm(rule())
    post.chat.fail = [UndeliverableError("bad_request", "Bad Request: can't parse entities: ...")]
    await post.ring(entry(event()))
    async with post.sending():
        await post.settled()
    (message,) = post.chat.sent
    assert "<" not in message.html
    assert message.html.startswith("Innolight +10%")
    assert post.counters.failed == {"markup": 1}


async def test_a_refused_message_is_given_up_and_counted(post: Post) -> None:
    """A 400 that is none of our business never loops; the next ring goes out."""
    await post.arm(rule())
    post.chat.fail = [UndeliverableError("bad_request", "Bad Request: no")]
    await post.ring(entry(event()))
    async with post.sending():
        await post.settled()
        await post.ring(entry(event(ring=2, session=DAY + timedelta(1))))
        await post.settled()
    assert post.chat.shown == {"r1:2:fired"}
    assert post.counters.failed == {"bad_request": 1}


async def test_a_chat_not_found_three_times_over_a_day_is_inactive(post: Post) -> None:
    """Twice proves nothing; the third time a day after the first does."""
    post.chat.fail = [UndeliverableError("bad_request", "Bad Request: chat not found")] * 3
    async with post.sending():
        for update in range(3):
            if update == 2:
                first = await post.store.call("HGET", chat_key("1", "chat"), "missed")
                await post.store.call("HSET", chat_key("1", "chat"), "missed", int(first) - 86_400_000)
            assert (await post.chats.profile("1")).active
            await post.chats.apply("1", update, [], Reply(text="x"))
            await post.settled()
    assert not (await post.chats.profile("1")).active


async def test_a_pause_holds_everything_and_everybody(post: Post) -> None:
    """retry_after 1: nothing goes out for a second, replies included; then all of it does."""
    await post.chats.apply("1", 1, [], Reply(text="a"))
    post.chat.fail = [RetryableError("flood", timedelta(seconds=1))]
    async with post.sending():
        await post.until(lambda: not post.chat.fail)
        begun = monotonic()
        await post.chats.apply("2", 2, [], Reply(text="b"))
        await post.settled()
    assert monotonic() - begun > 0.9
    assert sorted(message.html for message in post.chat.sent) == ["a", "b"]
    assert post.counters.held["pause"] >= 1


async def test_a_refused_token_stops_sending_and_keeps_the_queue(post: Post) -> None:
    """401: nothing more is tried, nothing is dropped."""
    await post.chats.apply("1", 1, [], Reply(text="a"))
    post.chat.fail = [UndeliverableError("unauthorized")]
    async with post.sending():
        await post.until(lambda: bool(post.counters.stopped))
    async with post.sending():
        pass
    assert not post.chat.sent
    post.counters.stopped = ""
    async with post.sending():
        await post.settled()
    assert len(post.chat.sent) == 1


async def test_while_nothing_gets_through_one_question_is_asked_and_the_repeat_is_kept(post: Post) -> None:
    """An outage costs no repeat: only after getMe was answered the message goes again."""
    await post.arm(rule())
    post.chat.fail = [UnknownOutcomeError("timeout")]
    post.chat.probes = [UnknownOutcomeError("timeout")]
    await post.ring(entry(event()))
    async with post.sending(post.chat.probe):
        await post.settled(20)
    assert post.chat.probed == 2
    assert len(post.chat.sent) == 1
    assert post.counters.held["outage"] == 1


async def test_a_connection_that_was_never_made_costs_nothing(post: Post) -> None:
    """Not sent means again, unmarked."""
    await post.chats.apply("1", 1, [], Reply(text="a"))
    post.chat.fail = [RetryableError("not sent")]
    async with post.sending(post.chat.probe):
        await post.settled()
    assert [message.html for message in post.chat.sent] == ["a"]
    assert post.counters.repeated == 0


async def test_a_flood_without_a_word_pauses_a_second_and_more(post: Post) -> None:
    """429 with no retry_after: everybody waits, the wait grows, nothing is lost."""
    post.chat.fail = [RetryableError("flood"), RetryableError("flood")]
    await post.chats.apply("1", 1, [], Reply(text="a"))
    async with post.sending():
        await post.settled()
    assert [message.html for message in post.chat.sent] == ["a"]
    assert post.counters.held["pause"] >= 1


async def test_an_outage_without_a_question_to_ask_backs_off(post: Post) -> None:
    """A channel that cannot be probed is simply tried again, later and later."""
    post.chat.fail = [RetryableError("not sent")] * 3
    await post.chats.apply("1", 1, [], Reply(text="a"))
    async with post.sending():
        await post.settled()
    assert [message.html for message in post.chat.sent] == ["a"]
    assert post.counters.held["outage"] == 3
