"""Colloquial Chinese: groups and members, other markets' hours, what is refused, where errors point."""

from decimal import Decimal

import pytest

from bot.master.reference import Reference
from rules.language import LanguageError, canonical, parse
from rules.language.fault import Trouble
from rules.language.sayings.numerals import value
from rules.language.spelling import Spelling, rewrite
from rules.model import Instrument

MASTER = Reference.load()
SHARE = Instrument(symbol="300308.SZ")
SUBJECTS = (
    ("光模块板块涨超3%", "@optical-modules change >= 3%"),
    ("@光模块 板块涨超3%", "@optical-modules change >= 3%"),
    ("光模块任一股票涨停", "any @optical-modules limit up sealed"),
    ("光模块里有股票涨停", "any @optical-modules limit up sealed"),
    ("光模块龙头股涨停", "any @optical-modules limit up sealed"),
    ("光模块成分股跌超5%", "any @optical-modules change <= -5%"),
    ("半导体个股涨超8%", "any @semis change >= 8%"),
    ("电子板块净流入超过100亿", "@electronics inflow >= 10B"),
    ("电子主力净流入50亿以上", "@electronics inflow >= 5B"),
    ("半导体主力资金净流出超20亿", "@semis outflow >= 2B"),
    ("光模块上涨家数超过2家", "@optical-modules advancers >= 2"),
    ("光模块3只涨停", "@optical-modules limit_ups >= 3"),
    ("光模块涨停家数达到3家", "@optical-modules limit_ups >= 3"),
    ("光模块领涨股超过3只", "@optical-modules leaders >= 3"),
    ("半导体上涨占比超过80%", "@semis breadth >= 80%"),
    ("半导体炸板率超过50%", "@semis opened_share >= 50%"),
    ("比特币5分钟跌2%", "BTCUSDT.BINANCE move(5m) <= -2%"),
    ("比特币突破10万", "BTCUSDT.BINANCE price >= 100000"),
    ("比特币跌破9万5", "BTCUSDT.BINANCE price <= 95000"),
    ("比特币突破十二万半", "BTCUSDT.BINANCE price >= 125000"),
    ("腾讯跌破600港元", "00700.HK price <= 600"),
    ("苹果盘后涨超4%", "AAPL.US after_hours change >= 4%"),
    ("科创50ETF溢价超过1%", "588000.SH premium >= 1%"),
    ("上证指数跌破3800点", "000001.SH price <= 3800"),
    ("中际旭创15分钟MACD死叉", "300308.SZ macd(15m) death cross"),
    ("中际旭创RSI6超买", "300308.SZ rsi(6) >= 80"),
    ("中际旭创KDJ金叉", "300308.SZ kdj golden cross"),
    ("中际旭创14:50站上20日线", "300308.SZ reclaim ma(20) at 14:50"),
    ("中际旭创火箭发射且放量2倍", "300308.SZ rise(5m) >= 3% and new high(day) and volume >= 2x"),
    ("中际旭创15分钟5日线上穿10日线", "300308.SZ ma(5, 15m) crosses above ma(10, 15m)"),
    ("中际旭创站上30分钟20均线", "300308.SZ reclaim ma(20, 30m)"),
    (
        "中际旭创5、10、20、60日均线空头排列",
        "300308.SZ ma(5) < ma(10) and ma(10) < ma(20) and ma(20) < ma(60)",
    ),
    ("中际旭创站上前一日最高点", "300308.SZ price crosses above prev high"),
    ("中际旭创涨两成", "300308.SZ change >= 20%"),
    ("中际旭创涨一成半", "300308.SZ change >= 15%"),
    ("中际旭创缩量至五成", "300308.SZ volume <= 0.5x"),
    ("中际旭创一个半小时内涨5%", "300308.SZ move(90m) >= 5%"),
    ("中际旭创涨幅在3%到5%之间", "300308.SZ change >= 3% and change <= 5%"),
    ("中际旭创跌破5日线或10日线", "300308.SZ lose ma(5) or lose ma(10)"),
    ("中际旭创站上560以上", "300308.SZ price crosses above 560"),
    ('中际旭创 涨五个点 | 备注 "五个点"', '300308.SZ change >= 5% | note "五个点"'),
)
HOURS = (
    ("腾讯早盘涨超3%", "00700.HK change >= 3% between 09:30 and 12:00"),
    ("苹果早盘涨超3%", "AAPL.US change >= 3% between 09:30 and 12:00"),
    ("腾讯尾盘涨超3%", "00700.HK change >= 3% between 15:40 and 16:10"),
    ("腾讯下午三点半涨超3%", "00700.HK change >= 3% at 15:30"),
    ("苹果尾盘涨超3%", "AAPL.US change >= 3% between 15:30 and 16:00"),
    ("苹果开盘半小时内涨超3%", "AAPL.US change >= 3% between 09:30 and 10:00"),
    ("苹果收盘前10分钟跌2%", "AAPL.US change <= -2% between 15:50 and 16:00"),
    ("比特币8点前涨超3%", "BTCUSDT.BINANCE change >= 3% between 00:00 and 08:00"),
    ("比特币晚上10点后跌超3%", "BTCUSDT.BINANCE change <= -3% between 22:00 and 23:59"),
    ("中际旭创中午一点半涨超3%", "300308.SZ change >= 3% at 13:30"),
    ("中际旭创两点一刻涨超3%", "300308.SZ change >= 3% at 14:15"),
    ("中际旭创开盘一小时内跌超3%", "300308.SZ change <= -3% between 09:30 and 10:30"),
    ("中际旭创下午1点到2点涨超1%", "300308.SZ change >= 1% between 13:00 and 14:00"),
    ("中际旭创站稳560超过5分钟", "300308.SZ price >= 560 for 5m"),
)
ERRORS = (
    # text, column, word, what the sentence contains
    ("中际旭创 破560", 6, "破", "没有唯一的算法"),
    ("中际旭创 移动止损8%", 6, "移动止损", "自2026-01-05最高回撤"),
    ("中际旭创 涨超5%且创年内新高", 12, "年内新高", "250日新高"),
    ("中际旭创 MACD底背离", 10, "底背", "MACD金叉"),
    ("中际旭创 周线MACD金叉", 6, "周线", "60日线"),
    ("中际旭创 3连阳", 7, "连阳", "3日涨超10%"),
    ("中际旭创 成交量10万手", 9, "10万手", "成交额超过10亿"),
    ("中际旭创 涨5点", 8, "点", "涨5%"),
    ("中际旭创 市盈率低于20", 6, "市盈率", "不在可监控的数据之内"),
    ("中际旭创 北向资金流入", 6, "北向资金", "不在可监控的数据之内"),
    ("中际旭创 上龙虎榜", 7, "龙虎", "暂未支持"),
    ("中际旭创 涨停后炸板", 8, "后", "须有时间窗口"),
    ("中际旭创 9点25分涨超3%", 6, "9", "不在 300308.SZ 的交易时段内"),
    ("中际旭创 25点整涨超3%", 8, "点", "涨5%"),
    ("中际旭创 涨超五个点且喵喵", 12, "喵喵", "此处不理解"),
    ("中际旭创 站上5、10日", 12, "日", ""),
    ("中际旭创 站上5、6、7、8、9、10、11、12、13日线", 27, "13", "阶梯最多 8 级"),
    ("中际旭创 5、10、20、30、60日均线多头排列", 20, "均", ""),
    ("中际旭创 3倍", 7, "倍", ""),
    ("中际旭创 没有跌破20日线", 6, "跌破20日线", "不能放在穿越类条件"),
    ("比特币 早盘涨超3%", 5, "早盘涨超3%", "此处不理解"),
    ("比特币 尾盘涨超3%", 7, "涨超3%", "此处不理解"),
    ("比特币 开盘10分钟内涨3%", 11, "内涨3%", "此处不理解"),
    ("苹果 下午涨超3%", 5, "午涨超3%", "此处不理解"),
)


