"""What an image is made from: the files, the time that its own files get, and the commit that it is named after."""

import hashlib
import os
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PLACES = (
    *("Dockerfile", ".dockerignore", "LICENSE", "README.md", "pyproject.toml", "requirements/runtime.txt"),
    *("image", "probe", "tools/__init__.py", "tools/image"),
)
"""Everything that the Dockerfile copies, itself, and what runs it."""


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """The same inputs give the same image, as long as Debian's packages stay the same."""

    key: str
    """A digest of all files."""
    seconds: int
    """SOURCE_DATE_EPOCH: when the last commit was made that touched one of them."""
    revision: str
    """That commit, with `-dirty` behind it when the tree has changes; empty without git."""
    version: str

    @property
    def created(self) -> str:
        """The time as OCI annotations spell it (RFC 3339)."""
        return datetime.fromtimestamp(self.seconds, UTC).isoformat().replace("+00:00", "Z")


def gathered(root: Path = ROOT) -> Inputs:
    """Look at the tree."""
    return Inputs(
        key=_digest(root), seconds=_seconds(root), revision=_revision(root), version=_project(root)["version"]
    )


def _digest(root: Path) -> str:
    total = hashlib.sha256()
    for path in _files(root):
        mode = "x" if path.stat().st_mode & 0o100 else "-"
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(root)} {mode} {content}\n".encode())
    return total.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for place in PLACES:
        found = [root / place] if (root / place).is_file() else (root / place).rglob("*")
        yield from sorted(path for path in found if path.is_file() and "__pycache__" not in path.parts)


def _seconds(root: Path) -> int:
    told = os.environ.get("SOURCE_DATE_EPOCH") or _git(root, "log", "-1", "--format=%ct", "--", *PLACES)
    return int(told or 0)


def _revision(root: Path) -> str:
    commit = _git(root, "log", "-1", "--format=%H", "--", *PLACES)
    is_dirty = commit and _git(root, "status", "--porcelain", "--", *PLACES)
    return f"{commit}-dirty" if is_dirty else commit


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _project(root: Path) -> dict[str, str]:
    told: dict[str, str] = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    return told
