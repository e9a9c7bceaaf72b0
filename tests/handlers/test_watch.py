"""/watch and what belongs to it: arming, the one-line answer, undo, ring now, the list, unwatch."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.web.entities import parse
from handlers.buttons import press
from handlers.command import AddRule, DeleteRule, Language, Reply, SetWatch
from handlers.making import WATCHED, rule_id
from handlers.reply import LIMIT, units
from rules.model import Loudness, Mode, Rule, Start
from tests.fakes.ports import BANK, CHAT, EOPTOLINK, INNOLIGHT, MODULES, NOW, OTHER, World, founding


def labels(reply: Reply) -> list[str]:
    """The texts of an answer's buttons."""
    return [button.text for row in reply.buttons for button in row]


def added(reply: Reply) -> dict[str, Rule]:
    """Rules that an answer makes, by their condition's text."""
    rules = [effect.rule for effect in reply.effects if isinstance(effect, AddRule)]
    return {rule.text.partition(" ")[2].partition(" | hysteresis")[0]: rule for rule in rules}


def shown(reply: Reply) -> str:
    """What the chat reads, as a strict parser takes it."""
    text, _ = parse(reply.text)
    return text


async def test_the_answer_is_one_line_that_says_what_rings_where() -> None:
    """Prices are those of the daily limits' grid, from the stored quote and the bars."""
    world = founding()
    reply = await world.ask("watch", "300308")
    (line,) = shown(reply).split("\n")
    assert line.startswith("Innolight 479.66: +5%")
    for part in ("503.65", "+10% rings at 527.63", "+15% rings at 551.61", "record high rings at 542.02"):
        assert part in line
    for part in ("-10% rings at 431.69", "in 5 min rings", "600B market value rings at 540.00"):
        assert part in line
    assert "card updates: MA5 473" in line
    assert "MACD 551.44" in line
    assert labels(reply) == ["Undo"]


async def test_the_answer_in_a_chinese_chat_is_chinese() -> None:
    """Name, words and amounts."""
    world = founding()
    reply = await world.ask("watch", "中际旭创", language=Language.ZH)
    (line,) = shown(reply).split("\n")
    assert line.startswith("中际旭创 479.66：+5%")
    assert "历史新高在542.02响铃" in line
    assert "市值破6000亿在540.00响铃" in line
    assert labels(reply) == ["撤销"]


async def test_every_rule_is_a_watch_rule_that_waits_for_the_next_ring() -> None:
    """Start next, watch, its own loudness and mode; ids derive from the update."""
    world = founding()
    reply = await world.ask("watch", "300308")
    rules = added(reply)
    assert all(rule.watch and rule.start is Start.NEXT and rule.created == NOW for rule in rules.values())
    assert rules["change >= 10%"].loudness is Loudness.RING
    assert rules["change >= 10%"].mode is Mode.DAILY
    assert rules["reclaim ma(20)"].loudness is Loudness.EDIT
    fast = next(rule for text, rule in rules.items() if text.startswith("move(5m) >="))
    assert (fast.mode, fast.every) == (Mode.EVERY, timedelta(minutes=30))
    assert {rule.id for rule in rules.values()} == {rule_id(world.updates, n) for n in range(len(rules))}
    assert reply.effects[0] == SetWatch(symbol=INNOLIGHT.symbol, on=True)


async def test_the_same_update_makes_the_same_rules() -> None:
    """A replay after kill -9 changes nothing."""
    first, second = founding(), founding()
    assert await first.ask("watch", "300308 600036") == await second.ask("watch", "300308 600036")


async def test_what_is_true_already_is_said_and_can_be_rung() -> None:
    """[Ring now] makes exactly those rules again, heard from the start; undo takes all of it back."""
    world = founding("531.00")
    reply = await world.ask("watch", "300308")
    assert "+10% is true already" in shown(reply)
    assert labels(reply) == ["Undo", "Ring now"]
    rang = await world.tap(reply, "Ring now")
    assert {text.partition(" | ")[0] for text in added(rang)} == {"change >= 5%", "change >= 10%"}
    assert all(rule.start is Start.NOW and rule.watch for rule in added(rang).values())
    assert sum(isinstance(effect, DeleteRule) for effect in rang.effects) == 2
    assert rang.edits is None
    again = await world.tap(reply, "Ring now")
    assert (again.text, again.effects, again.toast) == ("", (), "Nothing of it is true right now")
    await world.tap(rang, "Undo")
    assert not world.book.held[CHAT]
    assert not world.book.watched[CHAT]


