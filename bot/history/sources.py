"""Every source of daily bars by name, in the order in which a message lists them."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.history.abroad import ABROAD
from bot.history.origins import ORIGINS, Origin

SOURCES: Mapping[str, Origin] = MappingProxyType({**ORIGINS, **{origin.name: origin for origin in ABROAD}})
