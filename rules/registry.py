"""The one registration idiom: a plug-in names itself, a twin name stops the program at import."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class UnknownPluginError(LookupError):
    """A name that nobody registered."""

    def __init__(self, kind: str, name: str, known: tuple[str, ...]) -> None:
        super().__init__(kind, name, known)
        self.kind, self.name, self.known = kind, name, known

    def __str__(self) -> str:
        return f"no {self.kind} named {self.name!r}; known: {', '.join(self.known)}"


class Registry(dict[str, T]):
    """Plug-ins of one kind by the name a user types, in the order they were listed."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._kind = kind

    def add(self, name: str) -> Callable[[type[T]], type[T]]:
        """Register an instance of the decorated class under `name`; ValueError if the name is taken."""

        def register(plugin: type[T]) -> type[T]:
            self.put(name, plugin())
            return plugin

        return register

    def put(self, name: str, plugin: T) -> None:
        """Register `plugin` itself under `name`; ValueError if the name is taken."""
        if name in self:
            raise ValueError(f"{self._kind} {name!r} is already registered")
        self[name] = plugin

    def __missing__(self, name: str) -> T:
        raise UnknownPluginError(self._kind, name, tuple(self))
