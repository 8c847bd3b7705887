"""How SIGTERM and SIGINT end the probe: in which thread they are heard, and with which exit code."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

ENDING = (signal.SIGTERM, signal.SIGINT)
INTERRUPTED, TERMINATED = 130, 143
"""128 and the number of the signal, as shells report it."""
SERVE = "serve"
"""The command that goes on until a signal comes, so that for it this is a good end."""


class Terminated(BaseException):
    """SIGTERM came. Not an `Exception`, so that nothing takes it for a failure of its own."""


def terminate(number: int, frame: FrameType | None) -> NoReturn:
    """Answer SIGTERM. As process 1 of a container there is no default action: without a handler it is ignored.

    A second one changes nothing: it would interrupt the end that the first has begun.
    """
    del frame
    signal.signal(number, no_more)
    raise Terminated


def no_more(number: int, frame: FrameType | None) -> None:
    """Take the place of SIG_IGN, about which Python complains where a signal came just before, and of the default."""


def code_of(end: BaseException, words: Sequence[str]) -> int:
    """Return the exit code of a command line that one of the two signals ended."""
    if words[:1] == [SERVE]:
        return 0
    return TERMINATED if isinstance(end, Terminated) else INTERRUPTED


def was_signalled(code: int, words: Sequence[str]) -> bool:
    """Whether a command line that came to an exit code was ended by one of the two signals."""
    return code in {INTERRUPTED, TERMINATED} or (words[:1] == [SERVE] and code == 0)


@contextmanager
def held_back() -> Iterator[None]:
    """Hear a signal that comes meanwhile at the end, and in no thread that is started here nor in those it starts.

    - What a handler raises while a module is imported may be swallowed, or come out as something else: Python calls
      into class bodies, weak references' callbacks and finalizers, and each has its own way with an exception.
    - A handler in Python runs in the main thread alone, and only once that wakes. A signal that the kernel gave to a
      thread which waits for an answer would be heard when the main thread's own wait is over: at the walk's deadline.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
