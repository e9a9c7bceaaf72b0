"""English wordings of MACD, KDJ, RSI and CCI, on day bars and on bars of minutes."""

from decimal import Decimal
from itertools import product

from rules.language.words import Friendly

_CHARTED = ("<daily>", " {bar:chart}")
_CROSSES = (("<golden>", "golden cross"), ("<death>", "death cross"))
_PASSES = (
    ("{op:is}", ""),
    ("<cross_up>", "crosses above"),
    ("<cross_down>", "crosses below"),
    ("<crosses>", "crosses above|crosses below"),
)
_TURNS = (("bullish", "golden cross"), ("bearish", "death cross"))


def _oscillator(name: str, signal: str, usual: int) -> tuple[Friendly, ...]:
    """An oscillator of n bars against a level: n said before, behind, or not at all."""
    rows = []
    for place, bar in product(range(5), (*_CHARTED, "{bar:size}")):
        ahead = f"{bar} " if bar == "{bar:size}" else ""
        behind = "" if ahead else bar
        said = (
            f"<{name}>",
            f"<{name}> {{n:count}}",
            f"<{name}> ({{n:count}})",
            f"{{n:days}} <{name}>",
            f"{{n:count}} <{name}>",
        )[place]
        fixed = () if place else (usual,)
        for op, verb in _PASSES:
            rows.append(Friendly(f"{ahead}{said} {op} {{level}}{behind}", signal, verb, 0, fixed))
            if behind == "<daily>":
                rows.append(Friendly(f"[daily|day] {said} {op} {{level}}", signal, verb, 0, fixed))
            if behind != "<daily>" and not ahead:
                rows.append(Friendly(f"{said}{behind} {op} {{level}}", signal, verb, 0, fixed))
    return tuple(rows)


def _zones() -> tuple[Friendly, ...]:
    """RSI overbought (70) and oversold (30)."""
    rows: list[Friendly] = []
    for (zone, verb, level), bar in product((("overbought", ">=", 70), ("oversold", "<=", 30)), _CHARTED):
        usual = (f"<rsi> <{zone}>", f"<{zone}> [on|by] [|the ]<rsi>", f"<{zone}> <rsi>", f"<{zone}>")
        counted = ("<rsi> {n:count}", "<rsi> ({n:count})", "{n:days} <rsi>")
        rows += (Friendly(said + bar, "rsi", verb, 0, (14,), Decimal(level)) for said in usual)
        rows += (Friendly(f"{said} <{zone}>{bar}", "rsi", verb, 0, (), Decimal(level)) for said in counted)
    return tuple(rows)


def _crosses(name: str, turn: str, verb: str, signal: str) -> tuple[Friendly, ...]:
    """Golden and death crosses of MACD or KDJ, the bars said before or behind."""
    kind = turn
    plain = "golden" if kind == "bullish" else "death"
    said = (
        f"<{name}> <gives> <{plain}>",
        f"<gives> <{name}> <{plain}>",
        f"<{kind}> <{name}> <cross>",
        f"<{plain}> [of|on|in|from|for] [|the ]<{name}>",
        f"<{plain}> <{name}>",
    )
    rows = [Friendly(one + bar, signal, verb) for one, bar in product(said, _CHARTED)]
    rows += [Friendly(f"{{bar:size}} {one}", signal, verb) for one in said]
    rows += [Friendly(f"[daily|day] {one}", signal, verb) for one in said]
    rows.append(Friendly(f"<{name}> {{bar:chart}} <{plain}>", signal, verb))
    return tuple(rows)


def _value(said: str, signal: str) -> tuple[Friendly, ...]:
    """A line of an indicator against a number."""
    rows = []
    for bar in _CHARTED:
        for op, verb in (("{op:is}", ""), ("<cross_up>", "crosses above"), ("<cross_down>", "crosses below")):
            rows.append(Friendly(f"{said} {op} {{level}}{bar}", signal, verb))
    return tuple(rows)


def _signs(said: str, signal: str) -> tuple[Friendly, ...]:
    """A line of an indicator that turns positive or negative."""
    zero = Decimal()
    return tuple(
        Friendly(
            f"{said} [turns|goes|becomes|flips|crosses|is|moves] {word}{bar}",
            signal,
            f"crosses {side}",
            0,
            (),
            zero,
        )
        for (word, side), bar in product((("positive", "above"), ("negative", "below")), _CHARTED)
    )


ROWS = (
    *_crosses("macd", "bullish", "golden cross", "macd"),
    *_crosses("macd", "bearish", "death cross", "macd"),
    *_crosses("kdj", "bullish", "golden cross", "kdj"),
    *_crosses("kdj", "bearish", "death cross", "kdj"),
    *(
        Friendly(f"{ahead}<macd> {said} [|its |the ]<signal>{bar}", "macd", verb)
        for (said, verb), (ahead, bar) in product(
            (("<goes_above>", "golden cross"), ("<goes_below>", "death cross")),
            (("", "<daily>"), ("", " {bar:chart}"), ("{bar:size} ", "")),
        )
    ),
    *(
        Friendly(f"<kdj> [k|%k|k line] {said} [|the ][d|%d|d line|signal]{bar}", "kdj", verb)
        for (said, verb), bar in product(
            (("<goes_above>", "golden cross"), ("<goes_below>", "death cross")), _CHARTED
        )
    ),
    *_signs("<macd> <histogram>", "macd bar"),
    *_signs("<macd>", "macd dif"),
    *_value("<macd> <histogram>", "macd bar"),
    *_value("<macd> [|line ][|value ]", "macd dif"),
    *(
        row
        for line in "kdj"
        for row in _value(f"<kdj> [{line}|{line} line|{line} value|%{line}]", f"kdj {line}")
    ),
    *(row for line in "kdj" for row in _value(f"{line} [of|line of|value of] [|the ]<kdj>", f"kdj {line}")),
    Friendly("<kdj> [low|oversold] <golden>", "kdj", "low golden cross"),
    Friendly("<kdj> [high|overbought] <death>", "kdj", "high death cross"),
    *_oscillator("rsi", "rsi", 14),
    *_zones(),
    *_oscillator("cci", "cci", 14),
    Friendly(
        "[atr percent|adr|average daily range|average true range percent] {op:is} {level}",
        "adr",
        "",
        0,
        (20,),
    ),
    Friendly(
        "[range|daily range|today's range|day's range|true range] {op:is} {level} [|the |"
        "its ][atr|average true range]",
        "range",
        "",
        0,
        (14,),
    ),
    Friendly(
        "[range|daily range|today's range|day's range|true range] {op:is} {level} [|the |"
        "its ]{n:days} [atr|average true range]",
        "range",
        "",
    ),
)
