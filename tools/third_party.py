"""Install the servers that somebody else wrote and the probe is made to walk: pinned, outside the tree's own folders.

moto imitates IMDS and STS; ectou-metadata is an IMDS mock from before tokens. They have a folder of their own and not a
place among the test requirements, since moto brings a botocore and a cryptography that the project does not choose.
Run before the network is closed around the tests: `python -m tools.third_party`.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINNED = ROOT / "tests" / "oracle" / "third_party" / "requirements.txt"
CACHE = ROOT / ".cache" / "third_party"
MARK = "installed"
"""A file that is there when everything else is."""


def place() -> Path:
    """Return the folder of these very versions for this very Python, installed or not: some are compiled."""
    digest = hashlib.sha256(PINNED.read_bytes() + sys.implementation.cache_tag.encode())
    return CACHE / digest.hexdigest()[:16]


def why_not() -> str | None:
    """Say in one sentence why they cannot be run; None if they can."""
    return (
        None if (place() / MARK).is_file() else "moto and ectou-metadata are not installed: python -m tools.third_party"
    )


def install() -> str | None:
    """Install them if they are not there. Return why that was not possible, in one sentence."""
    if why_not() is None:
        return None
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as begun:
        done = subprocess.run(_pip(begun), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            told = done.stderr.strip().splitlines()
            return f"pip install failed: {told[-1] if told else 'no reason told'}"
        (Path(begun) / MARK).touch()
        shutil.copytree(begun, place(), symlinks=True, dirs_exist_ok=True)
    return None


def _pip(directory: str) -> list[str]:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    # ectou-metadata has no wheel; the setuptools that builds it is the pinned one of the test requirements.
    how = ["--require-hashes", "--no-deps", "--no-build-isolation", "--no-compile"]
    return [*pip, *how, "--requirement", str(PINNED), "--target", directory]


def main() -> int:
    """Install, or say why not. It is no failure: the tests that need them say so again when they are skipped."""
    reason = install()
    print(f"moto and ectou-metadata: {reason or 'installed'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
