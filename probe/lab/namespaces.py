"""Network namespaces: a pod, its node and the cloud behind it, joined by real links and routes. Linux, root.

    pod ── [overlay] ── node ── cloud
                         │
                    pod-id-link0 (the agent's dummy link)

The overlay router is there for networks that add a hop. Everything is made with iproute2 and removed with the
namespaces; names carry this process' id, so what a killed run left behind is recognised and removed.
"""

import contextlib
import ctypes
import os
import secrets
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

T = TypeVar("T")

PREFIX = "probe-lab"
IMDS_4, IMDS_6 = "169.254.169.254", "fd00:ec2::254"
AGENT_4, AGENT_6 = "169.254.170.23", "fd00:ec2::23"
RESOLVER = "10.0.1.2"
PUBLIC_STS, GLOBAL_STS, PRIVATE_STS, NOBODY = "198.51.100.10", "198.51.100.11", "10.0.3.17", "10.0.3.99"
NODE_ADDRESS = "10.0.0.1"
ECS = "169.254.170.2"
_NETNS = Path("/run/netns")
_CLONE_NEWNET = 0x40000000


class CannotBuildError(RuntimeError):
    """This machine cannot build namespaces. The message is one plain sentence that says what is missing."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What the network looks like before any rule."""

    overlay: bool = False
    """One more router between pod and node: IMDS is 3 hops away in place of 2."""
    families: tuple[str, ...] = ("ipv4", "ipv6")
    """Families that the pod has addresses and routes of."""
    agent_link: bool = True
    """Whether the node has the agent's addresses."""


def why_not() -> str | None:
    """Say in one sentence why namespaces cannot be built here; None if they can."""
    if os.name != "posix" or not Path("/proc/self/ns/net").exists():
        return "network worlds need Linux"
    if os.geteuid() != 0:
        return "network worlds need root (they make network namespaces of their own)"
    for tool, package in (("ip", "iproute2"), ("nft", "nftables"), ("dnsmasq", "dnsmasq-base")):
        if shutil.which(tool, path=_PATH) is None:
            return f"network worlds need the command {tool} (Debian: apt-get install {package})"
    return None


_AT_ONCE = (
    # Duplicate address detection would keep IPv6 addresses unusable for a second.
    "net.ipv6.conf.default.accept_dad=0",
    "net.ipv6.conf.default.dad_transmits=0",
    "net.ipv4.ip_forward=1",
    "net.ipv6.conf.all.forwarding=1",
)
_PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def tool(name: str) -> str:
    """Return the path of a command; raises CannotBuildError when it is not installed."""
    found = shutil.which(name, path=_PATH)
    if found is None:
        raise CannotBuildError(f"the command {name} is not installed")
    return found


