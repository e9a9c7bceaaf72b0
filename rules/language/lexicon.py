"""English words of moves, lines, highs and prices that mean the same in a condition (vocabulary.py)."""

from collections.abc import Mapping
from types import MappingProxyType

from rules.language.terms import TERMS
from rules.language.vocabulary import Vocabulary, joined, listed, run, verbs, words

_GO = (
    *verbs("move trade push tick", "is are goes go went going gone gets get got shoots shoot shot runs run"),
)
RISES = verbs(
    "gain jump climb surge soar rally advance spike pop increase appreciate add "
    "skyrocket rocket leap rip zoom explode moon pump rebound bounce recover "
    "strengthen",
    "rises rise rose risen rising leapt shoots shoot shot shooting",
)
FALLS = verbs(
    "drop decline decrease plunge tumble crash tank dip slip shed slump plummet dump "
    "collapse depreciate slide fade nosedive crater retreat weaken bleed ease dive",
    "falls fall fell fallen falling loses lose lost losing slid sinks sink sank sunk sinking",
)
_UNSAID = ("rebound", "bounce", "recover", "retreat")  # of a turn, whose base the words must say
_GAIN = tuple(one for one in RISES if not one.startswith(_UNSAID))
_LOSE = tuple(one for one in FALLS if not one.startswith(_UNSAID))
_STAY = verbs("stay remain trade keep", "holds hold held holding sits sit stands stand is are")
_CROSS = verbs("cross")
_BREAK = ("breaks", "break", "broke", "breaking", "broken", "breaks out", "break out", "breaking out")
_DOWN_BREAK = (*_BREAK, "breaks down", "break down")
_COME = verbs("move push turn", "goes go went going gets get got comes come")
_OVER = ("above", "over", "past", "up through", "north of", "beyond", "up above", "up over")
_UNDER = ("below", "under", "beneath", "down through", "south of", "down below", "underneath")
_BACK_OVER, _BACK_UNDER = joined(("back",), _OVER), joined(("back",), _UNDER)
_LAST = ("", "last", "past", "previous", "next", "span of", "space of", "under", "less than", "just", "only")
_MORE = (
    "more than", "at least", "over", "above", "greater than", "in excess of", "exceeding", "upwards of",
    "no less than", "not less than", "a full", "as much as", "beyond", "higher than", "a minimum of",
)  # fmt: skip
_YESTERDAY = (
    "yesterday's", "yesterdays", "yesterday", "previous day's", "previous day", "prior day's", "prior day",
    "prev day's", "prev day", "last session's", "previous session's", "last day's", "prior", "previous",
)  # fmt: skip
_BAND = ("bollinger band", "bollinger bands", "bollinger", "band", "bb", "boll", "boll band")


_MAKES = (
    run(
        verbs("make set reach print notch touch test post", "makes hits hit is at trades made takes"),
        "|a|an|its|at|to a",
    ),
    "|at|at a|to|trading at|trades at a|moves to|goes to",
)


def _band(*names: str) -> tuple[str, ...]:
    """Upper Bollinger band, Bollinger upper band."""
    behind = joined(("bollinger", "bollinger band", "bollinger bands", "bollinger band's", "bb"), names)
    return (*joined(names, _BAND), *behind, *joined(behind, ("band",)))


