"""The orders that hold a seal, snapshot by snapshot: their worth, their part of the float, their halving."""

from collections import deque
from collections.abc import Mapping
from fractions import Fraction

from rules.formulas.board import Look, Seal
from rules.limits import Side
from rules.meter import AMOUNT_SCALE, COUNT_SCALE, PERCENT_SCALE, Moment, encode

HALVING = 180_000_000  # microseconds of trading time


class Orders:
    """Shares bid at the upper limit (offered at the lower) while sealed, else 0; absent where not said."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._seal = Seal()
        self._shares: Fraction | None = None  # of the newest snapshot

    def shares(self, moment: Moment) -> Fraction | None:
        """The best level's size of a sealed snapshot in a seal; an auction's print is no such size."""
        self._shares = self._sized(moment)
        return self._shares

    def evidence(self) -> Mapping[str, str | float]:
        """How many they are."""
        return {} if self._shares is None else {"shares that seal": float(self._shares)}

    def _sized(self, moment: Moment) -> Fraction | None:
        quote = moment.quote
        if not self._seal.take(moment, self._side) or quote is None or self._seal.look is Look.NEITHER:
            return None
        if not self._seal.is_sealed or self._seal.look is Look.OFF:
            return Fraction()
        size = quote.bid_size if self._side is Side.UP else quote.ask_size
        return None if size is None else Fraction(size)

    def restart(self) -> None:
        """Each session has its own seals."""
        self._seal = Seal()


class Worth(Orders):
    """Their worth in currency."""

    def read(self, moment: Moment) -> int | None:
        """Shares x price."""
        shares = self.shares(moment)
        if shares is None or moment.own is None:
            return None
        unit = 10**moment.own.instrument.decimals
        return encode(shares.numerator * moment.price, shares.denominator * unit, AMOUNT_SCALE)


class Part(Orders):
    """Their part of the float."""

    def read(self, moment: Moment) -> int | None:
        """Shares / float shares, where the feed says these."""
        shares = self.shares(moment)
        if shares is None or moment.quote is None or not moment.quote.float_shares:
            return None
        return encode(shares.numerator, shares.denominator * moment.quote.float_shares, PERCENT_SCALE)


class Halved(Orders):
    """1 while the orders are at most half of the most there were within three minutes of this seal."""

    def __init__(self, side: Side) -> None:
        super().__init__(side)
        self._sizes: deque[tuple[int, Fraction]] = deque()  # falling sizes with their times

    def read(self, moment: Moment) -> int | None:
        """Once the seal is gone nothing is halved: that is an opening."""
        shares = self.shares(moment)
        if shares is None:
            return None
        if not shares:
            self._sizes.clear()
            return encode(0, 1, COUNT_SCALE)
        while self._sizes and self._sizes[-1][1] <= shares:
            self._sizes.pop()
        self._sizes.append((moment.elapsed, shares))
        while self._sizes[0][0] < moment.elapsed - HALVING:
            self._sizes.popleft()
        return encode(2 * shares <= self._sizes[0][1], 1, COUNT_SCALE)

    def restart(self) -> None:
        """Yesterday's orders are gone."""
        super().restart()
        self._sizes.clear()

    def evidence(self) -> Mapping[str, str | float]:
        """The most and the present number of shares."""
        return {"most": float(self._sizes[0][1]), "shares": float(self._sizes[-1][1])} if self._sizes else {}
