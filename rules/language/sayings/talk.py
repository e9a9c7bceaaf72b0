"""English wordings as chats have them: red to green, near the 200 day, 3 sigma, touches an average."""

from decimal import Decimal

from rules.language.words import Friendly

_BOTH = ">=|<="
_NEAR = Decimal("0.01")  # within 1 %, as in Chinese
_TURNS = (
    "goes|turns|is|flips|flips to|flipping|turning|going|moves|comes|gets|went|turned|back|back to|"
    "goes back|back in the"
)
_COLOURS = (
    ("green|in the green|into the green|to the green side|red to green|from red to green|red/green", "above"),
    ("red|in the red|into the red|to the red side|green to red|from green to red|green/red", "below"),
)

ROWS = (
    Friendly("[to|@] {level}", "price", "crosses"),
    Friendly("[back at|returns to|comes back to|gets back to|goes back to] {level}", "price", "crosses"),
    Friendly(
        "[reclaims|reclaim|regains|regain|retakes|recaptures|wins back] {level}", "price", "crosses above"
    ),
    Friendly("{level} [traded|in turnover|of turnover|turnover|in traded value]", "turnover", ">="),
    Friendly("<bought> {price:price} [|,] <asks> [|at] -{level}", "cost", "<=", -1),
    Friendly("<bought> {price:price} [|,] <asks> [|at] +{level}", "cost", ">=", +1),
    # Green is above the previous close
    *(
        Friendly(f"{head}[{colour}][| move| today| on the day]", "prev close", f"crosses {side}")
        for colour, side in _COLOURS
        for head in ("", f"[{_TURNS}] ")
    ),
    # Averages
    Friendly("<near> {n:mean}", "near ma", "near", level=_NEAR),
    Friendly("[close to|approaches|approaching|nears|nearing|at] {n:mean}", "near ma", "near", level=_NEAR),
    Friendly("[breaks|break|broke|breaking|pops] <vwap>", "vwap", "crosses above"),
    Friendly("<near> <record>", "record_gap", "near", level=_NEAR),
    *(
        Friendly(f"{head}{said} <{band}>", "boll", f"{side} {band}")
        for head in ("", "price ")
        for band in ("upper", "lower", "mid")
        for said, side in ((">", "above"), ("<", "below"))
    ),
    Friendly("[outside|beyond|out of|closes outside] <upper>", "boll", "above upper"),
    Friendly("[outside|beyond|out of|closes outside] <lower>", "boll", "below lower"),
    *(
        Friendly(f"{head}{sign} <{line}>", signal, side)
        for head in ("", "price ")
        for line, signal in (
            ("prev_high", "prev high"),
            ("prev_low", "prev low"),
            ("prev_close", "prev close"),
        )
        for sign, side in ((">", "above"), ("<", "below"))
    ),
    # MACD above its signal line is a bar above zero
    *(
        Friendly(f"<macd> {said} [|its |the ]<signal>", "macd bar", sign, level=Decimal())
        for said, sign in (("[>|is above|above|over]", ">"), ("[<|is below|below|under]", "<"))
    ),
    Friendly("opens [lower|below|under] [|than ][yesterday's|the previous day's] low", "gap down", "is"),
    Friendly("opens [higher|above|over] [|than ][yesterday's|the previous day's] high", "gap up", "is"),
    Friendly("[gaps down|gap down|gapping down] [below|under|through] <prev_low>", "gap down", "is"),
    Friendly("[gaps up|gap up|gapping up] [above|over|through] <prev_high>", "gap up", "is"),
    Friendly("[halts trading|stops trading|trading stops|goes on halt|gets suspended]", "halt", "halted"),
    Friendly("<bought> {price:price} [|,] [stop at|stop|stop out at|sl] {level} [|loss]", "cost", "<=", -1),
    # What has no crossing of its own is reached
    *(
        Friendly(f"[{name}] <{cross}> {{level}}", signal, verb)
        for cross, verb in (("cross_up", ">="), ("cross_down", "<="))
        for name, signal in (
            ("change|day change|percent change|% change|daily change", "change"),
            ("volume ratio|rvol|relative volume|volume_ratio", "volume_ratio"),
            ("turnover|dollar volume|traded value", "turnover"),
            ("turnover rate|turnover_rate", "turnover_rate"),
            ("market cap|market_cap|market value|mcap", "market_cap"),
            ("amplitude|day range|intraday range", "amplitude"),
            ("volume|vol", "volume"),
            ("net inflow|inflow", "inflow"),
        )
    ),
    # MACD's zero line
    *(
        Friendly(
            f"<macd> <{cross}> [zero|zero line|the zero line|0|0 line|centerline|center line]",
            "macd dif",
            f"crosses {side}",
            level=Decimal(),
        )
        for cross, side in (("cross_up", "above"), ("cross_down", "below"))
    ),
    *(
        Friendly(
            f"<macd> <crosses> [zero|zero line|the zero line|0|0 line|centerline] <{way}>",
            "macd dif",
            f"crosses {side}",
            level=Decimal(),
        )
        for way, side in (("up_way", "above"), ("down_way", "below"))
    ),
    # Moves
    *(Friendly(f"{name} {{w}} {{op:is}} {{level}}", name, "") for name in ("move", "rise", "fall")),
    Friendly("[chg|chg%|chg %|% chg|pct chg|percent chg|day chg] {op:is} {level}", "change", ""),
    Friendly("[range|daily range|day range|day's range|intraday range] {op:is} {level}", "amplitude", ""),
    Friendly("<cap> [passes|hits|tops|breaks|reaches|goes to|surpasses] {level}", "market_cap", ">="),
    Friendly("[open gap|gap at the open|gap on the open|gap at open] {op:is} {level}", "gap", ""),
    Friendly(
        "[distance|drawdown|pullback|drop|retracement|decline] from <top> {op:is} {level}", "from_high", ""
    ),
    Friendly("[bounce|rebound|recovery|rise|rally] <off> <bottom> {op:is} {level}", "from_low", ""),
    Friendly("<by> {level} [drawdown|pullback|pull back|dip|retracement]", "from_high", ">="),
    Friendly("<rise> [from|since|versus|vs] <open> <by> {level}", "change_open", ">=", +1),
    Friendly("<fall> [from|since|versus|vs] <open> <by> {level}", "change_open", "<=", -1),
    Friendly("[down|off|back] from <top> <by> {level}", "from_high", ">="),
    Friendly("[up|off|back] from <bottom> <by> {level}", "from_low", ">="),
    Friendly(
        "[average change|mean change|avg change|overall change|average gain] {op:is} {level}", "change", ""
    ),
    *(
        Friendly(said, "sigma", _BOTH, +1)
        for said in (
            "<by> {level} [sigma|standard deviation|std dev|standard deviations|std devs] [|move] <in> {w}",
            "[moves|move] <by> {level} [sigma|standard deviations|std devs|sigmas] <in> {w}",
            "<by> {level} [sigma|standard deviation|std dev] {w} [move|swing]",
        )
    ),
    # Limits in a row, which one falls into
    Friendly(
        "[falls|drops|hits|has|with|locks|falls for] {level} [|consecutive |straight |successive ]"
        "[limit downs|limit-downs|limit down days] <row>",
        "limit_streak down",
        ">=",
    ),
    Friendly(
        "[rises|hits|has|with|locks|runs|rises for] {level} [|consecutive |straight |successive ]"
        "[limit ups|limit-ups|limit up days] <row>",
        "limit_streak",
        ">=",
    ),
)
