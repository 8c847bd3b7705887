"""Times, lengths of time, processes and endings as people read them."""

from datetime import UTC, datetime

from probe.evidence import Process

_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"))


def when(seconds: float) -> str:
    """Return unix seconds as a UTC time to the second."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (ValueError, OverflowError, OSError):
        return f"{seconds:.0f} s after 1970"


def lasting(seconds: float) -> str:
    """Return a length of time in its largest whole unit, such as `3 hours`."""
    seconds = abs(seconds)
    for length, unit in _UNITS:
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}s"
    return f"{seconds:.0f} s"


def runs_as(process: Process) -> str:
    """Return a process' user and groups; the kernel often lists the first group among the others, too."""
    others = dict.fromkeys(group for group in process.groups if group != process.group)
    told = ", ".join(map(str, others)) or "none"
    return f"user {process.user}, group {process.group}, other groups {told}"


def ended(ending: str, error_name: str | None) -> str:
    """Return how an attempt ended, with the system's name of the error where it gave one."""
    return ending.replace("-", " ") + (f" ({error_name})" if error_name else "")
