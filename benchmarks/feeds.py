"""From bytes to rings: feeds against the parsers that others wrote, and against the bare wire.

    python -m benchmarks.feeds [--part page|wire|frames] [--rules N] [--rounds N] [--messages N] [--seed N]

page    An answer of Tencent's for 800 of 5,500 instruments, from its bytes to the list of rings, with a
        million rules that cross a price: easyquotation's parser and the naive loop against parser, gate and
        engine of this program, with the same rings. Then the whole market every 3 s as part of a core.
wire    A stream of Binance's trades on loopback: receiving, and reading three fields with msgspec alone,
        against the feed's socket, numbers and quotes, and against the same under its supervisor; first as
        fast as it goes, then 2,000 messages a second, each in a segment of its own as markets send them.
frames  Recorded trades read by json, ccxt.pro, cryptofeed and by us; skipped where the recording is absent.

Peers that are not installed are said to be absent. Seconds are of CPU; rates are those of the lower quartile
of pages, or of the best of several rounds. Exits 1 when a goal is missed.
"""

import argparse
import asyncio
import gc
import gzip
import logging
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import aiohttp
import msgspec
import numpy as np
from websockets.asyncio.client import connect

from benchmarks.peers import libraries
from benchmarks.peers.loops import Rule, armed_loop
from benchmarks.peers.pages import page
from benchmarks.peers.shares import OPEN, SIZES, STEP, Market, market
from benchmarks.peers.world import usual
from bot.feed import Context
from bot.feeds.binance import Binance
from bot.feeds.tencent import Tencent
from bot.intake.gate import Gate
from bot.intake.supervise import supervise
from bot.master.calendar import hours
from bot.master.listing import shaped
from rules.engine import Engine
from rules.model import Condition, Frame, Leaf, State

DATA = Path(os.environ.get("TICKBELL_DATA") or Path(__file__).parents[1] / "../shared/data")
RECORDING = "crypto/hftbacktest/binance_spot_btcusdt_20240808.jsonl.gz"
INSTRUMENTS, PAGE = 5500, 800
PAGE_GOAL, CORE_GOAL, WIRE_GOAL = 40.0, 1.0, 1.4
RATE = 2000
NOON = datetime(2024, 8, 9, 12, tzinfo=UTC)


class Trade(msgspec.Struct):
    """Three fields, and nothing checked."""

    s: str
    p: str
    T: int


class Message(msgspec.Struct):
    """A combined-stream trade."""

    data: Trade


BARE = msgspec.json.Decoder(Message)


@dataclass(slots=True)
class Report:
    """Prints figures beside their goals and counts what is missed."""

    missed: int = 0

    def judged(self, value: float, goal: float, *, most: bool = False) -> str:
        """The goal in brackets."""
        is_met = value <= goal if most else value >= goal
        self.missed += not is_met
        return f" (goal {goal:g}{'' if is_met else ', MISSED'})"


# Pages


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: when it was received, and its lines."""

    received: datetime
    first: int  # number of its first instrument
    body: bytes


class Result:
    """What one of the two did: CPU seconds an instrument of each page, and which rules fired."""

    def __init__(self) -> None:
        self.fires: list[int] = []
        self.steps: list[tuple[float, float, float]] = []  # parser, gate, rules

    def note(self, start: float, parsed: float, judged: float, count: int) -> None:
        """One page of `count` instruments, which ends now."""
        end = time.process_time()
        self.steps.append(((parsed - start) / count, (judged - parsed) / count, (end - judged) / count))

    def each(self) -> list[float]:
        """Microseconds an instrument: parser, gate, rules."""
        return [usual(list(times)) * 1e6 for times in zip(*self.steps, strict=True)]


def round_of(made_up: Market, number: int) -> list[Page]:
    """All instruments, 800 an answer; the first two rounds are alike, so that everything has been seen."""
    if number > 1:
        made_up.poll(number)
    made_up.time = np.maximum(made_up.time, 3 * number)
    received = OPEN + number * STEP + STEP
    counts = [(first, min(PAGE, INSTRUMENTS - first)) for first in range(0, INSTRUMENTS, PAGE)]
    return [Page(received, first, page(made_up, first, count)) for first, count in counts]


def levels(prices: list[int], count: int, seed: int) -> list[tuple[int, int, bool]]:
    """(instrument, level in quanta, above) of each rule, none twice, within 20 % of the price."""
    rng = np.random.default_rng(seed)
    found: dict[tuple[int, int, bool], None] = {}
    while len(found) < count:
        homes = rng.integers(0, len(prices), count).tolist()
        shares = rng.uniform(0.8, 1.2, count).tolist()
        for number, (home, share) in enumerate(zip(homes, shares, strict=True)):
            found[home, round(prices[home] * share), bool(number & 1)] = None
    return list(found)[:count]


def theirs(rules: list[tuple[int, int, bool]], prices: list[int], pages: list[Page]) -> Result:
    """easyquotation, and a list of dataclasses an instrument."""
    read, result = libraries.easyquotation(), Result()
    held: list[list[Rule]] = [[] for _ in prices]
    for number, (home, level, above) in enumerate(rules):
        back = level * 998 // 1000 if above else -(-level * 1002 // 1000)
        held[home].append(Rule(number, home, "above" if above else "below", level, back))
    walk = armed_loop(held, prices[:])
    for one in pages:
        start = time.process_time()
        table = read(one.body)
        parsed = time.process_time()
        seen = [round(stock["now"] * 1000) for stock in table.values()]
        result.fires += walk([(range(one.first, one.first + len(seen)), seen)])
        result.note(start, parsed, parsed, len(seen))
    return result


def ours(rules: list[tuple[int, int, bool]], opening: list[list[Page]], pages: list[Page]) -> Result:
    """The feed's parser, the gate and the whole engine."""
    feed, gate, result = Tencent(), Gate(hours(), shaped), Result()
    engine = Engine(hours(), shaped, lambda _: None, lambda _: ())
    numbers: dict[str, int] = {}

    def take(one: Page) -> Frame:
        (frame,) = feed.parse(one.body, one.received)
        return gate.judge(frame).frame

    for one in opening[0]:
        engine.take(take(one))
    for number, (home, level, above) in enumerate(rules):
        price, verb = Decimal(level).scaleb(-3), "crosses above" if above else "crosses below"
        text = f"price {verb} {price:.3f}"
        condition = Condition(symbol=f"{home + 1:06d}.SZ", root=Leaf("price", (), verb, price), text=text)
        engine.add(condition)
        numbers[condition.id] = number
    for one in opening[1]:
        engine.take(take(one))
    gc.collect()
    gc.freeze()  # as the program does once its conditions are loaded
    for one in pages:
        start = time.process_time()
        (frame,) = feed.parse(one.body, one.received)
        parsed = time.process_time()
        believed = gate.judge(frame).frame
        judged = time.process_time()
        events = engine.take(believed).events
        result.note(start, parsed, judged, len(frame.quotes))
        result.fires += [numbers[event.condition] for event in events if event.state is State.FIRED]
    gc.unfreeze()
    return result


