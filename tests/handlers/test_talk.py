"""Plain text, quotes, greetings and help."""

from datetime import timedelta

import pytest

from handlers.buttons import press
from handlers.command import COMMANDS, Language, SetLanguage
from handlers.keyboard import sign
from handlers.menu import menu
from handlers.reply import LIMIT, units
from handlers.symbols import find, words
from rules.language.presets import PRESETS, with_conditions
from rules.signal import SIGNALS
from tests.fakes.ports import CHAT, INNOLIGHT, MODULES, NOW, SECRET, World, founding
from tests.handlers.test_alert import made
from tests.handlers.test_watch import labels, shown


@pytest.mark.parametrize(
    "text", ["300308", "zjxc", "中际旭创", "Innolight", "３００３０８", "$300308", "300308.SZ"]
)
async def test_a_symbol_as_text_is_a_quote_with_a_watch_button(text: str) -> None:
    """However it is typed; one tap watches it, in the same message."""
    world = founding()
    reply = await world.ask("", text)
    lines = shown(reply).split("\n")
    assert lines[0] == "Innolight 479.66 0% 300308.SZ"
    assert lines[1] == "open 475.20 · high 479.66 · low 470.40 · previous close 479.66 · traded ¥8.2B"
    assert labels(reply) == ["Watch", "Refresh"]
    watched = await world.tap(reply, "Watch")
    assert (watched.edits, watched.callback) == (55, "cb")
    assert world.book.watched[CHAT] == [INNOLIGHT.symbol]
    assert labels(await world.ask("", text)) == ["Refresh"]


async def test_an_old_quote_shows_its_time() -> None:
    """In the exchange's own zone."""
    world = founding()
    world.clock.moment = NOW.replace(hour=9)
    assert shown(await world.ask("quote", "300308")).endswith("as of 2025-11-26 09:40:00 CST")


async def test_a_pasted_list_is_one_message_and_one_tap() -> None:
    """[Watch all] reads the symbols from the message it stands under."""
    world = founding()
    reply = await world.ask("", "300308, 600036、300502\n300308 NVDA 556.88 +15%")
    lines = shown(reply).split("\n")
    assert lines[0] == "I don't know NVDA 556.88 +15%."
    assert [line.split()[-1] for line in lines[1:] if "open" not in line] == [
        "300308.SZ",
        "600036.SH",
        "300502.SZ",
    ]
    assert labels(reply) == ["Watch all"]
    await world.tap(reply, "Watch all", shown=shown(reply))
    assert world.book.watched[CHAT] == ["300308.SZ", "600036.SH", "300502.SZ"]
    assert labels(await world.ask("", "300308 600036")) == []


@pytest.mark.parametrize("text", ["", "Innolight 479.66 300308.SZ", "300308.SZ 600036.SH AAPL.US"])
async def test_watch_all_under_another_text_does_nothing(text: str) -> None:
    """The button is good for the list it was made for."""
    world = founding()
    reply = await world.ask("", "300308 600036")
    pressed = await world.tap(reply, "Watch all", shown=text)
    assert (pressed.effects, pressed.toast) == ((), "This button is no longer valid")


async def test_a_typed_condition_is_an_alert() -> None:
    """With or without signs; a fault in one is told as /alert tells it."""
    world = founding()
    (rule,) = made(await world.ask("", "300308 > 560"))
    assert rule.text == "300308.SZ price > 560 | as of 2025-11-26"
    chinese = await world.ask("", "300308 站上20日线", language=Language.ZH)
    assert [rule.text for rule in made(chinese)] == ["300308.SZ reclaim ma(20)"]
    assert "<u><b>chnge" in (await world.ask("", "300308 chnge > 5%")).text


async def test_unknown_text_is_met_kindly() -> None:
    """A guess where there is one, and where help is."""
    reply = await founding().ask("", "3003")
    assert shown(reply).split("\n") == [
        "I don't know 3003. Did you mean 300308.SZ Innolight?",
        "A code such as 300308, AAPL.US or BTCUSDT fits here; /help shows the rest.",
    ]
    long = await founding().ask("", "word " * 800)
    assert units(long.text) <= LIMIT


async def test_foreign_names_bring_no_markup() -> None:
    """A name with tags, an override and a zero width is shown as the letters it has."""
    world = founding()
    reply = await world.ask("quote", "666666", language=Language.ZH)
    assert shown(reply) == "<b>x</b>&evil 暂无行情 666666.SH"
    english = await world.ask("watch", "666666")
    assert shown(english).startswith("<a href='tg://user?id=1'>x: ")


async def test_start_says_what_it_is_and_offers_the_language() -> None:
    """Three steps, no advice, two buttons; the greeting is said again in the language chosen."""
    world = World()
    reply = await world.ask("start")
    text = shown(reply)
    assert all(step in text for step in ("1. ", "2. ", "3. ", "Not advice"))
    assert labels(reply) == ["English", "中文"]
    chinese = await world.tap(reply, "中文")
    assert "不构成投资建议" in shown(chinese)
    assert (chinese.edits, chinese.effects) == (55, (SetLanguage(language=Language.ZH),))


