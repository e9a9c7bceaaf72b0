"""What holds for every condition and for every text: round trips, bounds, and no crash."""

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rules.language import LanguageError, Line, Options, canonical, parse, phrase
from rules.language.figures import LEVELS, PARAMETERS, plain
from rules.language.lexicon import CLASSES
from rules.language.sayings import SAYINGS, chinese
from rules.language.template import expand, steps
from rules.language.words import FRIENDLY
from rules.model import (
    REGULAR,
    And,
    Argument,
    Condition,
    Instrument,
    Kind,
    Leaf,
    Mode,
    Node,
    Not,
    Or,
    SessionKind,
)
from rules.nodes import leaves_of
from rules.signal import SIGNALS, Form, Parameter, ParameterKind, Unit, listening, named, phrase_of
from tests.rules.language.test_language import KNOWN
from tests.rules.wordings import wordings as chinese_wordings

SHARE = Instrument(symbol="300308.SZ")
GROUP = Instrument(symbol="@g", kind=Kind.GROUP, decimals=8)
OTHERS = (Instrument(symbol="000300.SH", kind=Kind.INDEX, decimals=8), Instrument(symbol="AAPL.US"))
OPERATORS = st.sampled_from([">", ">=", "<", "<="])


def reads(text: str, instrument: Instrument) -> Line:
    """One line about one instrument."""
    return parse(text, {one.symbol: one for one in (instrument, *OTHERS)}.get)


def outcome(text: str, instrument: Instrument | None = None) -> Line | LanguageError:
    """What parsing comes to; anything but a line or a LanguageError fails the test."""
    try:
        return reads(text, instrument) if instrument else parse(text, KNOWN.get, language="zh")
    except LanguageError as error:
        return error


LEVEL = {
    Unit.PRICE: st.integers(1, 10**12).map(lambda quanta: Decimal(quanta).scaleb(-3)),
    Unit.PERCENT: st.integers(-999_999, 10**9).map(lambda part: Decimal(part).scaleb(-6)),
    Unit.AMOUNT: st.integers(1, 10**15).map(lambda cents: Decimal(cents).scaleb(-2)),
    Unit.COUNT: st.integers(0, 10**6).map(Decimal),
    Unit.NUMBER: st.integers(-(10**9), 10**9).map(lambda part: Decimal(part).scaleb(-4)),
    Unit.TIMES: st.integers(1, 10**9).map(lambda part: Decimal(part).scaleb(-4)),
}
ARGUMENT: dict[ParameterKind, st.SearchStrategy[Argument]] = {  # whatever their bounds
    ParameterKind.SYMBOL: st.sampled_from([other.symbol for other in OTHERS]),
    ParameterKind.BAR: st.sampled_from([timedelta(minutes=size) for size in (1, 5, 15, 30, 60)]),
    ParameterKind.DATE: st.dates(date(1990, 1, 1), date(2100, 1, 1)).map(str),
    ParameterKind.PRICE: LEVEL[Unit.PRICE],
}


def arguments(parameter: Parameter) -> st.SearchStrategy[Argument]:
    """Any value a parameter may have; windows within a Shanghai session."""
    if parameter.kind in ARGUMENT:
        return ARGUMENT[parameter.kind]
    if parameter.kind is ParameterKind.COUNT:
        return st.integers(parameter.low, parameter.high)
    if parameter.kind is ParameterKind.SPAN:
        days = st.integers(parameter.low, parameter.high).map(lambda days: f"{days}d")
        return days | st.just("day") if parameter.low <= 1 else days
    return st.integers(parameter.low, min(parameter.high, 4 * 3600)).map(lambda s: timedelta(seconds=s))


