"""/alert, /alerts, /delete, /near: one's own rules from text to deletion."""

import numpy as np
import pytest

from handlers.command import AddRule, Language, Reply
from handlers.making import OWN_RULES, ids, rule_id
from handlers.reasons import reason
from handlers.reply import LIMIT, units
from handlers.standing import worded
from rules.model import Loudness, Mode, Phase, Quote, Rule, Start
from rules.signal import Unit
from tests.fakes.ports import CHAT, INNOLIGHT, MODULES, NOW, OTHER, World, bars, founding
from tests.handlers.test_watch import labels, shown


def made(reply: Reply) -> list[Rule]:
    """The rules an answer makes."""
    return [effect.rule for effect in reply.effects if isinstance(effect, AddRule)]


async def test_an_alert_is_echoed_with_its_value_and_its_price() -> None:
    """The parsed rule, how often, where it stands, and one tap to undo."""
    world = founding()
    reply = await world.ask("alert", "zjxc 560")
    if not made(reply):
        reply = await world.ask("alert", "zjxc price > 560")
    (rule,) = made(reply)
    assert (rule.symbol, rule.mode, rule.start, rule.watch) == (INNOLIGHT.symbol, Mode.ONCE, Start.NOW, False)
    text = shown(reply).split("\n")
    assert text[0].startswith("✓ 300308.SZ price >")
    assert text[1] == "once"
    assert text[2].startswith("now 479.66 (0%); rings at 560")
    assert "+16.7" in text[2]
    undone = await world.tap(reply, "Undo")
    assert shown(undone) == "Undone: 1 taken back."
    assert world.book.held[CHAT] == {}


async def test_an_alert_in_chinese_is_answered_in_chinese() -> None:
    """Text in, words back, in the chat's language."""
    world = founding()
    reply = await world.ask("alert", "中际旭创 站上20日线", language=Language.ZH)
    lines = shown(reply).split("\n")
    assert lines[0] == "✓ 300308.SZ 站上20日线"
    assert lines[1] == "每日一次"
    assert lines[2].startswith("现价 479.66（") or lines[2].startswith("现价 479.66 (0%)")
    assert "在 481.07 响铃" in lines[2]


async def test_what_is_already_true_rings_at_once_and_says_so() -> None:
    """State forms ring when found true, crossings wait to be seen false."""
    world = founding()
    state = await world.ask("alert", "300308 price > 470")
    assert "already true, so it rings at once" in shown(state)
    crossing = await world.ask("alert", "300308 price crosses above 470")
    assert "already beyond it, so it rings at the next crossing" in shown(crossing)


async def test_a_comparison_is_told_with_the_price_that_triggers_it() -> None:
    """The base index is up 1 %: 300308 deviates by -1 %, and by 30 % at 3 closes ago x 1.31."""
    world, index = founding(), "399102.SZ"
    flat = np.full(10, 1_000_000)
    world.shelf.histories[index] = bars(index, flat, flat, flat, flat)
    text = "300308 deviation(3d) >= 30%"
    assert "no single price rings it" in shown(await world.ask("alert", text))
    world.board.quotes[index] = Quote(symbol=index, time=NOW, price=1_010_000, phase=Phase.CONTINUOUS)
    reply = await world.ask("alert", f'{text} | daily note "again"')
    assert "rings at 613.22" in shown(reply)  # 468.10 three closes ago
    rows = shown(await world.ask("near")).split("\n")
    assert any("613.22" in row for row in rows)
    watched = await world.ask("alert", "@optical-modules deviation(3d) >= 30%")
    assert "on @optical-modules" in shown(watched)
    each = await world.ask("alert", "any @optical-modules deviation(3d) >= 40%")
    assert "rings at 660.03" in shown(each)


async def test_what_cannot_be_told_is_said_with_its_reason() -> None:
    """No quote, no history."""
    world = World()
    assert "no quote yet" in shown(await world.ask("alert", "300308 price > 470"))
    world.board.set(INNOLIGHT.symbol, "479.66", "479.66")
    reply = await world.ask("alert", "300308 reclaim ma(20)")
    assert "cannot be told yet: no daily bars are known" in shown(reply)
    assert len(made(reply)) == 1


async def test_an_auction_price_makes_nothing_true() -> None:
    """An indicative price is told from the last close like no price at all, and a quote says what it is."""
    world = founding()
    world.board.set(INNOLIGHT.symbol, "492.69", "479.66", phase=Phase.AUCTION)
    answer = shown(await world.ask("alert", "300308 price > 485"))
    assert "already true" not in answer
    assert "last close 479.66; rings at 485.01" in answer
    assert "492.69 +2.72% (auction, indicative)" in shown(await world.ask("quote", "300308"))
    assert "（竞价参考价）" in shown(await world.ask("quote", "300308", language=Language.ZH))


