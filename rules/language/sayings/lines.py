"""English wordings of a price against lines: averages, VWAP, bands, levels with a name; of new extremes."""

from datetime import timedelta
from itertools import product

from rules.language.words import Friendly

_STATES = (("<is_above>", "above"), ("<is_below>", "below"))
_CROSSINGS = (
    ("<goes_above>", "crosses above"),
    ("<goes_below>", "crosses below"),
    ("<crosses>", "crosses above|crosses below"),
)
_WAYS = (("<up_way>", "crosses above"), ("<down_way>", "crosses below"))
_HALF_HOUR = timedelta(minutes=30)
_CHARTED = ("<daily>", " {bar:chart}")


def _line(
    name: str,
    signal: str,
    fixed: tuple[str | int | timedelta, ...] = (),
    *,
    own: bool = False,
    low: bool = False,
) -> tuple[Friendly, ...]:
    """Above, below, crossing a line; reclaiming and losing it, maybe with the signal's `own` verbs.

    To break through a `low` is to fall.
    """
    held = (
        ("<regains>", "reclaim" if own else "crosses above"),
        ("<loses>", "lose" if own else "crosses below"),
        ("<breaks_through>", "crosses below" if low else "crosses above"),
    )
    return tuple(
        Friendly(f"{said} {name}", signal, verb, 0, fixed) for said, verb in (*held, *_CROSSINGS, *_STATES)
    )


def _band(name: str) -> tuple[Friendly, ...]:
    """The same for one of the three lines of the Bollinger bands."""
    made = []
    for (said, verb), bar in product(
        (("<regains>", "reclaim"), ("<loses>", "lose"), *_CROSSINGS, *_STATES), _CHARTED
    ):
        verbs = "|".join(f"{one} {name}" for one in verb.split("|"))
        made.append(Friendly(f"{said} <{name}>{bar}", "boll", verbs))
    return tuple(made)


def _break(side: str, said: str, noun: str) -> tuple[Friendly, ...]:
    """Breaking out of the Bollinger bands on one side."""
    heads = (
        f"<{said}> <{side}>",
        f"<{side}> [break|breakout|breakdown|break out|is broken|broken|pierced|breach]",
        f"[{noun}] <{side}>",
        f"[breaks|break|breakout] [out of |]<{side}>",
    )
    return tuple(Friendly(head + bar, "boll", f"break {side}") for head, bar in product(heads, _CHARTED))


def _extreme(side: str, signal: str, most: str, broken: str) -> tuple[Friendly, ...]:
    """New highs, or lows, of some days."""
    back = "[of|in|for|over|since] [|the ][|last |past |previous ]{span:span}"
    return (
        Friendly(f"<makes_{side}> <new> {{span:span}} <new> <{side}>", signal, "is"),
        Friendly(f"<makes_{side}> <new> <{side}> {back}", signal, "is"),
        Friendly(f"<makes_{side}> {most} [|price |level |point ]{back}", signal, "is"),
        Friendly(f"{{span:span}} [{broken}|high {broken}|low {broken}|closing {side}]", signal, "is"),
    )


def _mean(field: str, signal: str) -> tuple[Friendly, ...]:
    """An average of days or bars, with the pairs of two of them."""
    other = field.replace("{n", "{m")
    pair = f"{signal} pair"
    rows: list[Friendly] = []
    for bar in _CHARTED:
        rows += _line(f"{field}{bar}", signal, own=True)
        for way, verb in _WAYS:
            rows.append(Friendly(f"<crosses> {field}{bar} {way}", signal, verb))
            rows.append(Friendly(f"{field} <crosses> {other}{bar} {way}", pair, verb))
        for said, verb in (*_CROSSINGS, *_STATES, (">", "above"), ("<", "below")):
            rows.append(Friendly(f"{field} {said} {other}{bar}", pair, verb))
        for kind, verb in (("bullish|golden", "crosses above"), ("bearish|death", "crosses below")):
            rows.append(
                Friendly(
                    f"[{kind}] [cross|crossover|crossing] [of|between|on] {field} [and|/|over|with|&] "
                    f"{other}{bar}",
                    pair,
                    verb,
                )
            )
    return tuple(rows)


_COUNTS = (
    "{n:count}[-day|day|] [and|/|,|over] {m:count}[-day|day|] [|moving ][average|"
    "averages|ma|mas|day averages|line|lines|sma]"
)