def pages(options: argparse.Namespace, report: Report) -> None:
    """An answer from bytes to rings, theirs and ours, and the whole market as part of a core."""
    made_up = market("SZ", options.seed, INSTRUMENTS / SIZES["SZ"])
    prices = made_up.price.tolist()
    rules = levels(prices, options.rules, options.seed)
    opening = [round_of(made_up, number) for number in range(2)]
    later = [one for number in range(2, 2 + options.rounds) for one in round_of(made_up, number)]
    mine = ours(rules, opening, later)
    parse, judge, match = mine.each()
    whole = parse + judge + match
    print(f"page: {len(later)} answers of {PAGE}, {len(rules):,} rules, {len(mine.fires):,} rings")
    print(f"  ours: parser {parse:.1f}, gate {judge:.1f}, engine {match:.1f}: {whole:.1f} us an instrument")
    try:
        peer = theirs(rules, prices, later)
    except ImportError:
        print("  easyquotation is not installed: nothing to compare with")
    else:
        read, _, loop = peer.each()
        if sorted(peer.fires) != sorted(mine.fires):
            raise SystemExit(f"the rings differ: theirs {len(peer.fires)}, ours {len(mine.fires)}")
        ratio = (read + loop) / whole
        goal = report.judged(ratio, PAGE_GOAL)
        print(
            f"  easyquotation {read:.1f} and the naive loop {loop:.1f}: same rings, {ratio:.1f}x ours{goal}"
        )
        print(f"  easyquotation's parser alone: {read / parse:.2f}x ours, which reads more")
    core = whole * INSTRUMENTS / STEP.total_seconds() / 1e4
    goal = report.judged(core, CORE_GOAL, most=True)
    print(f"  {INSTRUMENTS} instruments every 3 s: {core:.2f} % of a core{goal}")


# The wire


@asynccontextmanager
async def firehose(messages: int, rate: int) -> AsyncIterator[str]:
    """A server in a process of its own; its address."""
    arguments = ("-m", "benchmarks.peers.firehose", str(messages), str(rate))
    server = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
    try:
        assert server.stdout is not None  # noqa: S101 -- it was asked for
        yield f"ws://127.0.0.1:{int(await server.stdout.readline())}"
    finally:
        server.kill()
        await server.wait()


async def bare(url: str, messages: int) -> float:
    """Aiohttp and msgspec, and nothing else: seconds of CPU."""
    async with aiohttp.ClientSession() as http, http.ws_connect(url, decode_text=False, compress=0) as socket:
        start = time.process_time()
        for _ in range(messages):
            BARE.decode((await socket.receive()).data)
        return time.process_time() - start


async def usual_library(url: str, messages: int) -> float:
    """The same with the library websockets."""
    async with connect(url, compression=None) as socket:
        start = time.process_time()
        for _ in range(messages):
            BARE.decode(await socket.recv(decode=False))
        return time.process_time() - start


