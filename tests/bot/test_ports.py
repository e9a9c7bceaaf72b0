"""The key that signs buttons, and the ports over a real store."""

import stat
from datetime import UTC, datetime
from pathlib import Path

from bot.ports import KEY_FILE, assemble, secret_of
from bot.store.chats import Chats
from bot.store.client import Store
from bot.store.last import Last
from handlers.application import Application
from handlers.commands import watch
from rules.model import Quote
from tests.fakes.ports import CHAT, HOURS, INNOLIGHT, SECRET, Catalogue, Shelf, Watch, World, innolight
from tests.handlers.test_application import Admins, message


def test_with_a_token_the_key_is_the_tokens(tmp_path: Path) -> None:
    """The same on every machine, nothing on disk, and the token is not in it."""
    assert secret_of("123:abc", tmp_path) == secret_of("123:abc", tmp_path / "other")
    assert secret_of("123:abc", tmp_path) != secret_of("123:abd", tmp_path)
    assert b"123:abc" not in secret_of("123:abc", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_a_token_the_key_is_kept_in_a_file_of_its_own(tmp_path: Path) -> None:
    """Buttons work across restarts; nobody else reads it; a torn file is replaced."""
    folder = tmp_path / "data"
    made = secret_of("", folder)
    assert secret_of("", folder) == made
    assert len(made) == 32
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600
    (folder / KEY_FILE).write_bytes(made[:5])
    assert secret_of("", folder) not in {made, made[:5]}


async def test_a_watched_symbol_comes_back_from_the_store(store: Store) -> None:
    """Through the real script: rules, watchlist and language of the chat that asked, and of no other."""
    shelf = Shelf({INNOLIGHT.symbol: innolight()})
    ports = assemble(store, bars=shelf, master=Catalogue(), clock=Watch(), hours=HOURS, secret=SECRET)
    quote = Quote(
        symbol=INNOLIGHT.symbol,
        time=datetime(2025, 11, 26, 1, 40, tzinfo=UTC),
        price=479_660,
        prev_close=479_660,
    )
    await Last(store).write([quote])
    chats = Chats(store)
    answer = await Application(ports, chats, Admins()).answer(message("/watch 300308"))
    assert answer is not None
    assert answer.reply is not None
    assert "+5% rings at 503.65" in answer.reply.text
    assert await chats.apply(answer.chat, answer.update, answer.reply.effects, answer.reply)
    assert not await chats.apply(answer.chat, answer.update, answer.reply.effects, answer.reply)
    assert await chats.watchlist(CHAT) == [INNOLIGHT.symbol]
    assert len(await chats.rules(CHAT)) == len(answer.reply.effects) - 2
    assert (await chats.rules("2002"), await chats.language(CHAT)) == ([], "en")
    again = await watch(World().request("watch", "300308"), ports)
    assert again.effects == ()
