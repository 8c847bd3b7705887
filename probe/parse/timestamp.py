"""Times as AWS writes them: RFC 3339 in JSON, with any number of decimals, and the date of an HTTP header."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,30})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_LONGEST_DATE = 64


def read_timestamp(text: str) -> float | None:
    """Return Unix seconds, or None for anything but RFC 3339 with its zone; decimals beyond microseconds are cut."""
    # The pattern first: `fromisoformat` also takes week dates, bare dates and times without a zone.
    if not _RFC3339.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper()).timestamp()
    except (ValueError, OverflowError):
        return None


def read_http_date(text: str) -> float | None:
    """Return the Unix seconds of a `Date` header, or None when it is not one."""
    if len(text) > _LONGEST_DATE:
        return None
    try:
        date = parsedate_to_datetime(text)
        # `-0000` and an obsolete form come without a zone; in HTTP every date is UTC.
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
