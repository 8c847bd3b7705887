"""Bugs in threads that nobody waits for must not pass as evidence, nor print a message that could hold a secret."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def raised_here() -> Iterator[None]:
    """Raise the first exception that ends a thread meanwhile, when the block is left without one of its own."""
    failures: list[BaseException] = []

    def note(failure: threading.ExceptHookArgs) -> None:
        if failure.exc_value is not None:
            failures.append(failure.exc_value)

    before, threading.excepthook = threading.excepthook, note
    try:
        yield
    finally:
        threading.excepthook = before
    if failures:
        raise failures[0]
