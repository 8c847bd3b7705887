"""Runs programs that mostly wait: few of them compute at the same time, and time without a processor does not count."""

import contextlib
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

COMPUTING = threading.Semaphore(2)
"""So many programs of this process may compute at once: what they all measure is time."""
LOOK_SECONDS = 0.2
QUIET = 0.1
"""A program that was busy for less than this part of the last look is not computing any more."""
LIMIT = 120.0
"""Seconds after which a program is ended even if it never had a processor."""


def run(
    command: Sequence[str], environment: Mapping[str, str], patience: float
) -> "subprocess.CompletedProcess[bytes] | None":
    """Run a program to its end; after it has waited for `patience` seconds, end it and return None."""
    with contextlib.ExitStack() as computing:
        COMPUTING.acquire()
        computing.callback(COMPUTING.release)
        with subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as child:
            begun, busy = time.monotonic(), 0.0
            while True:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    output, complaints = child.communicate(timeout=LOOK_SECONDS)
                    return subprocess.CompletedProcess(command, child.returncode, output, complaints)
                before, busy, passed = busy, max(busy, _busy_seconds(child.pid)), time.monotonic() - begun
                if busy - before < QUIET * LOOK_SECONDS:
                    computing.close()
                if passed - busy > patience or passed > LIMIT:
                    child.kill()
                    return None


def _busy_seconds(process: int) -> float:
    """Return how long the busiest thread of a process has computed, or stood in the queue for a processor.

    /proc/…/schedstat has both in nanoseconds (the kernel's Documentation/scheduler/sched-stats.rst).
    """
    most = 0
    with contextlib.suppress(OSError):
        for thread in Path("/proc", str(process), "task").iterdir():
            with contextlib.suppress(OSError, ValueError):
                most = max(most, sum(int(number) for number in (thread / "schedstat").read_text().split()[:2]))
    return most / 1e9
