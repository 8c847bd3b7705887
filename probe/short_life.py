"""Processes that live for one run."""

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def short_life() -> Iterator[None]:
    """Look for no cyclic garbage, neither during a run nor at its end: that would take a quarter of its time.

    A run leaves less than a megabyte of it. What runs for longer must call `gc.collect()` where nobody waits.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
