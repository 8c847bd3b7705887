"""What AWS is asked so that likely causes become certain: each question only where a doubt is left."""

from functools import partial

from probe.sources.needs.associations import walk_associations
from probe.sources.needs.chained import walk_chained_role
from probe.sources.needs.instance import walk_instance
from probe.sources.needs.providers import walk_providers
from probe.sources.web_identity_path import together
from probe.walk import SourceWalker, Walk

CHECKS: tuple[SourceWalker, ...] = (walk_providers, walk_associations, walk_instance, walk_chained_role)


def walk_checks(walk: Walk) -> None:
    """Walk those checks that there is a reason for; the others leave no step behind."""
    together([partial(check, walk) for check in CHECKS])
