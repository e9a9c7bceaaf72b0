"""Ladders and conditions that remember: from files on the command line, and rungs in the store."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import InputError
from bot.offline.backtest import backtest
from bot.offline.replay import replay
from bot.store.chats import Chats
from bot.store.client import Store
from handlers.command import AddRule, DeleteRule, Language, Request
from handlers.making import own
from handlers.parts import parts
from rules.language import canonical, parse
from rules.model import Rule
from tests.bot.offline.test_replay import PATH, day_of_quotes, founding_history, rules, told
from tests.bot.rig import COIN, START, Rig, entries, master, rig_on


def clock(price: str) -> str:
    """When the founding day's path is at a price."""
    at = PATH.index(price)
    return f"{9 + (30 + at) // 60:02d}:{(30 + at) % 60:02d}"


def test_each_rung_is_told_under_the_line_as_written(tmp_path: Path) -> None:
    """At its own level; two of them on one quote are two lines."""
    ladder, chinese = "300308 change > 5%, 10%, 15%", "中际旭创 涨超14%、14.5%"
    quotes = day_of_quotes(tmp_path / "q.csv", PATH)
    outcome = replay([quotes], rules(tmp_path, ladder, chinese), founding_history(tmp_path))
    assert told(outcome.lines) == [
        (clock("503.65"), ladder, "fired", 503.65),
        (clock("527.63"), ladder, "fired", 527.63),
        (clock("548.99"), chinese, "fired", 548.99),
        (clock("551.43"), chinese, "fired", 551.43),
        (clock("551.61"), ladder, "fired", 551.61),
    ]


def test_a_replay_remembers(tmp_path: Path) -> None:
    """A quote a minute from 09:30: held, in order, within its times, at the close; the same bytes twice."""
    asked = (
        "300308 change > 5% for 5m",
        "300308 record high then change > 15% within 10m",
        "300308 record high then change > 15% within 5m",
        "300308 change > 10% between 09:42 and 09:50",
        "300308 change > 10% at 09:45",
        "300308 reclaim ma(20) on close",
        "300308 macd golden cross on close",
    )
    quotes = day_of_quotes(tmp_path / "q.csv", PATH)
    outcome = replay([quotes], rules(tmp_path, *asked), founding_history(tmp_path))
    assert told(outcome.lines) == [
        ("09:42", asked[3], "fired", 542.02),
        ("09:43", asked[0], "fired", 548.99),
        ("09:45", asked[4], "fired", 551.43),
        ("09:48", asked[1], "fired", 551.61),
        ("15:00", asked[5], "fired", 543.22),
    ]
    assert replay([quotes], rules(tmp_path, *asked), founding_history(tmp_path)).lines == outcome.lines


def test_a_backtest_counts_every_rung(tmp_path: Path) -> None:
    """On daily bars; what wants quotes says so."""
    history = founding_history(tmp_path)
    whole = json.loads(backtest("300308 change > 2%, 3%, 5%", history))
    single = [json.loads(backtest(f"300308 change > {level}%", history)) for level in (2, 3, 5)]
    assert whole["rule"] == "300308.SZ change > 2%, 3%, 5%"
    assert whole["count"] == sum(one["count"] for one in single) > 0
    closing = json.loads(backtest("300308 reclaim ma(5) on close", history))
    assert {ring["state"] for ring in closing["times"]} == {"fired"}
    for text in ("change > 5% for 5m", "change > 5% at 14:50", "change > 5% then change > 6% within 5m"):
        with pytest.raises(InputError, match="give --quotes"):
            backtest(f"300308 {text}", history)
    quotes = day_of_quotes(tmp_path / "quotes.csv", PATH)
    found = json.loads(backtest("300308 change > 5% for 5m", history, [quotes]))
    assert [ring["time"][11:16] for ring in found["times"]] == ["09:43"]


def made(text: str, update: int = 1) -> list[Rule]:
    """The rules that /alert makes of a line."""
    line = parse(text, master().find)
    request = Request(update=update, chat="1", user=1, name="alert", text=text, language=Language.EN)
    rule = own(request, line, 0, START)
    if not line.rungs:
        return [rule]
    whole = replace(rule, whole=True)
    return [whole, *parts(whole, line, (rule.symbol,), master())]


async def add(rig: Rig, rules_made: list[Rule], update: int) -> None:
    """One update makes them."""
    await Chats(rig.store).apply("1", update, [AddRule(rule=rule) for rule in rules_made], None)


async def test_the_engine_listens_to_every_rung(store: Store) -> None:
    """Each is the condition that others listen to as well; a jump over two of them rings both."""
    rig = await rig_on(store)
    ladder = made(f"{COIN} change > 5%, 8%, 10%")
    (alone,) = made(f"{COIN} change > 8%", 2)
    assert ladder[0].text == f"{COIN} change > 5%, 8%, 10%"
    assert alone.condition == ladder[2].condition
    await add(rig, ladder, 1)
    await add(rig, [alone], 2)
    await rig.follow()
    assert len(rig.watcher.engine) == 3
    await rig.prices(100, 104, 109, 111)
    assert [(event.text, event.ring) for event, _ in await entries(store)] == [
        ("change > 5%", 1),
        ("change > 8%", 1),
        ("change > 10%", 1),
    ]


async def test_rungs_are_found_again_after_a_restart(store: Store) -> None:
    """By their own texts; a rung goes with its ladder, unless somebody else listens."""
    rig = await rig_on(store)
    ladder = made(f"{COIN} change > 5%, 8%")
    (alone,) = made(f"{COIN} change > 8%", 2)
    await add(rig, [alone], 1)
    await add(rig, ladder, 2)
    again = rig.next()
    await again.watcher.start()
    assert sorted(one.text for one in again.watcher.engine.conditions()) == ["change > 5%", "change > 8%"]
    await Chats(store).apply("1", 3, [DeleteRule(rule=ladder[0].id)], None)
    await again.follow()
    assert [one.text for one in again.watcher.engine.conditions()] == ["change > 8%"]
    assert canonical(parse(alone.text, master().find)) == alone.text
