"""Measure the worlds that the kernel plays, and in them the probe beside two SDKs. Run by `make bench`, as root."""

import argparse
import sys
import time
from collections.abc import Iterator

from bench import programs
from bench.timing import Program, Sample, Spread, interleaved, ratio, seconds
from probe.lab.namespaces import why_not
from probe.lab.network_world import NetworkWorld
from probe.lab.run import pod_input
from probe.lab.scenario import NETWORK_SCENARIOS, load
from tests.network.witnesses import BOTOCORE, environment_of, javascript_command
from tools import witness_js

WORLDS = {
    "hop-limit": "Hop limit too low",
    "imds-rejected-by-reset": "IMDS refused",
    "imds-drop": "IMDS dropped",
    "hop-limit-enough": "IMDS as it should be",
}
BUILD_GOAL = 1.0
DOCUMENTED = {"Go v2's 5 s": 5.0, "Go v1's 3 s": 3.0}
"""How long these wait for a token whose answer dies (feature/ec2/imds of aws/aws-sdk-go-v2, aws/ec2metadata of v1)."""
PROBE, BOTO, JAVASCRIPT = "probe run", "botocore", "js-v3"


def main() -> int:
    """Install what is measured, measure it; the exit code is 0 whatever was measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.network", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="runs of each program (default: %(default)s)")
    rounds = parser.parse_args().rounds
    reason = why_not()
    if reason is not None:
        print(f"Network worlds: not measured, {reason}")
        return 0
    programs.install()
    no_javascript = witness_js.install()
    for line in _figures(rounds, no_javascript):
        print(line, flush=True)
    return 0


def _figures(rounds: int, no_javascript: str | None) -> Iterator[str]:
    yield f"Between network namespaces, {rounds} rounds"
    yield from _building(rounds)
    if no_javascript is not None:
        yield f"  {JAVASCRIPT}: not measured, {no_javascript}"
    for name, title in WORLDS.items():
        with NetworkWorld(load(name, NETWORK_SCENARIOS)) as world:
            measured = interleaved(_programs(world, with_javascript=no_javascript is None), rounds)
        yield from _beside(f"{title} ({name})", measured)
        if name == "hop-limit":
            median = seconds(measured[PROBE]).median
            yield "  " + ", ".join(f"{median / limit:.2f} of {whose}" for whose, limit in DOCUMENTED.items())


def _building(rounds: int) -> Iterator[str]:
    took = []
    for _ in range(max(rounds, 2)):
        begun = time.perf_counter()
        with NetworkWorld(load("hop-limit-overlay", NETWORK_SCENARIOS)):
            pass
        took.append(time.perf_counter() - begun)
    spread = Spread.of(took)
    met = "met" if spread.median <= BUILD_GOAL else "NOT MET"
    yield f"  building and removing the largest world: {_told(spread)}, goal {BUILD_GOAL:g} s: {met}"


def _programs(world: NetworkWorld, *, with_javascript: bool) -> list[Program]:
    def inside(name: str, command: list[str], **more: object) -> Program:
        return Program(
            name=name,
            command=world.spaces.command(world.probe_role, *command),
            environment=environment_of(world),
            **more,  # type: ignore[arg-type]  # standard_input and exit_code
        )

    python, exit_code = str(programs.PYTHON), world.scenario.expect.exit_code
    return [
        inside(PROBE, [python, "-m", "probe.lab.pod"], standard_input=pod_input(world, ()), exit_code=exit_code),
        inside(BOTO, [python, str(BOTOCORE)]),
        *([inside(JAVASCRIPT, javascript_command())] if with_javascript else []),
    ]


def _beside(title: str, measured: dict[str, list[Sample]]) -> Iterator[str]:
    yield ""
    yield title
    for name, samples in measured.items():
        told = "" if name == PROBE else f"   probe run takes {_times(ratio(measured[PROBE], samples))} of it"
        yield f"  {name:<10} {_told(seconds(samples))}{told}"


def _told(spread: Spread) -> str:
    return f"{spread.median * 1000:5.0f} ms  ({spread.low * 1000:.0f} to {spread.high * 1000:.0f})"


def _times(spread: Spread) -> str:
    return f"{spread.median:.2f} ({spread.low:.2f} to {spread.high:.2f})"


if __name__ == "__main__":
    sys.exit(main())
