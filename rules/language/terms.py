"""English words of volume, indicators, limits, orders, costs and the market (vocabulary.py)."""

from collections.abc import Mapping
from types import MappingProxyType

from rules.language.vocabulary import Vocabulary, run, verbs, words

TERMS: Mapping[str, Vocabulary] = MappingProxyType(
    {
        "exceeds": words(
            verbs("exceed pass surpass top reach beat", "hits hit"),
            run(
                "|goes|is|gets|rises|comes in",
                "above|over|at least|more than|greater than|higher than|beyond|bigger than|larger than",
            ),
            ">|>=",
        ),
        # Prices
        "stop": words(
            run(
                "|my|hard|set",
                "stop loss|stoploss|stop|sl|stop out",
                "|at|price|is|of|level|price at|below|level at|order at|hit at|triggered at",
            ),
        ),
        "target": words(
            run(
                "|my|sell",
                "take profit|takeprofit|tp|target|target price|price target|profit target",
                "|at|of|is|hit at|price|price at|reached at|level|above",
            ),
        ),
        "meets": words(
            verbs("touch test tag"),
            "gets to exactly|trades at|at|price at|alert at|alert|price alert|price alert at|is at|"
            "goes to|gets down or up to",
        ),
        # Volume and money
        "volume": words(
            "volume|vol|trading volume|share volume|volume traded|daily volume|today's volume",
        ),
        "volume_is": words(
            verbs(
                "spike surge jump increase rise explode climb expand swell run",
                "is at hits goes gets spikes runs running reaches",
            ),
            "|is|spike|surge|spike of|surge of|spike over|goes up to|spikes to|surges to|jumps to|"
            "spike above|surge above|rises to|of|surge to|increases by|rises by|goes to|explosion of|"
            "spikes above|surges over|surges past|at|jump of|burst of|increases to|expands to|spikes by",
        ),
        "normal": words(
            run(
                "|of|as much as|than|more than|that of|above|higher than|over|bigger than|as high as|"
                "greater than",
                "|the|its|their",
                "|20 day|5 day|daily|recent",
                "normal|usual|average|avg|typical|regular|mean|normal volume|average volume|"
                "usual volume|"
                "normal levels|typical volume|avg volume|average daily volume|norm|normal level|usual level|"
                "average level",
            ),
            "",
        ),
        "usual": words(
            run(
                "|of|the|its|of the|of its",
                "|normal|usual|average|avg|typical|regular|daily|average daily|relative",
            ),
            "",
        ),
        "heavy": words(
            "unusual volume|heavy volume|high volume|abnormal volume|unusually high volume|big volume",
        ),
        "yesterday": words(
            run(
                "|of|than",
                "yesterday's|yesterday|the same time yesterday|same time yesterday|yesterday at "
                "this time|"
                "yesterday's turnover|yesterdays|what it was yesterday|yesterday's pace",
            ),
        ),
        "traded": words(
            "turnover|traded|traded value|trading value|value traded|dollar volume|amount|traded amount|"
            "turnover value|trading amount|trade value|money traded|transaction amount|cash turnover|"
            "trading turnover|transaction value|daily turnover|total turnover",
        ),
        "cap": words(
            "market cap|market value|cap|market capitalization|market capitalisation|mkt cap|mcap|"
            "marketcap|valuation|company value|valued|worth|total market cap|total market value",
        ),
        "float_cap": words(
            "float market cap|float cap|free float market cap|floating market cap|float market value|"
            "float capitalization|circulating market cap|tradable market cap|free float cap",
        ),
        "coin": words(
            "yuan|rmb|cny|usd|usdt|dollars|dollar|bucks|hkd|points|pts|块",
        ),
        "cash": words(
            "$|us$|hk$|¥|€|usd|rmb",
        ),
        # Indicators
        "rsi": words(
            "rsi|relative strength index|rsi value|rsi level|rsi indicator|rsi reading",
        ),
        "cci": words(
            "cci|commodity channel index",
        ),
        "kdj": words(
            "kdj|stochastic|stochastics|stoch|stochastic oscillator|slow stochastic",
        ),
        "macd": words(
            "macd|macd line|macd indicator|macd dif|macd's dif|dif",
        ),
        "golden": words(
            "golden cross|golden crossover|bullish cross|bullish crossover|bull cross|goes golden|"
            "cross up|crossover up|bullish signal|buy signal|gold cross|turns bullish|turns up|"
            "crosses up|crosses bullish|cross upward|crosses upward|flips bullish|goes bullish|"
            "crosses bullishly|crossing up|upward cross|upward crossover|makes a golden cross|"
            "forms a golden cross|positive crossover|makes a bullish cross",
        ),
        "death": words(
            "death cross|death crossover|bearish cross|bearish crossover|bear cross|dead cross|"
            "cross down|crossover down|bearish signal|sell signal|turns bearish|turns down|crosses down|"
            "crosses bearish|cross downward|crosses downward|flips bearish|goes bearish|"
            "crosses bearishly|crossing down|downward cross|downward crossover|makes a death cross|"
            "forms a death cross|negative crossover|makes a bearish cross",
        ),
        "bullish": words(
            "bullish|golden|bull|positive|upward",
        ),
        "bearish": words(
            "bearish|death|bear|dead|negative|downward",
        ),
        "cross": words(
            "cross|crossover|crossing",
        ),
        "signal": words(
            "signal|signal line|signal's line|dea|dea line|macd signal",
        ),
        "overbought": words(
            "overbought|is overbought|goes overbought|becomes overbought|gets overbought|overbought zone|"
            "in overbought territory|enters overbought|enters overbought territory|overbought territory|"
            "turns overbought|reaches overbought|in overbought|in the overbought zone|hits overbought",
        ),
        "oversold": words(
            "oversold|is oversold|goes oversold|becomes oversold|gets oversold|oversold zone|"
            "in oversold territory|enters oversold|enters oversold territory|oversold territory|"
            "turns oversold|reaches oversold|in oversold|in the oversold zone|hits oversold",
        ),
        "histogram": words(
            "histogram|bar|hist|bars|histogram bar",
        ),
        # Limits
        "limit_up": words(
            "limit up|up limit|upper limit|daily upper limit|limit up price|upper price limit|"
            "upper circuit|price limit up|daily limit up|limit high|upper daily limit|ceiling price|"
            "upper circuit limit",
        ),
        "limit_down": words(
            "limit down|down limit|lower limit|daily lower limit|limit down price|lower price limit|"
            "lower circuit|price limit down|daily limit down|limit low|lower daily limit|"
            "lower circuit limit|floor price",
        ),
        "seals": words(
            run(
                verbs("seal lock reach stay", "is goes go hits hit sealed locked becomes gets turns hits"),
                "|at|to|on|into|at its|the",
            ),
            "|at|sealed at|locked at|is sealed at|is locked at|is at",
        ),
        "opened": words(
            "opens|opened|opens up|is opened|breaks|is broken|broken|breaks open|fails|cracks|break|"
            "opened up|unlocks|unseals|comes off|gives way|seal breaks|seal broken|is broken open|"
            "released|is unsealed|seal is broken|seal opens|break open|lifted|board breaks|is lost",
        ),
        "opens_from": words(
            "opens from|comes off|falls off|breaks off|falls from|drops off|unseals from|drops from|"
            "comes off its|opens off|leaves|breaks|no longer at|loses|falls away from|off|"
            "breaks away from|comes off of|slips off|breaks open from|fails to hold",
        ),
        "again": words(
            "seals again|sealed again|reseals|resealed|is resealed|locks again|again|re seals|re sealed|"
            "seals back|back at|returns to|gets back to|back to|goes back to|seals again at|re locks|"
            "relocks",
        ),
        "touches": words(
            verbs("touch tag test"),
            "trades at",
        ),
        "near": words(
            "near|close to|approaches|approaching|nears|nearing|about to hit|almost at|gets close to|"
            "comes close to|comes near|gets near|is near|is close to|approach|within reach of",
        ),
        "within": words(
            "within|to within|gets within|comes within|is within|less than|under|closer than|moves within",
        ),
        "away": words(
            "of|from|below|to|away from|under|off|short of|around",
        ),
        "consecutive": words(
            "consecutive|straight|successive|back to back|successive daily",
        ),
        "row": words(
            "in a row|in succession|straight|running|consecutively|back to back|on end|in sequence",
        ),
        "limit_ups": words(
            "limit ups|limit up|limit up days|up limits|limit up boards|limit up closes|daily limits|"
            "limit up sessions|days limit up|days of limit up|boards|days at limit up|limit up day",
        ),
        "limit_downs": words(
            "limit downs|limit down|limit down days|down limits|limit down boards|days limit down|"
            "limit down closes|limit down sessions|days of limit down|days at limit down|limit down day",
        ),
        "seal": words(
            "seal|seal amount|limit up seal|limit order queue|seal orders|limit up queue|sealed amount|"
            "limit up order queue|limit up orders|sealing amount|seal order amount|buy queue at limit up|"
            "seal volume|order queue at limit up|limit up seal amount|buy orders at the limit|"
            "bid queue at limit up",
        ),
        "halved": words(
            "halved|halves|is halved|is cut in half|cut in half|drops by half|drops by 50%|falls by half|"
            "shrinks by half|gets halved|half gone|cut by half",
        ),
        # Auction
        "auction": words(
            "in the opening auction|in the auction|in opening auction|in auction|during the auction|"
            "at the auction|in the call auction|during the opening auction|in the pre open auction|"
            "in the opening call auction|during the call auction|in the morning auction|"
            "at the opening auction|in call auction",
        ),
        "auction_name": words(
            "auction|opening auction|call auction|morning auction|opening call auction|auction price",
        ),
        "closing_auction": words(
            "in the closing auction|in closing auction|during the closing auction|"
            "in the closing call auction|in the close auction|at the closing auction|"
        ),
        "closing_name": words(
            "closing auction|closing call auction|close auction",
        ),
        # Orders
        "big": words(
            "big|large|huge|block|massive|giant",
        ),
        "buy": words(
            "buy|buys|buy order|buying|purchase|buy trade|buy print|buy orders|buyer|bid trade",
        ),
        "sell": words(
            "sell|sells|sell order|selling|sale|sell trade|sell print|sell orders|seller",
        ),
        "bid_wall": words(
            "bid wall|buy wall|big bid wall|wall of bids|large bid|big bid|huge bid wall|large bid wall|"
            "large buy wall|big buy wall|bid side wall|huge bid",
        ),
        "ask_wall": words(
            "ask wall|sell wall|big ask wall|wall of offers|large ask|big ask|offer wall|huge ask wall|"
            "large ask wall|big sell wall|large sell wall|huge ask|big offer|large offer",
        ),
        # Cost and stops
        "bought": words(
            run(
                "|my|i|if i|with",
                "cost|bought|entry|cost basis|average cost|buy price|entry price|purchase price|"
                "got in|"
                "avg cost|long|entered|holding cost|position|paid|average price",
                "|at|is|of|from|was|price|at price|price is|of about",
            ),
        ),
        "profit": words(
            "profit|profit of|gain|gain of|up|gains|in profit|make|profit over|profit above|"
            "profit reaches|alert at|profit hits|gains of|made|win|up by|up more than|in the money by|"
            "profit more than|profit at|rises|return of|return|profits|is up|+|profit exceeds|profit is|"
            "gain over|makes|upside",
        ),
        "deficit": words(
            "loss|loss of|down|lose|losing|loses|losses|in loss|loss over|loss above|loss reaches|"
            "down by|down more than|lost|drop|drops|falls|fall|loss hits|loss at|is down|loss exceeds|"
            "loss is|stop loss|stop at|stop|drawdown|loss more than|stop loss at|stop loss of",
        ),
        # The company and the market
        "reports": words(
            "reports earnings|earnings|earnings report|reports|earnings release|earnings due|"
            "has earnings|earnings coming|earnings date|results|reports results|earnings announcement|"
            "earnings call|report earnings|quarterly results|quarterly earnings|next earnings|"
            "announces earnings|upcoming earnings|earnings are|earnings coming up|publishes earnings|"
            "results due|reporting earnings",
        ),
        "soon": words(
            "in|within|in the next|is in|are in|due in|less than|due within|out in|within the next|"
            "is within|are within|in less than",
        ),
        "halted": words(
            "halt|halts|halted|trading halt|is halted|gets halted|trading is halted|trading halted|"
            "suspended|is suspended|trading suspended|circuit breaker|luld halt|trading suspension|"
            "volatility halt|stops trading|trading is suspended|paused|trading pause|trading paused|"
            "is paused|trading halts|hits a circuit breaker",
        ),
        "resumed": words(
            "resumes|resume|resumes trading|trading resumes|halt ends|halt lifted|trades again|"
            "is unhalted|reopens|trading resumed|resumption|halt is lifted|halt over|unhalted|"
            "halt is over|starts trading again|resumed|trading restarts|trading resume",
        ),
        "stronger": words(
            "outperforms|beats|outperform|stronger than|beat|outperforming|ahead of|outpaces|beating|leads",
        ),
        "weaker": words(
            "underperforms|lags|underperform|weaker than|lag|underperforming|trails|lagging|behind|"
            "lags behind",
        ),
        "premium": words(
            "premium|premium rate|premium to nav|premium to iopv|premium over nav",
        ),
        "discount": words(
            "discount|discount rate|discount to nav|discount to iopv",
        ),
        "at_premium": words(
            "at|trades at|trading at|is at|trade at",
        ),
        "inflow": words(
            "inflow|net inflow|money inflow|capital inflow|fund inflow|main inflow|net inflows|inflows|"
            "main force inflow|main force net inflow|money flow in|net money inflow|net capital inflow|"
            "money flowing in|net buying|net fund inflow|cash inflow",
        ),
        "outflow": words(
            "outflow|net outflow|money outflow|capital outflow|fund outflow|main outflow|net outflows|"
            "outflows|main force outflow|main force net outflow|net money outflow|net capital outflow|"
            "money flowing out|net selling|net fund outflow|cash outflow",
        ),
        "leaders": words(
            "leaders|leading stocks|leader stocks|leader",
        ),
        "advancers": words(
            "advancers|advancing stocks|risers|gainers|stocks up|stocks rising|rising stocks|advancing|"
            "stocks advancing|members up|members rising|stocks in the green|up stocks|stocks are up|"
            "advancing issues",
        ),
        "decliners": words(
            "decliners|declining stocks|fallers|losers|stocks down|stocks falling|falling stocks|"
            "declining|stocks declining|members down|members falling|stocks in the red|down stocks|"
            "stocks are down|declining issues",
        ),
        "at_limit_up": words(
            "limit ups|limit up stocks|stocks at limit up|stocks limit up|stocks hit limit up|"
            "limit up count|number of limit ups|stocks at the upper limit|stocks hitting limit up|"
            "limit up|stocks locked limit up|members limit up",
        ),
        "at_limit_down": words(
            "limit downs|limit down stocks|stocks at limit down|stocks limit down|stocks hit limit down|"
            "limit down count|number of limit downs|stocks hitting limit down|limit down|"
            "stocks locked limit down",
        ),
        "many": words(
            "|at least|over|more than|above|has|has at least|with at least|reaches|at minimum|minimum|"
            "has over|has more than|there are|there are at least|there are more than|no fewer than|with|"
            "gets|hits",
        ),
        "breadth": words(
            "breadth|share of advancers|advancing share|market breadth|percent of stocks up|"
            "share of stocks up|percentage of stocks up|advancers share|percentage of advancers|"
            "share of rising stocks",
        ),
    }
)
