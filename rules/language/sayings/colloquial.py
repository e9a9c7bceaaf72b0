"""A Chinese line in the plain words that templates and grammar read; what is plain already stays as it is."""

import re
from collections.abc import Mapping
from dataclasses import replace

from rules.language.sayings import chat, idioms, joints, numerals, times
from rules.language.spelling import Spelling, rewrite
from rules.language.subject import Subject
from rules.model import Kind

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_NOUN = "(?:股票|个股|成分股|成份股|龙头股|龙头|票|只股|股|标的|品种|币)"
_EACH = re.compile(
    r"(?!\s*(?:板块)?(?:的|里)?龙头股?(?:数|家|达|超|有|不))"
    rf"(?:\s*(?:板块|概念)?的?{_NOUN}(?:里面?|中|内|的)*(?:任意|任何|任一)(?:[一1]?[只个家])?"
    r"|\s*(?:板块|概念|行业)?\s*(?:里面?|内|中|的|当中)*\s*(?:只要)?有?(?:任意|任何|任一|某|随便)?(?:一只|"
    rf"一个|1只|哪只)?{_NOUN}(?!数|家|价|比|量)"
    r"|\s*(?:板块|概念)?(?:里面?|内|中|的)?(?:任意|任何|任一)(?:[一1]?[只个家])?"
    r"|\s*(?:板块|概念)?(?:里面?|内|中)?(?:谁|哪个|哪只)"
    r"|\s*(?:板块|概念)?(?:里面?|内|中)?(?:只要)?有(?:任意|任何)?(?:[一1][只个家支]|哪只|股票|个股)(?:股票|个股)?)"
)
# Clocks before figures (两点半 is no 2.5), figures before what is said of them, names before what joins them.
_STEPS = (
    times.CLOCKS,
    numerals.REWRITES,
    times.REWRITES,
    chat.REWRITES,
    joints.FILLERS,
    joints.FIGURES,
    idioms.REWRITES,
    joints.REWRITES,
)
_NUMBERED = re.compile(
    r"\d|缺口|封|打开|竞价|大笔|买盘|卖盘"
)  # names that the signals' own words say as well
_GROUP = re.compile(r"\s*(?:板块指数|板块|概念股|概念|行业|整体|指数)")


def plain(text: str, signs: str, subject: Subject, names: Mapping[str, str]) -> tuple[Spelling, Subject]:
    """The text with its condition in plain words, and the subject, of each member where the words say so.

    `names` has the conditions that names within it stand for; `signs` is the same text with signs normalised,
    of which the enumeration comma, which ladders need, stays.
    """
    end = signs.find("|", subject.end) if "|" in signs[subject.end :] else len(text)
    head = "".join(a if a == "、" else b for a, b in zip(text[:end], signs, strict=False))
    spelling = Spelling(text, head + text[end:])
    if not _CHINESE.search(text, subject.end, end):
        return spelling, subject
    subject = _scope(spelling, subject)
    said = [name for name in names if name in text and not name.isascii() and not _NUMBERED.search(name)]
    named = [
        rewrite(rf"(?:出现|发生|触发|形成|上演)?{re.escape(name)}", f" ({names[name]}) ")
        for name in sorted(said, key=len, reverse=True)
    ]
    for rewrites in (named, *_STEPS):
        end = spelling.apply(rewrites, subject.end, end, subject.instrument)
    return spelling, subject


def _scope(spelling: Spelling, subject: Subject) -> Subject:
    """Blanks in place of 板块 and 任意股票 behind a group; an index's name before these is its members'."""
    each = _EACH.match(spelling.text, subject.end)
    if subject.instrument.kind is Kind.INDEX and each and subject.name:
        subject = replace(subject, instrument=subject.resolve(f"@{subject.name}") or subject.instrument)
    match = each or _GROUP.match(spelling.text, subject.end)
    if subject.instrument.kind is not Kind.GROUP or match is None:
        return subject
    start, end = match.span()
    spelling.is_typed = False
    spelling.text = f"{spelling.text[:start]}{' ' * (end - start)}{spelling.text[end:]}"
    return replace(subject, each=True) if each else subject
