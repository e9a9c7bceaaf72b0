"""The operator's groups file: read whole or not at all, again when it changed; one word of several stands."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli import RunOptions
from bot.errors import InputError
from bot.master.groups import GroupFile, master
from bot.master.reference import Group, Reference
from bot.offline import check
from bot.scene import scene
from bot.settings import load
from rules.model import Kind
from tests.bot.test_cli import call, one_sentence

NOON = datetime(2025, 11, 26, 4, tzinfo=UTC)
GOOD = "group,name,english,pinyin,members\n@mine,我的,Mine,wd,300308 sz300502 AAPL.US\n@banks,,,,600036\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with a group of its own and one that is shipped."""
    path = tmp_path / "groups.csv"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_the_operators_groups_stand_before_the_shipped_ones(file: Path) -> None:
    """Codes resolve; an empty name leaves the known one; what the file does not name stays."""
    found = master(str(file))
    assert found.members("@mine") == ("300308.SZ", "300502.SZ", "AAPL.US")
    for text in ("@mine", "我的", "Mine", "wd", "@我的"):
        group = found.find(text)
        assert group is not None
        assert (group.symbol, group.kind) == ("@mine", Kind.GROUP)
    assert found.members("@banks") == ("600036.SH",)
    assert found.get("@banks").name == "银行"
    assert found.members("@liquor") == Reference.load().members("@liquor")
    standing = found.group("@banks")
    assert standing is not None
    assert (standing.source, standing.own) == (str(file), True)
    assert master("").members("@banks") != ("600036.SH",)


def test_a_group_has_other_names_too(tmp_path: Path) -> None:
    """The operator's stand before others'; behind @ a name that is an index's as well is the group's."""
    path = tmp_path / "groups.csv"
    path.write_text(
        "group,members,aliases\n@mine,300308,大盘; my favourites ;\n@chips,688981,芯片\n", encoding="utf-8"
    )
    found = master(str(path))
    for text, symbol in (
        ("my favourites", "@mine"),
        ("@大盘", "@mine"),
        ("大盘", "000001.SH"),
        ("芯片", "@chips"),
        ("@芯片", "@chips"),
    ):
        known = found.find(text)
        assert known is not None
        assert known.symbol == symbol, text


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "line 1: the header is missing"),
        ("group\n@a\n", "line 1, column members: this column is missing"),
        ("group,members,colour\n", "line 1, column colour: unknown column"),
        ("group,members\nmine,300308\n", "line 2, column group: 'mine' is no group's symbol"),
        ("group,members\n@Mine,300308\n", "line 2, column group: '@Mine' is no group's symbol"),
        ("group,members\n@watchlist,300308\n", "line 2, column group: '@watchlist' is no group's symbol"),
        ("group,members\n@a/b,300308\n", "line 2, column group: '@a/b' is no group's symbol"),
        ("group,members\n@a,300308\n@a,300502\n", "line 3, column group: @a stands twice"),
        ("group,members\n@a,\n", "line 2, column members: a value is missing"),
        ("group,members\n@a,300308 nosuch\n", "line 2, column members: 'nosuch' is not a known symbol"),
        ("group,members\n@a,@banks\n", "line 2, column members: '@banks' is a group"),
    ],
)
def test_a_fault_is_named_with_its_place(tmp_path: Path, text: str, fault: str) -> None:
    """File, line, column and reason; nothing of the file is taken."""
    path = tmp_path / "groups.csv"
    path.write_text(text, encoding="utf-8")
    found = Reference.load()
    before = {group: found.members(group) for group in found.groups()}
    with pytest.raises(InputError) as error:
        GroupFile(path, found).load()
    assert str(error.value).startswith(f"{path}, {fault}")
    assert {group: found.members(group) for group in found.groups()} == before