async def test_undo_takes_back_the_rules_and_the_watching() -> None:
    """One tap, in the same message; a second tap finds nothing."""
    world = founding()
    reply = await world.ask("watch", "300308 600036")
    undone = await world.tap(reply, "Undo")
    assert undone.edits == 55
    assert undone.callback == "cb"
    assert not world.book.held[CHAT]
    assert not world.book.watched[CHAT]
    again = await world.tap(reply, "Undo")
    assert (again.effects, again.toast) == ((), "Nothing left to undo")


async def test_without_quotes_or_history_the_set_is_armed_all_the_same() -> None:
    """Prices come with the first quote."""
    world = World()
    reply = await world.ask("watch", "600036")
    assert shown(reply).startswith("CMB: +3% silent, +5% rings, ")
    assert "card updates: MA5 MA10 MA20 MA60 MACD" in shown(reply)
    world.board.set(EOPTOLINK.symbol, None)
    assert "Eoptolink: +5% rings" in shown(await world.ask("watch", "300502"))


async def test_many_names_are_answered_briefly() -> None:
    """Above four, only what rings nearest on either side."""
    world = founding()
    world.board.set(BANK.symbol, "43.00", "43.00")
    reply = await world.ask("watch", "300308 600036 300502 aapl btcusdt")
    head, *lines = shown(reply).split("\n")
    assert head == "Watching 5 more"
    assert lines[0] == (
        "Innolight 479.66: +5% rings at 503.65, -5% rings at 455.67, record high rings at 542.02"
    )
    assert lines[1] == "CMB 43.00: +5% rings at 45.15, -5% rings at 40.85"
    assert lines[2].startswith("Eoptolink: ")
    assert lines[2].endswith("prices come with the first quote")


async def test_a_group_has_rungs_and_leaders_of_its_own() -> None:
    """/watch @group is about the group itself."""
    world = World()
    reply = await world.ask("watch", "@optical-modules")
    assert shown(reply).startswith("Optical modules: +3% rings")
    assert "leader no. 3 rings" in shown(reply)
    assert {rule.symbol for rule in added(reply).values()} == {MODULES.symbol}


async def test_what_is_watched_stays_as_it_is() -> None:
    """Nothing is armed twice; words that name nothing are named, with a guess for a single one."""
    world = founding()
    await world.ask("watch", "300308")
    reply = await world.ask("watch", "300308")
    assert shown(reply) == "Watched already: Innolight"
    assert reply.effects == ()
    both = await world.ask("watch", "Innolight 3003")
    assert shown(both).endswith("I don't know 3003. Did you mean 300308.SZ Innolight?")
    strange = await world.ask("watch", "a1 a2 a3 a4 a5 a6 a7")
    assert shown(strange) == "I don't know a1 a2 a3 a4 a5 and 2 more."


async def test_the_watchlist_has_a_limit() -> None:
    """A clear sentence instead of the 51st."""
    world = World()
    world.book.watched[CHAT] = [f"{number:06}.SZ" for number in range(WATCHED)]
    reply = await world.ask("watch", "300308")
    assert shown(reply) == "You watch 50; 1 more would pass the limit of 50. /unwatch makes room."
    assert reply.effects == ()


@pytest.mark.parametrize("name", ["watch", "unwatch", "quote", "alert", "delete"])
async def test_a_bare_command_shows_how_to_use_it(name: str) -> None:
    """Every command that wants something says what."""
    reply = await World().ask(name, "  ")
    assert f"/{name} " in shown(reply)
    assert reply.effects == ()


async def test_the_list_shows_prices_in_the_order_added() -> None:
    """Refreshing edits the same message."""
    world = founding("484.46")
    assert "You watch nothing yet" in shown(await world.ask("list"))
    await world.ask("watch", "600036 300308")
    reply = await world.ask("list")
    assert shown(reply).split("\n") == [
        "Watching 2",
        "CMB no quote yet 600036.SH",
        "Innolight 484.46 +1% 300308.SZ",
    ]
    fresh = await world.tap(reply, "Refresh")
    assert (fresh.text, fresh.edits, fresh.toast) == (reply.text, 55, "Refreshed")


