"""Wordings of a friendly row: each of its choices, classes and words at least once."""

import re
from collections.abc import Iterator

from rules.language.classes import WORDS
from rules.language.template import expand

_OPEN = re.compile(r"\[([^]]*)\]|<(\w+)(\??)>")


def wordings(template: str) -> Iterator[str]:
    """Every way through the choices that make paths of their own; in each, every word of the others once."""
    for path in expand(template):
        spots = list(_OPEN.finditer(path))
        offers = [_words(*spot.groups()) for spot in spots]
        yield _filled(path, spots, [words[0] for words in offers])
        for at, words in enumerate(offers):
            for word in words[1:]:
                chosen = [word if at == other else many[0] for other, many in enumerate(offers)]
                yield _filled(path, spots, chosen)


def _words(choice: str, sense: str, optional: str) -> list[str]:
    if choice:
        return choice.split("|")
    words = WORDS[sense][0].split()
    return ["", *words] if optional else words


def _filled(path: str, spots: list[re.Match[str]], chosen: list[str]) -> str:
    made, done = [], 0
    for spot, word in zip(spots, chosen, strict=True):
        made += [path[done : spot.start()], word]
        done = spot.end()
    return "".join((*made, path[done:]))
