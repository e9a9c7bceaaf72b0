"""Telegram's HTML: what is let in, what it becomes, what is refused and in which words."""

import html
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.entities import EntityError, parse
from bot.web.spans import Entity, clean, detect, link, units

PLAIN = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\u202a\u202b\u202c\u202d\u202e"
    ),
    max_size=40,
)
STYLES = {"b": "bold", "i": "italic", "u": "underline", "s": "strikethrough", "tg-spoiler": "spoiler"}


def of(kind: str, offset: int, length: int, **more: str) -> Entity:
    """An entity, short."""
    return Entity(type=kind, offset=offset, length=length, **more)


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<b>a</b>", "a", [of("bold", 0, 1)]),
        ("<strong>a</strong><EM>b</EM>", "ab", [of("bold", 0, 1), of("italic", 1, 1)]),
        ("<ins>a</ins><strike>b</strike>", "ab", [of("underline", 0, 1), of("strikethrough", 1, 1)]),
        ("<u>a</u> <del>b</del>", "a b", [of("underline", 0, 1), of("strikethrough", 2, 1)]),
        ('<span class="tg-spoiler">a</span>', "a", [of("spoiler", 0, 1)]),
        ("<tg-spoiler>a</tg-spoiler>", "a", [of("spoiler", 0, 1)]),
        ("<blockquote>a</blockquote>", "a", [of("blockquote", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [of("expandable_blockquote", 0, 1)]),
        ("<code>a</code>", "a", [of("code", 0, 1)]),
        ("<pre>a</pre>", "a", [of("pre", 0, 1)]),
        ('<pre><code class="language-python">a</code></pre>', "a", [of("pre", 0, 1, language="python")]),
        ('<code class="language-python"><pre>a</pre></code>', "a", [of("pre", 0, 1, language="python")]),
        ('<code class="big">a</code>', "a", [of("code", 0, 1)]),
        (
            '<a href="https://e.org/x?y=1&amp;z=2">a</a>',
            "a",
            [of("text_link", 0, 1, url="https://e.org/x?y=1&z=2")],
        ),
        ("<a href=e.org>a</a>", "a", [of("text_link", 0, 1, url="http://e.org/")]),
        ("<a>e.org</a>", "e.org", [of("text_link", 0, 5, url="http://e.org/")]),
        ("<a href='javascript:alert(1)'>a</a>", "a", []),
        ("&lt;&gt;&amp;&quot;&#65;&#x1F600;", '<>&"A\U0001f600', []),
        ("&nbsp; &unknown; & &#0; &#x110000;", "&nbsp; &unknown; & &#0; &#x110000;", []),
        ("\U0001f600<b>a</b>", "\U0001f600a", [of("bold", 2, 1)]),
        ("<b></b>a", "a", []),
        ("<b>a</>", "a", [of("bold", 0, 1)]),
    ],
)
def test_markup_becomes_text_and_entities(source: str, text: str, entities: list[Entity]) -> None:
    """Every tag and escape Telegram knows is read as Telegram reads it."""
    assert parse(source) == (text, tuple(entities))


@pytest.mark.parametrize(
    ("source", "entities"),
    [
        ("<b>a<i>b</i></b>", [of("bold", 0, 2), of("italic", 1, 1)]),
        ("<b>a</b><b>b</b>", [of("bold", 0, 2)]),
        ("<b>a<b>b</b></b>", [of("bold", 0, 2)]),
        ("<b>a<code>b</code>c</b>", [of("bold", 0, 1), of("code", 1, 1), of("bold", 2, 1)]),
        ("<code><b>a</b></code>", [of("code", 0, 1)]),
        ("<pre>a<code>b</code></pre>", [of("pre", 0, 2)]),
        ('<a href="e.org"><code>a</code></a>', [of("code", 0, 1)]),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", [of("blockquote", 0, 2)]),
        ("<blockquote><code>a</code>b</blockquote>", [of("blockquote", 0, 2), of("code", 0, 1)]),
    ],
)
def test_nesting_is_settled(source: str, entities: list[Entity]) -> None:
    """Equal styles merge, code holds and meets nothing but quotes, quotes do not nest."""
    assert parse(source)[1] == tuple(entities)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("é<b>a</i>", 'Unmatched end tag at byte offset 6, expected "</b>", found "</i>"'),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<script>", 'Unsupported start tag "script" at byte offset 0'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("1 <", "Unclosed start tag at byte offset 2"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<a href", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'),
        ('<a ="x">', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=x/y>a</a>", "Unexpected end of name token at byte offset 8"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("&#xD800;", "Text contains invalid Unicode characters after decoding HTML entities"),
    ],
)
def test_broken_markup_is_refused_in_telegrams_words(source: str, reason: str) -> None:
    """A tag that is unknown, unclosed or crossed is refused with its byte offset."""
    with pytest.raises(EntityError) as caught:
        parse(source)
    assert str(caught.value).startswith(reason)


