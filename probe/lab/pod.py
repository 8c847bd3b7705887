"""The pod's process: reads a world from standard input and runs the probe's own command line in it."""

import ctypes
import json
import os
import signal
import sys
from typing import Any

from probe.evidence import FileFacts, Process
from probe.lab.network import LabNetwork
from probe.records import dataclass
from probe.short_life import short_life
from probe.surroundings import Files, Surroundings
from probe.wire.network import Network, RealNetwork

_PARENT_DEATH_SIGNAL, _NO_NEW_PRIVILEGES = 1, 38
_CAPABILITY_VERSION_3 = 0x20080522


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


@dataclass(frozen=True, kw_only=True)
class KernelNetwork(RealNetwork):
    """The namespace's own resolver and kernel, with the lab's authority in the place of the public ones."""

    certificates: str | None = None

    def roots(self) -> str | None:
        """See `probe.wire.network.Network`."""
        return self.certificates


def give_up_privileges(user: int) -> None:
    """Become an ordinary user for the kernel: no capability, and none to be had again.

    The file-system id stays, because the interpreter may lie where only the tester can read; it gives no network right.
    """
    library = ctypes.CDLL(None, use_errno=True)
    os.setgroups([])
    os.setresgid(user, user, 0)
    os.setresuid(user, user, 0)
    header, nothing = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0), (ctypes.c_uint32 * 6)()
    if library.capset(header, nothing) != 0 or library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    library.setfsuid(0)
    # The kernel forgot that this process ends with the lab when its ids changed (prctl(2)).
    library.prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


def main() -> int:
    """Run the probe in the world on standard input; the exit code is the probe's."""
    world: dict[str, Any] = json.load(sys.stdin)
    os.environ.clear()
    user = world["user"] if os.geteuid() == 0 else None
    if user is not None:
        os.setgroups([])  # the tester's own groups would open files that the pod's user may not read
    surroundings = Surroundings(
        environment=world["environment"],
        files=PodFiles(root=world["root"], user=user),
        process=Process(user=world["user"], group=world["user"], groups=(world["user"],)) if user else None,
        lab=world["scenario"],
    )
    network: Network
    if world["kernel"]:
        network = KernelNetwork(certificates=world["certificates"])
        give_up_privileges(world["user"])
    else:
        network = LabNetwork(dial=world["dial"], names=world["names"], certificates=world["certificates"])
    from probe.cli import main as probe  # noqa: PLC0415 - after the environment is the pod's

    with short_life():
        code: int = probe(world["arguments"], surroundings=surroundings, network=network)
    return code


if __name__ == "__main__":
    sys.exit(main())
