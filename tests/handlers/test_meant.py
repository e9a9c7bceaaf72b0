"""A name that an index and a group share: the answer says which of them it was taken for."""

from bot.master.reference import Reference
from handlers.command import Language
from handlers.lists import Own
from tests.fakes.ports import founding
from tests.handlers.test_watch import shown


async def test_the_echo_says_what_a_name_was_taken_for() -> None:
    """By both its languages, with how to ask for the other; a name that is clear is not explained."""
    world = founding()
    told = shown(await world.ask("alert", "大盘 change > 2%"))
    assert "means the index CSI 300 here; for each of its stocks write any @optical-modules" in told
    told = shown(await world.ask("alert", "大盘涨超3%", language=Language.ZH))
    assert "此名称在这里指指数沪深300；要逐只看成份股，请写 any @optical-modules" in told
    for text in ("沪深300 change > 2%", "000300 change > 3%", "any @optical-modules change > 2%"):
        assert "means the index" not in shown(await world.ask("alert", text))


def test_only_a_name_that_is_shared_is_explained() -> None:
    """创业板 is, 创业板指 is not; nor a name of the index itself."""
    shared = Reference.load()
    for master in (shared, Own(shared, "1", {})):
        for text, symbol, group in (
            ("创业板涨超2%", "399006.SZ", "@chinext"),
            ("ChiNext up 2%", "399006.SZ", "@chinext"),
            ("科创板涨超2%", "000688.SH", "@star"),
            ("创业板指涨超2%", "399006.SZ", None),
            ("399006 change > 2%", "399006.SZ", None),
            ("沪深300跌超2%", "000300.SH", None),
            ("@chinext change > 2%", "@chinext", None),
            ("300308 price > 560", "300308.SZ", None),
        ):
            found = master.also(symbol, text)
            assert (found.symbol if found else None) == group, text
