"""A command line in a closed world: nothing here can leave this process."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from probe.cli import main
from probe.lab.network import LabNetwork
from probe.surroundings import Files, Surroundings
from probe.wire.network import Network


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What a command line left behind."""

    exit_code: int
    stdout: str
    stderr: str


Run = Callable[..., Ran]


@pytest.fixture
def message(tmp_path: Path) -> Path:
    """The pod's termination message, made by the kubelet before the container starts."""
    path = tmp_path / "termination-log"
    path.touch()
    return path


@pytest.fixture
def probe(tmp_path: Path, message: Path) -> Run:
    """Run a command line where no name is known and nothing can be reached."""
    root = tmp_path / "pod"
    root.mkdir()

    def run(*arguments: str, environment: Mapping[str, str] | None = None, network: Network | None = None) -> Ran:
        stdout, stderr = io.StringIO(), io.StringIO()
        walks = not arguments or arguments[0].startswith("-") or arguments[0] == "run"
        exit_code = main(
            [*arguments, *(["--termination-message", str(message)] if walks else [])],
            surroundings=Surroundings(environment=environment or {}, files=Files(root=str(root))),
            network=network or LabNetwork(),
            stdout=stdout,
            stderr=stderr,
        )
        return Ran(exit_code=exit_code, stdout=stdout.getvalue(), stderr=stderr.getvalue())

    return run