def given(http: aiohttp.ClientSession, url: str) -> Context:
    """What the feed needs; its REST is not there, so that no figures are asked for in between."""
    urls = {"ws": url, "rest": "http://127.0.0.1:1"}
    return Context(http=http, urls=urls, symbols=["BTCUSDT.BINANCE"], options={}, now=lambda: NOON)


async def fed(url: str, messages: int) -> float:
    """The feed's payloads and quotes."""
    feed = Binance()
    async with aiohttp.ClientSession() as http, aclosing(feed.payloads(given(http, url))) as payloads:
        start, count = time.process_time(), 0
        async for payload in payloads:
            count += len(feed.parse(payload.data, payload.received)[0].quotes)
            if count == messages:
                break
        return time.process_time() - start


async def supervised(url: str, messages: int) -> float:
    """The same under its supervisor, to a sink that counts."""
    stopping, count = asyncio.Event(), [0]
    async with aiohttp.ClientSession() as http:
        context = given(http, url)

        async def sink(frame: Frame) -> None:
            count[0] += len(frame.quotes)
            if count[0] >= messages:
                stopping.set()

        start = time.process_time()
        await supervise(
            Binance(),
            lambda: context,
            sink,
            stopping,
            is_open=lambda _: True,
            reconnected=lambda _: None,
        )
        return time.process_time() - start


async def wire(options: argparse.Namespace, report: Report) -> None:
    """A flood of messages, and as many as the whole of an exchange sends."""
    logging.disable(logging.WARNING)  # that there are no figures of the day
    await measured(options.messages, 0, 4, report)
    await measured(options.messages // 20, RATE, 2, report)
    logging.disable(logging.NOTSET)


async def measured(messages: int, rate: int, rounds: int, report: Report) -> None:
    """Each way several times in turn, the best of each."""
    ways = {"aiohttp": bare, "websockets": usual_library, "feed": fed, "supervised": supervised}
    best = dict.fromkeys(ways, float("inf"))
    async with firehose(messages, rate) as url:
        for _ in range(rounds):
            for name, way in ways.items():
                took = await way(url, messages) / messages * 1e6
                best[name] = min(best[name], took)
    pace = f"{rate:,} a second" if rate else "as fast as they are read"
    print(f"wire: {messages:,} trades on loopback, {pace}; us of CPU a message")
    print(f"  received, read by msgspec alone: aiohttp {best['aiohttp']:.2f}", end="")
    print(f", websockets {best['websockets']:.2f}")
    for name, words in (("feed", "to quotes"), ("supervised", "under the supervisor to a sink")):
        ratio = best[name] / best["websockets"]
        print(f"  the feed {words}: {best[name]:.2f}, {best[name] / best['aiohttp']:.2f}x aiohttp's", end="")
        goal = report.judged(ratio, WIRE_GOAL, most=True) if name == "feed" else ""
        print(f", {ratio:.2f}x that of websockets{goal}")


# Frames


def frames(report: Report) -> None:
    """Recorded trades, read by everybody."""
    del report
    if not (DATA / RECORDING).exists():
        print(f"frames: skipped, the recording is absent: {RECORDING}")
        return
    with gzip.open(DATA / RECORDING) as lines:
        trades = [line.partition(b" ")[2].strip() for line in lines if b'"e":"trade"' in line]
    # The peers know aggregated trades, which differ in name alone.
    trades = [
        t.replace(b'"e":"trade"', b'"e":"aggTrade"').replace(b'"t":', b'"f":1,"l":1,"a":') for t in trades
    ]
    print(f"frames: {len(trades):,} recorded trades of Binance, us of CPU each")
    feed = Binance()
    parsers: dict[str, Callable[[], libraries.Parse]] = {
        **libraries.PARSERS,
        "ours, to a quote for the gate": lambda: lambda body: feed.parse(body, NOON),
    }
    for name, make in parsers.items():
        try:
            parse = make()
        except ImportError:
            print(f"  {name}: not installed")
            continue
        print(f"  {name}: {best_of(parse, trades):.2f}")


def best_of(parse: Callable[[bytes], object], bodies: list[bytes]) -> float:
    """Microseconds each, the best of five rounds."""
    found = []
    for _ in range(5):
        start = time.process_time()
        for body in bodies:
            parse(body)
        found.append((time.process_time() - start) / len(bodies) * 1e6)
    return min(found)


def main() -> int:
    """All parts, or one; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description="Feeds from bytes to rings.")
    parser.add_argument("--part", choices=("page", "wire", "frames"))
    parser.add_argument("--rules", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=6, help="of all 5,500 instruments")
    parser.add_argument("--messages", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=20260910)
    options = parser.parse_args()
    report = Report()
    if options.part in (None, "frames"):
        frames(report)
    if options.part in (None, "wire"):
        asyncio.run(wire(options, report))
    if options.part in (None, "page"):
        pages(options, report)
    print("\nall goals met" if not report.missed else f"\n{report.missed} goals missed")
    return int(report.missed > 0)


if __name__ == "__main__":
    sys.exit(main())
