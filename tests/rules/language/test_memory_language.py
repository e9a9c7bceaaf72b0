"""`then`, qualifiers and ladders in both languages: scope, order, round trips, and what is refused."""

from datetime import time, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rules.language import LanguageError, Line, Options, canonical, phrase
from rules.model import (
    And,
    At,
    Between,
    Condition,
    Held,
    Instrument,
    Leaf,
    Mode,
    Node,
    Not,
    OnClose,
    Or,
    Then,
)
from rules.nodes import parts_of
from rules.signal import SIGNALS, Unit, named
from tests.rules.language.test_language import DEAR, RECORD, RISE, of, read
from tests.rules.language.test_language_properties import GROUP, LEVEL, SHARE, leaves, outcome, reads

FIVE, HALF = timedelta(minutes=5), timedelta(minutes=30)
TEN, LATE = time(10), time(14, 50)

SCOPES = [
    ("change > 5% for 5m", Held(RISE, FIVE)),
    ("change > 5% at 14:50", At(RISE, LATE)),
    ("change > 5% between 10:00 and 14:50", Between(RISE, TEN, LATE)),
    ("change > 5% on close", OnClose(RISE)),
    ("change > 5% then record high within 30m", Then(RISE, RECORD, HALF)),
    ("(change > 5% and record high) for 5m", Held(And((RISE, RECORD)), FIVE)),
    ("(change > 5% for 5m) and record high", And((Held(RISE, FIVE), RECORD))),
    ("change > 5% and (record high for 5m)", And((RISE, Held(RECORD, FIVE)))),
    ("(change > 5% or record high) at 14:50", At(Or((RISE, RECORD)), LATE)),
    ("(not change > 5%) for 5m", Held(Not(RISE), FIVE)),
    ("not (change > 5% for 5m)", Not(Held(RISE, FIVE))),
    ("change > 5% and record high then price > 560 within 30m", Then(And((RISE, RECORD)), DEAR, HALF)),
    ("change > 5% then record high or price > 560 within 30m", Then(RISE, Or((RECORD, DEAR)), HALF)),
    ("change > 5% and (record high then price > 560 within 30m)", And((RISE, Then(RECORD, DEAR, HALF)))),
    (
        "(change > 5% then record high within 5m) then price > 560 within 30m",
        Then(Then(RISE, RECORD, FIVE), DEAR, HALF),
    ),
    (
        "change > 5% then (record high then price > 560 within 30m) within 5m",
        Then(RISE, Then(RECORD, DEAR, HALF), FIVE),
    ),
    (
        "(change > 5% for 5m) then (record high at 14:50) within 30m",
        Then(Held(RISE, FIVE), At(RECORD, LATE), HALF),
    ),
    ("(change > 5% then record high within 30m) on close", OnClose(Then(RISE, RECORD, HALF))),
    ("change > 5% for 5m between 10:00 and 14:50", Between(Held(RISE, FIVE), TEN, LATE)),
    ("(change > 5% between 10:00 and 14:50) for 5m", Held(Between(RISE, TEN, LATE), FIVE)),
    ("(change > 5% for 5m) for 30m", Held(Held(RISE, FIVE), HALF)),
    ("change > 5% for 5m on close", OnClose(Held(RISE, FIVE))),
    ("(change > 5% on close) for 5m", Held(OnClose(RISE), FIVE)),
]


@pytest.mark.parametrize(("text", "root"), SCOPES)
def test_every_scope_is_read_and_printed(text: str, root: Node) -> None:
    """Brackets stand around what is qualified unless it is one comparison."""
    line = read(f"300308 {text}")
    assert line.condition.root == root
    assert line.condition.text == text
    assert read(phrase(line, "zh")) == line


