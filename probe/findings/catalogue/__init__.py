"""Everything that can be said about a finding without looking at a pod, as data.

Each area is one module with `ENTRIES`, in the order in which the walk meets its findings. An area that is too
long to read at once puts them together from parts of its own name. Importing this package does no I/O and
needs nothing outside the standard library, so that `probe explain` answers at once.
"""

from collections.abc import Mapping
from itertools import chain
from types import MappingProxyType

from probe.findings.catalogue import (
    chained,
    container,
    controller,
    discovery,
    environment,
    identity,
    imds,
    kubernetes,
    needs,
    nothing,
    permissions,
    shared_config,
    sts,
    web_identity,
)
from probe.findings.catalogue.entry import Entry

_IN_CHAIN_ORDER = (
    kubernetes,
    nothing,
    environment,
    shared_config,
    web_identity,
    sts,
    container,
    imds,
    identity,
    controller,
    discovery,
    needs,
    permissions,
    chained,
)

CATALOGUE: Mapping[str, Entry] = MappingProxyType(
    {found.code: found for found in chain.from_iterable(area.ENTRIES for area in _IN_CHAIN_ORDER)}
)


def entry(code: str) -> Entry:
    """Look up a code; KeyError with the nearest codes when there is none."""
    found = CATALOGUE.get(code)
    if found is None:
        from difflib import get_close_matches  # noqa: PLC0415 - only a mistake pays for it

        nearest = get_close_matches(code, CATALOGUE, n=3, cutoff=0.5)
        hint = f"; nearest: {', '.join(nearest)}" if nearest else ""
        raise KeyError(f"no finding has the code {code!r}{hint}")
    return found
