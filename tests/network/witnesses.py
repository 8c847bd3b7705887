"""Two real SDKs, run as they are in the pod's namespace: nothing about them is patched, nothing can leave the world."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from probe.lab.network_world import NetworkWorld
from probe.lab.witness.compare import WitnessResult
from tools import witness_js

PATIENCE = 60.0
"""Seconds after which an SDK is ended."""
BOTOCORE = Path(__file__).parent / "witness_botocore.py"
_PATHS = frozenset({"HOME", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"})
"""Variables whose paths lie below the folder that stands for the pod's file system."""


def botocore_command() -> list[str]:
    """Return what runs botocore."""
    return [sys.executable, str(BOTOCORE)]


def javascript_command() -> list[str]:
    """Return what runs the SDK for JavaScript; it must be installed."""
    return [shutil.which("node") or "node", str(witness_js.place() / "witness.mjs")]


def environment_of(world: NetworkWorld) -> dict[str, str]:
    """Return the pod's variables, with its paths as they are on this machine and the lab's authority as a root."""
    own = {
        name: f"{world.root}{value}" if name in _PATHS else value for name, value in world.environment.items() if value
    }
    roots = (
        {}
        if world.certificates is None
        else dict.fromkeys(("AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"), world.certificates)
    )
    return own | roots


def witnessed(world: NetworkWorld, command: Sequence[str], report: Mapping[str, Any]) -> WitnessResult:
    """Run an SDK in a started world; `report` is the probe's own of the same world."""
    asked, begun = _asked_of_sts(world), time.monotonic()
    done = subprocess.run(
        world.spaces.command(world.probe_role, *command),
        env=environment_of(world),
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    seconds = time.monotonic() - begun
    told: dict[str, Any] = json.loads(done.stdout)
    source = _source(report, told["access_key_hint"])
    if source is None and told["access_key_hint"] and _asked_of_sts(world) > asked:
        source = "web-identity"
    return WitnessResult(**told, source=source, seconds=seconds)


def _source(report: Mapping[str, Any], hint: str | None) -> str | None:
    """Return the source that gave the probe a key which ends like this one: IMDS and the agent give all the same."""
    for step in report["steps"]:
        if hint is not None and (step["evidence"] or {}).get("access_key_hint") == hint:
            return str(step["source"])
    return None


def _asked_of_sts(world: NetworkWorld) -> int:
    """Return how often STS was asked for anything; it makes new keys for everybody."""
    return sum(len(server.requests) for kind, server in world.servers.items() if kind.startswith("sts"))


WITNESSES: dict[str, Callable[[], list[str]]] = {"botocore": botocore_command, "js-v3": javascript_command}
