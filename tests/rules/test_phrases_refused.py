"""What is refused on purpose: words that could mean several things, and things that no signal measures."""

import pytest

from bot.reference import Reference
from rules.language import LanguageError, parse

MASTER = Reference.load()
REFUSED = (
    "300308 price = 560",
    "300308 gap of more than 3%",
    "300308 turns green",
    "300308 turns red",
    "300308 touches the 60 day average",
    "300308 volume above 5 million",
    "300308 market cap crosses 600 billion yuan",
    "300308 hits the daily limit",
    "300308 beats the csi 300 by 2%",
    "300308 rises 5%, 8% or 10%",
    "300308 doubles",
    "300308 rises a lot",
    "300308 weekly gain over 15%",
    "300308 can't hold 470",
    "300308 breaches 560",
    "300308 trailing stop 8%",
    "300308 opens with a gap of 3% up",
    "300308 touches the lower bollinger band",
    "300308 rsi at 80",
    "300308 turnover 50% above yesterday",
    "300308 is off 3% today",
    "300308 price hits or exceeds 560",
    "300308 reaches the 560 level",
    "300308 tops out above 560",
    "300308 rebounds 3%",
    "300308 gap down bigger than 2%",
    "300308 5 and 10 day golden cross",
    "300308 bearish death cross",
    "300308 price falls to the lower band",
    "300308 rsi crosses 70",
    "300308 volume 200% of average",
    "300308 limit up then opens",
    "300308 indicative auction price up 4%",
    "588330 discount bigger than 1%",
    "alert AAPL 200",
    "AAPL alerts: drops 5%",
    "300308 falls past 470",
    "300308 price from 480 to 560",
    "300308 price enters between 480 and 560",
    "300308 stop loss 8%",
    "300308 take profit 20%",
    "300308 20% above my cost of 512.3",
    "300308 20-day ma on the hourly chart crossed upward",
    "300308 kdj golden cross below 20",
    "300308 volume spike",
    "AAPL premarket up 3%",
    "@chinext up 1% in 5 minutes",
    "300308 p/e above 50",
    "300308 dividend announced",
    "300308 news",
    "300308 doji candle",
    "300308 three green candles",
    "300308 bid above 560",
    "300308 forms a head and shoulders",
    "300308 around 560",
    "300308 about to break out",
    "300308 weekly close above 560",
    "300308 50-week moving average cross",
    "300308 volume up 50%",
    "300308 up 5 in 5 minutes",
    "300308 above 5 percent of 560",
    "300308 drops from 560 to 500",
    "300308 rises 5% not in 5 minutes",
)


@pytest.mark.parametrize("text", REFUSED)
def test_a_phrase_without_one_clear_meaning_is_refused(text: str) -> None:
    """An error names the word and what would fit, rather than some condition the writer did not mean."""
    with pytest.raises(LanguageError, match="column"):
        parse(text, MASTER.find)
