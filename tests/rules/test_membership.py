"""Groups against a recount of every member at every quote; members that come, go, halt and never trade."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from rules.model import Frame, Instrument, Leaf, Phase, Quote
from tests.rules.world import OPEN, World, leaf, q

GROUP, OTHER, EMPTY = "@mine", "@yours", "@nobody"
FIRED, NONE = ["fired"], list[str]()
CODES = tuple(f"300{number:03}.SZ" for number in range(30))
RICH = 500_000_000.0


def listed() -> list[Instrument]:
    """Members with and without a share count; one with a band of 10 %."""
    return [
        Instrument(
            symbol=code, shares=None if at % 7 == 0 else 1000 + 37 * at, limit=Decimal("0.2" if at else "0.1")
        )
        for at, code in enumerate(CODES)
    ]


@dataclass
class Recount:
    """What every member last said, counted anew by definition whenever asked."""

    quotes: dict[str, Quote] = field(default_factory=dict)
    instruments: Mapping[str, Instrument] = field(
        default_factory=lambda: {one.symbol: one for one in listed()}
    )

    def value(self, signal: str, members: Sequence[str]) -> Fraction | None:
        """A signal of a group, None while it is unknown."""
        said = [self.quotes[code] for code in members if code in self.quotes]
        pairs = [(quote.price or 0, quote.prev_close, quote) for quote in said if quote.prev_close]
        if signal in {"change", "breadth", "cap_change"}:
            return self._share(signal, pairs)
        if not said:
            return None
        tests: dict[str, Callable[[int, int, Quote], bool]] = {
            "advancers": lambda price, base, _: price > base,
            "decliners": lambda price, base, _: price < base,
            "leaders": self._leads,
            "limit_ups": lambda price, _, quote: price >= (quote.limit_up or 10**12),
            "limit_downs": lambda price, _, quote: price <= (quote.limit_down or 0),
        }
        return Fraction(sum(bool(tests[signal](*pair)) for pair in pairs))

    def _share(self, signal: str, pairs: list[tuple[int, int, Quote]]) -> Fraction | None:
        if signal == "cap_change":
            known = [(p, b, s) for p, b, quote in pairs if (s := self.instruments[quote.symbol].shares)]
            return (
                Fraction(sum(s * (p - b) for p, b, s in known), sum(s * b for _, b, s in known))
                if known
                else None
            )
        if not pairs:
            return None
        if signal == "breadth":
            return Fraction(sum(price > base for price, base, _ in pairs), len(pairs))
        return sum((Fraction(price - base, base) for price, base, _ in pairs), Fraction()) / len(pairs)

    def _leads(self, price: int, base: int, quote: Quote) -> bool:
        band = Fraction(self.instruments[quote.symbol].limit or 0) * base
        if quote.limit_up:
            band = Fraction(quote.limit_up - base)
        return (quote.amount or 0) >= RICH and price - base >= Fraction(45, 100) * band


@dataclass
class Watch:
    """One condition with its truth as recounted; it rings when it turns true and has gone back far enough."""

    group: str
    root: Leaf
    armed: bool = True

    def rings(self, value: Fraction | None) -> bool:
        """Whether it rings at this value; then it waits until it is false and back by the hysteresis."""
        if value is None:
            return False
        level = Fraction(self.root.level or 0)
        true = {">": value > level, ">=": value >= level, "<": value < level, "<=": value <= level}[
            self.root.verb
        ]
        if true and self.armed:
            self.armed = False
            return True
        percent = self.root.signal in {"change", "breadth", "cap_change"}
        margin = Fraction(2, 1000) if percent else abs(level) * Fraction(2, 100)
        back = value <= level - margin if self.root.verb[0] == ">" else value >= level + margin
        self.armed = self.armed or (back and not true)
        return False


def watches() -> Iterator[Watch]:
    """Levels around where a random walk goes, ties among them."""
    for group in (GROUP, OTHER, EMPTY):
        for verb in (">", ">=", "<", "<="):
            for level in ("0", "0.01", "-0.01", "0.025"):
                yield Watch(group, leaf("change", verb, level))
                yield Watch(group, leaf("cap_change", verb, level))
            for level in ("0.5", "0.25", "0.75", "1", "0"):
                yield Watch(group, leaf("breadth", verb, level))
            for level in ("1", "3", "5", "8"):
                for signal in ("advancers", "decliners", "leaders", "limit_ups", "limit_downs"):
                    yield Watch(group, leaf(signal, verb, level))


def quote(draw: random.Random, code: str, second: int) -> Quote:
    """A member's quote: a price on a coarse grid, so that ties are common; sometimes no previous close."""
    base = draw.choice((10, 20, 25)) if code[4] == "1" else 10 + int(code[3:6]) % 5
    moved = draw.choice((-20, -5, -2, -1, 0, 0, 1, 2, 4, 5, 9, 10, 20))
    price = base * (100 + moved)
    has_limits = draw.random() < 0.7
    return Quote(
        symbol=code,
        time=OPEN + timedelta(seconds=second),
        price=price * 10,
        prev_close=None if code == CODES[5] else base * 1000,
        amount=draw.choice((0.0, RICH, 2 * RICH)),
        limit_up=base * 1200 if has_limits else 10**9,
        limit_down=base * 800 if has_limits else 1,
        phase=Phase.CONTINUOUS,
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_the_sums_are_what_a_recount_finds(seed: int) -> None:
    """Ten thousand member quotes; every ring of every signal, and no other, after every frame."""
    draw = random.Random(seed)  # noqa: S311 - the same quotes on every run
    groups: dict[str, tuple[str, ...]] = {GROUP: CODES[:20], OTHER: CODES[15:28], EMPTY: ()}
    world = World(groups=groups, instruments=listed())
    count, all_watches = Recount(), list(watches())
    ids = {world.add(watch.root, watch.group).id: watch for watch in all_watches}
    assert len(ids) == len(all_watches)
    rang = taken = 0
    for second in range(1, 2501):
        if draw.random() < 0.01:
            name = draw.choice((GROUP, OTHER))
            world.groups[name] = tuple(draw.sample(CODES, draw.randint(1, 25)))
            world.engine.regroup(name)
        quotes = tuple(quote(draw, draw.choice(CODES), second) for _ in range(draw.randint(1, 7)))
        taken += len(quotes)
        for one in quotes:
            count.quotes[one.symbol] = one
        stirred = {
            name for name, members in world.groups.items() if {one.symbol for one in quotes} & {*members}
        }
        step = world.engine.take(Frame(market="SZ", received=OPEN + timedelta(seconds=second), quotes=quotes))
        values: dict[tuple[str, str], Fraction | None] = {}
        for watch in all_watches:
            key = (watch.group, watch.root.signal)
            if watch.group in stirred and key not in values:
                values[key] = count.value(watch.root.signal, world.groups[watch.group])
        expected = {
            identity
            for identity, watch in ids.items()
            if watch.group in stirred and watch.rings(values[watch.group, watch.root.signal])
        }
        assert {event.condition for event in step.events} == expected, second
        rang += len(expected)
    assert rang > 1000
    assert taken > 9_500


A, B, C = CODES[:3]


@pytest.fixture
def world() -> World:
    """A group of two, everything closed at 100."""
    return World(groups={GROUP: (A, B)}, prev_close="100", instruments=listed())


def test_a_member_that_joins_counts_with_the_price_it_has(world: World) -> None:
    """Nothing rings by the joining itself; the next quote of any member tells."""
    world.add(leaf("change", ">", "0.05"), GROUP)
    world.see("10:00:00", "109", C)
    world.see("10:00:01", "104", A)
    world.groups[GROUP] = (A, B, C)
    world.engine.regroup(GROUP)
    assert world.pass_time("10:00:02") == NONE
    assert world.see("10:00:03", "104", A) == FIRED
    assert world.events[0].value == pytest.approx(6.5)


def test_a_member_that_left_moves_nothing(world: World) -> None:
    """Its quotes are those of a stranger, and it is counted no more."""
    world.add(leaf("change", ">", "0.05"), GROUP)
    world.see("10:00:00", "109", A)
    world.groups[GROUP] = (B,)
    world.engine.regroup(GROUP)
    assert world.see("10:00:01", "119", A) == NONE
    assert world.see("10:00:02", "104", B) == NONE
    assert world.see("10:00:03", "105.001", B) == FIRED


def test_what_is_no_group_is_not_regrouped(world: World) -> None:
    """Neither a share nor a name nobody asked for."""
    world.add(leaf("price", ">", "1"), A)
    world.engine.regroup(A)
    world.engine.regroup("@unheard")
    assert world.see("10:00:00", "100", A) == FIRED


def test_a_group_follows_its_members_to_another_market(world: World) -> None:
    """Members of Hong Kong after members of Shenzhen: hours and day bars are theirs from then on."""
    hong_kong = "00700.HK"
    world.add(leaf("change", ">", "0.05"), GROUP)
    assert world.see("10:00:00", "106", A) == FIRED
    world.groups[GROUP] = (hong_kong,)
    world.engine.regroup(GROUP)
    assert world.see("15:30:00", "101", hong_kong) == NONE
    assert world.see("15:30:03", "106", hong_kong) == FIRED
    world.groups[GROUP] = ()
    world.engine.regroup(GROUP)
    assert world.see("15:30:06", "120", hong_kong) == NONE


def test_a_group_that_never_traded_may_change_its_market(world: World) -> None:
    """Before its first session there is nothing to move."""
    world.add(leaf("change", ">", "0.05"), GROUP)
    world.groups[GROUP] = ("00700.HK",)
    world.engine.regroup(GROUP)
    assert world.see("15:30:03", "106", "00700.HK") == FIRED


def test_a_new_listing_leads_nothing(world: World) -> None:
    """Without limits there is no band to be up by; afterwards there is."""
    young = Instrument(symbol=A, limit=Decimal("0.2"), listed=date(2025, 11, 25))
    world.instruments[A] = young
    world.add(leaf("leaders", ">=", "1"), GROUP)
    assert world.see("10:00:00", "150", A, amount=RICH) == NONE
    assert world.see("10:00:03", "109", B, amount=RICH) == FIRED


def test_limits_of_the_table_count_where_the_feed_says_none(world: World) -> None:
    """20 % of 100.00."""
    world.add(leaf("limit_ups", ">=", "1"), GROUP)
    world.add(leaf("limit_downs", ">=", "1"), GROUP)
    assert world.see("10:00:00", "119.99", B) == NONE
    assert world.see("10:00:01", "120", B) == FIRED
    assert world.see("10:00:02", "80.01", B) == NONE
    assert world.see("10:00:03", "80", B) == FIRED


def test_inflow_comes_with_the_groups_own_quote(world: World) -> None:
    """A figure of the day in currency; a member's quote neither brings nor takes it."""
    world.add(leaf("inflow", ">", "10000000000"), GROUP)
    world.add(leaf("outflow", ">=", "1000"), GROUP)
    assert world.see("10:00:00", "101", A) == NONE
    assert world.see("10:00:01", None, GROUP, inflow=1e10) == NONE
    assert world.see("10:00:02", None, GROUP, inflow=1e10 + 0.01) == FIRED
    assert (world.events[0].symbol, world.events[0].value) == (GROUP, 1e10 + 0.01)
    assert world.see("10:00:03", "102", A) == NONE
    assert world.see("10:00:04", None, GROUP, inflow=-1000.0) == FIRED
    assert world.events[1].signal == "outflow"


def test_inflow_is_the_days(world: World) -> None:
    """Yesterday's figure says nothing today, and one from before the open nothing at all."""
    world.add(leaf("inflow", ">", "10"), GROUP)
    assert world.see("10:00:00", None, GROUP, inflow=11.0) == FIRED
    assert world.see("10:00:00", "101", A, day="2025-11-27") == NONE
    early = {"day": "2025-11-28", "phase": Phase.PRE_OPEN}
    assert world.see("08:00:00", None, GROUP, inflow=12.0, **early) == NONE
    assert world.see("10:00:00", None, GROUP, inflow=12.0, day="2025-11-28") == FIRED


def test_an_instrument_may_have_an_inflow_of_its_own(world: World) -> None:
    """Then its own quote brings it; a quote without one leaves it as it was."""
    world.add(leaf("inflow", ">", "10"), A)
    assert world.see("10:00:00", "101", A, inflow=9.0) == NONE
    assert world.see("10:00:01", "101", A) == NONE
    assert world.see("10:00:02", "101", A, inflow=11.0) == FIRED


def test_a_groups_quote_stirs_what_is_compared_with_it(world: World) -> None:
    """It brings no change, but it is a quote."""
    world.add(leaf("strength", ">", "0.02", GROUP), C)
    world.see("10:00:00", "103", C)
    world.see("10:00:01", None, GROUP, inflow=1.0)
    assert world.see("10:00:02", "100", A) == FIRED
    assert q("103", C) == world.events[0].price


def test_strength_follows_the_members_of_what_it_is_compared_with(world: World) -> None:
    """An index's or a sector's change is that of its members of now, in the middle of a session too."""
    world.add(leaf("strength", ">", "0.02", GROUP), C)
    world.see("10:00:00", "104", C)
    assert world.see("10:00:01", "103", A) == NONE
    world.see("10:00:02", "100", B)
    assert [event.value for event in world.events] == [pytest.approx(2.5)]
    world.groups[GROUP] = (A,)
    world.engine.regroup(GROUP)
    assert world.see("10:00:03", "104", C) == NONE  # one point ahead of A alone: back beneath and armed
    assert world.see("10:00:04", "105.5", C) == FIRED
    assert world.events[-1].value == pytest.approx(2.5)


def test_a_groups_own_strength_follows_its_members(world: World) -> None:
    """A sector against an index, when its strongest member leaves."""
    index = "000300.SH"
    world.add(leaf("strength", ">", "0.03", index), GROUP)
    world.see("10:00:00", "101", index)
    world.see("10:00:01", "109", A)
    assert [event.value for event in world.events] == [pytest.approx(8.0)]
    world.groups[GROUP] = (B,)
    world.engine.regroup(GROUP)
    world.see("10:00:02", "102", B)
    assert world.see("10:00:03", "103", B) == NONE
    assert world.see("10:00:04", "104.5", B) == FIRED


def test_inflow_is_the_boards_own_figure_whoever_is_in_it(world: World) -> None:
    """Members come and go; the feed's figure of the day stays what the feed said."""
    world.add(leaf("inflow", ">", "10"), GROUP)
    assert world.see("10:00:00", None, GROUP, inflow=9.0) == NONE
    world.groups[GROUP] = (C,)
    world.engine.regroup(GROUP)
    assert world.see("10:00:01", "109", C) == NONE
    assert world.see("10:00:02", None, GROUP, inflow=11.0) == FIRED


def test_leaders_and_value_of_a_member_that_joins_late(world: World) -> None:
    """It counts with the amount and the shares it has; the rule rings at the next quote of any member."""
    rich = {"amount": RICH}
    world.add(leaf("leaders", ">=", "2"), GROUP)
    world.add(leaf("cap_change", ">", "0.05"), GROUP)
    world.see("10:00:00", "110", C, **rich)
    world.see("10:00:01", "112", B, **rich)
    assert [event.signal for event in world.events] == ["cap_change"]
    world.groups[GROUP] = (A, B, C)
    world.engine.regroup(GROUP)
    assert world.see("10:00:02", "112", B, **rich) == FIRED
    assert (world.events[-1].signal, world.events[-1].value) == ("leaders", 2.0)
