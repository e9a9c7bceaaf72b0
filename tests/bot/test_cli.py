"""The command line as other programs call it: real processes, their output and exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot import app, cli
from bot.cli import ROLES, RunOptions, main

ROOT = Path(__file__).parents[2]
NINE = "2025-11-26T09:3{}:00+08:00"
LINE = (
    '{"time":"2025-11-26T09:31:00+08:00","symbol":"300308.SZ","rule":"300308 price > 505","state":"fired",'
    '"signal":"price","value":510.0,"level":505.0,"price":510}\n'
)


def call(*arguments: str, environ: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run `python -m bot` and wait for it."""
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, **(environ or {})},
        check=False,
        timeout=60,
    )


def one_sentence(done: subprocess.CompletedProcess[str], sentence: str) -> None:
    """The command failed as bad input does: nothing on stdout, one line on stderr, exit code 2."""
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert sentence in done.stderr


@pytest.fixture
def day(tmp_path: Path) -> tuple[str, str]:
    """A quotes and a rules file that ring once."""
    quotes, rules = tmp_path / "q.csv", tmp_path / "r.txt"
    rows = [f"{NINE.format(n)},300308,{price},500" for n, price in enumerate((500, 510))]
    quotes.write_text("\n".join(["time,symbol,price,prev_close", *rows]), encoding="utf-8")
    rules.write_text("300308 price > 505\n", encoding="utf-8")
    return str(quotes), str(rules)


def test_parse_prints_the_canonical_form_and_both_languages() -> None:
    """Friendly Chinese in, canonical out, as one JSON line in UTF-8 whatever the locale."""
    done = call("parse", "中际旭创 涨超5%且创历史新高 | once", environ={"LC_ALL": "C", "PYTHONUTF8": "0"})
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "canonical": "300308.SZ change >= 5% and record high | once",
        "en": "300308.SZ change >= 5% and record high | once",
        "zh": "300308.SZ 涨跌幅 >= 5% 且 历史新高 | 一次",
    }


def test_parse_points_at_the_word() -> None:
    """The word, its column, and what would fit; in Chinese where asked for."""
    one_sentence(call("parse", "300308 chnge > 5%"), "did you mean 'change'? (column 8)")
    one_sentence(call("parse", "300308 涨跌辐 > 5%", "--lang", "zh"), "是否想写 '涨跌幅'？（第 8 列）")
    one_sentence(call("parse", "300308 龙虎 > 3"), "not available yet: 龙虎 (column 8)")


