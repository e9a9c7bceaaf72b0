"""Words around a condition that say nothing: "please ping me when ...", "... 就提醒我".

Lead-ins stand before the instrument, some behind it too; farewells stand at the line's end. They are blanked,
never cut, so that columns stay those of the text as typed. A name is looked for before any word is taken for
a lead-in (rules/language/subject.py), for a name may begin like one.
"""

import re
from collections.abc import Iterator

_ME = r"\s+(?:me|us|my\s+phone)"
_CALL = (
    r"(?:alert|ping|tell|notify|warn|remind|text|txt|message|msg|buzz|e?mail|inform|"
    r"call|poke|nudge|signal|dm|ring|beep|shout|holler|push"
    r"|wake|alarm|flag|update)"
)
_TELL_ME = (
    rf"{_CALL}(?:\s+at)?{_ME}(?:\s+up)?|let\s+(?:me|us)\s+know|lmk|hit\s+me\s+up|"
    r"make\s+sure\s+i\s+know|keep\s+me\s+(?:posted|informed|updated)"
    rf"|(?:give|send|shoot|drop|get)\s+(?:(?:me|us)\s+)?(?:an?\s+|the\s+)?"
    r"(?:heads?[\s-]?up|shout|buzz|price\s+alert|message|alert|ping|notification|note|"
    r"text|warning|push(?:\s+notification)?|signal|call|e?mail|ring|alarm|line|dm|"
    r"word|notice)"
    r"|i\s+(?:should|must|need\s+to|want\s+to)\s+(?:know|be\s+told)"
)
_TELL = rf"{_TELL_ME}|{_CALL}"
_EN = (
    r"(?:please|pls|plz|kindly|hey|hi|hello|ok(?:ay)?|so|bot|tickbell|just|and)",
    r"(?:can|could|would|will)\s+(?:you|u)(?:\s+(?:please|kindly|also))?",
    (
        r"i(?:['’]d|\s+would|['’]m|\s+am|\s+want|\s+wanna|\s+need|\s+like|['’]ll|\s+just|"
        r"\s+will)*(?:\s+(?:like|want|need|love|interested|looking))*"
        r"(?:\s+you)?(?:\s+to)?(?:\s+(?:know|be\s+(?:notified|alerted|told|informed|"
        r"pinged|warned|reminded)|see|hear|watch"
        r"|get\s+(?:an?\s+)?(?:alert|notification|notified|alerted|pinged|message|ping)s?))"
    ),
    (
        r"i(?:['’]d|\s+would|\s+want|\s+need)(?:\s+like)?(?:\s+(?:an?\s+)?(?:alert|"
        r"notification)|\s+you\s+to|\s+to)"
    ),
    _TELL,
    (
        r"(?:set|create|add|make|put|place|start|raise|configure|arm|need|want)(?:\s+up)"
        r"?(?:\s+(?:me|us))?(?:\s+(?:an?|the|my))?(?:\s+new)?(?:\s+price)?"
        r"\s+(?:alert|alarm|notification|reminder|trigger|rule|watch|warning)s?"
    ),
    r"(?:new\s+|price\s+)?(?:alert|alarm|notification|reminder|rule)",
    (
        r"(?:watch|watching|monitor|track|follow|check|look\s+out|watch\s+out|"
        r"keep\s+(?:an?\s+)?(?:eye|watch|tabs|track)|be\s+on\s+the\s+lookout|wait)"
        r"(?:\s+(?:for|on|of|out|until|til|till))?"
    ),
    (
        r"(?:when(?:ever)?|if|once|as\s+soon\s+as|in\s+case|(?:every|each|any|next)"
        r"\s+time|the\s+(?:moment|minute|second|instant)|should|on|for|about|that|whether"
        r"|at(?!\s+(?:least|most))|me|upon|anytime|in\s+the\s+event|to)"
    ),
    (
        r"(?:the\s+)?(?:stock|share|market|current|last)?\s*(?:price|shares?|stock|ticker|"
        r"symbol|value|quote|coin)(?:\s+(?:of|for|in))?"
    ),
    r"(?:an?|the|my|of|(?:would\s+)?(?:need|want|wanna|love|like))(?:\s+to\s+(?:know|be\s+\w+|see|hear))?",
)
_ZH = (
    r"(?:请|麻烦|烦请|帮忙|帮我|给我|替我|为我|我想|我要|想要|想|要|能不能|可以|可否|希望|劳驾|你好|您好|能否|需要|记得|你|您)",
    r"(?:盯紧|盯盘|盯着|盯住|盯|看着|看住|关注|监控|监测|监视|留意|跟踪|注意|观察|守着|看到|见到|发现)(?:一下|下|着)?",
    r"(?:提醒|通知|告诉|告知|叫|提示|警告|喊|知会|推送)(?:一下)?(?:我|给我)?(?:一下|一声)?",
    r"(?:设置?|新建|创建|添加|加|建|来|定|订)(?:一?个|一条|一下)?(?:价格|股价)?(?:提醒|预警|警报|通知|闹钟|规则|监控)",
    r"(?:知道|价格提醒|价格预警|股价提醒|预警|提醒)",
    r"(?:如果|假如|假使|若是|若|当|要是|一旦|只要|等到|等|在|每当|什么时候|何时|每次|倘若|万一)",
)
_ASIDE = r"[\s,:;.!，：；。！]*"
_LEAD = re.compile(rf"\s*(?:(?:{'|'.join(_EN)})(?![a-z_0-9'’.])|(?:{'|'.join(_ZH)})){_ASIDE}", re.IGNORECASE)
MOST_LEADS = 12
_ONCE = re.compile(r"(?<![a-z_])(?:when(?:ever)?|if|once|as\s+soon\s+as|in\s+case)\s+", re.IGNORECASE)
_MEANT = re.compile(
    r"[\d%@|()<>]|(?<![a-z])(?:not|no|never|stop|cancel|remove|delete|unless|without|"
    r"mute|\w+n['’]t)(?![a-z])|[^\x00-\x7f]",
    re.IGNORECASE,
)
_SURE = re.compile(
    r"\s*(?:i(?:[’'](?:d|m|ll)|\s+(?:want|need|would|like|wanna|am|will|just|should))|"
    r"(?:an?|the|when(?:ever)?|if|once|please|hey|can|could)\s"
    rf"|(?:{_TELL_ME})(?![a-z_])|(?:alert|notify|ping|tell|text)\s+(?:when|if|once|on)\s)",
    re.IGNORECASE,
)

