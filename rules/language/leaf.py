"""One leaf of a condition: text -> Leaf by the signals' own templates, checked against the instrument."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from difflib import get_close_matches
from functools import cache

from rules import signals  # noqa: F401 - importing the folder fills SIGNALS
from rules.language.fault import LABELS, Hint, Trouble
from rules.language.figures import OPERATOR, PARAMETERS, Value, write_levels
from rules.language.sayings import SAYINGS
from rules.language.sayings.refusals import ABSENT, VAGUE
from rules.language.template import Found, Meaning, Step, Stop, Trie, expand, steps
from rules.language.words import EITHER, FRIENDLY, LATER_CHINESE
from rules.limits import has_limits
from rules.model import Argument, Instrument, Kind, Leaf, OffGridError, quanta
from rules.signal import SIGNALS, Form, Parameter, ParameterKind, Unit, Words, named, phrase_of

LABELS_SHOWN = 8
OPENERS = ("price", "change", "move", "new high", "record high", "macd", "rsi", "market_cap", "volume")
# Regular sessions by market; windows reach no further (conditions.md section 1, move). Others trade 24 hours.
SESSION = {
    **dict.fromkeys(("SH", "SZ", "BJ", "GROUP"), timedelta(hours=4)),
    "HK": timedelta(hours=5, minutes=30),
    "US": timedelta(hours=6, minutes=30),
}
DAY = timedelta(hours=24)
# A group has its members' changes alone; an index has no shares (conditions.md section 1, group and market).
ON_GROUPS = frozenset({"change", "inflow", "outflow", "strength", "turnover_pace"})
NEEDS_SHARES = frozenset({"float_cap", "free turnover", "market_cap", "milestone", "turnover_rate", "vwap"})
# China's exchanges alone have daily limits, for stocks and funds.
_LIMITS = (
    "limit up", "limit up near", "limit up touched", "limit openings", "limit_streak", "limits", "seal",
    "seal_ratio",
)  # fmt: skip
NEEDS_LIMITS = frozenset(
    form for name in _LIMITS for form in (name, name.replace(" up", " down"), f"{name} down")
)
MOST_LEVEL = Decimal(10**16)
ENDS = ("and", "or", "|", "then", "for", "at", "between", "on close")  # what may follow a leaf
# Words of their own, however close to a label.
CONNECTIVES = frozenset({"and", "or", "not", "then", "for", "at", "between", "on", "within"})
# Labels of fields, offered in both languages; the rest are literal words.
_FIELDS = frozenset({*LABELS, OPERATOR.label, "%", "and", "or", "|", "(", ")"})
_FIGURES = frozenset({"a price", "a percentage", "an amount", "a number"})
_TURNED = str.maketrans("<>", "><")
_RUN = re.compile(r"[^\x00-\x7f]+")
_CALLED = re.compile(r"[a-z_]+\s*\(\s*$", re.IGNORECASE)
_FIGURE = re.compile(r"[-+\d.]+")
_WORD = re.compile(r"[\w.@%/:-]+|\S")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a leaf stands in a line, and what it is asked of."""

    text: str  # the whole line
    start: int
    end: int
    instrument: Instrument
    each: bool
    resolve: Callable[[str], Instrument | None]  # other names in the leaf

    @property
    def words(self) -> str:
        """The leaf as written."""
        return self.text[self.start : self.end]


def read(place: Place) -> tuple[tuple[Leaf, ...], Form, str]:
    """The leaf at a place, or two of which either will do, whether it is a crossing, the words of its head.

    Trouble where it is none or cannot be asked here.
    """
    found = _trie().read(place.text, place.start, place.end)
    if isinstance(found, Stop):
        raise _misread(place, found)
    meaning = found.meaning
    words = SIGNALS[meaning.signal]
    _check_kind(place, meaning.signal, words)
    said = (_argument(place, one, found) for one in words.parameters if one.name in found.fields)
    arguments = (*meaning.fixed, *said)
    _check_order(arguments, found)
    level = _level(place, words.unit, found)
    verb = meaning.verb or _operator(found)
    signs = (1, -1 if meaning.sign else 1)
    levels = [None if level is None else level * sign for sign in signs]
    made = (Leaf(meaning.signal, arguments, *one) for one in zip(verb.split(EITHER), levels, strict=False))
    first = min((match.start() for _, match in found.fields.values()), default=place.start)
    head = _CALLED.sub("", place.text[place.start : first])  # of "above ma(20)" what stands before the name
    return tuple(made), meaning.form, head.strip()


