"""What people type or paste as symbols: codes, names and initials between all sorts of separators."""

import unicodedata
from dataclasses import dataclass
from re import compile as pattern

from handlers.ports import Master
from rules.model import Instrument

MOST = 100  # words read of one message
_BETWEEN = pattern(r"[\s,;|/、。]+")


@dataclass(frozen=True, slots=True)
class Found:
    """The instruments a text names, each once in the order typed, and the words that name none."""

    instruments: tuple[Instrument, ...]
    unknown: tuple[str, ...]


def words(text: str) -> tuple[str, ...]:
    """The words of a pasted list; full-width forms are read as their usual twins."""
    usual = unicodedata.normalize("NFKC", text)
    stripped = (word.strip("$#'\"()[]:") for word in _BETWEEN.split(usual))
    return tuple(word for word in stripped if word)[:MOST]


def find(master: Master, text: str) -> Found:
    """Read the text as one name with spaces, else word by word."""
    whole = master.find(unicodedata.normalize("NFKC", text).strip())
    if whole is not None:
        return Found((whole,), ())
    known: dict[str, Instrument] = {}
    unknown: list[str] = []
    for word in words(text):
        instrument = master.find(word)
        if instrument is None:
            unknown.append(word)
        else:
            known.setdefault(instrument.symbol, instrument)
    return Found(tuple(known.values()), tuple(dict.fromkeys(unknown)))
