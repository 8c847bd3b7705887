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
            if not _ends(child.pid, patience, computing):
                child.kill()
                return None
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        return Ended(
            exit_code=child.returncode,
            output=_content(output),
            complaints=_content(complaints),
            computed=usage.ru_utime + usage.ru_stime,
        )


def _ends(process: int, patience: float, computing: contextlib.ExitStack) -> bool:
    """Watch a process until it ends, or has waited for so long. Its turn ends when it computes no more."""
    begun, waited, quiet = time.monotonic(), 0.0, 0
    with _watched(process) as ending:
        while waited < patience and time.monotonic() - begun < LIMIT:
            looked = time.monotonic()
            if ending.poll((LOOK_SECONDS if quiet < QUIET_LOOKS else WAITING_LOOK_SECONDS) * 1000):
                return True
            if _wants_a_processor(process):
                quiet = 0
            else:
                waited, quiet = waited + time.monotonic() - looked, quiet + 1
            if quiet == QUIET_LOOKS:
                computing.close()
    return False


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


def _wants_a_processor(process: int) -> bool:
    """Whether a thread of a process computes, or stands in the queue for a processor or a disk (proc(5), `state`)."""
    with contextlib.suppress(OSError):
        for thread in Path("/proc", str(process), "task").iterdir():
            with contextlib.suppress(OSError):
                if (thread / "stat").read_text().rpartition(")")[2].split()[0] in {"R", "D"}:
                    return True
    return False


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()