def write(leaf: Leaf, language: str, rungs: Sequence[Leaf] = ()) -> str:
    """The canonical words of a leaf in English or Chinese; with `rungs` those of a ladder of them."""
    words = SIGNALS[leaf.signal]
    phrase = phrase_of(leaf)
    text = phrase.zh if language == "zh" else phrase.en
    for parameter, argument in zip(named(words, phrase), leaf.args, strict=True):
        written = PARAMETERS[parameter.kind].write(argument, language)
        text = text.replace(f"{{{parameter.name}}}", written)
    levels = [rung.level for rung in rungs or (leaf,) if rung.level is not None]
    if levels:
        text = text.replace("{level}", write_levels(words.unit, levels, language))
    return text.replace("{op}", leaf.verb)


@cache
def _trie() -> Trie:
    trie = Trie()
    for name, words in SIGNALS.items():
        for phrase in words.phrases:
            meaning = Meaning(name, phrase.verb, phrase.form)
            trie.add(steps(phrase.en, words), meaning)
            trie.add(steps(phrase.zh, words), meaning)
    for row in (*FRIENDLY, *SAYINGS):
        words = SIGNALS[row.signal]
        verb = row.verb.partition(EITHER)[0].strip("<>=")
        form = next(phrase.form for phrase in words.phrases if phrase.verb == verb)
        meaning = Meaning(row.signal, row.verb, form, row.sign, row.fixed, row.level)
        for template in expand(row.template):
            trie.add(steps(template, words), meaning)
    return trie


@cache
def first_words() -> frozenset[str]:
    """Words that open a canonical English leaf, so no symbol is meant by them."""
    return frozenset(p.en.split()[0].partition("(")[0] for words in SIGNALS.values() for p in words.phrases)


def _value(found: Found, name: str) -> Value:
    figure, match = found.fields[name]
    return figure.read(match)


def _operator(found: Found) -> str:
    """The operator that was said; of a fall said without a sign the other way round."""
    said = str(_value(found, "op"))
    return said.translate(_TURNED) if found.meaning.sign < 0 else said


def _check_kind(place: Place, signal: str, words: Words) -> None:
    group = place.instrument.kind is Kind.GROUP and not place.each
    symbol = place.instrument.symbol
    if words.groups_only and not group:
        raise Trouble("groups only", place.start, place.words)
    if signal in NEEDS_SHARES and (group or place.instrument.kind is Kind.INDEX):
        raise Trouble("not on", place.start, place.words, symbol=symbol)
    missing = signal in NEEDS_LIMITS and not has_limits(place.instrument)
    if not place.each and (missing or not SIGNALS[signal].exists(place.instrument)):
        raise Trouble("not on", place.start, place.words, symbol=symbol)
    if group and not words.groups_only and signal not in ON_GROUPS:
        raise Trouble("later on", place.start, place.words, symbol=symbol)


def _argument(place: Place, parameter: Parameter, found: Found) -> Argument:
    figure, match = found.fields[parameter.name]
    value = figure.read(match)
    if isinstance(value, Decimal):
        _check_price(value, place, match.start(), match[0])
        return value
    if parameter.kind is ParameterKind.DATE:
        return value
    if parameter.kind is ParameterKind.SYMBOL:
        return _other(place, found.meaning.signal, match)
    if not parameter.low <= _size(value) <= parameter.high:
        low, high = (_bound(parameter.kind, bound) for bound in (parameter.low, parameter.high))
        raise Trouble("bounds", match.start(), match[0], low=low, high=high)
    most = SESSION.get(place.instrument.market, DAY)
    if isinstance(value, timedelta) and value > most:
        hours = f"{most / timedelta(hours=1):g}h"
        raise Trouble("window", match.start(), match[0], symbol=place.instrument.symbol, most=hours)
    return value


