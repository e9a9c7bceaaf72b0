"""The change in the trading after the close, counted from today's close."""

from collections.abc import Mapping
from decimal import Decimal

from rules.meter import PERCENT_SCALE, Moment, beyond, encode
from rules.model import Instrument, Kind, Leaf, Phase, SessionKind
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Phrase, Priced, Unit

MARKETS = frozenset({"US"})


class SinceClose:
    """Price / the last regular price of the session - 1."""

    def __init__(self, decimals: int) -> None:
        self._unit = 10**decimals
        self._close: int | None = None

    def read(self, moment: Moment) -> int | None:
        """None outside those hours, and where the session's close was not seen."""
        quote, session, own = moment.quote, moment.session, moment.own
        self._close = None
        if quote is None or session is None or own is None:
            return None
        if (quote.phase or session.phase(quote.time)) is not Phase.AFTER_HOURS:
            return None
        self._close = own.price
        return encode(moment.price - own.price, own.price, PERCENT_SCALE) if own.price else None

    def evidence(self) -> Mapping[str, str | float]:
        """The close."""
        return {"close": self._close / self._unit} if self._close else {}

    def restart(self) -> None:
        """The next session has a close of its own."""


@SIGNALS.add("after_hours change")
class AfterHours(Priced):
    """Price after hours / today's close - 1."""

    summary = "after-hours price / today's close - 1"
    summary_zh = "盘后涨跌幅（对今日收盘价）"
    unit = Unit.PERCENT
    resets = True
    sessions = frozenset({SessionKind.EXTENDED})
    phrases = (Phrase("", "after_hours change {op} {level}", "盘后涨跌幅 {op} {level}", Form.STATE),)

    def exists(self, instrument: Instrument) -> bool:
        """Where trading goes on after the close."""
        return instrument.market in MARKETS and instrument.kind is not Kind.INDEX

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The change, in points."""
        decimals = inputs.instrument.decimals
        meter = lambda: SinceClose(decimals)  # noqa: E731 - a line of its own
        return Own("after_hours change", leaf.args, PERCENT_SCALE, percent=True, meter=meter)

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself."""
        del inputs
        return beyond(leaf.verb, leaf.level or Decimal(), PERCENT_SCALE)
