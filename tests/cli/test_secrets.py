"""Every secret of a world is a canary; none of them may sing in any output."""

import io

import pytest

from probe.cli import main
from probe.lab import scenario
from probe.lab.network import LabNetwork
from probe.lab.world import World
from probe.surroundings import Files, Surroundings


@pytest.mark.lab
@pytest.mark.parametrize("arguments", [["-vv"], ["--format", "json", "--log-events"], ["--format", "short"]])
@pytest.mark.parametrize("name", ["irsa-healthy", "static-keys-rejected", "unexpected-node-role"])
def test_no_secret_is_in_any_output(name: str, arguments: list[str]) -> None:
    with World(scenario.load(name)) as world:
        stdout, stderr = io.StringIO(), io.StringIO()
        message = world.root / "termination-log"
        message.touch()
        main(
            ["run", *arguments, "--termination-message", str(message)],
            surroundings=Surroundings(environment=world.environment, files=Files(root=str(world.root))),
            network=LabNetwork(dial=world.dial, names=world.names, certificates=world.certificates),
            stdout=stdout,
            stderr=stderr,
        )
        told = stdout.getvalue() + stderr.getvalue() + message.read_text()
        canaries = world.canaries.values()
    assert len(canaries) > 2
    assert "exit" in told
    assert [canary for canary in canaries if canary in told] == []
