"""Every feed, one line each, in alphabetical order."""

from bot.feeds.alpaca import Alpaca as Alpaca
from bot.feeds.binance import Binance as Binance
from bot.feeds.ccxt import Ccxt as Ccxt
from bot.feeds.coinbase import Coinbase as Coinbase
from bot.feeds.demo import Demo as Demo
from bot.feeds.eastmoney import Eastmoney as Eastmoney
from bot.feeds.finnhub import Finnhub as Finnhub
from bot.feeds.massive import Massive as Massive
from bot.feeds.okx import Okx as Okx
from bot.feeds.replay import Replay as Replay
from bot.feeds.sina import Sina as Sina
from bot.feeds.tencent import Tencent as Tencent
from bot.feeds.webhook import Webhook as Webhook
from bot.feeds.yahoo import Yahoo as Yahoo
