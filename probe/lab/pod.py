"""The pod's process: reads a world from standard input and runs the probe's own command line in it."""

import ctypes
import json
import os
import sys
from dataclasses import dataclass
from typing import Any

from probe.evidence import FileFacts, Process
from probe.lab.network import LabNetwork
from probe.surroundings import Files, Surroundings


@dataclass(frozen=True)
class PodFiles(Files):
    """The pod's files, read with the pod's rights.

    The probe may not become another user for good (its interpreter may lie in a place that only the tester can read),
    so each read borrows the user's file-system id, which Linux keeps per thread (setfsuid(2)).
    """

    user: int | None = None

    def read(self, path: str, limit: int) -> tuple[FileFacts, bytes]:
        """See `Files`."""
        if self.user is None:
            return super().read(path, limit)
        library = ctypes.CDLL(None)
        library.setfsgid(self.user)
        library.setfsuid(self.user)
        try:
            return super().read(path, limit)
        finally:
            library.setfsuid(0)
            library.setfsgid(0)


def main() -> int:
    """Run the probe in the world on standard input; the exit code is the probe's."""
    world: dict[str, Any] = json.load(sys.stdin)
    os.environ.clear()
    user = world["user"] if os.geteuid() == 0 else None
    surroundings = Surroundings(
        environment=world["environment"],
        files=PodFiles(root=world["root"], user=user),
        process=Process(user=world["user"], group=world["user"], groups=(world["user"],)) if user else None,
        lab=world["scenario"],
    )
    network = LabNetwork(dial=world["dial"], names=world["names"], certificates=world["certificates"])
    from probe.cli import main as probe  # noqa: PLC0415 - after the environment is the pod's

    code: int = probe(world["arguments"], surroundings=surroundings, network=network)
    return code


if __name__ == "__main__":
    sys.exit(main())
