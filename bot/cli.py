"""The command line: `python -m bot COMMAND`; other tools call it, so its forms stay (design.md section 6).

Results go to standard output, one sentence about bad input to standard error. Exit codes: 0, and 2 for bad
input or a part that is not built yet.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bot.errors import InputError, TickbellError
from bot.master.groups import master
from bot.master.reference import Reference
from bot.offline.replay import replay
from bot.presets import presets
from bot.settings import load
from rules.language import LanguageError, UnknownSymbolError, canonical, parse, phrase

BAD_INPUT, INTERRUPTED = 2, 130
ROLES = ("feed", "engine", "deliver", "bot", "schedule")
USUAL_SPEED = 60.0
MOST_SPEED = 100_000.0
PARTITIONS = 16

REPLAY_HELP = """\
Each output line is {"time","symbol","rule","state","signal","value","level","price"}: `time` is the
exchange time of the quote in the market's own offset (Shanghai +08:00, New York -05:00 or -04:00,
24-hour markets +00:00); `rule` is the line of the rules file as written; `state` is fired, provisional,
confirmed or withdrawn; `value` and `level` are in the unit the rule is written in; `price` is exact. The
gate runs; how often a rule may be heard (once, daily, every) filters nothing here. Refused quotes are
counted on standard error.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What `run` was asked for."""

    demo: bool = False
    resume: bool = False
    speed: float = USUAL_SPEED  # market seconds a second, in the demo
    data: Path | None = None  # None: the setting's folder; the demo has one of its own
    roles: tuple[str, ...] = ROLES
    shard: tuple[int, int] = (0, 1)  # this process's number, and of how many
    feeds: tuple[str, ...] = ()  # empty: the setting's


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; broken pipes and Ctrl-C end it quietly."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        code = command(options)
        sys.stdout.flush()
    except (TickbellError, LanguageError) as error:
        print(f"tickbell: {error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader had enough; without this Python complains once more while it closes standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tickbell", description="Watches markets and rings the right phone, once, with the reason."
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_run(commands.add_parser("run", help="run the bot"))
    _add_replay(
        commands.add_parser(
            "replay",
            help="recorded quotes through the rules",
            epilog=REPLAY_HELP,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
    )
    _add_studies(commands)
    _add_small(commands)
    return parser


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_run)
    parser.add_argument("--demo", action="store_true", help="play the founding day; no network")
    parser.add_argument("--resume", action="store_true", help="with --demo: go on where it stopped")
    parser.add_argument(
        "--speed", type=_speed, default=USUAL_SPEED, metavar="N", help="market seconds a second (60)"
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="data folder")
    parser.add_argument("--role", type=_roles, default=ROLES, metavar="ROLE,...", help=", ".join(ROLES))
    parser.add_argument(
        "--shard", type=_shard, default=(0, 1), metavar="I/N", help="this process of how many"
    )
    parser.add_argument("--feed", type=_names, default=(), metavar="NAME,...", help="live feeds")


def _add_replay(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_replay)
    parser.add_argument("--quotes", type=Path, nargs="+", required=True, action="extend", metavar="FILE")
    parser.add_argument("--history", type=Path, metavar="DIR", help="folder of <symbol>.csv daily bars")
    parser.add_argument("--rules", type=Path, required=True, metavar="FILE")


def _add_studies(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    backtest = commands.add_parser("backtest", help="how often a rule rang, and what followed")
    backtest.set_defaults(command=_backtest)
    backtest.add_argument("rule", metavar="'SYMBOL CONDITION'")
    backtest.add_argument("--quotes", type=Path, nargs="+", default=[], action="extend", metavar="FILE")
    forecast = commands.add_parser("forecast", help="where an instrument's usual rules would ring")
    forecast.set_defaults(command=_forecast)
    forecast.add_argument("symbol", metavar="SYMBOL")
    forecast.add_argument("--quotes", type=Path, nargs="+", required=True, action="extend", metavar="FILE")
    for parser in (backtest, forecast):
        parser.add_argument("--history", type=Path, required=True, metavar="DIR")


def _add_small(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    text = commands.add_parser("parse", help="a rule's canonical form, in English and Chinese")
    text.set_defaults(command=_parse)
    text.add_argument("text", metavar="TEXT")
    text.add_argument("--lang", choices=("en", "zh"), default="en", help="language of errors")
    decode = commands.add_parser("decode", help="the quotes of a recorded payload, with the gate's verdict")
    decode.set_defaults(command=_decode)
    decode.add_argument("feed", metavar="FEED")
    decode.add_argument("file", type=Path, metavar="FILE")
    decode.add_argument("--at", type=_moment, metavar="TIME", help="judge as if received then (ISO 8601)")
    checking = commands.add_parser("check", help="settings, store, feeds, calendar: what is wrong, in words")
    checking.set_defaults(command=_check)


def _run(options: argparse.Namespace) -> int:
    from bot.app import run  # noqa: PLC0415 - the runtime loads only where it runs

    if options.resume and not options.demo:
        raise InputError("--resume goes with --demo")
    return run(
        RunOptions(
            demo=options.demo,
            resume=options.resume,
            speed=options.speed,
            data=options.data,
            roles=options.role,
            shard=options.shard,
            feeds=options.feed,
        )
    )


def _replay(options: argparse.Namespace) -> int:
    outcome = replay(options.quotes, options.rules, options.history, _master(), presets=presets(load()))
    _print(outcome.lines)
    if outcome.refused:
        reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(outcome.refused.items()))
        print(
            f"tickbell: the gate refused {sum(outcome.refused.values())} quotes: {reasons}", file=sys.stderr
        )
    return 0


def _backtest(options: argparse.Namespace) -> int:
    from bot.offline.backtest import backtest  # noqa: PLC0415 - loads only where it is needed

    _print([backtest(options.rule, options.history, options.quotes, _master(), presets=presets(load()))])
    return 0


def _forecast(options: argparse.Namespace) -> int:
    from bot.offline.forecast import lines  # noqa: PLC0415 - loads only where it is needed

    _print(list(lines(options.symbol, options.quotes, options.history, _master())))
    return 0


def _parse(options: argparse.Namespace) -> int:
    reference = _master()
    text = os.fsencode(options.text).decode(errors="replace")  # UTF-8 even where the locale says otherwise
    try:
        line = parse(text, reference.find, language=options.lang, presets=presets(load()))
    except UnknownSymbolError as error:
        close = ", ".join(f"{i.symbol} {i.name}" for i in reference.near(error.word))
        raise InputError(f"{error}; close to it: {close}" if close else str(error)) from None
    said = {"canonical": canonical(line), "en": phrase(line, "en"), "zh": phrase(line, "zh")}
    _print([msgspec.json.encode(said).decode()])
    return 0


def _decode(options: argparse.Namespace) -> int:
    from bot.offline.decode import lines  # noqa: PLC0415 - feeds load only where they are needed

    notes: list[str] = []
    _print(list(lines(options.feed, options.file, options.at, notes.append)))
    for sentence in notes:
        print(f"tickbell: this payload also holds {sentence}", file=sys.stderr)
    return 0


def _check(_options: argparse.Namespace) -> int:
    from bot.feed import declared  # noqa: PLC0415 - the same
    from bot.offline import check, probe  # noqa: PLC0415 - the runtime loads only where it runs

    settings = load(more=declared())
    wrong = [*check.wrong(settings, datetime.now(UTC).date()), *probe.wrong(settings)]
    _print([*check.right(settings), *(f"wrong: {sentence}" for sentence in wrong)])
    return BAD_INPUT if wrong else 0


def _master() -> Reference:
    """The shipped master with the operator's groups; no other setting has a say in files and text."""
    return master(os.environ.get("TICKBELL_GROUPS", ""))


def _print(lines: Iterable[str]) -> None:
    """Lines as UTF-8 bytes, whatever the terminal's locale says, so that output is the same everywhere."""
    sys.stdout.flush()
    sys.stdout.buffer.write("".join(f"{line}\n" for line in lines).encode())


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None
    if not 0 < speed <= MOST_SPEED:
        raise argparse.ArgumentTypeError(f"{text} is out of bounds: above 0, at most {MOST_SPEED:g}")
    return speed


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _roles(text: str) -> tuple[str, ...]:
    roles = _names(text)
    if not roles or not set(roles) <= set(ROLES):
        raise argparse.ArgumentTypeError(f"{text!r} names no roles; known are {', '.join(ROLES)}")
    return roles


def _shard(text: str) -> tuple[int, int]:
    number, _, count = text.partition("/")
    if not (number.isdecimal() and count.isdecimal() and int(number) < int(count) <= PARTITIONS):
        raise argparse.ArgumentTypeError(f"{text!r} is no shard; 0/2 and 1/2 are two, at most {PARTITIONS}")
    return int(number), int(count)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not an ISO 8601 time") from None
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} has no offset; write one such as +08:00 or Z")
    return moment.astimezone(UTC)
