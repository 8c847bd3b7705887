"""The pod's process: reads a world from standard input and runs the probe's own command line in it."""

import ctypes
import json
import os
import platform
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from probe.again import Again
from probe.evidence import FileFacts, Process
from probe.lab.network import LabNetwork
from probe.records import dataclass
from probe.short_life import short_life
from probe.surroundings import Files, Surroundings
from probe.wire.network import Network, RealNetwork

_PARENT_DEATH_SIGNAL, _NO_NEW_PRIVILEGES = 1, 38
_CAPABILITY_VERSION_3 = 0x20080522
_SETRESUID = {"x86_64": 117, "aarch64": 147}
"""The number of the system call, by machine."""


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


def give_up_privileges(user: int, *, for_good: bool = True) -> None:
    """Become an ordinary user for the kernel: no capability, and none to be had again if it is for good.

    The file-system id stays, because the interpreter may lie where only the tester can read; it gives no network right.
    """
    library = ctypes.CDLL(None, use_errno=True)
    os.setgroups([])
    os.setresgid(user, user, 0)
    os.setresuid(user, user, 0)
    header, nothing = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0), (ctypes.c_uint32 * 6)()
    if library.capset(header, nothing) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    if for_good and library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    library.setfsuid(0)
    # The kernel forgot that this process ends with the lab when its ids changed (prctl(2)).
    library.prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


@contextmanager
def as_the_tester(user: int) -> Iterator[None]:
    """Let this thread start a process that can become a pod's process itself.

    A program that is executed by the pod's user could neither read the interpreter nor borrow a file-system id. The
    thread has no capability meanwhile, but what it executes gets root's. Linux keeps these ids per thread, and only
    the C library gives all threads the same, so its system call is made directly (setresuid(2), nptl(7)).
    """
    _thread_ids(0, 0, user)
    try:
        yield
    finally:
        _thread_ids(user, user, 0)


def _thread_ids(real: int, effective: int, saved: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if library.syscall(_SETRESUID[platform.machine()], real, effective, saved) != 0:
        raise OSError(ctypes.get_errno(), "setresuid")
    library.setfsuid(0)


def again(world: dict[str, Any]) -> Again:
    """Return how the probe starts itself in this world once more."""
    kept = {name: value for name, value in world.items() if name != "arguments"}
    command = (sys.executable, "-m", "probe.lab.pod")
    if not world["kernel"]:
        return Again(command=command, world=kept)
    return Again(command=command, world=kept, rights=partial(as_the_tester, world["user"]))


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
        if user is not None:  # in the image nothing was had in the first place
            give_up_privileges(user, for_good=world["arguments"][0] != "serve")
    else:
        network = LabNetwork(dial=world["dial"], names=world["names"], certificates=world["certificates"])
    from probe.cli import main as probe  # noqa: PLC0415 - after the environment is the pod's

    with short_life():
        code: int = probe(world["arguments"], surroundings=surroundings, network=network, again=again(world))
    return code


if __name__ == "__main__":
    sys.exit(main())
