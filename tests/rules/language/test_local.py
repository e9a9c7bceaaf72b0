"""Words that mean what the instrument's market makes of them, and bare comparisons behind a number."""

import pytest

from bot.master.reference import Reference
from rules.language import LanguageError, canonical, parse

MASTER = Reference.load()
SAID = (
    ("AAPL up 2% this morning", "AAPL.US change >= 2% between 09:30 and 12:00"),
    ("300308 up 2% in the morning", "300308.SZ change >= 2% between 09:30 and 11:30"),
    ("tencent up 2% this afternoon", "00700.HK change >= 2% between 13:00 and 16:10"),
    ("AAPL up 2% in power hour", "AAPL.US change >= 2% between 15:00 and 16:00"),
    ("AAPL up 2% in the first 30 minutes", "AAPL.US change >= 2% between 09:30 and 10:00"),
    ("AAPL up 2% in the first half hour of trading", "AAPL.US change >= 2% between 09:30 and 10:00"),
    ("AAPL up 2% in the first hour", "AAPL.US change >= 2% between 09:30 and 10:30"),
    ("AAPL up 2% in the final 10 minutes", "AAPL.US change >= 2% between 15:50 and 16:00"),
    ("AAPL up 2% in the last 10 minutes of trading", "AAPL.US change >= 2% between 15:50 and 16:00"),
    ("AAPL up 2% in the last hour of the day", "AAPL.US change >= 2% between 15:00 and 16:00"),
    ("AAPL up 2% before noon", "AAPL.US change >= 2% between 09:30 and 12:00"),
    ("AAPL up 2% in the last 10 minutes", "AAPL.US move(10m) >= 2%"),
    ("300308 first seal within the first 30 minutes", "300308.SZ first seal within 30m"),
    ("SPY goes green", "SPY.US price crosses above prev close"),
    ("btc red to green", "BTCUSDT.BINANCE price crosses above prev close"),
    ("SPY green to red", "SPY.US price crosses below prev close"),
    ("苹果早盘涨超3%", "AAPL.US change >= 3% between 09:30 and 12:00"),
    ("300308 2:50还在20日线上", "300308.SZ price > ma(20) at 14:50"),
    ("比特币 2:50 高于 100000", "BTCUSDT.BINANCE price >= 100000 at 02:50"),
    # Numbers that go on
    ("AAPL rsi above 70 or below 30", "AAPL.US rsi(14) >= 70 or rsi(14) <= 30"),
    ("AAPL rsi(14, 15m) > 70 or < 30", "AAPL.US rsi(14, 15m) > 70 or rsi(14, 15m) < 30"),
    ("AAPL rsi over 70 then under 50 within 30m", "AAPL.US rsi(14) >= 70 then rsi(14) <= 50 within 30m"),
    ("AAPL rsi over 70 and above 180", "AAPL.US rsi(14) >= 70 and price >= 180"),
    ("AAPL rsi over 70 and price above 80", "AAPL.US rsi(14) >= 70 and price >= 80"),
    ("AAPL rsi over 70 and (above 80)", "AAPL.US rsi(14) >= 70 and price >= 80"),
    ("AAPL volume ratio above 3 or below 0.5", "AAPL.US volume_ratio >= 3 or volume_ratio <= 0.5"),
    ("AAPL up 5% or below 100", "AAPL.US change >= 5% or price <= 100"),
    ("AAPL rsi over 70 and price inside (70, 80)", "AAPL.US rsi(14) >= 70 and price inside (70, 80)"),
    ("英伟达RSI超过75或跌破25", "NVDA.US rsi(14) >= 75 or rsi(14) <= 25"),
    ("300308 J值大于100或者小于0", "300308.SZ kdj j > 100 or kdj j < 0"),
    ("AAPL volume ratio above 3 or crosses 2", None),
    # Moves either way within one time
    ("以太坊10分钟跌2%或涨2%", "ETHUSDT.BINANCE move(10m) <= -2% or move(10m) >= 2%"),
    ("btc up 2% or down 3% in 10 minutes", "BTCUSDT.BINANCE move(10m) >= 2% or move(10m) <= -3%"),
    ("btc in 10 minutes up 2% or down 3%", "BTCUSDT.BINANCE move(10m) >= 2% or move(10m) <= -3%"),
    ("btc change > 2% or move(10m) < -3%", "BTCUSDT.BINANCE change > 2% or move(10m) < -3%"),
    ("btc up 5% today or down 2% in 10 minutes", "BTCUSDT.BINANCE change >= 5% or move(10m) <= -2%"),
    ("btc up 5% or up 2% in 10 minutes", "BTCUSDT.BINANCE change >= 5% or move(10m) >= 2%"),
    ("300308 涨5%或者5分钟跌2%", "300308.SZ change >= 5% or move(5m) <= -2%"),
    ("300308 10分钟涨2%或换手超5%", "300308.SZ move(10m) >= 2% or turnover_rate >= 5%"),
    ("btc up 2% or (gap up and up 1%)", "BTCUSDT.BINANCE change >= 2% or gap up and change >= 1%"),
    ("AAPL up 3% between 1 and 3pm", "AAPL.US change >= 3% between 13:00 and 15:00"),
    ("AAPL up 3% between 10 and 2pm", "AAPL.US change >= 3% between 10:00 and 14:00"),
    ("AAPL up 3% from 10 to 11am", "AAPL.US change >= 3% between 10:00 and 11:00"),
    ("AAPL up 3% between 11 and 10am", None),
    ("沪指站上一万两千点", "000001.SH price >= 12000"),
    ("恒指跌破2万3千点", "HSI.HK price <= 23000"),
    ("恒指跌破两万三千点", "HSI.HK price <= 23000"),
    ("招商银行10分钟跌5毛", "600036.SH move_by(10m) <= -0.5"),
    ("招商银行跌破三十八块五", "600036.SH price <= 38.5"),
    ("半导体板块成交额比昨天同期放大30%", "@semis turnover_pace >= 1.3x"),
    ("半导体板块成交额比昨天同期萎缩30%", "@semis turnover_pace <= 0.7x"),
    ("300308 5分钟20均线金叉60均线", "300308.SZ ma(20, 5m) crosses above ma(60, 5m)"),
    ("300308跌破20日线，除非缩量", "300308.SZ lose ma(20) and not volume <= 0.5x"),
    ("300308 goes green", None),
    ("btc up 2% this morning", None),
    ("AAPL up 2% by noon", None),
    ("AAPL up 2% in the first 999 minutes", None),
)


