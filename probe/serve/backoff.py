"""A pause that grows while something goes on happening."""


class Backoff:
    """The first time there is no pause, or the shortest; each time after that it is longer, up to a ceiling."""

    def __init__(self, *, shortest: float, ceiling: float, at_first: bool = False) -> None:
        self._shortest = min(shortest, ceiling)
        self._ceiling = ceiling
        self._first = self._shortest if at_first else 0.0
        self.seconds = self._first

    def grow(self, factor: float = 2.0, ceiling: float | None = None) -> None:
        """Make the next pause longer. A ceiling of its own may be higher than the usual one, and is never undercut."""
        top = max(self._ceiling, ceiling or 0.0)
        self.seconds = min(max(self.seconds * factor, self._shortest), max(top, self.seconds))

    def reset(self) -> None:
        """Start again."""
        self.seconds = self._first
