"""What the language answers to text that is no rule: the word, its column and what would fit there."""

import pytest

from rules.language import LanguageError, LaterError, UnknownSymbolError, parse
from rules.model import Instrument
from tests.rules.language.test_language import KNOWN, read

ERRORS = [
    # text, column, word, what the sentence contains
    ("300308 chnge > 5%", 8, "chnge", "did you mean 'change'?"),
    ("300308 macd goldn cross", 13, "goldn", "did you mean 'golden'?"),
    ("300308 price crosses abov 560", 22, "abov", "did you mean 'above'?"),
    ("300308 change > 5% and recrod high", 24, "recrod", "did you mean 'record'?"),
    ("300308 foo", 8, "foo", "price, change, move, "),
    ("300308 change", 8, "change", "> >= < <=, ("),
    ("300308 change >", 15, ">", "a percentage would fit"),
    ("300308 change > x", 17, "x", "a percentage would fit"),
    ("300308 price = 560", 14, "=", "> >= < <="),
    ("300308 price > 610B", 16, "610B", "a price"),
    ("300308 price > 560abc", 16, "560abc", "a price"),
    ("300308 change > 5", 17, "5", "needs a percent sign: 5%"),
    ("300308 change > 5 and record high", 17, "5", "needs a percent sign: 5%"),
    ("300308 change > 5 record high", 17, "5", "needs a percent sign: 5%"),
    ("300308 change > 5x", 17, "5x", "% would fit"),
    ("300308 price > ٣", 16, "٣", "a price"),
    ("300308 price > ma(٣)", 19, "٣", "a whole number would fit"),
    ("300308 price > 5%", 16, "5%", "is a percentage"),
    ("300308 change > 5% record high", 20, "record", "the end, and, or, | would fit"),
    ("300308 change > 5% change > 5%", 20, "change", "the end"),
    ("300308 change > 5% and", 20, "and", "a condition"),
    ("300308 and", 8, "and", "price, change, move"),
    ("300308 not", 8, "not", "a condition"),
    ("300308 (change > 5%", 18, "5%", ") would fit"),
    ("300308 change > 5%)", 19, ")", "the end"),
    ("300308 ()", 9, ")", "a condition"),
    ("300308 (change > 5%) record high", 22, "record", "and, or"),
    ("300308 change > 5%, session", 19, ",", "the end, and, or, |"),
    ("300308 change > 5% | sometimes", 22, "sometimes", "once, daily, every"),
    ("300308 change > 5% | onec", 22, "onec", "did you mean 'once'?"),
    ("300308 change > 5% |", 20, "|", "once"),
    ("300308 change > 5% | every", 22, "every", "30m"),
    ("300308 change > 5% | every 5", 28, "5", "no duration"),
    ("300308 change > 5% | every 5s", 28, "5s", "1m to 24h"),
    ("300308 change > 5% | every 25h", 28, "25h", "1m to 24h"),
    ("300308 change > 5% | until tomorrow", 28, "tomorrow", "2026-12-31"),
    ("300308 change > 5% | until 2026-02-30", 28, "2026-02-30", "not a date"),
    ("300308 change > 5% | until 20261231", 28, "20261231", "not a date"),
    ("300308 change > 5% | session auction,lunch", 38, "lunch", "auction, regular or extended"),
    ("300308 change > 5% | hysteresis 1", 33, "1", "from 0% to 50%"),
    ("300308 change > 5% | hysteresis 51%", 33, "51%", "from 0% to 50%"),
    ("300308 change > 5% | hysteresis x%", 33, "x%", "from 0% to 50%"),
    ("300308 change > 5% | note hello", 27, "hello", '"..."'),
    ('300308 change > 5% | note "' + "x" * 201 + '"', 27, "xxx", "at most 200"),
    ("300308 change > 5% | once, daily", 28, "daily", "says again"),
    ("300308 change > 5% | silent silent", 29, "silent", "says again"),
    ("300308 price > 0", 16, "0", "above zero"),
    ("300308 price > -3", 16, "-3", "above zero"),
    ("300308 market_cap > 0", 21, "0", "above zero"),
    ("300308 price > 560.0005", 16, "560.0005", "off the grid: 300308.SZ is quoted with 3 decimals"),
    ("AAPL.US price > 560.00005", 17, "560.00005", "4 decimals"),
    ("BTCUSDT.BINANCE price > 1000000000000", 25, "1000000000000", "too many digits"),
    ("300308 market_cap > 99999999999B", 21, "99999999999B", "too many digits"),
    ("300308 change > 99999999999999999%", 17, "9999", "too many digits"),
    ("300308 change > 0.1234567890123%", 17, "0.12", "too many digits"),
    ("300308 move(9999999999h) > 2%", 13, "9999999999h", "too many digits"),
    ("300308 change < -100%", 17, "-100%", "less than 100%"),
    ("300308 rises -5%", 14, "-5", "without a sign"),
    ("300308 falls -5%", 14, "-5", "without a sign"),
    ("@optical-modules leaders >= 2.5", 29, "2.5", "whole number"),
    ("@optical-modules leaders >= -1", 29, "-1", "whole number"),
    ("300308 leaders >= 3", 8, "leaders >= 3", "groups alone"),
    ("any @optical-modules leaders >= 3", 22, "leaders >= 3", "groups alone"),
    ("@optical-modules market_cap > 610B", 18, "market_cap > 610B", "does not exist on @optical-modules"),
    ("000001.SH market_cap > 610B", 11, "market_cap > 610B", "does not exist on 000001.SH"),
    ("000001.SH float_cap > 610B", 11, "float_cap > 610B", "does not exist on 000001.SH"),
    ("300308 price > ma(1)", 19, "1", "2 to 500"),
    ("300308 price > ma(501)", 19, "501", "2 to 500"),
    ("300308 move(5s) > 2%", 13, "5s", "10s to 24h"),
    ("300308 move(25h) > 2%", 13, "25h", "10s to 24h"),
    ("300308 new high(0d)", 17, "0d", "1d to 10000d"),
    ("300308 move(5h) > 2%", 13, "5h", "longer than a session of 300308.SZ: at most 4h"),
    ("AAPL.US move(7h) > 2%", 14, "7h", "at most 6.5h"),
    ("300308 not macd golden cross", 8, "macd golden cross", "'not' cannot stand before a crossing"),
    ("300308 not (change > 5% and reclaim ma(20))", 8, "reclaim ma(20)", "'not' cannot stand"),
    ("any 300308 change > 5%", 5, "300308", "'any' wants a group"),
    ("300308", 1, "300308", "a condition must follow"),
    ("300308 | once", 1, "300308", "a condition must follow"),
    ("change > 5%", 1, "change", "a symbol must come before"),
    ("not change > 5%", 1, "not", "a symbol must come before"),
    ("", 1, "", "a rule is missing"),
    ("   | once", 1, "", "a rule is missing"),
    ("300308 change > 5%\n300308 price > 560", 19, "", "one line"),
    ("300308 change > 5\u202e%", 18, "", "one line"),
    ("300308 " + "x" * 506, 513, "", "at most 512 characters"),
    ("300308 " + " or ".join(["> 5"] * 65), 449, "", "at most 64 parts"),
    ("300308 " + "not (" * 8 + "change > 5%" + ")" * 8, 48, "change", "at most 8 deep"),
    ("300308 " + " or ".join(["> 5"] * 62), 7, "", "at most 512 characters"),
]