def test_an_unknown_symbol_is_told_with_what_is_close(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    """The master offers names near to the word; where none is, the sentence stands alone."""
    assert main(["parse", "zjxc change > 5%"]) == 0
    assert capfdbinary.readouterr().out.startswith(b'{"canonical":"300308.SZ change > 5%"')
    assert main(["parse", "zjxd change > 5%"]) == 2
    assert capfdbinary.readouterr().err.decode().endswith("close to it: 300308.SZ 中际旭创\n")
    assert main(["parse", "qqqqqqqqqq change > 5%"]) == 2
    assert capfdbinary.readouterr().err.decode().endswith("would fit (column 1)\n")


def test_decode_prints_quotes_with_the_gates_verdict(
    day: tuple[str, str], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """One JSON line a quote, judged at its own time or at the one given."""
    verdicts = []
    for arguments in ([], ["--at", "2025-11-27T01:30:00Z"]):
        assert main(["decode", "replay", day[0], *arguments]) == 0
        lines = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
        assert [line["price"] for line in lines] == [500, 510]
        verdicts.append({line["verdict"] for line in lines})
    assert verdicts[0] == {"ok"}
    assert "ok" not in verdicts[1]


def test_replay_prints_a_line_an_event(day: tuple[str, str]) -> None:
    """The same files give the same bytes."""
    quotes, rules = day
    first, second = (call("replay", "--quotes", quotes, "--rules", rules) for _ in range(2))
    assert (first.returncode, first.stdout, first.stderr) == (0, LINE, "")
    assert second.stdout == first.stdout


def test_replay_counts_what_the_gate_refused(day: tuple[str, str]) -> None:
    """The lines stay clean; the refusals stand on stderr."""
    quotes, rules = day
    with Path(quotes).open("a", encoding="utf-8") as file:
        file.write(f"\n{NINE.format(2)},300308,0,500")
    done = call("replay", "--quotes", quotes, "--rules", rules)
    assert (done.returncode, done.stdout) == (0, LINE)
    assert done.stderr.startswith("tickbell: the gate refused 1 quotes: ")


def test_bad_input_gives_one_sentence_and_nothing_else(day: tuple[str, str]) -> None:
    """A broken last line prints none of the lines before it."""
    quotes, rules = day
    with Path(quotes).open("a", encoding="utf-8") as file:
        file.write(f"\n{NINE.format(2)},300308,abc,500")
    done = call("replay", "--quotes", quotes, "--rules", rules)
    one_sentence(done, f"{quotes}, line 4, column price: 'abc' is not a price")


def test_studies_answer_in_json(day: tuple[str, str], tmp_path: Path) -> None:
    """A back-test is one object, a forecast one line a condition; bad input is one sentence."""
    bars = tmp_path / "bars"
    bars.mkdir()
    rows = ("date,open,high,low,close,volume", "2025-11-25,479,480,478,479.66,1000")
    (bars / "300308.SZ.csv").write_text("\n".join(rows), encoding="utf-8")
    done = call("backtest", "300308 change > 1%", "--history", str(bars), "--quotes", day[0])
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["rule"] == "300308.SZ change > 1%"
    done = call("forecast", "300308", "--quotes", day[0], "--history", str(bars))
    assert (done.returncode, done.stderr) == (0, "")
    assert all(
        set(json.loads(line)) == {"condition", "price", "distance"} for line in done.stdout.splitlines()
    )
    done = call("backtest", "300308 move(5m) > 1%", "--history", str(bars))
    one_sentence(done, "a rule on minutes cannot be read off daily bars: give --quotes")


def test_decode_notes_what_stands_beside_the_quotes(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """On stderr, so that every line of stdout is a quote; an answer without quotes has a line of its own."""
    file, bar = tmp_path / "days", ["2026-09-10", "10", "11", "12", "9", "1000"]
    cells = [""] * 88
    quote = {2: "300308", 3: "11.00", 30: "20260910150000", 33: "12.00", 34: "9.00", 35: "11/1000/1050000"}
    for place, text in (quote | {36: "1000"}).items():
        cells[place] = text
    file.write_text(json.dumps({"data": {"sz300308": {"day": [bar], "qt": {"sz300308": cells}}}}))
    assert main(["decode", "tencent", str(file)]) == 0
    said = capfdbinary.readouterr()
    assert json.loads(said.out)["verdict"] == "ok"
    assert said.err == b"tickbell: this payload also holds 1 daily bar of 300308.SZ, raw, 2026-09-10\n"
    file.write_text("Kinsoku jikou desu!")
    assert main(["decode", "sina", str(file)]) == 0
    said = capfdbinary.readouterr()
    assert json.loads(said.out)["verdict"].startswith("no quote: sina's answer to a request without")
    assert said.err == b""


def test_decode_names_an_unknown_feed(tmp_path: Path) -> None:
    """The registry's sentence, and the feeds there are."""
    file = tmp_path / "payload"
    file.write_bytes(b"")
    done = call("decode", "nosuch", str(file))
    assert (done.returncode, done.stdout) == (2, "")
    assert "nosuch" in done.stderr


def test_check_says_what_is_wrong(tmp_path: Path) -> None:
    """A wrong setting is a sentence and exit code 2; the demo feed needs no network."""
    settings = {"TICKBELL_FEEDS": "demo", "TICKBELL_DATA_DIR": str(tmp_path)}
    done = call("check", environ={**settings, "TICKBELL_LANGUAGE": "fr"})
    assert done.returncode == 2
    assert "wrong: settings: TICKBELL_LANGUAGE is 'fr'; one of en, zh would fit\n" in done.stdout


def test_without_a_command_usage_is_shown() -> None:
    """Argparse's own exit code is the same 2."""
    done = call()
    assert done.returncode == 2
    assert "usage: tickbell" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run", "--speed", "fast"], "'fast' is not a number"),
        (["run", "--speed", "0"], "out of bounds"),
        (["run", "--speed", "nan"], "out of bounds"),
        (["run", "--role", "cook"], "names no roles"),
        (["run", "--role", ","], "names no roles"),
        (["run", "--shard", "2/2"], "is no shard"),
        (["run", "--shard", "0/17"], "is no shard"),
        (["run", "--shard", "x"], "is no shard"),
        (["decode", "tencent", "f", "--at", "noon"], "is not an ISO 8601 time"),
        (["decode", "tencent", "f", "--at", "2025-11-26T09:30:00"], "has no offset"),
        (["parse", "x", "--lang", "fr"], "invalid choice: 'fr'"),
        (["replay", "--quotes", "q.csv"], "required: --rules"),
    ],
)
def test_bad_options_are_refused(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each option says what it wants."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert sentence in capsys.readouterr().err


def test_run_hands_its_options_to_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every option of `run` arrives as a value; what was not said has its default."""
    asked: list[RunOptions] = []

    def run(options: RunOptions) -> int:
        asked.append(options)
        return 0

    monkeypatch.setattr(app, "run", run)
    assert main(["run"]) == 0
    full = "run --demo --resume --speed 600 --data d --role feed,engine --shard 1/2 --feed binance,tencent"
    assert main(full.split()) == 0
    assert asked == [
        RunOptions(),
        RunOptions(
            demo=True,
            resume=True,
            speed=600.0,
            data=Path("d"),
            roles=("feed", "engine"),
            shard=(1, 2),
            feeds=("binance", "tencent"),
        ),
    ]
    assert RunOptions().roles == ROLES


def test_resume_without_demo_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Only the demo has a day to go on with."""
    assert main(["run", "--resume"]) == 2
    assert capsys.readouterr().err == "tickbell: --resume goes with --demo\n"


def test_ctrl_c_ends_a_command_quietly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback; the shell's usual code."""

    def interrupted(_options: RunOptions) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(app, "run", interrupted)
    assert main(["run"]) == cli.INTERRUPTED
    assert capsys.readouterr() == ("", "")


def test_a_reader_that_had_enough_is_no_error(tmp_path: Path, day: tuple[str, str]) -> None:
    """`| head` closes the pipe early; nothing is said about it."""
    quotes, rules = day
    Path(rules).write_text("300308 price > 505\n" * 2000, encoding="utf-8")
    errors = tmp_path / "errors"
    with errors.open("wb") as stderr:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "bot", "replay", "--quotes", quotes, "--rules", rules],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(60) == 0
    assert errors.read_bytes() == b""