@st.composite
def leaves(draw: st.DrawFn, instrument: Instrument, *, crossing: bool = True) -> Leaf:
    """Any leaf that any signal can make on an instrument."""
    usual = [name for name, s in SIGNALS.items() if not s.groups_only and s.exists(instrument)]
    name = draw(st.sampled_from(usual))
    if instrument.kind is Kind.GROUP:
        name = draw(st.sampled_from(["change", "leaders", "strength"]))
    words = SIGNALS[name]
    phrases = [p for p in words.phrases if crossing or p.form is Form.STATE]
    assume(phrases)
    chosen = draw(st.sampled_from(phrases))
    level = draw(LEVEL[words.unit]) if "{level}" in chosen.en else None
    verb = draw(OPERATORS) if "{op}" in chosen.en else chosen.verb
    arguments_drawn = [draw(arguments(parameter)) for parameter in named(words, chosen)]
    if "{low}" in chosen.en:  # a channel's ends ascend
        low, high = sorted(Decimal(str(end)) for end in arguments_drawn)
        assume(low < high)
        arguments_drawn = [low, high]
    return Leaf(name, tuple(arguments_drawn), verb, level)


def nodes(instrument: Instrument) -> st.SearchStrategy[Node]:
    """Trees as the parser makes them: no bracket, negation or nesting that says nothing."""
    plain_leaf = leaves(instrument, crossing=False)
    negated = plain_leaf | st.lists(plain_leaf, min_size=2, max_size=3).map(lambda p: Or(tuple(p)))
    part = leaves(instrument) | negated.map(Not)
    both = st.lists(part, min_size=2, max_size=3).map(lambda p: And(tuple(p)))
    either = st.lists(part | both, min_size=2, max_size=3).map(lambda p: Or(tuple(p)))
    mixed = st.lists(part | either, min_size=2, max_size=2).map(lambda p: And(tuple(p)))
    return part | both | either | mixed


NOTES = st.text(st.characters(exclude_categories=("C", "Z")), max_size=20)


@st.composite
def options(draw: st.DrawFn) -> Options:
    """Any options, none of them saying what would hold anyway."""
    mode = draw(st.sampled_from([None, Mode.EVERY]))
    return Options(
        mode=mode,
        every=timedelta(minutes=draw(st.integers(1, 1440))) if mode else None,
        until=draw(st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1))),
        note=draw(NOTES),
        silent=draw(st.booleans()),
        sessions=draw(st.frozensets(st.sampled_from(SessionKind))),
        hysteresis=draw(st.none() | st.integers(0, 5000).map(lambda n: Decimal(n).scaleb(-4))),
    )


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("instrument", [SHARE, GROUP], ids=["share", "group"])
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_what_is_printed_parses_to_the_same(
    data: st.DataObject, instrument: Instrument, language: str
) -> None:
    """Print in either language and parse again: the same tree, options and condition id."""
    root = data.draw(nodes(instrument))
    said = data.draw(options())
    usual = listening(root)
    sessions = said.sessions or usual
    condition = Condition(
        symbol=instrument.symbol, root=root, text="", sessions=sessions, hysteresis=said.hysteresis
    )
    if sessions == usual:  # what would hold anyway is not said
        said = replace(said, sessions=frozenset())
    printed = phrase(Line(condition=condition, options=said), language)
    assume(len(printed) <= 500)
    line = outcome(printed, instrument)
    if isinstance(line, LanguageError):
        assert "512" in line.reason  # the other language's words may be longer
        return
    assert line.condition.root == root
    assert line.options == said
    assert reads(canonical(line), instrument) == line
    assert reads(phrase(line, "zh"), instrument).condition.id == line.condition.id


WORDS = """300308 中际旭创 AAPL.US @optical-modules any 任一 change price move(5m) ma(20) price>ma(5) record
    high low new high(day) high(60d) reclaim lose macd golden death cross crosses above below > >= < <= 5%
    -3% 560 610B 6100亿 and or not ( ) 且 或 非 （ ） | once daily every 30m until 2026-12-31 session
    auction,regular note "x" silent hysteresis 1% 涨超5% 五分钟跌超2% 站上20日线 历史新高 MACD金叉 then for
    5m at 14:50 near , ; % ＞ 0 00 1e5 .5 5. - market_cap leaders vwap 市值 突破"""
VOCABULARY = st.sampled_from(WORDS.split())
TEXTS = (
    st.text(max_size=600)
    | st.lists(VOCABULARY, max_size=40).map(" ".join)
    | st.lists(VOCABULARY, max_size=40).map("".join)
    | st.lists(VOCABULARY, max_size=30).map(lambda words: "300308 " + " ".join(words))
    | st.text("()and or not>5%", max_size=512).map(lambda text: f"300308 {text}")
)


