"""Words: name, event and number first, in both languages; escaped, bounded, and honest about the journey."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.episodes import Edit, Form, Post, Row, posted
from bot.delivery.headline import Words
from bot.delivery.render import Tone, cut, message, plain, repeated
from handlers.command import Language
from handlers.reply import LIMIT, units
from rules import signals as signals  # noqa: PLC0414 -- fills the registry that conditions are read by
from rules.model import Direction, Instrument, Kind, State
from tests.bot.delivery.values import BITCOIN, INNOLIGHT, OPTICS, alert, row

EN, ZH = Language
DOWN = Direction.DOWN
PROVISIONAL, CONFIRMED, WITHDRAWN = State.PROVISIONAL, State.CONFIRMED, State.WITHDRAWN
CLOSE = datetime(2025, 11, 26, 7, 0, tzinfo=UTC)
MACD: Mapping[str, Any] = {
    "signal": "macd",
    "text": "macd golden cross",
    "value": None,
    "level": None,
    "price": 551_500,
    "change": 0.1498,
    "level_price": 551.4385,
}


def lines(one: Row, language: Language = EN, instrument: Instrument = INNOLIGHT, **tone: Any) -> list[str]:
    """The text lines of a card with all alerts of the row."""
    step = Post(keys=tuple(old.key for old in one.alerts), silent=False)
    return unescape(plain(message(one, step, Words(language, instrument), Tone(**tone)))).split("\n")


def first(language: Language = EN, instrument: Instrument = INNOLIGHT, **fields: Any) -> str:
    """The first line of a card with one alert."""
    return lines(row(alert(**fields)), language, instrument)[0]


@pytest.mark.parametrize(
    ("fields", "english", "chinese"),
    [
        ({}, "Innolight +10% 527.70", "中际旭创 +10% 527.70"),
        (
            {"level": -5.0, "value": -6.2, "direction": DOWN},
            "Innolight -5% 527.70 · at -6.2%",
            "中际旭创 -5% 527.70｜现-6.2%",
        ),
        ({"level": 2.5}, "Innolight +2.5% 527.70 · at +10.0%", "中际旭创 +2.5% 527.70｜现+10.0%"),
        (
            {
                "signal": "record high",
                "text": "record high",
                "price": 542_020,
                "change": 0.13,
                "level_price": 542.01,
            },
            "Innolight RECORD HIGH 542.02 +13.0% · was 542.01",
            "中际旭创 创历史新高 542.02 +13.0%｜前高542.01",
        ),
        (
            {
                "signal": "record low",
                "text": "record low",
                "price": 42_020,
                "change": -0.13,
                "level_price": None,
            },
            "Innolight RECORD LOW 42.02 -13.0%",
            "中际旭创 创历史新低 42.02 -13.0%",
        ),
        (
            {"signal": "new high(60d)", "text": "new high(60d)"},
            "Innolight 60-day HIGH 527.70 +10.0%",
            "中际旭创 创60日新高 527.70 +10.0%",
        ),
        (
            {"signal": "new low(day)", "text": "new low(day)"},
            "Innolight day LOW 527.70 +10.0%",
            "中际旭创 创今日新低 527.70 +10.0%",
        ),
        (
            {
                "signal": "market_cap",
                "text": "market_cap > 610B",
                "level": 610e9,
                "price": 549_000,
                "change": 0.145,
            },
            "Innolight 610B cap 549.00 +14.5%",
            "中际旭创 市值破6100亿 549.00 +14.5%",
        ),
        (
            {"signal": "market_cap", "text": "market_cap < 610B", "level": 610e9, "direction": DOWN},
            "Innolight under 610B cap 527.70 +10.0%",
            "中际旭创 市值跌破6100亿 527.70 +10.0%",
        ),
        (
            {"signal": "move(5m)", "text": "move(5m) > 3%", "value": 3.82, "price": 512_400, "change": 0.068},
            "Innolight +3.8% in 5 min 512.40, day +6.8%",
            "中际旭创 5分钟+3.8% 现512.40 全天+6.8%",
        ),
        (
            {
                "signal": "ma(20)",
                "text": "reclaim ma(20)",
                "price": 482_000,
                "change": 0.005,
                "level_price": 481.066,
            },
            "Innolight back above MA20 482.00 +0.5% · MA20 481.07",
            "中际旭创 站上20日线 482.00 +0.5%｜20日线481.07",
        ),
        (
            {"signal": "ma(5)", "text": "lose ma(5)", "level_price": None},
            "Innolight lost MA5 527.70 +10.0%",
            "中际旭创 跌破5日线 527.70 +10.0%",
        ),
        (
            {"signal": "ma(5)", "text": "price > ma(5)", "level_price": None},
            "Innolight above MA5 527.70 +10.0%",
            "中际旭创 高于5日线 527.70 +10.0%",
        ),
        (
            {**MACD, "state": PROVISIONAL},
            "Innolight MACD golden cross 551.50 +15.0% · provisional · needs 551.44",
            "中际旭创 MACD金叉 551.50 +15.0%｜盘中未定 需551.44",
        ),
        (
            {**MACD, "signal": "macd(15m)", "text": "macd(15m) golden cross", "state": PROVISIONAL},
            "Innolight macd(15m) golden cross 551.50 +15.0% · provisional",
            "中际旭创 15分钟线MACD金叉 551.50 +15.0%｜盘中未定",
        ),
        (
            {"signal": "ma(20, 5m)", "text": "reclaim ma(20, 5m)", "level_price": 481.066},
            "Innolight reclaim ma(20, 5m) 527.70 +10.0%",
            "中际旭创 5分钟线站上20均线 527.70 +10.0%",
        ),
        (
            {**MACD, "state": CONFIRMED, "time": CLOSE},
            "Innolight MACD golden cross 551.50 +15.0% · confirmed · needs 551.44",
            "中际旭创 MACD金叉 551.50 +15.0%｜收盘确认 需551.44",
        ),
        (
            {**MACD, "state": WITHDRAWN, "price": 543_220, "time": CLOSE},
            "VOID Innolight MACD golden cross · close 543.22, need 551.44",
            "撤回 中际旭创 MACD金叉未成立｜收543.22 需551.44",
        ),
        (
            {**MACD, "direction": DOWN, "text": "macd death cross", "state": WITHDRAWN, "price": 550_000},
            "VOID Innolight MACD death cross · 550.00, need 551.44",
            "撤回 中际旭创 MACD死叉未成立｜现550.00 需551.44",
        ),
        (
            {"text": "change > 5% and record high"},
            "Innolight change > 5% and record high 527.70 +10.0%",
            "中际旭创 涨跌幅 > 5% 且 历史新高 527.70 +10.0%",
        ),
        (
            {"signal": "rsi(6)", "text": "rsi(6) > 80"},
            "Innolight rsi(6) > 80 527.70 +10.0%",
            "中际旭创 RSI(6) > 80 527.70 +10.0%",
        ),
        ({"away": True}, "Innolight +10% 527.70 · while away", "中际旭创 +10% 527.70｜离线期间"),
    ],
)
def test_the_first_line_opens_with_name_event_and_number(
    fields: dict[str, Any], english: str, chinese: str
) -> None:
    """The wording of the defaults, in English and in Chinese."""
    assert first(EN, **fields) == english
    assert first(ZH, **fields) == chinese


def test_a_price_the_user_typed_is_called_theirs() -> None:
    """Coins say since when; separators only in English; a touch says so."""
    coin: dict[str, Any] = {
        "signal": "price",
        "text": "price > 100000",
        "price": 100_012 * 10**8,
        "decimals": 8,
        "change": 0.031,
        "level": 100_000.0,
        "value": 100_012.0,
        "symbol": BITCOIN.symbol,
    }
    assert first(EN, BITCOIN, **coin) == "BTC above your 100,000: 100,012 · +3.1% since 00:00 UTC"
    assert first(ZH, BITCOIN, **coin) == "BTC 上破你设的100000 现100012｜今日+3.1%（08:00起）"
    stock: dict[str, Any] = {
        "signal": "price",
        "text": "price < 500",
        "level": 500.0,
        "price": 499_980,
        "direction": DOWN,
    }
    assert first(EN, **stock) == "Innolight below your 500: 499.98 · +10.0% today"
    assert first(ZH, **stock, touched=True) == "中际旭创 触及你设的500 现499.98｜今日+10.0%"
    assert first(EN, **stock, touched=True, change=None) == "Innolight touched your 500 now 499.98"


def test_a_group_shows_its_change_and_no_price() -> None:
    """A sector has a name, a move and leaders; nobody quotes its index."""
    group: dict[str, Any] = {
        "symbol": OPTICS.symbol,
        "decimals": 8,
        "price": 10**11,
        "value": 6.1,
        "level": 5.0,
        "change": 0.061,
    }
    assert first(EN, OPTICS, **group) == "Optical modules +6.1%"
    leaders = {**group, "signal": "leaders", "text": "leaders >= 3", "value": 3.0, "level": 3.0}
    assert first(EN, OPTICS, **leaders) == "Optical modules 3 leaders +6.1%"
    assert first(ZH, OPTICS, **{**leaders, "value": 1.0}) == "光模块 1家领涨 +6.1%"


def test_an_index_shows_two_decimals_and_the_unnamed_their_code() -> None:
    """Eight stored decimals are nobody's reading; a code stands only where there is no name."""
    index = Instrument(symbol="000300.SH", kind=Kind.INDEX, name="沪深300", decimals=8)
    assert first(EN, index, price=450_012_345_678, decimals=8) == "沪深300 +10% 4500.12"
    assert first(EN, Instrument(symbol="600000.SH")) == "600000 +10% 527.70"


