"""What a line speaks of: the symbol or name before the condition, and `any` before a group."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from rules.language.courtesy import behind, is_sure, starts
from rules.language.fault import Trouble
from rules.language.leaf import first_words
from rules.language.words import ANY
from rules.model import Instrument, Kind

MOST_WORDS = 6  # of a name: "Bank of China Hong Kong" and one to spare
MOST_IDEOGRAPHS = 16  # a Chinese condition may follow a name without a blank
_WORD = re.compile(r"\S+")
_ANY = re.compile(
    rf"\s*(?:(?:any|each|every)(?:\s+(?:single|one|other))*"
    r"(?:\s+(?:stocks?|shares?|members?|names?|tickers?|symbols?|compan(?:y|ies)|"
    r"constituents?|components?|coins?))?"
    r"(?:\s+(?:in|of|from|on|within|inside))?(?:\s+(?:the|my|your|our))?|"
    r"(?:any(?:thing|one)|one|a\s+(?:stock|member|name|share|company))\s+(?:in|of|on|"
    r"from)(?:\s+(?:the|my|our))?"
    rf"|{'|'.join(ANY)})(?=[\s@])"
    r"|\s*(?:任一|任意|任何)(?:[一1]?[只个家支])?(?:的|股票|个股)*(?=[\u4e00-\u9fff@])",
    re.IGNORECASE,
)
_MEMBER = re.compile(
    r"\s*(?:stocks?|members?|shares|names?|constituents?|components?|compan(?:y|ies))"
    r"(?![a-z_])",
    re.IGNORECASE,
)
_EACH = re.compile(
    r"\s*[:,]?\s+(?:any|each|every)(?:\s+(?:one|single))?\s+(?:stock|member|name|share|coin|constituent)s?(?![a-z_])",
    re.IGNORECASE,
)
_INDEX = re.compile(r"\s*(?:指数|index(?![a-z]))", re.IGNORECASE)
# What a condition is of: "the rsi of AAPL", "a golden cross in AAPL".
_OF = re.compile(
    r"(?<![a-z_])(?:of|in|on|for|by|with|(?P<kept>bought|entered|own|hold|holding))\s+(?:(?:the\s+)?(?:stock|shares?|ticker|"
    r"coin|price\s+of)\s+)?(?=[a-z0-9@\u4e00-\u9fff])",
    re.IGNORECASE,
)
# Venues as TradingView writes them: NASDAQ:AAPL, SZSE:300308, OKX:BTCUSDT; and pairs: BTC/USDT.
_VENUES = {
    **dict.fromkeys(("NASDAQ", "NYSE", "AMEX", "ARCA", "BATS", "CBOE", "US"), "US"),
    **dict.fromkeys(("SSE", "SH", "SHSE"), "SH"),
    **dict.fromkeys(("SZSE", "SZ"), "SZ"),
    **dict.fromkeys(("HKEX", "SEHK", "HK"), "HK"),
    **{venue: venue for venue in ("BJ", "BINANCE", "OKX", "COINBASE")},
}
_LISTED = re.compile(r"(?P<venue>[a-z]{2,8}):(?P<code>[a-z0-9.-]{1,16})(?![a-z0-9])", re.IGNORECASE)
_PAIR = re.compile(
    r"(?P<base>[a-z0-9]{2,10})/(?P<quote>usdt|usdc|usd|btc|eth|bnb|eur)(?![a-z0-9])"
    r"(?:\s+(?:ratio|rate|pair|price)(?![a-z]))?",
    re.IGNORECASE,
)
_QUOTED_IN = re.compile(r"(?<=[A-Z0-9])(?=(?:USDT|USDC|USD|EUR)$)")
_DASHED = frozenset({"OKX", "COINBASE"})
_PLAIN_NUMBER = re.compile(r"\d{1,4}(?!\d)")
_POSSESSED = re.compile(r"['’]s(?![a-z])")
MOST_OF = 4
_ELSEWHERE = frozenset({"symbol", "first", "empty", "any"})  # what may lie in looking at the wrong place
_CONNECTIVES = frozenset({"and", "or", "not"})


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom the condition is about and where it begins."""

    instrument: Instrument
    each: bool
    end: int
    resolve: Callable[[str], Instrument | None]  # for other names in the condition
    text: str = ""  # the line with all but its condition blank
    name: str = ""  # as it was typed


def find(text: str, resolve: Callable[[str], Instrument | None]) -> Subject:
    """The longest name at the line's head that `resolve` knows, past lead-ins; Trouble where there is none.

    Where no name stands at the head, it is the one that the condition is said to be of.
    """
    head = text.partition("|")[0]
    trouble: Trouble | None = None
    # A name may itself begin like a lead-in, so the whole head comes first, then the furthest.
    for start in (*starts(head), 0) if is_sure(head) else (0, *starts(head)):
        try:
            return _told(text, _at(head, start, resolve))
        except Trouble as found:
            if found.key not in _ELSEWHERE:
                raise
            if trouble is None or (start and trouble.start < start):
                trouble = found
    if (subject := _of(text, head, resolve)) is not None:
        return subject
    assert trouble is not None  # noqa: S101 - the head itself was tried
    raise trouble