_CLASSES: Mapping[str, Vocabulary] = {
    # Percentages
    "rise": words(
        run(_GAIN, "|up|higher"),
        run(listed("") + _GO, "up|higher"),
        "edges up|edges higher|edged up|drifts higher|grinds higher",
    ),
    "fall": words(
        run(_LOSE, "|down|lower"),
        run(listed("") + _GO, "down|lower"),
        "sells off|sell off|sold off|selling off|edges down|edges lower|drifts lower|edged down",
    ),
    "go": words(
        _GO,
        _STAY,
        "|closes|finishes",
    ),
    "asks": words(
        joined(
            "tell me|alert me|notify me|let me know|ping me|warn me|remind me|",
            "when|if|at|once",
            "|i am|i'm|it is|it's|i|it|i have|i've",
        ),
        "|i am|i'm|alert|alert at|notify me at|now",
    ),
    "gives": words(
        verbs("make form show give print flash trigger generate see produce signal"),
        "|has|in a|on a|forms a|there is a",
    ),
    "up_way": words(
        "above|over|from below|upward|upwards|up|to the upside|going up|on the way up|"
        "upside|from underneath|higher",
    ),
    "down_way": words(
        "below|under|from above|downward|downwards|down|to the downside|going down|on "
        "the way down|downside|lower",
    ),
    "gain": words(
        "gain|rise|increase|jump|rally|surge|advance|spike|pop|climb|upmove|move up|up move|"
        "price increase|price rise|upside move|gains|move higher|higher|up",
    ),
    "loss": words(
        "drop|fall|decline|loss|decrease|dip|plunge|slide|slump|crash|tumble|selloff|sell off|"
        "move down|down move|price drop|price decline|downside move|move lower|losses|price fall|"
        "lower|down",
    ),
    "moves": words(
        verbs("move fluctuate shift", "changes changed changing"),
        "price moves|price changes|+/-|±",
    ),
    "swing": words(
        verbs("swing move fluctuate", "changes changed changing"),
        "+/-|±|price moves|price changes",
    ),
    "move": words(
        "move|price move|change|price change",
    ),
    "by": words(
        _MORE,
        run("by|of", _MORE),
        "|by|of|a",
    ),
    "day": words(
        "|today|on the day|for the day|intraday|this session|on the session|in a day|in the day|"
        "during the day|so far today|from yesterday|since yesterday|in a single day|"
        "from yesterday's close|since yesterday's close|from the previous close|in one session|"
        "from previous close|vs yesterday|versus yesterday|vs previous close|within the day|"
        "compared to yesterday|compared with yesterday|in the session|in today's session|"
        "in a session|during the session|during today's session|on a day|vs the previous close|"
        "within a day|against the previous close|since the previous close|from the prior close|"
        "in today's trading|from last close|since last close|since the last close|from the last close",
    ),
    "today": words(
        "today|today's|intraday|on the day|this session|during the day|so far today|the day's",
    ),
    "either": words(
        "|either way|in either direction|in any direction|either direction|both ways|any direction|"
        "in both directions|+/-|one way or the other",
    ),
    "in": words(
        run("in|within|over|during|inside|in any|within any|for", "the|", _LAST),
        "under|in under|in less than|over a|inside of",
    ),
    "after_hours": words(
        run("|in|during", "after hours|afterhours|post market|postmarket|extended hours"),
        run("in|during", "after hours", "trading|trade|session"),
        "after the close|after hours trading|in the after hours session|after close|after the bell|"
        "in post market trading|in after market trading|after market|in the after market|"
        "in the after hours",
    ),
    # Sides of a line, and passing it
    "is_above": words(
        run(listed("") + _STAY, "above|over|higher than|greater than|more than|at or above"),
    ),
    "is_below": words(
        run(listed("") + _STAY, "below|under|lower than|less than|beneath|underneath"),
    ),
    "goes_above": words(
        run(_CROSS + _BREAK + _COME + RISES, listed("up|upwards through|to above") + _OVER),
        run(RISES + listed("pushes|push|pushing"), "through"),
        run(_CROSS, "up|upward|upwards|back above|back over|from below"),
        "clears|clear|cleared|breakout above|break out of|breakout over|pops over|moving up through",
    ),
    "goes_below": words(
        run(_CROSS + _DOWN_BREAK + _COME + FALLS, listed("to below|downwards through") + _UNDER),
        run(FALLS, "through"),
        run(_CROSS, "down|downward|downwards|back below|back under|from above"),
        "breakdown below|break down of|breakdown under",
    ),
    "breaks_through": words(
        run(_BREAK + verbs("burst slice punch smash"), "through"),
    ),
    "crosses": words(
        _CROSS,
        run(_CROSS, "through|either way"),
    ),
    "regains": words(
        verbs("reclaim regain retake recapture recover", "retook retaken"),
        _BACK_OVER,
        run(listed("breaks") + _COME + RISES + _STAY, _BACK_OVER),
        "takes back",
    ),
    "loses": words(
        _BACK_UNDER,
        run(_COME + FALLS + _STAY, _BACK_UNDER),
        "loses|lose|lost|losing|gives up|give up|fails to hold",
    ),
    "breaks": words(
        _BREAK,
        run(_BREAK, "above|through|over|past"),
        verbs("surpass exceed top"),
        "takes out|took out|take out|taking out|hits|breakout of|breakout above|break of|clears|"
        "goes above|crosses above|rises above|crosses over|moves above|climbs above|new",
    ),
    "undercuts": words(
        _DOWN_BREAK,
        run(_DOWN_BREAK, "below|through|under"),
        verbs("undercut"),
        run("goes|falls|drops|dips|moves|crosses|slips|trades|sinks", "below|under"),
        "hits|breakdown of|breakdown below|break of|takes out|loses",
    ),
    "cross_up": words(
        run(
            _CROSS,
            "above|over|up|up through|up above|upward|upwards|back above|back over|upward through|"
            "upwards through|from below|to above|up over|to the upside of",
        ),
    ),
    "cross_down": words(
        run(
            _CROSS,
            "below|under|down|down through|down below|downward|downwards|back below|back under|"
            "downward through|downwards through|from above|to below|beneath",
        ),
    ),
    "bursts": words(
        run(_BREAK, "above|over|through|past|out above|out of|up through"),
        _BREAK,
        verbs("pierce breach burst"),
    ),
    "sinks": words(
        run(_DOWN_BREAK, "below|under|through|out below|out of|down through"),
        run("falls|drops|sinks|slips", "out of|through"),
        _DOWN_BREAK,
        verbs("pierce breach"),
    ),
    # Names of lines
    "prev_high": words(
        run(_YESTERDAY, "high|highs|top"),
        "pdh|high of yesterday|high of the previous day",
    ),
    "prev_low": words(
        run(_YESTERDAY, "low|lows"),
        "pdl|low of yesterday|low of the previous day",
    ),
    "prev_close": words(
        run(listed("prev|last") + _YESTERDAY, "close|closing price"),
        "pdc|close of yesterday",
    ),
    "open": words(
        "open|today's open|opening price|open price|day's open|day open|session open|opening|"
        "where it opened|today's opening price|daily open",
    ),
    "premarket": words(
        "premarket|pre market|premarket session|pre market session",
    ),
    "opening_high": words(
        "opening range high|orb high|or high|opening range's high",
    ),
    "opening_low": words(
        "opening range low|orb low|or low|opening range's low",
    ),
    "opening": words(
        "opening|open|opening range",
    ),
    "vwap": words(
        "vwap|volume weighted average price|average price|avg price|intraday average",
    ),
    "upper": words(
        _band("upper", "top", "upper band"),
    ),
    "lower": words(
        _band("lower", "bottom", "lower band"),
    ),
    "mid": words(
        _band("middle", "mid", "center", "basis", "median", "central", "midline"),
    ),
    "daily": words(
        run(
            "on the|on|on a|in the|using",
            "daily|day|1d|1 day",
            "|chart|bars|timeframe|candles|time frame|candle|basis|charts",
        ),
        "",
    ),
    "high": words(
        "high|highs|peak|top",
    ),
    "low": words(
        "low|lows|bottom|trough",
    ),
    "makes_high": words(
        *_MAKES,
        run(_BREAK + verbs("top exceed surpass"), "|a|its|above|through|to|of|a new"),
        run("goes|rises|moves|climbs|crosses|trades|gets|jumps|surges|breakout", "above|over|past|to|of"),
    ),
    "makes_low": words(
        *_MAKES,
        run(_DOWN_BREAK + verbs("undercut"), "|a|its|below|through|to|of|a new"),
        run("goes|falls|moves|drops|crosses|trades|gets|slides|sinks|dips|breakdown", "below|under|to|of"),
    ),
    "new": words(
        "|new|fresh|brand new|another|another new|a|a new|its",
    ),
    "record": words(
        joined(
            "|new",
            "record|record high|all time high|ath|all time highs|lifetime high|historic high|record price",
        ),
        "highest ever|all time peak|historical high|record level|all time record",
    ),
    "days_high": words(
        "high of the day|day high|day's high|daily high|intraday high|session high|hod|today's high|"
        "high for the day|high today|session's high|days high|high of the session|high on the day|"
        "high of day|highs of the day|highs of day",
    ),
    "days_low": words(
        "low of the day|day low|day's low|daily low|intraday low|session low|lod|today's low|"
        "low for the day|low today|session's low|days low|low of the session|low on the day|"
        "low of day|lows of the day|lows of day",
    ),
    "top": words(
        "high|peak|top|highs|high of the day|day high|day's high|daily high|intraday high|"
        "session high|hod|today's high|day's peak|today's peak|intraday peak|session's high|highest|"
        "today's top|day's top|high of the session|high today|highs of the day|peak of the day|"
        "days high",
    ),
    "bottom": words(
        "low|bottom|lows|low of the day|day low|day's low|daily low|intraday low|session low|lod|"
        "today's low|session's low|lowest|today's bottom|low of the session|low today|"
        "lows of the day|bottom of the day|days low",
    ),
    "from": words(
        "from|off|below|under|beneath|down from|off of|from the|away from",
    ),
    "off": words(
        "from|off|above|over|up from|off of|since",
    ),
    "retreats": words(
        run(FALLS, "|back|down"),
        verbs("retreat retrace pull"),
        run(verbs("pull move come", "gives"), "back|off|down"),
        run(listed("") + _GO, "down|lower|back"),
        "off|gives back|sells off|sold off|selling off|fades",
    ),
    "pullback": words(
        "pullback|pull back|drop|fall|retreat|decline|retracement|drawdown|dip|giveback|correction|"
        "slide|retrace",
    ),
    "rebounds": words(
        run(RISES + verbs("rebound bounce recover"), "|back|up"),
        run(listed("") + _GO, "up|back up|higher"),
    ),
    "bounce": words(
        "bounce|rebound|recovery|rise|rally|gain|move up",
    ),
    "ever": words(
        "|ever|of all time|in history|on record",
    ),
    # Channels
    "outside": words(
        run(
            listed("") + _STAY,
            "outside|out of|not between",
            "|of|range|range of|of range|channel|band|of the range|the range|the band|of the band",
        ),
    ),
    "inside": words(
        run(
            listed("") + _STAY,
            "between|inside|within|in range|in",
            "|range|range of|channel|band|the range|the band|the range of",
        ),
    ),
    "leaves": words(
        run(
            listed(
                "breaks out of|breaks|moves out of|goes out of|falls out of|goes outside|moves outside|"
                "gets out of|breakout of|breaks away from"
            )
            + verbs("exit", "leaves leave leaving left"),
            "|range|channel|range of|band|the range|the band|the range of|of",
        ),
    ),
    "enters": words(
        run(
            listed(
                "goes into|moves into|comes into|gets into|returns to|goes back into|falls into|"
                "moves inside|"
                "gets back inside|rises into|drops into|comes back into"
            )
            + verbs("enter"),
            "|range|channel|range of|band|the range|the band|the range of",
        ),
    ),
    "to": words(
        "|~|and|to|-|–|,|~ ",
    ),
    "range": words(
        "|range|channel|band|zone|area",
    ),
}
CLASSES: Mapping[str, Vocabulary] = MappingProxyType({**_CLASSES, **TERMS})
