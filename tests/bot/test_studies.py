"""Back-tests and forecasts from files, as other tools call them."""

import itertools
import json
from pathlib import Path

import pytest

from bot.errors import InputError
from bot.offline.backtest import backtest
from bot.offline.forecast import lines
from rules.language import LanguageError
from tests.bot.offline.test_replay import PATH, day_of_quotes, founding_history


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """300308 up to the day before the founding day."""
    return founding_history(tmp_path)


def test_a_daily_backtest_counts_what_a_loop_over_the_closes_counts(history: Path) -> None:
    """Days whose close, or whose envelope, is up 5 %: against the file itself."""
    found = json.loads(backtest("300308 change >= 5%", history))
    rows = [row.split(",") for row in (history / "300308.SZ.csv").read_text("utf-8").splitlines()[1:]]
    reached = [
        day
        for (*_, before, _), (day, _, high, *_) in itertools.pairwise(rows)
        if float(high) >= float(before) * 1.05
    ]
    assert [ring["time"][:10] for ring in found["times"]] == reached
    assert (found["rule"], found["bars"], found["days"]) == ("300308.SZ change >= 5%", "day", len(rows))
    assert found["count"] == len(reached) == found["days_with_rings"]
    assert found["per_day"] == pytest.approx(len(reached) / len(rows), abs=1e-4)


def test_a_provisional_rule_says_how_its_rings_ended(history: Path) -> None:
    """Confirmed and withdrawn are counted; what followed is in percent, minutes unknown on days."""
    found = json.loads(backtest("300308 macd golden cross", history))
    assert found["confirmed"] + found["withdrawn"] == found["count"] > 0
    assert found["followed"]["5m"] == {"count": 0, "mean": None, "median": None, "up": None}
    assert found["followed"]["next_day"]["count"] == found["count"]
    assert {ring["state"] for ring in found["times"]} <= {"confirmed", "withdrawn"}


def test_a_backtest_on_quotes_follows_the_day(history: Path, tmp_path: Path) -> None:
    """The founding day: +10 % at 527.63, three minutes before the record at 548.99."""
    quotes = day_of_quotes(tmp_path / "quotes.csv", PATH)
    found = json.loads(backtest("300308 change >= 10%", history, [quotes]))
    (ring,) = found["times"]
    assert (ring["time"], ring["price"], ring["state"]) == ("2025-11-26T09:40:00+08:00", 527.63, "fired")
    assert ring["after"]["5m"] == pytest.approx(100 * (551.43 / 527.63 - 1), abs=1e-3)
    assert ring["after"]["close"] == pytest.approx(100 * (543.22 / 527.63 - 1), abs=1e-3)
    assert (found["from"], found["to"], found["most_in_a_day"]) == ("2025-11-26", "2025-11-26", 1)


def test_a_group_is_studied_over_its_members(history: Path) -> None:
    """Members without bars are left out; a group's ring has no price to follow."""
    found = json.loads(backtest("@optical-modules change > 4%", history))
    assert found["count"] > 0
    assert {ring["price"] for ring in found["times"]} == {None}


def test_a_compared_instrument_is_played_too(history: Path) -> None:
    """Against one that stands still, strength is the change itself; its days are no others."""
    days = [row.split(",")[0] for row in (history / "300308.SZ.csv").read_text("utf-8").splitlines()[1:]]
    still = "\n".join(["date,open,high,low,close,volume", *(f"{day},10,10,10,10,1000" for day in days)])
    (history / "300502.SZ.csv").write_text(still + "\n", "utf-8")
    alone = json.loads(backtest("300308 change >= 3% on close", history))
    found = json.loads(backtest("300308 strength(300502) >= 3% on close", history))
    assert [ring["time"] for ring in found["times"]] == [ring["time"] for ring in alone["times"]] != []
    assert found["days"] == alone["days"]


def test_bad_questions_get_one_sentence(history: Path, tmp_path: Path) -> None:
    """A rule on minutes without quotes, no bars, an unknown folder, a symbol nobody knows, rubbish."""
    with pytest.raises(InputError, match="give --quotes"):
        backtest("300308 move(5m) > 2%", history)
    with pytest.raises(InputError, match=r"no daily bars of 300502\.SZ"):
        backtest("300502 change > 5%", history)
    with pytest.raises(InputError, match=r"no daily bars of 300502\.SZ"):
        backtest("300308 strength(300502) > 3%", history)
    with pytest.raises(InputError, match="no folder"):
        backtest("300308 change > 5%", tmp_path / "nowhere")
    with pytest.raises(LanguageError):
        backtest("300308 chnge > 5%", history)
    quotes = day_of_quotes(tmp_path / "quotes.csv", PATH)
    with pytest.raises(InputError, match="'@optical-modules' is not a known symbol with a price"):
        list(lines("@optical-modules", [quotes], history))
    with pytest.raises(InputError, match=r"no quote of 300502\.SZ"):
        list(lines("300502", [quotes], history))


def test_a_forecast_names_the_levels_of_the_founding_day(history: Path, tmp_path: Path) -> None:
    """From the open at 475.20 everything that the day then rang lies ahead at its price, nearest first."""
    quotes = day_of_quotes(tmp_path / "quotes.csv", PATH[:1])
    text = quotes.read_text("utf-8").splitlines()
    quotes.write_text("\n".join(text[:2]), encoding="utf-8")
    found = [json.loads(line) for line in lines("300308", [quotes], history)]
    prices = {line["condition"].removeprefix("300308.SZ "): line["price"] for line in found}
    assert prices["reclaim ma(20)"] == 481.07
    assert prices["record high"] == 542.02
    assert prices["change >= 10%"] == 527.63
    assert prices["macd golden cross"] == 551.44
    distances = [abs(line["distance"]) for line in found]
    assert distances == sorted(distances)
    assert {line["condition"]: line["distance"] for line in found}["300308.SZ record high"] == pytest.approx(
        100 * (542.02 / 475.20 - 1), abs=1e-3
    )
