"""Hand-made worlds in which every signal rings that the made-up worlds of tests/brute do not ask for."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, TypeAlias

import numpy as np

from rules.model import Event, Frame, Instrument, Kind, Leaf, Phase
from tests.rules.world import DAY, SYMBOL, World, at, condition, history, leaf, q

Told: TypeAlias = tuple[Leaf, Event]
A, B, G, STOCK, INDEX, APPLE = "000001.SZ", "000002.SZ", "@g", "600000.SH", "000002.SH", "AAPL.US"
AT_LIMIT: dict[str, Any] = {"bid": q("110"), "bid_size": 2e6, "ask_size": 0.0, "limit_up": "110"}
AT_FLOOR: dict[str, Any] = {"ask": q("90"), "ask_size": 2e6, "bid_size": 0.0, "limit_down": q("90")}
BOOK: dict[str, Any] = {"bid": q("103"), "ask": q("103"), "bid_size": 3000.0, "ask_size": 2000.0}


class Scene:
    """A world and the leaves asked in it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.asked: dict[str, Leaf] = {}

    def ask(self, *leaves: Leaf, symbol: str = SYMBOL) -> None:
        """One condition each."""
        for one in leaves:
            self.asked[self.world.add(one, symbol).id] = one

    def told(self) -> Iterator[Told]:
        """What rang, with its leaf."""
        for event in self.world.events:
            yield self.asked[event.condition], event


def members() -> Scene:
    """A group of two: one at its upper limit, one that left it and fell; beside them an index."""
    shares = [Instrument(symbol=A, shares=10**9), Instrument(symbol=B, shares=3 * 10**9)]
    bars = {name: replace(history([10, 11, "12.1", "100"], name), volume=np.full(4, 1e6)) for name in (A, B)}
    index = Instrument(symbol=INDEX, kind=Kind.INDEX)
    scene = Scene(World(bars, instruments=[*shares, index], groups={G: (A, B)}, prev_close="100"))
    counts = ("advancers", "decliners", "leaders", "limit_ups", "highest_streak")
    scene.ask(*(leaf(name, ">=", "1") for name in counts), symbol=G)
    shares_of = ("breadth", "cap_change", "opened_share", "turnover_pace")
    scene.ask(*(leaf(name, ">", "0.01") for name in shares_of), leaf("limit_downs", ">=", "1"), symbol=G)
    scene.ask(leaf("ratio", ">", "0.5", A), leaf("strength", "<", "-0.05", A), symbol=B)
    scene.world.see("09:30:00", "99", A, amount=1e6, volume=1e4)
    scene.world.see("09:30:00", "110", B, amount=1e6, volume=1e4, limit_up="110")
    scene.world.see("09:35:00", "110", A, amount=9e8, volume=1e6, limit_up="110")
    scene.world.see("09:35:03", "95", B, amount=6e8, volume=1e6, limit_up="110")
    scene.world.see("09:36:03", "90", B, amount=6e8, volume=1e6, limit_up="110", limit_down=q("90"))
    return scene


def paced() -> Scene:
    """A share's turnover against the usual curve, and against yesterday's course."""
    bars = replace(history(["100"] * 3), volume=np.full(3, 1e6))
    scene = Scene(World({SYMBOL: bars}, prev_close="100"))
    scene.ask(leaf("turnover_pace", ">", "1.5"), leaf("free turnover", ">", "0.01"))
    scene.world.see("09:30:00", "100", amount=1e6, volume=1e4, free_float_shares=10**7)
    scene.world.see("09:35:00", "100", amount=2e7, volume=2e5)
    scene.world.see("15:00:03", "100", amount=2e7, volume=2e5)
    scene.world.pass_time("15:01")
    scene.world.see("09:35:33", "100", day="2025-11-27", amount=3.3e7, volume=3e5)
    return scene


