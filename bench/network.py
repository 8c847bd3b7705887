"""Measure the worlds that the kernel plays, and in them the probe beside two SDKs. Run by `make bench`, as root."""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence

from bench import programs
from bench.timing import Program, Sample, Spread, interleaved, ratio, seconds
from probe.lab.namespaces import why_not
from probe.lab.run import pod_input
from probe.lab.scenario import NETWORK_SCENARIOS, load
from tests.oracle.harness import Harness
from tests.oracle.harnesses import harnesses
from tests.oracle.world import ROOTS, RoutedWorld

WORLDS = {
    "hop-limit": "Hop limit too low",
    "imds-rejected-by-reset": "IMDS refused",
    "imds-drop": "IMDS dropped",
    "hop-limit-enough": "IMDS as it should be",
}
BUILD_GOAL = 1.0
DOCUMENTED = {"Go v2's 5 s": 5.0, "Go v1's 3 s": 3.0}
"""How long these wait for a token whose answer dies (feature/ec2/imds of aws/aws-sdk-go-v2, aws/ec2metadata of v1)."""
PROBE = "probe run"
SDKS = ("botocore", "js-v3")
"""Of each the newest release that the oracle has, run as there: in a root folder of its own, which takes some 20 ms."""


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
    for line in _figures(rounds):
        print(line, flush=True)
    return 0


def _figures(rounds: int) -> Iterator[str]:
    yield f"Between network namespaces, {rounds} rounds"
    yield from _building(rounds)
    missing = {sdk: _newest(sdk).build() for sdk in SDKS}
    for sdk, reason in missing.items():
        if reason is not None:
            yield f"  {sdk}: not measured, {reason}"
    able = [_newest(sdk) for sdk, reason in missing.items() if reason is None]
    for name, title in WORLDS.items():
        with RoutedWorld(load(name, NETWORK_SCENARIOS)) as world:
            measured = interleaved(list(_programs(world, able)), rounds)
        yield from _beside(f"{title} ({name})", measured)
        if name == "hop-limit":
            median = seconds(measured[PROBE]).median
            yield "  " + ", ".join(f"{median / limit:.2f} of {whose}" for whose, limit in DOCUMENTED.items())


def _building(rounds: int) -> Iterator[str]:
    took = []
    for _ in range(max(rounds, 2)):
        begun = time.perf_counter()
        with RoutedWorld(load("hop-limit-overlay", NETWORK_SCENARIOS)):
            pass
        took.append(time.perf_counter() - begun)
    spread = Spread.of(took)
    met = "met" if spread.median <= BUILD_GOAL else "NOT MET"
    yield f"  building and removing the largest world: {_told(spread)}, goal {BUILD_GOAL:g} s: {met}"


def _newest(sdk: str) -> Harness:
    return [harness for harness in harnesses() if harness.sdk == sdk][-1]


def _programs(world: RoutedWorld, able: Sequence[Harness]) -> Iterator[Program]:
    yield Program(
        name=PROBE,
        command=world.spaces.command(world.probe_role, str(programs.PYTHON), "-m", "probe.lab.pod"),
        environment=world.environment,
        standard_input=pod_input(world, ()),
        exit_code=world.scenario.expect.exit_code,
    )
    for harness in able:
        started = harness.command(ROOTS)
        yield Program(
            name=harness.sdk,
            command=world.command(started, (harness.place, *harness.folders)),
            environment={**started.environment, **world.environment},
        )


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
