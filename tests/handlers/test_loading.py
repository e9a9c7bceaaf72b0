"""What a chat is told of daily bars that are not there yet: with the answer, and once they came."""

from dataclasses import replace
from datetime import date

import pytest

from handlers.command import AwaitBars, Language, Reply, SetWatch
from handlers.loading import Outcome, awaiting, news
from handlers.reply import LIMIT
from tests.fakes.ports import BANK, INNOLIGHT, World, founding
from tests.handlers.test_application import Admins, application, message


async def said(world: World, text: str, loads: tuple[str, ...], language: str = "en") -> Reply:
    """The reply to a text where these instruments' bars are still to be fetched."""
    made = application(world, Admins())
    made._ports = replace(world.ports, loads=loads.__contains__)
    raw = message(text)
    raw["message"]["from"]["language_code"] = language
    answer = await made.answer(raw)
    assert answer is not None
    assert answer.reply is not None
    return answer.reply


def awaited(reply: Reply) -> tuple[str, ...]:
    """What the chat will be told of."""
    found = [effect.symbols for effect in reply.effects if isinstance(effect, AwaitBars)]
    return found[0] if found else ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/watch 300308", ("300308.SZ",)),
        ("/watch 300308 600036", ("300308.SZ", "600036.SH")),
        ("/alert 300308 price > ma(20)", ("300308.SZ",)),
        ("/alert 300308 price > 560", ()),  # needs no bars
        ("/alert any @optical-modules new high(60d)", ("300308.SZ", "300502.SZ")),
        ("/alert any @optical-modules price > 560", ()),
        ("/quote 300308", ()),
    ],
)
async def test_what_rests_on_bars_is_waited_for(text: str, expected: tuple[str, ...]) -> None:
    """Whatever is watched, and rules that need finished bars; one line says so, whatever their number."""
    loads = ("300308.SZ", "600036.SH", "300502.SZ")
    reply = await said(founding(), text, loads)
    assert awaited(reply) == expected
    assert reply.text.count("being loaded") == bool(expected)


async def test_bars_that_are_there_are_not_mentioned() -> None:
    """Nor what nobody will ever fetch."""
    reply = await said(founding(), "/watch 300308", ())
    assert not awaited(reply)
    assert "loaded" not in reply.text


async def test_the_line_speaks_the_chats_language() -> None:
    """One instrument by name, several by number."""
    reply = await said(founding(), "关注 300308", ("300308.SZ",), "zh-hans")
    assert reply.text.endswith("<i>正在加载中际旭创的日线，完成后告诉你。</i>")
    reply = await said(founding(), "关注 300308 600036", ("300308.SZ", "600036.SH"), "zh-hans")
    assert reply.text.endswith("<i>正在加载 2 个标的的日线，完成后告诉你。</i>")
    reply = await said(founding(), "/watch 300308", ("300308.SZ",))
    assert reply.text.endswith(
        "<i>Daily bars of Innolight are being loaded; I will say when they are there.</i>"
    )


async def test_a_full_or_silent_answer_stays_as_it_is() -> None:
    """The wish to be told goes with it all the same."""
    ports = replace(founding().ports, loads=lambda _: True)
    for text in ("", "x" * LIMIT):
        reply = Reply(text=text, effects=(SetWatch(symbol="300308.SZ", on=True),))
        made = awaiting(Language.EN, ports, reply)
        assert made.text == text
        assert awaited(made) == ("300308.SZ",)


def test_one_message_says_what_became_of_them() -> None:
    """Since when there are bars, that there are none, that nobody answers, or that it takes longer."""
    ready = Outcome(instrument=INNOLIGHT, days=3290, since=date(2012, 4, 10))
    assert news(Language.EN, [ready]) == "<b>Innolight</b>: 3,290 daily bars since 2012-04-10 are loaded."
    assert news(Language.ZH, [ready]) == "<b>中际旭创</b>：日线已加载，共 3,290 天，自 2012-04-10 起。"
    none, slow = Outcome(instrument=BANK), Outcome(instrument=BANK, is_open=True)
    silent = replace(slow, silent=("tencent", "eastmoney"))
    assert "the source has no daily bars" in news(Language.EN, [none])
    assert "take longer" in news(Language.EN, [slow])
    assert "no answer from tencent, eastmoney" in news(Language.EN, [silent])
    whole = news(Language.ZH, [ready, silent])
    assert whole.split("\n")[0] == "<b>2 个标的的日线</b>"
    assert "tencent, eastmoney 没有回应" in whole
    many = news(Language.EN, [ready] * 100)
    assert len(many) < 2 * LIMIT
    assert many.endswith("more")
