"""One module a feed, named as it is, with its `CASE`; streaming feeds bring theirs as a sample."""

from importlib import import_module
from pkgutil import iter_modules

from tests.contracts.case import Case
from tests.fakes.recordings import SAMPLES


def every() -> dict[str, Case]:
    """The case of each feed by name."""
    names = sorted(found.name for found in iter_modules(__path__))
    samples = {
        name: Case(payload=one.read, quotes=one.quotes, file=one.file, symbols=(one.symbol,))
        for name, one in SAMPLES.items()
    }
    return samples | {name: import_module(f"{__name__}.{name}").CASE for name in names}
