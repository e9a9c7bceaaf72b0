"""Where every kind of rule stands: echoes, /near, /list and /quote, from the stored quotes alone."""

from dataclasses import replace

import numpy as np
import pytest

from handlers.command import Language
from handlers.desk import COUNTED
from rules.model import Rule
from tests.fakes.ports import BANK, CHAT, EOPTOLINK, INDEX, INNOLIGHT, MODULES, NOW, World, bars, founding
from tests.handlers.test_alert import made
from tests.handlers.test_watch import shown


def busy(price: str = "490.00") -> World:
    """The founding morning with two shares, an index and a day's figures."""
    world = founding(price)
    quote = world.board.quotes[INNOLIGHT.symbol]
    world.board.quotes[INNOLIGHT.symbol] = replace(
        quote, high=500_000, low=470_400, volume=1.6e7, amount=7.84e9, volume_ratio=1.5, float_shares=10**9
    )
    world.board.set(EOPTOLINK.symbol, "310", "304.72", limit_up=365_660, amount=1e9)
    world.board.set(INDEX.symbol, "4040", "4000")
    return world


async def last_line(world: World, text: str, language: Language = Language.EN) -> str:
    """Where a rule stands, as its echo says."""
    return shown(await world.ask("alert", text, language=language)).split("\n")[-1]


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        (
            "300308 from_high > 5%",
            "now +2.08% at 490.00 (+2.16%); rings at 476.01 as things stand, -2.86% away",
            "现值 +2.08%，现价 490.00 (+2.16%)；按目前情形在 476.01 响铃，还差 -2.86%",
        ),
        (
            "300308 turnover > 10B",
            "now 7.84B at 490.00 (+2.16%); rings at 10B, 2.16B to go",
            "现值 78.4亿，现价 490.00 (+2.16%)；到 100亿 响铃，还差 21.6亿",
        ),
        (
            "300308 turnover_rate > 8%",
            "now +1.6% at 490.00 (+2.16%); rings at +8%, +6.40 points to go",
            "现值 +1.6%，现价 490.00 (+2.16%)；到 +8% 响铃，还差 +6.40 个百分点",
        ),
        (
            "300308 volume_ratio > 3",
            "now 1.5 at 490.00 (+2.16%); rings at 3, 1.5 to go",
            "现值 1.5，现价 490.00 (+2.16%)；到 3 响铃，还差 1.5",
        ),
        (
            "300308 move(5m) > 2%",
            "now 490.00 (+2.16%); checked on every quote; +2% within 5m from here is 499.80",
            "现价 490.00 (+2.16%)；每笔行情都会判断；从现价起5分钟内 +2% 即 499.80",
        ),
        (
            "300308 limit up sealed",
            "now 490.00 (+2.16%); rings at 575.59 at the earliest, +17.47% away",
            "现价 490.00 (+2.16%)；最早在 575.59 响铃，还差 +17.47%",
        ),
        (
            "300308 strength(000300.SH) > 3%",
            "now +1.16% at 490.00 (+2.16%); rings at 498.85 as things stand, +1.81% away",
            "现值 +1.16%，现价 490.00 (+2.16%)；按目前情形在 498.85 响铃，还差 +1.81%",
        ),
        (
            "@optical-modules change > 5%",
            "now +1.94% over 2 members; rings at +5%, +3.06 points to go",
            "现值 +1.94%，2 个成员；到 +5% 响铃，还差 +3.06 个百分点",
        ),
        (
            "@optical-modules change > 1%",
            "now +1.94% over 2 members; already true, so it rings at once",
            None,
        ),
        (
            "@optical-modules strength(000300.SH) > 3%",
            "now +0.94% over 2 members; rings at +3%, +2.06 points to go",
            None,
        ),
        ("@optical-modules leaders >= 3", "now 0 over 2 members; rings at 3, 3 to go", None),
        ("@optical-modules change > 5% and leaders >= 1", "2 members have traded; not true yet", None),
        (
            "300308 limit up opened",
            "now 490.00 (+2.16%); checked on every quote; no single price rings it",
            None,
        ),
        ("300308 turnover > 10B and change > 5%", "now 490.00 (+2.16%); not true yet", None),
    ],
)
async def test_an_echo_says_where_it_rings_today(text: str, english: str, chinese: str | None) -> None:
    """A price, a price as things stand, a value that lacks so much, the earliest price, or why not."""
    assert await last_line(busy(), text) == english
    if chinese is not None:
        assert await last_line(busy(), text, Language.ZH) == chinese


