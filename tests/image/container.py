"""The shipped image as a container: its own root file system and user, confined as Pod Security *restricted* asks.

crun runs it with a read-only root, no capability, no_new_privs and the default system call filter of containers. It
keeps the caller's network namespace, where the lab's servers are.
"""

import json
import os
import platform
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PYTHON = ("/usr/bin/python3.13", "-I")
FILTER = Path("/usr/share/containers/seccomp.json")
"""The default filter of Debian's golang-github-containers-common, in the format of the engines."""
MOUNT_POINTS = ("dev", "proc", "tmp")
"""Folders that a runtime makes in an image that has none."""
_MACHINES = {"x86_64": ("amd64", "SCMP_ARCH_X86_64"), "aarch64": ("arm64", "SCMP_ARCH_AARCH64")}
_NO_CAPABILITY: dict[str, list[str]] = {
    name: [] for name in ("bounding", "effective", "permitted", "inheritable", "ambient")
}
# crun wants to know how control groups are mounted, and gives up on the old hybrid way, even when told to use none.
_RUN = 'mount -t tmpfs none /sys/fs/cgroup && exec crun --root "$1" --cgroup-manager disabled run --bundle "$1" "$2"'


def why_not() -> str | None:
    """Say in one sentence why no container can be run here; None if it can."""
    if os.geteuid() != 0:
        return "running the image needs root"
    if shutil.which("crun") is None:
        return "running the image needs the command crun (Debian: apt-get install crun)"
    if not FILTER.exists():
        return f"running the image needs {FILTER} (Debian: apt-get install golang-github-containers-common)"
    return None


@dataclass(frozen=True, kw_only=True)
class Image:
    """An unpacked image."""

    root: Path
    configuration: dict[str, Any]
    """The image's own: user, entry point, environment."""

    @contextmanager
    def command(
        self, arguments: Sequence[str] | None = None, *, own: Sequence[str] = (), shared: Sequence[Path] = ()
    ) -> Iterator[list[str]]:
        """Give a command that runs a container: arguments for the entry point, or a command line of its `own`.

        `shared` are files and folders that the container sees at the same place, and may write if their rights say so.
        """
        config = self.configuration["config"]
        process = list(own) or [*config["Entrypoint"], *(arguments or ())]
        with TemporaryDirectory(prefix="probe-image-") as bundle:
            Path(bundle, "config.json").write_text(json.dumps(self._bundle(process, shared)))
            unshare = ["unshare", "--mount", "--propagation", "private"]
            yield [*unshare, "sh", "-c", _RUN, "sh", bundle, f"probe-{secrets.token_hex(6)}"]

    def run(
        self, *arguments: str, own: Sequence[str] = (), shared: Sequence[Path] = (), given: str = ""
    ) -> "subprocess.CompletedProcess[str]":
        """Run a container to its end; its exit code is that of its process 1."""
        with self.command(arguments, own=own, shared=shared) as command:
            return subprocess.run(command, input=given, capture_output=True, text=True, timeout=60, check=False)

    def python(self, code: str) -> "subprocess.CompletedProcess[str]":
        """Run a piece of Python in a container."""
        return self.run(own=(*PYTHON, "-c", code))

    def _bundle(self, process: list[str], shared: Sequence[Path]) -> dict[str, Any]:
        """Return the runtime's configuration (config.md of opencontainers/runtime-spec)."""
        config = self.configuration["config"]
        user, _, group = config["User"].partition(":")
        return {
            "ociVersion": "1.0.2",
            "process": {
                "user": {"uid": int(user), "gid": int(group)},
                "args": process,
                "env": config["Env"],
                "cwd": config.get("WorkingDir") or "/",
                "capabilities": _NO_CAPABILITY,
                "noNewPrivileges": True,
            },
            "root": {"path": str(self.root), "readonly": True},
            "mounts": [*_kernel_mounts(), *(_shared(path) for path in shared)],
            "linux": {
                "namespaces": [{"type": kind} for kind in ("pid", "mount", "ipc", "uts")],
                "seccomp": default_filter(),
            },
        }


def default_filter() -> dict[str, Any]:
    """Return the engines' default filter as a runtime takes it: for this machine, without any capability."""
    told = json.loads(FILTER.read_text())
    name, architecture = _MACHINES[platform.machine()]
    rules = [
        {key: rule[key] for key in ("names", "action", "args", "errnoRet") if rule.get(key) is not None}
        for rule in told["syscalls"]
        if not rule["includes"].get("caps") and name in rule["includes"].get("arches", [name])
    ]
    return {
        "defaultAction": told["defaultAction"],
        "defaultErrnoRet": told["defaultErrnoRet"],
        "architectures": [architecture],
        "syscalls": rules,
    }


def _kernel_mounts() -> Iterator[dict[str, Any]]:
    yield {"destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid", "noexec", "nodev"]}
    yield {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755", "size=64k"]}
    # Worlds and bundles keep their files here; the runtime makes the mount points below it on a file system of its own.
    yield {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755", "size=64k"]}


def _shared(path: Path) -> dict[str, Any]:
    return {"destination": str(path), "type": "bind", "source": str(path), "options": ["rbind", "nosuid", "nodev"]}
