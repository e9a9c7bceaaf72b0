"""English words written shorter, fields wider than the canonical ones, and classes of words."""

import pytest

from bot.master.reference import Reference
from rules.language import LanguageError, canonical, parse
from rules.language.rewording import reworded
from rules.language.vocabulary import forms, listed, run, verbs, words

MASTER = Reference.load()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("up five percent", "up 5    percent"),
        ("up twenty-five percent", "up 25          percent"),
        ("the two hundred day average", "the 200         day average"),
        ("in a quarter of an hour", "in 15 minutes          "),
        ("in a minute", "in 1 minute"),
        ("price between 480 and 560", "price between 480  ~  560"),
        ("between 10:00 and 14:30", "between 10:00 and 14:30"),
        ("rises or falls by 5%", "+/-            by 5%"),
        ("hits 560 or more", "hits 560        "),
        ("560 or more", ">=560      "),
        ("up 3% but below 560", "up 3% and below 560"),
        ("since Oct 9, 2025", "since Oct 9  2025"),
        ("since 2025/10/9", "since 2025-10-9"),
        ("at 2:50 p.m.", "at 2:50 pm  "),
        ("one price", "one price"),
        ("涨超5%", "涨超5%"),
    ],
)
def test_what_is_written_shorter_keeps_its_columns(text: str, written: str) -> None:
    """The rest of what words took is blank."""
    assert reworded(text, 0) == written
    assert len(written) == len(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("300308 up 3% at 2:50 p.m.", "300308.SZ change >= 3% at 14:50"),
        ("300308 up 3% since 8th of April 2025", "300308.SZ since(2025-04-08) >= 3%"),
        ("btc up 3% before 10:00", "BTCUSDT.BINANCE change >= 3% between 00:00 and 10:00"),
        ("btc up 3% after 10:00", "BTCUSDT.BINANCE change >= 3% between 10:00 and 23:59"),
        ("before 10:30 300308 up 3%", None),
        ("300308 before 10:30 up 3%", "300308.SZ change >= 3% between 09:30 and 10:30"),
        ("300308 not closes above 560", None),
        ("300308 up 3% and closes above 560", "300308.SZ change >= 3% and (price >= 560 on close)"),
        ("300308 moves 5%, 8%", None),
        ("300308 moves 5% and volume 2x", "300308.SZ (change >= 5% or change <= -5%) and volume >= 2x"),
        ("300308 not moves 5%", "300308.SZ not (change >= 5% or change <= -5%)"),
        ("300308 not crosses ma20", None),
        ("300308 up 3% before 9:30", None),
        ("300308 up 5% daily", "300308.SZ change >= 5%"),
        ("300308 above 560 every day", "300308.SZ price >= 560 | daily"),
        ("300308 up 5% quietly", "300308.SZ change >= 5% | silent"),
        ("300308 up 5% quietly | once", "300308.SZ change >= 5% | once silent"),
        ("300308 up 5% quietly | silent", None),
        ("300308 up 3% since Feb 30 2025", None),
        ("300308 above the 9999999999 day average", None),
        ("300308 above the 9999 day average", None),
        ("a gain of 5% in any of AAPL", None),
        ("a gain of 5% in 10", None),
        ("of AAPL", None),
        ("a drop of AAPL's in", None),
        ("in AAPL of", None),
        ("alert me when in AAPL", None),
        ("do not alert me when 300308 rises 5%", None),
        ("don't tell me if AAPL drops 5%", None),
        ("stop telling me when AAPL drops 5%", None),
        ("it would be lovely to hear from you when AAPL drops 5%", "AAPL.US change <= -5%"),
        ("the in AAPL, please", None),
        ("300308, when it", None),
        ("300308 above the 9999999999 dma", None),
        ("any @chinext stocks rise 10%", "any @chinext change >= 10%"),
        ("the rsi of AAPL's is above 70", "AAPL.US rsi(14) >= 70"),
        ("300308 falls to 470 or more", None),
        ("300308 falls to 470 or less", "300308.SZ price <= 470"),
        ("300308 goes to 560 or more", None),
        ("300308 up 5% or down 5% within one minute", "300308.SZ move(1m) >= 5% or move(1m) <= -5%"),
        ("300308 gain below 5%", None),
        (
            "300308 crosses above ma5 and ma10",
            "300308.SZ price crosses above ma(5) and price crosses above ma(10)",
        ),
        ("300308 up 5% in 5 minutes or 8% in 15 minutes", "300308.SZ move(5m) >= 5% or move(15m) >= 8%"),
        ("300308 not above ma5 and ma10", None),
        ("300308 (above ma5) and ma10", None),
        ("300308 above ma5 and foo", None),
        ("300308 above ma20, volume over 2x", "300308.SZ price > ma(20) and volume >= 2x"),
        ("300308 站上5日线且10日线", "300308.SZ reclaim ma(5) and reclaim ma(10)"),
        ("300308 close to limit up", None),
        ("300308 macd golden cross in 5 minutes", None),
        ("any AAPL up 5%", None),
    ],
)
def test_a_phrase_is_its_line_or_an_error(text: str, said: str | None) -> None:
    """None stands for an error that names a column."""
    if said is None:
        with pytest.raises(LanguageError, match="column"):
            parse(text, MASTER.find)
        return
    assert canonical(parse(text, MASTER.find)) == said
    assert parse(said, MASTER.find) == parse(text, MASTER.find)


def test_two_leaves_in_one_count_as_if_both_had_been_written() -> None:
    """The bounds on parts and depth hold for what is printed."""
    most = "300308 " + " or ".join(["moves 5%"] * 22)
    with pytest.raises(LanguageError, match="at most 64 parts"):
        parse(most, MASTER.find)
    line = parse("300308 " + " or ".join(["moves 5%"] * 12), MASTER.find)
    assert parse(canonical(line), MASTER.find) == line
    deep = "300308 " + "not (> 5% and " * 3 + "moves 5%" + ")" * 3
    line = parse(deep, MASTER.find)
    assert parse(canonical(line), MASTER.find) == line


def test_verbs_are_inflected() -> None:
    """Third person, past and -ing, with the letters that English drops, changes and doubles."""
    assert forms("rally") == ("rally", "rallies", "rallied", "rallying")
    assert forms("surge") == ("surge", "surges", "surged", "surging")
    assert forms("drop") == ("drop", "drops", "dropped", "dropping")
    assert forms("touch") == ("touch", "touches", "touched", "touching")
    assert forms("stay") == ("stay", "stays", "stayed", "staying")
    assert verbs("gain", "rose risen") == (*forms("gain"), "rose", "risen")


def test_a_class_reads_its_wordings_the_longest_first() -> None:
    """Hyphens between words are blanks; a part with an empty wording may be left out."""
    some = words("limit up|limit|pre market", run(listed("is|goes|"), "up|higher"))
    assert some.ends("limit-up 5", 0) == [8, 5]
    assert some.ends("pre-market", 0) == [10]
    assert some.ends("is up", 0) == [5]
    assert some.ends("higher", 0) == [6]
    assert some.ends("limits", 0) == []
    assert (some.first, some.label, some.is_optional) == ("ghilpu", "limit", False)
    assert {"limit up", "limit", "is up", "goes higher", "up"} <= set(some.samples)
    assert words("|x").is_optional
    assert words(run("|x", "|y")).is_optional
    assert words(run("|x", "|y")).label == "x y"
