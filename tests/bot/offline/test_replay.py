"""Replays: the same bytes twice, and events at the quotes where the definitions say."""

import json
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from bot.errors import InputError
from bot.files.rules import read
from bot.master.reference import Reference
from bot.offline.replay import expanded, merged, replay
from rules.model import Frame, Quote
from tests.fixtures import lean

MASTER = Reference.load()
HEAD = "time,symbol,price,open,high,low,prev_close"
# 300308 before the founding day (conditions.md section 4): 80 flat days, 30 equal steps, 19 given ones.
GIVEN = """478.00 493.00 509.00 518.00 505.00 492.00 476.00 464.00 462.00 462.27 491.20 482.60 476.50 469.00
    469.22 469.50 468.10 475.20 479.66"""
CLOSES = [
    *["282.76"] * 80,
    *[f"{282.76 + (500 - 282.76) * n / 30:.2f}" for n in range(1, 31)],
    *GIVEN.split(),
]
FEASTS = {date(2025, 6, 2), *(date(2025, 10, day) for day in (1, 2, 3, 6, 7, 8))}
# Prices of the day a minute apart from 09:30, each beside the level it is to be told from.
PRICES = """475.20 470.40 475.67 475.68 479.66 481.06 481.07 503.64 503.65 527.62 527.63 542.01 542.02 548.99
    549.00 551.43 551.44 551.60 551.61 551.62 556.88 550.00 543.22"""
PATH = PRICES.split()


def founding_history(folder: Path) -> Path:
    """The made-up daily bars of 300308 up to 25 November 2025."""
    days: list[date] = []
    day = date(2025, 11, 25)
    while len(days) < len(CLOSES):
        if day.weekday() < 5 and day not in FEASTS:
            days.append(day)
        day -= timedelta(days=1)
    rows = ["date,open,high,low,close,volume"]
    for day, close in zip(reversed(days), CLOSES, strict=True):
        rows.append(f"{day},{close},{'542.01' if close == '518.00' else close},{close},{close},1000000")
    (folder / "300308.SZ.csv").write_text("\n".join(rows), encoding="utf-8")
    return folder


def day_of_quotes(file: Path, path: list[str], symbol: str = "300308", close: str = "479.66") -> Path:
    """A quote a minute from 09:30 and the closing print at 15:00, with the running high and low."""
    rows = [HEAD]
    start = datetime(2025, 11, 26, 9, 30, tzinfo=UTC)
    times = [(start + timedelta(minutes=n)).strftime("%H:%M:%S") for n in range(len(path))]
    for n, (clock, price) in enumerate([*zip(times, path, strict=True), ("15:00:00", path[-1])]):
        seen = sorted(map(float, path[: n + 1]))
        rows.append(f"2025-11-26T{clock}+08:00,{symbol},{price},{path[0]},{seen[-1]},{seen[0]},{close}")
    file.write_text("\n".join(rows), encoding="utf-8")
    return file


def rules(folder: Path, *lines: str) -> Path:
    """A rules file."""
    file = folder / "rules.txt"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def told(outcome_lines: tuple[str, ...]) -> list[tuple[str, str, str, float]]:
    """(clock, rule, state, price) of each line."""
    found = [json.loads(line) for line in outcome_lines]
    return [(line["time"][11:16], line["rule"], line["state"], line["price"]) for line in found]


def test_the_founding_day_rings_at_the_first_price_beyond_each_level(tmp_path: Path) -> None:
    """Rungs, record, average, milestone, and a golden cross that is withdrawn and not confirmed."""
    asked = rules(
        tmp_path,
        "300308 change > 5%",
        "300308 change >= 15%",
        "中际旭创 创历史新高",
        "300308 reclaim ma(5)",
        "300308 reclaim ma(10)",
        "300308 reclaim ma(20)",
        "300308 market_cap > 610B",
        "300308 macd golden cross",
        "300308 price >= 560",
    )
    quotes = day_of_quotes(tmp_path / "q.csv", PATH)
    outcome = replay([quotes], asked, founding_history(tmp_path))
    clock = {price: f"{9 + (30 + n) // 60:02d}:{(30 + n) % 60:02d}" for n, price in enumerate(PATH)}
    assert told(outcome.lines) == [
        (clock["481.07"], "300308 reclaim ma(20)", "provisional", 481.07),
        (clock["503.65"], "300308 change > 5%", "fired", 503.65),
        (clock["542.02"], "中际旭创 创历史新高", "fired", 542.02),
        (clock["549.00"], "300308 market_cap > 610B", "fired", 549),
        (clock["551.44"], "300308 macd golden cross", "provisional", 551.44),
        (clock["551.61"], "300308 change >= 15%", "fired", 551.61),
        (clock["550.00"], "300308 macd golden cross", "withdrawn", 550),
        ("15:00", "300308 reclaim ma(20)", "confirmed", 543.22),
    ]


