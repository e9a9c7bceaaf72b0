"""From raw updates to replies: who, where, in which language, and with what right."""

import logging
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from handlers.access import ANONYMOUS_ADMIN
from handlers.application import Answer, Application, UnreadableError
from handlers.command import COMMANDS, AddRule, Language, Reply, Request, SetLanguage
from handlers.keyboard import sign
from handlers.ports import Ports
from tests.fakes.ports import SECRET, World, founding
from tests.handlers.test_watch import shown


@dataclass(slots=True)
class Admins:
    """Administrators of groups, and how often anybody asked."""

    known: set[tuple[int, int]] = field(default_factory=set)
    asked: int = 0

    async def is_admin(self, chat: int, user: int) -> bool:
        """Whether the pair is known."""
        self.asked += 1
        return (chat, user) in self.known


def message(text: str | None, chat: int = 1001, **fields: Any) -> dict[str, Any]:
    """An update with a message, as the Bot API sends it."""
    body: dict[str, Any] = {
        "message_id": 9,
        "date": 1_764_120_000,
        "chat": {"id": chat, "type": "private" if chat > 0 else "supergroup", "title": "G"},
        "from": {"id": 1001, "is_bot": False, "first_name": "U", "language_code": "en"},
    }
    if text is not None:
        body["text"] = text
    return {"update_id": 7, "message": body | fields}


def pressed(data: str, chat: int = 1001, **fields: Any) -> dict[str, Any]:
    """An update with a button press under a message of ours."""
    query: dict[str, Any] = {
        "id": "cb",
        "from": {"id": 1001, "is_bot": False, "first_name": "U", "language_code": "zh-hans"},
        "chat_instance": "x",
        "data": data,
        "message": message("shown", chat)["message"],
    }
    return {"update_id": 8, "callback_query": query | fields}


def application(world: World, admins: Admins | None = None) -> Application:
    """An application over a world."""
    made = Application(world.ports, world.book, admins or Admins())
    made.username = "TickbellBot"
    return made


def without(body: dict[str, Any], key: str) -> dict[str, Any]:
    """The object less one of its fields."""
    return {name: value for name, value in body.items() if name != key}


async def replied(raw: dict[str, Any], world: World | None = None, admins: Admins | None = None) -> Reply:
    """The reply to one update."""
    answer = await application(world or founding(), admins).answer(raw)
    assert answer is not None
    assert answer.reply is not None
    return answer.reply


async def test_a_command_is_answered_to_its_chat() -> None:
    """With the update's number and plain strings that any encoder takes."""
    answer = await application(founding()).answer(message("/quote 300308"))
    assert isinstance(answer, Answer)
    assert (answer.update, answer.chat, answer.active) == (7, "1001", True)
    assert answer.reply is not None
    assert type(answer.reply.text) is str
    assert all(type(button.text) is str for row in answer.reply.buttons for button in row)


@pytest.mark.parametrize(
    "text",
    [
        "/quote 300308",
        "/QUOTE 300308",
        "/quote@TickbellBot 300308",
        "/quote\n300308",
        "/quote  300308 ",
        "quote 300308",
        "行情 300308",
        "/行情 300308",
        "300308",
    ],
)
async def test_commands_are_recognised_however_they_are_typed(text: str) -> None:
    """Addressed, in capitals, over lines, in words, in Chinese."""
    assert shown(await replied(message(text))).startswith("Innolight 479.66")


async def test_a_caption_counts_as_text() -> None:
    """A picture with a command under it."""
    assert shown(await replied(message(None, caption="/quote 300308"))).startswith("Innolight")


async def test_lines_after_a_command_belong_to_it() -> None:
    """A pasted column of codes."""
    reply = await replied(message("/quote 300308\n600036"))
    assert "CMB" in shown(reply)


