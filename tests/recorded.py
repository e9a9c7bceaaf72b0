"""Where the recorded market data lies; tests that need it skip with a sentence where it is absent."""

import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("TICKBELL_DATA") or Path(__file__).parents[1] / "../shared/data").resolve()


def needs(*names: str) -> pytest.MarkDecorator:
    """Skip where one of these recordings is absent."""
    missing = [name for name in names if not (DATA / name).exists()]
    return pytest.mark.skipif(bool(missing), reason=f"recorded data is absent: {', '.join(missing)}")
