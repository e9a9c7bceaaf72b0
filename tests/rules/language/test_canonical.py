"""What a signal says of itself is read as itself, whatever friendly rows there are."""

from datetime import timedelta
from decimal import Decimal
from itertools import product

from rules.language.leaf import write
from rules.model import Argument, Leaf
from rules.signal import SIGNALS, ParameterKind, Unit, named
from tests.rules.language.test_language_properties import GROUP, OTHERS, SHARE, reads

ARGUMENTS: dict[ParameterKind, tuple[Argument, ...]] = {
    ParameterKind.COUNT: (5, 20),
    ParameterKind.WINDOW: (timedelta(minutes=5),),
    ParameterKind.SPAN: ("60d",),
    ParameterKind.BAR: (timedelta(minutes=1), timedelta(minutes=15)),
    ParameterKind.DATE: ("2025-04-08",),
    ParameterKind.PRICE: (Decimal(480), Decimal(560)),
}
LEVELS = {Unit.PRICE: "560", Unit.PERCENT: "0.05", Unit.AMOUNT: "1E10", Unit.COUNT: "3"}
LEVELS |= {Unit.TIMES: "3", Unit.NUMBER: "80"}


def test_every_canonical_phrase_is_read_as_itself() -> None:
    """No friendly row comes before what a signal says of itself, in either language."""
    for name, words in SIGNALS.items():
        instrument = GROUP if words.groups_only else next(filter(words.exists, (SHARE, *OTHERS)))
        for template in words.phrases:
            kinds = [parameter.kind for parameter in named(words, template)]
            if ParameterKind.SYMBOL in kinds:
                continue
            for arguments in product(*(ARGUMENTS[kind] for kind in kinds)):
                prices = [one for one in arguments if isinstance(one, Decimal)]
                if prices != sorted(set(prices)):
                    continue
                level = Decimal(LEVELS[words.unit]) if "{level}" in template.en else None
                leaf = Leaf(name, arguments, template.verb or ">", level)
                for language in ("en", "zh"):
                    text = f"{instrument.symbol} {write(leaf, language)}"
                    assert reads(text, instrument).condition.root == leaf, text
