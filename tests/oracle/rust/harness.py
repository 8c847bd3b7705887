"""AWS SDK for Rust, by the version of the crate aws-config. Each lock has what was released with that version."""

import os
import shutil
import tempfile
from functools import partial
from pathlib import Path

from tests.oracle.harness import CACHE, Command, Harness, Roots, needs, ran

HERE = Path(__file__).parent
SOURCE = HERE / "resolve.rs"
VERSIONS = ("1.8.5", "1.13.0")
"""Before the proxy variables, a missing profile and half of a web identity pair meant something else; new."""
SHARED = CACHE / "cargo"
"""What both versions are made of is compiled once, aws-lc above all. Of no use after both are built."""


def _make(version: str, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as package:
        shutil.copytree(HERE / version, package, dirs_exist_ok=True)
        shutil.copy(SOURCE, package)
        environment = {**os.environ, "CARGO_TARGET_DIR": str(SHARED)}
        ran("cargo", "build", "--locked", "--quiet", within=Path(package), environment=environment)
    shutil.copy(SHARED / "debug" / SOURCE.stem, folder)


def _start(folder: Path, roots: Roots) -> Command:  # noqa: ARG001 - rustls finds the roots where Linux has them
    return Command(arguments=(str(folder / SOURCE.stem),))


HARNESSES = tuple(
    Harness(
        sdk="rust",
        version=version,
        sources=(SOURCE, HERE / version),
        make=partial(_make, version),
        start=_start,
        toolchain=needs(cargo="rustup.rs", cc="Debian: apt-get install gcc"),
    )
    for version in VERSIONS
)
