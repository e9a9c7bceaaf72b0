"""The one registration idiom: a plug-in names itself, a twin name stops the program at import."""

from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


class UnknownPluginError(LookupError):
    """A name that nobody registered."""

    def __init__(self, kind: str, name: str, known: tuple[str, ...]) -> None:
        super().__init__(kind, name, known)
        self.kind, self.name, self.known = kind, name, known

    def __str__(self) -> str:
        return f"no {self.kind} named {self.name!r}; known: {', '.join(self.known)}"


class Registry(Mapping[str, T], Generic[T]):
    """Plug-ins of one kind by the name a user types, in the order they were listed."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._plugins: dict[str, T] = {}

    def add(self, name: str) -> Callable[[type[T]], type[T]]:
        """Register an instance of the decorated class under `name`; ValueError if the name is taken."""

        def register(plugin: type[T]) -> type[T]:
            self.put(name, plugin())
            return plugin

        return register

    def put(self, name: str, plugin: T) -> None:
        """Register `plugin` itself under `name`; ValueError if the name is taken."""
        if name in self._plugins:
            raise ValueError(f"{self._kind} {name!r} is already registered")
        self._plugins[name] = plugin

    def __getitem__(self, name: str) -> T:
        try:
            return self._plugins[name]
        except KeyError:
            raise UnknownPluginError(self._kind, name, tuple(self._plugins)) from None

    def __contains__(self, name: object) -> bool:
        return name in self._plugins

    def __iter__(self) -> Iterator[str]:
        return iter(self._plugins)

    def __len__(self) -> int:
        return len(self._plugins)
