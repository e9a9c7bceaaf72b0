"""Telegram, or whatever speaks its Bot API: one attempt a call, failures classified, no token named."""

import logging

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode

from bot.channel import CHANNELS, Message
from bot.request import HEADERS, AiohttpRequest, classify

ALERTS_HEADER = "X-Tickbell-Alerts"
# Servers refuse header lines beyond eight kilobytes (aiohttp: 8190); the texts carry the rest.
LONGEST_HEADER = 7000
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

logging.getLogger("telegram").setLevel(logging.WARNING)


class Telegram:
    """One bot; `url` is the server's base, https://api.telegram.org or the playground's."""

    name = "telegram"

    def __init__(self, token: str, url: str, request: AiohttpRequest | None = None) -> None:
        self._request = request or AiohttpRequest()
        self._bot = Bot(token, base_url=f"{url.rstrip('/')}/bot", request=self._request)

    def __repr__(self) -> str:
        return "Telegram()"

    async def send(self, message: Message) -> int:
        """Send a new message; its id in the chat."""
        async with _Classified(message):
            sent = await self._bot.send_message(
                message.chat,
                message.html,
                parse_mode=ParseMode.HTML,
                disable_notification=message.silent,
                reply_markup=_keyboard(message),
                link_preview_options=_NO_PREVIEW,
            )
            return sent.message_id

    async def edit(self, number: int, message: Message) -> None:
        """Replace text and buttons."""
        async with _Classified(message):
            await self._bot.edit_message_text(
                message.html,
                chat_id=message.chat,
                message_id=number,
                parse_mode=ParseMode.HTML,
                reply_markup=_keyboard(message),
                link_preview_options=_NO_PREVIEW,
            )

    async def answer(self, callback: str, toast: str) -> None:
        """Answer a button press."""
        async with _Classified(None):
            await self._bot.answer_callback_query(callback, toast or None)

    async def probe(self) -> None:
        """Ask a question that does no harm, to learn whether anything gets through."""
        async with _Classified(None):
            await self._bot.get_me()

    async def close(self) -> None:
        """Let go of the connections."""
        await self._request.shutdown()


class _Classified:
    """A call whose exceptions become those of bot.channel, without context: theirs may name the token."""

    def __init__(self, message: Message | None) -> None:
        alerts = ",".join(message.alerts) if message is not None else ""
        if len(alerts) > LONGEST_HEADER:
            alerts = alerts[:LONGEST_HEADER].rpartition(",")[0]
        self._headers = {ALERTS_HEADER: alerts} if alerts else {}

    async def __aenter__(self) -> None:
        self._token = HEADERS.set(self._headers)

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        HEADERS.reset(self._token)
        if isinstance(error, Exception):
            raise classify(error) from None


def _keyboard(message: Message) -> InlineKeyboardMarkup | None:
    if not message.buttons:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(text, callback_data=data) for text, data in row] for row in message.buttons]
    )


CHANNELS.put("telegram", Telegram)