def test_what_is_odd_about_an_event_does_not_break_its_words() -> None:
    """Missing values fall back to the condition's own text."""
    assert first(value=None, level=None) == "Innolight change > 10% 527.70 +10.0%"
    for signal in ("move", "ma(x)", "new high", "market_cap"):
        assert first(signal=signal, text="x", level=None, value=None) == "Innolight x 527.70 +10.0%"
    assert first(price=None, change=None) == "Innolight +10%"


def test_lateness_and_repeats_stand_on_the_first_line() -> None:
    """Up to five seconds nobody is told."""
    assert lines(row(alert()), late=5)[0] == "Innolight +10% 527.70"
    assert lines(row(alert()), late=6)[0] == "Innolight +10% 527.70 · 6 s late"
    assert lines(row(alert()), ZH, late=61, repeat=True)[0] == "中际旭创 +10% 527.70｜迟61秒 (重复)"
    assert lines(row(alert()), repeat=True)[0] == "Innolight +10% 527.70 (repeat)"
    assert repeated("<b>x</b>", EN) == "<b>x</b>\n(repeat)"
    assert repeated("x" * LIMIT, ZH) == "x" * LIMIT


def test_evidence_stands_beneath() -> None:
    """The rule's words, figures and the exchange's clock; other alerts, notes and what is not decided yet."""
    one = row(
        alert("a", evidence={"volume": 2.1, "source": "tape", "days": 20}, note="<b>sell</b> half"),
        alert("b", **MACD, state=PROVISIONAL),
    )
    assert lines(one) == [
        "Innolight +10% 527.70",
        "MACD golden cross 551.50 +15.0% · provisional · needs 551.44",
        "change > 10% · volume 2.1 · source tape · 10:31:05",
        "provisional: not decided until the close",
        "<b>sell</b> half",
    ]
    bar = {"bar": "2025-11-26T02:30:00+00:00", "minutes": 15.0, "bars": 20}
    minute = alert("c", signal="rsi(14, 15m)", text="rsi(14, 15m) > 70", state=PROVISIONAL, evidence=bar)
    assert lines(row(minute))[1:] == [
        "rsi(14, 15m) > 70 · 10:31:05",
        "provisional: not decided until the 15-minute bar of 10:30 ends",
    ]
    assert lines(row(minute), ZH)[2] == "10:30的15分钟线未走完，收线才算数"
    assert lines(row(alert(touched=True)), ZH)[1] == "涨跌幅 > 10% · 由当日最高或最低价触及 · 10:31:05"


