"""The instrument master: what people type -> instruments, and each source's word on a group's members."""

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path

from bot.master.listing import shaped, symbol_of
from bot.master.pinyin import sounds
from rules.model import Instrument, Kind, decimals_of

DATA = Path(__file__).parent / "data"
LEAST_PART = 2  # characters of a name that may be searched for as a part of it
SHIPPED, DEMO = "shipped", "demo"  # sources of groups beside the operator's file and the feeds
_EVER = datetime.min.replace(tzinfo=UTC)
_GROUP = re.compile(r"@[\w/-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group as one source has it: a sector, a theme, an index's members, a chat's own list."""

    symbol: str  # @name, or @chat/name
    members: tuple[str, ...]  # full symbols; none: the source knows it no more
    name: str = ""
    english: str = ""
    pinyin: str = ""
    aliases: tuple[str, ...] = ()  # what else people call it
    leaders: tuple[str, ...] = ()  # full symbols as the source ranks them, where it says so
    source: str = SHIPPED
    as_of: datetime | None = None  # aware; None: older than any that says
    own: bool = False  # the operator's word, which stands before what was shipped and what feeds say


class Reference:
    """Instruments by symbol, code, name or a piece of it, alias and pinyin; unknown codes by their shape."""

    def __init__(self) -> None:
        self._instruments: dict[str, Instrument] = {}
        self._keys: dict[str, str] = {}  # what may be typed, folded -> symbol
        self._codes: dict[str, list[str]] = {}  # bare code -> symbols that have it
        self._sounds: dict[str, dict[str, None]] = {}  # full pinyin and initials -> symbols
        self._pieces: dict[str, dict[str, str]] = {}  # two ideographs in a row -> names that have them
        self._groups: dict[str, dict[str, Group]] = {}  # by symbol and source
        self._members: dict[str, str] = {}  # what a group may be called behind @ or `any`, folded -> symbol

    @classmethod
    def load(cls, folder: Path = DATA) -> "Reference":
        """The master shipped with the program: instruments.csv and groups.csv of `folder`."""
        reference = cls()
        for row in _rows(folder / "instruments.csv"):
            reference._add(_instrument(row), row["aliases"].split(";"))
        reference.update(
            Group(
                symbol=row["group"],
                members=tuple(row["members"].split()),
                name=row["name"],
                english=row["english"],
                pinyin=row["pinyin"],
                aliases=tuple(row["aliases"].split(";")),
            )
            for row in _rows(folder / "groups.csv")
        )
        return reference

    def extend(self, instruments: Iterable[Instrument], groups: Mapping[str, Sequence[str]]) -> None:
        """Add instruments (a known symbol is replaced) and groups (members replaced), as the demo does."""
        for instrument in instruments:
            self._add(instrument, ())
        self.update(
            Group(symbol=name, members=tuple(members), source=DEMO, own=True)
            for name, members in groups.items()
        )

    def enroll(self, instruments: Iterable[Instrument]) -> None:
        """Take a source's newest word on names, listing days and share counts; what else is known stays."""
        for found in instruments:
            known = self._instruments.get(found.symbol)
            if known is None:
                self._add(found, ())
                continue
            facts = {name: getattr(found, name) or getattr(known, name) for name in ("name", "listed")}
            if found.shares:
                facts |= {"shares": found.shares, "shares_as_of": found.shares_as_of}
            self._add(replace(known, **facts), ())

    def update(self, groups: Iterable[Group]) -> None:
        """Take a source's newest word on some groups; an older one than it gave before changes nothing.

        Of several sources that name a group the operator's own stands, else the newest. Engines, feeds and
        rules on every member follow by themselves.
        """
        for group in groups:
            said = self._groups.setdefault(group.symbol, {})
            known = said.get(group.source)
            if known is not None and (known.as_of or _EVER) > (group.as_of or _EVER):
                continue
            members = tuple(dict.fromkeys(name for name in group.members if not name.startswith("@")))
            said[group.source] = group = replace(group, members=members)  # noqa: PLW2901 - as it is kept
            if not members:
                del said[group.source]
            if "/" not in group.symbol:  # a chat's own list is found by that chat alone
                self._name(group)

    def replace(self, source: str, groups: Sequence[Group]) -> None:
        """All that a source says: what it named before and names no more falls to the others."""
        named = {group.symbol for group in groups}
        for symbol, said in self._groups.items():
            if symbol not in named:
                said.pop(source, None)
        self.update(groups)

    def group(self, symbol: str) -> Group | None:
        """The word on a group that stands, with its source and as-of; None where nobody knows it."""
        said = self._groups.get(symbol) or {}
        return max(said.values(), key=lambda one: (one.own, one.as_of or _EVER), default=None)

    def find(self, text: str) -> Instrument | None:
        """The instrument that a code, name, alias or initials mean, or None."""
        plain = unicodedata.normalize("NFKC", text).strip()
        if plain.startswith("@"):
            return self._group(plain)
        folded = _fold(plain)
        symbol = self._keys.get(folded) or self._by_code(plain) or self._only(folded) or symbol_of(plain)
        return None if symbol is None else self.get(symbol)

    def stored(self, text: str) -> Instrument | None:
        """The same for a stored rule, whose group may be a chat's own or one that nobody knows any more."""
        return self.find(text) or (self.get(text) if _GROUP.fullmatch(text) else None)

    def get(self, symbol: str) -> Instrument:
        """The instrument of a full symbol; what the master does not know is described by its shape."""
        return self._instruments.get(symbol) or shaped(symbol)

    def members(self, group: str) -> Sequence[str]:
        """Full symbols of a group, empty where unknown."""
        found = self.group(group)
        return () if found is None else found.members

    def groups(self) -> Sequence[str]:
        """Every group that has members, chats' own lists left out."""
        return tuple(symbol for symbol, said in self._groups.items() if said and "/" not in symbol)

    def named(self) -> Sequence[Instrument]:
        """Every group that has a name, whether or not anybody knows its members."""
        return [one for one in self._instruments.values() if one.kind is Kind.GROUP]

    def also(self, symbol: str, text: str) -> Instrument | None:
        """The group that goes by the name by which a text calls an index; None where it is clear."""
        folded, index = _fold(text), self.get(symbol)
        names = [key for key, found in self._keys.items() if found == symbol and key in folded]
        longest = max(names, key=len, default="")
        group = self._members.get(longest, symbol)
        is_clear = group == symbol or longest in (_fold(index.name), _fold(index.english))
        return None if is_clear else self.get(group)

    def near(self, text: str, count: int = 3) -> Sequence[Instrument]:
        """The closest matches to a text nothing matched: names that contain it, then similar ones."""
        folded = _fold(unicodedata.normalize("NFKC", text))
        if not folded:
            return ()
        parts = [key for key in self._keys if len(folded) >= LEAST_PART and folded in key]
        similar = get_close_matches(folded, self._keys, n=2 * count, cutoff=0.6)
        alike = dict.fromkeys((*self._sounds.get(folded, ()), *self._having(folded)))
        symbols = dict.fromkeys((*alike, *(self._keys[key] for key in (*parts, *similar))))
        return tuple(map(self.get, symbols))[:count]

    def _add(self, instrument: Instrument, aliases: Iterable[str]) -> None:
        symbol = instrument.symbol
        self._instruments[symbol] = instrument
        for key in (symbol, instrument.name, instrument.english, instrument.pinyin, *aliases):
            if folded := _fold(key):
                self._keys.setdefault(folded, symbol)
        if instrument.kind is not Kind.GROUP:
            self._hear(symbol, (instrument.name, *aliases))
        code = symbol.rpartition(".")[0]
        if code and symbol not in self._codes.setdefault(code, []):
            self._codes[code].append(symbol)

    def _hear(self, symbol: str, names: Iterable[str]) -> None:
        """How an instrument's names sound, and the pieces they are known by."""
        for name in map(_fold, names):
            for sound in sounds(name):
                self._sounds.setdefault(sound, {})[symbol] = None
            for first, second in pairwise(name):
                if not (first + second).isascii():
                    self._pieces.setdefault(first + second, {})[name] = symbol

    def _having(self, piece: str) -> Sequence[str]:
        """Symbols whose names contain a piece of two ideographs or more."""
        names = self._pieces.get(piece[:LEAST_PART], {})
        return tuple(dict.fromkeys(symbol for name, symbol in names.items() if piece in name))

    def _only(self, folded: str) -> str | None:
        """The one instrument that sounds so or has this piece in its name; None where several do."""
        found = self._sounds.get(folded) or self._having(folded)
        return next(iter(found)) if len(found) == 1 else None

    def _name(self, group: Group) -> None:
        """What a group is called, by its newest name; the operator's names come before other groups'."""
        known = self._instruments.get(group.symbol) or shaped(group.symbol)
        is_new = group.symbol not in self._instruments
        if is_new or self.group(group.symbol) is group:
            names = {key: word for key in ("name", "english", "pinyin") if (word := getattr(group, key))}
            self._add(replace(known, **names), group.aliases)
        for word in filter(None, map(_fold, (group.name, group.english, group.pinyin, *group.aliases))):
            self._members.setdefault(word, group.symbol)
            if group.own:
                self._members[word] = group.symbol
            if group.own and self._keys.get(word, "@").startswith("@"):
                self._keys[word] = group.symbol

    def _group(self, text: str) -> Instrument | None:
        symbol = text if text in self._instruments else self._keys.get(_fold(text))
        symbol = symbol or self._members.get(_fold(text[1:])) or self._keys.get(_fold(text[1:]))
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
