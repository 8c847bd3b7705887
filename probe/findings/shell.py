"""Values in command lines that people paste into a shell."""

import shlex


def quoted(value: str) -> str:
    """Return a value as one word of a POSIX shell; ordinary words stay as they are."""
    return shlex.quote(value)