def test_it_is_read_again_when_it_changed(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A group that left falls back to what others say; a fault is told once and changes nothing."""
    found = Reference.load()
    groups = GroupFile(file, found)
    groups.load()
    assert not groups.refresh()
    file.write_text("group,members\n@mine,300308\n", encoding="utf-8")
    assert groups.refresh()
    assert found.members("@mine") == ("300308.SZ",)
    assert found.members("@banks") == Reference.load().members("@banks")
    with caplog.at_level(logging.WARNING):
        file.write_text("group,members\n@mine,nosuch and more\n", encoding="utf-8")
        assert not groups.refresh()
        assert not groups.refresh()
        file.unlink()
        assert not groups.refresh()
        assert not groups.refresh()
    assert [record.getMessage().partition(": ")[0] for record in caplog.records] == [
        "groups stay as they were"
    ] * 2
    assert "column members: 'nosuch' is not a known symbol" in caplog.text
    assert found.members("@mine") == ("300308.SZ",)
    file.write_text("group,members\n@other,300308\n", encoding="utf-8")
    assert groups.refresh()
    assert found.members("@mine") == ()
    assert "@mine" not in found.groups()


async def test_the_part_looks_until_it_is_stopped(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every few seconds; stopping interrupts the wait."""
    monkeypatch.setattr("bot.master.groups.EVERY", timedelta(milliseconds=1))
    groups, stopping, looks = GroupFile(file, Reference.load()), asyncio.Event(), 0

    def refresh() -> bool:
        nonlocal looks
        looks += 1
        if looks == 3:
            stopping.set()
        return False

    monkeypatch.setattr(groups, "refresh", refresh)
    await groups.run(stopping)
    assert looks == 3


def test_the_setting_is_taken_by_the_scene_and_judged_by_check(file: Path) -> None:
    """A fault forbids the start and is a sentence of `check`."""
    found = scene(RunOptions(), load({"TICKBELL_GROUPS": str(file)}))
    assert found.master.members("@mine")
    assert found.groups is not None
    assert check.wrong(load({"TICKBELL_GROUPS": str(file)}), NOON.date()) == []
    file.write_text("group,members\n@a,nosuch\n", encoding="utf-8")
    sentence = f"{file}, line 2, column members: 'nosuch' is not a known symbol"
    assert check.wrong(load({"TICKBELL_GROUPS": str(file)}), NOON.date()) == [
        f"settings: TICKBELL_GROUPS: {sentence}"
    ]
    with pytest.raises(InputError, match="nosuch"):
        scene(RunOptions(), load({"TICKBELL_GROUPS": str(file)}))
    missing = check.wrong(load({"TICKBELL_GROUPS": "/nowhere.csv"}), NOON.date())
    assert missing == ["settings: TICKBELL_GROUPS: /nowhere.csv: cannot be read: No such file or directory"]


def test_commands_on_files_know_the_operators_groups(file: Path) -> None:
    """Parse prints the group's condition; a fault is bad input."""
    done = call("parse", "任一 我的 涨超5%", environ={"TICKBELL_GROUPS": str(file)})
    assert (done.returncode, done.stderr) == (0, "")
    assert '"any @mine change >= 5%"' in done.stdout
    file.write_text("group,members\n@a,nosuch\n", encoding="utf-8")
    done = call("parse", "300308 price > 5", environ={"TICKBELL_GROUPS": str(file)})
    one_sentence(done, "line 2, column members: 'nosuch' is not a known symbol")


def board(*members: str, minutes: int = 0, source: str = "eastmoney", **more: object) -> Group:
    """A feed's word on its board."""
    as_of = NOON + timedelta(minutes=minutes)
    return Group(symbol="@bk1036", members=members, source=source, as_of=as_of, **more)  # type: ignore[arg-type]


def test_of_several_words_the_newest_stands() -> None:
    """An older answer that comes late changes nothing; members are instruments, each once."""
    found = Reference.load()
    found.update(
        [board("300308.SZ", "300308.SZ", "@banks", "300502.SZ", name="玻璃基板", leaders=("300502.SZ",))]
    )
    assert found.members("@bk1036") == ("300308.SZ", "300502.SZ")
    found.update([board("300394.SZ", minutes=-5)])
    assert found.members("@bk1036") == ("300308.SZ", "300502.SZ")
    found.update([board("300394.SZ", minutes=-5, source="sina")])
    assert found.members("@bk1036") == ("300308.SZ", "300502.SZ")
    found.update([board("300394.SZ", minutes=5, source="sina")])
    assert found.members("@bk1036") == ("300394.SZ",)
    standing = found.group("@bk1036")
    assert standing is not None
    assert (standing.source, standing.as_of, standing.leaders) == ("sina", NOON + timedelta(minutes=5), ())
    found.update([board(minutes=6, source="sina")])
    standing = found.group("@bk1036")
    assert standing is not None
    assert (standing.source, standing.leaders) == ("eastmoney", ("300502.SZ",))
    assert found.find("@玻璃基板") == found.get("@bk1036")
    found.update([board("600036.SH", minutes=7, own=True, source="file", name="银行")])
    found.update([board("300394.SZ", minutes=9)])
    assert found.members("@bk1036") == ("600036.SH",)
    assert found.group("@none") is None


def test_the_operators_names_come_first() -> None:
    """A group of the operator's takes a shipped group's name, never an instrument's."""
    found = Reference.load()
    mine = Group(
        symbol="@mine", members=("300308.SZ",), name="光模块", english="Innolight", own=True, source="f"
    )
    found.update([mine])
    group, instrument = found.find("光模块"), found.find("Innolight")
    assert group is not None
    assert instrument is not None
    assert (group.symbol, instrument.symbol) == ("@mine", "300308.SZ")


def test_chats_lists_are_known_to_stored_rules_alone() -> None:
    """Their members are there for the engine; nobody finds them by typing, listing or guessing."""
    found = Reference.load()
    symbol = "@1/watchlist"
    found.update([Group(symbol=symbol, members=("300308.SZ",), source="chat")])
    assert found.members(symbol) == ("300308.SZ",)
    assert found.find(symbol) is None
    assert symbol not in found.groups()
    stored = found.stored(symbol)
    assert stored is not None
    assert (stored.kind, stored.name, stored.english) == (Kind.GROUP, "自选", "Watchlist")
    assert (found.get("@1/mine").name, found.get("@1/mine").english) == ("mine", "mine")
    gone = found.stored("@a-group-of-yesterday")
    assert gone is not None
    assert gone.kind is Kind.GROUP
    assert found.stored("300308") == found.find("300308")
    assert found.stored("@with blanks") is None
