"""Numbers as people read them."""

from datetime import UTC, datetime


def milliseconds(value: float | None) -> str:
    """Return a duration, such as `0.4 ms`, `12 ms` or `1.2 s`; nothing for None."""
    if value is None:
        return ""
    if value >= 1000:
        return f"{value / 1000:.1f} s"
    if value >= 1:
        return f"{value:.0f} ms"
    return f"{value:.1f} ms" if value >= 0.1 else "<0.1 ms"


def span(seconds: float) -> str:
    """Return a length of time in its largest sensible unit; the sign is dropped."""
    seconds = abs(seconds)
    for limit, unit, name in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds / 86_400:.0f} days"


def moment(seconds: float) -> str:
    """Return unix seconds as RFC 3339 in UTC, to the second; what no calendar knows stays a number."""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return f"{seconds:g}"


def from_now(then: float, now: float) -> str:
    """Return where a moment lies seen from another: `in 22 h` or `5 min ago`."""
    return f"in {span(then - now)}" if then >= now else f"{span(then - now)} ago"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return `1 error` or `3 errors`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
