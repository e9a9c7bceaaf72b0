"""Numbers that a source gives its messages, one by one: which are missing, and which come late."""


class Numbering:
    """The last number of each of a connection's streams."""

    def __init__(self) -> None:
        self._last: dict[bytes, int] = {}

    def misses(self, stream: bytes, number: int, step: int = 1) -> bool:
        """Whether messages were lost before this one, which stands for `step` numbers."""
        last = self._last.get(stream)
        if last is None:
            self._last[stream] = number
            return False
        if number > last:
            self._last[stream] = number
        return number > last + step

    def is_late(self, stream: bytes, number: int) -> bool:
        """Whether a later number has been there already."""
        last = self._last.setdefault(stream, number)
        if number > last:
            self._last[stream] = number
        return number < last
