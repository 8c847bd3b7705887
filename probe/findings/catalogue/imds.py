"""IMDS, from the route to the role."""

from probe.findings.catalogue import (
    imds_answer,
    imds_endpoint,
    imds_hop_limit,
    imds_interception,
    imds_path,
    imds_role,
)
from probe.findings.catalogue.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    *imds_endpoint.ENTRIES,
    *imds_path.ENTRIES,
    *imds_hop_limit.ENTRIES,
    *imds_interception.ENTRIES,
    *imds_answer.ENTRIES,
    *imds_role.ENTRIES,
)
