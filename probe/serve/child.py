"""A process of our own that may print so much and live so long, and is ended and reaped whatever it does."""

import contextlib
import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import field

from probe.again import Again
from probe.records import dataclass

LARGEST_OUTPUT = 1024 * 1024
"""Bytes of its standard output. An ordinary report has about 40 KiB, one with many long profiles a few hundred; what
is read takes about ten times its size in memory."""
LAST_BREATH = 1.0
"""Seconds in which a process that was killed is gone; the kernel may still be giving its memory back."""
_CHUNK = 64 * 1024
_AT_A_TIME = 0.5
"""Seconds for which the clock is not looked at."""


@dataclass(frozen=True, kw_only=True)
class Output:
    """What a process left behind."""

    code: int
    """Its exit code; negative for the signal that ended it."""
    text: bytes = field(default=b"", repr=False)
    overran: bool = False
    too_much: bool = False


class Child:
    """Runs one process at a time. `end` may be called from any thread, at any time."""

    def __init__(self, again: Again) -> None:
        self._again = again
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = False

    def run(self, arguments: Sequence[str], seconds: float) -> Output | None:
        """Run the probe with arguments, to its end or until the time is up. None once `end` was called.

        Raises OSError where no process can be started.
        """
        process = self._start(arguments)
        if process is None:
            return None
        deadline = time.monotonic() + seconds
        try:
            _feed(process, self._again.standard_input(arguments))
            text, whole = _read(process, deadline)
            overran = not _gone(process, deadline) if whole else time.monotonic() >= deadline
        finally:
            self._kill(process)
        if self._ended:
            return None
        code = -signal.SIGKILL if process.returncode is None else process.returncode
        return Output(code=code, text=text, overran=overran, too_much=len(text) > LARGEST_OUTPUT)

    def end(self) -> None:
        """Kill what runs, and run nothing more. Whoever waits in `run` reaps it."""
        with self._lock:
            self._ended = True
            if self._process is not None:
                self._signal(self._process)

    def _start(self, arguments: Sequence[str]) -> "subprocess.Popen[bytes] | None":
        with self._lock, self._again.rights():
            if self._ended:
                return None
            # Its standard error is dropped: a crash says on standard output in which line it was.
            self._process = subprocess.Popen(  # noqa: S603 - ourselves
                self._again.words(arguments),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            return self._process

    def _kill(self, process: "subprocess.Popen[bytes]") -> None:
        """End the whole group, reap its leader, and close the pipes."""
        with self._lock:
            self._process = None
            if process.returncode is None:
                self._signal(process)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        _gone(process, time.monotonic() + LAST_BREATH)

    def _signal(self, process: "subprocess.Popen[bytes]") -> None:
        """Kill a group whose leader has not been reaped: until then no other process can have its id."""
        with contextlib.suppress(OSError), self._again.rights():
            os.killpg(process.pid, signal.SIGKILL)


def _feed(process: "subprocess.Popen[bytes]", text: bytes) -> None:
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(text)
        process.stdin.close()


def _read(process: "subprocess.Popen[bytes]", deadline: float) -> tuple[bytes, bool]:
    """Return what it printed, at most one byte too much, and whether that was all."""
    assert process.stdout is not None
    descriptor, size = process.stdout.fileno(), 0
    chunks: list[bytes] = []
    poll = select.poll()  # select(2) takes no descriptor beyond 1,023
    poll.register(descriptor, select.POLLIN | select.POLLHUP)
    while time.monotonic() < deadline and size <= LARGEST_OUTPUT:
        ready = poll.poll(min(max(deadline - time.monotonic(), 0), _AT_A_TIME) * 1000)
        chunk = os.read(descriptor, min(_CHUNK, LARGEST_OUTPUT + 1 - size)) if ready else None
        if chunk == b"":
            return b"".join(chunks), True
        chunks += [chunk] if chunk else []
        size += len(chunk or b"")
    return b"".join(chunks), False


def _gone(process: "subprocess.Popen[bytes]", deadline: float) -> bool:
    try:
        process.wait(max(deadline - time.monotonic(), 0.0))
    except subprocess.TimeoutExpired:
        return False
    return True
