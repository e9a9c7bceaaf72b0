"""How long a rule's text takes to parse: ordinary lines, and the worst that 512 characters can hold.

Goal: 5 ms of CPU for the worst line; the ratio to an ordinary line is what a chat cannot push up.
"""

import contextlib
import sys
from statistics import median
from time import process_time

from bot.master.reference import Reference
from rules.language import LanguageError, parse

GOAL = 0.005  # seconds of CPU
REPEATS = 30
ORDINARY = (
    "300308 price > 560",
    "300308 change > 5% and not record high | daily",
    "300308 price crosses above ma(60) or macd golden cross",
    "中际旭创 站上20日线",
)
WORST = (
    "300308 " + " or ".join(["> 5"] * 60),
    "300308 " + " or ".join(["xx 5%"] * 55),
    "300308 " + "(" * 250 + "> 5" + ")" * 250,
    "300308 " + "not " * 120 + "> 5",
    "300308 " + "up 5% " * 84,
    "300308" + "涨" * 500,
    "300308 > 5 | " + "silent " * 70,
    "300308 " + "xx 5%且" * 100,
    "300308 " + " and ".join(["price > 5 for 5m"] * 25),
    "300308 " + "(" * 7 + "price > 5" + " then price > 6 within 5m)" * 7 + " then price > 7 within 5m",
    "300308 " + "、".join(["9"] * 250),
    "300308 " + " or ".join(["中际旭创"] * 60),
    "alert me when " * 36 + "300308",
    "300308 " + "the is a " * 56,
    "300308 " + "is above the " * 38,
    "300308 " + "goes up by more than " * 24,
    "300308 rises " + "one hundred and twenty five " * 17,
    "300308 price between 480 and 560 or " * 14,
    "price of " * 56,
    "i want " + "want like " * 50,
    "if i would like you to know be " * 16,
    "of a the " * 56,
    "300308 close " * 38,
    "300308 up 5% " + "please let me know " * 26,
    "300308涨超5%" + "的时候请提醒我" * 70,
    "300308 5 day average crosses above 20 day average on the " * 9,
    "300308 " + "且".join(["涨超五个点"] * 60),
    "300308 " + "且".join(["涨超五个点"] * 38),
    "300308 " + "且".join(["涨超五个点"] * 29),
    "300308 up 5% " + "once every time until " * 23,
    "300308涨超5%" + "，每次都提醒一次" * 60,
    "300308 up 5% in the first hour in the morning " * 11,
    "300308 站上" + "5、" * 240 + "5日线",
)


def seconds(text: str, master: Reference) -> float:
    """Median CPU seconds of one parse."""
    times = []
    for _ in range(REPEATS):
        begin = process_time()
        with contextlib.suppress(LanguageError):
            parse(text, master.find)
        times.append(process_time() - begin)
    return median(times)


def main() -> int:
    """Print the table; 1 when the goal is missed."""
    master = Reference.load()
    seconds(ORDINARY[0], master)  # the grammar is built once
    usual = median(seconds(text, master) for text in ORDINARY)
    print(f"ordinary line: {usual * 1e3:.2f} ms")
    worst = 0.0
    for text in (text[:512] for text in WORST):
        took = seconds(text, master)
        worst = max(worst, took)
        print(
            f"{took * 1e3:6.2f} ms  {took / usual:5.1f} x ordinary  {text[:40]!r} ... {len(text)} characters"
        )
    print(f"worst: {worst * 1e3:.2f} ms (goal {GOAL * 1e3:.0f} ms)")
    return int(worst > GOAL)


if __name__ == "__main__":
    sys.exit(main())
