"""A long fuzz of the language: `python -m tests.fuzz [-max_total_time=600]`, with atheris installed beside.

Any text is a rule that prints and parses to itself in both languages, or one error with a column. Bytes are
read as words of the language and as free text by turns; the first byte says which.
"""

import importlib
import sys
from collections.abc import Callable
from typing import Any

SAID = """
300308 中际旭创 AAPL.US BTCUSDT @optical-modules any 任一 change price price> move(5m) ma(20) ma( record
high low new high(day) reclaim lose macd golden death cross crosses above below > >= < <= 5% 8% -3% 560
610B 6100亿 and or not ( ) 且 或 非 （ ） | once daily every 30m until 2026-12-31 session
auction,regular note "x" silent hysteresis 1% 涨超5% 五分钟跌超2% 站上20日线 历史新高 MACD金叉 then for
5m at 14:50 9:35 25:00 2:50pm between 10:00 to from on close by the within half an hour followed 然后
随后 之后 之后30分钟内 30分钟内 持续 持续5分钟 在14:50 14:50时 10:00至14:30之间 收盘时 5%、8% 5%, 8%,
10% 1,000 、 ， , ; % ＞ ： 0 00 1e5 .5 5. - near ma(60) limit up sealed volume 3x market_cap leaders
vwap 市值 突破 元 held least 秒 小时
"""
WORDS = tuple(SAID.split())
GLUE = (" ", "", "  ", "\u3000")


class Chance:
    """Bytes as choices, one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def __bool__(self) -> bool:
        return self._at < len(self._data)

    def byte(self) -> int:
        """The next byte, nought behind the end."""
        self._at += 1
        return self._data[self._at - 1] if self._at <= len(self._data) else 0


def text_of(data: bytes) -> str:
    """Free text, or words of the language with blanks between them or none."""
    chance = Chance(data)
    if chance.byte() % 4 == 0:
        return data[1:].decode("utf-8", "replace")
    parts = ["300308 "] if chance.byte() % 4 else []
    while chance:
        word = chance.byte()
        if word >= len(WORDS):
            parts.append(chr(chance.byte() + 256 * (chance.byte() % 0xA0) + 1))
        else:
            parts += [WORDS[word], GLUE[chance.byte() % len(GLUE)]]
    return "".join(parts)


def outcome(language: Any, text: str, known: Callable[[str], Any]) -> Any:
    """What parsing comes to; anything but a line or a LanguageError is a crash."""
    try:
        return language.parse(text, known)
    except language.LanguageError as error:
        return error


def checked(language: Any, known: Callable[[str], Any]) -> Callable[[bytes], None]:
    """What is asked of one input."""

    def one(data: bytes) -> None:
        text = text_of(data)
        found = outcome(language, text, known)
        if isinstance(found, language.LanguageError):
            assert 1 <= found.column <= min(len(text), 512) + 1, text
            assert found.reason, text
            return
        for printed in (language.canonical(found), language.phrase(found, "zh")):
            assert len(printed) <= 512, text
            assert outcome(language, printed, known) == found, text

    return one


def main() -> None:
    """Fuzz until told to stop; a crash prints its input and ends with another code than 0."""
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["rules", "lark"]):
        language = importlib.import_module("rules.language")
        model = importlib.import_module("rules.model")
    kinds = {"@": model.Kind.GROUP, "B": model.Kind.COIN}
    instruments = {
        name: model.Instrument(symbol=symbol, kind=kinds.get(symbol[0], model.Kind.STOCK), decimals=decimals)
        for names, symbol, decimals in (
            (("300308", "300308.SZ", "中际旭创"), "300308.SZ", 3),
            (("AAPL.US",), "AAPL.US", 4),
            (("BTCUSDT", "BTCUSDT.BINANCE"), "BTCUSDT.BINANCE", 8),
            (("@optical-modules",), "@optical-modules", 8),
        )
        for name in names
    }
    atheris.Setup(sys.argv, checked(language, lambda name: instruments.get(name.strip())))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