@pytest.mark.parametrize(
    "raw",
    [
        {"update_id": 7, "edited_message": message("/start")["message"]},
        {"update_id": 7, "channel_post": message("/start")["message"]},
        {"update_id": 7},
        message(None),
        message("/start@SomebodyElse"),
        message("hello there", -5),
        message("/other", -5),
        message("/start", is_automatic_forward=True),
        {"update_id": 7, "message": without(message("/start")["message"], "from")},
        {
            "update_id": 8,
            "callback_query": without(pressed("x")["callback_query"], "message"),
        },
    ],
)
async def test_what_asks_nothing_is_ignored(raw: dict[str, Any]) -> None:
    """Edits, posts, pictures, other bots' commands, the talk of a group."""
    assert await application(founding()).answer(raw) is None


async def test_an_unknown_command_is_met_with_a_hint() -> None:
    """In a private chat, and in a group where it was addressed to us."""
    assert shown(await replied(message("/wacth x"))) == (
        "There is no /wacth; /help lists what there is. Did you mean /watch?"
    )
    assert shown(await replied(message("/zzzzzz"))) == "There is no /zzzzzz; /help lists what there is."
    assert "no /other" in shown(await replied(message("/other@tickbellbot", -5)))


async def test_before_our_name_is_known_every_address_is_ours() -> None:
    """GetMe may not have answered yet."""
    made = application(founding())
    made.username = ""
    answer = await made.answer(message("/quote@Whoever 300308"))
    assert answer is not None


@pytest.mark.parametrize(
    ("chosen", "sender", "expected"),
    [("zh", "en", "zh"), ("en", "zh", "en"), (None, "zh-hant", "zh"), (None, "de", "en"), ("fr", "en", "en")],
)
async def test_the_language_is_the_chats_else_the_senders(
    chosen: str | None, sender: str, expected: str
) -> None:
    """The first answer's language is kept, so that alerts speak it too."""
    world = founding()
    if chosen is not None:
        world.book.languages["1001"] = chosen
    raw = message("/list")
    raw["message"]["from"]["language_code"] = sender
    reply = await replied(raw, world)
    assert ("还没有" in reply.text) is (expected == "zh")
    kept = (SetLanguage(language=Language(expected)),) if chosen is None else ()
    assert reply.effects == kept


async def test_a_language_just_chosen_is_not_overruled() -> None:
    """/language itself says what is kept."""
    reply = await replied(message("/language zh"))
    assert reply.effects == (SetLanguage(language=Language.ZH),)


@pytest.mark.parametrize(
    "raw",
    [
        {"update_id": "x", "message": message("/start")["message"]},
        {"update_id": 7, "message": {"message_id": 1}},
        {"update_id": 7, "message": []},
        {"update_id": 7, "callback_query": 5},
        {},
    ],
)
async def test_what_cannot_be_read_is_one_kind_of_error(raw: dict[str, Any]) -> None:
    """Whatever the library raised on it."""
    with pytest.raises(UnreadableError):
        await application(founding()).answer(raw)


@pytest.mark.parametrize(
    ("status", "active"),
    [("member", True), ("administrator", True), ("kicked", False), ("left", False)],
)
async def test_being_let_in_or_out_is_noted(status: str, *, active: bool) -> None:
    """my_chat_member says who can be reached."""
    user = {"id": 7, "is_bot": True, "first_name": "T"}
    new: dict[str, Any] = {"status": status, "user": user}
    if status == "kicked":
        new["until_date"] = 0
    if status == "administrator":
        rights = (
            "can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages",
            "can_manage_video_chats", "can_restrict_members", "can_promote_members", "can_change_info",
            "can_invite_users",
            "can_post_stories", "can_edit_stories", "can_delete_stories",
        )  # fmt: skip
        new |= dict.fromkeys(rights, False)
    changed = {
        "chat": {"id": -5, "type": "group", "title": "G"},
        "from": {"id": 1001, "is_bot": False, "first_name": "U"},
        "date": 1_764_120_000,
        "old_chat_member": {"status": "left", "user": user},
        "new_chat_member": new,
    }
    answer = await application(founding()).answer({"update_id": 7, "my_chat_member": changed})
    assert answer == Answer(update=7, chat="-5", active=active)


async def test_in_a_group_all_may_read_and_nobody_is_asked_about() -> None:
    """Only a reply with effects needs a right."""
    admins, world = Admins(), founding()
    world.book.languages["-5"] = "en"
    assert shown(await replied(message("/quote 300308", -5), world, admins)).startswith("Innolight")
    assert admins.asked == 0


