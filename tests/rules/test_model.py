"""Values, grids and the registry."""

from decimal import Decimal

import pytest

from rules.model import (
    Condition,
    Instrument,
    Kind,
    Leaf,
    OffGridError,
    SessionKind,
    currency,
    decimals_of,
    quanta,
)
from rules.registry import Registry, UnknownPluginError

PRICE = Leaf("price", (), ">", Decimal(560))


@pytest.mark.parametrize(
    ("symbol", "kind", "decimals"),
    [
        ("300308.SZ", Kind.STOCK, 3),
        ("AAPL.US", Kind.STOCK, 4),
        ("BTCUSDT.BINANCE", Kind.COIN, 8),
        ("000300.SH", Kind.INDEX, 8),
        ("@optics", Kind.GROUP, 8),
    ],
)
def test_quanta_of_markets(symbol: str, kind: Kind, decimals: int) -> None:
    """The finest price each market prints."""
    assert decimals_of(symbol, kind) == decimals


def test_prices_on_the_grid() -> None:
    """Whole quanta both ways; finer prices are refused."""
    assert quanta(Decimal("560.005"), 3) == 560_005
    assert currency(560_005, 3) == Decimal("560.005")
    with pytest.raises(OffGridError, match="finer than 3 decimals"):
        quanta(Decimal("560.0005"), 3)


def test_markets_of_symbols() -> None:
    """Behind the last dot; groups have one of their own."""
    assert Instrument(symbol="BTC-USDT.OKX").market == "OKX"
    assert Instrument(symbol="@optics", kind=Kind.GROUP).market == "GROUP"


def test_identity_of_conditions() -> None:
    """Symbol, text, sessions, hysteresis and `any` make it; the leaf does not."""
    base = Condition(symbol="X.SZ", root=PRICE, text="price > 560")
    same = Condition(symbol="X.SZ", root=Leaf("price", (), ">", Decimal("560.0")), text="price > 560")
    others = [
        Condition(symbol="Y.SZ", root=PRICE, text="price > 560"),
        Condition(symbol="X.SZ", root=PRICE, text="price > 561"),
        Condition(symbol="X.SZ", root=PRICE, text="price > 560", sessions=frozenset({SessionKind.EXTENDED})),
        Condition(symbol="X.SZ", root=PRICE, text="price > 560", hysteresis=Decimal("0.01")),
        Condition(symbol="X.SZ", root=PRICE, text="price > 560", each=True),
    ]
    assert base.id == same.id
    assert len(base.id) == 16
    assert len({base.id, *(other.id for other in others)}) == 6


def test_the_registry_names_what_it_knows() -> None:
    """A twin name stops the program, an unknown one says which there are."""
    registry: Registry[object] = Registry("toy")

    @registry.add("car")
    class Car:
        """A toy."""

    assert isinstance(registry["car"], Car)
    assert (list(registry), len(registry), "car" in registry, "doll" in registry) == (["car"], 1, True, False)
    with pytest.raises(ValueError, match="toy 'car' is already registered"):
        registry.put("car", object())
    with pytest.raises(UnknownPluginError, match="no toy named 'doll'; known: car"):
        registry["doll"]
