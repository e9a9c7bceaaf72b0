"""The house rules that a machine can check: sizes, doors, lists, sentences."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import plugins

ROOT = Path(__file__).parents[1]
PACKAGES = ("rules", "handlers", "bot", "tests", "benchmarks")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
PLUGIN_FOLDERS = ("rules/signals", "handlers/commands", "bot/feeds", "bot/channels")
MODULE, PLUGIN, BODY = 400, 150, 50

# Each third-party service has one door (design: packages and the one import rule).
DOORS = {
    "redis": ("bot/store/",),
    "telegram": (
        "handlers/application.py",
        "handlers/reply.py",
        "handlers/keyboard.py",
        "bot/roles/updates.py",
        "bot/channels/telegram.py",
        "bot/request.py",
    ),
    "apscheduler": ("bot/roles/scheduler.py",),
    "aiohttp": (
        "bot/feed.py",
        "bot/feeds/",
        "bot/intake/stream.py",
        "bot/intake/supervise.py",
        "bot/channels/",
        "bot/request.py",
        "bot/roles/updates.py",
        "bot/web/",
        "bot/app.py",
        "bot/offline/probe.py",
    ),
    "websockets": ("bot/feeds/", "bot/intake/supervise.py"),
}
PURE = {"numpy", "lark", "rules"}
IMPURE = {"asyncio", "random", "logging", "time", "socket", "subprocess", "threading", "os", "pathlib", "io"}


def name_of(path: Path) -> str:
    """The path as the rules write it."""
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    """Top-level names of the packages a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function's body without its docstring."""
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_modules_and_functions_stay_small(path: Path) -> None:
    """A module has at most 400 lines (a plug-in 150), a function's body at most 50."""
    name = name_of(path)
    limit = PLUGIN if name.startswith(PLUGIN_FOLDERS) else MODULE
    assert len(path.read_text(encoding="utf-8").splitlines()) <= limit
    long = [f"{f.name} ({body_lines(f)})" for f in functions(path) if body_lines(f) > BODY]
    assert not long


def test_rules_are_pure() -> None:
    """rules/ imports the standard library, numpy and lark; no I/O, clock, random or logging."""
    for path in (ROOT / "rules").rglob("*.py"):
        for module in imports(path):
            assert module in PURE or module in sys.stdlib_module_names, f"{name_of(path)} imports {module}"
            assert module not in IMPURE, f"{name_of(path)} imports {module}"
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\b(datetime\.now|date\.today|utcnow)\(", text), (
            f"{name_of(path)} reads a clock"
        )


@pytest.mark.parametrize("service", DOORS)
def test_each_service_has_one_door(service: str) -> None:
    """Outside its door no file imports the service's library."""
    for package in ("rules", "handlers", "bot"):
        for path in (ROOT / package).rglob("*.py"):
            if service in imports(path):
                assert name_of(path).startswith(DOORS[service]), f"{name_of(path)} imports {service}"


@pytest.mark.parametrize("folder", PLUGIN_FOLDERS)
def test_every_plugin_file_is_listed(folder: str) -> None:
    """A plug-in is one file plus one import line in its folder's list, in alphabetical order."""
    listing = (ROOT / folder / "__init__.py").read_text(encoding="utf-8")
    package = folder.replace("/", ".")
    listed = re.findall(rf"^from {re.escape(package)}\.(\w+) import", listing, re.MULTILINE)
    on_disk = {path.stem for path in (ROOT / folder).glob("*.py")} - {"__init__"}
    assert set(listed) == on_disk
    assert listed == sorted(listed)


def test_registries_are_full() -> None:
    """Importing the plug-in folders fills every registry."""
    for registry in plugins.REGISTRIES:
        assert len(registry) > 0


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_vague_module_names(path: Path) -> None:
    """No utils, helpers, common, misc or manager: an idea has a name."""
    assert path.stem not in {"utils", "util", "helpers", "helper", "common", "misc", "manager"}


@pytest.mark.parametrize("path", [p for p in SOURCES if p.name.startswith("test_")], ids=name_of)
def test_every_test_says_what_it_shows(path: Path) -> None:
    """Each test has one sentence."""
    silent = [f.name for f in functions(path) if f.name.startswith("test_") and not ast.get_docstring(f)]
    assert not silent


def test_lock_files_hold_hashes_and_no_addresses() -> None:
    """Every pinned package has hashes, and no line names a host or an index."""
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert "index-url" not in text
        assert text.count("--hash=") >= len(re.findall(r"^[a-z]", text, re.MULTILINE))


def test_runtime_lock_is_part_of_the_development_lock() -> None:
    """A developer runs the versions that a newcomer runs."""
    pins = [
        set(re.findall(r"^([\w.-]+==[^ ;\\]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    ]
    assert pins[0] <= pins[1]
