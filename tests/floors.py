"""Coverage floors: 100 % of branches in rules/ and handlers/, 95 % overall; run by `make test`."""

import json
import sys
from pathlib import Path
from typing import Any

FLOORS = {"rules/": 100.0, "handlers/": 100.0, "": 95.0}


def percent(files: dict[str, Any], prefix: str) -> float:
    """Covered lines and branches of the files under a prefix, in percent."""
    hit = total = 0
    for name, file in files.items():
        if name.startswith(prefix):
            summary = file["summary"]
            hit += summary["covered_lines"] + summary["covered_branches"]
            total += summary["num_statements"] + summary["num_branches"]
    return 100.0 * hit / total if total else 100.0


def main(report: str) -> int:
    """Print each floor beside what was reached; 1 when one is missed."""
    files = json.loads(Path(report).read_text(encoding="utf-8"))["files"]
    missed = 0
    for prefix, floor in FLOORS.items():
        reached = percent(files, prefix)
        missed += reached < floor
        sys.stdout.write(f"coverage of {prefix or 'everything'}: {reached:.2f} % (floor {floor:.0f} %)\n")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
