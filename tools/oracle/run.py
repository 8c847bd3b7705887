"""Play scenarios and say who did not do what was predicted."""

import argparse
import pickle
import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from tests.oracle import recorded
from tests.oracle.compare import Compared, compared, played_calmly
from tests.oracle.harness import CACHE, Harness
from tests.oracle.harnesses import harnesses
from tests.oracle.playing import Played
from tests.oracle.scenarios import Chosen, chosen
from tools.oracle import table

PLAYED = CACHE / "played"
"""What came of each scenario when it was last played: models can be mended beside it without playing it again."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command understands."""
    parser.add_argument("scenario", nargs="*", help="only these")
    parser.add_argument("--sdk", action="append", default=[], help="only this one, such as botocore; can be repeated")
    parser.add_argument("--jobs", type=int, default=8, help="scenarios at once; they take turns at the processors")
    parser.add_argument("--again", action="store_true", help="play nothing: compare what was last played")
    parser.add_argument("--record", action="store_true", help="write tests/oracle/results.json and docs/sdk-oracle.md")
    parser.add_argument("-v", "--verbose", action="store_true", help="show also who agrees")


def main(arguments: argparse.Namespace) -> int:
    """Run. Each scenario has a process of its own: its servers must not wait for those of others."""
    able = {one.name for one in _wanted(arguments.sdk) if one.why_not() is None}
    scenarios = [one for one in chosen() if not arguments.scenario or one.name in arguments.scenario]
    begun, order = time.monotonic(), {one.name: place for place, one in enumerate(harnesses())}
    results = recorded.read() if arguments.record else {}
    differences = played = 0
    with ProcessPoolExecutor(max_workers=arguments.jobs) as pool:
        told_by_all = pool.map(partial(_told, able, again=arguments.again), scenarios)
        for one, told in zip(scenarios, told_by_all, strict=True):
            played += len(told)
            differences += sum(each.difference is not None for each in told)
            print("\n".join(_lines(one, told, verbose=arguments.verbose)), flush=True)
            results = recorded.merged(results, one.name, told, order)
    if arguments.record:
        recorded.write({one.name: results[one.name] for one in chosen() if one.name in results})
        table.write()
    print(f"{played} comparisons, {differences} differences, {time.monotonic() - begun:.0f} s")
    return 1 if differences else 0


def _wanted(sdks: Sequence[str]) -> Iterator[Harness]:
    for harness in harnesses():
        if not sdks or harness.sdk in sdks:
            reason = harness.why_not()
            if reason is not None:
                print(f"{harness.name} is not run: {reason}")
            yield harness


def _told(names: set[str], one: Chosen, *, again: bool) -> tuple[Compared, ...]:
    wanted = tuple(harness for harness in harnesses() if harness.name in names and one.suits(harness))
    if not again:
        return _play(one, wanted)
    return tuple(compared(_last(one), wanted))


def _play(one: Chosen, wanted: tuple[Harness, ...]) -> tuple[Compared, ...]:
    try:
        played = played_calmly(one.load(), wanted, lambda each: each.difference is not None)
    except (ValueError, subprocess.SubprocessError) as error:
        print(f"{one.name} could not be played: {error}", flush=True)
        return ()
    PLAYED.mkdir(parents=True, exist_ok=True)
    _file(one).write_bytes(pickle.dumps(played))
    return tuple(compared(played, wanted))


def _last(one: Chosen) -> tuple[Played, ...]:
    if not _file(one).is_file():
        return ()
    played: tuple[Played, ...] = pickle.loads(_file(one).read_bytes())
    return played


def _file(one: Chosen) -> Path:
    return PLAYED / f"{one.name.replace(' ', '-')}.pickle"


def _lines(one: Chosen, told: Sequence[Compared], *, verbose: bool) -> Iterator[str]:
    counts = [f"{sum(each.verdict == verdict for each in told)} {verdict}" for verdict in ("agree", "open", "disagree")]
    yield f"{one.name}: {', '.join(counts)}"
    for each in told:
        if each.difference is not None or verbose:
            waits = "?" if each.waits is None else f"{each.waits:.1f}"
            how = each.difference or f"{each.verdict}: predicted {each.predicted}, was {each.seen}"
            yield f"    {each.harness} ({each.seconds:.1f} s of {waits}): {how}"
