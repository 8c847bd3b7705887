"""Runs the probe in a scenario's world as a process of its own, and holds what it says against the expectation."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field
from typing import Any

from probe.lab.network_world import NetworkWorld
from probe.lab.scenario import Scenario
from probe.lab.world import USER, World
from probe.records import dataclass

PATIENCE = 60.0
"""Seconds after which a child is ended: twice the longest deadline that a scenario asks for."""


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What one run of the probe left behind."""

    exit_code: int
    stdout: str = field(repr=False)
    stderr: str = field(repr=False)
    termination_message: str = field(repr=False)
    canaries: tuple[str, ...] = field(repr=False)
    seconds: float

    @property
    def report(self) -> dict[str, Any]:
        """The JSON report; raises ValueError when stdout is not one."""
        report: dict[str, Any] = json.loads(self.stdout)
        return report


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A scenario, its run, and every difference from the expectation, as sentences."""

    scenario: Scenario
    ran: Ran
    differences: tuple[str, ...]


def pod_input(world: World, arguments: Sequence[str]) -> str:
    """Return what `probe.lab.pod` reads for one run."""
    termination = world.root / "dev" / "termination-log"
    termination.parent.mkdir(exist_ok=True)
    termination.touch()
    message = ("--termination-message", str(termination))
    return command_line_input(world, ["run", *arguments, *message, *world.scenario.pod.arguments])


def command_line_input(world: World, arguments: Sequence[str]) -> str:
    """Return what `probe.lab.pod` reads for any command line of the probe.

    It holds secrets, so it goes through a pipe, never into a file or argument.
    """
    return json.dumps(
        {
            "scenario": world.scenario.name,
            "environment": world.environment,
            "root": str(world.root),
            "dial": world.dial,
            "names": world.names,
            "certificates": world.certificates,
            "user": USER,
            "kernel": isinstance(world, NetworkWorld),
            "arguments": list(arguments),
        }
    )


def command(world: World) -> list[str]:
    """Return the command that runs the pod's process, in the pod's namespace where there is one."""
    pod = [sys.executable, "-m", "probe.lab.pod"]
    if isinstance(world, NetworkWorld):
        return world.spaces.command(world.probe_role, *pod)
    return pod


def world_of(scenario: Scenario) -> World:
    """Return the world that a scenario wants, not yet started."""
    return World(scenario) if scenario.network is None else NetworkWorld(scenario)


def run_in(world: World, arguments: Sequence[str] = ("--format", "json")) -> Ran:
    """Run the probe in a started world and collect everything that it puts out."""
    begun = time.monotonic()
    child = subprocess.run(  # noqa: S603 - our own module
        command(world),
        input=pod_input(world, arguments),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Ran(
        exit_code=child.returncode,
        stdout=child.stdout,
        stderr=child.stderr,
        termination_message=(world.root / "dev" / "termination-log").read_text(),
        canaries=world.canaries.values(),
        seconds=time.monotonic() - begun,
    )


def check(scenario: Scenario) -> Checked:
    """Run a scenario and compare."""
    with world_of(scenario) as world:
        ran = run_in(world)
    return Checked(scenario=scenario, ran=ran, differences=tuple(differences(scenario, ran)))


def differences(scenario: Scenario, ran: Ran) -> Iterator[str]:
    """Say everything in which a run is not what the scenario expects."""
    expect = scenario.expect
    if ran.exit_code != expect.exit_code:
        yield f"exit code {ran.exit_code}, expected {expect.exit_code}"
    try:
        report = ran.report
    except ValueError:
        yield f"no report on stdout; stderr ends: {ran.stderr[-800:]}"
        return
    verdict = report["verdict"]
    for name, expected in (("code", expect.verdict), ("certainty", expect.certainty)):
        if verdict[name] != expected:
            yield f"verdict {name} {verdict[name]}, expected {expected}"
    yield from _finding_differences(scenario, report)
    yield from _step_differences(scenario, report)
    for leaked in (canary for canary in ran.canaries if canary in ran.stdout + ran.stderr + ran.termination_message):
        yield f"a secret of {len(leaked)} characters leaked"


def _finding_differences(scenario: Scenario, report: dict[str, Any]) -> Iterator[str]:
    found = {f"{finding['code']} {finding['certainty']}" for finding in report["findings"]}
    for missing in sorted(set(scenario.expect.findings) - found):
        yield f"missing: {missing}"
    for surplus in sorted(found - set(scenario.expect.findings)):
        yield f"unexpected: {surplus}"
    codes = {finding["code"] for finding in report["findings"]}
    for wrong in sorted(codes & {*scenario.expect.never, *scenario.look_alike_of}):
        yield f"look-alike named: {wrong}"


def _step_differences(scenario: Scenario, report: dict[str, Any]) -> Iterator[str]:
    outcomes = {step["id"]: step["outcome"] for step in report["steps"]}
    for step_id, expected in scenario.expect.steps.items():
        if outcomes.get(step_id) != expected:
            yield f"step {step_id} {outcomes.get(step_id)}, expected {expected}"
    text = json.dumps([report["verdict"], report["findings"]], ensure_ascii=False)
    for fragment in scenario.expect.text_has:
        if json.dumps(fragment, ensure_ascii=False)[1:-1] not in text:
            yield f"nothing says: {fragment}"
    for sdk, expected in scenario.expect.sdks.items():
        said = {" ".join(filter(None, (one["outcome"], one["source"]))) for one in report["sdks"] if one["sdk"] == sdk}
        if expected not in said:
            yield f"{sdk}: {', '.join(sorted(said)) or 'no prediction'}, expected {expected}"


def check_all(chosen: Sequence[Scenario], jobs: int) -> Iterator[Checked]:
    """Check scenarios, several at a time, in the order given. Raises CannotBuildError."""
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        yield from pool.map(check, chosen)


def show_run(scenario: Scenario, arguments: Sequence[str]) -> int:
    """Run a scenario on this terminal, as its pod would see it; return the probe's exit code."""
    with world_of(scenario) as world:
        child = subprocess.run(  # noqa: S603 - our own module
            command(world),
            input=pod_input(world, arguments),
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    return child.returncode
