"""Markets by the names that traders use: an index alone, its stocks behind `any` or 任意一只."""

from dataclasses import replace

import pytest

from bot.master.reference import Reference
from bot.master.sectors import INDICES, _named
from rules.language import LanguageError, canonical, parse

MASTER = Reference.load()
MASTER.update(replace(_named(symbol, ""), members=("600519.SH",)) for symbol in INDICES)

LINES = [
    ("大盘跌破3900点", "000001.SH price <= 3900"),
    ("当大盘跌破3900点提醒我", "000001.SH price <= 3900"),
    ("A股大盘跌2%", "000001.SH change <= -2%"),
    ("上证站上60日线", "000001.SH reclaim ma(60)"),
    ("沪指MACD金叉", "000001.SH macd golden cross"),
    ("the Shanghai Composite falls below 3900", "000001.SH price <= 3900"),
    ("shanghai index up 1%", "000001.SH change >= 1%"),
    ("深成指涨2%", "399001.SZ change >= 2%"),
    ("深指涨2%", "399001.SZ change >= 2%"),
    ("沪深300跌超2%", "000300.SH change <= -2%"),
    ("沪深300指数跌超2%", "000300.SH change <= -2%"),
    ("中证500跌超2%", "000905.SH change <= -2%"),
    ("中证1000指数涨2%", "000852.SH change >= 2%"),
    ("恒指跌破26000点", "HSI.HK price <= 26000"),
    ("恒生指数跌2%", "HSI.HK change <= -2%"),
    ("恒生科技涨3%", "HSTECH.HK change >= 3%"),
    ("hang seng tech index down 3%", "HSTECH.HK change <= -3%"),
    ("北交所涨3%", "899050.BJ change >= 3%"),
    ("创业板涨超2%", "399006.SZ change >= 2%"),
    ("创业板指涨超2%", "399006.SZ change >= 2%"),
    ("创业板指数涨2%", "399006.SZ change >= 2%"),
    ("创业板创新高", "399006.SZ record high"),
    ("ChiNext up 2%", "399006.SZ change >= 2%"),
    ("科创板涨超2%", "000688.SH change >= 2%"),
    ("STAR Market up 2%", "000688.SH change >= 2%"),
    ("300308跑赢创业板3%", "300308.SZ strength(399006.SZ) >= 3%"),
    ("创业板任意一只涨超10%", "any @chinext change >= 10%"),
    ("创业板里任意一只涨超10%", "any @chinext change >= 10%"),
    ("创业板个股涨超10%", "any @chinext change >= 10%"),
    ("创业板有股票涨停", "any @chinext limit up sealed"),
    ("任一 创业板 涨超10%", "any @chinext change >= 10%"),
    ("任一 @创业板 涨超10%", "any @chinext change >= 10%"),
    ("@创业板 涨超2%", "@chinext change >= 2%"),
    ("any chinext change > 10%", "any @chinext change > 10%"),
    ("any ChiNext stock up 10%", "any @chinext change >= 10%"),
    ("a 10% rise in any ChiNext stock", "any @chinext change >= 10%"),
    ("科创板任一股票涨停", "any @star limit up sealed"),
    ("any STAR stock up 10%", "any @star change >= 10%"),
    ("any of the STAR Market stocks down 5%", "any @star change <= -5%"),
    ("any bank down 3%", "any @banks change <= -3%"),
    ("芯片涨超3%", "@semis change >= 3%"),
    ("沪深300任意一只涨停", "any @bk0500 limit up sealed"),
    ("any CSI 300 stock up 9%", "any @bk0500 change >= 9%"),
    ("@上证50 涨超2%", "@bk0611 change >= 2%"),
]


@pytest.mark.parametrize(("text", "line"), LINES)
def test_a_market_by_its_name(text: str, line: str) -> None:
    """The index where it is spoken of as one, each of its stocks where the words say so."""
    assert canonical(parse(text, MASTER.find)) == line


@pytest.mark.parametrize("text", ["沪指任意一只涨超10%", "any shanghai index change > 10%"])
def test_an_index_without_members_has_no_stocks(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(LanguageError):
        parse(text, MASTER.find)
