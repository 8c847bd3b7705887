"""Measure, and say of each figure what was promised. Run by `make bench`; the exit code is 0 whatever was measured."""

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice

from bench import programs
from bench.closed import closed_network
from bench.imports import by_package, import_milliseconds, largest_first
from bench.timing import Program, Sample, Spread, interleaved, ratio, seconds
from bench.worlds import closed, healthy_pod_identity
from probe.lab import scenario
from probe.lab.run import pod_input
from probe.lab.world import World

HOP_LIMIT, CONTROLLER = "karpenter-v1-hop-limit", "lbc-healthy"
SHOWN_MODULES = 15


def main() -> int:
    """Install what is measured, then measure it where nothing but loopback is."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="runs of each program (default: %(default)s)")
    parser.add_argument("--measure", action="store_true", help="measure what is installed already, right here")
    parser.add_argument("--no-cli", default=None, metavar="REASON", help="measure without the AWS CLI")
    arguments = parser.parse_args()
    if arguments.rounds < 2:
        parser.error("a median with quartiles needs two rounds")
    if arguments.measure:
        for line in _figures(arguments.rounds, arguments.no_cli):
            print(line, flush=True)
        return 0
    reason = arguments.no_cli or programs.install()
    again = [sys.executable, "-m", "bench", "--measure", "--rounds", str(arguments.rounds)]
    return subprocess.run(
        [*closed_network(), *again, *(["--no-cli", reason] if reason else [])], check=False
    ).returncode


def _figures(rounds: int, no_cli: str | None) -> Iterator[str]:
    yield f"{os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}, {rounds} rounds"
    yield "Medians of whole processes, in brackets the quartiles."
    yield ""
    with healthy_pod_identity() as environment:
        yield from _healthy(environment, rounds, no_cli)
        yield from _hop_limit(rounds)
        yield from _controller(rounds)
        yield from _explain(environment, rounds)
        yield from _imports(environment)


def _healthy(environment: dict[str, str], rounds: int, no_cli: str | None) -> Iterator[str]:
    python = str(programs.PYTHON)
    script = str(programs.ROOT / "bench" / "only_identity.py")
    probe = Program(name="probe run", command=(str(programs.PROBE), "run"), environment=closed(environment))
    botocore = Program(name="botocore", command=(python, script), environment=closed(environment))
    bare = Program(name="python", command=(python, "-c", "pass"), environment=closed(environment))
    cli = Program(
        name="aws", command=(str(programs.AWS), "sts", "get-caller-identity"), environment=closed(environment)
    )
    samples = interleaved([bare, probe, botocore, *([] if no_cli else [cli])], rounds)
    yield "Pod Identity as it should be: all sources walked, the identity asked"
    for name, measured in samples.items():
        yield f"  {name:<10} {_milliseconds(seconds(measured))}"
    yield _against("time against ten lines of botocore", ratio(samples[probe.name], samples[botocore.name]), 1.3)
    if no_cli:
        yield f"  time against the AWS CLI: not measured, {no_cli}"
    else:
        yield _against("time against `aws sts get-caller-identity`", ratio(samples[probe.name], samples[cli.name]), 0.6)
    yield _goal("peak memory", _peak(samples[probe.name]), 60, "MiB")


def _hop_limit(rounds: int) -> Iterator[str]:
    samples = _in_world(HOP_LIMIT, rounds)
    yield ""
    yield "Hop limit too low, everything at its default"
    yield _goal("time to the verdict", seconds(samples), 1.6, "s")
    yield _goal("peak memory", _peak(samples), 60, "MiB")


def _controller(rounds: int) -> Iterator[str]:
    samples = _in_world(CONTROLLER, rounds)
    yield ""
    yield "The load balancer controller, whose needs are all met (--controller aws-load-balancer-controller)"
    yield _goal("time to the verdict", seconds(samples), 1.2, "s")
    yield _goal("peak memory", _peak(samples), 90, "MiB")


def _in_world(name: str, rounds: int) -> list[Sample]:
    """Run the probe in a world of the lab, with the arguments that it has there."""
    with World(scenario.load(name)) as world:
        probe = Program(
            name="probe run",
            command=(str(programs.PYTHON), "-m", "probe.lab.pod"),
            environment={},
            standard_input=pod_input(world, ()),
            exit_code=world.scenario.expect.exit_code,
        )
        return interleaved([probe], rounds)[probe.name]


def _explain(environment: dict[str, str], rounds: int) -> Iterator[str]:
    command = (str(programs.PROBE), "explain", "imds-hop-limit")
    samples = interleaved([Program(name="explain", command=command, environment=closed(environment))], rounds)
    yield ""
    yield "probe explain imds-hop-limit"
    yield _goal("time", seconds(samples["explain"]), 0.15, "s")


def _imports(environment: dict[str, str]) -> Iterator[str]:
    modules = import_milliseconds(programs.PYTHON, ["run"], closed(environment))
    own = {name: cost for name, cost in modules.items() if name.partition(".")[0] == "probe"}
    yield ""
    yield "Import time of the healthy run by package, in milliseconds (measuring adds to it)"
    yield from _costs(by_package(modules))
    yield f"and our own {len(own)} modules that cost the most"
    yield from _costs(largest_first(own))


def _costs(costs: dict[str, float]) -> Iterator[str]:
    return (f"  {cost:6.1f}  {name}" for name, cost in islice(costs.items(), SHOWN_MODULES))


def _peak(samples: list[Sample]) -> Spread:
    return Spread.of([sample.peak_mebibytes for sample in samples])


def _milliseconds(spread: Spread) -> str:
    return f"{spread.median * 1000:5.0f} ms  ({spread.low * 1000:.0f} to {spread.high * 1000:.0f})"


def _against(what: str, spread: Spread, goal: float) -> str:
    return _goal(what, spread, goal, "times")


def _goal(what: str, spread: Spread, goal: float, unit: str) -> str:
    met = "met" if spread.median <= goal else "NOT MET"
    measured = f"{spread.median:.3g} {unit} ({spread.low:.3g} to {spread.high:.3g})"
    return f"  {what}: {measured}, goal {goal:g} {unit}, {spread.median / goal:.2f} of it: {met}"


if __name__ == "__main__":
    sys.exit(main())
