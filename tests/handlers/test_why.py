"""Why a rule rang or is silent: where it stands, what it told, what holds it back, what was not believed."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from handlers.command import Language
from handlers.ports import Doubt, Told
from rules.model import Loudness, Rule, State
from tests.fakes.ports import CHAT, EOPTOLINK, INNOLIGHT, NOW, OTHER, World, founding
from tests.handlers.test_watch import shown

TODAY = date(2025, 11, 26)


def told(state: State = State.FIRED, *, session: date = TODAY, until: datetime | None = None) -> Told:
    """What a rule said two minutes ago."""
    before = NOW - timedelta(minutes=2)
    return Told(time=before, session=session, state=state, until=until, text="price 560", basis=("<b> 1",))


async def rule_of(world: World, text: str) -> Rule:
    """The newest rule of the chat, made by /alert."""
    await world.ask("alert", text)
    return (await world.book.rules(CHAT))[-1]


async def lines(world: World, text: str, language: Language = Language.EN) -> list[str]:
    """What /why answers, by lines."""
    return shown(await world.ask("why", text, language=language)).split("\n")


async def test_a_level_that_was_nearly_reached_says_how_many_ticks_were_missing() -> None:
    """Touched 559.98, and 560.01 was needed; never in this market phase nor since it was made."""
    world = founding("550.00")
    await rule_of(world, "300308 price > 560")
    quote = world.board.quotes[INNOLIGHT.symbol]
    world.board.quotes[INNOLIGHT.symbol] = replace(quote, high=559_980)
    assert await lines(world, "300308") == [
        "Innolight price > 560",
        "now 550.00 (+14.66%); rings at 560.01, +1.82% away",
        "nearest today 559.98, 3 ticks short",
        "has not rung since you made it at 2025-11-26 09:40:00 CST",
    ]
    world.board.quotes[INNOLIGHT.symbol] = replace(quote, high=560_000)
    assert (await lines(world, "1"))[2] == "nearest today 560.00, 1 tick short"
    assert (await lines(world, "1", Language.ZH))[2] == "今日最接近 560.00，差 1 个最小价位"
    world.board.quotes[INNOLIGHT.symbol] = replace(quote, high=551_000)
    assert (await lines(world, "1"))[2] == "nearest today 551.00"


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("300308 price > 560", {"high": 560_020}),  # before it was made, or on a quote of its own
        ("300308 price > 560", {"high": None}),
        ("300308 price > 600", {}),  # beyond the day's limit, so it cannot ring today
        ("300308 turnover > 100B", {}),  # no price rings it
        ("300308 from_high > 30%", {}),  # its price moves with the day
    ],
)
async def test_what_was_not_missed_is_not_told(rule: str, fields: dict[str, int | None]) -> None:
    """Only a fixed price above the day's high, or beneath its low, was missed."""
    world = founding("550.00")
    made = await rule_of(world, rule)
    quote = world.board.quotes[INNOLIGHT.symbol]
    world.board.quotes[INNOLIGHT.symbol] = replace(quote, **fields)  # type: ignore[arg-type]  # a test's own
    assert not any(
        "nearest" in line for line in await lines(world, made.id[:6]) if fields or "600" not in rule
    )


async def test_the_low_is_what_came_near_a_level_beneath() -> None:
    """The mirror of the high."""
    world = founding("480.00")
    await rule_of(world, "300308 price < 470.38")
    assert (await lines(world, "1"))[2] == "nearest today 470.40, 3 ticks short"


async def test_before_the_first_quote_of_the_day_nothing_was_missed() -> None:
    """Yesterday's extremes are no near misses of today."""
    world = founding("550.00")
    await rule_of(world, "300308 price > 560")
    world.clock.moment = NOW + timedelta(days=1)
    assert [line for line in await lines(world, "1") if "nearest" in line] == []
    del world.board.quotes[INNOLIGHT.symbol]
    world.shelf.histories.clear()
    assert (await lines(world, "1"))[1] == "no quote yet; it is checked from the first one on"


@pytest.mark.parametrize(
    ("mode", "last", "answer"),
    [
        ("once", told(), "that used it up: it rings once"),
        ("daily", told(), "it rings again from the next session on"),
        ("daily", told(session=date(2025, 11, 25)), ""),
        ("every 30m", told(until=NOW + timedelta(minutes=28)), "it holds back until 2025-11-26 10:08:00 CST"),
        ("every 30m", told(until=NOW - timedelta(minutes=1)), ""),
        ("once", told(State.WITHDRAWN), ""),
    ],
)
async def test_how_often_it_may_ring_holds_it_back(mode: str, last: Told, answer: str) -> None:
    """Each mode by what was told last; a ring taken back gives the claim back."""
    world = founding("550.00")
    rule = await rule_of(world, f"300308 price > 545 | {mode}")
    world.diary.heard[rule.id] = last
    found = await lines(world, "1")
    assert found[1] == "now 550.00 (+14.66%); true now"
    assert found[2] == "rang 2025-11-26 09:38:00 CST: price 560 en"
    assert found[3] == "<b> 1"
    assert found[4:] == ([answer] if answer else [])


