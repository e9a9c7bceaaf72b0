"""Pages as columns are sequences of quotes to whoever does not know, and books keep what is not asked for."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from rules.model import Phase, Quote
from rules.sheet import ROSTERS, Book, Sheet, Shelf, newest
from tests.rules.test_pages import SYMBOLS, usual
from tests.sheets import Made, sheet

QUOTES = [usual(symbol, number, 100 + number) for number, symbol in enumerate(SYMBOLS)]


def mixed() -> Made:
    """A page with an odd row and an absent one."""
    told = dict(enumerate(QUOTES)) | {2: replace(QUOTES[2], status="halted")}
    del told[4]
    return Made(SYMBOLS, told, Phase.CONTINUOUS)


def test_a_page_is_a_sequence_of_its_quotes() -> None:
    """In the order of the roster, odd ones among them."""
    page = mixed()
    kept = [QUOTES[0], QUOTES[1], replace(QUOTES[2], status="halted"), QUOTES[3], QUOTES[5]]
    assert list(page) == kept
    assert len(page) == 5
    assert (page[2], page[-1]) == (kept[2], kept[-1])
    assert page[1:3] == tuple(kept[1:3])
    assert page == kept
    assert page == tuple(kept)
    assert page != kept[:2]
    assert page != 5
    assert page.rows() == [0, 1, 2, 3, 5]
    assert isinstance(page, Sheet)
    with pytest.raises(TypeError):
        hash(page)


def test_the_newest_time_is_told_without_making_a_quote() -> None:
    """Of those that are there, odd ones included; none of an empty page."""
    page, late = mixed(), QUOTES[0].time + timedelta(minutes=1)
    assert newest(page) == QUOTES[5].time
    assert page.asked == []
    page.odd = {2: replace(page.odd[2], time=late)}
    assert newest(page) == late
    assert newest(tuple(QUOTES[:3])) == QUOTES[2].time
    assert newest(()) is None
    nothing = page.judged(np.zeros(len(SYMBOLS), bool), Phase.CONTINUOUS, {})
    assert newest(nothing) is None
    assert not nothing


class Reader:
    """Somebody whose quotes come in pages."""

    def __init__(self) -> None:
        self.book: Book[Reader] | None = None
        self.row = 0


def test_a_book_keeps_a_quote_until_it_is_asked_for() -> None:
    """Once; a row that leaves takes it along."""
    book = Book(SYMBOLS, [Reader() for _ in SYMBOLS])
    assert (book.price(0), book.fetch(0), book.leave(0)) == (None, None, None)
    page = sheet(QUOTES, Phase.CONTINUOUS)
    book.sheet, book.pending, book.ready = page, np.ones(len(SYMBOLS), bool), np.ones(len(SYMBOLS), bool)
    assert book.price(1) == QUOTES[1].price
    assert book.fetch(1) == QUOTES[1]
    assert (book.price(1), book.fetch(1)) == (None, None)
    assert book.leave(2) == QUOTES[2]
    assert book.ready.tolist() == [True, True, False, True, True, True]
    assert page.asked == [1, 2]


def test_a_shelf_keeps_the_newest_books() -> None:
    """One for each roster, by what it is, not by what is in it."""
    shelf = Shelf(followed)
    rosters = [tuple(f"{number}.SZ" for number in range(count)) for count in range(1, ROSTERS + 2)]
    books = [shelf.book(roster) for roster in rosters]
    assert shelf.book(rosters[-1]) is books[-1]
    assert shelf.book(rosters[0]) is not books[0]
    left = shelf.book(rosters[5])
    left.ready[:] = False
    shelf.book(rosters[1])
    assert shelf.book(rosters[5]) is not left


def followed(roster: tuple[str, ...]) -> Book[Reader]:
    """A book in which rows are."""
    book = Book[Reader](roster, [])
    book.ready[:] = True
    return book


def test_a_plain_quote_is_no_page() -> None:
    """Columns are only what a source gives as such."""
    with pytest.raises(NotImplementedError):
        Sheet().made(0)
    with pytest.raises(NotImplementedError):
        Sheet().judged(np.zeros(0, bool), Phase.CONTINUOUS, dict[int, Quote]())
