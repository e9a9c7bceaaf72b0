"""Chinese wordings, a module a topic; what they share is in rules/classes.py and measures.py."""

from rules.sayings import lines, moves, tape

ROWS = (*moves.ROWS, *lines.ROWS, *tape.ROWS)
