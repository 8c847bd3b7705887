"""What a controller needs of AWS beyond credentials: walked after the chain, with the keys that it gave.

Only where somebody asked for it, with --controller or --checks. Nothing here changes anything in AWS.
"""

from functools import partial

from probe.sources.needs.checks import walk_checks
from probe.sources.needs.discovery import walk_discovery
from probe.sources.needs.endpoints import walk_endpoints
from probe.sources.needs.permissions import walk_permissions
from probe.sources.needs.region import controller_of
from probe.sources.needs.trust import walk_trust
from probe.sources.sts_way import sts_trust
from probe.sources.web_identity_path import together
from probe.walk import SourceWalker, Walk

OF_A_CONTROLLER: tuple[SourceWalker, ...] = (walk_discovery, walk_endpoints, walk_permissions)
"""What only a controller's profile can tell."""
OF_ANYBODY: tuple[SourceWalker, ...] = (walk_checks, walk_trust)
"""What makes likely causes certain, whichever program the pod runs."""


def walk_needs(walk: Walk) -> None:
    """Walk everything after the chain, at the same time."""
    # Read once, before everybody wants them at the same time.
    _ = sts_trust(walk), walk.shared
    walkers = (*(OF_A_CONTROLLER if controller_of(walk) else ()), *OF_ANYBODY)
    together([partial(walker, walk) for walker in walkers])