async def test_language_switches_by_word_or_button() -> None:
    """The answer is in the new language."""
    world = World()
    assert shown(await world.ask("language", "ZH")) == "此后用中文交流。"
    assert world.book.languages[CHAT] == "zh"
    asked = await world.ask("language", "klingon")
    assert labels(asked) == ["English", "中文"]
    assert shown(await world.tap(asked, "English")) == "I speak English here now."
    assert world.book.languages[CHAT] == "en"


@pytest.mark.parametrize("language", list(Language))
async def test_help_lists_every_command(language: Language) -> None:
    """Generated from the registry, as is Telegram's menu."""
    text = shown(await World().ask("help", language=language))
    for command in COMMANDS.values():
        summary = command.summary_zh if language is Language.ZH else command.summary
        assert f"/{command.name}" in text
        assert summary in text
    assert menu(language)[0][0] == "start"
    assert {name for name, _ in menu(language)} == set(COMMANDS)
    # https://core.telegram.org/bots/api#botcommand
    assert all(1 <= len(name) <= 32 and 1 <= len(said) <= 256 for name, said in menu(language))


@pytest.mark.parametrize("language", list(Language))
async def test_help_alert_lists_every_signal(language: Language) -> None:
    """An example of each, generated from the signals' own phrases; fits one message, nothing cut."""
    reply = await World().ask("help", "alert", language=language)
    assert shown(reply).count("\n") == len(SIGNALS)
    assert "ma(20)" in shown(reply) or "20日线" in shown(reply)
    assert units(reply.text) <= LIMIT


@pytest.mark.parametrize("language", list(Language))
async def test_help_on_one_condition_shows_all_its_forms(language: Language) -> None:
    """Whatever shares its first word comes along; each answer fits one message."""
    for name, words_ in SIGNALS.items():
        reply = await World().ask("help", name, language=language)
        assert (words_.summary_zh if language is Language.ZH else words_.summary) in shown(reply)
        assert "{" not in shown(reply)
        assert units(reply.text) <= LIMIT


async def test_help_lists_the_anomalies_as_they_are_set() -> None:
    """Twenty-two names in the reader's language, each with the condition in force."""
    world = World(presets=with_conditions({"rocket": "rise(5m) >= 4%"}))
    for language, asked, name in ((Language.EN, "anomalies", "rocket"), (Language.ZH, "异动", "火箭发射")):
        rows = shown(await world.ask("help", asked, language=language)).split("\n")[1:]
        assert len(rows) == len(PRESETS)
        assert rows[0] == f"{name}: rise(5m) >= 4%"


async def test_help_on_one_command_is_about_that_one() -> None:
    """With its usage."""
    assert shown(await World().ask("help", "/watch")).startswith("/watch [@list] <symbol> ... - ")


async def test_a_signed_button_with_a_strange_argument_does_nothing() -> None:
    """Signed by us, but by an older version of us."""
    world = founding()
    for action, argument in (
        ("refresh", "delete all"),
        ("language", "start fr"),
        ("gone", "x"),
        ("undo", "x"),
    ):
        request = world.request("button", sign(SECRET, CHAT, action, argument))
        reply = await press(request, world.ports)
        assert (reply.text, reply.effects, reply.callback) == ("", (), "cb")
        assert reply.toast


async def test_a_group_can_be_quoted_and_watched() -> None:
    """By its sign and name."""
    world = founding()
    world.board.set(MODULES.symbol, "1061", "1000")
    reply = await world.ask("quote", "@optical-modules")
    assert shown(reply).split("\n")[0] == "Optical modules 1061.00 +6.1% @optical-modules"


async def test_a_group_without_a_quote_of_its_own_is_its_members_mean() -> None:
    """With the strongest by name; what has not traded today is left out."""
    world = founding("527.626")
    first, second = world.master.groups[MODULES.symbol]
    assert first == INNOLIGHT.symbol
    world.board.set(second, "310", "300")
    reply = await world.ask("quote", "@optical-modules")
    assert shown(reply).split("\n")[0] == "Optical modules +6.67% (mean of 2) @optical-modules"
    assert shown(reply).split("\n")[1].startswith("Innolight +10% · ")
    world.board.set(second, "90", "100", time=NOW - timedelta(days=1))
    assert shown(await world.ask("quote", "@optical-modules")) == (
        "Optical modules +10% (mean of 1) @optical-modules\nInnolight +10%"
    )


async def test_a_group_that_has_not_traded_says_so() -> None:
    """As an instrument does; an empty group too."""
    world = World()
    assert shown(await world.ask("quote", "@optical-modules")).startswith("Optical modules no quote yet")


def test_lists_are_read_between_all_sorts_of_signs() -> None:
    """Commas of both widths, slashes, bars; each instrument once; a name with a blank is one name."""
    master = World().master
    assert words("a，b；c|d/e、f\n#g") == ("a", "b", "c", "d", "e", "f", "g")
    assert len(words("x " * 500)) == 100
    found = find(master, "300308 zjxc 中际旭创 nope nope")
    assert [one.symbol for one in found.instruments] == ["300308.SZ"]
    assert found.unknown == ("nope",)
    assert [one.symbol for one in find(master, "Optical modules").instruments] == ["@optical-modules"]