ROWS = (
    # Breaking a band is more than crossing it, so it comes before what goes above
    *_break("upper", "bursts", "breakout above|breakout of|breakout over|break above"),
    *_break("lower", "sinks", "breakdown below|breakdown of|breakout below|break below"),
    # Averages
    *_mean("{n:mean}", "ma"),
    *_mean("{n:ema}", "ema"),
    *(
        Friendly(f"{said}{chart}", "ma pair", verb, 0, (50, 200))
        for words, verb in (("golden", "crosses above"), ("death", "crosses below"))
        for said in (
            f"[|makes a |forms a |has a |a |prints a |sees a ]{words} [cross|crossover]",
            f"[ma|moving average|sma|moving averages] {words} cross",
        )
        for chart in ("<daily>",)
    ),
    *(
        Friendly(f"[{words}] [cross|crossover] [of|between] {_COUNTS}", "ma pair", verb)
        for words, verb in (("golden|bullish", "crosses above"), ("death|bearish", "crosses below"))
    ),
    *(
        Friendly(
            f"{{n:count}} / {{m:count}} [|day |ma |moving average |sma |day ma ][{words}] [cross|crossover]",
            "ma pair",
            verb,
        )
        for words, verb in (("golden|bullish", "crosses above"), ("death|bearish", "crosses below"))
    ),
    *(
        Friendly(f"<crosses> <{name}> {way}", signal, verb)
        for way, verb in _WAYS
        for name, signal in (
            ("prev_high", "prev high"),
            ("prev_low", "prev low"),
            ("prev_close", "prev close"),
            ("open", "open"),
            ("vwap", "vwap"),
        )
    ),
    *(
        Friendly(f"{head} {field}{bar}", "near ma", "near")
        for field, bar in product(("{n:mean}",), _CHARTED)
        for head in ("<within> {level} <away>",)
    ),
    Friendly("<near> {n:mean}<daily> [within|by|at|,|to within] {level}", "near ma", "near"),
    Friendly("<near> {n:mean} {level}", "near ma", "near"),
    *(
        row
        for bar in _CHARTED
        for row in (
            Friendly(f"<by> {{level}} [above|over|higher than|away above] {{n:mean}}{bar}", "bias", ">=", +1),
            Friendly(f"<by> {{level}} [below|under|lower than|beneath] {{n:mean}}{bar}", "bias", "<=", -1),
            Friendly(
                f"[bias|deviation|distance] [from|to|of] {{n:mean}}{bar} {{op:is}} {{level}}", "bias", ""
            ),
        )
    ),
    Friendly("[breaks|break|broke] {n:mean}<daily>", "ma", "lose"),
    *(
        Friendly(f"{head} {field}{bar}", signal, verb)
        for sign, verb in ((">", "above"), ("<", "below"))
        for head in (sign, f"price {sign}")
        for field, signal in (("{n:mean}", "ma"), ("{n:ema}", "ema"))
        for bar in _CHARTED
    ),
    Friendly("opens [above|over] {n:mean}", "opens", "over"),
    Friendly("opens [below|under] {n:mean}", "opens", "under"),
    # Lines of the day before and of today
    *(
        row
        for name, signal in (
            ("prev_high", "prev high"),
            ("prev_low", "prev low"),
            ("prev_close", "prev close"),
            ("open", "open"),
        )
        for row in _line(f"<{name}>", signal, low=name == "prev_low")
    ),
    Friendly("<breaks> <prev_high>", "prev high", "crosses above"),
    Friendly("<undercuts> <prev_low>", "prev low", "crosses below"),
    Friendly(
        "[goes|turns|is|gets|moves|becomes|flips|back in|into] [positive|into positive "
        "territory|positive territory|into the positive] <day>",
        "prev close",
        "crosses above",
    ),
    Friendly(
        "[goes|turns|is|gets|moves|becomes|flips|back in|into] [negative|into negative "
        "territory|negative territory|into the negative] <day>",
        "prev close",
        "crosses below",
    ),
    Friendly("[erases|wipes out] [its|all its|today's|all of its|all] losses", "prev close", "crosses above"),
    Friendly(
        "[erases|wipes out|gives up] [its|all its|today's|all of its|all] gains",
        "prev close",
        "crosses below",
    ),
    *(
        row
        for side in ("high", "low")
        for names in ((f"<premarket> {'<high>' if side == 'high' else '<low>'}"), f"{side} of <premarket>")
        for row in _line(names, f"premarket {side}", low=side == "low")
    ),
    Friendly("<breaks> <premarket> <high>", "premarket high", "crosses above"),
    Friendly("<undercuts> <premarket> <low>", "premarket low", "crosses below"),
    *_line("<opening_high>", "opening high", (_HALF_HOUR,)),
    *_line("<opening_low>", "opening low", (_HALF_HOUR,), low=True),
    Friendly("<breaks> opening range high", "opening high", "crosses above", 0, (_HALF_HOUR,)),
    Friendly("<undercuts> opening range low", "opening low", "crosses below", 0, (_HALF_HOUR,)),
    *(
        row
        for said, verb, side in (
            ("<goes_above>", "crosses above", "high"),
            ("<goes_below>", "crosses below", "low"),
            ("<is_above>", "above", "high"),
            ("<is_below>", "below", "low"),
            ("<breaks>", "crosses above", "high"),
            ("<undercuts>", "crosses below", "low"),
        )
        for row in (
            Friendly(f"{said} opening range", f"opening {side}", verb, 0, (_HALF_HOUR,)),
            Friendly(f"{said} {{w}} opening range <{side}>", f"opening {side}", verb),
            Friendly(f"{said} <{side}> of first {{w}}", f"opening {side}", verb),
            Friendly(f"{said} first {{w}} <{side}>", f"opening {side}", verb),
            Friendly(f"{said} opening {{w}} <{side}>", f"opening {side}", verb),
            Friendly(f"{said} opening range <{side}>", f"opening {side}", verb, 0, (_HALF_HOUR,)),
        )
    ),
    Friendly("<goes_above> {w} [opening range|orb|or]", "opening high", "crosses above"),
    Friendly("<goes_below> {w} [opening range|orb|or]", "opening low", "crosses below"),
    Friendly(
        "[opening range breakout|orb breakout|orb|opening range break up|opening range "
        "breakout to the upside|upside orb|orb long|bullish orb]",
        "opening high",
        "crosses above",
        0,
        (_HALF_HOUR,),
    ),
    Friendly(
        "[opening range breakdown|orb breakdown|opening range breakout to the downside|"
        "downside orb|orb short|bearish orb|opening range break down]",
        "opening low",
        "crosses below",
        0,
        (_HALF_HOUR,),
    ),
    Friendly(
        "{w} [opening range breakout|orb breakout|orb|opening range break|opening range "
        "breakout to the upside]",
        "opening high",
        "crosses above",
    ),
    Friendly(
        "{w} [opening range breakdown|orb breakdown|opening range breakout to the downside]",
        "opening low",
        "crosses below",
    ),
    # VWAP, whose comparisons are operators
    *(row for row in _line("<vwap>", "vwap") if row.verb not in dict(_STATES).values()),
    Friendly("{op:is} <vwap>", "vwap", ""),
    # Bollinger bands
    *_band("upper"),
    *_band("mid"),
    *_band("lower"),
    # New extremes
    *_extreme("high", "new high", "highest", "breakout"),
    *_extreme("low", "new low", "lowest", "breakdown"),
    Friendly(
        "<makes_high> <new> [all time|alltime|all-time|record|lifetime|historic|historical|ever] <high>",
        "record high",
        "is",
    ),
    Friendly(
        "<makes_low> <new> [all time|alltime|all-time|record|lifetime|historic|historical|ever] <low>",
        "record low",
        "is",
    ),
    Friendly(
        "<makes_high> <new> [record|ath|aths|high of all time|lifetime top|record peak|record "
        "highs|record closing high]",
        "record high",
        "is",
    ),
    Friendly("<makes_low> <new> [atl|low of all time|record lows]", "record low", "is"),
    Friendly(
        "<makes_high> [highest|highest price|highest level|highest point|high] [ever|of all "
        "time|in history|on record|in its history|in history]",
        "record high",
        "is",
    ),
    Friendly(
        "<makes_low> [lowest|lowest price|lowest level|lowest point|low] [ever|of all time|"
        "in history|on record|in its history|in history]",
        "record low",
        "is",
    ),
    Friendly(
        "<makes_high> <new> [52wk|52w|52-wk|52-w|52 wk|52 w|yearly|annual|year|one year|"
        "one-year|12 month|12-month] <new> <high>",
        "new high",
        "is",
        fixed=("250d",),
    ),
    Friendly(
        "<makes_low> <new> [52wk|52w|52-wk|52-w|52 wk|52 w|yearly|annual|year|one year|"
        "one-year|12 month|12-month] <new> <low>",
        "new low",
        "is",
        fixed=("250d",),
    ),
    Friendly("<makes_high> <new> <days_high>", "new high", "is", fixed=("day",)),
    Friendly("<makes_low> <new> <days_low>", "new low", "is", fixed=("day",)),
    Friendly(
        "[makes|sets|hits|prints|reaches|makes a|sets a|hits a|prints a|reaches a|] new "
        "<high> [|today|on the day|for the day|of the session]",
        "new high",
        "is",
        fixed=("day",),
    ),
    Friendly(
        "[makes|sets|hits|prints|reaches|makes a|sets a|hits a|prints a|reaches a|] new "
        "<low> [|today|on the day|for the day|of the session]",
        "new low",
        "is",
        fixed=("day",),
    ),
    Friendly("<within> {level} <away> <record>", "record_gap", "near"),
    Friendly("<near> <record> [within|by|at|,|to within|, within|] {level}", "record_gap", "near"),
    Friendly("<by> {level} [from|away from|short of|shy of] <record>", "record_gap", "near"),
    Friendly("<by> {level} [below|under|off|beneath] <record>", "record_gap", ">="),
    Friendly("<retreats> <by> {level} <from> <record>", "record_gap", ">="),
    Friendly("[distance|gap] [to|from] <record> {op:is} {level}", "record_gap", ""),
)
