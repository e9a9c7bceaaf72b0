"""Large pages read as columns are the quotes that are read line by line, whatever is in them."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.formats import broadsheet, glance
from bot.formats.broadsheet import Broadsheet, page
from rules.model import Frame, Phase
from rules.sheet import Sheet
from tests.bot.formats.test_glance import NOW, ODD, USUAL, line, told
from tests.recorded import DATA

STRANGE = ("us.INX", "hk00700", "zz1", "sh600000", "sh688001", "bj920001", "sz399001")
MORE = (
    "18.6700",
    "18.7",
    ".70",
    "8.70",
    "123456.78",
    "12345678.9",
    "1234567890123456",
    "2026091009300",
    "\x7f",
    " ",
)


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few lines are large enough."""
    monkeypatch.setattr(broadsheet, "LARGE", 2)
    monkeypatch.setattr(broadsheet, "SHORTEST", 1)


def usual(count: int, market: str = "sz") -> list[str]:
    """As many lines that have everything."""
    return [line(f"{market}{3001 + number:06d}") for number in range(count)]


def test_a_large_page_is_columns() -> None:
    """Otherwise this file compares a way with itself; a quote says what its line does."""
    payload = "".join(usual(4)).encode("gb18030")
    (frame,) = page(payload, NOW)
    assert isinstance(frame.quotes, Broadsheet)
    assert frame.quotes.usual.all()
    assert frame.quotes.price.tolist() == [18_670] * 4
    assert frame.quotes.roster == ("003001.SZ", "003002.SZ", "003003.SZ", "003004.SZ")
    assert frame == glance.page(payload, NOW)[0]
    assert (frame.quotes[1].bid, frame.quotes[1].volume_ratio) == (18_660, 0.84)
    (again,) = page(payload, NOW)
    assert isinstance(again.quotes, Broadsheet)
    assert again.quotes.roster is frame.quotes.roster
    judged = frame.quotes.judged(frame.quotes.usual, Phase.CONTINUOUS, {})
    assert {quote.phase for quote in judged} == {Phase.CONTINUOUS}


def test_a_small_page_is_read_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it always was."""
    monkeypatch.setattr(broadsheet, "LARGE", 5)
    (frame,) = page("".join(usual(4)).encode("gb18030"), NOW)
    assert isinstance(frame.quotes, tuple)


def test_markets_are_frames_of_their_own() -> None:
    """In the order in which they come, whatever lies between."""
    both = [text for pair in zip(usual(3), usual(3, "sh"), strict=True) for text in pair]
    payload = "".join([*both, 'v_pv_none_match="1";\n']).encode("gb18030")
    found = page(payload, NOW)
    assert [type(frame.quotes) for frame in found] == [Broadsheet] * 2
    assert found == glance.page(payload, NOW)


@pytest.mark.parametrize("path", sorted((DATA / "raw_http").glob("tencent*")), ids=lambda path: path.name)
def test_recorded_answers_are_the_same(path: Path) -> None:
    """Auctions, indices, Hong Kong, and tables that are no lines."""
    payload = path.read_bytes()
    assert told(lambda body: page(body, NOW), payload) == told(lambda body: glance.page(body, NOW), payload)


fields = st.dictionaries(
    st.integers(0, len(USUAL) - 1), st.sampled_from((*ODD, *MORE)) | st.sampled_from(USUAL), max_size=2
)
odd = st.builds(line, st.sampled_from(STRANGE), fields, st.sampled_from((88, 88, 88, 75, 74, 73, 50, 3, 2)))
changed = st.builds(line, st.sampled_from(("sz300308", "sz000001")), fields)
rests = st.sampled_from(
    ("", "", "", "\n", " \t", "v_sz", '"', "　", "~", 'v_a="";\n', 'v_a"";\n', 'v_a=";b";\n')
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(changed | odd, max_size=5), rests, st.integers(0, 6))
@example([line("sz300308", {61: "ZS"})], "", 2)
@example([line("sz300308", {1: "丂股~"})], "", 2)
@example([line("sz300308", {20: "1/2"}), line("sz000001", {9: "1234.56"})], "", 3)
@example([line("sz300308", {36: "123456789012345", 35: "18.67/123456789012345/1"})], "", 3)
@example([line("sz300308")[:-3] + line("sz000001")], "", 4)
@example([line("sz300308").replace("\n", " ") + line("sz000001")], "", 4)
def test_odd_lines_read_as_they_do_one_by_one(made: list[str], rest: str, place: int) -> None:
    """Among usual ones; any field may be anything."""
    whole = usual(6)
    payload = "".join([*whole[:place], *made, *whole[place:], rest]).encode("gb18030")
    found = told(lambda body: page(body, NOW), payload)
    assert found == told(lambda body: glance.page(body, NOW), payload)
    if isinstance(found, tuple):
        for frame in found:
            compare(frame)


def compare(frame: Frame) -> None:
    """The columns of usual rows are their quotes' figures."""
    sheet = frame.quotes
    if not isinstance(sheet, Sheet):
        return
    for row in sheet.rows():
        quote = sheet.quote(row)
        assert quote.symbol == sheet.roster[row]
        for name in (
            "price",
            "open",
            "high",
            "low",
            "prev_close",
            "limit_up",
            "limit_down",
            "shares",
            "volume",
        ):
            assert not sheet.usual[row] or (getattr(quote, name) or 0) == getattr(sheet, name)[row]


@pytest.mark.parametrize("body", [b'v_sz"\n', b"\xff" * 3, b'v_sz000001="\xff\xff";\n'])
def test_what_is_no_answer_is_refused_alike(body: bytes) -> None:
    """In the same words."""
    payload = "".join(usual(3)).encode("gb18030") + body
    assert told(lambda body: page(body, NOW), payload) == told(lambda body: glance.page(body, NOW), payload)


def test_rosters_are_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of ever other instruments do not fill the memory."""
    monkeypatch.setattr(broadsheet, "ROSTERS_KEPT", 2)
    monkeypatch.setattr(broadsheet, "ROSTERS", {})
    for count in range(3, 8):
        page("".join(usual(count)).encode("gb18030"), NOW)
        assert len(broadsheet.ROSTERS) <= 2
