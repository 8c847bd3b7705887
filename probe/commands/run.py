"""Walk the AWS credential chain from here, and say which step breaks, how sure that is, and how to fix it."""

import argparse
import gc
import time
from dataclasses import replace
from itertools import chain, repeat

from probe.arguments import Parser, add_report_arguments, role_arn, seconds, wanted_of
from probe.console import Console, UsageError
from probe.evidence import Evidence
from probe.judge import judge
from probe.records import dataclass
from probe.report import Report
from probe.secret import Secret
from probe.sources.beyond import after, beside
from probe.surroundings import real_surroundings
from probe.tell.follow import follower
from probe.tell.observer import Observer
from probe.tell.reports import Telling, tell
from probe.tell.termination import DEFAULT_PATH, termination_message, write_message
from probe.tell.words import UNKNOWN, standing
from probe.thread_failures import raised_here
from probe.walk import SKIPPABLE, Options, walk
from probe.walk_arguments import add_walk_arguments
from probe.wire.deadline import Deadline
from probe.wire.network import RealNetwork

PAUSES = (1.0, 2.0, 4.0)
"""Seconds before the second, third and fourth walk of --wait."""
LAST_PAUSE = 5.0
SHORTEST_WALK = 1.0
"""Seconds. With less left, a walk would only be cut, so --wait ends."""


def add_arguments(parser: Parser) -> None:
    """Declare what `probe run` takes."""
    add_walk_arguments(parser)
    parser.add_argument(
        "--wait",
        type=seconds(0, 86_400),
        default=0.0,
        metavar="SECONDS",
        help="walk again and again until the verdict is good, for at most this long",
    )
    parser.add_argument(
        "--assume",
        type=role_arn,
        metavar="ARN",
        help="also try to assume this role with the pod's keys, as an application that goes on to another account does",
    )
    parser.add_argument("--external-id", metavar="ID", help="the ExternalId to give with --assume")
    parser.add_argument(
        "--skip",
        action="append",
        default=[],
        choices=sorted(SKIPPABLE),
        metavar="STEP",
        help=f"do not take this step; may be repeated: {', '.join(sorted(SKIPPABLE))}",
    )
    parser.add_argument(
        "--log-events",
        action="store_true",
        help="log JSON lines to standard error, as -v does; with -vv also when a step begins",
    )
    parser.add_argument(
        "--termination-message",
        default=DEFAULT_PATH,
        metavar="PATH",
        help="write one JSON line into this file if it exists (default: %(default)s)",
    )
    add_report_arguments(parser)


def execute(arguments: argparse.Namespace, console: Console) -> int:
    """Walk, tell, and return the verdict's exit code."""
    telling = Telling.of(arguments)
    options = _options(arguments)
    world = _World(console=console, reads_kubernetes=arguments.kubernetes == "auto")
    observer = follower(console, telling, log_events=arguments.log_events)
    try:
        report = _walk_until_good(options, arguments.wait, world, observer)
    finally:
        observer.close()
    observer.verdict_reached(report)
    failure = write_message(arguments.termination_message, termination_message(report))
    if failure is not None:
        observer.write_failed(arguments.termination_message, failure)
    return tell(report, telling, console)


@dataclass(frozen=True, kw_only=True)
class _World:
    """Where walks are made, and whether Kubernetes is asked about it."""

    console: Console
    reads_kubernetes: bool

    def walk(self, options: Options, observer: Observer) -> Evidence:
        """Walk once."""
        surroundings = self.console.surroundings or real_surroundings()
        network = self.console.network or RealNetwork()
        aside = beside(surroundings, kubernetes=self.reads_kubernetes)
        later = after(options.wanted)
        with raised_here():
            evidence, _ = walk(surroundings, network, options, beside=aside, after=later, listeners=(observer,))
        return evidence


def _options(arguments: argparse.Namespace) -> Options:
    if arguments.external_id and not arguments.assume:
        raise UsageError("--external-id is of no use without --assume")
    return Options(
        deadline_seconds=arguments.deadline,
        sts_allowed=not arguments.no_sts,
        skipped=frozenset(arguments.skip),
        wanted=replace(wanted_of(arguments), assume_role_arn=arguments.assume),
        external_id=Secret(arguments.external_id) if arguments.external_id else None,
    )


def _walk_until_good(options: Options, wait: float, world: _World, observer: Observer) -> Report:
    """Walk once, and with --wait again after each pause. The first walk has its whole deadline in any case."""
    end = Deadline.after(wait)
    report = _walk(options, 1, world, observer)
    for attempt, pause in enumerate(chain(PAUSES, repeat(LAST_PAUSE)), start=2):
        if report.verdict.is_good or end.remaining() < pause + SHORTEST_WALK:
            break
        observer.retrying(report, pause)
        gc.collect()  # see `short_life`; here nobody waits for it
        time.sleep(pause)
        left = replace(options, deadline_seconds=min(options.deadline_seconds, end.remaining()))
        report = _better(report, _walk(left, attempt, world, observer))
    return report


def _walk(options: Options, attempt: int, world: _World, observer: Observer) -> Report:
    observer.walk_started(options.deadline_seconds, attempt)
    return judge(replace(world.walk(options, observer), attempts=attempt))


def _better(before: Report, after: Report) -> Report:
    """Keep a cause that was found when a later walk was cut before it could find it again."""
    known, latest = before.evidence.earlier_verdicts, before.verdict.code
    earlier = known if latest is None or latest in known[-1:] else (*known, latest)
    kept = before if standing(after.verdict) == UNKNOWN and standing(before.verdict) != UNKNOWN else after
    return judge(replace(kept.evidence, attempts=after.evidence.attempts, earlier_verdicts=earlier))
