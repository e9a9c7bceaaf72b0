"""What every call of the Bot API has in common: which chat, which message, what text, and whether it may."""

from dataclasses import dataclass

import msgspec

from bot.web.arguments import Arguments
from bot.web.entities import EntityError, parse
from bot.web.ground import LONGEST_TEXT, Playground
from bot.web.refusal import BLOCKED, UPGRADED, RefusedError, bad, flood
from bot.web.spans import MERGED, QUOTES, Entity, clean, settle, trim, units
from bot.web.state import Bubble, Chat, Sender

SCOPES = frozenset({"default", "all_private_chats", "all_group_chats", "all_chat_administrators"})
CHAT_SCOPES = frozenset({"chat", "chat_administrators", "chat_member"})
KINDS = frozenset({*MERGED, *QUOTES, "code", "pre", "text_link"})  # those a client may set itself
COMMAND_LENGTH, DESCRIPTION_LENGTH = 32, 256  # https://core.telegram.org/bots/api#botcommand


@dataclass(frozen=True, slots=True)
class Call:
    """One call being carried out; `number` is taken by the record it writes, 0 otherwise."""

    ground: Playground
    arguments: Arguments
    alerts: tuple[str, ...]
    number: int


def chat_of(call: Call) -> Chat:
    """The chat a call names; refused where nobody knows it."""
    given = call.arguments.text("chat_id").strip()
    if not given:
        raise bad("chat_id is empty")
    number = call.arguments.integer("chat_id")
    found = call.ground.state.chats.get(number) if number is not None else None
    if found is None:
        raise bad("chat not found")
    return found


def reach(target: Chat) -> None:
    """Refuse a chat that moved or that shut the bot out."""
    if target.moved:
        raise bad(UPGRADED, migrate_to_chat_id=target.moved)
    if target.blocked:
        raise RefusedError(BLOCKED, 403)


def limit(call: Call, target: Chat) -> None:
    """Take one message from the limits, or refuse with the seconds to stay away."""
    if seconds := call.ground.limits.refuse(target.id):
        raise flood(seconds)


def bubble_of(call: Call, target: Chat, missing: str) -> Bubble:
    """The message a call names."""
    number = call.arguments.integer("message_id")
    if not number:
        raise bad("message identifier is not specified")
    bubble = call.ground.state.bubble(target.id, number)
    if bubble is None:
        raise bad(missing)
    return bubble


def editable(call: Call) -> tuple[Chat, Bubble]:
    """The chat and the bot's own message that an edit names."""
    if "inline_message_id" in call.arguments and "chat_id" not in call.arguments:
        raise bad("MESSAGE_ID_INVALID")
    target = chat_of(call)
    bubble = bubble_of(call, target, "message to edit not found")
    if bubble.sender is not Sender.BOT:
        raise bad("message can't be edited")
    reach(target)
    return target, bubble


def text_of(call: Call, too_long: str) -> tuple[str, tuple[Entity, ...]]:
    """Text and entities of a message, parsed and trimmed; `too_long` is the word for more than 4096 units."""
    source = call.arguments.text("text")
    mode = call.arguments.text("parse_mode").lower()
    if mode not in ("", "none", "html"):
        raise bad("unsupported parse_mode")
    try:
        text, entities = parse(source) if mode == "html" else trim(clean(source), _given(call, source))
    except EntityError as error:
        raise bad(f"can't parse entities: {error}") from error
    if not text:
        raise bad("message text is empty")
    if units(text) > LONGEST_TEXT:
        raise bad(too_long)
    _preview(call)
    return text, entities


def _given(call: Call, text: str) -> tuple[Entity, ...]:
    """The `entities` parameter, which a call without parse mode may carry instead of markup."""
    try:
        value = call.arguments.json("entities")
    except ValueError as error:
        raise bad("can't parse entities: can't parse JSON object") from error
    found = []
    for item in value if isinstance(value, list) else ():
        try:
            entity = msgspec.convert(item, Entity)
        except msgspec.ValidationError as error:
            raise bad(f"can't parse MessageEntity: {error}") from error
        if entity.type in KINDS and entity.offset >= 0 and 0 < entity.length <= units(text) - entity.offset:
            found.append(entity)
    return settle(found)


def _preview(call: Call) -> None:
    try:
        value = call.arguments.json("link_preview_options")
    except ValueError as error:
        raise bad("can't parse link preview options JSON object") from error
    if value is not None and not isinstance(value, dict):
        raise bad("object expected as link preview options")


def replied(call: Call, target: Chat) -> int:
    """The message that is replied to, 0 for none."""
    try:
        given = call.arguments.json("reply_parameters")
    except ValueError as error:
        raise bad("can't parse reply parameters JSON object") from error
    wanted = given if isinstance(given, dict) else {}
    number = wanted.get("message_id") or call.arguments.integer("reply_to_message_id")
    if not isinstance(number, int):
        return 0
    if call.ground.state.bubble(target.id, number) is not None:
        return number
    if wanted.get("allow_sending_without_reply") or call.arguments.flag("allow_sending_without_reply"):
        return 0
    raise bad("message to be replied not found")


def scope_of(call: Call) -> str:
    """The scope of a command menu as one word."""
    try:
        value = call.arguments.json("scope")
    except ValueError as error:
        raise bad("can't parse BotCommandScope JSON object") from error
    if value is None:
        return "default"
    kind = value.get("type") if isinstance(value, dict) else None
    if kind in SCOPES:
        return str(kind)
    if kind in CHAT_SCOPES:
        return f"chat:{value.get('chat_id')}"
    raise bad("can't parse BotCommandScope: unsupported type specified")


def command(item: object) -> tuple[str, str]:
    """Name and description of a BotCommand."""
    if not isinstance(item, dict):
        raise bad("can't parse BotCommand: expected an Object")
    name, description = str(item.get("command") or "").removeprefix("/"), str(item.get("description") or "")
    ordinary = name.isascii() and name.replace("_", "a").isalnum() and name == name.lower()
    if not ordinary or len(name) > COMMAND_LENGTH:
        raise bad("BOT_COMMAND_INVALID")
    if not 1 <= len(description.strip()) <= DESCRIPTION_LENGTH:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return name, description
