"""English wordings of a price, a channel, a stop and a cost."""

from rules.language.words import Friendly

_ENDS = "{low:price} <to> {high:price}"

ROWS = (
    Friendly(
        "[|share |stock |last |current |market |closing |trading ][price|value|quote] {op:is} {level}",
        "price",
        "",
    ),
    Friendly("{op:is} {level}", "price", ""),
    Friendly("<meets> {level}", "price", "crosses"),
    Friendly("price <meets> {level}", "price", "crosses"),
    Friendly("<crosses> {level}", "price", "crosses"),
    Friendly("<crosses> {level} <up_way>", "price", "crosses above"),
    Friendly("<crosses> {level} <down_way>", "price", "crosses below"),
    Friendly("<cross_up> {level}", "price", "crosses above"),
    Friendly("<cross_down> {level}", "price", "crosses below"),
    Friendly("<stop> {level}", "price", "<="),
    Friendly("<target> {level}", "price", ">="),
    Friendly(
        "[buy|buy at|buy below|buy under|buy limit|entry below|buy the dip at|buy the dip below] {level}",
        "price",
        "<=",
    ),
    Friendly("[sell above|sell over|sell limit] {level}", "price", ">="),
    Friendly(
        "[breakout|breakout level|breakout at|resistance|resistance at|breaks resistance at] {level}",
        "price",
        ">=",
    ),
    Friendly(
        "[breakdown|breakdown at|breakdown below|support|breaks support at|loses support at] {level}",
        "price",
        "<=",
    ),
    *(
        Friendly(f"{head}{word} {ends}", "price", verb)
        for head in ("", "price ")
        for word, verb in (
            ("<outside>", "outside"),
            ("<inside>", "inside"),
            ("<leaves>", "leaves"),
            ("<enters>", "enters"),
        )
        for ends in (f"{_ENDS} <range>", f"({_ENDS})")
    ),
    Friendly("<bought> {price:price} [|,] <asks> <profit> <by> {level}", "cost", ">=", +1),
    Friendly("<bought> {price:price} [|,] <asks> <deficit> <by> {level}", "cost", "<=", -1),
    Friendly(
        "<bought> {price:price} [|,] <asks> [|at|target] {level} [profit|gain|up|return]", "cost", ">=", +1
    ),
    Friendly(
        "<bought> {price:price} [|,] <asks> [|at|stop] {level} [loss|down|stop loss|drawdown]",
        "cost",
        "<=",
        -1,
    ),
    Friendly(
        "[|in ][profit|gain] <by> {level} [on|on a|from|with] [cost|entry|cost basis] [|"
        "of |at ]{price:price}",
        "cost",
        ">=",
        +1,
    ),
    Friendly(
        "[|a ]loss <by> {level} [on|on a|from|with] [cost|entry|cost basis] [|of |at ]{price:price}",
        "cost",
        "<=",
        -1,
    ),
    Friendly(
        "<rise> <by> {level} [from|above|since|off|over|versus] [|a price of |cost |my "
        "cost |my cost of |entry |price ]{price:price}",
        "since price",
        ">=",
        +1,
    ),
    Friendly(
        "<fall> <by> {level} [from|below|since|off|under|versus] [|a price of |cost |my "
        "cost |my cost of |entry |price ]{price:price}",
        "since price",
        "<=",
        -1,
    ),
    Friendly("{level} [above|over|higher than|up from|more than] {price:price}", "since price", ">=", +1),
    Friendly("{level} [below|under|lower than|down from|less than] {price:price}", "since price", "<=", -1),
    Friendly(
        "[trailing stop|trailing|trail stop|trailing stop loss|trails] <by> {level} "
        "[since|from|starting|as of|beginning] {date:date}",
        "trailing",
        "falls",
    ),
    Friendly(
        "{level} [trailing stop|trailing stop loss] [since|from|starting|as of|beginning] {date:date}",
        "trailing",
        "falls",
    ),
    Friendly("<fall> <by> {level} from <top> since {date:date}", "trailing", "falls"),
)
