"""Network namespaces: a pod, its node and the cloud behind it, joined by real links and routes. Linux, root.

Everything is made with iproute2 and removed with the namespaces. Names carry the process that made them, so that
what a killed run left behind is recognised and removed by the next one, and worlds live side by side.
"""

import contextlib
import ctypes
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from probe.lab.owner import abandoned, owned
from probe.lab.topology import Shape

T = TypeVar("T")

PREFIX = "probe-lab"
NETNS = Path("/run/netns")
"""Where iproute2 keeps namespaces by name."""
RESOLVERS = Path("/etc/netns")
"""Where `ip netns exec` looks for files that stand in for those in /etc."""
TOOLS = {"ip": "iproute2", "nft": "nftables", "dnsmasq": "dnsmasq-base", "setpriv": "util-linux"}
"""Commands that a network world needs, and the Debian packages that bring them."""
_PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
_CLONE_NEWNET = 0x40000000
_AT_ONCE = (
    "ipv4/ip_forward=1",
    # Duplicate address detection would keep IPv6 addresses unusable for a second.
    "ipv6/conf/default/accept_dad=0",
    "ipv6/conf/default/dad_transmits=0",
    "ipv6/conf/all/forwarding=1",
)


class CannotBuildError(RuntimeError):
    """This machine cannot build namespaces. The message is one plain sentence that says what is missing."""


def has_ipv6() -> bool:
    """Whether this machine's kernel does IPv6."""
    return Path("/proc/sys/net/ipv6").is_dir()


def why_not() -> str | None:
    """Say in one sentence why namespaces cannot be built here; None if they can."""
    if not sys.platform.startswith("linux"):
        return "network worlds need Linux"
    if os.geteuid() != 0:
        return "network worlds need root (they make network namespaces of their own)"
    for name, package in TOOLS.items():
        if shutil.which(name, path=_PATH) is None:
            return f"network worlds need the command {name} (Debian: apt-get install {package})"
    if not _kernel_agrees():
        return "the kernel lets this process make no network namespace (a container needs CAP_SYS_ADMIN)"
    return None


def tool(name: str) -> str:
    """Return the path of a command; raises CannotBuildError when it is not installed."""
    found = shutil.which(name, path=_PATH)
    if found is None:
        raise CannotBuildError(f"the command {name} is not installed")
    return found


class Namespaces:
    """Three or four joined namespaces. Use it as a context manager; raises CannotBuildError."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self._label = owned(PREFIX, os.getpid()) + secrets.token_hex(3)

    def name(self, role: str) -> str:
        """Return a namespace's name."""
        return f"{self._label}-{role}"

    def __enter__(self) -> Self:
        reason = why_not()
        if reason is not None:
            raise CannotBuildError(reason)
        remove_leftovers()
        try:
            self._build()
        except BaseException as error:
            self.remove()
            if isinstance(error, subprocess.SubprocessError | OSError):
                raise CannotBuildError(f"the namespaces could not be built: {_reason(error)}") from error
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    def remove(self) -> None:
        """Remove the namespaces and everything in them. Safe to call twice, and half-way through building."""
        for role in self.shape.roles:
            _remove(self.name(role))

    def run(self, role: str, *command: str, standard_input: str | None = None) -> str:
        """Run a command in a namespace; raises CalledProcessError with its stderr."""
        return _run(*self.command(role, *command), standard_input=standard_input)

    def command(self, role: str, *command: str) -> list[str]:
        """Return a command that runs another in a namespace, and that ends when the lab is killed."""
        return [
            *(tool("setpriv"), "--pdeathsig", "KILL"),
            *(tool("ip"), "netns", "exec", self.name(role), *command),
        ]

    def within(self, role: str, work: Callable[[], T]) -> T:
        """Do something in a namespace, in a thread of its own: sockets made there stay there."""
        return in_namespace(NETNS / self.name(role), work)

    def _build(self) -> None:
        shape = self.shape
        _batch("".join(f"netns add {self.name(role)}\n" for role in shape.roles))
        for role in shape.roles:
            self.within(role, self._set_kernel)
        _batch(
            "".join(
                f"link add {near}-{far} netns {self.name(near)} type veth "
                f"peer name {far}-{near} netns {self.name(far)}\n"
                for near, far in shape.links()
            )
        )
        for role in shape.roles:
            lines, lines_6 = shape.lines(role)
            _batch("\n".join(lines) + "\n", "-n", self.name(role))
            if lines_6:
                _batch("\n".join(lines_6) + "\n", "-6", "-n", self.name(role))
            place = RESOLVERS / self.name(role)
            place.mkdir(parents=True, exist_ok=True)
            (place / "resolv.conf").write_text(f"nameserver {shape.resolver}\noptions timeout:1 attempts:1\n")

    def _set_kernel(self) -> None:
        """Set what holds for links that are made later; /proc/sys/net shows the calling thread's namespace."""
        for setting in _AT_ONCE:
            path, _, value = setting.partition("=")
            if self.shape.has_ipv6 or not path.startswith("ipv6"):
                Path("/proc/sys/net", path).write_text(value)


def in_namespace(place: Path, work: Callable[[], T]) -> T:
    """Do something in a network namespace, in a thread of its own (setns(2) moves the calling thread only)."""
    results: list[T] = []
    errors: list[BaseException] = []

    def move_and_work() -> None:
        try:
            _move(place)
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            errors.append(error)

    thread = threading.Thread(target=move_and_work, daemon=True)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


def remove_leftovers() -> None:
    """Remove what runs left behind that are no longer alive."""
    for left in sorted({place.name for folder in (NETNS, RESOLVERS) for place in abandoned(folder, PREFIX)}):
        _remove(left)


def _remove(name: str) -> None:
    """Remove one namespace, whoever still runs in it, and its resolver. What fails is left for the next run."""
    with contextlib.suppress(subprocess.SubprocessError, OSError):
        if (NETNS / name).exists():
            for pid in _run(tool("ip"), "netns", "pids", name).split():
                _end(int(pid))
    with contextlib.suppress(subprocess.SubprocessError, OSError):
        if (NETNS / name).exists():
            _run(tool("ip"), "netns", "delete", name)
    shutil.rmtree(RESOLVERS / name, ignore_errors=True)


def _end(pid: int) -> None:
    """End a process in one of our namespaces. Never this one: its threads may be in there."""
    if pid != os.getpid():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _reason(error: Exception) -> str:
    told = error.stderr if isinstance(error, subprocess.CalledProcessError) else error
    return " ".join(str(told).split())[:200]


def _kernel_agrees() -> bool:
    """Try it: a thread of its own leaves for a new namespace, which ends with the thread."""
    answers: list[int] = []
    thread = threading.Thread(target=lambda: answers.append(ctypes.CDLL(None).unshare(_CLONE_NEWNET)), daemon=True)
    thread.start()
    thread.join()
    return answers == [0]


def _move(place: Path) -> None:
    """Move this thread into a namespace."""
    with place.open("rb") as namespace:
        if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")


def _batch(lines: str, *options: str) -> None:
    _run(tool("ip"), *options, "-batch", "-", standard_input=lines)


def _run(*command: str, standard_input: str | None = None) -> str:
    done = subprocess.run(  # noqa: S603 - a list of arguments, none of them received
        command,
        input=standard_input,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": _PATH},
        timeout=10,
    )
    if done.returncode != 0:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    return done.stdout