def _other(place: Place, signal: str, match: re.Match[str]) -> str:
    """The full symbol of another instrument by what people type."""
    word = match[0].strip()
    found = place.resolve(word) or place.resolve(re.sub(r"^the\s+", "", word, flags=re.IGNORECASE))
    if found is None:
        raise Trouble("symbol", match.start(), word)
    if found.kind is Kind.GROUP and signal not in ON_GROUPS:
        raise Trouble("not on", match.start(), signal, symbol=found.symbol)
    if found.symbol == place.instrument.symbol and not place.each:
        raise Trouble("itself", match.start(), word)
    return found.symbol


def _size(value: int | timedelta | str) -> float:
    if isinstance(value, timedelta):
        return value.total_seconds()
    return 1 if value == "day" else int(str(value).rstrip("d"))


def _bound(kind: ParameterKind, bound: int) -> str:
    value: Argument = bound
    if kind is ParameterKind.WINDOW:
        value = timedelta(seconds=bound)
    elif kind is ParameterKind.SPAN:
        value = f"{bound}d"
    return PARAMETERS[kind].write(value, "en")


def _level(place: Place, unit: Unit, found: Found) -> Decimal | None:
    if "level" not in found.fields:
        return found.meaning.level
    figure, match = found.fields["level"]
    level = Decimal(str(figure.read(match)))
    start, word = match.start(), match[0].strip()
    if found.meaning.sign:
        if match["n"][0] in "+-":
            raise Trouble("sign", start, word)
        level *= found.meaning.sign
    if abs(level) > MOST_LEVEL:
        raise Trouble("digits", start, word)
    _CHECKS[unit](level, place, start, word)
    return level


def _check_order(arguments: Sequence[Argument], found: Found) -> None:
    """A channel's ends ascend."""
    ends = [argument for argument in arguments if isinstance(argument, Decimal)]
    if ends != sorted(set(ends)):
        match = found.fields["high"][1]
        raise Trouble("channel", match.start(), match[0].strip())


def _check_price(level: Decimal, place: Place, start: int, word: str) -> None:
    _check_amount(level, place, start, word)
    decimals = place.instrument.decimals
    try:
        whole = quanta(level, decimals)
    except OffGridError:
        raise Trouble("grid", start, word, symbol=place.instrument.symbol, decimals=decimals) from None
    if whole > MOST_LEVEL:
        raise Trouble("digits", start, word)


def _check_amount(level: Decimal, _place: Place, start: int, word: str) -> None:
    if level <= 0:
        raise Trouble("positive", start, word)


def _check_nothing(_level: Decimal, _place: Place, _start: int, _word: str) -> None:
    """An oscillator's level may be any number."""


def _check_percent(level: Decimal, _place: Place, start: int, word: str) -> None:
    if level <= -1:
        raise Trouble("fall", start, f"{word}%")


def _check_count(level: Decimal, _place: Place, start: int, word: str) -> None:
    if level != level.to_integral_value() or level < 0:
        raise Trouble("whole", start, word)


_CHECKS = {
    Unit.PRICE: _check_price,
    Unit.AMOUNT: _check_amount,
    Unit.PERCENT: _check_percent,
    Unit.COUNT: _check_count,
    Unit.NUMBER: _check_nothing,
    Unit.TIMES: _check_amount,
}


def _misread(place: Place, stop: Stop) -> Trouble:
    """Why a leaf could not be read: a form of later, a missing percent sign, or a word and what would fit."""
    start, word = word_at(place.text, place.start, stop.place, place.end)
    if later := _later(place, start, stop.place):
        return Trouble("later", later[0], later[1])
    if refused := _refused(place):
        return refused
    read, labels = place.text[place.start : stop.place].rstrip(), stop.labels
    before = word_at(place.text, place.start, place.start + len(read) - 1, place.end)
    if known := _unfigured(place, stop.place, before, labels):
        return known
    if place.text[stop.place] == "%":
        return Trouble("no percent", start, word)
    ends = ENDS if "the end" in labels else ()
    fits = hint(word, (*labels, *ends))
    if not word.isascii() and not fits.near:
        start, word, fits = _near_run(place, stop.place, (start, word, fits))
    if stop.place == place.start and not fits.near:
        fits = Hint(labels=_openers("en"), chinese=_openers("zh"))
    return Trouble("unknown", start, word, fits=fits)


