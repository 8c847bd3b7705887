"""Install the kubectl and the helm that the tests of k8s/ use: pinned, outside the tree's own folders.

Both come in one wheel of the AWS CDK, the layer that its Lambda functions use: one pinned and hashed archive. kustomize
is a part of kubectl. Run before the network is closed around the tests: `python -m tools.kubectl`.
"""

import hashlib
import io
import platform
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINNED = ROOT / "tests" / "k8s" / "kubectl.txt"
CACHE = ROOT / ".cache" / "kubectl"
LAYER = "package/lib/layer.zip"
PROGRAMS = ("kubectl", "helm")


def program(name: str) -> Path:
    """Return where this very version of `kubectl` or `helm` is, installed or not."""
    digest = hashlib.sha256(PINNED.read_bytes()).hexdigest()[:16]
    return CACHE / digest / name


def why_not() -> str | None:
    """Say in one sentence why they cannot be run; None if they can."""
    reason = _no_machine()
    if reason is None and not program(PROGRAMS[-1]).is_file():
        reason = "kubectl and helm are not installed: python -m tools.kubectl"
    return reason


def install() -> str | None:
    """Install them if they are not there. Return why that was not possible, in one sentence."""
    reason = _no_machine()
    if reason is not None or program(PROGRAMS[-1]).is_file():
        return reason
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as begun:
        done = subprocess.run(_download(begun), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            told = done.stderr.strip().splitlines()
            return f"pip download failed: {told[-1] if told else 'no reason told'}"
        (wheel,) = Path(begun).glob("*.whl")
        _unpack(wheel)
    return None


def _download(directory: str) -> list[str]:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    return [*pip, "--no-deps", "--require-hashes", "--requirement", str(PINNED), "--dest", directory]


def _unpack(wheel: Path) -> None:
    """Take the two programs out of a zip in a tar in a wheel."""
    with zipfile.ZipFile(wheel) as outer:
        (name,) = (name for name in outer.namelist() if name.endswith(".jsii.tgz"))
        package = io.BytesIO(outer.read(name))
    with tarfile.open(fileobj=package) as middle:
        layer = middle.extractfile(LAYER)
        if layer is None:
            raise FileNotFoundError(LAYER)
        inner = zipfile.ZipFile(io.BytesIO(layer.read()))
    program(PROGRAMS[0]).parent.mkdir(parents=True, exist_ok=True)
    for name in PROGRAMS:
        unfinished = program(name).with_suffix(".part")
        unfinished.write_bytes(inner.read(f"{name}/{name}"))
        unfinished.chmod(0o755)
        unfinished.rename(program(name))


def _no_machine() -> str | None:
    here = (platform.system(), platform.machine())
    return (
        None if here == ("Linux", "x86_64") else f"the pinned kubectl is for Linux on x86_64, not {' on '.join(here)}"
    )


def main() -> int:
    """Install, or say why not. It is no failure: the tests that need it say so again when they are skipped."""
    reason = install()
    print(f"kubectl and helm: {reason or 'installed'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