def auctions() -> Scene:
    """The opening auction's indications and result on two days, and a closing one."""
    bars = replace(history(["100"] * 5), volume=np.full(5, 1e5))
    scene = Scene(World({SYMBOL: bars}, prev_close="100"))
    for name, verb, level in (
        ("auction change", ">=", "0.02"), ("auction amount", ">=", "1000"), ("auction growth", ">=", "1.1"),
        ("auction_ratio", ">=", "0.01"), ("unmatched buy", ">=", "1000"), ("unmatched sell", ">=", "1000"),
        ("closing move", ">=", "0.01"),
    ):  # fmt: skip
        scene.ask(leaf(name, verb, level))
    scene.world.see("09:21:00", "103", unmatched=1000.0, **BOOK)
    scene.world.see("09:21:03", "103", unmatched=-1000.0, **BOOK)
    scene.world.see("09:25:03", "103", open="103", amount=206_000.0, volume=2000.0)
    scene.world.see("14:56:59", "100")
    scene.world.see("15:00:03", "102")
    scene.world.pass_time("15:01")
    scene.world.see("09:25:03", "105", open="105", amount=420_000.0, volume=4000.0, day="2025-11-27")
    return scene


def across() -> Scene:
    """An open over an average, a change over days, a milestone, a move in currency, earnings, a halt."""
    shares = Instrument(symbol=SYMBOL, shares=10**9, earnings=date(2025, 11, 28))
    scene = Scene(World({SYMBOL: history(["101"] * 4 + ["99"])}, instruments=[shares], prev_close="99"))
    scene.ask(
        leaf("opens", "over", None, 5), leaf("interval change", ">", "0.01", "3d"),
        leaf("milestone", "reached"), leaf("earnings", "within", None, "3d"), leaf("halt", "halted"),
        leaf("move_by", ">", "1", timedelta(minutes=5)),
    )  # fmt: skip
    scene.world.see("09:30:00", "99.5", open="101.5")
    scene.world.see("09:33:00", "103", open="101.5")
    quote = scene.world.quote("10:00:03", None, phase=Phase.HALTED, status="halted")
    step = scene.world.engine.take(Frame(market="SZ", received=quote.time, halted=(quote,)))
    scene.world.events.extend(step.events)
    return scene


def far() -> Scene:
    """A share that ran away from its index: deviation, abnormal, severe."""
    bars = {STOCK: history(["100"] * 40, STOCK), INDEX: history(["1000"] * 40, INDEX)}
    scene = Scene(World(bars, instruments=[Instrument(symbol=INDEX, kind=Kind.INDEX)]))
    scene.ask(leaf("deviation", ">=", "0.2", "3d"), symbol=STOCK)
    scene.ask(*(leaf("abnormal move", verb) for verb in ("is", "up", "down")), symbol=STOCK)
    scene.ask(*(leaf("severe abnormal move", verb) for verb in ("is", "up", "down")), symbol=STOCK)
    scene.world.see("10:00:00", "1010", INDEX)
    for clock, price in (("10:00:01", "121"), ("10:00:02", "210"), ("10:00:03", "40")):
        scene.world.see(clock, price, STOCK)
    return scene


def limits() -> Scene:
    """Sealed for the first time at either limit, after three days that closed there."""
    bars = {A: history([10, 10, 11, "12.1", "13.31"], A)}
    scene = Scene(World(bars, prev_close="100"))
    scene.ask(leaf("first seal", "is"), leaf("limit up", "sealed"), symbol=B)
    scene.ask(leaf("first seal down", "is"), leaf("limit down", "sealed"), symbol=STOCK)
    scene.ask(leaf("limit_streak", ">=", "4"), leaf("limits", ">=", "4", "5d"), symbol=A)
    for clock in ("09:31:00", "09:31:03"):
        scene.world.see(clock, "110", B, **AT_LIMIT)
        scene.world.see(clock, "90", STOCK, **AT_FLOOR)
        day = {**AT_LIMIT, "bid": q("14.64"), "limit_up": "14.64", "prev_close": "13.31"}
        scene.world.see(clock, "14.64", A, **day)
    return scene


def after() -> Scene:
    """New York after its close."""
    scene = Scene(World(instruments=[Instrument(symbol=APPLE, decimals=4)], prev_close="90"))
    one = leaf("after_hours change", ">=", "0.03")
    made = condition(one, APPLE)
    scene.asked[made.id] = one
    scene.world.engine.add(made)
    scene.world.see("23:00:00", "100", APPLE)
    scene.world.see("05:00:03", "104", APPLE, day="2025-11-27", phase=Phase.AFTER_HOURS)
    return scene


SCENES = (members, paced, auctions, across, far, limits, after)


def told() -> Iterator[Told]:
    """All that rings in them."""
    for scene in SCENES:
        yield from scene().told()


def clock(moment: str) -> str:
    """An exchange time of the day in ISO format."""
    return at(moment, DAY).isoformat()
