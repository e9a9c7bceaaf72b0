"""Escaping at the one place where text becomes HTML, and lists that fit a message."""

import unicodedata
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.entities import parse
from handlers.command import Language
from handlers.locale.en import TEXTS as EN
from handlers.locale.zh import TEXTS as ZH
from handlers.reply import LIMIT, Html, bold, code, escape, fit, join, plain, say, units

ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=200)


@given(ANY_TEXT)
def test_foreign_text_survives_a_strict_parser_and_brings_no_entity(text: str) -> None:
    """Whatever a feed or user sends reads back as the text itself, without marks of its own."""
    shown, entities = parse(f"({escape(text)})")
    assert shown == f"({plain(text)})"
    assert list(entities) == []


@given(ANY_TEXT)
def test_bidi_marks_zero_widths_and_surrogates_never_pass(text: str) -> None:
    """They survive html.escape and would reorder or break what others read."""
    left = {unicodedata.category(char) for char in plain(text)}
    assert not left & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def test_escaping_keeps_letters_and_drops_tricks() -> None:
    """A right-to-left override, a zero width and a lone surrogate go; a line break becomes a blank."""
    assert escape("a<b>&\u202ec\u200b\ud83d\nd") == "a&lt;b&gt;&amp;c d"
    assert bold("<") == "<b>&lt;</b>"
    assert code(Html("<i>")) == "<code><i></code>"


def test_say_escapes_fields_that_are_no_html() -> None:
    """A field is foreign unless it says otherwise."""
    assert say(Language.EN, "watch.already", names="<x>") == "Watched already: &lt;x&gt;"
    assert say(Language.EN, "watch.already", names=bold("x")) == "Watched already: <b>x</b>"
    assert say(Language.ZH, "list.head", count=3) == "<b>自选 3</b>"


def test_join_leaves_out_what_is_empty() -> None:
    """Optional parts need no conditions where they are joined."""
    assert join(("a", "", Html("<b>b</b>")), " ") == "a <b>b</b>"


@pytest.mark.parametrize(("text", "count"), [("a", 1), ("<b>a</b>&amp;", 2), ("\U0001f600", 2), ("光", 1)])
def test_units_count_as_telegram_does(text: str, count: int) -> None:
    """UTF-16 units once tags and entities are parsed."""
    assert units(text) == count


def test_a_short_list_is_whole() -> None:
    """Nothing is cut that fits."""
    assert fit(Html("head"), [Html("a"), Html("b")], lambda left: Html(f"+{left}")) == "head\na\nb"
    assert fit(Html(""), [Html("a")], lambda left: Html(f"+{left}")) == "a"


@given(st.lists(st.integers(1, 300), max_size=60), st.integers(0, 200))
def test_a_long_list_is_cut_with_a_true_count(sizes: list[int], head: int) -> None:
    """The text never passes the limit, and rows shown plus rows counted are all rows."""
    rows = [escape("&" * size) for size in sizes]
    text = fit(Html("h" * head), rows, lambda left: Html(f"+{left}"), limit=1000)
    assert units(text) <= 1000
    *_, last = text.split("\n")
    counted = int(last[1:]) if last.startswith("+") else 0
    assert sum(line.startswith("&amp;") for line in text.split("\n")) + counted == len(rows)


def test_the_two_catalogues_say_the_same_things() -> None:
    """Same keys, same fields, tags that a strict parser takes, nothing beyond one message."""
    assert set(EN) == set(ZH)
    for key, english in EN.items():
        fields = {part.split("}")[0] for part in english.split("{")[1:]}
        assert fields == {part.split("}")[0] for part in ZH[key].split("{")[1:]}, key
        for language in Language:
            text = say(language, key, **dict.fromkeys(fields, "1"))
            shown, _ = parse(text)
            assert 0 < len(shown) <= LIMIT
            assert unescape(shown) == shown