class Namespaces:
    """Three or four joined namespaces. Use it as a context manager."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self._label = f"{PREFIX}-{os.getpid()}-{secrets.token_hex(2)}"
        self.roles = ("pod", "overlay", "node", "cloud") if shape.overlay else ("pod", "node", "cloud")

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
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    def remove(self) -> None:
        """Remove the namespaces and everything in them."""
        for role in self.roles:
            if (_NETNS / self.name(role)).exists():
                _run("ip", "netns", "delete", self.name(role))
            shutil.rmtree(Path("/etc/netns") / self.name(role), ignore_errors=True)

    def run(self, role: str, *command: str, standard_input: str | None = None) -> str:
        """Run a command in a namespace; raises CalledProcessError with its stderr."""
        return _run("ip", "netns", "exec", self.name(role), *command, standard_input=standard_input)

    def within(self, role: str, work: Callable[[], T]) -> T:
        """Do something in a namespace, in a thread of its own: sockets made there stay there."""
        return in_namespace(_NETNS / self.name(role), work)

    def _build(self) -> None:
        for role in self.roles:
            _run("ip", "netns", "add", self.name(role))
            self.run(role, "sysctl", "-qw", *_AT_ONCE)
        pairs = list(zip(self.roles, self.roles[1:], strict=False))
        batch = "".join(
            f"link add {near}-{far} netns {self.name(near)} type veth peer name {far}-{near} netns {self.name(far)}\n"
            for near, far in pairs
        )
        _run("ip", "-batch", "-", standard_input=batch)
        for role in self.roles:
            self._configure(role)

    def _configure(self, role: str) -> None:
        lines = {"pod": self._pod, "overlay": self._overlay, "node": self._node, "cloud": self._cloud}[role]()
        # A batch line takes no options, and `default` does not tell its family: IPv6 routes are a batch of their own.
        routes_6 = [line.removeprefix("-6 ") for line in lines if line.startswith("-6 ")]
        others = ["link set lo up", *(line for line in lines if not line.startswith("-6 "))]
        _run("ip", "-n", self.name(role), "-batch", "-", standard_input="\n".join(others) + "\n")
        if routes_6:
            _run("ip", "-6", "-n", self.name(role), "-batch", "-", standard_input="\n".join(routes_6) + "\n")
        resolver = Path("/etc/netns") / self.name(role)
        resolver.mkdir(parents=True, exist_ok=True)
        (resolver / "resolv.conf").write_text(f"nameserver {RESOLVER}\noptions timeout:1 attempts:1\n")

    def _pod(self) -> list[str]:
        beyond = "overlay" if self.shape.overlay else "node"
        net = "10.9.0" if self.shape.overlay else "10.0.0"
        six = "fd10:9::" if self.shape.overlay else "fd10::"
        link = f"pod-{beyond}"
        lines = [f"link set {link} up"]
        if "ipv4" in self.shape.families:
            lines += [f"addr add {net}.10/24 dev {link}", f"route add default via {net}.1"]
        if "ipv6" in self.shape.families:
            lines += [f"addr add {six}10/64 dev {link} nodad", f"-6 route add default via {six}1"]
        return lines

    def _overlay(self) -> list[str]:
        return [
            "link set overlay-pod up",
            "link set overlay-node up",
            "addr add 10.9.0.1/24 dev overlay-pod",
            "addr add fd10:9::1/64 dev overlay-pod nodad",
            "addr add 10.0.0.10/24 dev overlay-node",
            "addr add fd10::10/64 dev overlay-node nodad",
            "route add default via 10.0.0.1",
            "-6 route add default via fd10::1",
        ]

    def _node(self) -> list[str]:
        near = "overlay" if self.shape.overlay else "pod"
        lines = [
            f"link set node-{near} up",
            "link set node-cloud up",
            f"addr add 10.0.0.1/24 dev node-{near}",
            f"addr add fd10::1/64 dev node-{near} nodad",
            "addr add 10.0.1.1/24 dev node-cloud",
            "addr add fd10:1::1/64 dev node-cloud nodad",
            "route add default via 10.0.1.2",
            "-6 route add default via fd10:1::2",
            *(f"route add {address}/32 via 10.0.1.2" for address in (IMDS_4, ECS)),
        ]
        if self.shape.overlay:
            lines += ["route add 10.9.0.0/24 via 10.0.0.10", "-6 route add fd10:9::/64 via fd10::10"]
        if self.shape.agent_link:
            lines += [
                "link add pod-id-link0 type veth peer name pod-id-peer",
                "link set pod-id-peer up",
                "link set pod-id-link0 up",
                f"addr add {AGENT_4}/32 dev pod-id-link0",
                f"addr add {AGENT_6}/128 dev pod-id-link0 nodad",
            ]
        return lines

    def _cloud(self) -> list[str]:
        return [
            "link set cloud-node up",
            "addr add 10.0.1.2/24 dev cloud-node",
            "addr add fd10:1::2/64 dev cloud-node nodad",
            "route add 10.0.0.0/8 via 10.0.1.1",
            "-6 route add fd10::/16 via fd10:1::1",
            *(f"addr add {address}/32 dev lo" for address in (IMDS_4, ECS, PUBLIC_STS, GLOBAL_STS, PRIVATE_STS)),
            f"addr add {IMDS_6}/128 dev lo nodad",
        ]


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

    thread = threading.Thread(target=move_and_work)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


def _move(place: Path) -> None:
    """Move this thread into a namespace."""
    with place.open("rb") as namespace:
        if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")


def remove_leftovers() -> None:
    """Remove namespaces of runs that are no longer alive."""
    for left in _leftovers():
        with contextlib.suppress(subprocess.CalledProcessError):
            _run("ip", "netns", "delete", left)
        shutil.rmtree(Path("/etc/netns") / left, ignore_errors=True)


def _leftovers() -> Iterator[str]:
    for place in _NETNS.glob(f"{PREFIX}-*"):
        owner = place.name.removeprefix(f"{PREFIX}-").partition("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            yield place.name


def _run(*command: str, standard_input: str | None = None) -> str:
    arguments: Sequence[str] = command
    done = subprocess.run(  # noqa: S603 - a list of arguments, none of them received
        arguments,
        input=standard_input,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": _PATH},
        timeout=10,
    )
    if done.returncode != 0:
        raise subprocess.CalledProcessError(done.returncode, command[:4], done.stdout, done.stderr)
    return done.stdout
