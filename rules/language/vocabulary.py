"""Classes of words: what a template's `<name>` reads, in one step of the trie, however many wordings it has.

A class is a tree of its wordings, word by word, or runs of parts of which each is such a tree; verbs are
given once and inflected. Blanks and hyphens between words are the same.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

_DOUBLED = frozenset(
    {"drop", "slip", "dip", "pop", "shed", "rip", "top", "stop", "spot", "jog", "get", "run"}
)
_VOWELS = "aeiou"


# A word, or a sign that is one; a hyphen between two words is a blank.
_TOKEN = re.compile(r"(?:\s*-(?=[a-z])|\s*)([a-z_']+|\d+|[^\sa-z\d])", re.IGNORECASE)
Said: TypeAlias = str | Iterable[str]  # wordings, or "a|b|c"
_END = ""  # what closes a wording in a tree


class Tree(dict[str, "Tree"]):
    """Wordings by their words, one after another."""

    @classmethod
    def of(cls, wordings: Iterable[str]) -> "Tree":
        """The tree of some wordings; `_END` where one ends."""
        tree = cls()
        for one in wordings:
            node = tree
            for word in _TOKEN.findall(one.lower()):
                node = node.setdefault(word, cls())
            node[_END] = _NOTHING
        return tree

    def ends(self, text: str, place: int) -> Iterator[int]:
        """Where a wording that begins at a place ends, the longest first."""
        if (token := _TOKEN.match(text, place)) and (following := self.get(token[1].lower())):
            yield from following.ends(text, token.end())
        if _END in self:
            yield place


_NOTHING = Tree()


@dataclass(frozen=True, slots=True)
class Run:
    """Words one after another, each any of a part; a part with the wording "" may be left out."""

    parts: tuple[Tree, ...]

    def ends(self, text: str, place: int, at: int = 0) -> Iterator[int]:
        """Where the words that begin at a place end, by the longest of each part first."""
        if at == len(self.parts):
            yield place
            return
        for end in self.parts[at].ends(text, place):
            yield from self.ends(text, end, at + 1)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One class of words."""

    wordings: tuple[Tree | Run, ...]

    def ends(self, text: str, place: int) -> list[int]:
        """Where one of its wordings may end, the longest first."""
        return sorted({end for one in self.wordings for end in one.ends(text, place)}, reverse=True)

    @property
    def first(self) -> str:
        """The characters it may begin with."""
        begun: set[str] = set()
        for one in self.wordings:
            for part in one.parts if isinstance(one, Run) else (one,):
                begun.update(word[0] for word in part if word)
                if _END not in part:
                    break
        return "".join(sorted(begun))

    @property
    def is_optional(self) -> bool:
        """Whether it may be left out."""
        return 0 in self.ends("", 0)

    @property
    def label(self) -> str:
        """What an error offers: the words that come first in each part."""
        one = self.wordings[0]
        firsts = (next(filter(None, part), "") for part in (one.parts if isinstance(one, Run) else (one,)))
        return " ".join(filter(None, firsts))

    @property
    def samples(self) -> Iterator[str]:
        """Each wording of each part at least once, "" included."""
        for one in self.wordings:
            parts = [list(_said(part)) for part in (one.parts if isinstance(one, Run) else (one,))]
            for at in range(max(map(len, parts))):
                yield " ".join(filter(None, (part[at % len(part)] for part in parts)))


def listed(words: Said) -> tuple[str, ...]:
    """The wordings of "a|b|c", or those given one by one."""
    return tuple(words.split("|")) if isinstance(words, str) else tuple(words)


def run(*parts: Said) -> Run:
    """Words one after another."""
    return Run(tuple(Tree.of(listed(part)) for part in parts))


def words(*wordings: Said | Run) -> Vocabulary:
    """A class of wordings and runs."""
    plain = Tree.of(one for said in wordings if not isinstance(said, Run) for one in listed(said))
    runs = (one for one in wordings if isinstance(one, Run))
    return Vocabulary((*([plain] if plain else []), *runs))


def _said(tree: Tree) -> Iterator[str]:
    for word, following in tree.items():
        if word == _END:
            yield ""
        else:
            yield from (f"{word} {rest}".strip() for rest in _said(following))


def forms(verb: str) -> tuple[str, ...]:
    """A regular verb: base, third person, past and -ing forms."""
    third = verb + ("es" if verb.endswith(("s", "sh", "ch", "x")) else "s")
    stem = verb.removesuffix("e")
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"
    if verb in _DOUBLED:
        stem += verb[-1]
    return verb, third, f"{stem}ed", f"{stem}ing"


def verbs(regular: str, irregular: str = "") -> tuple[str, ...]:
    """All forms of regular verbs, and others as they are."""
    return (*(form for verb in regular.split() for form in forms(verb)), *irregular.split())


def joined(*parts: Said) -> tuple[str, ...]:
    """Each combination of words of each part, with a blank between."""
    made = [""]
    for part in parts:
        made = [f"{begun} {word}".strip() for begun in made for word in listed(part)]
    return tuple(dict.fromkeys(made))
