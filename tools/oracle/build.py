"""Fetch and build what is missing below .cache/oracle."""

import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

from tests.oracle.harness import Harness
from tests.oracle.harnesses import harnesses

AT_ONCE = 2
"""Families that are built at the same time; versions of one share the caches of its package manager."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command understands."""
    parser.add_argument("sdk", nargs="*", help="only these, such as go-v1")


def main(arguments: argparse.Namespace) -> int:
    """Build. It is no failure when something cannot be built: the tests that need it say so when they are skipped."""
    wanted = [one for one in harnesses() if not arguments.sdk or one.sdk in arguments.sdk]
    families = [tuple(group) for _, group in groupby(wanted, key=lambda one: one.sdk)]
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        for _ in pool.map(_build, families):
            pass
    return 0


def _build(family: tuple[Harness, ...]) -> None:
    for harness in family:
        begun, was_there = time.monotonic(), harness.place.is_dir()
        reason = harness.build()
        if reason is not None or not was_there:
            print(f"{harness.name}: {reason or f'built in {time.monotonic() - begun:.0f} s'}", flush=True)
