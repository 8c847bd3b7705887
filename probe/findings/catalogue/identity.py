"""The identity that the credentials give, and what the walk leaves open."""

from probe.findings.catalogue import (
    identity_findings,
    identity_notes,
)
from probe.findings.catalogue.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    *identity_findings.ENTRIES,
    *identity_notes.ENTRIES,
)
