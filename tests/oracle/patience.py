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
QUIET_LOOKS = 2
"""A program that wants no processor in so many looks one after the other does not compute any more: it waits."""
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
            begun, waited, quiet = time.monotonic(), 0.0, 0
            while waited < patience and time.monotonic() - begun < LIMIT:
                looked = time.monotonic()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    output, complaints = child.communicate(timeout=LOOK_SECONDS)
                    return subprocess.CompletedProcess(command, child.returncode, output, complaints)
                if _wants_a_processor(child.pid):
                    quiet = 0
                else:
                    waited, quiet = waited + time.monotonic() - looked, quiet + 1
                if quiet >= QUIET_LOOKS:
                    computing.close()
            child.kill()
    return None


def _wants_a_processor(process: int) -> bool:
    """Whether a thread of a process computes, or stands in the queue for a processor or a disk (proc(5), `state`)."""
    with contextlib.suppress(OSError):
        for thread in Path("/proc", str(process), "task").iterdir():
            with contextlib.suppress(OSError):
                if (thread / "stat").read_text().rpartition(")")[2].split()[0] in {"R", "D"}:
                    return True
    return False
