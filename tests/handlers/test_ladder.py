"""A ladder as a whole with a part a rung, on one instrument and on every member of a group."""

from tests.fakes.ports import MODULES, founding
from tests.handlers.test_alert import made


async def test_rungs_are_parts_with_texts_of_their_own() -> None:
    """The chat sees the whole; the parts are heard."""
    whole, *rungs = made(await founding("500").ask("alert", "300308 change > 5%, 8%, 10%"))
    assert whole.whole
    assert [rung.text for rung in rungs] == [f"300308.SZ change > {level}%" for level in (5, 8, 10)]
    assert {rung.of for rung in rungs} == {whole.id}


async def test_a_ladder_on_every_member() -> None:
    """A part for each member and rung, one entry."""
    world = founding("500")
    reply = await world.ask("alert", f"any {MODULES.symbol} change > 5%, 8%")
    whole, *parts = made(reply)
    assert whole.whole
    members = world.master.members(MODULES.symbol)
    assert [(part.symbol, part.text.rpartition(" ")[2]) for part in parts] == [
        (member, level) for member in members for level in ("5%", "8%")
    ]
