"""Every family, in the order in which a scrape shows them. A new one is one entry in its area."""

from probe.tell.metrics.families import chain, counts, identity, times, verdict

FAMILIES = (*verdict.FAMILIES, *identity.FAMILIES, *chain.FAMILIES, *times.FAMILIES, *counts.FAMILIES)
