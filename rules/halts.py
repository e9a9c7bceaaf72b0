"""Halts as news: the gate believes no price of a halted instrument, but passes the halt on (Frame.halted)."""

from dataclasses import replace

from rules.events import Turn
from rules.live import Lane, Live
from rules.market import Market
from rules.model import Phase, Quote
from rules.resume import Resumer
from rules.sessions import KINDS, Session
from rules.settle import Settler


class Halts:
    """Moves the axes that follow halts, and nothing else: no price, no envelope, no other signal."""

    def __init__(self, market: Market, settler: Settler, resumer: Resumer) -> None:
        self._market, self._settler, self._resumer = market, settler, resumer
        self._rings, self._placement = settler.rings, settler.placement

    def hear(self, quote: Quote) -> None:
        """One instrument is halted; a word older than its last quote is no news."""
        live = self._market.by_symbol.get(quote.symbol)
        session = None if live is None else self._market.hours.session(live.instrument.market, quote.time)
        if live is None or session is None or (live.quote is not None and quote.time < live.quote.time):
            return
        kind = KINDS.get(session.phase(quote.time))
        lanes = [
            lane for lane in live.lanes if lane.own is not None and lane.own.halts and kind in lane.kinds
        ]
        if not lanes or (live.session is not None and session.date < live.session.date):
            return
        turn = Turn(live, quote.time, live.price or quote.price or None)
        if live.session is None or session.date > live.session.date:
            self._roll(turn, session, quote)
        moment = live.moment(replace(quote, phase=Phase.HALTED), turn.price or 0, quote.time)
        values = [(lane, lane.meter.read(moment)) for lane in lanes if lane.meter is not None]
        for lane, value in values:  # what follows halts has a number at every word of them
            self._move(turn, lane, value or 0)
        self._rings.finish(turn)

    def _roll(self, turn: Turn, session: Session, quote: Quote) -> None:
        live: Live = turn.live
        self._market.roll(live, session, quote, turn.time)
        self._resumer.meet(live)
        self._settler.reset(turn)

    def _move(self, turn: Turn, lane: Lane, value: int) -> None:
        if not lane.known:
            lane.stand(value)
            lane.known = True
        start, stop = lane.move(value)
        self._rings.flip(lane.numbers[start:stop])
        slow, self._rings.slow = self._rings.slow, []
        for number in slow:  # parts of composites
            self._rings.judge(number, self._placement.region(number), value)
        for number in lane.returned(value):
            self._rings.rearm(turn, number)
        if lane.pending:
            self._settler.settle(turn, lane)
        lane.opening = False
