"""Whose a thing is: names that carry the process which made them, so that what a killed one left is recognised."""

from collections.abc import Iterator
from pathlib import Path


def owned(prefix: str, pid: int) -> str:
    """Return the beginning of a name: the prefix, a process id and when that process began (ticks since boot, proc(5)).

    The id alone would not do: another process may get it.
    """
    return f"{prefix}-{_identity(pid)}-"


def abandoned(folder: Path, prefix: str) -> Iterator[Path]:
    """Find what bears such a name and whose process is no more."""
    for place in folder.glob(f"{prefix}-*.*-*"):
        pid, _, began = place.name.removeprefix(f"{prefix}-").partition("-")[0].partition(".")
        if pid.isdigit() and began.isdigit() and _identity(int(pid)) != f"{pid}.{began}":
            yield place


def _identity(pid: int) -> str:
    try:
        fields = Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return f"{pid}.gone"
    return f"{pid}.gone" if fields[0] == "Z" else f"{pid}.{fields[19]}"
