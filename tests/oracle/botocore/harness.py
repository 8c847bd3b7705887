"""botocore, installed by pip beside nothing else, with the interpreter that runs the tests."""

import shutil
import sys
from functools import partial
from pathlib import Path

from tests.oracle.harness import Command, Harness, Roots, ran

HERE = Path(__file__).parent
PROGRAM = HERE / "resolve.py"
VERSIONS = ("1.31.85", "1.34.0", "1.39.17", "1.44.5")
INTERPRETER = Path(sys.executable).resolve()
"""The interpreter itself, not the link of a virtual environment, whose packages it would see."""


def _make(requirements: Path, folder: Path) -> None:
    ran(
        *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"),
        *("--require-hashes", "--only-binary=:all:", "--target", str(folder / "packages")),
        *("--requirement", str(requirements)),
        within=folder,
    )
    shutil.copy(PROGRAM, folder)


def _start(folder: Path, roots: Roots) -> Command:  # noqa: ARG001 - botocore brings its own, which is replaced
    packages = folder / "packages"
    return Command(
        arguments=(str(INTERPRETER), "-I", "-S", "-B", "-X", "utf8", str(folder / PROGRAM.name), str(packages)),
        roots_at=(packages / "botocore" / "cacert.pem",),
    )


def _harness(version: str) -> Harness:
    requirements = HERE / f"requirements-{version}.txt"
    return Harness(
        sdk="botocore",
        version=version,
        sources=(requirements, PROGRAM),
        make=partial(_make, requirements),
        start=_start,
        folders=(Path(sys.base_prefix).resolve(),),
    )


HARNESSES = tuple(_harness(version) for version in VERSIONS)
