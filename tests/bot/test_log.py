"""Secrets stay out of every line."""

import io
import logging

import pytest

from bot import log

CANARY = "7000000001:AAcanaryCANARYcanaryCANARYcanaryCANARY0"


@pytest.fixture
def lines() -> io.StringIO:
    """What a logger with the filter writes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(log.Redaction(("hunter2", "")))
    logger = logging.getLogger("tickbell.canary")
    logger.handlers[:] = [handler]
    logger.propagate = False
    return stream


def test_tokens_and_known_secrets_are_hidden_in_messages_and_arguments(lines: io.StringIO) -> None:
    """Neither a token's shape nor a known secret survives, wherever it stands."""
    logging.getLogger("tickbell.canary").warning("call %s with %s", f"/bot{CANARY}/getMe", "hunter2")
    assert lines.getvalue() == "call /bot[secret]/getMe with [secret]\n"


def test_tracebacks_are_cleaned_too(lines: io.StringIO) -> None:
    """An exception that names the token is logged without it."""
    try:
        raise ValueError(f"The token `{CANARY}` was rejected")  # noqa: TRY301 -- the traceback is the point
    except ValueError:
        logging.getLogger("tickbell.canary").exception("could not start")
    told = lines.getvalue()
    assert "was rejected" in told
    assert "canary" not in told.replace("tickbell.canary", "").replace("test_log", "")


def test_start_sends_every_logger_through_the_filter(capsys: pytest.CaptureFixture[str]) -> None:
    """After `start` even a library's logger is redacted, and chatty ones keep quiet."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        log.start("info", ("hunter2",))
        logging.getLogger("any.library").info("password hunter2")
        logging.getLogger("httpx").info("GET https://api.telegram.org/bot%s/getMe", CANARY)
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    told = capsys.readouterr().err
    assert "password [secret]" in told
    assert "getMe" not in told