# Behind the instrument: its plural and kind, a second lead-in, and "it".
_WHEN = (
    r"(?:when(?:ever)?|if|once|as\s+soon\s+as|in\s+case|(?:every|each|any)\s+time|"
    r"the\s+(?:moment|minute)|should|for|on)"
)
_BEHIND = re.compile(
    r"(?:['’]s(?![a-z]))?(?:\s+(?:price\s+)?alerts?(?=\s+(?:above|below|over|under|"
    r"when|if|on)(?![a-z_])))?(?:\s*(?:[,:;]|[-–—](?=\s)))*(?:\s+(?:(?:common\s+)"
    r"?stocks?|"
    rf"shares(?!\s+of)|ticker|coin|etf)(?![a-z_]))?{_ASIDE}"
    rf"(?:and\s+(?={_TELL_ME}))?(?:(?:please|pls|can\s+you|could\s+you|i\s+want\s+you\s+to)\s+)?"
    rf"(?:(?:{_TELL_ME}|(?:alert|notify|ping)(?=\s+{_WHEN}))(?![a-z_])"
    rf"(?:\s+{_WHEN}(?![a-z_]))?{_ASIDE}|(?:when(?:ever)?|if|once|as\s+soon\s+as)"
    r"(?![a-z_])\s*)?"
    r"(?:(?:it|its\s+price|they|that\s+stock|this\s+stock|the\s+stock|he|she)(?![a-z_'])\s*)?"
    r"(?:for\s+(?:an?|any)(?![a-z_])(?!\s+(?:few|min|sec|hour|day|full|least)))?"
    r"(?:(?:如果|假如|若|当(?![日天前])|要是|一旦|只要|它|该股|这只股票|这个股票|股票|的)+(?!盘))?",
    re.IGNORECASE,
)
_CLOSERS = (
    r"(?:please|pls|plz|thanks?(?:\s+(?:you|a\s+lot|so\s+much))?|thank\s+you|thx|ty|"
    r"cheers|asap|immediately|right\s+away|at\s+once|straight\s+away|for\s+me|ok(?:ay)"
    r"?|instantly)"
)
_FAREWELL = re.compile(
    rf"[\s,;.!?–—]+(?:(?:and|then|so|just|-)\s+){{0,2}}(?:(?:can\s+you|could\s+you|i\s+want\s+you\s+to)\s+)?"
    rf"(?:(?:{_TELL_ME}|alert|notify|ping|notification)(?:\s+(?:about\s+it|know|"
    r"of\s+it|right\s+away|then|that))?"
    rf"|{_CLOSERS})(?![a-z_])[\s.!?~]*$|[\s.!?。！？~～]+$",
    re.IGNORECASE,
)
_CASHTAG = re.compile(r"(?<!\S)[$#](?=[a-z])", re.IGNORECASE)  # $AAPL
MOST_FAREWELLS, REACH = 6, 64  # how many at the end, and the characters of one
_SAY = (
    r"(?:提醒|通知|告诉|告知|叫|喊|呼叫|提示|推送|警告|知会|报告|说"
    r"|发(?:个|条)?(?:消息|信息|提醒|通知|短信|警报)|@|ping|call|收到(?:提醒|通知|消息)|得到(?:提醒|通知))"
)
_FAREWELL_ZH = re.compile(
    rf"[\s,，;；。]*了?(?:(?:(?<=[^\s盘点分小准及临同暂按])|(?<=个点)|(?<=分点))(?<!:\d\d)的?(?:时候|之时|时)|的时候"
    r"|(?<=[^最之今])后|的话|以后)?[\s,，]*"
    rf"(?:并且?|然后|就|便|则|要|请你?|麻烦你?|帮忙|记得|立即|立刻|马上|第一时间|及时|再|给我|帮我|给|帮|向|跟|对|务必|一定|你|您)*"
    rf"(?:{_SAY}(?:一下|一声)?(?:我|给我|下我|到我)?(?:一下|一声|下)?|谢谢|多谢|报警|预警|告警|报个警|(?<![别不要无])(?:响铃|响))(?:吧|哦|啊|谢谢|多谢|"
    r"一下|呀|嘛|吗|呢)*[\s.。!！?？~～]*$",
    re.IGNORECASE,
)
_WHEN_ZH = re.compile(
    r"(?:(?<=[^\s盘点分小准及临同暂按])|(?<=个点)|(?<=分点))(?<!:\d\d)(?:的时候|之时|时)[\s.。!！]*$"
)


