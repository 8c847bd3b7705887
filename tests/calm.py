"""Worlds are played again where a busy machine may have spoken: SDKs and the probe have a second of patience."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

TIMES = 3
"""How often something is played before an oddity counts. What is wrong is wrong again."""


def calmly(play: Callable[[], T], is_odd: Callable[[T], bool]) -> T:
    """Play until nothing is odd, and return the last time."""
    for _ in range(TIMES - 1):
        played = play()
        if not is_odd(played):
            return played
    return play()
