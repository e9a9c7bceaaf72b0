"""What a client passed with a call, read as Telegram reads it: everything may be text, JSON may be text."""

from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import web

from bot.web.refusal import bad

YES = frozenset({"true", "yes", "1"})


class Arguments:
    """The parameters of one call; a missing one is None, "" or False."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def text(self, name: str) -> str:
        """A string; refused where it is not valid Unicode."""
        value = self._values.get(name)
        if value is None or isinstance(value, (dict, list)):
            return ""
        text = value if isinstance(value, str) else _printed(value)
        if any("\ud800" <= char <= "\udfff" for char in text):
            raise bad("strings must be encoded in UTF-8")
        return text

    def integer(self, name: str, default: int | None = None) -> int | None:
        """A whole number; `default` where it is missing or no number."""
        try:
            return int(self.text(name))
        except ValueError:
            return default

    def within(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number forced between two bounds, as Telegram does with limit and timeout."""
        number = self.integer(name, default)
        return max(low, min(high, default if number is None else number))

    def flag(self, name: str) -> bool:
        """True for true, yes and 1."""
        return self.text(name).strip().lower() in YES

    def json(self, name: str) -> Any:
        """A JSON value, given as such or as text; None where missing; ValueError where it is no JSON."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        return msgspec.json.decode(value) if value.strip() else None

    def __contains__(self, name: str) -> bool:
        return name in self._values


def _printed(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


async def read(request: web.Request) -> Arguments:
    """Parameters of a request: the query, and a body as form, multipart or JSON, the body winning."""
    values: dict[str, object] = dict(request.query)
    if request.method == "POST" and request.can_read_body:
        values.update(await _body(request))
    return Arguments(values)


async def _body(request: web.Request) -> Mapping[str, object]:
    if request.content_type == "application/json":
        try:
            body = msgspec.json.decode(await request.read())
        except ValueError as error:
            raise bad("can't parse JSON object") from error
        if not isinstance(body, dict):
            raise bad("JSON object expected")
        return body
    try:
        form = await request.post()
    except (ValueError, LookupError) as error:
        raise bad("can't parse the body of the request") from error
    return {name: value for name, value in form.items() if isinstance(value, str)}
