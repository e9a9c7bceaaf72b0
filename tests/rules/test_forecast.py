"""What rings next, read from the index, is what rings when the price goes there, and not a tick before."""

from datetime import timedelta
from decimal import Decimal
from random import Random

from rules.model import And, Instrument, Leaf
from tests.rules.world import SYMBOL, World, history, leaf, q


def rules(chance: Random) -> list[Leaf]:
    """Price levels around 100 of every operator, two-way crossings, bands, rungs, averages."""
    levels = [f"{chance.uniform(90, 110):.2f}" for _ in range(30)]
    verbs = (">", ">=", "<", "<=", "crosses", "crosses above", "crosses below")
    found = [leaf("price", chance.choice(verbs), level) for level in levels]
    found += [leaf("change", verb, "0.03") for verb in (">", ">=")]
    found += [leaf("change", "<", "-0.03"), leaf("ma", "reclaim", None, 5), leaf("ma", "lose", None, 5)]
    return [*found, leaf("record high", "is"), leaf("record low", "is")]


def test_what_is_ahead_rings_there_and_not_one_tick_nearer() -> None:
    """For each forecast a fresh market goes to the tick before it, then to it."""
    chance = Random(7)  # noqa: S311 - a test's dice
    bars = {SYMBOL: history([f"{chance.uniform(98, 102):.2f}" for _ in range(30)])}
    tick = Instrument(symbol=SYMBOL).tick
    for leaves in (rules(chance) for _ in range(5)):

        def made(given: list[Leaf] = leaves) -> World:
            world = World(bars, prev_close="100")
            for one in given:
                world.add(one)
            for second, price in enumerate(("99.51", "100.49", "100.07")):
                world.see(f"09:30:0{second}", price)
            world.events.clear()
            return world

        found = made().engine.ahead(SYMBOL, 100)
        assert len(found) > 15
        for one in found:
            world = made()
            step = tick if one.price < q("100.07") else -tick
            world.take(world.quote("09:31", f"{Decimal(one.price + step).scaleb(-3)}"))
            before = {event.condition for event in world.events}
            world.take(world.quote("09:32", f"{Decimal(one.price).scaleb(-3)}"))
            assert one.condition not in before
            assert one.condition in {event.condition for event in world.events}
            assert abs(one.distance - (one.price / q("100.07") - 1)) < 1e-12


def test_the_nearest_come_first_and_no_more_than_asked() -> None:
    """Beneath and above are counted apart."""
    world = World(prev_close="100")
    for level in range(90, 111):
        world.add(leaf("price", ">=", str(level)))
        world.add(leaf("price", "<=", str(level)))
    world.see("09:30", "100.5")
    found = world.engine.ahead(SYMBOL, 3)
    assert [one.price for one in found] == [q(100), q(99), q(98), q(101), q(102), q(103)]


def test_a_two_way_crossing_is_ahead_on_the_side_it_would_ring() -> None:
    """From the level itself it would ring on both; a tie is not crossed."""
    world = World(prev_close="100")
    world.add(leaf("price", "crosses", "101"))
    world.see("09:30", "100")
    assert [one.price for one in world.engine.ahead(SYMBOL)] == [q("101.01")]
    world.see("09:31", "101")
    assert {one.price for one in world.engine.ahead(SYMBOL)} == {q("100.99"), q("101.01")}


def test_what_rings_or_was_never_priced_is_not_ahead() -> None:
    """True, not back by the hysteresis, unknown, on another axis, without a quote: nothing to foretell."""
    world = World(prev_close="100")
    assert world.engine.ahead(SYMBOL) == ()
    world.add(leaf("price", ">", "101"))
    assert world.engine.ahead(SYMBOL) == ()
    world.see("09:30", "100")
    assert [one.price for one in world.engine.ahead(SYMBOL)] == [q("101.01")]
    world.see("09:31", "101.5")
    assert world.engine.ahead(SYMBOL) == ()
    world.see("09:32", "100.99")  # false, but not back by 0.2 %
    assert world.engine.ahead(SYMBOL) == ()
    world.see("09:33", "100.5")
    assert [one.price for one in world.engine.ahead(SYMBOL)] == [q("101.01")]
    alone = World(prev_close="100")
    alone.add(leaf("move", ">", "0.01", timedelta(minutes=5)))
    alone.see("09:30", "100")
    assert alone.engine.ahead(SYMBOL) == ()


def test_composites_are_ahead_as_far_as_the_price_decides() -> None:
    """Both parts true is the farther of two levels; one that rang is left out."""
    world = World(prev_close="100")
    both = And((leaf("price", ">", "101"), leaf("price", ">", "102")))
    world.add(both, text="price > 101 and price > 102")
    world.see("09:30", "100")
    assert [one.price for one in world.engine.ahead(SYMBOL)] == [q("102.01")]
    world.see("09:31", "103")
    assert world.engine.ahead(SYMBOL) == ()


def test_what_the_price_moves_on_an_axis_of_its_own_is_ahead_too() -> None:
    """Pull-back and rebound as things stand, and where they then ring; turnover has no price."""
    roots = {
        "from_high": leaf("from_high", ">", "0.05"),
        "from_low": leaf("from_low", ">", "0.06"),
        "turnover": leaf("turnover", ">", "1000000"),
        "gone": leaf("from_low", ">", "0.01"),
    }

    def made() -> tuple[World, dict[str, str]]:
        world = World(prev_close="100")
        names = {world.add(root).id: name for name, root in roots.items()}
        for second, price in enumerate(("100", "104", "99", "101")):
            high = "104" if second else price
            world.see(f"09:30:0{second}", price, amount=1000.0, high=high, low="99")
        return world, names

    world, names = made()
    ahead = {names[one.condition]: one.price for one in world.engine.ahead(SYMBOL)}
    assert ahead == {"from_high": q("98.99"), "from_low": q("105.01")}
    for name, price in ahead.items():
        world, names = made()
        world.events.clear()
        nearer = price + 10 if name == "from_high" else price - 10
        world.take(world.quote("09:31", f"{Decimal(nearer).scaleb(-3)}", amount=1000.0))
        assert name not in {names[event.condition] for event in world.events}
        world.take(world.quote("09:32", f"{Decimal(price).scaleb(-3)}", amount=1000.0))
        assert name in {names[event.condition] for event in world.events}


def test_what_is_ahead_on_minute_bars() -> None:
    """A level of the open bar, alone and inside a composite; nothing while its bars are too few."""
    world, five = World(prev_close="100"), timedelta(minutes=5)
    above = leaf("ma", "above", None, 2, five)
    world.add(above, text="price > ma(2, 5m)")
    world.add(And((above, leaf("price", ">", "99"))), text="both")
    world.see("09:30", "101")
    assert world.engine.ahead(SYMBOL) == ()
    world.see("09:35", "100")
    found = world.engine.ahead(SYMBOL)
    assert {(one.text, one.price) for one in found} == {
        ("price > ma(2, 5m)", q("101.01")),
        ("both", q("101.01")),
    }
