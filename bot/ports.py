"""What commands need from outside, put together from the store and the files."""

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path

from bot.store.chats import Chats
from bot.store.client import Store
from bot.store.last import Last
from bot.traces import Traces
from handlers.ports import Bars, Clock, Master, Ports
from rules.sessions import Hours

KEY_FILE = "callback.key"
KEY_BYTES = 32


def assemble(store: Store, *, bars: Bars, master: Master, clock: Clock, hours: Hours, secret: bytes) -> Ports:
    """Ports over a store; `bars` and `master` come from files, `clock` from the market in demo and replay."""
    return Ports(
        rulebook=Chats(store),
        quotes=Last(store),
        bars=bars,
        master=master,
        clock=clock,
        hours=hours,
        traces=Traces(store, master.get),
        secret=secret,
    )


def secret_of(token: str, folder: Path) -> bytes:
    """The key that signs buttons: from the bot's token, else a file of its own in the data folder.

    Either way old messages keep their buttons across restarts.
    """
    if token:
        return hmac.new(b"tickbell callback data", token.encode(), sha256).digest()
    file = folder / KEY_FILE
    held = file.read_bytes() if file.exists() else b""
    if len(held) == KEY_BYTES:
        return held
    made = secrets.token_bytes(KEY_BYTES)
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(made)
    return made
