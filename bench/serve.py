"""Measure the sidecar: memory, calls, time, scrapes. Run by `make bench`, or `python -m bench.serve`."""

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Generator, Iterator

from bench import programs
from bench.closed import closed_network
from bench.serve_process import Sidecar, sidecar
from bench.worlds import closed, healthy_pod_identity
from probe.commands.serve import DEEP_INTERVAL, INTERVAL
from probe.serve.identities import DEPENDED_ON, OTHERS

FASTEST = 0.1
"""Seconds between light walks when many are wanted."""
NEVER = ("--deep-interval", "86400")
RATE, LOAD_SECONDS = 200, 30
SCRAPE_INTERVAL = 30.0
WHOLE_WALKS = 10
EARLY = 1000
"""Walks after which memory is compared with the goal, and from which on its growth is measured."""


def main() -> int:
    """Install what is measured, then measure it where nothing but loopback is."""
    parser = argparse.ArgumentParser(prog="python -m bench.serve", description=__doc__)
    parser.add_argument("--walks", type=int, default=3000, help="light walks to make (default: %(default)s)")
    parser.add_argument("--measure", action="store_true", help="measure what is installed already, right here")
    arguments = parser.parse_args()
    if arguments.walks < EARLY + 500:
        parser.error(f"a slope needs {EARLY + 500} walks")
    if not arguments.measure:
        programs.install()
        again = [sys.executable, "-m", "bench.serve", "--measure", "--walks", str(arguments.walks)]
        return subprocess.run([*closed_network(), *again], check=False).returncode
    for line in _figures(arguments.walks):
        print(line, flush=True)
    return 0


def _figures(walks: int) -> Iterator[str]:
    yield "The sidecar, Pod Identity as it should be"
    with healthy_pod_identity() as environment:
        world = closed(environment)
        with sidecar(programs.PROBE, ("--interval", str(FASTEST), *NEVER), world) as running:
            light = yield from _memory(running, walks)
        with sidecar(programs.PROBE, ("--interval", "30", "--deep-interval", "1"), world) as running:
            whole = yield from _whole_walks(running)
        with sidecar(programs.PROBE, ("--interval", "1", *NEVER), world) as running:
            scrape = yield from _scrapes(running)
    yield from _processor(light, whole, scrape)


def _memory(running: Sidecar, walks: int) -> Generator[str, None, float]:
    """Tell the memory after many light walks and its growth; return the processor seconds of one walk."""
    before, counted = running.used().own, running.walks("light")
    points: list[tuple[float, float]] = []
    for count in range(EARLY, walks + 1, 250):
        running.wait_for_walks("light", count, 60 + 250 * 2.0)
        points.append((running.walks("light"), running.resident_mebibytes()))
    one = (running.used().own - before) / (running.walks("light") - counted)
    yield _goal(f"memory after {points[0][0]:.0f} light walks", points[0][1], 45, "MiB")
    yield _goal(f"memory after {points[-1][0]:.0f} light walks", points[-1][1], 45, "MiB")
    slope = statistics.linear_regression(*zip(*points, strict=True)).slope
    yield f"  growth between: {slope * 1024 * 1000:.1f} KiB in 1,000 walks, {slope * 1024 * 2880:.1f} KiB a day"
    return one


def _whole_walks(running: Sidecar) -> Generator[str, None, float]:
    """Tell how often AWS is asked; return the processor seconds of one whole walk, most of them another process'."""
    before, counted, keys = running.used(), running.walks("whole"), _keys_handed_out(running)
    running.wait_for_walks("whole", counted + WHOLE_WALKS, 120)
    after, walks = running.used(), running.walks("whole") - counted
    keys = (_keys_handed_out(running) - keys) / walks
    identities = running.sample('aws_calls_total{operation="GetCallerIdentity"')
    hourly = keys * 3600 / DEEP_INTERVAL + 3600 / DEPENDED_ON + (identities - 1) * 3600 / OTHERS
    yield f"  whole walks: keys asked for {keys:.2f} times in each, {identities:g} identities in the first"
    yield _goal("calls of AWS in an hour, with each identity asked for as often as it is", hourly, 6, "")
    return (after.own + after.children - before.own - before.children) / walks


def _keys_handed_out(running: Sidecar) -> float:
    """Return how often the agent was asked for keys. A real agent asks EKS Auth no more often than that."""
    return running.sample('step_duration_seconds_count{step="container.credentials"')


def _scrapes(running: Sidecar) -> Generator[str, None, float]:
    """Tell how long scrapes take at a fixed rate, while the sidecar walks every second; return the cost of one."""
    text = running.metrics()
    series = sum(1 for line in text.splitlines() if line and not line.startswith("#"))
    command = [sys.executable, "-m", "bench.serve_load", f"127.0.0.1:{running.port}", str(RATE), str(LOAD_SECONDS)]
    took = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    cuts = statistics.quantiles(took, n=100)
    yield f"  /metrics: {series} series, {len(text)} bytes"
    yield f"  {RATE} scrapes a second: median {statistics.median(took) * 1000:.2f} ms, most {max(took) * 1000:.1f} ms"
    yield _goal(f"99 of 100 of {len(took)} scrapes answered within", cuts[98] * 1000, 20, "ms")
    return _alone(running)


def _alone(running: Sidecar) -> float:
    """Return the processor seconds of a scrape that finds nothing kept from an earlier one."""
    rounds = 20
    before = running.used().own
    for _ in range(rounds):
        subprocess.run(["sleep", "1.05"], check=True)
    idle = running.used().own - before
    before = running.used().own
    for _ in range(rounds):
        running.metrics()
        subprocess.run(["sleep", "1.05"], check=True)
    return max(running.used().own - before - idle, 0.0) / rounds


def _processor(light: float, whole: float, scrape: float) -> Iterator[str]:
    parts = {
        f"a light walk, {light * 1000:.0f} ms every {INTERVAL:g} s": light / INTERVAL,
        f"a whole walk, {whole * 1000:.0f} ms every {DEEP_INTERVAL:g} s": whole / DEEP_INTERVAL,
        f"a scrape, {scrape * 1000:.0f} ms every {SCRAPE_INTERVAL:g} s": scrape / SCRAPE_INTERVAL,
    }
    yield _goal("processor at the default intervals", sum(parts.values()) * 1000, 2, "millicores")
    for what, share in parts.items():
        yield f"    {what}: {share * 1000:.2f} millicores"


def _goal(what: str, measured: float, goal: float, unit: str) -> str:
    met = "met" if measured <= goal else "NOT MET"
    return f"  {what}: {measured:.3g} {unit}, goal {goal:g} {unit}: {met}"


if __name__ == "__main__":
    sys.exit(main())
