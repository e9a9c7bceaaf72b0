"""Lines read at a glance are the quotes that `gtimg.py` reads field by field, whatever is in them."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import FeedError
from bot.formats.glance import HEADS, KEPT, PRICES, Line, page
from bot.formats.gtimg import quote, records
from bot.intake.frames import frames
from rules.model import Frame
from tests.recorded import DATA, needs

NOW = datetime(2026, 9, 10, 2, tzinfo=UTC)
RECORDED = "raw_http/tencent_a_20260910_1055.gb18030.bin"
BOOK = "~".join(f"{18.66 - n / 100:.2f}~{146 + n}" for n in range(5))
ASKS = "~".join(f"{18.68 + n / 100:.2f}~{200 + n}" for n in range(5))
USUAL = (
    f"51~证券名称~000001~18.67~18.50~18.67~8825~1~1~{BOOK}~{ASKS}~~20260910093004~0.17~0.92~18.70~18.60~"
    "18.67/8825/16475530~8825~1648~0.51~27.31~~18.70~18.60~0.54~127.71~127.71~3.21~20.35~16.65~0.84~"
    "0.00~0.00~0.00~0.00~0.00~0.00~0.00~1647.5530~0.00~0.00~ ~GP-A~-1.00~5.13~1.11~8.18~3.39~30.63~15.70~"
    "5.23~15.67~-25.11~684032485~684032486~42.72~10.31~684032485~~~37.23~0.18~~CNY~0~~21.85~1952"
).split("~")
# What may stand in a field instead; some of it Python's own readers would take for numbers.
ODD = (
    *(
        "",
        "0",
        "0.00",
        "-",
        "--",
        "-1",
        "1.2345",
        "1.2300",
        "12",
        "1_0",
        "NaN",
        "1e5",
        "１",
        "abc",
        "ZS",
        "S",
    ),
    *("9" * 19, "0.001", "9" * 40, "1.2.3", " 5", "20260910093007", "20261301000000", "99990101000000"),
    *(
        "N新股",
        "C新股",
        "丂股",
        "万 科Ａ",
        "/",
        "1/2/3",
        "18.67/8825/",
        "18.67/8825/16475530.5",
        "000002",
        "a'b",
    ),
)
KEYS = ("sz000001", "sh688001", "sh000001", "bj920001", "hk00700", "sh600000", "us.INX", "zz1", "sz30030x")


def slow(payload: bytes) -> tuple[Frame, ...]:
    """The quotes field by field."""
    return frames((quote(key, fields, NOW) for key, fields in records(payload)), NOW)


def told(read: object, payload: bytes) -> object:
    """The frames, or the word for what is none."""
    assert callable(read)
    try:
        return read(payload)
    except FeedError as error:
        return str(error).partition(": '")[0]


def line(key: str = "sz000001", changes: dict[int, str] | None = None, length: int = 88) -> str:
    """A usual line with some fields changed, of so many fields."""
    cells = [*USUAL]
    cells[2] = key[2:]
    for place, text in (changes or {}).items():
        cells[place] = text
    return f'v_{key}="{"~".join(cells[:length])}";\n'


def test_a_usual_line_is_read_at_a_glance() -> None:
    """Otherwise this file compares a way with itself."""
    ((made,),) = (frame.quotes for frame in page(line().encode("gb18030"), NOW))
    assert type(made) is Line
    assert made.price == 18_670
    assert type(made) is Line
    assert (made.bid, made.volume_ratio, made.unmatched) == (18_660, 0.84, None)


@needs(RECORDED)
def test_recorded_lines_are_read_at_a_glance() -> None:
    """Stocks of Shanghai and Shenzhen in the midst of a morning."""
    found = page((DATA / RECORDED).read_bytes(), NOW)
    assert [type(quote) for frame in found for quote in frame.quotes] == [Line] * 4
    assert found == slow((DATA / RECORDED).read_bytes())


@pytest.mark.parametrize("path", sorted((DATA / "raw_http").glob("tencent*")), ids=lambda path: path.name)
def test_recorded_answers_are_the_same(path: object) -> None:
    """Auctions, indices, Hong Kong, and tables that are no lines."""
    payload = (DATA / str(path)).read_bytes()
    assert told(lambda body: page(body, NOW), payload) == told(slow, payload)


fields = st.dictionaries(
    st.integers(0, len(USUAL) - 1), st.sampled_from(ODD) | st.sampled_from(USUAL), max_size=3
)
lines = st.builds(line, st.sampled_from(KEYS), fields, st.sampled_from((88, 88, 88, 74, 73, 50, 49, 3, 2)))


@given(st.lists(lines, max_size=5), st.sampled_from(("", "", "\n", " \t", "v_sz", '"', "　", "~")))
@example([line(changes={3: "0.00"}), line(changes={2: "000002"}), line(changes={30: "20261301000000"})], "")
@example([line(changes={36: "1"}), line("sh688001", {36: "882500"})], "")
def test_odd_fields_read_as_they_do_one_by_one(made: list[str], rest: str) -> None:
    """A page of lines of which any field may be anything, and what may follow the last one."""
    payload = ("".join(made) + rest).encode("gb18030")
    assert told(lambda body: page(body, NOW), payload) == told(slow, payload)


@given(
    st.lists(lines, min_size=1, max_size=3),
    st.integers(0, 1500),
    st.integers(0, 3),
    st.binary(max_size=3) | st.sampled_from((b'";', b'="', b"~", b"\n", b"\x81", b"\x81~")),
)
def test_damaged_bytes_read_as_they_do_one_by_one(made: list[str], at: int, gone: int, come: bytes) -> None:
    """Bytes lost and bytes put in: the same quotes, the same flaws, the same refusals of the whole."""
    whole = "".join(made).encode("gb18030")
    at %= len(whole)
    payload = whole[:at] + come + whole[at + gone :]
    first, second = told(lambda body: page(body, NOW), payload), told(slow, payload)
    assert isinstance(first, str) == isinstance(second, str)
    assert first == second or isinstance(first, str)


def test_what_is_remembered_is_bounded() -> None:
    """Prices by their text, and instruments by the head of their line."""
    for number in range(KEPT + 10):
        assert PRICES[b"%d.50" % number] == number * 1000 + 500
    assert len(PRICES) <= KEPT
    assert len(HEADS) <= KEPT
