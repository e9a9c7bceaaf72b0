"""The Bot API's methods, each checked and worded as Telegram's server does it.

Shapes and rules: https://core.telegram.org/bots/api; the words of the refusals: `fail_query_with_error` and
the getters of tdlib/telegram-bot-api (telegram-bot-api/Client.cpp).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from bot.web import records
from bot.web.checks import (
    Call,
    bubble_of,
    chat_of,
    command,
    editable,
    limit,
    reach,
    replied,
    scope_of,
    text_of,
)
from bot.web.markup import inline
from bot.web.refusal import NOT_MODIFIED, QUERY_TOO_OLD, bad
from bot.web.spans import units
from bot.web.state import Sender
from bot.web.views import Json, chat, person, robot

QUERY_SECONDS = 60.0  # after this long a client stops waiting for the answer to a button
TOAST = 200  # characters
COMMANDS = 100


Method: TypeAlias = Callable[[Call], Any]


def send_message(call: Call) -> Json:
    """SendMessage."""
    ground = call.ground
    target = chat_of(call)
    text, entities = text_of(call, "message is too long")
    markup = inline(call.arguments)
    reply_to = replied(call, target)
    reach(target)
    limit(call, target)
    number = ground.state.last_message + 1
    ground.ledger.write(
        records.Sent(
            call=call.number,
            chat=target.id,
            message=number,
            text=text,
            date=ground.date(),
            entities=entities,
            markup=markup,
            silent=call.arguments.flag("disable_notification"),
            alerts=call.alerts,
            reply_to=reply_to,
        )
    )
    return ground.views.message(ground.state.bubbles[target.id, number])


def edit_text(call: Call) -> Json:
    """EditMessageText."""
    ground = call.ground
    target, bubble = editable(call)
    text, entities = text_of(call, "MESSAGE_TOO_LONG")
    markup = inline(call.arguments, editing=True)
    if (text, entities, markup) == (bubble.text, bubble.entities, bubble.markup):
        raise bad(NOT_MODIFIED)
    limit(call, target)
    ground.ledger.write(
        records.Edited(
            call=call.number,
            chat=target.id,
            message=bubble.number,
            text=text,
            date=ground.date(),
            entities=entities,
            markup=markup,
            alerts=call.alerts,
        )
    )
    return ground.views.message(bubble)


def edit_markup(call: Call) -> Json:
    """EditMessageReplyMarkup."""
    ground = call.ground
    target, bubble = editable(call)
    markup = inline(call.arguments, editing=True)
    if markup == bubble.markup:
        raise bad(NOT_MODIFIED)
    limit(call, target)
    ground.ledger.write(
        records.Marked(
            call=call.number, chat=target.id, message=bubble.number, date=ground.date(), markup=markup
        )
    )
    return ground.views.message(bubble)


def delete_message(call: Call) -> bool:
    """DeleteMessage."""
    target = chat_of(call)
    bubble = bubble_of(call, target, "message to delete not found")
    if bubble.sender is not Sender.BOT and target.type != "private":
        raise bad("message can't be deleted")
    reach(target)
    call.ground.ledger.write(records.Deleted(call=call.number, chat=target.id, message=bubble.number))
    return True


def answer_query(call: Call) -> bool:
    """AnswerCallbackQuery."""
    number = call.arguments.text("callback_query_id")
    query = call.ground.state.queries.get(number)
    now = call.ground.ledger.now()
    if query is None or query.answered or now - query.at > QUERY_SECONDS:
        raise bad(QUERY_TOO_OLD)
    text = call.arguments.text("text")
    if units(text) > TOAST:
        raise bad("MESSAGE_TOO_LONG")
    call.ground.ledger.write(
        records.Toasted(call=call.number, callback=number, text=text, alert=call.arguments.flag("show_alert"))
    )
    return True


def set_commands(call: Call) -> bool:
    """SetMyCommands."""
    try:
        value = call.arguments.json("commands")
    except ValueError as error:
        raise bad("can't parse commands JSON object") from error
    if not isinstance(value, list):
        raise bad("expected an Array of BotCommand")
    if len(value) > COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    _list(call, tuple(command(item) for item in value))
    return True


def delete_commands(call: Call) -> bool:
    """DeleteMyCommands."""
    _list(call, ())
    return True


def get_commands(call: Call) -> list[Json]:
    """getMyCommands: of exactly that scope and language."""
    menu = call.ground.state.menus.get((scope_of(call), call.arguments.text("language_code")), ())
    return [{"command": name, "description": description} for name, description in menu]


def get_me(call: Call) -> Json:
    """GetMe."""
    return robot(call.ground.number, call.ground.face) | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def get_chat(call: Call) -> Json:
    """GetChat."""
    full = {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }
    return chat(chat_of(call)) | full


def get_member(call: Call) -> Json:
    """getChatMember: user 1 owns every group, others are members."""
    target = chat_of(call)
    user = call.arguments.integer("user_id")
    if user is None:
        raise bad("invalid user_id specified")
    ground = call.ground
    if user == ground.number:
        return {"status": "member", "user": robot(ground.number, ground.face)}
    known = {bubble.user for bubble in ground.messages(target.id)} | {target.id, 1}
    if user not in known:
        raise bad("PARTICIPANT_ID_INVALID")
    if target.type != "private" and user == 1:
        return {"status": "creator", "user": person(user, ground.face), "is_anonymous": False}
    return {"status": "member", "user": person(user, ground.face)}


def get_webhook(call: Call) -> Json:
    """getWebhookInfo: there is none."""
    waiting = len(call.ground.state.updates)
    return {"url": "", "has_custom_certificate": False, "pending_update_count": waiting}


def delete_webhook(call: Call) -> bool:
    """deleteWebhook; with drop_pending_updates what waits is gone."""
    updates = call.ground.state.updates
    if call.arguments.flag("drop_pending_updates") and updates:
        call.ground.ledger.write(records.Confirmed(offset=max(updates) + 1))
    return True


def agree(_call: Call) -> bool:
    """A call without consequences here: logOut, close."""
    return True


def act(call: Call) -> bool:
    """sendChatAction: checked, not shown."""
    reach(chat_of(call))
    return True


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "getme": get_me,
        "sendmessage": send_message,
        "editmessagetext": edit_text,
        "editmessagereplymarkup": edit_markup,
        "deletemessage": delete_message,
        "answercallbackquery": answer_query,
        "setmycommands": set_commands,
        "deletemycommands": delete_commands,
        "getmycommands": get_commands,
        "getchat": get_chat,
        "getchatmember": get_member,
        "getwebhookinfo": get_webhook,
        "deletewebhook": delete_webhook,
        "sendchataction": act,
        "logout": agree,
        "close": agree,
    }
)


def _list(call: Call, commands: tuple[tuple[str, str], ...]) -> None:
    language = call.arguments.text("language_code")
    call.ground.ledger.write(
        records.Listed(call=call.number, scope=scope_of(call), language=language, commands=commands)
    )