@pytest.mark.parametrize(("text", "said"), SAID)
def test_words_mean_what_the_market_makes_of_them(text: str, said: str | None) -> None:
    """None stands for an error that names a column."""
    if said is None:
        with pytest.raises(LanguageError, match="column"):
            parse(text, MASTER.find)
        return
    line = parse(text, MASTER.find)
    assert canonical(line) == said
    assert parse(said, MASTER.find) == line


NAMED = (
    ("SZSE:300308 above 560", "300308.SZ price >= 560"),
    ("NASDAQ:AAPL above 250", "AAPL.US price >= 250"),
    ("okx:btcusdt above 100000", "BTC-USDT.OKX price >= 100000"),
    ("BINANCE:BTCUSDT above 100000", "BTCUSDT.BINANCE price >= 100000"),
    ("btc/usdt above 100000", "BTCUSDT.BINANCE price >= 100000"),
    ("eth/btc ratio above 0.05", "ETHBTC.BINANCE price >= 0.05"),
    ("FOO:AAPL above 250", None),
    ("SSE:xx above 250", None),
    ("bought tsla at 300, alert at 20% profit", "TSLA.US cost 300 >= 20%"),
    ("any @us-tech stock up 5%", "any @us-tech change >= 5%"),
    ("@us-tech any stock up 5%", "any @us-tech change >= 5%"),
    ("任一光模块成分股涨停", "any @optical-modules limit up sealed"),
    ("光模块里谁涨停了", "any @optical-modules limit up sealed"),
    ("银行里有一只创60日新高", "any @banks new high(60d)"),
    ("沪深300指数涨超2%", "000300.SH change >= 2%"),
    ("AAPL beats the s&p 500 by 1%", "AAPL.US strength(SPX.US) >= 1%"),
    ("大饼站上12万刀", "BTCUSDT.BINANCE price >= 120000"),
    ("AAPL 400", None),
    ("AAPL trailing stop 8%", None),
    ("300308 falls three limit ups in a row", None),
    ("300308 falls three limit downs in a row", "300308.SZ limit_streak down >= 3"),
)


@pytest.mark.parametrize(("text", "said"), NAMED)
def test_whom_a_line_is_about(text: str, said: str | None) -> None:
    """Venues, pairs, members and names as chats have them; None stands for an error with a column."""
    if said is None:
        with pytest.raises(LanguageError, match="column"):
            parse(text, MASTER.find)
        return
    assert canonical(parse(text, MASTER.find)) == said


HINTS = (
    ("AAPL 400", "crosses 400, above 400, up 400%"),
    ("AAPL trailing stop 8%", "trailing 8% since 2026-01-05"),
    ("300308 falls three limit ups in a row", "limit_streak down >= 3"),
    ("AAPL volume spike", "volume > 3x"),
    ("btc near 100k", "price inside (99, 101)"),
    ("AAPL up 3% unless halted", "up 3% and not limit up sealed"),
    ("AAPL up 20% ytd", "since(2026-01-05) > 20%"),
    ("AAPL touches the 200 day average", "near ma(20) 1%"),
    ("AAPL moons", "up 5%"),
    ("AAPL p/e below 20", "not among what rules can watch"),
    ("英伟达盘前跌3%", "时段 盘中,盘外"),
    ("比特币4小时macd金叉", "60分钟MACD金叉"),
)


@pytest.mark.parametrize(("text", "near"), HINTS)
def test_a_refusal_says_what_could_be_written(text: str, near: str) -> None:
    """What traders say and no rule can mean by itself has a sentence with what would fit."""
    with pytest.raises(LanguageError) as caught:
        parse(text, MASTER.find)
    assert near in str(caught.value)