EQUAL = [
    ("change > 5% and record high for 5m", "(change > 5% and record high) for 5m"),
    ("change > 5% for 5m and record high", "(change > 5% for 5m) and record high"),
    ("change > 5% for 5m and record high at 14:50", "((change > 5% for 5m) and record high) at 14:50"),
    ("change > 5% or record high on close", "(change > 5% or record high) on close"),
    (
        "price > 1 and (change > 5% and record high for 5m)",
        "price > 1 and ((change > 5% and record high) for 5m)",
    ),
    ("not change > 5% for 5m", "(not change > 5%) for 5m"),
    ("change > 5% between 10:00 and 14:30 for 5m", "change > 5% for 5m between 10:00 and 14:30"),
    ("change > 5% at 14:50 for 5m", "change > 5% for 5m at 14:50"),
    ("change > 5% then record high within 30m for 5m", "(change > 5% then record high within 30m) for 5m"),
    (
        "change > 5% then record high for 5m within 30m",
        "change > 5% then (record high for 5m) within 30m",
    ),
    (
        "change > 5% then (record high and price > 1) within 30m at 14:50 for 5m",
        "(change > 5% then record high and price > 1 within 30m) for 5m at 14:50",
    ),
    ("change > 5% then not price > 560 within 30m", "change > 5% then not price > 560 within 30m"),
    (
        "change > 5% then price > 560 and not price > 600 for 5m within 30m",
        "change > 5% then price > 560 and ((not price > 600) for 5m) within 30m",
    ),
    ("((change > 5%) for 5m)", "change > 5% for 5m"),
    ("rises 5% within 10 minutes", "move(10m) >= 5%"),
    (
        "rises 5% within 10m then falls 2% within 5m within 1h",
        "move(10m) >= 5% then move(5m) <= -2% within 1h",
    ),
    ("change > 5% then within 1% of limit up within 30m", "change > 5% then limit up near 1% within 30m"),
    ("at 14:50 change > 5% and record high", "(change > 5% and record high) at 14:50"),
    ("on close (change > 5% or record high) for 5m", "(change > 5% or record high) for 5m on close"),
    (
        "between 10:00 and 14:30 change > 5% then record high within 30m for 5m",
        "(change > 5% then record high within 30m) for 5m between 10:00 and 14:30",
    ),
    ("price > 1 and (on close change > 5%)", "price > 1 and (change > 5% on close)"),
    ("at 14:50 (change > 5%)", "change > 5% at 14:50"),
    ("on close (for 5m change > 5%)", "change > 5% for 5m on close"),
    ("on close ((for 5m change > 5%) and record high)", "((change > 5% for 5m) and record high) on close"),
    ("14:50时站上20日线且放量3倍", "(reclaim ma(20) and volume >= 3x) at 14:50"),
    ("收盘时站上20日线", "reclaim ma(20) on close"),
    ("涨超5%且创历史新高持续5分钟", "(change >= 5% and record high) for 5m"),
    ("涨超5%之后30分钟内创历史新高", "change >= 5% then record high within 30m"),
    ("涨超5%之后创历史新高30分钟内", "change >= 5% then record high within 30m"),
    ("5分钟涨超2%然后5分钟跌超2% 30分钟内", "move(5m) >= 2% then move(5m) <= -2% within 30m"),
    (
        "涨超5%之后（创历史新高且放量3倍）半小时内",
        "change >= 5% then record high and volume >= 3x within 30m",
    ),
]


@pytest.mark.parametrize(("text", "printed"), EQUAL)
def test_scope_and_order_are_made_plain(text: str, printed: str) -> None:
    """A qualifier at the end speaks of the whole; several have one order; the window is that of `then`."""
    assert read(f"300308 {text}").condition.text == printed
    assert read(f"300308 {printed}").condition == read(f"300308 {text}").condition