def test_a_line_says_time_symbol_rule_state_and_numbers(tmp_path: Path) -> None:
    """The keys of a line, the offset of its market, and the exact price."""
    quotes = day_of_quotes(tmp_path / "q.csv", ["500", "503.643", "503.65"])
    outcome = replay([quotes], rules(tmp_path, "300308 涨跌幅 > 5%"))
    assert outcome.lines[0] == (
        '{"time":"2025-11-26T09:32:00+08:00","symbol":"300308.SZ","rule":"300308 涨跌幅 > 5%",'
        '"state":"fired","signal":"change","value":5.001459367051653,"level":5.0,"price":503.65}'
    )


def test_each_line_of_the_rules_file_is_answered(tmp_path: Path) -> None:
    """The same condition on two lines gives a line each; modes and expiry filter nothing."""
    quotes = day_of_quotes(tmp_path / "q.csv", ["500", "510", "500", "510"])
    lines = ("300308 price > 505 | once", "zjxc price > 505 | every 30m", "300308 price > 520 | daily")
    assert [(clock, rule) for clock, rule, _, _ in told(replay([quotes], rules(tmp_path, *lines)).lines)] == [
        ("09:31", lines[0]),
        ("09:31", lines[1]),
        ("09:33", lines[0]),
        ("09:33", lines[1]),
    ]


def test_any_group_rings_for_each_member(tmp_path: Path) -> None:
    """`any @g X` is X on every member, under the line as written; a group's own change has no price."""
    first = day_of_quotes(tmp_path / "a.csv", ["480", "510"])
    second = day_of_quotes(tmp_path / "b.csv", ["304", "330"], "300502", "304.72")
    asked = rules(tmp_path, "any @optical-modules change > 5%", "@optical-modules change > 5%")
    found = [json.loads(line) for line in replay([first, second], asked).lines]
    assert sorted((line["symbol"], line["rule"], line["price"] is None) for line in found) == [
        ("300308.SZ", "any @optical-modules change > 5%", False),
        ("300502.SZ", "any @optical-modules change > 5%", False),
        ("@optical-modules", "@optical-modules change > 5%", True),
    ]


def test_a_replay_that_ends_early_confirms_nothing(tmp_path: Path) -> None:
    """Without a quote at or after the session's end the day bar stays open."""
    quotes = day_of_quotes(tmp_path / "q.csv", ["475.20", "481.07"])
    cut = "\n".join(quotes.read_text(encoding="utf-8").splitlines()[:-1])
    quotes.write_text(cut, encoding="utf-8")
    outcome = replay([quotes], rules(tmp_path, "300308 reclaim ma(20)"), founding_history(tmp_path))
    assert [state for _, _, state, _ in told(outcome.lines)] == ["provisional"]


def test_the_gate_runs_and_its_refusals_are_counted(tmp_path: Path) -> None:
    """An absent price and an unconfirmed jump ring nothing."""
    file = tmp_path / "q.csv"
    prices = enumerate(["480", "0", "530", "481"])
    rows = [f"2025-11-26T09:3{minute}:00+08:00,300308,{price},480,,,479.66" for minute, price in prices]
    file.write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    outcome = replay([file], rules(tmp_path, "300308 change > 5%"))
    assert outcome.lines == ()
    assert sum(outcome.refused.values()) == 2


def test_files_are_merged_by_time() -> None:
    """Frames of several files come in order; those of one time and market become one."""
    nine = datetime(2025, 11, 26, 1, 30, tzinfo=UTC)
    one, two, three = (nine + timedelta(seconds=n) for n in range(3))

    def frame(when: datetime, market: str, *symbols: str) -> Frame:
        made = tuple(Quote(symbol=symbol, time=when, price=1) for symbol in symbols)
        return Frame(market=market, received=when, quotes=made)

    first = iter([frame(one, "SZ", "a"), frame(one, "SH", "b"), frame(three, "SZ", "a")])
    second = iter([frame(one, "SZ", "c"), frame(two, "SH", "b")])
    assert [(f.received, f.market, [q.symbol for q in f.quotes]) for f in merged([first, second])] == [
        (one, "SZ", ["a", "c"]),
        (one, "SH", ["b"]),
        (two, "SH", ["b"]),
        (three, "SZ", ["a"]),
    ]


