"""Runs programs that mostly wait: few of them compute at the same time, and time without a processor does not count."""

import contextlib
import os
import select
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from probe.records import dataclass
from tests.oracle.turns import turn

LOOK_SECONDS = 0.06
"""How often a program with a turn is looked at."""
WAITING_LOOK_SECONDS = 0.2
"""The same for one without."""
QUIET_LOOKS = 2
"""A program that wants no processor in so many looks one after the other does not compute any more: it waits."""
LIMIT = 120.0
"""Seconds after which a program is ended even if it never had a processor."""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a program ended by itself."""

    exit_code: int
    output: bytes
    complaints: bytes
    computed: float
    """Seconds of processors, by itself and by what it started (getrusage(2))."""
    queued: float
    """Seconds that the one of its threads which stood longest in the queue for a processor stood there."""


@dataclass(frozen=True, kw_only=True)
class Thread:
    """One thread of a program, at one look (proc(5))."""

    wants_a_processor: bool
    """Whether it computes, or stands in the queue for a processor or a disk."""
    queued: float
    """Seconds that it has stood in the queue for a processor, until now; 0 where the kernel does not count them."""

    @classmethod
    def read(cls, folder: Path) -> "Thread":
        """Read its folder below /proc. Raises OSError when it has ended."""
        state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        counted = folder / "schedstat"
        nanoseconds = int(counted.read_text().split()[1]) if counted.exists() else 0
        return cls(wants_a_processor=state in {"R", "D"}, queued=nanoseconds / 1e9)


def run(command: Sequence[str], environment: Mapping[str, str], patience: float) -> Ended | None:
    """Run a program to its end; after it has waited for `patience` seconds, end it and return None."""
    with (
        tempfile.TemporaryFile() as output,
        tempfile.TemporaryFile() as complaints,
        contextlib.ExitStack() as computing,
    ):
        computing.enter_context(turn())
        with subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=complaints
        ) as child:
            queued = _ends(child.pid, patience, computing)
            if queued is None:
                child.kill()
                return None
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        return Ended(
            exit_code=child.returncode,
            output=_content(output),
            complaints=_content(complaints),
            computed=usage.ru_utime + usage.ru_stime,
            queued=queued,
        )


def _ends(process: int, patience: float, computing: contextlib.ExitStack) -> float | None:
    """Watch a process until it ends, or has waited for so long. Its turn ends when it computes no more.

    Return for how many seconds it was seen to stand in the queue, None when it did not end.
    """
    begun, waited, quiet, queued = time.monotonic(), 0.0, 0, 0.0
    with _watched(process) as ending:
        while waited < patience and time.monotonic() - begun < LIMIT:
            looked = time.monotonic()
            if ending.poll((LOOK_SECONDS if quiet < QUIET_LOOKS else WAITING_LOOK_SECONDS) * 1000):
                return queued
            threads = [*_threads(process)]
            queued = max([queued, *(one.queued for one in threads)])
            if any(one.wants_a_processor for one in threads):
                quiet = 0
            else:
                waited, quiet = waited + time.monotonic() - looked, quiet + 1
            if quiet == QUIET_LOOKS:
                computing.close()
    return None


@contextlib.contextmanager
def _watched(process: int) -> Iterator[select.poll]:
    """Give what can be waited on for a process to end; the process is still to be asked how."""
    descriptor = os.pidfd_open(process)
    try:
        ending = select.poll()
        ending.register(descriptor, select.POLLIN)
        yield ending
    finally:
        os.close(descriptor)


def _threads(process: int) -> Iterator[Thread]:
    with contextlib.suppress(OSError):
        for thread in Path("/proc", str(process), "task").iterdir():
            with contextlib.suppress(OSError):
                yield Thread.read(thread)


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()