async def test_before_the_first_quote_an_alert_is_told_from_the_last_close() -> None:
    """And what the close already satisfies waits for the first quote's word."""
    world = founding()
    world.board.quotes.clear()
    reply = await world.ask("alert", "300308 price > 560")
    assert "last close 479.66; rings at 560.01, +16.75% away" in shown(reply)
    held = await world.ask("alert", "300308 price > 470")
    assert "last close 479.66; true at that price; it rings if the first quote agrees" in shown(held)


@pytest.mark.parametrize(
    ("absent", "english", "chinese"),
    [
        ("stale history", "the daily bars known are not up to date", "日线数据未更新"),
        ("no session today", "the market has no session today", "今日休市"),
        (
            "20 daily bars needed, 3 known",
            "it needs 20 daily bars and 3 are known",
            "需要 20 根日线，现有 3 根",
        ),
        ("no history; no previous close", "are known; cannot be told yet: no previous", "没有日线数据；"),
        ("a <new> reason", "cannot be told now: a &lt;new&gt; reason", "无法判断：a &lt;new&gt; reason"),
    ],
)
def test_reasons_are_told_in_both_languages(absent: str, english: str, chinese: str) -> None:
    """The engine's words for a machine become a sentence for a person."""
    assert english in reason(Language.EN, absent)
    assert chinese in reason(Language.ZH, absent)


async def test_composites_of_comparisons_ring_at_once_and_those_with_a_crossing_wait() -> None:
    """What rings when found true is decided by all parts."""
    world = founding()
    for text in ("price > 470 and change < 5%", "not price > 500", "price > 470 or change > 5%"):
        assert "already true" in shown(await world.ask("alert", f"300308 {text}"))


async def test_what_no_price_of_today_can_ring_is_not_true_yet() -> None:
    """A condition that contradicts itself has no price ahead."""
    reply = await founding().ask("alert", "300308 price > 600 and price < 500")
    assert shown(reply).endswith("not true yet")


def test_values_have_words_for_every_unit() -> None:
    """Percent points, money, counts; a price is said already."""
    assert worded(Language.EN, Unit.PERCENT, 2.5) == "+2.5%"
    assert worded(Language.ZH, Unit.AMOUNT, 610e9) == "6100亿"
    assert worded(Language.EN, Unit.COUNT, 3.0) == "3"
    assert worded(Language.EN, Unit.NUMBER, 67.974) == "67.97"
    assert worded(Language.EN, Unit.TIMES, 2.51) == "2.5x"
    assert worded(Language.EN, Unit.PRICE, 3.0) == ""


async def test_values_off_the_price_axis_are_shown_in_their_unit() -> None:
    """A market value in billions; the day's change stands behind the price."""
    world = founding("484.46")
    reply = await world.ask("alert", "300308 market_cap > 610B")
    assert "now 538.29B at 484.46 (+1%); rings at 549.00" in shown(reply)
    change = await world.ask("alert", "300308 change > 5%")
    assert "now 484.46 (+1%); rings at 503.65, +3.96% away" in shown(change)


async def test_a_move_has_no_price_to_ring_at() -> None:
    """Its window moves with the day."""
    world = founding()
    reply = await world.ask("alert", "300308 move(5m) > 2% | every 30m")
    assert shown(reply).split("\n")[1] == "every 30 min"
    assert "rings at" not in shown(reply)


async def test_options_are_kept_in_the_rule() -> None:
    """Mode, expiry, note and silence."""
    world = founding()
    reply = await world.ask("alert", '300308 change > 5% | once | until 2026-12-31 | note "x<y>" | silent')
    (rule,) = made(reply)
    assert (rule.mode, rule.loudness, rule.note) == (Mode.ONCE, Loudness.SILENT, "x<y>")
    assert str(rule.until) == "2026-12-31"
    assert "&lt;y&gt;" in reply.text


async def test_any_of_a_group_is_one_rule_with_a_part_for_each_member() -> None:
    """Each with its own standing; undo takes all of them."""
    world = founding()
    reply = await world.ask("alert", "any @optical-modules change > 5%")
    whole, *parts = made(reply)
    assert (whole.symbol, whole.whole, whole.of) == ("@optical-modules", True, "")
    assert whole.text == "any @optical-modules change > 5%"
    assert [rule.symbol for rule in parts] == ["300308.SZ", "300502.SZ"]
    assert {rule.of for rule in parts} == {whole.id}
    assert len({rule.condition for rule in made(reply)}) == len({rule.id for rule in made(reply)}) == 3
    assert [rule.text for rule in parts] == ["300308.SZ change > 5%", "300502.SZ change > 5%"]
    assert all(rule.start is Start.NOW and not rule.whole for rule in parts)
    assert "on each of 2 members" in shown(reply)
    assert "Innolight: now 479.66" in shown(reply)
    assert "Eoptolink: no quote yet" in shown(reply)
    await world.tap(reply, "Undo")
    assert world.book.held[CHAT] == {}


