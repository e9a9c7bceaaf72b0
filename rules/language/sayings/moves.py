"""English wordings of moves: of the day, in a window, over days, from the open, a high, a low or a date."""

from rules.language.words import Friendly

_BOTH = ">=|<="


def _both_ways(template: str, signal: str) -> tuple[Friendly, Friendly]:
    """A template whose `^` is a word of rising or falling and `~` a noun of one."""
    up, down = (
        template.replace("^", f"<{verb}>").replace("~", f"<{noun}>")
        for verb, noun in (("rise", "gain"), ("fall", "loss"))
    )
    return Friendly(up, signal, ">=", +1), Friendly(down, signal, "<=", -1)


def _wordings(signal: str, behind: str) -> tuple[Friendly, ...]:
    """Up 5%, a 5% gain, a gain of 5%, and either way, with the same words behind."""
    return (
        *_both_ways(f"^ <by> {{level}} {behind}", signal),
        *_both_ways(f"<by> {{level}} ~ {behind}", signal),
        *_both_ways(f"~ <by> {{level}} {behind}", signal),
        *_both_ways(f"[makes|has|sees|shows|posts] ~ <by> {{level}} {behind}", signal),
        *_both_ways(f"{behind} ^ <by> {{level}}", signal),
        *_both_ways(f"{behind} ~ <by> {{level}}", signal),
        Friendly(f"<swing> <by> {{level}} <either> {behind} <either>", signal, _BOTH, +1),
        Friendly(f"<by> {{level}} <move> <either> {behind} <either>", signal, _BOTH, +1),
        Friendly(f"<move> <by> {{level}} <either> {behind} <either>", signal, _BOTH, +1),
    )


_WINDOWED = tuple(
    row for row in (*_wordings("move", "<in> {w}"), *_wordings("interval change", "<in> {span:span}"))
)

