"""python-telegram-bot's requests over aiohttp, and what its errors mean; httpx costs 2.2 ms of CPU a message.

Nothing that is raised here holds a URL, for the URL holds the token. `NotSentError` as the cause says that no
byte of the request left this machine, so that repeating it cannot double anything.
"""

import json
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import timedelta
from http import HTTPStatus
from types import MappingProxyType
from typing import TypeAlias

import aiohttp
from telegram._utils.defaultvalue import DefaultValue
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)
from telegram.request import BaseRequest, RequestData

from bot.channel import RetryableError, UndeliverableError, UnknownOutcomeError
from bot.errors import ChannelError

# Telegram answers in a few hundred bytes; more is no answer of a Bot API.
LARGEST = 1024 * 1024
CONNECTIONS = 64
BROKEN = "the connection broke"  # opens the text of a NetworkError after which nobody knows
_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
Seconds: TypeAlias = DefaultValue[float] | float | DefaultValue[None] | None
NONE: Mapping[str, str] = MappingProxyType({})
# Headers of the requests that the current task makes.
HEADERS: ContextVar[Mapping[str, str]] = ContextVar("headers", default=NONE)


class NotSentError(Exception):
    """The request did not leave: no connection, or none free."""


class FloodError(TelegramError):
    """A 429; the library's own RetryAfter warns of a change to come as soon as it is made (22.8)."""

    def __init__(self, after: timedelta | None) -> None:
        super().__init__("Too Many Requests")
        self.after = after


class AiohttpRequest(BaseRequest):
    """One keep-alive session; time-outs in seconds as python-telegram-bot hands them down."""

    def __init__(self, *, read: float = 10.0, write: float = 10.0, connect: float = 5.0) -> None:
        self._read, self._whole, self._connect = read, read + write, connect
        self._session: aiohttp.ClientSession | None = None

    def __repr__(self) -> str:
        return "AiohttpRequest()"

    @property
    def read_timeout(self) -> float:
        """Seconds without a byte of the answer after which it counts as lost."""
        return self._read

    async def initialize(self) -> None:
        """Open the session; a second call changes nothing."""
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS)
            self._session = aiohttp.ClientSession(connector=connector)

    async def shutdown(self) -> None:
        """Close the session and its connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(  # noqa: PLR0913, PLR0917 -- the signature is BaseRequest's
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Seconds = BaseRequest.DEFAULT_NONE,
        write_timeout: Seconds = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 -- BaseRequest's
        connect_timeout: Seconds = BaseRequest.DEFAULT_NONE,
        pool_timeout: Seconds = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 -- connecting includes waiting for a free one
    ) -> tuple[int, bytes]:
        """Status and body; TimedOut or NetworkError, from NotSentError where nothing left."""
        await self.initialize()
        timeout = aiohttp.ClientTimeout(
            total=self._whole,
            connect=_seconds(connect_timeout, self._connect),
            sock_read=_seconds(read_timeout, self._read),
        )
        failure: Exception
        try:
            status, body = await self._exchange(url, method, request_data, patience=timeout)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            failure, cause = NetworkError("not sent"), NotSentError(type(error).__name__)
        except TimeoutError:
            failure, cause = TimedOut("no answer in time"), None
        except (aiohttp.ClientError, OSError) as error:
            failure, cause = NetworkError(f"{BROKEN}: {type(error).__name__}"), None
        else:
            if status == HTTPStatus.TOO_MANY_REQUESTS:
                raise FloodError(_retry_after(body))
            return status, body
        # Raised out here, so that the library's own error, which may print the URL, is not its context.
        raise failure from cause

    async def _exchange(
        self, url: str, method: str, data: RequestData | None, *, patience: aiohttp.ClientTimeout
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise NetworkError("not sent") from NotSentError("closed")
        form = None if data is None else data.json_parameters
        async with self._session.request(
            method, url, data=form, headers=HEADERS.get(), timeout=patience, allow_redirects=False
        ) as response:
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > LARGEST:
                    raise NetworkError("an answer beyond a megabyte")
            return response.status, bytes(body)


def _retry_after(body: bytes) -> timedelta | None:
    """How long a 429 asks us to wait, None where it does not say."""
    try:
        seconds = json.loads(body)["parameters"]["retry_after"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return timedelta(seconds=seconds) if isinstance(seconds, int) and seconds > 0 else None


def _seconds(value: Seconds, default: float) -> float:
    plain = DefaultValue.get_value(value)
    return default if plain is None else float(plain)


def classify(error: Exception) -> ChannelError:
    """What an exception of python-telegram-bot means for the message; unknown ones mean that nobody knows.

    A 200 whose body makes no sense raises KeyError, TypeError, AttributeError inside the library (measured).
    """
    if isinstance(error.__cause__, NotSentError):
        return RetryableError("not sent")
    for kind, meaning in _MEANINGS:
        if isinstance(error, kind):
            return meaning(error)
    return UnknownOutcomeError(type(error).__name__, answered=True)


def _flood(error: Exception) -> ChannelError:
    return RetryableError("flood", getattr(error, "after", None))


def _migrated(error: Exception) -> ChannelError:
    return UndeliverableError("migrated", chat=str(getattr(error, "new_chat_id", "")))


def _refused(error: Exception) -> ChannelError:
    text = str(error)
    lower = text.lower()
    if "message is not modified" in lower:
        return UndeliverableError("not_modified", text)
    gone = any(words in lower for words in _GONE)
    return UndeliverableError("gone" if gone else "bad_request", text)


def _network(error: Exception) -> ChannelError:
    text = str(error)
    silent = isinstance(error, TimedOut) or text.startswith(BROKEN)
    return UnknownOutcomeError(type(error).__name__, answered=not silent)


# The order matters: BadRequest and TimedOut are NetworkErrors (python-telegram-bot 22.8).
_MEANINGS: tuple[tuple[type[Exception], Callable[[Exception], ChannelError]], ...] = (
    (FloodError, _flood),
    (ChatMigrated, _migrated),
    (InvalidToken, lambda _: UndeliverableError("unauthorized")),
    (Forbidden, lambda error: UndeliverableError("blocked", str(error))),
    (BadRequest, _refused),
    (NetworkError, _network),
)
