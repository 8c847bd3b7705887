"""The environment: static keys, and settings that steer every source."""

from probe.findings.catalogue import (
    environment_keys,
    environment_settings,
)
from probe.findings.catalogue.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    *environment_keys.ENTRIES,
    *environment_settings.ENTRIES,
)
