"""Every signal, one line each, in alphabetical order."""

from rules.signals.average import Average as Average
from rules.signals.cap import MarketCap as MarketCap
from rules.signals.change import Change as Change
from rules.signals.extremes import NewHigh as NewHigh
from rules.signals.extremes import NewLow as NewLow
from rules.signals.extremes import RecordHigh as RecordHigh
from rules.signals.extremes import RecordLow as RecordLow
from rules.signals.group import Leaders as Leaders
from rules.signals.macd import Macd as Macd
from rules.signals.move import Move as Move
from rules.signals.price import Price as Price
