"""Words around a condition that say nothing, in both languages: they are blanked and columns stay."""

import pytest

from bot.master.reference import Reference
from rules.language import LanguageError, canonical, parse
from rules.language.courtesy import behind, parted, starts
from rules.model import Instrument, Kind

MASTER = Reference.load()
PHRASES = (
    ("中际旭创到560提醒我", "300308.SZ price >= 560"),
    ("中际旭创跌到470叫我", "300308.SZ price <= 470"),
    ("帮我盯着中际旭创跌破470", "300308.SZ price <= 470"),
    ("帮我盯一下中际旭创，跌破470就提醒我", "300308.SZ price <= 470"),
    ("请提醒我中际旭创涨超5%", "300308.SZ change >= 5%"),
    ("通知我300308跌破470", "300308.SZ price <= 470"),
    ("当中际旭创涨到560时提醒我", "300308.SZ price >= 560"),
    ("当300308涨超5%时通知我", "300308.SZ change >= 5%"),
    ("当中际旭创跌破470的时候告诉我", "300308.SZ price <= 470"),
    ("中际旭创涨超5%的时候提醒我", "300308.SZ change >= 5%"),
    ("中际旭创涨超5%就提醒我", "300308.SZ change >= 5%"),
    ("中际旭创跌破20日均线报警", "300308.SZ lose ma(20)"),
    ("中际旭创涨停时预警", "300308.SZ limit up sealed"),
    ("中际旭创涨停提示我", "300308.SZ limit up sealed"),
    ("中际旭创炸板叫我一声", "300308.SZ limit up opened"),
    ("如果中际旭创跌破470，请通知我", "300308.SZ price <= 470"),
    ("如果中际旭创跌破470就马上通知我", "300308.SZ price <= 470"),
    ("麻烦在中际旭创创历史新高时提醒我一下", "300308.SZ record high"),
    ("盯着中际旭创，涨到560告诉我", "300308.SZ price >= 560"),
    ("盯中际旭创五分钟涨超2%", "300308.SZ move(5m) >= 2%"),
    ("中际旭创一旦跌破470提醒我", "300308.SZ price <= 470"),
    ("中际旭创如果跌破470就提醒我", "300308.SZ price <= 470"),
    ("我想在中际旭创涨到560的时候收到提醒", "300308.SZ price >= 560"),
    ("设置提醒：中际旭创涨到560", "300308.SZ price >= 560"),
    ("设个提醒 300308 跌破470", "300308.SZ price <= 470"),
    ("监控中际旭创，放量3倍且涨超3%通知我", "300308.SZ volume >= 3x and change >= 3%"),
    ("关注300308，MACD金叉提醒", "300308.SZ macd golden cross"),
    ("中际旭创站上60日线了告诉我", "300308.SZ reclaim ma(60)"),
    ("中际旭创涨超5%请提醒", "300308.SZ change >= 5%"),
    ("中际旭创涨超5%，谢谢", "300308.SZ change >= 5%"),
    ("只要中际旭创跌超3%就发消息给我", "300308.SZ change <= -3%"),
    ("等中际旭创跌到470再叫我", "300308.SZ price <= 470"),
    ("中际旭创市值突破6100亿时提醒我。", "300308.SZ market_cap >= 610B"),
    ("中际旭创涨超5%收盘时", "300308.SZ change >= 5% on close"),
    ("中际旭创站上20日线 14:50时", "300308.SZ reclaim ma(20) at 14:50"),
    ("中际旭创站上20日线 14:50时提醒我", "300308.SZ reclaim ma(20) at 14:50"),
    ("中际旭创站上20日线 收盘时提醒我", "300308.SZ reclaim ma(20) on close"),
    ("中际旭创涨超5%持续半小时", "300308.SZ change >= 5% for 30m"),
)


@pytest.mark.parametrize(("text", "said"), PHRASES)
def test_words_that_say_nothing_change_nothing(text: str, said: str) -> None:
    """With lead-ins and farewells it is the line that it is without them."""
    assert canonical(parse(text, MASTER.find)) == said


@pytest.mark.parametrize(
    ("text", "column", "word"),
    [
        ("please ping me when 300308 chnge > 5%", 28, "chnge"),
        ("could you alert me when the rsi of AAPL goez above 70", 41, "goez"),
        ("tell me if 30030x rises 5%", 12, "30030x"),
        ("alert me when 300308", 15, "300308"),
        ("a drop of 5% in 5 minutes", 3, "drop"),
        ("300308 up five percents please", 11, "five"),
    ],
)
def test_columns_are_those_of_the_text_as_typed(text: str, column: int, word: str) -> None:
    """Blanking and rewording move nothing."""
    with pytest.raises(LanguageError) as caught:
        parse(text, MASTER.find)
    assert (caught.value.column, caught.value.word) == (column, word)


def test_a_farewell_is_blanked_and_the_options_stay() -> None:
    """Only what stands before the bar is read for them, and a line that is nothing else is left."""
    assert parted("AAPL > 5, thanks! | once") == f"AAPL > 5{' ' * 10}| once"
    assert parted(" please") == " please"
    assert parted("提醒我") == "提醒我"
    assert len(parted("x" + " please" * 40)) == 281


def test_lead_ins_are_tried_from_the_furthest() -> None:
    """A name may begin like a lead-in, so every place is offered; there is a bound on how many."""
    assert list(starts("alert me when On Holding drops 5%")) == [17, 14, 9]
    assert list(starts("be kind and whistle when AAPL drops 5%")) == [25]
    assert list(starts("AAPL > 5")) == []
    assert len(list(starts("when " * 90))) == 13
    assert behind("AAPL, tell me when it falls", 4) == 22
    assert behind("AAPL falls", 4) == 4


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("alert me when On Holding drops 5%", "ONON.US"),
        ("On Holding drops 5%", "ONON.US"),
        ("If drops 5%", "IF.US"),
        ("a 5% drop in On Holding", "ONON.US"),
        ("notify me of a 10% gain in any of @g", "@g"),
        ("volume of the stock AAPL.US is 3x normal", "AAPL.US"),
    ],
)
def test_a_name_is_found_among_words_that_lead_to_it(text: str, symbol: str) -> None:
    """At the head, behind lead-ins, or behind the condition that is said to be of it."""
    known = {"On Holding": "ONON.US", "If": "IF.US", "@g": "@g", "AAPL.US": "AAPL.US"}

    def find(name: str) -> Instrument | None:
        found = known.get(name.strip())
        kind = Kind.GROUP if found == "@g" else Kind.STOCK
        return Instrument(symbol=found, decimals=4, kind=kind) if found else None

    assert parse(text, find).condition.symbol == symbol