ERRORS = [
    # text, column, word, what the sentence contains
    ("price > 560 for", 20, "for", "a duration, 5m would fit"),
    ("price > 560 for 5", 24, "5", "is no duration"),
    ("price > 560 for ever and price > 1", 24, "ever", "is no duration"),
    ("price > 560 held for some minutes", 29, "some minutes", "is no duration"),
    ("price > 560 for 5s", 24, "5s", "10s to 4h would fit"),
    ("price > 560 for 5h", 24, "5h", "longer than a session of 300308.SZ: at most 4h"),
    ("price > 560 for 99999999999999999999m", 24, "99999999999999999999...", "too many digits"),
    ("price > 560 then change > 5%", 20, "then", "wants a window of time"),
    ("price > 560 then (change > 5%)", 20, "then", "wants a window of time"),
    ("price > 560 then within 30m", 20, "then", "a condition must follow"),
    ("price > 560 then change > 5% within 5h", 44, "5h", "at most 4h"),
    ("price > 560 then change > 5% within 5 parsecs", 44, "5 parsecs", "is no duration"),
    ("price > 560 then (change > 5%) within soon", 46, "soon", "is no duration"),
    ("price > 560 then", 20, "then", "a condition"),
    ("then price > 560 within 5m", 8, "then", "price, change, move"),
    ("price > 1 then price > 2 then price > 3 within 5m", 33, "then", "wants brackets"),
    ("price > 1 then price > 2 within 5m then price > 3 within 5m", 43, "then", "wants brackets"),
    ("价格 > 1 之后5分钟内 价格 > 2 之后5分钟内 价格 > 3", 29, "之后", "wants brackets"),
    ("price > 560 之后 5 年内 price > 1", 23, "5 年内", "is no duration"),
    ("price > 560 at 15:00", 23, "15:00", "outside the session of 300308.SZ: 09:30 to 14:59 would fit"),
    ("price > 560 at 9:29", 23, "9:29", "09:30 to 14:59"),
    ("price > 560 at 25:00", 23, "25:00", "is no time of day; one such as 14:50"),
    ("price > 560 at 14:60", 23, "14:60", "is no time of day"),
    ("price > 560 at 13:00pm", 23, "13:00pm", "is no time of day"),
    ("price > 560 at 0:30am", 23, "0:30am", "is no time of day"),
    ("price > 560 between 9:00 and 10:00", 28, "9:00", "09:30 to 15:00"),
    ("price > 560 between 10:00 and 15:01", 38, "15:01", "09:30 to 15:00"),
    ("price > 560 between 14:00 and 10:00", 38, "10:00", "must be after 14:00"),
    ("price > 560 between 10:00 and 10:00", 38, "10:00", "must be after 10:00"),
    ("price > 560 between 10:00 and noon", 38, "noon", "is no time of day"),
    ("price > 560 between 10:00", 28, "10:00", "and would fit"),
    ("价格 > 560 14:00至10:00之间", 23, "10:00", "must be after 14:00"),
    ("price > 560 for 5m for 10m", 27, "for 10m", "cannot stand beside 'for 5m'"),
    ("price > 560 at 14:50 at 14:55", 29, "at 14:55", "cannot stand beside 'at 14:50'"),
    ("at 14:50 price > 560 on close", 29, "on close", "cannot stand beside 'at 14:50'"),
    ("price > 560 between 10:00 and 11:00 at 10:30", 44, "at 10:30", "cannot stand beside 'between 10:00"),
    ("(price > 560 at 14:50) for 5m", 31, "for 5m", "cannot stand beside 'at 14:50'"),
    ("price > 560 between 10:00 and 14:30 on close", 44, "on close", "ends at 14:30 excludes the close"),
    (
        "not (price > 1 then price > 2 within 5m)",
        8,
        "price > 1 then price > 2 within 5m",
        "'not' cannot stand",
    ),
    ("not (price > 1 at 14:50)", 8, "at 14:50", "'not' cannot stand"),
    ("not (price > 1 and price > 2 on close)", 8, "on close", "'not' cannot stand"),
    ("not (price crosses 5 for 5m)", 8, "price crosses 5", "'not' cannot stand"),
    ("change > 5% fr 5m", 20, "fr", "did you mean 'for'?"),
    ("change > 5% thn record high within 30m", 20, "thn", "did you mean 'then'?"),
    ("change > 5% betwen 10:00 and 11:00", 20, "betwen", "did you mean 'between'?"),
    ("(change > 5%) fr 5m", 22, "fr", "did you mean 'for'?"),
    ("change > 5%, 4%", 21, "4%", "must lie beyond 5%"),
    ("change > 5%, 5%", 21, "5%", "must lie beyond 5%"),
    ("change < -5%, -3%", 22, "-3%", "must lie beyond -5%"),
    ("change > 5%, 8% and price > 1", 21, "8%", "a ladder stands alone"),
    ("change > 5%, 8% for 5m", 21, "8%", "a ladder stands alone"),
    ("at 14:50 change > 5%, 8%", 30, "8%", "a ladder stands alone"),
    ("at 14:50", 11, "14:50", "a condition"),
    ("not change > 5%, 8%", 25, "8%", "a ladder stands alone"),
    ("price > 1 then price > 5, 6 within 5m", 34, "6", "a ladder stands alone"),
    ("price crosses above 500, 510", 33, "510", "only a comparison has steps"),
    ("above 8%, 560", 18, "560", "only a comparison has steps"),
    ("near ma(60) 1%, 2%", 24, "2%", "only a comparison has steps"),
    ("change > 1%, 2%, 3%, 4%, 5%, 6%, 7%, 8%, 9%", 49, "9%", "at most 8 steps"),
    ("price > 5, 6.00001", 19, "6.00001", "off the grid"),
    ("change > 5%, 8% | onec", 26, "onec", "did you mean 'once'?"),
    ("change > 5%, x", 19, ",", "the end"),
    ("foo, 8%", 8, "foo", "price, change"),
]


