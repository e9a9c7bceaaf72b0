"""Runs every benchmark, or those named: `make bench ARGS="match"`."""

import runpy
import sys
from pathlib import Path

HERE = Path(__file__).parent
NAMES = sorted(
    [
        *(path.stem for path in HERE.glob("[a-z]*.py")),
        *(path.parent.name for path in HERE.glob("*/__main__.py")),
    ]
)


def main(chosen: list[str]) -> int:
    """Run each in turn in this process; 1 when one misses a goal."""
    failed = 0
    for name in chosen or NAMES:
        print(f"== {name}", flush=True)
        sys.argv = [name]
        try:
            runpy.run_module(f"benchmarks.{name}", run_name="__main__")
        except SystemExit as stop:
            failed += bool(stop.code)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
