"""Corporate actions: what an ex-date does to prices, and both conventions' columns for daily bars.

The exchanges' reference price of an ex-date (Shanghai and Shenzhen trading rules) is (close - cash + rights
price x rights) / (1 + bonus + rights), all a share held. It is affine in the close, so terminals'
forward-adjusted prices (the affine convention) take every earlier price through it; the ratio convention
multiplies by reference / close.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Real: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One ex-date of one share; amounts are a share held, in currency or shares."""

    day: date
    cash: float = 0.0
    bonus: float = 0.0  # bonus and transferred shares
    rights: float = 0.0
    rights_price: float = 0.0

    @property
    def gain(self) -> float:
        """What an earlier price is multiplied by."""
        return 1 / (1 + self.bonus + self.rights)

    @property
    def shift(self) -> float:
        """What is added then, in currency."""
        return (self.rights * self.rights_price - self.cash) * self.gain

    def reference(self, close: float) -> float:
        """The price at which the day begins, unrounded: the close before, less what the share gave away."""
        return close * self.gain + self.shift


def affine(dates: npt.NDArray[np.datetime64], actions: Sequence[Action], decimals: int) -> tuple[Real, Real]:
    """Gain and shift (quanta) of each bar, shape (days,): its price on the scale of the newest bar's day.

    An action counts for the bars before its day, also where nothing traded on that day; one after the newest
    bar counts for none.
    """
    gain, shift = np.ones(len(dates)), np.zeros(len(dates))
    for action in sorted(actions, key=lambda one: one.day):
        day = np.datetime64(action.day, "D")
        if not len(dates) or day > dates[-1]:
            continue
        before = dates < day
        gain[before] *= action.gain
        shift[before] = shift[before] * action.gain + action.shift
    return gain, shift * 10**decimals


def ratios(close: npt.NDArray[np.int64], gain: Real, shift: Real) -> Real:
    """The ratio convention's factors, 1 at the newest bar, from the affine one's columns; shape (days,).

    Each ex-date's factor is the close before it on the next bar's scale, over that close.
    """
    if not len(close):
        return np.ones(0)
    onward = (close[:-1] * gain[:-1] + shift[:-1] - shift[1:]) / gain[1:]
    steps = np.append(onward / close[:-1], 1.0)
    steps[:-1][(gain[:-1] == gain[1:]) & (shift[:-1] == shift[1:])] = 1.0
    return np.cumprod(steps[::-1])[::-1]
