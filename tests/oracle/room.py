"""One network namespace with the real addresses on its loopback interface, and the pod's own root folder in it."""

import os
from collections.abc import Iterable
from pathlib import Path

from probe.lab.namespaces import Namespaces, has_ipv6, tool
from probe.lab.topology import RESOLVER, RESOLVER_6, Shape
from probe.lab.world import USER
from probe.records import dataclass

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/proc", "/dev")
_CONFIGURATION = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/java-*")
_OWN = {
    "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
    "/etc/passwd": f"root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:{USER}:{USER}::/home/app:/sbin/nologin\n",
    "/etc/group": f"root:x:0:\nnonroot:x:{USER}:\n",
}


@dataclass(frozen=True, kw_only=True)
class OneRoom(Shape):
    """A single namespace that holds every address of a world."""

    addresses: tuple[str, ...] = ()
    unreachable: tuple[str, ...] = ()
    """No route to these: EHOSTUNREACH."""
    prohibited: tuple[str, ...] = ()
    """Forbidden by a rule of the kernel: EACCES."""

    @property
    def roles(self) -> tuple[str, ...]:
        """The only one."""
        return ("pod",)

    def lines(self, role: str) -> tuple[list[str], list[str]]:  # noqa: ARG002 - there is one
        """Return what to tell `ip`: nothing leads anywhere but to this very namespace."""
        four, six = ["link set lo up"], list[str]()
        for address in dict.fromkeys((*self.addresses, RESOLVER, *([RESOLVER_6] if self.has_ipv6 else []))):
            if ":" in address:
                six.append(f"addr add {address}/128 dev lo nodad")
            elif not address.startswith("127."):
                four.append(f"addr add {address}/32 dev lo")
        for kind, places in (("unreachable", self.unreachable), ("prohibit", self.prohibited)):
            for address in places:
                (six if ":" in address else four).append(f"route add {kind} {address}")
        return four, six if self.has_ipv6 else []


class Room(Namespaces):
    """The machinery of network worlds, for a single namespace: every role is played in it."""

    def name(self, role: str) -> str:  # noqa: ARG002 - see above
        """Return the namespace's name."""
        return super().name("pod")


def one_room(addresses: Iterable[str], unreachable: Iterable[str] = (), prohibited: Iterable[str] = ()) -> Room:
    """Return a namespace to enter, with these addresses in it."""
    return Room(
        OneRoom(
            addresses=tuple(addresses),
            unreachable=tuple(unreachable),
            prohibited=tuple(prohibited),
            has_ipv6=has_ipv6(),
        )
    )


class PodRoot:
    """A folder with the pod's files as a root folder that real programs can be run in.

    Every program gets a mount namespace of its own (`ip netns exec` makes it), in which the machine's programs are
    mounted into the folder, read-only; nothing is mounted where anybody else sees it.
    """

    def __init__(self, folder: Path, resolver: str) -> None:
        self._folder = folder
        resolving = {"/etc/resolv.conf": f"nameserver {resolver}\noptions timeout:1 attempts:1\n"}
        for path, text in {**_OWN, **resolving}.items():
            self._write(path, text)
        for path in _SYSTEM:
            if Path(path).is_symlink():  # such as /bin on Debian since 12
                self._inside(path).symlink_to(Path(path).readlink())
        scratch = self._inside("/tmp")
        scratch.mkdir(exist_ok=True)
        scratch.chmod(0o1777)
        # Absolute links among the pod's files were made for this folder.
        self._alias = self._inside(str(folder))
        self._alias.parent.mkdir(parents=True, exist_ok=True)
        if not self._alias.exists():
            self._alias.symlink_to("/")

    def put(self, path: str, content: bytes) -> None:
        """Write a file of the pod that a scenario has not."""
        where = self._inside(path)
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_bytes(content)

    def mounts(self, folders: Iterable[Path], replaced: Iterable[tuple[Path, str]]) -> str:
        """Return an fstab: the machine's programs, more folders under their own paths, and files replaced by others.

        The others are given as paths of the pod.
        """
        system = [Path(path) for path in _SYSTEM if Path(path).is_dir() and not Path(path).is_symlink()]
        system += [found for pattern in _CONFIGURATION for found in Path("/").glob(pattern[1:])]
        lines = [self._bind(path, path) for path in (*system, *folders)]
        lines += [self._bind(self._inside(inside), path) for path, inside in replaced]
        return "\n".join([*lines, ""])

    def command(self, fstab: Path, *command: str) -> list[str]:
        """Return what runs a command as the pod's user with nothing but the pod's root; inside `ip netns exec`."""
        return [
            "/bin/sh",
            "-c",
            'mount=$1 fstab=$2; shift 2; "$mount" --all --fstab "$fstab" && exec "$@"',
            "sh",
            *(tool("mount"), str(fstab)),
            *(tool("chroot"), str(self._folder)),
            *("/usr/bin/setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--no-new-privs"),
            *("--bounding-set=-all", "--inh-caps=-all", "--pdeathsig=KILL", "--", *command),
        ]

    def _inside(self, path: str) -> Path:
        return self._folder / path.lstrip("/")

    def _write(self, path: str, text: str) -> None:
        where = self._inside(path)
        if not os.path.lexists(where):
            where.parent.mkdir(parents=True, exist_ok=True)
            where.write_text(text)

    def _bind(self, source: Path, target: Path) -> str:
        """Return one line; the place to mount on is made."""
        where = self._inside(str(target))
        if source.is_dir():
            where.mkdir(parents=True, exist_ok=True)
        else:
            where.parent.mkdir(parents=True, exist_ok=True)
            where.touch()
        return f"{source} {where} none bind,ro 0 0"
