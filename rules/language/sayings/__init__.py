"""How traders say it: more wordings of the table in rules/language/words.py, a module a language."""

from rules.language.sayings import chinese, english

SAYINGS = (*english.ROWS, *chinese.ROWS)
