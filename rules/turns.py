"""One quote at a time, where something stirs: sessions rolled, axes moved, levels touched, bars closed."""

from bisect import bisect_right
from collections.abc import Set as AbstractSet
from datetime import datetime

from rules.bars import Bars
from rules.calm import Trail
from rules.clock import Clock
from rules.closing import bar_closed
from rules.columns import PLAIN, Columns
from rules.events import Turn
from rules.groups import Tally
from rules.index import HIGHEST, sweep
from rules.live import Lane, Live
from rules.market import Market
from rules.memory import DAY_BAR
from rules.model import Kind, Phase, Quote, SessionKind
from rules.renewal import renewed, reread
from rules.rescale import Rescaler
from rules.resume import Resumer
from rules.sessions import KINDS, Session
from rules.settle import Settler

REGULAR = SessionKind.REGULAR
NONE: AbstractSet[int] = frozenset()


class Turns:
    """Everything that happens to one instrument at one quote, beyond the engine's hot path."""

    def __init__(
        self, columns: Columns, market: Market, settler: Settler, resumer: Resumer, rescaler: Rescaler
    ) -> None:
        self._columns, self._market, self._hours = columns, market, market.hours
        self._settler, self._resumer, self._rescaler = settler, resumer, rescaler
        self._rings = settler.rings
        self._placement = settler.placement
        self.bars = Bars(columns, market, settler, self.sync)
        self.bars.closers.append(lambda turn, series: bar_closed(self._rings, turn, series.size))
        # What reads others (groups members, pairs each other), by the newest of their quotes.
        self._stirred: dict[int, datetime] = {}

    def look(self, live: Live, quote: Quote) -> None:
        """A quote the hot path could not wave through: a step where nothing but the price is watched."""
        lane, old, price = live.price_lane, live.quote, quote.price
        if (
            live.simple
            and lane is not None
            and old is not None
            and price
            and quote.phase is Phase.CONTINUOUS
            and quote.time < live.until
            and quote.prev_close == old.prev_close
            and (not quote.limit_up or quote.limit_up == live.fed_limits.up)
            and not live.is_told_more(quote)
        ):
            trail = live.trail
            if trail is None or trail.holds(quote, price):
                self._step(live, lane, quote, price)
                return
            if lane.is_quiet(quote, old, price):  # only beyond what axes of its own foresaw
                self.renew(live, trail, quote, price)
                return
        self.attend(quote)

    def renew(self, live: Live, trail: Trail, quote: Quote, price: int) -> None:
        """A quiet quote beyond what was foreseen: axes of its own are read, and foreseen again.

        It is looked at where one of them has passed something or is unknown.
        """
        lost = trail.is_lost(quote) or quote.time >= trail.end
        if lost or not renewed(live, trail, quote, price, self._rings.flip):
            self.attend(quote)

    def _step(self, live: Live, lane: Lane, quote: Quote, price: int) -> None:
        """A regular quote of a running session where nothing but the price is watched (Live.simple)."""
        old, high, low = live.quote or quote, quote.high, quote.low
        top = high is not None and high > price and high != old.high  # at the last price it touches nothing
        bottom = low is not None and low < price and low != old.low
        self.go(Turn(live, quote.time, price, quote), lane, price, touching=top or bottom)
        live.quote = quote
        if high is None or low is None:
            live.extend(quote, price)
            live.settle_quiet()
        else:
            live.allow(*lane.quiet(1, HIGHEST))

    def go(self, turn: Turn, lane: Lane, price: int, *, touching: bool) -> None:
        """The price axis of regular hours alone moves; the day's high or low may be touching something."""
        rings, back = self._rings, NONE
        if price != lane.value:
            start, stop = lane.move(price)
            if start != stop:
                rings.flip(lane.passed(start, stop))
                if rings.slow:
                    self._judge_slow(lane)
            if price <= lane.fall or price >= lane.rise:
                back = self._return(turn, lane)
        if touching and (quote := turn.told()) is not None:
            self._touch(turn, quote, [lane], back)
        if rings.rung or rings.said or rings.dirty:
            self._tell(turn)

    def _tell(self, turn: Turn) -> None:
        """What a step rang; a composite's evidence tells the numbers beside the price, now and before."""
        live, trail, quote = turn.live, turn.live.trail, turn.quote
        if self._rings.dirty and trail is not None and quote is not None:
            newest, trail.log = trail.log[-2:], trail.log[:-2]
            reread(live, live.quote or quote, self._rings.flip)
            for lane in live.lanes:
                lane.before = lane.value if lane.known else None
            trail.log += newest
            reread(live, quote, self._rings.flip)
        self._rings.finish(turn)

    def sync(self, live: Live) -> None:
        """Flip what quiet quotes passed: truths as of the last one."""
        lane, price = live.price_lane, live.price
        if lane is not None and lane.known and price is not None:
            start, stop = lane.move(price)
            self._rings.flip(lane.passed(start, stop))
        if live.quote is not None:
            reread(live, live.quote, self._rings.flip)

    def attend(self, quote: Quote) -> None:
        """A quote the hot path could not wave through."""
        live, price = self._market.live(quote.symbol), quote.price
        if live.quote is not None:
            reread(
                live, live.quote, self._rings.flip
            )  # where its axes stand is where they were at the quote before
        if live.clock.reach(quote.time):
            self.close(live.clock)
        if live.tally is not None:
            self._feed(live, live.tally, quote)
            return
        session = self._hours.session(live.instrument.market, quote.time)
        kind = self._kind(live, quote, session)
        if price is None or price <= 0 or session is None or kind is None:
            live.off = quote
            return
        turn = Turn(live, quote.time, price, quote)
        if live.session is None or session.date > live.session.date:
            self._roll(turn, session, quote)
        self._note(turn, quote, price, kind)
        if live.series:
            self.bars.meet(turn, quote, regular=kind is REGULAR)
        read = self._move(turn, quote, kind)
        if kind is not REGULAR:
            live.off = quote
            return
        self._extend(live, quote, price)
        live.settle_quiet(live.foresee(turn.moment, read) if live.measured else None)
        self._market.weigh(live)
        self._stir(live, quote.time)

    def _stir(self, live: Live, time: datetime) -> None:
        """Groups, and whatever reads this instrument or its groups, are looked at after the frame."""
        if not (live.groups or live.followers or live.paired):
            return
        reached = [*live.groups, *live.followers]
        for group in live.groups:
            reached.extend(group.followers)
        if live.paired:
            reached.append(live)
        for other in reached:
            self._stirred[other.number] = max(time, self._stirred.get(other.number, time))

    def _feed(self, live: Live, tally: Tally, quote: Quote) -> None:
        """A group's own quote: figures that its members do not say, looked at after the frame."""
        live.off = quote
        session = self._hours.session(self._market.market(live), quote.time)
        if self._kind(live, quote, session) is REGULAR and self._ready(live.number, quote.time):
            tally.fed = quote
            self._stir(live, quote.time)
            self._stirred[live.number] = max(quote.time, self._stirred.get(live.number, quote.time))

    def _kind(self, live: Live, quote: Quote, session: Session | None) -> SessionKind | None:
        """The kind of session a quote belongs to; None where nothing listens or its bar is closed."""
        if session is None or (live.session is not None and session.date < live.session.date):
            return None
        phase = session.phase(quote.time) if quote.phase is None else quote.phase
        kind = KINDS.get(phase)
        if kind is REGULAR:
            late = live.closed and live.session is not None and live.session.date == session.date
            return None if late else kind
        return kind if any(kind in lane.kinds for lane in live.lanes) else None

    def _roll(self, turn: Turn, session: Session, quote: Quote | None) -> None:
        live = turn.live
        self._market.roll(live, session, quote, turn.time)
        self._resumer.meet(live)
        self._settler.reset(turn)
        self._rescaler.follow(turn)

    def _note(self, turn: Turn, quote: Quote, price: int, kind: SessionKind) -> None:
        """Figures of the quote that closed forms are made of."""
        live, changed = turn.live, False
        if quote.prev_close is not None and quote.prev_close != live.fed_prev:
            live.fed_prev, changed = quote.prev_close, True
            self._market.refresh(live)
            self._rescaler.follow(turn)
        if quote.shares and quote.shares != live.shares:
            live.shares, changed = quote.shares, True
        changed |= live.note_limits(quote)
        if live.open is None and (quote.open or (kind is REGULAR and live.early)):
            live.open, live.inputs = quote.open or price, None
            changed = changed or not all(lane.opening for lane in live.lanes)  # judged without it
        if changed:
            self._placement.unsettle(live, live.dynamic or ())
        if live.first is None and kind is REGULAR:
            live.first = price

    def _move(self, turn: Turn, quote: Quote | None, kind: SessionKind) -> list[Lane]:
        """All that listens moves to where it is now, and what rang is told; the lanes that have a value."""
        rings = self._rings
        live, alone = turn.live, turn.live.instrument.kind is not Kind.GROUP
        live.wake(turn.time, live.paired if alone and quote is None else None)
        lanes, values = self._read(turn, quote, kind)
        self._redo(turn, kind, turn.live.paired if quote is not None else NONE)
        fresh = self._sweep(turn, lanes, values)
        if quote is not None and kind is REGULAR:
            if turn.live.series:
                fresh |= self.bars.fresh(turn.live)
            self._touch(turn, quote, lanes, fresh)
        early = turn.live.paired if quote is not None else NONE
        for tree in [tree for tree in rings.dirty if tree in early or self._settler.is_told(turn, tree)]:
            del rings.dirty[tree]
            rings.redo(tree, turn.live)
        rings.finish(turn)
        if rings.renewed:
            self.bars.renew(turn.live)
        return lanes

    def _sweep(self, turn: Turn, lanes: list[Lane], values: list[int]) -> set[int]:
        """All lanes to their values: truths turned, ways back, first looks; the numbers not armed before."""
        rings = self._rings
        for lane, start, stop, _ in sweep(lanes, values):
            rings.flip(lane.passed(start, stop))
            self._judge_slow(lane)
        for lane in lanes:
            if lane.absent:
                lane.absent = False
                rings.wake(lane)
                self._judge_slow(lane)
        fresh: set[int] = set()
        for lane in lanes:
            fresh |= self._return(turn, lane)
            if lane.pending:
                fresh |= self._settler.settle(turn, lane)
            lane.opening = False
        return fresh

    def _read(self, turn: Turn, quote: Quote | None, kind: SessionKind) -> tuple[list[Lane], list[int]]:
        """The lanes that listen in this phase and have a value now.

        Those that read other instruments wait for the end of the frame, when there is no quote: of an
        instrument they are the only ones then, of a group all are.
        """
        live, price = turn.live, turn.price
        alone = live.instrument.kind is not Kind.GROUP
        lanes: list[Lane] = []
        values: list[int] = []
        for lane in live.lanes:
            if kind not in lane.kinds or (lane.paired if quote is not None else alone and not lane.paired):
                continue
            value = price
            if lane.meter is not None:
                lane.before = lane.value if lane.known else None
                moment = turn.moment = turn.moment or live.moment(quote, price or 0, turn.time)
                moment.others = self._placement.beside(live, lane)
                value = lane.meter.read(moment)
            if value is None:
                if lane.known and not lane.absent:
                    self._rings.lapse(lane)
                lane.absent = True
                continue
            if not lane.known:
                lane.stand(value)
                lane.known = True
            lanes.append(lane)
            values.append(value)
        return lanes, values

    def _redo(self, turn: Turn, kind: SessionKind, early: AbstractSet[int]) -> None:
        """Composites that were restored are followed at their first quote, whether a leaf flips or not."""
        rings = self._rings
        later, turn.live.later = turn.live.later, None
        for tree in sorted(later or ()):
            kinds = self._columns.pattern(tree).sessions
            if tree in early or kind not in kinds or self._settler.is_told(turn, tree):
                rings.redo(tree, turn.live)
            else:
                self._settler.greet(tree)
                rings.dirty.setdefault(tree, None)

    def _return(self, turn: Turn, lane: Lane) -> AbstractSet[int]:
        """Re-arm what is back at the lane's value; these numbers, which were not armed until now."""
        if lane.fall < lane.value < lane.rise:
            return NONE
        back = lane.returned(lane.value)
        for number in back:
            if lane.double and not self._columns.marks[number] & PLAIN:
                # what lies between two levels may have been passed in one move
                self._rings.await_return(turn, number, self._placement.region(number), lane)
            else:
                self._rings.rearm(turn, number)
        return frozenset(back)

    def _judge_slow(self, lane: Lane) -> None:
        rings = self._rings
        if not rings.slow:
            return
        slow, rings.slow = rings.slow, []
        for number in slow:
            rings.judge(number, self._placement.region(number), lane.value)

    def _touch(self, turn: Turn, quote: Quote, lanes: list[Lane], fresh: AbstractSet[int]) -> None:
        """The envelope since the last quote: levels the day's high or low passed and the price did not."""
        live, price, old = turn.live, turn.price, turn.live.quote
        if price is None or old is None or live.gap or (quote.high == old.high and quote.low == old.low):
            return
        spans: list[tuple[int, int, int]] = []
        top, bottom = live.top(), live.bottom()
        if quote.high is not None and old.high is not None and top is not None:
            spans.append((max(top, price), quote.high, quote.high))
        if quote.low is not None and old.low is not None and bottom is not None:
            spans.append((quote.low, min(bottom, price), quote.low))
        for lane in lanes:
            for above, upto, extreme in spans if lane.own is None else ():
                if above < upto:
                    start, stop = bisect_right(lane.levels, above), bisect_right(lane.levels, upto)
                    self._rings.touch(turn, set(lane.numbers[start:stop]) - fresh, extreme)

    def _extend(self, live: Live, quote: Quote, price: int) -> None:
        """The day's high and low, and what follows them."""
        before = (live.top(), live.bottom())
        if live.series:
            self.bars.extend(live, quote, price)
        live.extend(quote, price)
        live.quote, live.gap = quote, False
        if live.extremes and (live.top(), live.bottom()) != before:
            self._placement.unsettle(live, live.extremes)

    def follow(self) -> None:
        """What reads other instruments, after all quotes of the frame: sessions first, then values."""
        stirred, self._stirred = self._stirred, {}
        ready = [turn for number in sorted(stirred) if (turn := self._ready(number, stirred[number]))]
        for turn in ready:
            self._move(turn, None, REGULAR)

    def _ready(self, number: int, time: datetime) -> Turn | None:
        """The turn of a stirred instrument; None where it is out of session or has not traded in it."""
        live = self._market.by_number[number]
        if live.clock.reach(time):
            self.close(live.clock)
        session = self._hours.session(self._market.market(live), time)
        if session is None:
            return None
        if live.instrument.kind is not Kind.GROUP:
            is_open = live.session is not None and live.session.date == session.date and not live.closed
            return Turn(live, time, live.price) if is_open and live.price and not live.is_halted else None
        turn = Turn(live, time, None)
        if live.session is None or session.date > live.session.date:
            self._roll(turn, session, None)
        return turn

    def tick(self, market: str, time: datetime) -> None:
        """Market time passes without a quote."""
        clock = self._market.clock(market)
        if clock.wait(time):
            self.close(clock)

    def close(self, clock: Clock, *, replay: bool = False) -> None:
        """Close the bars that are due, days last; at the end of a replay, those that have ended."""
        last = self.bars.close(clock, replay=replay)
        open_still: list[Live] = []
        for live in clock.live:
            session = live.session
            if session is None or clock.newest < (session.close if replay else session.due):
                open_still.append(live)
                continue
            self.sync(live)
            turn = Turn(live, session.close, live.price)
            bar_closed(self._rings, turn, DAY_BAR)
            for number in sorted(live.provisional or ()):
                self._rings.close(turn, number)
            self.bars.finish(last.get(live.number, ()))
            self._market.close(live)
        clock.live = open_still
        clock.settle()
        self._rings.flush()
