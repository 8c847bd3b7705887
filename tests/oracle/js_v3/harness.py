"""The AWS SDK for JavaScript, installed by npm as its lock file says, run by the machine's own Node.js."""

import shutil
import subprocess
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from tests.oracle.harness import Command, Harness, Roots, needs, ran

HERE = Path(__file__).parent
PROGRAM = HERE / "resolve.mjs"
VERSIONS = {"3.450.0": 14, "3.515.0": 14, "3.1169.0": 20}
"""Release to the oldest Node.js that it runs on (`engines` in its package.json)."""


@cache
def _node() -> tuple[Path | None, int]:
    """Return where Node.js is and its major version."""
    found = shutil.which("node")
    if found is None:
        return None, 0
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
    major = told.strip().removeprefix("v").partition(".")[0]
    return Path(found).resolve(), int(major) if major.isdigit() else 0


def _runs_on(oldest: int) -> Callable[[], str | None]:
    def check() -> str | None:
        node, major = _node()
        if node is None:
            return "node is not installed (Debian: apt-get install nodejs)"
        return None if major >= oldest else f"Node.js {oldest} or newer is needed, not {major}"

    return check


def _make(lock: Path, folder: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(lock / name, folder)
    shutil.copy(PROGRAM, folder)
    ran("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", within=folder)


def _start(folder: Path, roots: Roots) -> Command:
    return Command(
        arguments=(str(_node()[0]), str(folder / PROGRAM.name)),
        environment={"NODE_EXTRA_CA_CERTS": roots.pem},
    )


def _harness(version: str, oldest: int) -> Harness:
    node = _node()[0]
    return Harness(
        sdk="js-v3",
        version=version,
        sources=(HERE / version, PROGRAM),
        make=partial(_make, HERE / version),
        start=_start,
        toolchain=needs(npm="Debian: apt-get install npm"),
        runtime=_runs_on(oldest),
        folders=() if node is None or node.is_relative_to("/usr/bin") else (node.parent.parent,),
    )


HARNESSES = tuple(_harness(version, oldest) for version, oldest in VERSIONS.items())
