"""Turns at the processors: few programs of this machine compute at the same time.

What is measured and compared is time, and a program that shares its processor takes longer for the same. So a program
computes when it has a turn, whichever of the oracle's processes started it. A turn is a lock on a file: it ends with
the process that has it, however that ends.
"""

import contextlib
import fcntl
import os
import threading
import time
from collections.abc import Iterator
from typing import IO

from tests.oracle.harness import CACHE

PLACES = CACHE / "turns"
AT_ONCE = (os.cpu_count() or 1) + 1
"""One more than there are: now and then each has to wait for an answer of a server."""
LOOK_SECONDS = 0.01
_ASKING = threading.Semaphore(AT_ONCE)
"""The threads of this process that look for a turn, or have one."""


@contextlib.contextmanager
def turn() -> Iterator[None]:
    """Wait for a turn, and give it back at the end."""
    with _ASKING, contextlib.ExitStack() as kept:
        while not any(_locked(place, kept) for place in range(AT_ONCE)):
            time.sleep(LOOK_SECONDS)
        yield


def _locked(place: int, kept: contextlib.ExitStack) -> bool:
    PLACES.mkdir(parents=True, exist_ok=True)
    file: IO[bytes] = (PLACES / str(place)).open("wb")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return False
    kept.enter_context(file)
    return True
