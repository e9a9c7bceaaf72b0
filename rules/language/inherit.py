"""What words leave out since those beside them said it: "rsi above 70 or below 30", 10分钟跌2%或涨2%.

Read alone "below 30" is a price. Behind a number of another scale, and itself of that scale, it is taken as
that number's. A move the other way beside one within a time is within that time too. So no rule is made that
nobody meant.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from rules.language.fault import Trouble
from rules.language.leaf import Place, read, write
from rules.model import Leaf, Node
from rules.signal import Form

# How far such a number goes; what is beyond is a price.
_MOST = {
    "rsi": Decimal(100),
    "kdj k": Decimal(100),
    "kdj d": Decimal(100),
    "kdj j": Decimal(120),
    "cci": Decimal(300),
    "volume_ratio": Decimal(20),
}
_BARE = re.compile(
    r"(?:(?:is|falls|drops|rises|goes|gets|back)\s+)*(?:above|below|over|under|at\s+(?:least|most)|"
    r"(?:more|less|greater)\s+than|crosses|[<>]|[≥≤]|大于|小于|高于|低于|超过|跌破|升破|上穿|下穿|"
    r"不足|达到|不到|升到|跌到)",
    re.IGNORECASE,
)
_JOINT = re.compile(
    r"\s*(?:and|or|then|&&?|且|并且|而且|或者?|然后|随后|之后|,)\s*(?:if\s+|then\s+)?", re.IGNORECASE
)
_MOVE = re.compile(
    r"(?:is\s+)?(?:up|down|rises|falls|drops|gains|loses|jumps|[涨跌]|上涨|下跌)\D{0,12}\d+(?:\.\d+)?\s*(?:%|percent|个点)",
    re.IGNORECASE,
)
_TIMED = re.compile(r"\d|(?:in|within|over)\s", re.IGNORECASE)  # words that begin with a time
_COMPARED = re.compile(r"\s*(?:>=?|<=?|crosses\s).*$")


def head_of(last: Leaf | None, leaf: Leaf, words: str, between: str) -> str:
    """The words of the number that the leaf before is of, where the bare leaf behind it means it too.

    `words` is the leaf as written, `between` what stands between both; empty where it stands for itself.
    """
    most = _MOST.get(last.signal) if last else None
    if most is None or last is None or leaf.signal != "price" or leaf.level is None or leaf.level > most:
        return ""
    if not _BARE.match(words.strip()) or not _JOINT.fullmatch(between):
        return ""
    return _COMPARED.sub("", write(last, "en"))


def spoken_of(head: str, place: Place) -> tuple[tuple[Leaf, ...], Form, str]:
    """The leaf of a bare comparison behind the words it leaves out; Trouble where they make none."""
    text = f"{head} {place.words}"
    try:
        return read(replace(place, text=text, start=0, end=len(text)))
    except Trouble:
        raise Trouble("vague", place.start, place.words, near=text) from None


def windowed(parts: Sequence[Node], said: Sequence[tuple[Leaf, str]]) -> tuple[Node, ...]:
    """Alternatives, of which a bare move beside an opposite one within a time has that time too.

    `said` has leaves with their words. A time that stands first is that of what follows ("in 5m up 2% or down
    2%"), one that stands last that of what went before.
    """
    made = list(parts)
    for at, part in enumerate(parts):
        before, after = parts[max(0, at - 1) : at], parts[at + 1 : at + 2]
        for other, is_first in (*((one, True) for one in before), *((one, False) for one in after)):
            if isinstance(part, Leaf) and isinstance(other, Leaf) and _is_half(part, other, said, is_first):
                made[at] = replace(part, signal=other.signal, args=other.args)
    return tuple(made)


def _is_half(part: Leaf, other: Leaf, said: Sequence[tuple[Leaf, str]], is_first: bool) -> bool:  # noqa: FBT001 - a side
    """Whether a part is the bare half of a move either way whose other half has a time on its side."""
    words, others = (next((text for leaf, text in said if leaf is one), "") for one in (part, other))
    is_opposite = (part.level or 0) * (other.level or 0) < 0
    return (
        (part.signal, other.signal) == ("change", "move")
        and is_opposite
        and _MOVE.fullmatch(words.strip()) is not None
        and is_first is (_TIMED.match(others.strip()) is not None)
    )
