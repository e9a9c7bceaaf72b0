"""What a condition asks beyond the present quote, in words: `and then for 5m`, `decided at 14:50`."""

from collections.abc import Iterator

from handlers.command import Language
from handlers.reply import Html, join, say
from rules.language import worded
from rules.language.figures import LEVELS, write_window
from rules.model import At, Between, Condition, Held, Node, Remembered, Then
from rules.nodes import leaves_of, parts_of
from rules.signal import SIGNALS


def qualified(language: Language, root: Node, told: Html) -> Html:
    """What is told of the present quote, and what has to come to it before it rings."""
    return join((told, *_tails(language, root)), say(language, "comma"))


def _tails(language: Language, node: Node) -> Iterator[Html]:
    """Of every part that remembers, inner ones first; A of `A then B` is told by its name alone."""
    if isinstance(node, Then):
        yield from _tails(language, node.second)
    else:
        for part in parts_of(node):
            yield from _tails(language, part)
    if isinstance(node, Remembered):
        yield _tail(language, node)


def _tail(language: Language, node: Remembered) -> Html:
    match node:
        case Then(first=first, within=within):
            named = worded(first, language)
            return say(language, "qualified.then", first=named, window=write_window(within, language))
        case Held(span=span):
            return say(language, "qualified.held", window=write_window(span, language))
        case At(clock=clock):
            return say(language, "qualified.at", clock=f"{clock:%H:%M}")
        case Between(start=start, end=end):
            return say(language, "qualified.between", start=f"{start:%H:%M}", end=f"{end:%H:%M}")
    return say(language, "qualified.close")


def step(condition: Condition, language: Language) -> str:
    """The level of one rung of a ladder: 5%, 610B."""
    (leaf,) = leaves_of(condition.root)
    return "" if leaf.level is None else LEVELS[SIGNALS[leaf.signal].unit].write(leaf.level, language)