def is_sure(head: str) -> bool:
    """Whether a line begins with words that no name begins with."""
    return _SURE.match(head) is not None


def starts(head: str) -> Iterator[int]:
    """Where an instrument may stand behind lead-ins, the furthest first; nothing where there are none.

    Whatever was said before "when" leads in as well, unless it holds a figure or says no.
    """
    places: list[int] = []
    place = 0
    while len(places) < MOST_LEADS and (said := _LEAD.match(head, place)) and said.end() > place:
        place = said.end()
        places.append(place)
    yield from reversed(places)
    said = _ONCE.search(head, place)
    if said and not _MEANT.search(head, 0, said.start()):
        yield said.end()


def behind(head: str, place: int) -> int:
    """Where a condition begins: past the words behind an instrument that say nothing."""
    said = _BEHIND.match(head, place)
    return place if said is None or not said[0].strip() else said.end()


def parted(text: str) -> str:
    """The text with what its head ends in, and says nothing, blanked."""
    head, bar, tail = text.partition("|")
    head = _CASHTAG.sub(" ", head)
    for _ in range(MOST_FAREWELLS):
        end = len(head.rstrip())
        if not end or not (said := _farewell(head[:end], max(0, end - REACH))):
            break
        head = head[:said].ljust(len(head))
    return f"{head}{bar}{tail}"


def _farewell(head: str, low: int) -> int:
    """Where what a head ends in and says nothing begins; 0 where it ends in none."""
    found = (farewell.search(head, low) for farewell in (_FAREWELL, _FAREWELL_ZH, _WHEN_ZH))
    return next((said.start() for said in found if said), 0)