@pytest.mark.parametrize(("text", "condition"), SUBJECTS)
def test_a_line_says_whom_it_means(text: str, condition: str) -> None:
    """A name may touch its condition; a group, its members and other markets are told apart."""
    assert canonical(parse(text, MASTER.find)) == condition


@pytest.mark.parametrize(("text", "condition"), HOURS)
def test_times_are_those_of_the_market(text: str, condition: str) -> None:
    """早盘, 尾盘 and an hour without its half of the day depend on when a market trades."""
    assert canonical(parse(text, MASTER.find)) == condition


@pytest.mark.parametrize(("text", "column", "word", "sentence"), ERRORS)
def test_what_cannot_be_meant_is_refused_in_one_sentence(
    text: str, column: int, word: str, sentence: str
) -> None:
    """The error names the word as typed, its column as typed and what could be written instead."""
    with pytest.raises(LanguageError) as caught:
        parse(text, MASTER.find, language="zh")
    assert (caught.value.column, caught.value.word[: len(word)]) == (column, word)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("五", "5"), ("十", "10"), ("二十", "20"), ("一百二十", "120"), ("五百六", "560"),
        ("五百零六", "506"), ("三千五", "3500"), ("两", "2"), ("三点五", "3.5"),
        ("一千二百三十四", "1234"), ("二十点二五", "20.25"),
    ],
)  # fmt: skip
def test_a_numeral_is_its_number(text: str, number: str) -> None:
    """Chinese numerals, the last digit alone being of the next scale down."""
    assert value(text) == Decimal(number)


def test_a_rewritten_text_knows_where_it_was_typed() -> None:
    """Each character leads back to the typed one, through several rewrites; the rest of the line stays."""
    spelling = Spelling("甲 涨五个点以上 乙")
    end = spelling.apply(
        [rewrite("五", "5"), rewrite("个点", "%"), rewrite("(?P<n>5%)以上", ">={n}")], 2, 8, SHARE
    )
    assert (spelling.text, end) == ("甲 涨>=5% 乙", 7)
    told = spelling.told(Trouble("unknown", 5, "5%"))
    assert (told.start, told.word) == (3, "五个")
    assert spelling.told(Trouble("unknown", 8, "乙")).start == 9
    assert spelling.told(Trouble("unknown", 5, "else")).word == "else"
    assert spelling.told(Trouble("unknown", 7, "longer than it")).start == 7
    assert not spelling.is_typed


def test_a_rewrite_may_decline() -> None:
    """A function that makes nothing of a match leaves it; without its signs a pattern is not looked for."""
    spelling = Spelling("涨五个点")
    rewrites = [
        rewrite("五", lambda _match, _instrument: None),
        rewrite("涨", "跌", "点价"),
        rewrite("跌", "", "万"),
    ]
    spelling.apply(rewrites, 0, 4, SHARE)
    assert spelling.text == "跌五个点"


def test_only_lines_of_a_speakers_length_are_read_twice() -> None:
    """Twenty such conditions are a rule; with more the first word that is not plain is named."""
    said = "涨超五个点"
    assert canonical(parse("300308 " + "且".join([said] * 20), MASTER.find)).count("change >= 5%") == 20
    with pytest.raises(LanguageError):
        parse("300308 " + "且".join([said] * 50), MASTER.find)
