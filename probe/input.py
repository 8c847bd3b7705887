"""What a person hands over on the command line: a file, or a pipe."""

import sys
from pathlib import Path

from probe.console import UsageError
from probe.secret import printable

STANDARD_INPUT = "-"


def read_bounded(path: str, limit: int) -> bytes:
    """Read a named file, or standard input for `-`, up to one byte beyond the limit. Raises UsageError."""
    try:
        if path == STANDARD_INPUT:
            return sys.stdin.buffer.read(limit + 1) if sys.stdin else b""
        with Path(path).open("rb") as file:
            return file.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        raise UsageError(f"{printable(path, 200)} cannot be read: {reason}") from error