@pytest.mark.parametrize(
    ("evidence", "english", "chinese"),
    [
        ({"since the open": 98.0}, "since the open 98", "自开盘 98"),
        ({"auction": "indicative"}, "auction indicative", "竞价 参考价"),
        ({"3-day deviation %": 20.5}, "3-day deviation % 20.5", "3日偏离值% 20.5"),
        ({"reason": "not known: the bar ended while nobody watched"}, "not known: the bar", "离线时收盘"),
        ({"since": "00:00 UTC"}, "since 00:00 UTC", "自 00:00 UTC（08:00）"),
        ({"a new one": 1_111_117_000}, "a new one 1.11B", "a new one 11.11亿"),
    ],
)
def test_evidence_has_names_in_both_languages(
    evidence: Mapping[str, Any], english: str, chinese: str
) -> None:
    """A move within the first minutes says that it counts from the open; an unknown name stays as it is."""
    for language, words in ((EN, english), (ZH, chinese)):
        assert f" · {words}" in lines(row(alert(evidence=evidence)), language)[1]


def test_clocks_are_the_markets_own() -> None:
    """New York for US shares, UTC where nothing closes, and said so."""
    time = datetime(2025, 11, 26, 15, 0, tzinfo=UTC)
    assert lines(row(alert(symbol="AAPL.US", time=time)))[1].endswith(" · 10:00:00")
    assert lines(row(alert(symbol=BITCOIN.symbol, time=time)), EN, BITCOIN)[1].endswith(" · 15:00:00 UTC")
    assert lines(row(alert(symbol="@optical-modules", time=time)))[1].endswith(" · 23:00:00")