async def test_a_group_without_members_makes_nothing() -> None:
    """Said in one sentence."""
    world = founding()
    object.__setattr__(world.master, "groups", {})
    reply = await world.ask("alert", "any @optical-modules change > 5%")
    assert shown(reply) == "@optical-modules has no members that I know."
    object.__setattr__(world.master, "groups", {MODULES.symbol: [f"{n:06}.SZ" for n in range(30)]})
    many = await world.ask("alert", "any @optical-modules change > 5%")
    assert shown(many).split("\n")[-1] == "... and 10 more"


async def test_the_same_alert_twice_is_one() -> None:
    """However it was worded."""
    world = founding()
    await world.ask("alert", "300308 change > 5%")
    reply = await world.ask("alert", "Innolight change > 5.0%")
    assert shown(reply).startswith("You have that alert already: 300308.SZ change > 5%")
    assert made(reply) == []


async def test_alerts_have_a_limit() -> None:
    """The 201st is refused with the figures; what /watch armed does not count."""
    world = founding()
    for number in range(OWN_RULES - 1):
        await world.ask("alert", f"300308 price > {1000 + number}")
    await world.ask("watch", "300308")
    await world.ask("alert", "300308 price > 900")
    reply = await world.ask("alert", "300308 price > 901")
    assert shown(reply) == "You have 200 alerts; 1 more would pass the limit of 200. /delete some."
    assert units((await world.ask("alerts")).text) <= LIMIT
    assert units((await world.ask("near")).text) <= LIMIT


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("300308 chnge > 5%", "chnge"),
        ("300308 price > abc", "abc"),
        ("300308 龙虎 > 3", "龙虎"),
    ],
)
async def test_a_fault_is_one_sentence_with_the_word_marked(text: str, word: str) -> None:
    """The line as typed, the word in bold, what would fit; nothing is changed."""
    reply = await founding().ask("alert", text)
    assert f"<u><b>{word}" in reply.text
    assert len(shown(reply).split("\n")) == 2
    assert reply.effects == ()


async def test_an_unknown_symbol_is_met_with_a_guess() -> None:
    """From the master's nearest."""
    reply = await founding().ask("alert", "3003xx price > 5")
    assert "Did you mean 300308.SZ Innolight?" in shown(reply)


async def test_a_line_beyond_its_length_is_refused() -> None:
    """Before anything reads it."""
    reply = await founding().ask("alert", "300308 price > 5 or " * 40)
    assert shown(reply) == "An alert has at most 512 characters."


async def test_alerts_are_numbered_oldest_first_with_buttons_that_delete() -> None:
    """One's own by number; what /watch armed is only counted."""
    world = founding()
    assert "No alerts of your own yet" in shown(await world.ask("alerts"))
    await world.ask("alert", "300308 price > 560")
    await world.ask("alert", "300308 change < -5% | silent")
    await world.ask("watch", "600036")
    reply = await world.ask("alerts")
    lines = shown(reply).split("\n")
    assert lines[0] == "Your alerts: 2"
    assert lines[1].endswith("more are armed by /watch for CMB")
    assert lines[2].startswith("1. Innolight price > 560 ")
    assert lines[3].startswith("2. Innolight change < -5% | silent ")
    assert labels(reply) == ["✕ 1", "✕ 2"]
    left = await world.tap(reply, "✕ 1")
    assert (left.edits, left.toast) == (55, "Deleted")
    assert shown(left).split("\n")[2].startswith("1. Innolight change < -5%")
    again = await world.tap(reply, "✕ 1")
    assert (again.effects, again.toast) == ((), "Nothing left to undo")


async def test_a_rule_that_reads_no_more_is_shown_as_stored() -> None:
    """A later version may have dropped a form; it can still be listed and deleted."""
    world = founding()
    await world.ask("alert", "300308 price > 560")
    (name,) = world.book.held[CHAT]
    old = Rule(
        id=name, chat=CHAT, condition="x", symbol=INNOLIGHT.symbol, text="300308.SZ gone <1>", created=NOW
    )
    world.book.held[CHAT] = {name: old}
    assert "1. 300308.SZ gone <1>" in shown(await world.ask("alerts"))
    assert "None of your 1 alerts has a price ahead" in shown(await world.ask("near"))
    assert "gone" in shown(await world.ask("delete", "1"))


