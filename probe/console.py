"""What a command speaks with: streams that survive their readers, and in the lab a world of its own."""

import contextlib
import os
import sys
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, TextIO

from probe.again import Again
from probe.records import dataclass

if TYPE_CHECKING:
    from probe.surroundings import Surroundings
    from probe.wire.network import Network


class UsageError(Exception):
    """The command line, or a file named on it, cannot be used. The message is one line for the person."""


class Finished(Exception):  # noqa: N818 - not an error: the parser has answered, as for --help
    """There is nothing more to do; the exit code is 0."""


@dataclass(frozen=True, kw_only=True)
class Console:
    """Where a command reads and writes."""

    stdout: TextIO
    stderr: TextIO
    surroundings: "Surroundings | None" = None
    """What the pod was given; None for what this very process was given."""
    network: "Network | None" = None
    """The lab's network; None for the real one."""
    again: Again = field(default_factory=Again)
    """How a command starts the probe in a process of its own, in the same world."""

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that decide how things look."""
        return os.environ if self.surroundings is None else self.surroundings.environment

    def say(self, text: str) -> None:
        """Write to standard output. That a reader leaves early, as `head` does, is no failure."""
        try:
            _write(self.stdout, text)
        except BrokenPipeError:
            _let_go(self.stdout)
        except (OSError, ValueError) as error:
            self.complain(f"probe: the output could not be written: {type(error).__name__}")
            _let_go(self.stdout)

    def complain(self, text: str, end: str = "\n") -> None:
        """Write to standard error; where that is closed, nobody is left to tell."""
        with contextlib.suppress(OSError, ValueError):
            _write(self.stderr, text + end)


def standard_console() -> Console:
    """Return the process' own streams; closed ones lead nowhere."""
    return Console(stdout=sys.stdout or _nowhere(), stderr=sys.stderr or _nowhere())


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - open as long as the process lives


def _write(stream: TextIO, text: str) -> None:
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "replace").decode(encoding))
    stream.flush()


def _let_go(stream: TextIO) -> None:
    """Keep the interpreter from trying once more, and complaining, when it flushes its streams at the end."""
    if stream is sys.stdout:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