async def test_unwatch_takes_the_armed_rules_and_leaves_ones_own() -> None:
    """By name, or all; what is not watched is named."""
    world = founding()
    await world.ask("watch", "300308 600036")
    await world.ask("alert", "300308 price > 560")
    reply = await world.ask("unwatch", "300308 300502 zzz")
    assert shown(reply).split("\n") == [
        "No longer watching Innolight.",
        "Not watched: Eoptolink",
        "I don't know zzz.",
    ]
    assert world.book.watched[CHAT] == [BANK.symbol]
    assert [rule.text for rule in world.book.held[CHAT].values() if rule.symbol == INNOLIGHT.symbol] == [
        "300308.SZ price > 560 | as of 2025-11-26"
    ]
    assert "CMB" in shown(await world.ask("unwatch", "all"))
    assert world.book.watched[CHAT] == []
    assert "You watch nothing yet" in shown(await world.ask("unwatch", "all"))


async def test_fifty_names_fit_one_message() -> None:
    """However long a list is, the answer is one message."""
    world = founding()
    reply = await world.ask("watch", " ".join(one.symbol for one in (INNOLIGHT, BANK, EOPTOLINK)))
    assert units(reply.text) <= LIMIT
    world.book.watched[CHAT] = [f"{number:06}.SZ" for number in range(200)]
    cut = await world.ask("list")
    assert units(cut.text) <= LIMIT
    assert shown(cut).split("\n")[-1].endswith(" more")


async def test_a_button_means_nothing_in_another_chat() -> None:
    """Not even with the same data."""
    world = founding()
    reply = await world.ask("watch", "300308")
    pressed = await world.tap(reply, "Undo", chat=OTHER)
    assert (pressed.text, pressed.effects, pressed.toast) == ("", (), "This button is no longer valid")
    assert len(world.book.held[CHAT]) > 20
    request = world.request("button", "")
    assert (await press(request, world.ports)).effects == ()


async def test_a_rule_that_reads_no_more_does_not_ring_now() -> None:
    """A later version may have dropped its form."""
    world = founding("531.00")
    reply = await world.ask("watch", "300308")
    rules = world.book.held[CHAT]
    for name, rule in rules.items():
        rules[name] = replace(rule, text=f"{rule.symbol} gone")
    assert (await world.tap(reply, "Ring now")).effects == ()


async def test_before_the_first_quote_the_last_close_tells_the_prices() -> None:
    """From the bars, if they are up to date; nothing can be true before a quote says so."""
    world = founding()
    world.board.quotes.clear()
    reply = await world.ask("watch", "300308")
    assert shown(reply).startswith("Innolight (last close 479.66): +5% rings at 503.65, ")
    assert "600B market value rings at 540.00" in shown(reply)
    assert "MA20 481.07" in shown(reply)
    assert labels(reply) == ["Undo"]
    near = shown(await world.ask("near")).split("\n")
    assert near[1].startswith("+0.29% Innolight 481.07 reclaim ma(20)")


async def test_a_quote_of_an_earlier_session_is_only_a_close() -> None:
    """In the morning the rungs are measured from yesterday's close, not from the day before's."""
    world = founding()
    yesterday = NOW - timedelta(days=1)
    world.board.set(INNOLIGHT.symbol, "479.66", "475.20", time=yesterday)
    assert "(last close 479.66): +5% rings at 503.65" in shown(await world.ask("watch", "300308"))
    world.board.set(BANK.symbol, "43.00", "40.00", time=yesterday)
    assert "CMB (last close 43.00): +3% silent at 44.29" in shown(await world.ask("watch", "600036"))
    sunday = NOW - timedelta(days=3)
    world.board.set(EOPTOLINK.symbol, "300.00", "290.00", time=sunday)
    assert "(last close 300.00): +5% rings at 315.00" in shown(await world.ask("watch", "300502"))


async def test_on_a_holiday_the_last_quote_stands() -> None:
    """There is no session to be earlier than."""
    world = founding("484.46")
    world.clock.moment = NOW + timedelta(days=3)
    assert shown(await world.ask("watch", "300308")).startswith("Innolight 484.46: ")


async def test_a_halted_instrument_shows_its_close() -> None:
    """A quote without a price still has a previous close."""
    world = World()
    world.board.set(BANK.symbol, None, "43.00")
    assert "CMB (last close 43.00): +3% silent at 44.29" in shown(await world.ask("watch", "600036"))
