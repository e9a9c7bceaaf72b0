"""The instrument master: what people type -> instruments, and the members of groups."""

import csv
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path

from bot.listing import shaped, symbol_of
from rules.model import Instrument, Kind, decimals_of

DATA = Path(__file__).parent / "data"
LEAST_PART = 2  # characters of a name that may be searched for as a part of it


class Reference:
    """Instruments by symbol, code, name, alias and initials; unknown codes by their shape."""

    def __init__(self) -> None:
        self._instruments: dict[str, Instrument] = {}
        self._keys: dict[str, str] = {}  # what may be typed, folded -> symbol
        self._codes: dict[str, list[str]] = {}  # bare code -> symbols that have it
        self._members: dict[str, tuple[str, ...]] = {}

    @classmethod
    def load(cls, folder: Path = DATA) -> "Reference":
        """The master shipped with the program: instruments.csv and groups.csv of `folder`."""
        reference = cls()
        for row in _rows(folder / "instruments.csv"):
            reference._add(_instrument(row), row["aliases"].split(";"))
        for row in _rows(folder / "groups.csv"):
            group = replace(
                shaped(row["group"]), name=row["name"], english=row["english"], pinyin=row["pinyin"]
            )
            reference._add(group, ())
            reference._members[group.symbol] = tuple(row["members"].split())
        return reference

    def extend(self, instruments: Iterable[Instrument], groups: Mapping[str, Sequence[str]]) -> None:
        """Add instruments (a known symbol is replaced) and groups (members replaced), as the demo does."""
        for instrument in instruments:
            self._add(instrument, ())
        for group, members in groups.items():
            if group not in self._instruments:
                self._add(shaped(group), ())
            self._members[group] = tuple(members)

    def find(self, text: str) -> Instrument | None:
        """The instrument that a code, name, alias or initials mean, or None."""
        plain = unicodedata.normalize("NFKC", text).strip()
        if plain.startswith("@"):
            return self._group(plain)
        symbol = self._keys.get(_fold(plain)) or self._by_code(plain) or symbol_of(plain)
        return None if symbol is None else self.get(symbol)

    def get(self, symbol: str) -> Instrument:
        """The instrument of a full symbol; what the master does not know is described by its shape."""
        return self._instruments.get(symbol) or shaped(symbol)

    def members(self, group: str) -> Sequence[str]:
        """Full symbols of a group, empty where unknown."""
        return self._members.get(group, ())

    def groups(self) -> Sequence[str]:
        """Every group that has members."""
        return tuple(self._members)

    def near(self, text: str, count: int = 3) -> Sequence[Instrument]:
        """The closest matches to a text nothing matched: names that contain it, then similar ones."""
        folded = _fold(unicodedata.normalize("NFKC", text))
        if not folded:
            return ()
        parts = [key for key in self._keys if len(folded) >= LEAST_PART and folded in key]
        similar = get_close_matches(folded, self._keys, n=2 * count, cutoff=0.6)
        symbols = dict.fromkeys(self._keys[key] for key in (*parts, *similar))
        return tuple(map(self.get, symbols))[:count]

    def _add(self, instrument: Instrument, aliases: Iterable[str]) -> None:
        symbol = instrument.symbol
        self._instruments[symbol] = instrument
        for key in (symbol, instrument.name, instrument.english, instrument.pinyin, *aliases):
            if folded := _fold(key):
                self._keys.setdefault(folded, symbol)
        code = symbol.rpartition(".")[0]
        if code and symbol not in self._codes.setdefault(code, []):
            self._codes[code].append(symbol)

    def _group(self, text: str) -> Instrument | None:
        symbol = text if text in self._instruments else self._keys.get(_fold(text))
        symbol = symbol or self._keys.get(_fold(text[1:]))
        found = self._instruments.get(symbol or "")
        return found if found and found.kind is Kind.GROUP else None

    def _by_code(self, text: str) -> str | None:
        """The symbol of a bare code: by prefix if the master has that one, else the only one that has it."""
        symbols = self._codes.get(text.upper(), [])
        by_shape = symbol_of(text)
        return symbols[0] if len(symbols) == 1 and by_shape not in symbols else by_shape


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _instrument(row: Mapping[str, str]) -> Instrument:
    """A row of instruments.csv; empty cells are what the symbol's shape says."""
    usual = shaped(row["symbol"])
    kind = Kind(row["kind"]) if row["kind"] else usual.kind
    return replace(
        usual,
        kind=kind,
        name=row["name"],
        english=row["english"],
        pinyin=row["pinyin"],
        decimals=decimals_of(row["symbol"], kind),
        tick=int(row["tick"]) if row["tick"] else usual.tick,
        limit=Decimal(row["limit"]) if row["limit"] else usual.limit,
        shares=int(row["shares"]) if row["shares"] else None,
    )