def _unfigured(
    place: Place, stopped: int, before: tuple[int, str], labels: Collection[str]
) -> Trouble | None:
    """A leaf whose last figure lacks its sign or all that would say what it is, or that ends too soon."""
    if "%" in labels and _FIGURE.fullmatch(before[1]):
        if before[0] > place.start:
            return Trouble("percent", *before)
        near = "crosses {0}, above {0}, up {0}%".format(before[1])  # "TSLA 400": a price, or a move?
        return Trouble("vague", *before, near=near)
    return Trouble("ended", *before, fits=hint("", labels)) if stopped == place.end else None


def _near_run(place: Place, stopped: int, otherwise: tuple[int, str, Hint]) -> tuple[int, str, Hint]:
    """Chinese has no blanks: a whole run around a stop that is close to a canonical word is meant."""
    run = next(r for r in _RUN.finditer(place.text, place.start, place.end) if r.end() > stopped)
    near = _nearest(run[0], _labels("zh"))
    return (run.start(), run[0], Hint(near=near)) if near else otherwise


def _refused(place: Place) -> Trouble | None:
    """What traders say and no rule can mean, if that is what is there."""
    if match := ABSENT.search(place.text, place.start, place.end):
        return Trouble("absent", match.start(), match[0])
    for pattern, near in VAGUE:
        if match := pattern.search(place.text, place.start, place.end):
            return Trouble("vague", match.start(), match[0], near=near)
    return None


def _later(place: Place, start: int, stopped: int) -> tuple[int, str] | None:
    for at in (place.start, start, stopped):
        if match := LATER_CHINESE.match(place.text, at, place.end):
            return at, match[0]
    return None


def word_at(text: str, low: int, place: int, high: int) -> tuple[int, str]:
    """The word of text[low:high] that covers a place, with its start."""
    for match in _WORD.finditer(text, low, high):
        if match.end() > place:
            start = max(match.start(), low)
            return (
                (start, match[0])
                if match[0].isascii()
                else (max(start, place), text[max(start, place) : match.end()])
            )
    return place, ""


def hint(word: str, labels: Collection[str]) -> Hint:
    """What would fit in place of a word: the nearest label, or the canonical ones in each language."""
    if near := _nearest(word, labels):
        return Hint(near=near)
    known = [_labels(language) | _FIELDS for language in ("en", "zh")]
    canonical = (tuple(label for label in labels if label in one) for one in known)
    english, chinese = (_figures_first(chosen or tuple(labels)) for chosen in canonical)
    return Hint(labels=english[:LABELS_SHOWN], chinese=chinese[:LABELS_SHOWN])


def _figures_first(labels: Sequence[str]) -> tuple[str, ...]:
    """Figures before words, of which there may be too many to show all."""
    return tuple(sorted(labels, key=lambda label: label not in _FIGURES))


def _nearest(word: str, labels: Iterable[str]) -> str:
    """The label that the word misspells, "" where there is none; the word itself is no misspelling."""
    word = word.lower()
    if word in CONNECTIVES:
        return ""
    of_script = (
        label for label in labels if label.isascii() is word.isascii()
    )  # it misspells none of another
    matches = get_close_matches(word, (label for label in of_script if _may_match(word, label)), 2)
    return next((match for match in matches if match.lower() != word), "")


def _may_match(word: str, label: str) -> bool:
    """Whether difflib could find them alike at its cutoff of 0.6: by common letters, for a tenth of it."""
    most = len(word) + len(label)
    if 10 * min(len(word), len(label)) < 3 * most:
        return False
    return 10 * sum(min(word.count(letter), label.count(letter)) for letter in set(word)) >= 3 * most


@cache
def _labels(language: str) -> frozenset[str]:
    """Literal words of the canonical templates."""
    return frozenset(step.label for template in _canonical(language) for step in template)


def _openers(language: str) -> tuple[str, ...]:
    """What a leaf of the commonest signals begins with: all of them would be a page."""
    phrases = (SIGNALS[name].phrases[0] for name in OPENERS)
    first = (
        steps(phrase.zh if language == "zh" else phrase.en, SIGNALS[name])[0]
        for name, phrase in zip(OPENERS, phrases, strict=True)
    )
    return tuple(dict.fromkeys(step.label for step in first if step.first))


@cache
def _canonical(language: str) -> tuple[tuple[Step, ...], ...]:
    phrases = ((words, phrase) for words in SIGNALS.values() for phrase in words.phrases)
    return tuple(steps(p.zh if language == "zh" else p.en, words) for words, p in phrases)
