"""One module a feed, named as it is, with its `CASE`; nothing else needs to be told of it."""

from importlib import import_module
from pkgutil import iter_modules

from tests.contracts.case import Case


def every() -> dict[str, Case]:
    """The case of each feed by name."""
    names = sorted(found.name for found in iter_modules(__path__))
    return {name: import_module(f"{__name__}.{name}").CASE for name in names}
