"""English wordings of limits, auctions, halts, earnings and the exchange's measures."""

from rules.language.words import Friendly


def _limit(side: str, signal: str) -> tuple[Friendly, ...]:
    """Limit up or limit down: touched, sealed, opened, sealed again."""
    name = f"<{side}>"
    moves = "shoots|rises|climbs|jumps|surges" if side == "limit_up" else "falls|drops|sinks|plunges|slides"
    return (
        Friendly(f"<seals> {name}[| sealed| price| locked|, sealed| today]", signal, "sealed"),
        Friendly(f"[{moves}] to {name}", signal, "sealed"),
        Friendly(f"[sealed|locked|seals|locks] <seals> {name}", signal, "sealed"),
        Friendly(f"{name} [is |]<opened>", signal, "opened"),
        Friendly(f"<opens_from> {name}", signal, "opened"),
        Friendly(f"[opened|broken|failed|failing] {name}", signal, "opened"),
        Friendly(f"{name} <again>", signal, "resealed"),
        Friendly(f"<seals> {name} again", signal, "resealed"),
        Friendly(f"<again> [at |]{name}", signal, "resealed"),
        Friendly(
            f"[one price|one word|straight line|flat line|unopened|locked all day] {name}",
            signal,
            "one price",
        ),
        Friendly(f"[opens at|opens] {name} [and stays|all day|without trading]", signal, "one price"),
        Friendly(f"<touches> {name}", f"{signal} touched", "is"),
    )


def _counted(side: str, signal: str) -> tuple[Friendly, ...]:
    """Limit up or limit down: near, in a row, in some days, the first."""
    name, ups = f"<{side}>", f"<{side}s>"
    streak = "limit_streak" if side == "limit_up" else "limit_streak down"
    counts = "limits" if side == "limit_up" else "limits down"
    first = "first seal" if side == "limit_up" else "first seal down"
    openings = "limit openings" if side == "limit_up" else "limit openings down"
    return (
        Friendly(f"<within> {{level}} <away> {name}", f"{signal} near", "near"),
        Friendly(f"<near> {name} [within|by|at|,|to within|] {{level}}", f"{signal} near", "near"),
        Friendly(f"<by> {{level}} [from|below|above|away from|to|short of] {name}", f"{signal} near", "near"),
        Friendly(
            f"<many> {{level}} [|consecutive |straight |successive |back-to-back |back to back ]{ups} <row>",
            streak,
            ">=",
        ),
        Friendly(f"<many> {{level}} <consecutive> {ups}", streak, ">="),
        Friendly(
            f"{{level:th}} [|consecutive |straight |successive ]{name}[| in a row| in "
            "succession| day| board]",
            streak,
            ">=",
        ),
        Friendly(
            f"{name} {{level}} [days in a row|times in a row|days running|consecutive days|"
            "straight days|days straight|sessions in a row|in a row|days consecutively]",
            streak,
            ">=",
        ),
        Friendly(
            f"{name} [streak|run|streak of|run of|streak reaches|streak hits] [|of ]<by> {{level}}[| days]",
            streak,
            ">=",
        ),
        Friendly(f"{name} streak {{op:is}} {{level}}[| days]", streak, ""),
        Friendly(f"<many> {{level}} {ups} <in> {{span:span}}", counts, ">="),
        Friendly(f"{name} {{level}} times <in> {{span:span}}", counts, ">="),
        Friendly(
            f"{name} [opens|opened|breaks|broken] [|at least |over |more than ]{{level}} [times|x]",
            openings,
            ">=",
        ),
        Friendly(f"first {name}[| of the day| today| seal| sealing]", first, "is"),
    )


ROWS = (
    *_limit("limit_up", "limit up"),
    *_counted("limit_up", "limit up"),
    *_limit("limit_down", "limit down"),
    *_counted("limit_down", "limit down"),
    Friendly("<seal> {op:is} {level}", "seal", ""),
    Friendly("<seal> <by> {level}", "seal", ">="),
    Friendly("<seal> <halved>", "seal", "halved"),
    Friendly(
        "[seal ratio|seal to float|seal to float ratio|seal share of float] {op:is} {level}", "seal_ratio", ""
    ),
    Friendly(
        "first seal [|of the day|today] [|within |in ][|the first ]{w}[| of the open| after the open]",
        "first seal",
        "is",
    ),
    # The opening auction
    Friendly(
        "<auction_name> [amount|turnover|value|traded value|trading value|traded amount] {op:is} {level}",
        "auction amount",
        "",
    ),
    Friendly("<auction_name> [amount|turnover|value] {op:is} {level} <yesterday>", "auction growth", ""),
    Friendly(
        "<auction_name> [amount |turnover |][ratio|ratio to yesterday|share of "
        "yesterday's turnover] {op:is} {level}",
        "auction_ratio",
        "",
    ),
    Friendly(
        "[|auction |opening auction ]unmatched [buy|buys|buy orders|buy volume|bids] {op:is} {level}",
        "unmatched buy",
        "",
    ),
    Friendly(
        "[|auction |opening auction ]unmatched [sell|sells|sell orders|sell volume|"
        "offers|asks] {op:is} {level}",
        "unmatched sell",
        "",
    ),
    # Halts, earnings
    Friendly("<halted>", "halt", "halted"),
    Friendly("<resumed>", "halt", "resumed"),
    Friendly(
        "[|trading ]<resumed> [after a halt|after the halt|after halt|from halt|from a "
        "halt|after a trading halt|after a suspension|trading after a halt]",
        "halt",
        "resumed",
    ),
    Friendly("<reports> <soon> {span:span}", "earnings", "within"),
    Friendly("{span:span} [before|ahead of|until|to|prior to] <reports>", "earnings", "within"),
    # The exchange's measures
    Friendly(
        "{span:span} [deviation|abnormal deviation|cumulative deviation|price deviation] {op:is} {level}",
        "deviation",
        "",
    ),
    Friendly("[deviation|abnormal deviation] [over|in|of] {span:span} {op:is} {level}", "deviation", ""),
    Friendly(
        "[abnormal move|abnormal movement|abnormal fluctuation|abnormal trading|triggers "
        "abnormal move|exchange abnormal move|abnormal volatility|triggers an abnormal "
        "move|abnormal price movement|abnormal price move]",
        "abnormal move",
        "is",
    ),
    Friendly(
        "[severe abnormal movement|severe abnormal fluctuation|severe abnormal "
        "volatility|triggers severe abnormal move|serious abnormal move|serious abnormal "
        "movement]",
        "severe abnormal move",
        "is",
    ),
    Friendly("{w} [move|sigma] {op:is} {level} [sigma|standard deviations|std devs|sigmas]", "sigma", ""),
)
