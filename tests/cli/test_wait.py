"""--wait: walk again until the verdict is good or the time is up."""

import io
import json
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import httpcore
import pytest

from probe.cli import main
from probe.commands.run import _better
from probe.evidence import NameLookup
from probe.judge import judge
from probe.lab import scenario
from probe.lab.network import LabNetwork
from probe.lab.world import World
from probe.surroundings import Files, Surroundings
from probe.tell.words import standing
from tests.cli.conftest import Run
from tests.tell import samples


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the pauses; what they are is a matter of the module's constants."""
    monkeypatch.setattr("probe.commands.run.PAUSES", (0.01, 0.02))
    monkeypatch.setattr("probe.commands.run.LAST_PAUSE", 0.5)
    monkeypatch.setattr("probe.commands.run.SHORTEST_WALK", 0.05)


def test_without_wait_it_walks_once(probe: Run) -> None:
    assert json.loads(probe("run", "--format", "json").stdout)["evidence"]["attempts"] == 1


def test_it_gives_up_when_the_time_is_up(probe: Run) -> None:
    told = json.loads(probe("run", "--wait", "1.5", "--format", "json").stdout)
    assert told["evidence"]["attempts"] > 1
    assert told["verdict"]["code"] is not None
    assert told["evidence"]["earlier_verdicts"] == [told["verdict"]["code"]]


def test_it_says_meanwhile_why_it_is_not_good(probe: Run) -> None:
    ran = probe("run", "--wait", "1.5")
    assert ran.stderr.startswith("probe: not yet: ")
    assert "walking again in 0.01 s" in ran.stderr


def test_machines_hear_nothing_meanwhile(probe: Run) -> None:
    assert probe("run", "--wait", "1.5", "--format", "json").stderr == ""


@dataclass
class Repaired:
    """A network that somebody repairs while the probe pauses."""

    inner: LabNetwork = field(default_factory=LabNetwork)
    has_hops = False

    def lookup(self, host: str, port: int, seconds: float) -> NameLookup:
        """See `Network`."""
        return self.inner.lookup(host, port, seconds)

    def connect(self, address: str, port: int, seconds: float) -> httpcore.NetworkStream:
        """See `Network`."""
        return self.inner.connect(address, port, seconds)

    def roots(self) -> str | None:
        """See `Network`."""
        return self.inner.roots()


@pytest.mark.lab
def test_it_ends_as_soon_as_the_credentials_work(monkeypatch: pytest.MonkeyPatch) -> None:
    with World(scenario.load("irsa-healthy")) as world:
        network = Repaired()
        working = LabNetwork(dial=world.dial, names=world.names, certificates=world.certificates)

        def repair(seconds: float) -> None:
            assert seconds == 0.01
            network.inner = working

        monkeypatch.setattr("probe.commands.run.time", SimpleNamespace(sleep=repair))
        stdout = io.StringIO()
        exit_code = main(
            ["run", "--wait", "60", "--format", "json", "--termination-message", str(world.root / "none")],
            surroundings=Surroundings(environment=world.environment, files=Files(root=str(world.root))),
            network=network,
            stdout=stdout,
            stderr=io.StringIO(),
        )
    told = json.loads(stdout.getvalue())
    assert (exit_code, told["verdict"]["code"]) == (0, None)
    assert told["evidence"]["attempts"] == 2
    assert told["evidence"]["earlier_verdicts"] == ["sts-dns-failed"]


def test_a_cause_that_was_found_is_kept_when_the_last_walk_is_cut() -> None:
    found = judge(samples.broken().evidence)
    cut = judge(replace(samples.cut(), attempts=2))
    assert standing(found.verdict) == "BROKEN"
    assert standing(cut.verdict) == "COULD NOT FIND OUT"
    kept = _better(found, cut)
    assert kept.verdict.code == found.verdict.code
    assert kept.evidence.attempts == 2


def test_retries_are_events(probe: Run) -> None:
    ran = probe("run", "--wait", "1.5", "--log-events", "--format", "json")
    retrying = [event for event in map(json.loads, ran.stderr.splitlines()) if event["event"] == "wait.retrying"]
    assert retrying[0]["attempt"] == 1
    assert retrying[0]["pause_seconds"] == 0.01
    assert retrying[0]["code"]
