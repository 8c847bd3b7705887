"""How this program starts itself once more, for a walk in a process of its own."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import field

from probe.records import dataclass


def _own_command() -> tuple[str, ...]:
    isolated = ("-I",) if sys.flags.isolated else ()
    return (sys.executable, *isolated, "-m", "probe")


@dataclass(frozen=True, kw_only=True)
class Again:
    """A command line of the probe in another process, in the same world."""

    command: tuple[str, ...] = field(default_factory=_own_command)
    world: Mapping[str, object] | None = field(default=None, repr=False)
    """In the lab: what the process reads to be in the same world, without its arguments. It holds secrets."""
    rights: Callable[[], AbstractContextManager[None]] = nullcontext
    """In the lab: what must hold while such a process is started or ended, in the thread that does it."""

    def words(self, arguments: Sequence[str]) -> list[str]:
        """Return the command with these arguments of the probe's."""
        return [*self.command, *arguments] if self.world is None else [*self.command]

    def standard_input(self, arguments: Sequence[str]) -> bytes:
        """Return what the process is to read."""
        return b"" if self.world is None else json.dumps({**self.world, "arguments": list(arguments)}).encode()