@given(PLAIN)
def test_escaped_text_comes_back_unchanged(text: str) -> None:
    """Any text, escaped, reads as itself and holds no entity."""
    got, entities = parse(html.escape(text))
    assert (got, entities) == (text.strip(" \n"), ())


@dataclass(frozen=True)
class Piece:
    """A styled stretch of a made-up document."""

    tag: str
    text: str


@given(st.lists(st.builds(Piece, st.sampled_from(["", *STYLES]), PLAIN.map(str.strip).filter(bool))))
def test_offsets_are_utf16_units(pieces: list[Piece]) -> None:
    """The unit slice an entity names is the text its tags held."""
    source = "".join(
        f"<{p.tag}>{html.escape(p.text)}</{p.tag}>" if p.tag else html.escape(p.text) for p in pieces
    )
    text, entities = parse(source)
    raw = text.encode("utf-16-le")
    joined = dict.fromkeys(STYLES.values(), "")
    for entity in entities:
        joined[entity.type] += raw[2 * entity.offset : 2 * entity.end].decode("utf-16-le")
    for tag, kind in STYLES.items():
        held = "".join(piece.text for piece in pieces if piece.tag == tag)
        assert joined[kind] == held
    assert units(text) == len(raw) // 2


@given(st.text("<>/&;ab \"'=#x1\n", max_size=30))
def test_no_input_breaks_the_reader(source: str) -> None:
    """Whatever comes, the answer is text with entities inside it, or a refusal."""
    try:
        text, entities = parse(source)
    except EntityError:
        return
    assert all(0 <= entity.offset < entity.end <= units(text) for entity in entities)


def test_white_space_at_the_ends_goes() -> None:
    """Trimming moves offsets, and stops before an entity that begins there."""
    assert parse("  \n a<b>b </b> \n") == ("ab", (of("bold", 1, 1),))
    assert parse("<b>  a</b>") == ("  a", (of("bold", 0, 3),))
    assert parse("a<b> </b>") == ("a", ())


def test_control_characters_are_cleaned() -> None:
    """A tab becomes a space; carriage returns and direction overrides vanish."""
    assert clean("a\tb\r\n\u202ec") == "a b\nc"
    assert parse("a&#8238;b&#9;c")[0] == "a b c"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start now", [of("bot_command", 0, 6)]),
        ("see /list@tickbell_bot", [of("bot_command", 4, 18)]),
        ("5/6 and/or a/b", []),
        ("https://e.org/x, yes", [of("url", 0, 15)]),
        ("ask @somebody", [of("mention", 4, 9)]),
        ("mail a@b.org", []),
    ],
)
def test_commands_addresses_and_mentions_are_found(text: str, found: list[Entity]) -> None:
    """What Telegram marks by itself is marked here too."""
    assert detect(text, ()) == tuple(found)


def test_nothing_is_found_inside_code_and_links() -> None:
    """A command in a code span is text."""
    text, entities = parse("<code>/a</code> /b")
    assert detect(text, entities) == (of("code", 0, 2), of("bot_command", 3, 2))


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://e.org", "https://e.org/"),
        ("e.org/a", "http://e.org/a"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("tg://user?id=5", ""),
        ("ftp://e.org", ""),
        ("localhost", ""),
        ("a b", ""),
        ("", ""),
        ("http://[", ""),
    ],
)
def test_only_addresses_a_client_may_open_are_links(url: str, kept: str) -> None:
    """Other schemes and nonsense lose their link."""
    assert link(url) == kept
