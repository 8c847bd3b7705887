"""buildah with a storage of its own below the cache: nothing else's images are seen, used or removed."""

import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tools.image.inputs import ROOT, Inputs
from tools.image.layout import Layout

BASE = "docker.io/library/debian:trixie-slim"
SUITE = "trixie"
BASE_LIVES = 7 * 24 * 3600
"""Seconds after which the base is made anew, for Debian's security updates. (The build itself upgrades, too.)"""
_NAME = "localhost/aws-credential-probe:build"


class FailedError(RuntimeError):
    """A program of the build failed. The message ends with what it said last."""


@dataclass(frozen=True, kw_only=True)
class Buildah:
    """Builds the Dockerfile. Needs root: the vfs driver and chroot isolation work in most containers, too."""

    folder: Path
    """Where the storage is."""

    def base(self) -> str:
        """Make the base image from Debian's packages where there is no registry; return its id.

        The official image is made from the same packages; what differs (documentation left out) is not copied.
        """
        stamp = self.folder / "base"
        if stamp.exists() and time.time() - stamp.stat().st_mtime < BASE_LIVES and self._has(BASE):
            return stamp.read_text()
        with tempfile.TemporaryDirectory(dir=self._made(self.folder)) as begun:
            archive = Path(begun, "base.tar")
            run("mmdebstrap", "--quiet", "--variant=minbase", SUITE, str(archive))
            container = self._run("from", "scratch")
            self._run("add", "--quiet", container, str(archive), "/")
            image = self._run("commit", "--quiet", "--rm", container, BASE)
        stamp.write_text(image)
        return image

    def build(self, inputs: Inputs, place: Path, *, authority: Path | None) -> Layout:
        """Build the image and write it as an OCI layout; `authority` is a TLS-inspecting proxy's certificate."""
        arguments = {
            "SOURCE_DATE_EPOCH": str(inputs.seconds),
            "VERSION": inputs.version,
            "REVISION": inputs.revision,
            "CREATED": inputs.created,
        }
        self._run(
            *("build", "--quiet", "--isolation", "chroot", "--network", "host", "--pull-never", "--no-cache"),
            *("--timestamp", arguments["SOURCE_DATE_EPOCH"], "--identity-label=false", "--format", "oci"),
            *(option for name, value in arguments.items() for option in ("--build-arg", f"{name}={value}")),
            *(("--secret", f"id=ca,src={authority}") if authority else ()),
            *("--tag", _NAME, str(ROOT)),
        )
        shutil.rmtree(place, ignore_errors=True)
        self._run("push", "--quiet", _NAME, f"oci:{self._made(place)}:{inputs.version}")
        self._run("rmi", "--force", _NAME)
        return Layout(folder=place)

    def _has(self, image: str) -> bool:
        return subprocess.run(self._command("inspect", image), check=False, capture_output=True).returncode == 0

    def _run(self, *arguments: str) -> str:
        return run(*self._command(*arguments))

    def _command(self, *arguments: str) -> list[str]:
        places = ("--root", str(self._made(self.folder / "root")), "--runroot", str(self._made(self.folder / "run")))
        return ["buildah", *places, "--storage-driver", "vfs", *arguments]

    @staticmethod
    def _made(folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def run(*command: str) -> str:
    """Run a program; return the last line of what it printed. Raises FailedError."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        told = "\n".join((done.stdout + done.stderr).strip().splitlines()[-30:])
        raise FailedError(f"{command[0]} failed with exit code {done.returncode}:\n{told}")
    return done.stdout.strip().rpartition("\n")[2]
