"""English wordings, by what their words are about; `<class>` is any word of that class (lexicon.py).

A 52-week high is that of 250 trading days; RSI without a number is RSI(14).
"""

from rules.language.sayings import indicators, lines, money, moves, prices, states, talk

ROWS = (*prices.ROWS, *moves.ROWS, *lines.ROWS, *indicators.ROWS, *money.ROWS, *states.ROWS, *talk.ROWS)
