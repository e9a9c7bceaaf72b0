"""Cards of ladders and of conditions that remember: the farthest step, and the words of the rest."""

from datetime import timedelta

from bot.delivery.episodes import Edit, Form
from bot.delivery.headline import Words
from bot.delivery.render import Tone, message
from handlers.command import Language
from tests.bot.delivery.test_render import lines
from tests.bot.delivery.values import INNOLIGHT, NOON, alert, row

ZH = Language.ZH


def test_steps_passed_by_one_quote_are_told_by_the_farthest() -> None:
    """A jump over 5, 8 and 10 % is one line; what rang at another quote, or says something else, stays."""
    later = NOON + timedelta(seconds=3)
    steps = [alert(f"s{level}", text=f"change > {level}%", level=float(level)) for level in (10, 8, 5)]
    others = [
        alert("late", text="change > 3%", level=3.0, time=later),
        alert("both", text="change > 2% and price > 1", level=2.0),
        alert("low", text="price > 500", signal="price", level=500.0),
    ]
    one = row(*steps, *others)
    assert lines(one)[:4] == [
        "Innolight +10% 527.70",
        "+3% 527.70 · at +10.0%",
        "change > 2% and price > 1 527.70 +10.0%",
        "above your 500: 527.70 · +10.0% today",
    ]
    keys = tuple(old.key for old in one.alerts)
    line = message(one, Edit(index=0, keys=keys, form=Form.LINE), Words(ZH, INNOLIGHT), Tone())
    assert line.count("+10% 527.70") == 1
    assert "+8%" not in line


def test_what_is_qualified_is_said_in_its_own_words() -> None:
    """The lock screen shows for how long, at what time, or after what; what is remembered stands beneath."""
    for text, chinese in (
        ("change > 10% for 5m", "涨跌幅 > 10% 持续5分钟"),
        ("change > 10% at 14:50", "涨跌幅 > 10% 在14:50"),
        ("change > 10% on close", "涨跌幅 > 10% 收盘时"),
        ("change > 10% between 10:00 and 14:30", "涨跌幅 > 10% 10:00至14:30之间"),
    ):
        assert lines(row(alert(text=text)))[0] == f"Innolight {text} 527.70 +10.0%"
        assert lines(row(alert(text=text)), ZH)[0] == f"中际旭创 {chinese} 527.70 +10.0%"
    told = lines(row(alert(text="change > 5% then change > 10% within 30m", evidence={"first": "10:11:05"})))
    assert "first rang 10:11:05" in told[1]
    held = lines(row(alert(text="change > 5% for 5m", evidence={"held": "5m", "since": "10:26:05"})), ZH)
    assert "持续 5m · 自 10:26:05" in held[1]