@pytest.mark.parametrize(("text", "column", "word", "sentence"), ERRORS)
def test_an_error_names_the_word_its_column_and_what_would_fit(
    text: str, column: int, word: str, sentence: str
) -> None:
    """Each fault is told with its place; the column counts from 1 in the text as typed."""
    with pytest.raises(LanguageError) as caught:
        read(text)
    assert not isinstance(caught.value, LaterError)
    assert caught.value.column == column
    assert word in caught.value.word
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(f"(column {column})")


LATER = [("突破区间", 8, "突破区间"), ("龙虎榜", 8, "龙虎")]


@pytest.mark.parametrize(("text", "column", "word"), LATER)
def test_forms_of_later_say_so(text: str, column: int, word: str) -> None:
    """A form of the canonical language whose signal is not built is no mistake of the writer."""
    with pytest.raises(LaterError) as caught:
        read(f"300308 {text}")
    assert str(caught.value) == f"not available yet: {word} (column {column})"


def test_a_signal_that_groups_do_not_have_yet_says_so() -> None:
    """A group has no history of its own yet."""
    with pytest.raises(LaterError, match="record high on @optical-modules"):
        read("@optical-modules record high")


def test_an_unknown_symbol_carries_the_word_for_did_you_mean() -> None:
    """Whoever knows the master can offer what is close to the word."""
    with pytest.raises(UnknownSymbolError) as caught:
        read("alert me when 30030x change > 5%")
    assert caught.value.word == "30030x"
    assert caught.value.column == 15


def test_a_name_may_begin_like_a_preamble() -> None:
    """The subject is looked for at the head first: the company 当升科技 begins with the word for `when`."""
    known = {"当升科技": Instrument(symbol="300073.SZ")}
    assert parse("当升科技 涨超5%", known.get).condition.symbol == "300073.SZ"
    assert parse("当当升科技涨超5%", known.get).condition.symbol == "300073.SZ"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("300308 涨跌辐 > 5%", "此处不理解 '涨跌辐'；是否想写 '涨跌幅'？（第 8 列）"),
        ("300308 涨跌幅 > 5", "'5' 缺少百分号：5%（第 14 列）"),
        ("300308 涨跌幅 >", "规则在 '>' 之后不完整；可写 百分比（第 12 列）"),
        ("300308 龙虎 > 3", "暂未支持：龙虎（第 8 列）"),
        ("300308 唔", "此处不理解 '唔'；可写 价格、涨跌幅、"),
    ],
)
def test_errors_speak_chinese_to_those_who_do(text: str, sentence: str) -> None:
    """The language of the reader decides the sentence, not what is understood."""
    with pytest.raises(LanguageError) as caught:
        parse(text, KNOWN.get, language="zh")
    assert str(caught.value).startswith(sentence)
    assert str(caught.value).endswith("列）")
