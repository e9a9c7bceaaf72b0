"""Trading at the day's closing price after the close, from 15:05 to 15:30: who takes part in it.

STAR since 2019, ChiNext since 2020 (the exchanges' trading rules); whether the main boards do is not known
(reference feeds.md 1.4), so they rest. Its price is the close's, so it is told to rules that ask for extended
hours alone; its volume comes on top of the session's.
"""

from rules.limits import CHINEXT, STAR
from rules.model import Phase


def phase_of(symbol: str, phase: Phase) -> Phase:
    """The phase of an instrument while its market is in one: China's other boards are closed by then."""
    if phase is not Phase.AFTER_HOURS or symbol.rpartition(".")[2] not in {"SH", "SZ", "BJ"}:
        return phase
    return phase if STAR.fullmatch(symbol) or CHINEXT.fullmatch(symbol) else Phase.CLOSED
