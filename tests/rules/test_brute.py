"""A fast slice of the comparison with the book (`python -m tests.brute` does a million quotes)."""

import random
from collections.abc import Iterable
from itertools import islice

import pytest

from rules import placement, turns
from rules.signal import SIGNALS
from tests.brute import __main__ as program
from tests.brute.compare import Pair, Tally
from tests.brute.definitions import DEFINITIONS, UNASKED, UNPROVED
from tests.brute.past import history_of
from tests.brute.pool import Ground, leaves
from tests.brute.recordings import NEEDED, Recording, minutes, spy, ticks
from tests.brute.worlds import recorded, unkind
from tests.recorded import needs


def compared(pairs: Iterable[Pair], most: int) -> Tally:
    """What so many pairs say together."""
    total = Tally()
    for pair in islice(pairs, most):
        total.add(pair.run())
    return total


def some(recording: Recording, variant: int, quotes: int) -> Tally:
    """Two groups of conditions over the head of a recording."""
    chance = random.Random(recording.symbol)  # noqa: S311 - a seeded choice
    world = recorded(recording, history_of(recording), chance, variant)
    world.frames = world.frames[:quotes]
    return compared(program.groups(world, variant, 30), 2)


def test_every_signal_is_proved_or_named() -> None:
    """A new signal has a definition in tests/brute/definitions.py, or a word there why not."""
    assert set(DEFINITIONS) | UNPROVED == set(SIGNALS)
    assert not set(DEFINITIONS) & UNPROVED


def test_every_phrase_is_asked() -> None:
    """Each verb of each proved signal is among the conditions of a world that has all figures."""
    ground = unkind(0).ground
    assert ground is not None
    full = Ground(
        prices=ground.prices, decimals=3, tick=10, dates=ground.dates, volumes=True, limits=True, books=True,
        early=True, shares=10**9,
    )  # fmt: skip
    asked: set[tuple[str, str]] = set()
    for seed in range(12):
        for leaf in leaves(full, random.Random(seed)):  # noqa: S311 - a seeded choice
            asked.add((leaf.signal, "" if leaf.verb[0] in "<>" else leaf.verb))
    spoken = {(name, phrase.verb) for name in DEFINITIONS for phrase in SIGNALS[name].phrases}
    assert spoken <= asked | UNASKED


@pytest.mark.parametrize("seed", [3, 17, 21])
def test_made_up_worlds_agree(seed: int) -> None:
    """Ties, jumps, halts, late figures, splits, lost feeds, rules that come and go: no difference."""
    total = compared(program.groups(unkind(seed), seed, 30), 6)
    assert not total.differences, "\n".join(map(str, total.differences))
    assert total.words["fired"] > 100


@needs(*NEEDED)
@pytest.mark.parametrize(
    ("name", "variant", "quotes"), [("spy", 1, 2000), ("SH600000", 1, 1500), ("tick SH600000", 0, 1500)]
)
def test_recordings_agree(name: str, variant: int, quotes: int) -> None:
    """The head of each recording: no difference."""
    recording = spy() if name == "spy" else ticks("SH600000") if " " in name else minutes(name)
    total = some(recording, variant, quotes)
    assert not total.differences, "\n".join(map(str, total.differences))
    assert total.words["fired"] > 20


def test_the_comparison_notices_a_wrong_hysteresis(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of a percent too wide, and the words differ."""
    monkeypatch.setattr(placement, "PRICE_HYSTERESIS", (3, 1000))
    assert compared(program.groups(unkind(3), 3, 30), 2).differences


def test_the_comparison_notices_a_forgotten_envelope(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without levels touched between snapshots the words differ, and each difference says where."""
    monkeypatch.setattr(turns.Turns, "_touch", lambda *_: None)
    differences = compared(program.groups(unkind(17), 17, 30), 5).differences
    assert any("touched" in str(one) and "book alone" in str(one) for one in differences)


def test_the_program_counts_and_answers(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It prints quotes, conditions and differences, and its exit code is whether there were any."""
    monkeypatch.setattr(program, "recordings", lambda _: iter(()))
    monkeypatch.setattr(
        program, "made", lambda seed: iter([islice(program.groups(unkind(seed), seed, 30), 1)])
    )
    assert program.main(["--quotes", "10", "--seed", "3"]) == 0
    assert "conditions of" in capsys.readouterr().out
    monkeypatch.setattr(placement, "PRICE_HYSTERESIS", (9, 1000))
    monkeypatch.setattr(
        program, "made", lambda seed: iter([islice(program.groups(unkind(seed), seed, 30), 3)])
    )
    assert program.main(["--quotes", "10", "--seed", "3"]) == 1
