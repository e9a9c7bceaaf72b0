"""How traders say it: more wordings of the table in rules/words.py, a module a language."""

from rules.sayings import chinese, english

SAYINGS = (*english.ROWS, *chinese.ROWS)
