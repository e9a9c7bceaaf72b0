"""Daily bars that come while the engine runs: an average made known at noon, an old one corrected."""

from tests.rules.world import SYMBOL, World, history, leaf


def test_an_average_rings_once_its_bars_are_there() -> None:
    """Absent before; from the next quote on it is compared, and rings when it is crossed later."""
    world = World(prev_close=10)
    world.add(leaf("ma", "crosses above", None, 2))
    world.engine.learned(SYMBOL)  # nobody has quoted it yet
    assert world.walk([10, 10.2, 13], "09:31") == [[], [], []]
    world.histories[SYMBOL] = history([9, 10])
    assert world.see("09:32:00", 13) == []
    world.engine.learned(SYMBOL)
    world.engine.learned("600519.SH")  # nobody listens to it
    assert world.see("09:32:03", 9.9) == []
    assert world.see("09:32:06", 13) == ["provisional"]


def test_corrected_bars_move_the_boundary_and_ring_nothing_by_themselves() -> None:
    """A record that was missing: the level is compared with the next quote, from the state that was held."""
    world = World({SYMBOL: history([9, 10])}, prev_close=10)
    world.add(leaf("record high", "is"))
    assert world.see("09:31:00", 9.5) == []
    world.histories[SYMBOL] = history([9, 12, 10])
    world.engine.learned(SYMBOL)
    assert world.events == []
    assert world.see("09:31:03", 11) == []
    assert world.see("09:31:06", 12.01) == ["fired"]