@given(text=TEXTS)
@settings(max_examples=600, deadline=None)
def test_any_text_is_a_rule_or_an_error_with_a_column(text: str) -> None:
    """No text crashes the parser; what it accepts prints and parses to itself."""
    line = outcome(text)
    if isinstance(line, LanguageError):
        assert 1 <= line.column <= min(len(text), 512) + 1
        assert line.reason
        return
    assert parse(canonical(line), KNOWN.get) == line
    assert parse(phrase(line, "zh"), KNOWN.get) == line


@pytest.mark.parametrize(
    "text",
    [
        "300308 " + " or ".join(["> 5"] * 60),
        "300308 " + " or ".join(["xx 5%"] * 55),
        "300308 " + "(" * 250 + "> 5" + ")" * 250,
        "300308 " + "not " * 120 + "> 5",
        "300308 " + "up 5% " * 84,
        "300308 > " + "9" * 500,
        "300308 > " + "9,999" * 100,
        "300308" + "涨" * 500,
        "x " * 256,
        '300308 > 5 | note "' + "\\" * 480,
        "300308 > 5 | " + "silent " * 70,
    ],
)
def test_the_longest_texts_end_in_a_rule_or_one_sentence(text: str) -> None:
    """512 characters of any shape neither crash nor recurse away; benchmarks/language.py says how long."""
    line = outcome(text)
    if isinstance(line, LanguageError):
        assert 1 <= line.column <= min(len(text), 512) + 1
    else:
        assert parse(canonical(line), KNOWN.get) == line


SAMPLES = {
    "op": ">", "op:is": ">", "w": "5m", "n": "20", "m": "60", "span": "60d", "date": "2025-04-08",
    "bar": "5m", "bar:chart": "on the 15 minute chart", "bar:size": "15m", "span:span": "60 days",
    "date:date": "8 Apr 2025",
    "n:mean": "20-day average", "m:mean": "ma60", "n:ema": "ema(20)", "m:ema": "60 day ema", "n:count": "20",
    "m:count": "60", "n:days": "20-day", "level:th": "3rd", "low:price": "480", "high:price": "560",
    "price:price": "512.3", "other:peer": "AAPL.US",
}  # fmt: skip
LEVELS_SAID = {
    Unit.PRICE: "560", Unit.PERCENT: "5%", Unit.AMOUNT: "610B", Unit.COUNT: "3", Unit.TIMES: "3x",
    Unit.NUMBER: "80",
}  # fmt: skip
MOST_WORDINGS = 12  # of a row; the first of each class is always among them
ELEMENT = re.compile(r"<(\w+)>|\[([^]]*)\]")