ROWS = (
    Friendly("+{level}[| today]", "change", ">=", +1),
    Friendly("-{level}[| today]", "change", "<=", -1),
    # The day
    *_both_ways("^ <by> {level} <day>", "change"),
    *_both_ways("<go> <by> {level} ~ <day>", "change"),
    *_both_ways("[|daily |day |intraday |one day |1 day ]~ <by> {level} <day>", "change"),
    *_both_ways("[|daily |day |intraday ]~ <exceeds> {level} <day>", "change"),
    Friendly(
        "[daily change|daily % change|day change|percent change|% change|change percent|change %|day's "
        "change|today's change|price change|percentage change|daily percent change|pct "
        "change|daily return|change today|change on the day|daily performance|change in "
        "price] {op:is} {level} <day>",
        "change",
        "",
    ),
    Friendly("<moves> <by> {level} <either> <day> <either>", "change", _BOTH, +1),
    Friendly("<by> {level} <move> <either> <day> <either>", "change", _BOTH, +1),
    Friendly("[|daily |day |intraday ]<move> of <by> {level} <either> <day> <either>", "change", _BOTH, +1),
    *_both_ways("<today> ^ <by> {level}", "change"),
    *_both_ways("<today> ~ <exceeds> {level}", "change"),
    *_both_ways("<today> ~ <by> {level}", "change"),
    # A window
    *_WINDOWED,
    *_both_ways("{w} ~ <by> {level}", "move"),
    *_both_ways("<by> {level} {w} ~", "move"),
    *_both_ways("{w} ~ <exceeds> {level}", "move"),
    Friendly(
        "{w} [change|return|performance|price change|percent change|momentum] {op:is} {level}", "move", ""
    ),
    Friendly("[change|return|move|gain] <in> {w} {op:is} {level}", "move", ""),
    Friendly("[change|return|move|gain] <in> {span:span} {op:is} {level}", "interval change", ""),
    Friendly("{w} <move> [|of ]<by> {level} <either>", "move", _BOTH, +1),
    *_both_ways("^ <by> <cash> {level} <in> {w}", "move_by"),
    *_both_ways("^ <by> {level} <coin> <in> {w}", "move_by"),
    *_both_ways("{w} ~ <by> <cash> {level}", "move_by"),
    *_both_ways("{w} ~ <by> {level} <coin>", "move_by"),
    *_both_ways("<cash> {level} ~ <in> {w}", "move_by"),
    Friendly("<swing> <by> <cash> {level} <either> <in> {w} <either>", "move_by", _BOTH, +1),
    Friendly("<swing> <by> {level} <coin> <either> <in> {w} <either>", "move_by", _BOTH, +1),
    # Days
    *_both_ways("{span:span} ~ <by> {level}", "interval change"),
    *_both_ways("{span:span} ~ <exceeds> {level}", "interval change"),
    Friendly(
        "{span:span} [change|return|performance|price change|percent change] {op:is} {level}",
        "interval change",
        "",
    ),
    # The highest and lowest within a window
    *(
        Friendly(
            "<rebounds> <by> {level} <off> [|the |its ][low|lowest|bottom|lowest price] "
            "[in|within|of|over] [|the last |the past |last |past ]{w}",
            "rise",
            ">=",
        )
        for _ in "1"
    ),
    Friendly("<rebounds> <by> {level} <off> [|the |its ]{w} [low|lowest|bottom]", "rise", ">="),
    Friendly("<retreats> <by> {level} <from> [|the |its ]{w} [high|highest|top|peak]", "fall", ">="),
    Friendly(
        "<retreats> <by> {level} <from> [|the |its ][high|highest|top|peak] [in|within|"
        "of|over] [|the last |the past |last |past ]{w}",
        "fall",
        ">=",
    ),
    # The day's high and low
    Friendly("<retreats> <by> {level} <from> <top>", "from_high", ">="),
    Friendly("<pullback> <by> {level} <from> <top>", "from_high", ">="),
    Friendly("<by> {level} <pullback> <from> <top>", "from_high", ">="),
    Friendly("<by> {level} <from> <top>", "from_high", ">="),
    Friendly(
        "[pulls back|retraces|gives back|pullback of|pull back of|pulls back by|retreats] <by> {level}",
        "from_high",
        ">=",
    ),
    Friendly("<rebounds> <by> {level} <off> <bottom>", "from_low", ">="),
    Friendly("<bounce> <by> {level} <off> <bottom>", "from_low", ">="),
    Friendly("<by> {level} <bounce> <off> <bottom>", "from_low", ">="),
    Friendly("<by> {level} <off> <bottom>", "from_low", ">="),
    # The open, and a date
    *_both_ways(
        "^ <by> {level} [since|from|vs|versus|after|off|above|below|against|compared to] <open>",
        "change_open",
    ),
    *_both_ways("<by> {level} ~ [since|from|vs|versus|after|off|against] <open>", "change_open"),
    *_both_ways("~ <by> {level} [since|from|vs|versus|after|off|against] <open>", "change_open"),
    Friendly("<by> {level} [above|over|higher than] <open>", "change_open", ">=", +1),
    Friendly("<by> {level} [below|under|lower than] <open>", "change_open", "<=", -1),
    Friendly(
        "[change from|change since|change from the|change since the] open {op:is} {level}", "change_open", ""
    ),
    *_both_ways(
        "^ <by> {level} [since|from|from the close of|since the close of|since the close "
        "on|versus|vs] {date:date}",
        "since",
    ),
    *_both_ways("<by> {level} ~ [since|from|versus|vs] {date:date}", "since"),
    *_both_ways("~ <by> {level} [since|from|versus|vs] {date:date}", "since"),
    *_both_ways(
        "^ <by> {level} [since|from|off|above|below] [low|lows|bottom] [of|on] {date:date}", "since low"
    ),
    *_both_ways("^ <by> {level} [since|from|off|above|below] {date:date} [low|lows|bottom]", "since low"),
    Friendly("[return|performance|gain] since {date:date} {op:is} {level}", "since", ""),
    # Gaps, and the day's range
    Friendly(
        "[gaps|gap|gapped|gapping|opens|opened|opening|open] [up|higher] <by> {level} <day>", "gap", ">=", +1
    ),
    Friendly(
        "[gaps|gap|gapped|gapping|opens|opened|opening|open] [down|lower] <by> {level} <day>", "gap", "<=", -1
    ),
    Friendly(
        "[opens|opened|opening|open|gaps|gap|gapped] <by> {level} [higher|up|above "
        "yesterday's close|above the previous close]",
        "gap",
        ">=",
        +1,
    ),
    Friendly(
        "[opens|opened|opening|open|gaps|gap|gapped] <by> {level} [lower|down|below "
        "yesterday's close|below the previous close]",
        "gap",
        "<=",
        -1,
    ),
    Friendly("<by> {level} [gap up|gap higher|up gap|upside gap|upward gap] <day>", "gap", ">=", +1),
    Friendly("<by> {level} [gap down|gap lower|down gap|downside gap|downward gap] <day>", "gap", "<=", -1),
    Friendly(
        "[opens with|opens on|opens with a gap of] <by> {level} [gap up|up|gap higher|to the upside|higher]",
        "gap",
        ">=",
        +1,
    ),
    Friendly(
        "[opens with|opens on|opens with a gap of] <by> {level} [gap down|down|gap lower|"
        "to the downside|lower]",
        "gap",
        "<=",
        -1,
    ),
    Friendly("[gap|opening gap|overnight gap|gap open] {op:is} {level}", "gap", ""),
    Friendly("[gap up|opening gap up|upside gap] <exceeds> {level}", "gap", ">=", +1),
    Friendly("[gap down|opening gap down|downside gap] <exceeds> {level}", "gap", "<=", -1),
    Friendly(
        "[gaps|gap|opening gap] <by> {level} [either way|in either direction|up or down|"
        "+/-|either direction]",
        "gap",
        _BOTH,
        +1,
    ),
    Friendly(
        "[gaps up|gap up|gaps higher|gapped up|gapping up|opens with a gap up|bullish "
        "gap|upside gap|makes a gap up|opens above yesterday's high|opens above the "
        "previous day's high] <day>",
        "gap up",
        "is",
    ),
    Friendly(
        "[gaps down|gap down|gaps lower|gapped down|gapping down|opens with a gap down|"
        "bearish gap|downside gap|makes a gap down|opens below yesterday's low|opens "
        "below the previous day's low] <day>",
        "gap down",
        "is",
    ),
    Friendly(
        "[amplitude|daily range|day range|intraday range|high low range|trading range|"
        "day's range|today's range|range of the day|daily amplitude|price range|high to "
        "low range|daily swing|intraday swing|range for the day|session range|daily "
        "volatility|intraday volatility] {op:is} {level}",
        "amplitude",
        "",
    ),
    Friendly(
        "[amplitude|daily range|day range|intraday range|high low range|day's range|"
        "today's range|intraday swing|daily swing|swings] <by> {level} <day>",
        "amplitude",
        ">=",
    ),
    Friendly(
        "[reverses up|reverses higher|bullish reversal|upside reversal|reverses to the "
        "upside|upward reversal|reversal to the upside|turns around to the upside]",
        "reversal",
        "up",
    ),
    Friendly(
        "[reverses down|reverses lower|bearish reversal|downside reversal|reverses to "
        "the downside|downward reversal|reversal to the downside]",
        "reversal",
        "down",
    ),
    *_both_ways("^ <by> {level} <after_hours>", "after_hours change"),
    *_both_ways("<by> {level} ~ <after_hours>", "after_hours change"),
    *_both_ways("~ <by> {level} <after_hours>", "after_hours change"),
    *_both_ways("<after_hours> ^ <by> {level}", "after_hours change"),
    *_both_ways("<after_hours> ~ <by> {level}", "after_hours change"),
    *_both_ways("<after_hours> <by> {level} ~", "after_hours change"),
    *_both_ways("<after_hours> ~ <exceeds> {level}", "after_hours change"),
    Friendly("<after_hours> [change|percent change|price change] {op:is} {level}", "after_hours change", ""),
    Friendly("<after_hours> <swing> <by> {level} <either>", "after_hours change", _BOTH, +1),
    Friendly("<after_hours> <move> <by> {level} <either>", "after_hours change", _BOTH, +1),
    Friendly("<after_hours> <by> {level} <move> <either>", "after_hours change", _BOTH, +1),
    Friendly("<swing> <by> {level} <either> <after_hours> <either>", "after_hours change", _BOTH, +1),
    Friendly("<by> {level} <move> <either> <after_hours> <either>", "after_hours change", _BOTH, +1),
    *_both_ways("^ <by> {level} <auction>", "auction change"),
    *_both_ways("<auction_name> ^ <by> {level}", "auction change"),
    *_both_ways("<auction_name> ~ <by> {level}", "auction change"),
    Friendly("<auction_name> [change|move] {op:is} {level}", "auction change", ""),
    *_both_ways("^ <by> {level} <closing_auction>", "closing move"),
    *_both_ways("<closing_name> ^ <by> {level}", "closing move"),
    *_both_ways("<closing_name> ~ <by> {level}", "closing move"),
    Friendly("<closing_name> [change|move] {op:is} {level}", "closing move", ""),
)
