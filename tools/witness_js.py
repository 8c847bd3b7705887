"""Install the AWS SDK for JavaScript that bears witness in network worlds: pinned, outside the tree's own folders.

Run by `make network` before the network is closed around the tests: `python -m tools.witness_js`.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "tests" / "network" / "witness_js"
FILES = ("package.json", "package-lock.json", "witness.mjs")
CACHE = ROOT / ".cache" / "witness_js"
OLDEST_NODE = 18


def place() -> Path:
    """Return the folder of this very lock file and script, installed or not."""
    digest = hashlib.sha256(b"".join((SOURCE / name).read_bytes() for name in FILES))
    return CACHE / digest.hexdigest()[:16]


def why_not() -> str | None:
    """Say in one sentence why the witness cannot be run; None if it can."""
    reason = _no_node()
    if reason is None and not place().is_dir():
        reason = "the AWS SDK for JavaScript is not installed: python -m tools.witness_js"
    return reason


def install() -> str | None:
    """Install it if it is not there. Return why that was not possible, in one sentence."""
    reason = _no_node() or (None if shutil.which("npm") else "npm is not installed (Debian: apt-get install npm)")
    if reason is not None or place().is_dir():
        return reason
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as begun:
        for name in FILES:
            shutil.copy(SOURCE / name, begun)
        npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(npm, cwd=begun, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            told = done.stderr.strip().splitlines()
            return f"npm ci failed: {told[-1] if told else 'no reason told'}"
        shutil.copytree(begun, place(), symlinks=True, dirs_exist_ok=True)
    return None


def _no_node() -> str | None:
    node = shutil.which("node")
    if node is None:
        return "node is not installed (Debian: apt-get install nodejs)"
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    major = told.removeprefix("v").partition(".")[0]
    return None if major.isdigit() and int(major) >= OLDEST_NODE else f"node {OLDEST_NODE} is needed, not {told}"


def main() -> int:
    """Install, or say why not. It is no failure: the tests that need it say so again when they are skipped."""
    reason = install()
    print(f"The AWS SDK for JavaScript: {reason or 'installed'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