def wordings(template: str) -> list[str]:
    """Texts of a template with some wordings of each class and choice, evenly chosen."""
    said = [
        list(CLASSES[match[1]].samples) if match[1] else match[2].split("|")
        for match in ELEMENT.finditer(template)
    ]
    texts = []
    most = max(map(len, said), default=1)
    for at in range(0, most, 1 + most // MOST_WORDINGS):
        chosen = iter([words[at % len(words)] for words in said])
        pieces = ELEMENT.sub("\n", template).split("\n")
        texts.append(" ".join([pieces[0], *(f"{next(chosen)} {piece}" for piece in pieces[1:])]))
    return texts


def test_every_friendly_row_is_read() -> None:
    """Some wording of each row parses to its signal and verb, so that none is shadowed by another."""
    for row in (*FRIENDLY, *(one for one in SAYINGS if one not in chinese.ROWS)):
        words = SIGNALS[row.signal]
        exist = [GROUP] if words.groups_only else [*filter(words.exists, (SHARE, *OTHERS))]
        said = {}
        for text in (one for template in expand(row.template) for one in wordings(template)):
            bar = {"bar": "15m" if text.isascii() else "15分钟"}
            spoken = text
            for name, sample in {**SAMPLES, **bar, "level": LEVELS_SAID.get(words.unit, "")}.items():
                spoken = spoken.replace(f"{{{name}}}", sample)
            for instrument in exist[: 3 if "green" in row.template or "in the red" in row.template else 1]:
                root = outcome(f"{instrument.symbol} {spoken}", instrument)
                if not isinstance(root, LanguageError):
                    said[spoken] = {(leaf.signal, leaf.verb) for leaf in leaves_of(root.condition.root)}
        wanted = {(row.signal, verb or ">") for verb in row.verb.split("|")}
        assert wanted in said.values(), (row, said)


def test_every_chinese_row_is_read_as_it_says() -> None:
    """Each wording of each Chinese row parses to the row's signal and verb, so no row is shadowed by another.

    The lower band is lost, where 布林带 and no more names it broken, as founding phrases have it.
    """
    samples = {"op": ">", "w": "5m", "n": "20", "m": "60", "span": "60d"}
    samples |= {"date": "2025-04-08", "bar": "5m", "low": "480", "high": "560", "price": "500"}
    levels = {Unit.PRICE: "560", Unit.PERCENT: "5%", Unit.AMOUNT: "610B", Unit.COUNT: "3"}
    levels |= {Unit.TIMES: "3x", Unit.NUMBER: "80"}
    for row in chinese.ROWS:
        words = SIGNALS[row.signal]
        instrument = GROUP if words.groups_only else next(filter(words.exists, (SHARE, *OTHERS)))
        verb = row.verb or ("<" if row.sign < 0 else ">")
        for template in chinese_wordings(row.template):
            text = re.sub(r"(KDJ|MACD|DIF)(?=[A-Z])", r"\1 ", template)  # two Latin words are two
            bar = {"bar": "15分钟"}
            for name, sample in {**samples, **bar, "level": levels.get(words.unit, "")}.items():
                text = text.replace(f"{{{name}}}", sample)
            root = reads(f"{instrument.symbol} {text}", instrument).condition.root
            assert isinstance(root, Leaf)
            said = "break lower" if text == "跌破布林带下轨" else verb
            assert (root.signal, root.verb) == (row.signal, said), text


def test_every_phrase_has_the_fields_its_signal_has() -> None:
    """English and Chinese twins hold the same fields, and print by the figures of the signal."""
    for words in SIGNALS.values():
        names = {parameter.name for parameter in words.parameters}
        for template in words.phrases:
            fields = [{s.name for s in steps(text, words) if s.name} for text in (template.en, template.zh)]
            assert fields[0] == fields[1]
            assert fields[0] <= names | {"op", "level"}


def test_the_phrase_of_a_leaf_is_the_one_it_was_read_from() -> None:
    """Operators share one phrase; other verbs have their own."""
    assert phrase_of(Leaf("price", (), "<=", Decimal(1))).verb == ""
    assert phrase_of(Leaf("price", (), "crosses", Decimal(1))).verb == "crosses"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
def test_plain_numbers_have_no_exponent_and_no_trailing_zeros(number: Decimal) -> None:
    """The printed number is the number, shortest."""
    text = plain(number)
    assert Decimal(text) == number
    assert "E" not in text
    assert "." not in text or text[-1] not in ".0"


def test_figures_cover_every_unit_and_kind() -> None:
    """A new unit or kind of parameter needs a figure."""
    assert set(LEVELS) == set(Unit) - {Unit.NONE}
    assert set(PARAMETERS) == set(ParameterKind)


def test_default_sessions_are_regular() -> None:
    """Nothing said about sessions means regular hours alone."""
    assert reads("300308.SZ change > 5%", SHARE).condition.sessions == REGULAR


def test_bars_and_dates_are_figures_of_their_own() -> None:
    """An hour is sixty minutes; a date must be one."""
    figure = PARAMETERS[ParameterKind.BAR]
    for text, minutes in (("15m", 15), ("1h", 60), ("30分钟", 30)):
        match = figure.pattern.fullmatch(text)
        assert match is not None
        assert figure.read(match) == timedelta(minutes=minutes)
    assert figure.write(timedelta(hours=1), "en") == "60m"
    assert figure.write(timedelta(minutes=5), "zh") == "5分钟"
    with pytest.raises(LanguageError, match="2025-02-30"):
        parse("300308.SZ since(2025-02-30) > 5%", KNOWN.get)