@pytest.mark.parametrize(("text", "column", "word", "sentence"), ERRORS)
def test_an_error_names_the_word_its_column_and_what_would_fit(
    text: str, column: int, word: str, sentence: str
) -> None:
    """Each fault is told with its place, in both languages."""
    with pytest.raises(LanguageError) as caught:
        read(f"300308 {text}")
    assert (caught.value.column, caught.value.word) == (column, word)
    assert sentence in str(caught.value)


def test_sessions_bound_the_times_of_each_market() -> None:
    """Hong Kong closes at ten past four, New York at four; round the clock every time is within."""
    known = {name: Instrument(symbol=name, decimals=8) for name in ("700.HK", "SPY.US", "X.BINANCE")}
    for symbol, last in (("700.HK", "16:09"), ("SPY.US", "15:59"), ("X.BINANCE", "23:59")):
        assert reads(f"{symbol} price > 5 at {last}", known[symbol]).condition.text == f"price > 5 at {last}"
    for symbol, beyond in (("700.HK", "16:10"), ("SPY.US", "16:00")):
        assert isinstance(outcome(f"{symbol} price > 5 at {beyond}", known[symbol]), LanguageError)
    assert of("price > 560 at 2:50pm") == At(DEAR, LATE)
    crypto = reads("X.BINANCE price > 5 between 00:00 and 23:59", known["X.BINANCE"])
    assert crypto.condition.root == Between(Leaf("price", (), ">", Decimal(5)), time(), time(23, 59))
    assert isinstance(
        outcome("X.BINANCE price > 5 between 22:00 and 02:00", known["X.BINANCE"]), LanguageError
    )
    assert isinstance(outcome("X.BINANCE price > 5 for 25h", known["X.BINANCE"]), LanguageError)


LADDERS = [
    ("change > 5%, 8%, 10%", "change > 5%, 8%, 10%", "涨跌幅 > 5%、8%、10%"),
    ("change<-3%,-5%", "change < -3%, -5%", "涨跌幅 < -3%、-5%"),
    ("price >= 500, 560, 1,000", "price >= 500, 560, 1000", "价格 >= 500、560、1000"),
    ("price > 500、1,000、1,200.5", "price > 500, 1000, 1200.5", "价格 > 500、1000、1200.5"),
    ("rises 5%, 8%, 10% in 5 minutes", "move(5m) >= 5%, 8%, 10%", "5分钟涨跌幅 >= 5%、8%、10%"),
    ("market cap above 610B, 700 billion", "market_cap >= 610B, 700B", "市值 >= 6100亿、7000亿"),
    ("(rsi(6) > 80, 90)", "rsi(6) > 80, 90", "RSI(6) > 80、90"),
    ("change > 5, 8, 10%", "change > 5%, 8%, 10%", "涨跌幅 > 5%、8%、10%"),  # the last one's unit
    ("turnover > 610, 700B", "turnover > 610B, 700B", "成交额 > 6100亿、7000亿"),
    ("涨超5%、8%、10%", "change >= 5%, 8%, 10%", "涨跌幅 >= 5%、8%、10%"),
    ("五分钟跌超2%，3%", "move(5m) <= -2%, -3%", "5分钟涨跌幅 <= -2%、-3%"),
    ("跌到480元、460元", "price <= 480, 460", "价格 <= 480、460"),
]


@pytest.mark.parametrize(("text", "english", "chinese"), LADDERS)
def test_a_ladder_is_one_line_with_a_condition_a_rung(text: str, english: str, chinese: str) -> None:
    """Each rung is the condition that everybody shares; the line prints as a ladder."""
    line = read(f"300308 {text}")
    assert canonical(line) == f"300308.SZ {english}"
    assert phrase(line, "zh") == f"300308.SZ {chinese}"
    assert read(phrase(line, "zh")) == read(canonical(line)) == line
    first, *levels = english.split(", ")
    head = first[: first.rindex(" ")]
    texts = [first, *(f"{head} {level}" for level in levels)]
    assert [rung.text for rung in line.conditions] == texts
    assert [rung.id for rung in line.conditions] == [read(f"300308 {one}").condition.id for one in texts]
    assert line.condition == line.rungs[0]


def test_a_rung_alone_is_a_line_of_its_own() -> None:
    """By its id; a line without such a rung is itself."""
    line = read("300308 change > 5%, 8% | silent")
    assert canonical(line.alone(line.rungs[1].id)) == "300308.SZ change > 8% | silent"
    assert line.alone("0" * 16) is line
    plain = read("300308 change > 5%")
    assert plain.conditions == (plain.condition,)
    assert plain.alone(plain.condition.id) is plain


