"""Web identity up to the call: the token file and the role ARN."""

from probe.findings.catalogue import (
    web_identity_role,
    web_identity_token,
)
from probe.findings.catalogue.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    *web_identity_token.ENTRIES,
    *web_identity_role.ENTRIES,
)