async def test_a_group_of_whom_nobody_has_traded_waits_for_its_first_quote() -> None:
    """So does one that is too large to be counted by whoever answers."""
    world = founding()
    world.board.quotes.clear()
    assert await last_line(world, "@optical-modules change > 5%") == (
        "no quote yet; it is checked from the first one on"
    )
    large = busy()
    object.__setattr__(large.master, "groups", {MODULES.symbol: [f"{n:06}.SZ" for n in range(COUNTED + 1)]})
    assert await last_line(large, "@optical-modules change > 5%") == (
        "no quote yet; it is checked from the first one on"
    )


async def test_a_groups_own_quote_brings_its_inflow() -> None:
    """Of today; yesterday's is no figure of today."""
    world = busy()
    world.board.set(MODULES.symbol, None, inflow=5e9)
    assert await last_line(world, "@optical-modules inflow > 10B") == (
        "now 5B over 2 members; rings at 10B, 5B to go"
    )
    old = world.board.quotes[MODULES.symbol]
    world.board.quotes[MODULES.symbol] = replace(old, time=NOW.replace(day=25))
    assert "no single price rings it" in await last_line(world, "@optical-modules inflow > 11B")


async def test_near_puts_prices_first_and_values_after_them() -> None:
    """Each by how much is lacking; what is true, absent or a move in a window is left out."""
    world = busy()
    for text in (
        "300308 turnover > 10B",
        "300308 turnover_rate > 8%",
        "300308 from_high > 5%",
        "300308 price > 560",
        "300308 limit up sealed",
        "300308 move(5m) > 2%",
        "300308 turnover > 1B",
        "600036 change > 5%",
        "300308 change > 5% and turnover > 10B",
        "@optical-modules change > 2%",
        "any @optical-modules change > 7%",
    ):
        await world.ask("alert", text)
    assert shown(await world.ask("near")).split("\n") == [
        "Closest to ringing (8)",
        "-2.86% Innolight 476.01 from_high > 5%",
        "+4.74% Innolight 513.24 change > 7%",
        "+5.18% Eoptolink 326.06 change > 7%",
        "+14.29% Innolight 560.01 price > 560",
        "+17.47% Innolight 575.59 limit up sealed",
        "+0.06 points Optical modules +1.94% change > 2%",
        "2.16B Innolight 7.84B turnover > 10B",
        "+6.40 points Innolight +1.6% turnover_rate > 8%",
    ]


async def test_ring_now_knows_what_a_group_says() -> None:
    """The rungs that /watch armed for a group are told from its members."""
    world = busy("520.00")
    reply = await world.ask("watch", "@optical-modules")
    assert "+3% is true already" in shown(reply)
    rang = await world.tap(reply, "Ring now")
    assert [rule.text for rule in made(rang)] == [f"@optical-modules change >= {step}%" for step in (3, 5)]


async def test_lists_and_quotes_show_a_groups_mean() -> None:
    """Of the members that have traded; a board with an index of its own shows that."""
    world = busy()
    await world.ask("watch", "300308 300502")
    await world.ask("watch", "@mine 300308")
    await world.ask("watch", "@optical-modules @mine @watchlist")
    lines = shown(await world.ask("list")).split("\n")
    assert lines[3:6] == [
        "Optical modules +1.94% (mean of 2) @optical-modules",
        "mine +2.16% (mean of 1) @mine",
        "Watchlist +1.94% (mean of 2) @watchlist",
    ]
    assert shown(await world.ask("quote", "自选", language=Language.ZH)).startswith(
        "自选 +1.94% （2 个成员均值）"
    )
    world.board.set(MODULES.symbol, "1061", "1000")
    assert shown(await world.ask("quote", "@optical-modules")).startswith("Optical modules 1061.00 +6.1%")
    assert "no quote yet" in shown(await world.ask("quote", BANK.symbol))


async def test_a_streak_of_a_group_counts_the_days_before() -> None:
    """Its members' bars are read where a rule asks for them."""
    world = busy()
    world.board.set(EOPTOLINK.symbol, "365.66", "304.72", limit_up=365_660)
    closes = np.array([200_000, 253_930, 304_720])
    world.shelf.histories[EOPTOLINK.symbol] = bars(EOPTOLINK.symbol, closes, closes, closes, closes)
    told = await last_line(world, "@optical-modules highest_streak >= 3")
    assert told == "now 2 over 2 members; rings at 3, 1 to go"


async def test_a_pair_that_reads_no_more_is_left_out() -> None:
    """What it is compared with is gone from the language, say."""
    world = busy()
    await world.ask("alert", "300308 price > 560")
    (rule,) = world.book.held[CHAT].values()
    old = Rule(id="x", chat=CHAT, condition="x", symbol=INNOLIGHT.symbol, text="300308.SZ gone", created=NOW)
    world.book.held[CHAT] = {rule.id: rule, "x": old}
    assert shown(await world.ask("near")).startswith("Closest to ringing (1)")
