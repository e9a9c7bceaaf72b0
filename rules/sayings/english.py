"""English wordings, by what their words are about.

A 52-week high is that of 250 trading days; RSI without a number is RSI(14).
"""

from datetime import timedelta

from rules.words import Friendly

HOUR = timedelta(hours=1)
_MEAN = "{n}[-day| day][| moving| simple moving] [average|ma|sma]"

ROWS = (
    # A price
    Friendly("[goes|rises|climbs|moves|gets] [above|over] {level}", "price", ">="),
    Friendly("[tops|breaks|breaks above|breaks through] {level}", "price", ">="),
    Friendly("[goes|falls|drops|dips|moves|gets] [below|under] {level}", "price", "<="),
    # The day, and a window
    Friendly("+{level}[| today]", "change", ">=", +1),
    Friendly("-{level}[| today]", "change", "<=", -1),
    Friendly("[rises|gains|jumps|climbs|up] {level} [in|within] [an|one] hour", "move", ">=", +1, (HOUR,)),
    Friendly("[falls|drops|loses|slides|down] {level} [in|within] [an|one] hour", "move", "<=", -1, (HOUR,)),
    Friendly("gap up [|of |by ]{level}", "gap", ">=", +1),
    Friendly("gap down [|of |by ]{level}", "gap", "<=", -1),
    # Highs and named lines
    Friendly("[|new |a new |makes a ]52[-| ]week high", "new high", "is", fixed=("250d",)),
    Friendly("[|new |a new |makes a ]52[-| ]week low", "new low", "is", fixed=("250d",)),
    # Averages and oscillators
    Friendly(f"[breaks|crosses|moves|rises|goes] above [its|the] {_MEAN}", "ma", "crosses above"),
    Friendly(f"[breaks|crosses|moves|falls|drops|goes] below [its|the] {_MEAN}", "ma", "crosses below"),
    Friendly("rsi [is |]{op} {level}", "rsi", "", fixed=(14,)),
    # Volume, limits, orders
    Friendly("volume [|spike of |surge of ]{level} [|the ][average|usual|normal]", "volume", ">="),
)
