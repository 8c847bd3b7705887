"""Harnesses in Go: one source for all versions of an SDK, one module (`go.mod`, `go.sum`) a version."""

import os
import shutil
import tempfile
from functools import partial
from pathlib import Path

from tests.oracle.harness import Command, Harness, Roots, needs, ran

PROGRAM = "resolve"
SOURCE = "resolve.go"
_SETTINGS = {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off", "GOFLAGS": "-mod=readonly"}
"""As controllers are built: static, with Go's own resolver; and with nothing but what the module says."""


def go_harness(sdk: str, family: Path, version: str) -> Harness:
    """Return the harness for one version; its module lies in the family's folder."""
    return Harness(
        sdk=sdk,
        version=version,
        sources=(family / SOURCE, family / version),
        make=partial(_make, family, version),
        start=_start,
        toolchain=needs(go="https://go.dev/dl, or Debian: apt-get install golang"),
    )


def _make(family: Path, version: str, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as module:
        shutil.copytree(family / version, module, dirs_exist_ok=True)
        shutil.copy(family / SOURCE, module)
        build = ("go", "build", "-trimpath", "-ldflags=-s -w", "-o", str(folder / PROGRAM), ".")
        ran(*build, within=Path(module), environment={**os.environ, **_SETTINGS})


def _start(folder: Path, roots: Roots) -> Command:  # noqa: ARG001 - Go finds the roots where Linux has them
    return Command(arguments=(str(folder / PROGRAM),))
