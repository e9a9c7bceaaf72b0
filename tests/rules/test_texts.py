"""Texts read many at a time come to what the parser makes of each, its errors included."""

import random
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rules import texts
from rules.language import LanguageError, Line, canonical, parse
from rules.model import Condition, Instrument, Kind
from rules.signal import others
from rules.texts import Texts
from tests.rules.language.test_language_properties import GROUP, OTHERS, SHARE, nodes, options

COIN = Instrument(symbol="BTCUSDT.BINANCE", kind=Kind.COIN, decimals=8, tick=1)
KNOWN = {one.symbol: one for one in (SHARE, GROUP, COIN, *OTHERS, replace(SHARE, symbol="000001.SZ"))}
ODD = (
    "0", "-0", "-1", "5", "5.0", "05", "0.5", "-0.5", ".5", "5.", "+5", "1e5", "1_0", "99.9", "100", "-99.9",
    "-100", "-100.5", "999.9", "1000", "1000.5", "999999999", "1000000000", "12345678901234567",
    "1.1234567890123", "0.0001", "12.345", "12.3456", "1,000", "٣", "５", "--5", "5-", "",
)  # fmt: skip


def by_parser(text: str) -> tuple[Condition, tuple[str, ...]] | str:
    """What the parser makes of a text, with the others it reads; or its error."""
    try:
        condition = parse(text, KNOWN.get).condition
    except LanguageError as error:
        return str(error)
    return condition, others(condition.root, KNOWN[condition.symbol])


def by_texts(reader: Texts, text: str) -> tuple[Condition, tuple[str, ...]] | str:
    """The same by the fast road."""
    try:
        return reader.read(text)
    except LanguageError as error:
        return str(error)


def same(reader: Texts, *lines: str) -> None:
    """Each line by both roads, twice: as the first of its wording and as one of many."""
    for line in (*lines, *lines):
        assert by_texts(reader, line) == by_parser(line)


@pytest.mark.parametrize("instrument", [SHARE, GROUP, COIN], ids=["share", "group", "coin"])
@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_any_condition_with_any_number(data: st.DataObject, instrument: Instrument) -> None:
    """Every signal, composites and options; then the same words with other numbers, canonical or odd."""
    root, said = data.draw(nodes(instrument)), data.draw(options())
    made = Condition(
        symbol=instrument.symbol, root=root, text="", sessions=said.sessions, hysteresis=said.hysteresis
    )
    text = canonical(Line(condition=made, options=said))
    assume(len(text) < 500)
    odd = st.sampled_from(ODD) | st.integers(-(10**6), 10**12).map(lambda n: f"{Decimal(n).scaleb(-3):f}")
    mixed = [re.sub(r"-?[\d.]+(?=\D*$|\D* and)", lambda _: data.draw(odd), text) for _ in range(4)]
    reader = Texts(KNOWN.get)
    same(reader, text, *mixed)
    same(Texts(KNOWN.get), *mixed, text)


LEVELS = ("560", "560.5", "0.05", "-3", "5", "1000", "610", "1.5", "99999999.999")
FORMS = (
    "price > {}", "price crosses above {}", "change > {}%", "change < {}%", "market_cap > {}B",
    "market_cap > {}M", "market_cap > {}K", "market_cap > {}", "turnover > {}B", "volume > {}x",
    "rsi(6) > {}", "cci(14) < {}", "limit_streak >= {}", "near ma(60) {}%", "range > {}x atr(14)",
    "price outside ({}, 9999)", "price > {} and change > 5%", "change > 5% and not change > {}%",
    "price > {} or record high", "price > {} and change > 1% or record high",
    "not (price > {} or record high)", "strength(000300.SH) > {}%", "price > {} | session auction,regular",
    'price > {} | hysteresis 1% note "a > 5"', "price > {} | every 5m", "涨幅超{}%", "price  > {}",
    "price > {} ", "rocket", "record high", "reclaim ma({})", "move(5m) > {}%",
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_unit_and_every_odd_number(form: str) -> None:
    """Bounds, signs, noughts, units that change with size, digits that are no digits: as the parser says."""
    reader = Texts(KNOWN.get)
    for symbol in ("300308.SZ", "000001.SZ", "BTCUSDT.BINANCE", "300308", "nobody"):
        same(reader, *(f"{symbol} {form.format(number)}" for number in (*LEVELS, *ODD)))


@pytest.mark.parametrize(
    "text", ["", " ", "300308.SZ", "any @g change > 5%", "@g change > 5%", "300308.SZ |", "\n"]
)
def test_lines_that_say_little(text: str) -> None:
    """Nothing, a symbol alone, groups."""
    same(Texts(KNOWN.get), text)


def test_a_wording_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand texts of three wordings ask the parser three times; too many wordings are forgotten."""
    asked: list[str] = []

    def counted(text: str, resolve: Callable[[str], Instrument | None]) -> Line:
        asked.append(text)
        return parse(text, resolve)

    monkeypatch.setattr(texts, "parse", counted)
    chance, reader = random.Random(5), Texts(KNOWN.get)  # noqa: S311 - seeded numbers
    for _ in range(1000):
        level = f"{chance.randrange(101, 1000)}.{chance.randrange(1, 10)}"
        for form in ("price > {}", "price > {} and change > 5%", "change > {}% | session auction"):
            reader.read(f"300308.SZ {form.format(level)}")
    assert len(asked) == 3
    monkeypatch.setattr(texts, "MOST_WORDINGS", 2)
    reader.read("300308.SZ record high")
    reader.read("300308.SZ price > 101.5")
    assert len(asked) == 5
