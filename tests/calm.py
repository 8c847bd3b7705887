"""Worlds are played again where a busy machine may have spoken: SDKs and the probe have a second of patience."""

import os
import warnings
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

TIMES = 3
"""How often something is played before an oddity counts. What is wrong is wrong again."""


def calmly(play: Callable[[], T], is_odd: Callable[[T], bool], name: str) -> T:
    """Play, and once more where that was odd while the machine was busy. Each time is told in pytest's summary.

    On a machine that has processors left an oddity counts at once.
    """
    for _ in range(TIMES - 1):
        played = play()
        if not is_odd(played) or not _is_busy():
            return played
        warnings.warn(f"{name} is played again: it was odd while the machine was busy", stacklevel=2)
    return play()


def _is_busy() -> bool:
    """Whether more has wanted a processor in the last minute than there are."""
    return os.getloadavg()[0] > (os.cpu_count() or 1)