def test_the_mode_of_a_ladder_is_that_of_its_signal() -> None:
    """Prices once a rung, everything else daily."""
    assert read("300308 price > 5, 6").mode is Mode.ONCE
    assert read("300308 change > 5%, 6%").mode is Mode.DAILY


SPANS = st.integers(10, 4 * 3600).map(lambda seconds: timedelta(seconds=seconds))
MINUTES = st.integers(9 * 60 + 30, 14 * 60 + 59).map(lambda minute: time(minute // 60, minute % 60))


@st.composite
def remembered(draw: st.DrawFn, instrument: Instrument, depth: int, *, state: bool = False) -> Node:
    """Trees with every node as the parser makes them; with `state` what `not` may stand before."""
    kinds = ["leaf", "and", "or", "not", "held", "between"] + ["then", "at", "close"] * (not state)
    kind = draw(st.sampled_from(kinds if depth else ["leaf"]))
    if kind == "leaf":
        return draw(leaves(instrument, crossing=not state))
    if kind in ("and", "or"):
        joined = And if kind == "and" else Or
        parts = [draw(remembered(instrument, depth - 1, state=state)) for _ in range(draw(st.integers(2, 3)))]
        assume(not any(isinstance(part, joined) for part in parts))
        return joined(tuple(parts))
    if kind == "not":
        part = draw(remembered(instrument, depth - 1, state=True))
        return part.part if isinstance(part, Not) else Not(part)
    if kind == "then":
        first, second = (draw(remembered(instrument, depth - 1)) for _ in range(2))
        return Then(first, second, draw(SPANS))
    part = draw(remembered(instrument, depth - 1, state=state))
    assume(not isinstance(part, At))
    return draw(qualified(kind, part))


@st.composite
def qualified(draw: st.DrawFn, kind: str, part: Node) -> Node:
    """A part with one qualifier."""
    if kind == "held":
        return Held(part, draw(SPANS))
    if kind == "at":
        return At(part, draw(MINUTES))
    if kind == "close":
        assume(not isinstance(part, Between))
        return OnClose(part)
    start, end = sorted((draw(MINUTES), draw(MINUTES)))
    assume(start < end)
    return Between(part, start, end)


def depth_of(node: Node) -> int:
    """How deep a tree nests."""
    return 1 + max(map(depth_of, parts_of(node)), default=0)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("instrument", [SHARE, GROUP], ids=["share", "group"])
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_what_is_printed_parses_to_the_same(
    data: st.DataObject, instrument: Instrument, language: str
) -> None:
    """Random trees with every node, in either language: the same tree and condition id."""
    root = data.draw(remembered(instrument, 3))
    condition = Condition(symbol=instrument.symbol, root=root, text="")
    printed = phrase(Line(condition=condition, options=Options()), language)
    assume(len(printed) <= 500)
    line = outcome(printed, instrument)
    if isinstance(line, LanguageError):
        assert "512" in line.reason  # the other language's words may be longer
        return
    assert line.condition.root == root
    assert depth_of(root) <= 8
    assert reads(canonical(line), instrument) == line
    assert reads(phrase(line, "zh"), instrument).condition.id == line.condition.id


@st.composite
def ladders(draw: st.DrawFn) -> list[Leaf]:
    """The rungs of a ladder on any signal that compares."""
    compared = [
        (name, signal, one)
        for name, signal in SIGNALS.items()
        if not signal.groups_only and signal.exists(SHARE)
        for one in signal.phrases
        if "{op}" in one.en and "{bar}" not in one.en and not named(signal, one)
    ]
    name, signal, _ = draw(st.sampled_from(compared))
    verb = draw(st.sampled_from([">", ">=", "<", "<="]))
    assume(signal.unit is not Unit.NONE)
    levels = draw(st.lists(LEVEL[signal.unit], min_size=2, max_size=8, unique=True))
    return [Leaf(name, (), verb, level) for level in sorted(levels, reverse=verb[0] == "<")]


@pytest.mark.parametrize("language", ["en", "zh"])
@given(rungs=ladders())
@settings(max_examples=150, deadline=None)
def test_any_ladder_prints_and_parses_to_itself(rungs: list[Leaf], language: str) -> None:
    """All its rungs, in either language."""
    conditions = tuple(Condition(symbol=SHARE.symbol, root=rung, text="") for rung in rungs)
    made = Line(condition=conditions[0], options=Options(), rungs=conditions)
    printed = phrase(made, language)
    line = outcome(printed, SHARE)
    assert isinstance(line, Line)
    assert [rung.root for rung in line.rungs] == rungs
    assert reads(canonical(line), SHARE) == line