async def test_a_rule_that_ended_says_so() -> None:
    """Its last day is behind us."""
    world = founding("550.00")
    await rule_of(world, "300308 price > 545 | until 2025-11-26")
    world.clock.moment = NOW + timedelta(days=1)
    world.board.set(INNOLIGHT.symbol, "550.00", "540.00")
    world.board.quotes[INNOLIGHT.symbol] = replace(
        world.board.quotes[INNOLIGHT.symbol], time=NOW + timedelta(days=1)
    )
    assert "it ended on 2025-11-26" in await lines(world, "1")


async def test_a_ring_that_lasts_is_told_where_it_is_the_rules_own() -> None:
    """One that began before the rule was made is what others listen for, and is not told."""
    world = founding("550.00")
    rule = await rule_of(world, "300308 price > 545 | daily")
    lasts = (
        "its ring of 2025-11-26 09:41:00 CST lasts: it is armed again once that is false and back by a margin"
    )
    world.diary.open[rule.id] = NOW + timedelta(minutes=1)
    assert lasts in await lines(world, "1")
    world.diary.open[rule.id] = NOW - timedelta(minutes=1)
    assert not any("lasts" in line for line in await lines(world, "1"))
    world.diary.heard[rule.id] = told()
    assert any("lasts" in line for line in await lines(world, "1"))


async def test_a_crossing_that_is_true_must_be_seen_false_first() -> None:
    """It says so while nothing else explains its silence."""
    world = founding("550.00")
    rule = await rule_of(world, "300308 price crosses above 545")
    words = "it rings when it crosses, so it must be seen on the other side first"
    assert words in await lines(world, "1")
    world.diary.heard[rule.id] = told()
    assert words not in await lines(world, "1")
    await rule_of(world, "300308 price crosses above 560")
    assert words not in await lines(world, "2")


@pytest.mark.parametrize(
    ("minutes", "session", "english", "chinese"),
    [
        (120, "", "not looked at now: the market is closed", "此刻不判断：市场已休市"),
        (0, "| session auction", "not looked at now: the market is in its regular hours", None),
        (0, "| session auction,regular", "", None),
    ],
)
async def test_phases_it_does_not_listen_to_are_named(
    minutes: int, session: str, english: str, chinese: str | None
) -> None:
    """The market is shut, or the rule asked for other hours."""
    world = founding("550.00")
    await rule_of(world, f"300308 change > 20% {session}")
    world.clock.moment = NOW + timedelta(minutes=minutes)
    found = [line for line in await lines(world, "1") if "not looked at" in line]
    assert found == ([english] if english else [])
    assert chinese is None or chinese in await lines(world, "1", Language.ZH)


async def test_quotes_that_were_not_believed_stand_beneath_newest_first() -> None:
    """With source, reason in words, and how often; a reason nobody put into words is shown as it is."""
    world = founding("550.00")
    await rule_of(world, "300308 price > 560")
    jump = Doubt(reason="unconfirmed jump", source="sina", price=561_000, count=1, since=NOW, time=NOW)
    old = replace(
        jump,
        reason="frozen",
        count=12,
        price=None,
        since=NOW,
        time=NOW + timedelta(minutes=1),
        source="tencent",
    )
    odd = replace(jump, reason="<odd>", time=NOW + timedelta(minutes=2))
    world.diary.refused[INNOLIGHT.symbol] = (jump, old, odd)
    often = "(12 times since 2025-11-26 09:40:00 CST)"
    assert (await lines(world, "300308"))[-4:] == [
        "Quotes of Innolight that were not believed:",
        "2025-11-26 09:42:00 CST sina: <odd>, 561.00",
        f"2025-11-26 09:41:00 CST tencent: the source stands still, no price {often}",
        "2025-11-26 09:40:00 CST sina: a jump that no second quote confirmed, 561.00",
    ]
    assert (await lines(world, "300308", Language.ZH))[-1].endswith("sina：跳价未经确认，561.00")


async def test_another_chats_rules_are_absent() -> None:
    """By symbol, number and id alike, and so are the quotes refused of what only they listen to."""
    world = founding("550.00")
    rule = await rule_of(world, "300308 price > 560")
    world.diary.refused[INNOLIGHT.symbol] = (
        Doubt(reason="stale", source="sina", price=1, count=1, since=NOW, time=NOW),
    )
    for text in ("300308", "1", rule.id):
        answer = shown(await world.ask("why", text, chat=OTHER))
        assert "560" not in answer
        assert "believed" not in answer
    assert shown(await world.ask("why", "300308", chat=OTHER)) == "You have no alert on Innolight."


async def test_without_a_word_it_says_how_it_is_asked() -> None:
    """Both ways of naming a rule; unknown words are named."""
    world = founding()
    assert "/why 300308" in shown(await world.ask("why"))
    assert (await lines(world, "nosuch"))[0].startswith("I don't know nosuch")


