"""Large pages: which of their quotes pass nothing is seen in columns, only the others are looked at."""

from collections import deque
from collections.abc import Sequence
from datetime import datetime
from itertools import islice

import numpy as np

from rules.calm import LONGEST
from rules.clock import Clock
from rules.events import Turn
from rules.index import HIGHEST
from rules.live import Live
from rules.market import Market
from rules.model import Phase, Quote
from rules.sheet import Book, Mask, Places, Sheet, Shelf, Whole
from rules.sift import sift
from rules.table import micros
from rules.turns import Turns

SAME = ("open", "prev_close", "limit_up", "limit_down", "shares")  # a change of these is looked at


class Page(Book[Live]):
    """Between which prices, and until when, each instrument of a roster is quiet (`Guard`), in columns.

    Where axes of its own were foreseen (`Trail`) volumes are bounded, too, and what passes is kept in columns
    until its meters follow.
    """

    def __init__(self, roster: tuple[str, ...], lives: Sequence[Live]) -> None:
        super().__init__(roster, lives)
        count = len(roster)
        self._floor, self._ceiling = np.ones(count, np.int64), np.zeros(count, np.int64)
        self._until = np.zeros(count, np.int64)
        self._simple, self._foreseen, self._bounded = self.none(), self.none(), self.none()
        self._most = np.zeros(count)
        self._full = np.zeros(count, np.int64)  # the number of the page at which its trail is full
        self._since = np.zeros(count, np.int64)  # of the first page that is not on it
        self._number = 0  # of the next page
        self._past: deque[tuple[Sequence[datetime], Places, Whole]] = deque(maxlen=LONGEST)  # the last pages

    def split(self, sheet: Sheet) -> tuple[Mask, Mask, Mask]:
        """Which rows need no look, and which a short one, by the rules of `sift` and `Turns.look`.

        And in which of these the day's high or low may touch something.
        """
        old = self.sheet
        if old is None or sheet.phase is not Phase.CONTINUOUS:
            return self.none(), self.none(), self.none()
        known: Mask = sheet.usual & self.ready & (sheet.times() < self._until)
        for name in SAME:
            known &= getattr(sheet, name) == getattr(old, name)
        price, high, low, volume = sheet.price, sheet.high, sheet.low, sheet.volume
        top, bottom = high != old.high, low != old.low
        quiet = known & (price >= self._floor) & (price < self._ceiling)
        quiet &= (~top | (high < self._ceiling)) & (~bottom | (low >= self._floor))
        if self._foreseen.any():
            quiet &= ~self._foreseen | (self._number < self._full)
            quiet &= ~self._bounded | ((old.volume <= volume) & (volume < self._most))
        return quiet, known & self._simple & ~quiet, (top & (high > price)) | (bottom & (low < price))

    def none(self) -> Mask:
        """No row."""
        return np.zeros(len(self.roster), bool)

    def turn(self, sheet: Sheet, passed: Mask) -> None:
        """The page is the newest: rows that passed wait in it, all others go on without the book."""
        for row in np.flatnonzero(self.ready & ~passed).tolist():
            self.owners[row].leave()
        self.sheet, self.pending = sheet, passed
        self._number += 1
        if self._foreseen.any():
            self._past.append((sheet.moments, sheet.which.copy(), sheet.price.copy()))
        else:
            self._past.clear()

    def fetch(self, row: int) -> Quote | None:
        """The quote that the owner has not asked for; its trail reaches up to it then."""
        found, trail = super().fetch(row), self.owners[row].trail
        if found is not None and trail is not None:
            passed = int(self._number - self._since[row])
            for moments, which, prices in islice(self._past, len(self._past) - passed, None):
                trail.log += (moments[which[row]], prices[row].item())
            trail.volume = found.volume or 0.0
            self._since[row] = self._number
        return found

    def learn(self, sheet: Sheet, rows: Sequence[int], quotes: Sequence[Quote]) -> None:
        """Rows that were looked at are followed in columns from the next page on, where that can be done."""
        usual, known = sheet.usual.tolist(), []
        for row, quote in zip(rows, quotes, strict=True):
            live = self.owners[row]
            if usual[row] and live.floor < live.ceiling and live.book is None and live.held is quote:
                live.book, live.row = self, row
                known.append(row)
        self.ready[known] = True
        self.bound(known)

    def bound(self, rows: Sequence[int]) -> None:
        """Where these rows are quiet now."""
        lives, instants = [self.owners[row] for row in rows], dict[datetime, int]()
        trails = [live.trail for live in lives]
        ends = [
            live.until if (trail := live.trail) is None else min(live.until, trail.still) for live in lives
        ]
        for end in ends:
            if end not in instants:
                instants[end] = micros(end)
        self._floor[rows] = [live.floor for live in lives]
        self._ceiling[rows] = [live.ceiling for live in lives]
        self._until[rows] = [instants[end] for end in ends]
        self._simple[rows] = [live.simple and live.trail is None for live in lives]
        self._foreseen[rows] = [trail is not None for trail in trails]
        self._bounded[rows] = [trail is not None and trail.most is not None for trail in trails]
        self._most[rows] = [0.0 if trail is None else trail.most or 0.0 for trail in trails]
        room = [0 if trail is None else LONGEST - len(trail.log) // 2 for trail in trails]
        self._full[rows], self._since[rows] = self._number + np.array(room, np.int64), self._number


class Pages:
    """The pages of all rosters."""

    def __init__(self, market: Market, turns: Turns) -> None:
        self._market, self._turns = market, turns
        self._shelf = Shelf(lambda roster: Page(roster, [market.live(symbol) for symbol in roster]))

    def take(self, sheet: Sheet, clock: Clock) -> None:
        """Move its instruments; those that pass nothing are not touched."""
        page = self._shelf.book(sheet.roster)
        if self._closes(sheet, clock):
            quiet, short, touching = page.none(), page.none(), page.none()
        else:
            quiet, short, touching = page.split(sheet)
        is_short, is_touching, waved = short.tolist(), touching.tolist(), quiet.tolist()
        rows = [row for row in sheet.rows() if not waved[row]]
        stepped, looked, quotes = list[int](), list[int](), list[Quote]()
        for row in rows:
            live = page.owners[row]
            if is_short[row]:
                self._step(live, sheet, row, touching=is_touching[row])
                if live.book is page:
                    stepped.append(row)
                    continue
                live.held = quote = sheet.quote(row)  # something else of it changed
            else:
                quote = sheet.quote(row)
                sift((quote,), self._market.by_symbol, self._turns)
            looked.append(row)
            quotes.append(quote)
        quiet[stepped] = True
        page.turn(sheet, quiet)
        page.bound(stepped)
        page.learn(sheet, looked, quotes)

    def _step(self, live: Live, sheet: Sheet, row: int, *, touching: bool) -> None:
        """A short look (`Turns.look`) at a quote that nobody may ever ask for."""
        lane, price = live.price_lane, int(sheet.price[row])
        assert lane is not None  # noqa: S101 - `simple` says so
        turn = Turn(live, sheet.moments[sheet.which[row]], price, page=sheet, row=row)
        self._turns.go(turn, lane, price, touching=touching)
        live.floor, live.ceiling = lane.quiet(1, HIGHEST)

    @staticmethod
    def _closes(sheet: Sheet, clock: Clock) -> bool:
        """Whether a bar closes at one of these quotes: then all are looked at in their order."""
        newest = sheet.newest()
        if newest is None:
            return False
        if clock.next is not None and max(newest, clock.quoted) >= clock.next:
            return True
        return clock.due is not None and newest >= clock.due
