"""Worlds that tests make up, and what they ask of them."""

import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from probe.lab.namespaces import NETNS, PREFIX, RESOLVERS
from probe.lab.network_world import NetworkWorld
from probe.lab.run import run_in
from probe.lab.scenario import Expectation, NetworkSpec, PodSpec, Scenario

NODE_ROLE = {"imds": {"role": "node-role", "region": "eu-central-1", "availability_zone": "eu-central-1a"}}
IPV6 = {"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"}


def world(
    network: NetworkSpec | None = None,
    *,
    servers: Mapping[str, Mapping[str, Any]] = NODE_ROLE,
    environment: Mapping[str, str] | None = None,
    names: Mapping[str, Any] | None = None,
) -> NetworkWorld:
    """Return a world that is not started yet."""
    return NetworkWorld(
        Scenario(
            name="made-up",
            title="",
            story="",
            pod=PodSpec(environment=environment or {}),
            servers=servers,
            names=names or {},
            network=network or NetworkSpec(),
            expect=Expectation(exit_code=0),
        )
    )


def report_of(started: NetworkWorld) -> dict[str, Any]:
    """Run the probe in a started world; return its JSON report."""
    return run_in(started).report


def step(report: Mapping[str, Any], step_id: str) -> dict[str, Any]:
    """Return one step of a report."""
    found: dict[str, Any] = next(one for one in report["steps"] if one["id"] == step_id)
    return found


def finding(report: Mapping[str, Any], code: str) -> dict[str, Any]:
    """Return one finding of a report; StopIteration when it is not there."""
    found: dict[str, Any] = next(one for one in report["findings"] if one["code"] == code)
    return found


def codes(report: Mapping[str, Any]) -> set[str]:
    """Return the codes of all findings."""
    return {one["code"] for one in report["findings"]}


def left_by(pid: int) -> list[Path]:
    """Return what a process has left of its worlds: namespaces and resolver folders."""
    return [place for folder in (NETNS, RESOLVERS) for place in folder.glob(f"{PREFIX}-{pid}.*")]


def reaches(address: str, port: int, seconds: float = 0.5) -> bool:
    """Whether a TCP connect succeeds from here."""
    try:
        socket.create_connection((address, port), timeout=seconds).close()
    except OSError:
        return False
    return True
