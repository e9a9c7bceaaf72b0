"""Text <-> condition: one line, `SYMBOL CONDITION [| OPTIONS]`, in English and Chinese.

The canonical form has a grammar; friendly phrases are templates that mean the same.
"""

from rules.language.lines import (
    LanguageError,
    LaterError,
    Line,
    Options,
    UnknownSymbolError,
    canonical,
    of_day,
    parse,
    phrase,
    worded,
)

__all__ = (
    "LanguageError",
    "LaterError",
    "Line",
    "Options",
    "UnknownSymbolError",
    "canonical",
    "of_day",
    "parse",
    "phrase",
    "worded",
)
