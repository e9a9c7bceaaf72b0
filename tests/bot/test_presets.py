"""Other conditions behind the anomalies' names, by a setting, wherever a rule is read."""

from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.files.rules import read
from bot.master.reference import Reference
from bot.offline import check
from bot.offline.replay import replay
from bot.presets import NAME, presets
from bot.settings import load
from rules.language.presets import NAMES
from tests.bot.offline.test_check import TODAY
from tests.bot.test_cli import call
from tests.fakes.ports import founding

OWN = "rocket=rise(5m) >= 4%; 竞价上涨 = auction change >= 2% ;"


def test_without_the_setting_the_programs_own_stand() -> None:
    """Nobody has to set anything."""
    assert presets(load({})) == NAMES


def test_a_setting_changes_the_figures() -> None:
    """Under every name of those anomalies, and of no others."""
    found = presets(load({NAME: OWN}))
    assert (found["火箭发射"], found["auction up"]) == ("rise(5m) >= 4%", "auction change >= 2%")
    assert found["dive"] == NAMES["dive"]


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("rocket", "TICKBELL_PRESETS: 'rocket' has no condition; rocket=rise(5m) >= 4% would fit"),
        ("rokcet=rise(5m) >= 4%", "TICKBELL_PRESETS: 'rokcet' is the name of no anomaly"),
        ("rocket=rise(5m) >= 4", "TICKBELL_PRESETS: rocket: '4' needs a percent sign: 4%"),
        ("rocket=dive", "TICKBELL_PRESETS: rocket: the rule ends too soon after 'dive'"),  # a name is none
    ],
)
def test_a_wrong_one_is_named(value: str, sentence: str) -> None:
    """One sentence, at the start and by `check`."""
    with pytest.raises(SettingsError) as caught:
        presets(load({NAME: value}))
    assert str(caught.value).startswith(sentence)
    assert check.wrong(load({NAME: value}), TODAY) == [f"settings: {caught.value}"]


async def test_a_chat_speaks_by_the_setting() -> None:
    """/alert and plain text."""
    world = founding()
    world.presets = presets(load({NAME: OWN}))
    for command, text in (("alert", "300308 rocket"), ("", "300308 竞价上涨")):
        reply = await world.ask(command, text)
        assert ("rise(5m) &gt;= 4%" if command == "alert" else "auction change &gt;= 2%") in reply.text


def test_rules_files_and_the_command_line_speak_by_it(tmp_path: Path) -> None:
    """A replay and `parse` read the environment."""
    rules = tmp_path / "rules.txt"
    rules.write_text("300308 rocket\n", encoding="utf-8")
    ((_, line),) = read(rules, Reference.load().find, presets(load({NAME: OWN})))
    assert line.condition.text == "rise(5m) >= 4%"
    quotes = tmp_path / "quotes.csv"
    rows = ["time,symbol,price,prev_close,open"]
    rows += [f"2025-11-26T09:3{at}:00+08:00,300308,{p},100,100" for at, p in enumerate(("100", "103.5"))]
    quotes.write_text("\n".join(rows), encoding="utf-8")
    assert replay([quotes], rules).lines
    assert not replay([quotes], rules, presets=presets(load({NAME: OWN}))).lines
    done = call("parse", "300308 rocket", environ={NAME: OWN})
    assert '"canonical":"300308.SZ rise(5m) >= 4%"' in done.stdout
    done = call("parse", "300308 rocket", environ={NAME: "rocket"})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("tickbell: TICKBELL_PRESETS: 'rocket' has no condition")
