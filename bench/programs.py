"""The programs that are measured, installed as a user would have them: no editable tree, no test packages."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "bench"
PYTHON = CACHE / "probe" / "bin" / "python"
"""An environment with the runtime lock and a wheel of this tree. `bench` measures botocore in the same one."""
PROBE = PYTHON.with_name("probe")
AWS = CACHE / "awscli" / "bin" / "aws"


def install() -> str | None:
    """Install both. Return why there is no AWS CLI, or None when there is one."""
    CACHE.mkdir(parents=True, exist_ok=True)
    _environment(PYTHON)
    _pip(PYTHON, "--require-hashes", "--requirement", str(ROOT / "requirements" / "runtime.txt"))
    _pip(PYTHON, "--no-deps", "--force-reinstall", str(_wheel()))
    if AWS.exists():
        return None
    try:
        _environment(AWS.with_name("python"))
        _pip(AWS.with_name("python"), "awscli")
    except subprocess.CalledProcessError as error:
        return f"the AWS CLI could not be installed: {(error.stderr or 'no reason told').strip().splitlines()[-1]}"
    return None


def _environment(python: Path) -> None:
    if not python.exists():
        _run(sys.executable, "-m", "venv", str(python.parent.parent))


def _pip(python: Path, *arguments: str) -> None:
    _run(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments)


def _wheel() -> Path:
    """Build this tree's wheel in a copy, so that the tree stays as it is."""
    copy = CACHE / "source"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(ROOT / "probe", copy / "probe", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    _run(sys.executable, "-c", "from setuptools import build_meta; build_meta.build_wheel('.')", cwd=copy)
    return next(copy.glob("*.whl"))


def _run(*command: str, cwd: Path = ROOT) -> None:
    subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True)