def _told(text: str, subject: Subject) -> Subject:
    """The subject with the words behind its name that say nothing blanked."""
    head = text.partition("|")[0]
    end = subject.end
    if subject.instrument.kind is Kind.GROUP and subject.each and (said := _MEMBER.match(head, end)):
        end = said.end()
    if subject.instrument.kind is Kind.GROUP and (said := _EACH.match(head, end)):
        subject, end = replace(subject, each=True), said.end()
    if subject.instrument.kind is Kind.INDEX and (said := _INDEX.match(head, end)):
        end = said.end()
    end = behind(head, end)
    if not head[end:].strip():  # what says nothing was all that was said
        end = subject.end
    return replace(subject, end=end, text=" " * end + text[end:])


def _of(text: str, head: str, resolve: Callable[[str], Instrument | None]) -> Subject | None:
    """The subject of a condition that begins before it."""
    begin = next(starts(head), 0)
    for said in islice(_OF.finditer(head, begin), MOST_OF):
        marked = _ANY.match(head, said.end())
        start = marked.end() if marked else said.end()
        known = _grouped(resolve) if marked else resolve
        instrument, end = _longest(head, start, known) if head[start:].strip() else (None, start)
        if instrument is None or _PLAIN_NUMBER.fullmatch(head[start:end].strip()):
            continue
        if marked and instrument.kind is not Kind.GROUP:
            continue
        for pattern in (_MEMBER, _POSSESSED) if marked else (_POSSESSED,):
            more = pattern.match(head, end)
            end = more.end() if more else end
        cut = said.end("kept") if said["kept"] else said.start()
        rest = f"{' ' * begin}{text[begin:cut]}{' ' * (end - cut)}{text[end:]}"
        if not rest.partition("|")[0].strip():
            continue
        return Subject(instrument, marked is not None, begin, resolve, rest)
    return None


def _at(head: str, start: int, resolve: Callable[[str], Instrument | None]) -> Subject:
    marked = _ANY.match(head, start)
    first = _WORD.search(head, marked.end() if marked else start)
    if first is None:
        raise Trouble("empty", start, "")
    instrument, end = _longest(head, first.start(), _grouped(resolve) if marked else resolve)
    is_one = end <= first.end()  # a name of several words (New Essex) may begin like a condition
    if is_one and first[0].partition("(")[0].lower() in first_words() | _CONNECTIVES:
        raise Trouble("first", first.start(), first[0])
    if instrument is None:
        raise Trouble("symbol", first.start(), first[0])
    if marked and instrument.kind is not Kind.GROUP:
        raise Trouble("any", first.start(), first[0])
    if not head[end:].strip():
        raise Trouble("condition", first.start(), head[first.start() : end])
    return Subject(instrument, marked is not None, end, resolve, name=head[first.start() : end])


def _grouped(resolve: Callable[[str], Instrument | None]) -> Callable[[str], Instrument | None]:
    """A name behind `any` is a group's, where it is an index's too: any ChiNext stock."""

    def found(name: str) -> Instrument | None:
        return (None if name.startswith("@") else resolve(f"@{name}")) or resolve(name)

    return found


def _longest(
    head: str, start: int, resolve: Callable[[str], Instrument | None]
) -> tuple[Instrument | None, int]:
    if special := _special(head, start, resolve):
        return special
    for end in sorted(_ends(head, start), reverse=True):
        if instrument := resolve(head[start:end]):
            return instrument, end
    return None, start


def _special(
    head: str, start: int, resolve: Callable[[str], Instrument | None]
) -> tuple[Instrument, int] | None:
    """The instrument of VENUE:CODE or of a pair with a stroke, and where it ends."""
    found: Instrument | None = None
    if (said := _LISTED.match(head, start)) and (venue := _VENUES.get(said["venue"].upper())):
        code = said["code"].upper()
        found = resolve(f"{_QUOTED_IN.sub('-', code) if venue in _DASHED else code}.{venue}")
    elif said := _PAIR.match(head, start):
        pair = f"{said['base']}{said['quote']}".upper()
        found = resolve(pair) or resolve(f"{pair}.BINANCE")
    return (found, said.end()) if said and found else None


def _ends(head: str, start: int) -> Iterator[int]:
    """Where a name may end: after one of the first words, or in the first before an ideograph or operator."""
    words = list(_WORD.finditer(head, start))[:MOST_WORDS]
    for word in words:
        yield word.end()
    for place in range(start + 1, min(words[0].end(), start + MOST_IDEOGRAPHS)):
        is_ascii = head[place].isascii() and head[place - 1].isascii()
        if not is_ascii or head[place] in "<>=:,(" or head[place : place + 2] == "'s":
            yield place
