"""What a bare comparison behind an oscillator is of: in "rsi above 70 or below 30" both are the RSI.

Read alone "below 30" is a price. Behind a number of another scale, and itself of that scale, it is taken as
that number's, so that no rule on a price is made that nobody meant.
"""

import re
from decimal import Decimal

from rules.language.leaf import write
from rules.model import Leaf

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
