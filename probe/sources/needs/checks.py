"""What AWS is asked so that likely causes become certain: each question only where a doubt is left."""

from probe.walk import Walk


def walk_checks(walk: Walk) -> None:
    """Walk the checks."""
    del walk
