"""What the oracle asks of an SDK's harness: sources that pin it, how to build it once, how to start it in a pod.

A harness program resolves the default chain once, in the environment it is given, with nothing set in code, and prints
one line of JSON: `outcome` (`credentials`, `error` or `none`, the last when the SDK says that it found no credentials),
`access_key_hint` (the last four characters, after `…`), `error` (the whole text, on one line) and `seconds`. It never
prints a secret, ends with 0 whatever came of it, and needs no network but the pod's.
"""

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CACHE = ROOT / ".cache" / "oracle"
BUILD_SECONDS = 900.0
_READABLE_FILE, _READABLE_FOLDER, _RUNNABLE = 0o444, 0o555, 0o111


class BuildError(RuntimeError):
    """A harness could not be built. The message is one sentence."""


@dataclass(frozen=True, kw_only=True)
class Roots:
    """The certificates that stand for the public authorities in a pod, as paths of the pod."""

    pem: str = "/etc/ssl/certs/ca-certificates.crt"
    """Where Linux programs look by themselves."""
    java: str = "/etc/ssl/certs/java/cacerts"
    """The same as a Java key store, which needs no password to be read."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """How a harness is started in a pod. What was built lies there under the same path as here."""

    arguments: tuple[str, ...]
    """The program first, as an absolute path."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Beside the pod's own variables, which come first. No `AWS_` variable: it would change what is asked."""
    roots_at: tuple[Path, ...] = ()
    """Files that the pod sees the lab's roots in the place of, for an SDK that brings its own."""


def runs_anywhere() -> str | None:
    """Say that nothing is missing."""
    return None


def needs(**packages: str) -> Callable[[], str | None]:
    """Return a check for commands, each given with how to get it."""

    def check() -> str | None:
        missing = [(name, package) for name, package in packages.items() if shutil.which(name) is None]
        return f"{missing[0][0]} is not installed ({missing[0][1]})" if missing else None

    return check


@dataclass(frozen=True, kw_only=True)
class Harness:
    """One SDK in one version (and variant)."""

    sdk: str
    """As the model calls it, such as `go-v1`."""
    version: str
    """What the model's ranges are asked about: of the SDK, as its users write it."""
    variant: str = ""
    """What else it was built with, where that matters to the chain: `without sts`."""
    sources: tuple[Path, ...]
    """Files and folders that decide what is built: program, manifest, lock. With any of them, the build changes."""
    make: Callable[[Path], None]
    """Builds into the empty folder given. May fetch what the lock pins. Raises BuildError (`ran` does)."""
    start: Callable[[Path, Roots], Command]
    """Says how to start what was built into the folder given."""
    toolchain: Callable[[], str | None] = runs_anywhere
    """Why it cannot be built here, in one sentence, or None."""
    runtime: Callable[[], str | None] = runs_anywhere
    """Why it could not be run here once built, in one sentence, or None."""
    folders: tuple[Path, ...] = ()
    """Folders beside /usr, /bin, /sbin, /lib* and /etc/java* that the program needs in the pod: an interpreter's."""

    @property
    def name(self) -> str:
        """The SDK, version and variant: `java-v2@2.21.30 without sts`."""
        return f"{self.sdk}@{self.version} {self.variant}".strip()

    @property
    def place(self) -> Path:
        """Where it is built, or would be: what these very sources make, and nothing else."""
        digest = hashlib.sha256(self.name.encode())
        for path in _files(self.sources):
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
        return CACHE / f"{self.name.replace(' ', '-')}-{digest.hexdigest()[:16]}"

    def why_not(self) -> str | None:
        """Say in one sentence why it cannot be run now, or None."""
        return self.runtime() or (None if self.place.is_dir() else self.toolchain() or f"it is not built: {HOW}")

    def build(self) -> str | None:
        """Build it if it is not there. Return why that was not possible, in one sentence."""
        if self.place.is_dir():
            return None
        reason = self.toolchain()
        if reason is not None:
            return reason
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE, prefix="building-") as begun:
            made = Path(begun, "made")
            made.mkdir()
            try:
                self.make(made)
            except BuildError as error:
                return str(error)
            _let_everybody_read(made)
            if not self.place.is_dir():  # another process may have been faster
                made.rename(self.place)
        return None

    def command(self, roots: Roots) -> Command:
        """Return how to start it; it must be built."""
        return self.start(self.place, roots)


HOW = "python -m tools.oracle build"


def ran(*command: str, within: Path, environment: Mapping[str, str] | None = None) -> str:
    """Run a build tool and return what it printed. Raises BuildError with the last line of what it complained about."""
    try:
        done = subprocess.run(
            command,
            cwd=within,
            env=None if environment is None else dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=BUILD_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildError(f"{command[0]}: {error}") from error
    if done.returncode != 0:
        told = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise BuildError(f"{' '.join(command[:2])} failed: {told[-1] if told else 'no reason told'}")
    return done.stdout


def _files(sources: tuple[Path, ...]) -> Iterator[Path]:
    for source in sources:
        yield from sorted(path for path in source.rglob("*") if path.is_file()) if source.is_dir() else (source,)


def _let_everybody_read(folder: Path) -> None:
    """The pod's user is not the builder."""
    folder.chmod(folder.stat().st_mode | _READABLE_FOLDER)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            mode = path.stat().st_mode
            wider = _READABLE_FOLDER if path.is_dir() or mode & _RUNNABLE else _READABLE_FILE
            path.chmod(mode | wider)