async def test_in_a_group_only_administrators_write() -> None:
    """A refusal in words, or in a toast for a button; nothing is changed but the group's language."""
    world, admins = founding(), Admins()
    reply = await replied(message("/watch 300308", -5), world, admins)
    assert "Only administrators" in reply.text
    assert reply.effects == (SetLanguage(language=Language.EN),)
    world.book.languages["-5"] = "en"
    button = await replied(pressed(sign(SECRET, "-5", "watch", "300308.SZ"), -5), world, admins)
    assert (button.text, button.effects, button.callback) == ("", (), "cb")
    assert "Only administrators" in button.toast
    admins.known.add((-5, 1001))
    allowed = await replied(message("/watch 300308", -5), world, admins)
    assert len(allowed.effects) > 10


@pytest.mark.parametrize(
    ("user", "sender", "allowed"),
    [
        (ANONYMOUS_ADMIN, -5, True),
        (ANONYMOUS_ADMIN, -6, False),
        (136817688, -77, False),
        (1001, -5, False),
    ],
)
async def test_who_posts_for_a_chat_writes_only_as_the_group_itself(
    user: int, sender: int, *, allowed: bool
) -> None:
    """An anonymous administrator is one; a channel or a made-up sender is not, whatever the user's rights."""
    admins = Admins({(-5, user)})
    raw = message("/watch 300308", -5)
    raw["message"]["from"]["id"] = user
    raw["message"]["sender_chat"] = {"id": sender, "type": "supergroup", "title": "G"}
    reply = await replied(raw, None, admins)
    assert any(isinstance(effect, AddRule) for effect in reply.effects) is allowed


async def test_a_button_knows_its_message() -> None:
    """Which to edit, what it said, which press to answer."""
    reply = await replied(pressed(sign(SECRET, "1001", "refresh", "quote 300308.SZ")))
    assert (reply.edits, reply.callback) == (9, "cb")
    assert reply.toast == "已刷新"


async def test_a_button_under_a_message_telegram_forgot_still_answers() -> None:
    """An inaccessible message has no text; a list under it cannot be watched any more."""
    lost = {"chat": {"id": 1001, "type": "private"}, "message_id": 9, "date": 0}
    reply = await replied(pressed(sign(SECRET, "1001", "all", "abc"), message=lost))
    assert reply.toast == "此按钮已失效"


class BrokenError(RuntimeError):
    """What a faulty command raises."""


class AwayError(RuntimeError):
    """What a store that is away raises."""


@pytest.mark.parametrize("error", [BrokenError, AwayError])
async def test_a_command_that_raises_says_sorry(
    error: type[Exception], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a sentence or a toast, and the log has the reason; an outage is tried again instead."""

    async def fail(_request: Request, _ports: Ports) -> Reply:
        raise error("why")

    monkeypatch.setitem(COMMANDS, "list", replace(COMMANDS["list"], answer=fail))
    made = application(founding())
    made.transient = (AwayError,)
    button = pressed(sign(SECRET, "1001", "refresh", "list"))
    if error is AwayError:
        with pytest.raises(AwayError):
            await made.answer(message("/list"))
        return
    with caplog.at_level(logging.ERROR):
        answer, toast = await made.answer(message("/list")), await made.answer(button)
    assert answer is not None
    assert answer.reply is not None
    assert "Sorry" in answer.reply.text
    assert toast is not None
    assert toast.reply is not None
    assert (toast.reply.text, toast.reply.callback) == ("", "cb")
    assert "抱歉" in toast.reply.toast
    assert len(caplog.records) == 2


@pytest.mark.parametrize(
    "text", ["alert me when 300308 rises 5%", "/alert me if 300308 rises 5%", "alert 300308 up 5%"]
)
async def test_a_sentence_that_begins_like_the_command_is_an_alert(text: str) -> None:
    """The first word is taken for the command; what is left of the preamble is skipped."""
    answer = await application(founding()).answer(message(text))
    assert answer is not None
    assert answer.reply is not None
    assert [effect.rule.symbol for effect in answer.reply.effects if isinstance(effect, AddRule)] == [
        "300308.SZ"
    ]
