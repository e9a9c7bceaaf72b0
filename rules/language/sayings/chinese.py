"""Chinese wordings, a module a topic; what they share is in rules/language/classes.py and measures.py."""

from rules.language.sayings import averages, quotes, tape

ROWS = (*quotes.ROWS, *averages.ROWS, *tape.ROWS)