def test_an_old_card_is_one_line_with_every_state() -> None:
    """What was several lines names each alert once, void ones as such."""
    one = row(alert("a"), alert("b", **MACD, state=PROVISIONAL), alert("c", **MACD, state=WITHDRAWN))
    step = Edit(index=0, keys=("a:1", "b:1", "c:1"), form=Form.LINE)
    text = message(one, step, Words(EN, INNOLIGHT), Tone())
    assert text == (
        "Innolight +10% 527.70 · MACD golden cross 551.50 +15.0% (provisional) · "
        "VOID MACD golden cross · 551.50, need 551.44"
    )
    only = row(alert("c", **MACD, state=WITHDRAWN), alert("d", **MACD, state=WITHDRAWN))
    step = Edit(index=0, keys=("c:1", "d:1"), form=Form.LINE)
    assert message(only, step, Words(ZH, INNOLIGHT), Tone()).startswith(
        "撤回 中际旭创 MACD金叉未成立｜现551.50 需551.44 · 撤回 "
    )


def test_a_card_recalls_what_stood_before() -> None:
    """Settled alerts of older messages in one line."""
    one = row(alert("a", level=5.0), alert("b"))
    one = replace(one, posted=posted(one, Post(keys=("a:1",), silent=False), 1, "x"))
    text = plain(message(one, Post(keys=("b:1",), silent=False), Words(EN, INNOLIGHT), Tone()))
    assert "earlier: +5%" in text
    text = plain(message(one, Post(keys=("b:1",), silent=False), Words(ZH, INNOLIGHT), Tone()))
    assert "此前：+5%" in text


def test_a_thousand_alerts_fit_one_message() -> None:
    """A card counts the lines it leaves out, a line the alerts."""
    texts = (f"change > {number}% and price > 1" for number in range(1000))
    many = row(*(alert(f"r{number}", text=text) for number, text in enumerate(texts)))
    card = "\n".join(lines(many))
    assert "more" in card
    keys = tuple(old.key for old in many.alerts)
    for language in Language:
        text = message(many, Edit(index=0, keys=keys, form=Form.LINE), Words(language, INNOLIGHT), Tone())
        assert units(text) <= LIMIT
        assert "more" in text or "另有" in text


class Strict(HTMLParser):
    """Reads Telegram HTML and refuses what it does not allow."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.open = "", list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Only b and i, without attributes."""
        assert tag in {"b", "i"}
        assert not attrs
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Closed in order."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Text between tags."""
        self.text += data


@given(
    name=st.text(max_size=200),
    note=st.text(max_size=600),
    text=st.text(max_size=300),
    source=st.text(max_size=50),
    language=st.sampled_from(Language),
    form=st.sampled_from(Form),
)
@settings(deadline=None)  # the first text builds the language's tables
def test_any_foreign_text_stays_text(
    name: str, note: str, text: str, source: str, language: Language, form: Form
) -> None:
    """Names, notes, conditions and evidence bring no tag, direction mark or surrogate, and always fit."""
    one = row(
        alert("a", note=note, text=text, signal="odd", evidence={"source": source}), alert("b", note=note)
    )
    instrument = Instrument(symbol="300308.SZ", name=name, english=name)
    keys = ("a:1", "b:1")
    step = Post(keys=keys, silent=False) if form is Form.CARD else Edit(index=0, keys=keys, form=form)
    html = message(one, step, Words(language, instrument), Tone())
    parser = Strict()
    parser.feed(html)
    parser.close()
    assert not parser.open
    assert units(html) <= LIMIT
    html.encode("utf-8")
    assert not set(parser.text) & set("\u202e\u200b\u2066\ufeff")
    bare = Strict()
    bare.feed(plain(html))
    bare.close()
    assert bare.text == parser.text


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60), st.integers(2, 40))
def test_a_cut_never_splits_a_pair(text: str, most: int) -> None:
    """At most so many UTF-16 units, a prefix, and an ellipsis only where something is missing."""
    short = cut(text, most)
    assert len(short.encode("utf-16-le")) // 2 <= most
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))