async def test_own_rules_come_first_and_what_is_left_is_counted() -> None:
    """/watch arms many conditions on a name; those that ring come before the silent ones."""
    world = founding("490.00")
    await world.ask("watch", "300308")
    await rule_of(world, "300308 price > 560")
    await rule_of(world, "300308 price > 565 | silent")
    found = await lines(world, "300308")
    assert found[0].startswith("Innolight price > 560")
    heads = [line for line in found if line.startswith("Innolight")]
    assert heads[1] == "Innolight price > 565 | silent"
    assert len(heads) == 12
    assert found[-1].startswith("... and ")


async def test_a_ladder_and_a_rule_on_members_are_told_part_by_part() -> None:
    """By the whole's number, or by a member's symbol."""
    world = founding("490.00")
    world.board.set(EOPTOLINK.symbol, "310", "304.72", limit_up=365_660)
    await rule_of(world, "300308 change > 5%, 8%")
    await rule_of(world, "any @optical-modules change > 7%")
    heads = [line for line in await lines(world, "1") if line.startswith("Innolight")]
    assert heads == ["Innolight change > 5%", "Innolight change > 8%"]
    heads = [line for line in await lines(world, "2") if "change > 7%" in line]
    assert heads == ["Innolight change > 7%", "Eoptolink change > 7%"]
    heads = [line for line in await lines(world, "300502") if "change" in line]
    assert heads == ["Eoptolink change > 7%"]
    assert len([line for line in await lines(world, "@optical-modules") if "change > 7%" in line]) == 2


async def test_what_only_edits_a_card_says_so() -> None:
    """Averages and MACD that /watch arms ring nobody."""
    world = founding("490.00")
    await world.ask("watch", "300308")
    quiet = next(rule for rule in await world.book.rules(CHAT) if rule.loudness is Loudness.EDIT)
    assert (await lines(world, quiet.id))[0].endswith("(card only)")


@pytest.mark.parametrize(
    ("rule", "english", "chinese"),
    [
        (
            "300308 change > 10% and volume_ratio > 3",
            ["· change > 10%: true (now +14.66%)", "· volume_ratio > 3: not true (now 1.5)"],
            ["· 涨跌幅 > 10%：成立 （现值 +14.66%）", "· 量比 > 3：不成立 （现值 1.5）"],
        ),
        (
            "300308 price crosses above 545 and not price > 560",
            ["· price crosses above 545: beyond it", "· price > 560: not true, from 560.01 on"],
            None,
        ),
        (
            "300308 price > 560 for 5m or macd(15m) golden cross",
            [
                "· price > 560: not true, from 560.01 on",
                "· macd(15m) golden cross: its level is known once the engine has 35 15-minute bars",
            ],
            None,
        ),
    ],
)
async def test_a_composite_is_told_part_by_part(
    rule: str, english: list[str], chinese: list[str] | None
) -> None:
    """Which part is true, what the others lack, or why nobody can tell."""
    world = founding("550.00")
    await rule_of(world, rule)
    quote = world.board.quotes[INNOLIGHT.symbol]
    world.board.quotes[INNOLIGHT.symbol] = replace(quote, volume_ratio=1.5)
    assert [line for line in await lines(world, "1") if line.startswith("·")] == english
    if chinese:
        assert [line for line in await lines(world, "1", Language.ZH) if line.startswith("·")] == chinese


async def test_parts_of_a_group_have_no_price() -> None:
    """Its own values tell."""
    world = founding("550.00")
    await rule_of(world, "@optical-modules change > 20% and leaders >= 2")
    found = [line for line in await lines(world, "1") if line.startswith("·")]
    assert found == ["· change > 20%: not true (now +14.66%)", "· leaders >= 2: not true (now 1)"]


async def test_a_rule_that_reads_no_more_is_shown_as_stored() -> None:
    """With the reason."""
    world = founding()
    rule = await rule_of(world, "300308 price > 560")
    world.book.held[CHAT][rule.id] = replace(rule, text="300308.SZ prise > 560")
    found = await lines(world, "1")
    assert found[0] == "300308.SZ prise > 560"
    assert len(found) == 2


async def test_what_a_source_listed_today_stands_beside_it() -> None:
    """Of the session people see alone, in the chat's language."""
    world = founding("550.00")
    await rule_of(world, "300308 price > 560")
    world.diary.listed[INNOLIGHT.symbol] = ((NOW - timedelta(days=1), "dive"),)
    assert not any("Eastmoney" in line for line in await lines(world, "1"))
    world.diary.listed[INNOLIGHT.symbol] = ((NOW - timedelta(days=1), "dive"), (NOW, "rocket"), (NOW, "<x>"))
    assert (await lines(world, "1"))[-1] == (
        "Listed by Eastmoney today, Innolight: 09:40:00 rocket en, 09:40:00 <x> en"
    )
    assert (await lines(world, "1", Language.ZH))[-1].startswith(
        "东方财富今日异动，中际旭创：09:40:00 rocket zh，"
    )