def test_only_any_is_expanded(tmp_path: Path) -> None:
    """Members take the condition over whole; a plain condition is itself."""
    lines = read(rules(tmp_path, "any @pcb change > 5%", "@pcb change > 5%"), MASTER.find)
    each, group = (line.condition for _, line in lines)
    (member,) = expanded(each, MASTER.members("@pcb"))
    assert (member.symbol, member.text, member.each) == ("300476.SZ", "change > 5%", False)
    assert expanded(group, MASTER.members("@pcb")) == (group,)


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("quotes", "q.csv, line 3, column price: 'x' is not a price"),
        ("rules", "rules.txt, line 1, column 8: not available yet: 龙虎"),
        ("history", "300308.SZ.csv, line 1, column open: this column is missing"),
        ("folder", "nowhere: this is no folder"),
    ],
)
def test_bad_input_anywhere_returns_nothing(tmp_path: Path, what: str, reason: str) -> None:
    """All files are read before a line is returned."""
    quotes = day_of_quotes(tmp_path / "q.csv", ["500"])
    if what == "quotes":
        lines = quotes.read_text(encoding="utf-8").splitlines()
        quotes.write_text("\n".join([*lines[:2], lines[2].replace(",500,", ",x,", 1)]), encoding="utf-8")
    asked = rules(tmp_path, "300308 龙虎榜" if what == "rules" else "300308 price > 400")
    if what == "history":
        (tmp_path / "300308.SZ.csv").write_text("date\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        replay([quotes], asked, tmp_path / "nowhere" if what == "folder" else tmp_path)
    assert reason in str(caught.value)


SPY_RULES = (
    "spy change > 0.5%",
    "spy change < -0.5%",
    "spy reclaim ma(20)",
    "spy lose ma(20)",
    "spy new high(day)",
    "spy new high(20d)",
    "spy move(5m) < -0.3%",
    "spy macd death cross",
    "spy price > 170 | session regular,extended",
    "spy change > 0.5% and new high(day)",
)


@pytest.fixture(scope="module")
def spy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Five recorded days of SPY as a quotes file and the bars before them as a folder."""
    folder = tmp_path_factory.mktemp("spy")
    lean.write_history("spy", folder, date(2013, 10, 7))
    return lean.write_quotes("spy", folder / "quotes.csv"), folder


def test_five_recorded_days_replay_to_the_same_lines(spy: tuple[Path, Path], tmp_path: Path) -> None:
    """Nothing but the files decides; the second replay gives the same lines."""
    quotes, history = spy
    asked = rules(tmp_path, *SPY_RULES)
    first, second = (replay([quotes], asked, history) for _ in range(2))
    assert first == second
    assert len(first.lines) > 20
    assert first.refused == {}


def test_rules_on_minute_bars_replay_to_the_same_lines(spy: tuple[Path, Path], tmp_path: Path) -> None:
    """Bars grow from the quotes: rings of the first day on, each decided at the end of its bar."""
    quotes, history = spy
    asked = rules(
        tmp_path,
        "SPY.US reclaim ma(20, 5m)",
        "SPY.US macd(15m) death cross",
        "SPY.US rsi(14, 15m) < 30",
        "SPY.US price > ma(4, 60m) and kdj(30m) k > 50",
        "SPY.US range > 2x atr(14, 5m)",
    )
    first, second = (replay([quotes], asked, history) for _ in range(2))
    assert first == second
    found = [json.loads(line) for line in first.lines]
    assert {line["state"] for line in found} == {"provisional", "confirmed", "withdrawn", "fired"}
    ends = [line["time"] for line in found if line["state"] == "confirmed" and "5m" in line["signal"]]
    assert ends
    assert all(int(time[14:16]) % 5 == 0 and time[17:19] == "00" for time in ends)
    assert {line["signal"] for line in found} >= {"ma(20, 5m)", "macd(15m)", "rsi(14, 15m)", "ma(4, 60m)"}


def first_beyond(day: list[lean.Bar], close: int, sign: int) -> str | None:
    """When a day's change first passes half a percent, by price or, after the first quote, by high or low."""
    for bar in day:
        end = bar.start + lean.MINUTE
        touched = bar.high if sign > 0 else bar.low
        furthest = touched if bar.is_regular else bar.close  # before the open there are no extremes yet
        if "09:30" <= end.strftime("%H:%M") <= "16:00" and sign * (Fraction(furthest, close) - 1) > Fraction(
            5, 1000
        ):
            return end.isoformat()
    return None


def test_changes_ring_where_the_recorded_minutes_pass_them(spy: tuple[Path, Path], tmp_path: Path) -> None:
    """The first ring of each day is at the first regular minute beyond the level, told without the engine."""
    quotes, _ = spy
    closes = {after.start.date(): before.close for before, after in pairwise(lean.daily("spy"))}
    expected = {
        (moment, rule)
        for day in lean.minutes("spy")
        for sign, rule in ((1, SPY_RULES[0]), (-1, SPY_RULES[1]))
        if (moment := first_beyond(day, closes[day[0].start.date()], sign))
    }
    found: dict[tuple[str, str], str] = {}
    for line in map(json.loads, replay([quotes], rules(tmp_path, *SPY_RULES[:2])).lines):
        found.setdefault((line["time"][:10], line["rule"]), line["time"])
    assert len(expected) == 5
    assert {(moment, rule) for (_, rule), moment in found.items()} == expected


def test_a_reclaimed_average_is_confirmed_by_the_recorded_close(
    spy: tuple[Path, Path], tmp_path: Path
) -> None:
    """On 10 October 2013 SPY closed above the mean of its last 20 adjusted closes, the day before below."""
    quotes, history = spy
    lines = [json.loads(line) for line in replay([quotes], rules(tmp_path, SPY_RULES[2]), history).lines]
    assert [(line["time"][:16], line["state"]) for line in lines] == [
        ("2013-10-10T15:13", "provisional"),
        ("2013-10-10T16:00", "confirmed"),
    ]
    bars = [bar for bar in lean.daily("spy") if bar.start.date() < date(2013, 10, 10)][-19:]
    # The dividend of 20 September 2013 lies within: Lean's factors before and after it.
    factor = Fraction("0.8604238") / Fraction("0.8646266")
    scaled = [b.close * (factor if b.start.date() <= date(2013, 9, 19) else 1) for b in bars]
    assert lines[0]["level"] == pytest.approx(float(sum(scaled) / 19 / 10_000), rel=1e-9)


def test_a_halt_and_its_end(tmp_path: Path) -> None:
    """A status in the quotes file: the price is refused, the halt and what ends it ring."""
    rows = ["time,symbol,price,prev_close,status"]
    for clock, price, status in (
        ("10:00:00", "479.66", ""),
        ("10:00:03", "479.66", "halted"),
        ("10:00:06", "479.66", "halted"),
        ("10:10:00", "480.00", "trading"),
    ):
        rows.append(f"2025-11-26T{clock}+08:00,300308,{price},479.66,{status}")
    file = tmp_path / "quotes.csv"
    file.write_text("\n".join(rows), encoding="utf-8")
    outcome = replay([file], rules(tmp_path, "300308 halted", "300308 复牌"))
    assert [(clock, rule, state) for clock, rule, state, _ in told(outcome.lines)] == [
        ("10:00", "300308 halted", "fired"),
        ("10:10", "300308 复牌", "fired"),
    ]
    assert outcome.refused == {"halted": 2}


def test_an_auction_rings_by_itself(tmp_path: Path) -> None:
    """A book at one price at 9:21 and the result at 9:25; before 9:20 and in the session nothing."""
    rows = ["time,symbol,price,open,prev_close,volume,amount,bid,ask,bid_size,ask_size"]
    for clock, price, opened, volume in (
        ("09:16:00", "510", "", ""),
        ("09:21:00", "490", "", ""),
        ("09:24:00", "495", "", ""),
        ("09:25:03", "500", "500", "10000"),
        ("09:30:00", "520", "500", "20000"),
    ):
        amount = f"{int(volume) * 500}" if volume else ""
        rows.append(
            f"2025-11-26T{clock}+08:00,300308,{price},{opened},479.66,{volume},{amount},{price},{price},9000,9000"
        )
    file = tmp_path / "quotes.csv"
    file.write_text("\n".join(rows), encoding="utf-8")
    given = ("300308 auction change > 3%", "300308 auction amount >= 5M")
    outcome = replay([file], rules(tmp_path, *given))
    assert [(clock, rule) for clock, rule, _, _ in told(outcome.lines)] == [
        ("09:24", given[0]),
        ("09:25", given[1]),
    ]
