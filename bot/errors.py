"""The error tree of the runtime.

TickbellError
├── InputError        bad input: what, where (file, line, column) and why; exit code 2
├── SettingsError     a setting or the store's state forbids the start; one clear line, exit code 2
├── FeedError         a feed could not be reached or believed
├── StoreError        the store refused or is away
│   ├── AwayError     it did not answer in time; nobody knows whether the call was carried out
│   ├── FullError     it has no memory or disk left for writes
│   └── FencedError   a newer engine has taken over; this role stops
└── ChannelError      see bot.channel: Retryable, Undeliverable, Unknown
"""


class TickbellError(Exception):
    """Root of every error the runtime raises on purpose; its text is one sentence for the operator."""


class InputError(TickbellError):
    """Bad input at a place: file, line, column (1-based, where known) and the reason."""

    def __init__(
        self, reason: str, *, file: str = "", line: int | None = None, column: int | str | None = None
    ) -> None:
        super().__init__(reason, file, line, column)
        self.reason, self.file, self.line, self.column = reason, file, line, column

    def __str__(self) -> str:
        place = [self.file] if self.file else []
        if self.line is not None:
            place.append(f"line {self.line}")
        if self.column is not None:
            place.append(f"column {self.column}")
        return f"{', '.join(place)}: {self.reason}" if place else self.reason


class SettingsError(TickbellError):
    """A setting, or the store's state, that forbids the start."""


class FeedError(TickbellError):
    """A feed that could not be reached, or whose answer cannot be believed."""


class StoreError(TickbellError):
    """The store refused a call or is away."""


class AwayError(StoreError):
    """The store did not answer in time; whether it carried the call out is unknown."""


class FullError(StoreError):
    """The store refuses writes: no memory or no disk; calls that free memory still work."""


class FencedError(StoreError):
    """A newer engine holds this partition's epoch."""


class ChannelError(TickbellError):
    """A message that did not go out, or nobody knows whether it did."""
