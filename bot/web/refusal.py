"""How a Bot API server says no: an error code, Telegram's own words, and sometimes parameters."""


class RefusedError(Exception):
    """A call that is not carried out; `body` is what the client is told."""

    def __init__(self, description: str, code: int = 400, **parameters: int) -> None:
        super().__init__(description, code, parameters)
        self.description, self.code, self.parameters = description, code, parameters

    @property
    def body(self) -> dict[str, object]:
        """The answer as Telegram shapes it."""
        answer: dict[str, object] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            answer["parameters"] = dict(self.parameters)
        return answer


def bad(reason: str, **parameters: int) -> RefusedError:
    """A 400 in Telegram's words."""
    return RefusedError(f"Bad Request: {reason}", 400, **parameters)


def flood(seconds: int) -> RefusedError:
    """A 429 that says when to come back."""
    return RefusedError(f"Too Many Requests: retry after {seconds}", 429, retry_after=seconds)


BLOCKED = "Forbidden: bot was blocked by the user"
UNAUTHORIZED = "Unauthorized"
NOT_FOUND = "Not Found"
CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
UPGRADED = "group chat was upgraded to a supergroup chat"