async def test_delete_takes_numbers_ids_and_all() -> None:
    """Several at once; what is not there is named and nothing else is lost."""
    world = founding()
    for level in (560, 570, 580, 590):
        await world.ask("alert", f"300308 price > {level}")
    second = (await world.book.rules(CHAT))[1].id
    reply = await world.ask("delete", f"1 {second[:6]} 99 ab zzzz")
    lines = shown(reply).split("\n")
    assert lines[0] == "You have no alert 99 ab zzzz; /alerts lists yours."
    assert lines[1] == "Deleted: 2"
    assert lines[2:] == ["Innolight price > 560", "Innolight price > 570"]
    assert shown(await world.ask("delete", "7")) == "You have no alert 7; /alerts lists yours."
    assert "Deleted: 2" in shown(await world.ask("delete", "全部"))
    assert world.book.held[CHAT] == {}


async def test_delete_all_leaves_what_watch_armed() -> None:
    """/unwatch is for that; a single one can still be named by id."""
    world = founding()
    await world.ask("watch", "300308")
    before = len(world.book.held[CHAT])
    assert "no alert all" in shown(await world.ask("delete", "all"))
    assert len(world.book.held[CHAT]) == before
    await world.ask("delete", next(iter(world.book.held[CHAT])))
    assert len(world.book.held[CHAT]) == before - 1


async def test_near_lists_by_distance() -> None:
    """Nearest first, both directions, with price and percentage; what is true is not ahead."""
    world = founding()
    assert "You have no alerts yet" in shown(await world.ask("near"))
    for text in ("price > 560", "price < 475", "price > 400", "change > 5%", "move(5m) > 2%"):
        await world.ask("alert", f"300308 {text}")
    await world.ask("alert", "600036 price > 1")
    reply = await world.ask("near")
    lines = shown(reply).split("\n")
    assert lines[0] == "Closest to ringing (3)"
    assert lines[1].startswith("-0.97% Innolight 474.99") or lines[1].startswith("-0.98% Innolight 474.99")
    assert lines[2].startswith("+5% Innolight 503.65")
    assert lines[3].startswith("+16.7")
    fresh = await world.tap(reply, "Refresh")
    assert (fresh.text, fresh.edits) == (reply.text, 55)


async def test_near_says_what_will_not_ring_and_nothing_twice() -> None:
    """Silent and card-only rules are marked; the same condition from /watch and /alert is one row."""
    world = founding()
    await world.ask("watch", "300308")
    await world.ask("alert", "300308 change >= 5%")
    await world.ask("alert", "300308 reclaim ma(20)")
    await world.ask("alert", "300308 price > 480 | silent")
    text = shown(await world.ask("near"))
    assert text.count("change >= 5%") == text.count("reclaim ma(20)") == 1
    assert "480.01 price > 480 (silent)" in text
    assert "lose ma(10) (card only)" in text
    assert "hysteresis" not in text


async def test_near_shows_twenty() -> None:
    """The rest is counted."""
    world = founding()
    for number in range(23):
        await world.ask("alert", f"300308 price > {500 + number}")
    lines = shown(await world.ask("near")).split("\n")
    assert len(lines) == 22
    assert lines[-1] == "... and 3 more"


def test_batches_of_ids_read_only_as_written() -> None:
    """Whatever else stands in an undo button means nothing."""
    assert ids("7.2") == (rule_id(7, 0), rule_id(7, 1))
    assert ids("7.1,8.1") == (rule_id(7, 0), rule_id(8, 0))
    for nonsense in ("", "7", "7.x", "x.2", "7.99999", "-7.2"):
        assert ids(nonsense) == ()


async def test_another_chats_rules_are_as_absent_as_none() -> None:
    """Neither listed nor deleted nor undone."""
    world = founding()
    reply = await world.ask("alert", "300308 price > 560")
    (name,) = world.book.held[CHAT]
    for words in (name, name[:4], "1", "all"):
        assert "no alert" in shown(await world.ask("delete", words, chat=OTHER))
    assert (await world.tap(reply, "Undo", chat=OTHER)).effects == ()
    assert list(world.book.held[CHAT]) == [name]


async def test_rules_made_while_the_market_stands_still_keep_their_order() -> None:
    """After the close of a demo its clock moves no more; a clock that was wrong for a day binds nobody."""
    world = founding()
    for level in range(560, 570):
        await world.ask("alert", f"300308 price > {level}")
    texts = [rule.text for rule in await world.book.rules(CHAT)]
    assert texts == [f"300308.SZ price > {level} | as of 2025-11-26" for level in range(560, 570)]
    world.clock.moment = NOW.replace(day=25)
    (rule,) = made(await world.ask("alert", "300308 price > 600"))
    assert rule.created == world.clock.moment
