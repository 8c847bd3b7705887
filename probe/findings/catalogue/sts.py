"""STS: the way to it, and what it answers to a web identity token."""

from probe.findings.catalogue import (
    sts_path,
    sts_provider,
    sts_refusal,
    sts_tls,
    sts_trouble,
)
from probe.findings.catalogue.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    *sts_path.ENTRIES,
    *sts_tls.ENTRIES,
    *sts_provider.ENTRIES,
    *sts_refusal.ENTRIES,
    *sts_trouble.ENTRIES,
)
