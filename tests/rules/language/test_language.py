"""The canonical language and its friendly phrases: what is read, what is printed, in both languages."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from rules.language import LanguageError, Line, canonical, parse, phrase
from rules.model import And, Condition, Instrument, Kind, Leaf, Mode, Node, Not, Or, SessionKind

INNOLIGHT = Instrument(symbol="300308.SZ", name="中际旭创")
KNOWN = {
    "300308": INNOLIGHT,
    "300308.SZ": INNOLIGHT,
    "中际旭创": INNOLIGHT,
    "Victory Giant": Instrument(symbol="300476.SZ"),
    "300476.SZ": Instrument(symbol="300476.SZ"),
    "AAPL.US": Instrument(symbol="AAPL.US", decimals=4),
    "BTCUSDT.BINANCE": Instrument(symbol="BTCUSDT.BINANCE", kind=Kind.COIN, decimals=8),
    "000001.SH": Instrument(symbol="000001.SH", kind=Kind.INDEX, decimals=8),
    "@optical-modules": Instrument(symbol="@optical-modules", kind=Kind.GROUP, decimals=8),
}

RISE = Leaf("change", (), ">", Decimal("0.05"))
RECORD = Leaf("record high", (), "is")
DEAR = Leaf("price", (), ">", Decimal(560))


def read(text: str) -> Line:
    """One line against the instruments above."""
    return parse(text, lambda name: KNOWN.get(name.strip()))


def of(text: str) -> Node:
    """The tree of a condition on 300308."""
    return read(f"300308 {text}").condition.root


CANONICAL = [
    ("price > 560", "价格 > 560", Leaf("price", (), ">", Decimal(560))),
    ("price < 500", "价格 < 500", Leaf("price", (), "<", Decimal(500))),
    ("price >= 560.01", "价格 >= 560.01", Leaf("price", (), ">=", Decimal("560.01"))),
    ("price <= 0.5", "价格 <= 0.5", Leaf("price", (), "<=", Decimal("0.5"))),
    ("price crosses 560", "价格穿越 560", Leaf("price", (), "crosses", Decimal(560))),
    ("price crosses above 560", "价格上穿 560", Leaf("price", (), "crosses above", Decimal(560))),
    ("price crosses below 560", "价格下穿 560", Leaf("price", (), "crosses below", Decimal(560))),
    ("price > ma(20)", "价格 > 20日线", Leaf("ma", (20,), "above")),
    ("price < ma(20)", "价格 < 20日线", Leaf("ma", (20,), "below")),
    ("price crosses above ma(60)", "价格上穿60日线", Leaf("ma", (60,), "crosses above")),
    ("price crosses below ma(5)", "价格下穿5日线", Leaf("ma", (5,), "crosses below")),
    ("reclaim ma(20)", "站上20日线", Leaf("ma", (20,), "reclaim")),
    ("lose ma(20)", "跌破20日线", Leaf("ma", (20,), "lose")),
    ("change > 5%", "涨跌幅 > 5%", Leaf("change", (), ">", Decimal("0.05"))),
    ("change < -3%", "涨跌幅 < -3%", Leaf("change", (), "<", Decimal("-0.03"))),
    ("change >= 0%", "涨跌幅 >= 0%", Leaf("change", (), ">=", Decimal(0))),
    ("move(5m) > 2%", "5分钟涨跌幅 > 2%", Leaf("move", (timedelta(minutes=5),), ">", Decimal("0.02"))),
    (
        "move(90s) < -0.5%",
        "90秒涨跌幅 < -0.5%",
        Leaf("move", (timedelta(seconds=90),), "<", Decimal("-0.005")),
    ),
    ("move(1h) > 2%", "1小时涨跌幅 > 2%", Leaf("move", (timedelta(hours=1),), ">", Decimal("0.02"))),
    ("new high(60d)", "60日新高", Leaf("new high", ("60d",), "is")),
    ("new low(20d)", "20日新低", Leaf("new low", ("20d",), "is")),
    ("new high(day)", "当日新高", Leaf("new high", ("day",), "is")),
    ("new low(day)", "当日新低", Leaf("new low", ("day",), "is")),
    ("record high", "历史新高", Leaf("record high", (), "is")),
    ("record low", "历史新低", Leaf("record low", (), "is")),
    ("macd golden cross", "MACD金叉", Leaf("macd", (), "golden cross")),
    ("macd death cross", "MACD死叉", Leaf("macd", (), "death cross")),
    ("market_cap > 610B", "市值 > 6100亿", Leaf("market_cap", (), ">", Decimal(610 * 10**9))),
    ("market_cap < 1.5M", "市值 < 150万", Leaf("market_cap", (), "<", Decimal(1_500_000))),
    ("market_cap > 2.5K", "市值 > 2500", Leaf("market_cap", (), ">", Decimal(2500))),
    ("market_cap > 999", "市值 > 999", Leaf("market_cap", (), ">", Decimal(999))),
]


@pytest.mark.parametrize(("english", "chinese", "leaf"), CANONICAL)
def test_every_form_reads_and_prints_in_both_languages(english: str, chinese: str, leaf: Leaf) -> None:
    """Text gives the leaf, the leaf gives the text, and its Chinese twin means the same condition."""
    line = read(f"300308 {english}")
    assert line.condition.root == leaf
    assert line.condition.text == english
    assert canonical(line) == phrase(line, "en") == f"300308.SZ {english}"
    assert phrase(line, "zh") == f"300308.SZ {chinese}"
    assert read(f"300308 {chinese}").condition == line.condition


FRIENDLY = [
    ("300308 above 560", "price >= 560"),
    ("300308 > 560", "price > 560"),
    ("300308>560", "price > 560"),
    ("300308 >5%", "change > 5%"),
    ("300308 price reaches 1,260.5", "price >= 1260.5"),
    ("300308 hits 560 yuan", "price >= 560"),
    ("300308 below 500", "price <= 500"),
    ("300308 falls to 500", "price <= 500"),
    ("300308 crosses above 560", "price crosses above 560"),
    ("300308 price is at least 560", "price >= 560"),
    ("300308 price greater than 560", "price > 560"),
    ("300308 rises 5%", "change >= 5%"),
    ("300308 is up more than 5% today", "change >= 5%"),
    ("300308 drops 3%", "change <= -3%"),
    ("300308 falls 3 percent", "change <= -3%"),
    ("alert me when 300308 rises 5% in 5 minutes", "move(5m) >= 5%"),
    ("300308 falls over 2% within half an hour", "move(30m) <= -2%"),
    ("if 300308 gains 2% in 90 seconds", "move(90s) >= 2%"),
    ("300308 new 60-day high", "new high(60d)"),
    ("300308 makes a 20 day low", "new low(20d)"),
    ("300308 new high of the day", "new high(day)"),
    ("300308 all-time high", "record high"),
    ("300308 ATH", "record high"),
    ("Victory Giant reclaims the 20-day average", "reclaim ma(20)"),
    ("300308 loses ma(20)", "lose ma(20)"),
    ("300308 above the 60 day moving average", "price > ma(60)"),
    ("300308 MACD bullish cross", "macd golden cross"),
    ("300308 market cap above 610 billion", "market_cap >= 610B"),
    ("300308 cap > 1.2T", "market_cap > 1200B"),
    ("@optical-modules at least 3 leaders", "leaders >= 3"),
    ("AAPL.US price > 1.5k", "price > 1500"),
    ("中际旭创 站上20日线", "reclaim ma(20)"),
    ("中际旭创站上20日均线", "reclaim ma(20)"),
    ("中际旭创 创历史新高", "record high"),
    ("中际旭创 MACD金叉", "macd golden cross"),
    ("中际旭创 出现MACD死叉", "macd death cross"),
    ("中际旭创 市值突破6100亿", "market_cap >= 610B"),
    ("中际旭创 总市值 > 1.2万亿元", "market_cap > 1200B"),
    ("中际旭创五分钟涨超2%", "move(5m) >= 2%"),
    ("中际旭创 十五分钟内跌超2%", "move(15m) <= -2%"),
    ("中际旭创 半小时涨超2%", "move(30m) >= 2%"),
    ("300308 涨超5%", "change >= 5%"),
    ("300308 今日跌超3%", "change <= -3%"),
    ("300308 涨5个点", "change >= 5%"),
    ("300308 涨幅大于5%", "change > 5%"),
    ("300308 跌幅大于5%", "change < -5%"),
    ("300308 到价560元", "price >= 560"),
    ("300308 涨到560", "price >= 560"),
    ("300308 跌破500", "price <= 500"),
    ("300308 跌破20日线", "lose ma(20)"),
    ("300308 突破60日均线", "price crosses above ma(60)"),
    ("300308 创六十日新高", "new high(60d)"),
    ("300308 创一百二十日新高", "new high(120d)"),
    ("300308 创一百零五日新低", "new low(105d)"),
    ("300308 创两百日新低", "new low(200d)"),
    ("300308 日内新高", "new high(day)"),
    ("300308　价格　＞　５６０", "price > 560"),
    ("300308 价格≥560", "price >= 560"),
    ("@optical-modules 领涨股至少3只", "leaders >= 3"),
    ("提醒我当300308涨超3%且创历史新高", "change >= 3% and record high"),
    ("300308 涨超3%或者跌超3%", "change >= 3% or change <= -3%"),
    ("300308 非涨超3%并且历史新高", "not change >= 3% and record high"),
    ("300308 change>5%&&record high", "change > 5% and record high"),
]


@pytest.mark.parametrize(("text", "expected"), FRIENDLY)
def test_friendly_phrases_mean_canonical_conditions(text: str, expected: str) -> None:
    """A phrase in either language means the canonical condition beside it."""
    assert read(text).condition.text == expected


STRUCTURE = [
    ("change > 5% and record high", And((RISE, RECORD))),
    ("change > 5% or record high", Or((RISE, RECORD))),
    ("not change > 5%", Not(RISE)),
    ("change > 5% or record high and price > 560", Or((RISE, And((RECORD, DEAR))))),
    ("(change > 5% or record high) and price > 560", And((Or((RISE, RECORD)), DEAR))),
    ("not change > 5% and record high", And((Not(RISE), RECORD))),
    ("not (change > 5% and record high)", Not(And((RISE, RECORD)))),
    ("not (change > 5% or not record high)", Not(Or((RISE, Not(RECORD))))),
]


@pytest.mark.parametrize(("text", "root"), STRUCTURE)
def test_not_binds_before_and_and_before_or(text: str, root: Node) -> None:
    """Precedence is not, and, or; brackets are printed only where it needs them."""
    assert of(text) == root
    assert read(f"300308 {text}").condition.text == text


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("((change > 5%))", "change > 5%"),
        ("not not change > 5%", "change > 5%"),
        ("not (not (not change > 5%))", "not change > 5%"),
        ("(change > 5% and record high) and price > 560", "change > 5% and record high and price > 560"),
        ("change > 5% or (record high or price > 560)", "change > 5% or record high or price > 560"),
        ("(change > 5% and record high) or price > 560", "change > 5% and record high or price > 560"),
        ("CHANGE   >5 %  AND Record   High", "change > 5% and record high"),
    ],
)
def test_equal_conditions_are_one_condition(text: str, printed: str) -> None:
    """Brackets, doubled negation, case and blanks change nothing about what a condition is."""
    assert read(f"300308 {text}").condition == read(f"300308 {printed}").condition
    assert read(f"300308 {text}").condition.text == printed


def test_identity_rests_on_symbol_text_sessions_and_hysteresis() -> None:
    """Options that belong to the condition change its id, those of the rule do not."""
    plain = read("300308 change > 5%").condition.id
    same = read('中际旭创 涨跌幅 > 5% | every 30m until 2026-12-31 note "x" silent').condition.id
    others = {
        read(text).condition.id
        for text in (
            "300476.SZ change > 5%",
            "300308 change >= 5%",
            "300308 change > 5% | session regular,extended",
            "300308 change > 5% | hysteresis 1%",
            "any @optical-modules change > 5%",
            "@optical-modules change > 5%",
        )
    }
    assert plain == same
    assert len(others | {plain}) == 7


def test_any_is_the_condition_on_each_member() -> None:
    """`any @group X` is marked for expansion and prints as it was said."""
    line = read("any @optical-modules price > 560")
    assert line.condition.each
    assert canonical(line) == "any @optical-modules price > 560"
    assert phrase(line, "zh") == "任一 @optical-modules 价格 > 560"
    assert read("任一 @optical-modules 价格 > 560") == line
    assert read("任意@optical-modules 价格 > 560") == line


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("300308 price > 560", Mode.ONCE),
        ("300308 price > 560 or not price < 500", Mode.ONCE),
        ("300308 price > ma(20)", Mode.DAILY),
        ("300308 price > 560 and change > 5%", Mode.DAILY),
        ("300308 change > 5%", Mode.DAILY),
        ("300308 change > 5% | once", Mode.ONCE),
        ("300308 price > 560 | daily", Mode.DAILY),
        ("300308 price > 560 | every 30m", Mode.EVERY),
    ],
)
def test_price_levels_ring_once_everything_else_daily(text: str, mode: Mode) -> None:
    """Without a mode prices ring once and the rest daily; a mode said is the mode."""
    assert read(text).mode is mode


def test_options_are_read_and_printed_where_they_differ_from_the_default() -> None:
    """All options in one line come back in a fixed order, in both languages."""
    line = read(
        '300308 price > 560 | silent note "say \\"hi\\" | c:\\\\x，" hysteresis 0.45% '
        "session extended,auction,regular until 2026-12-31 every 90m"
    )
    assert line.options.mode is Mode.EVERY
    assert line.options.every == timedelta(minutes=90)
    assert line.options.until == date(2026, 12, 31)
    assert line.options.note == 'say "hi" | c:\\x，'
    assert line.options.silent
    assert line.condition.sessions == frozenset(SessionKind)
    assert line.condition.hysteresis == Decimal("0.0045")
    assert canonical(line) == (
        "300308.SZ price > 560 | every 90m until 2026-12-31 session auction,regular,extended "
        'hysteresis 0.45% note "say \\"hi\\" | c:\\\\x，" silent'
    )
    assert read(canonical(line)) == line
    assert read(phrase(line, "zh")) == line


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("daily", ""),
        ("session regular", ""),
        ("once", " | once"),
        ("once silent", " | once silent"),
        ("once, silent", " | once silent"),
        ("once | silent", " | once silent"),
        ("一次；静音", " | once silent"),
        ("每30分钟", " | every 30m"),
        ("每 1小时 至 2026-12-31", " | every 1h until 2026-12-31"),
        ("时段 竞价、盘中", " | session auction,regular"),
        ("备注 “到了”", ' | note "到了"'),
        ("hysteresis 0%", " | hysteresis 0%"),
        ('NOTE ""', ""),
    ],
)
def test_options_may_be_separated_and_said_in_chinese(said: str, printed: str) -> None:
    """Blanks, commas and bars separate options; defaults are not printed."""
    assert canonical(read(f"300308 change > 5% | {said}")) == f"300308.SZ change > 5%{printed}"


def test_a_line_that_says_the_default_equals_one_that_does_not() -> None:
    """Round trips compare whole lines, so a default said is no difference."""
    assert read("300308 change > 5% | daily") == read("300308 change > 5%")


def test_a_condition_may_follow_a_name_of_several_words() -> None:
    """The longest name at the head is the subject."""
    assert read("Victory Giant change > 5%").condition.symbol == "300476.SZ"


def test_a_name_of_several_words_may_begin_like_a_condition() -> None:
    """New Essex is a company; "new high" alone still lacks its symbol."""
    essex = {"New Essex": Instrument(symbol="300502.SZ")}.get
    assert canonical(parse("New Essex new high(60d)", essex)) == "300502.SZ new high(60d)"
    with pytest.raises(LanguageError, match="a symbol must come before 'new'"):
        parse("new high(60d)", essex)


def test_condition_is_made_for_the_full_symbol() -> None:
    """What was typed is resolved once; the condition knows only the full symbol."""
    assert read("300308 change > 5%").condition == Condition(
        symbol="300308.SZ", root=RISE, text="change > 5%"
    )
