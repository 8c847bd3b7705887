"""Walk the chain again and again beside an application, and show it: to Prometheus, to the kubelet, and as a page."""

import argparse
import gc
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import SystemRandom

from probe import __version__
from probe.arguments import Parser, seconds, wanted_of
from probe.console import Console, UsageError
from probe.evidence import Evidence
from probe.serve.http.addresses import PRIVATE, PUBLIC, address, loopback_address
from probe.serve.light import LightWalks
from probe.serve.log import ServeLog
from probe.serve.loop import Loop
from probe.serve.rounds import Rounds
from probe.serve.schedule import Schedule
from probe.serve.whole import WholeWalks
from probe.signals import held_back, no_more
from probe.surroundings import real_surroundings
from probe.tell.crash import crash_summary
from probe.walk import SKIPPABLE, Options, walk
from probe.walk_arguments import add_walk_arguments
from probe.wire.network import RealNetwork

INTERVAL, DEEP_INTERVAL = 30.0, 900.0
LONGEST_END = 1.5
"""Seconds from the signal to the end, whatever hangs; two are promised."""


def add_arguments(parser: Parser) -> None:
    """Declare what `probe serve` takes."""
    parser.add_argument(
        "--interval",
        type=seconds(0.1, 3600),
        default=INTERVAL,
        metavar="SECONDS",
        help="time between light walks, which cost no call of AWS (default: %(default)g)",
    )
    parser.add_argument(
        "--deep-interval",
        type=seconds(1, 86_400),
        default=DEEP_INTERVAL,
        metavar="SECONDS",
        help="time between whole walks, which do; sooner when something changes (default: %(default)g)",
    )
    add_walk_arguments(parser)
    _add_listeners(parser)
    parser.add_argument(
        "-v", dest="verbosity", action="count", default=0, help="log every walk and every step of the light ones"
    )


def _add_listeners(parser: Parser) -> None:
    parser.add_argument(
        "--listen",
        type=address,
        default=PUBLIC,
        metavar="ADDRESS",
        help="where /metrics, /healthz and /readyz are for everybody (default: %(default)s)",
    )
    parser.add_argument(
        "--private-listen",
        type=loopback_address,
        default=PRIVATE,
        metavar="ADDRESS",
        help="where the page and the report are, on loopback, for `kubectl port-forward` (default: %(default)s)",
    )
    parser.add_argument(
        "--ready-when-healthy", action="store_true", help="let /readyz fail while the verdict is not good"
    )


def execute(arguments: argparse.Namespace, console: Console) -> int:
    """Serve until a signal says to end; the exit code is 0 then."""
    wanted_of(arguments)
    with held_back():
        from probe.serve.http.server import HttpServer, ListenError, Listeners  # noqa: PLC0415 - it brings uvicorn

    gc.enable()  # `probe.short_life` turned it off, for runs that end
    log = ServeLog(console, verbose=arguments.verbosity > 0)
    listeners = Listeners(public=arguments.listen, private=arguments.private_listen)
    with _quiet_threads(log), _signals() as end, _no_later_than(LONGEST_END) as ending:
        whole = WholeWalks(console.again, _options(arguments), arguments.deadline)
        loop = _loop(arguments, console, whole, log)
        http = HttpServer(loop, listeners, log=log.logger, ready_when_healthy=arguments.ready_when_healthy)
        try:
            with http:
                log.started(**_settings(arguments), listen=str(http.public), private_listen=str(http.private))
                loop.start()
                os.read(end, 1)
                ending.start()
                whole.end()
                log.stopping()
        except ListenError as error:
            raise UsageError(str(error)) from error
        loop.stop()
    return 0


def _loop(arguments: argparse.Namespace, console: Console, whole: WholeWalks, log: ServeLog) -> Loop:
    # Whether sidecars spread out hangs on this, and nothing secret does.
    schedule = Schedule(arguments.interval, arguments.deep_interval, SystemRandom(), time.monotonic())
    light = LightWalks(_light_walk(arguments, console, log), arguments.deadline)
    rounds = Rounds(light, whole, schedule, log)
    return Loop(rounds, schedule, log, max(light.patience, whole.patience))


class _LightWalk:
    """The walk of this process: everything but what costs a call or brings keys."""

    def __init__(self, options: Options, console: Console, log: ServeLog) -> None:
        self._options, self._log = options, log
        self._surroundings = console.surroundings or real_surroundings()
        self._network = console.network or RealNetwork()

    def __call__(self) -> Evidence:
        listeners = (self._log,) if self._log.verbose else ()
        return walk(self._surroundings, self._network, self._options, listeners=listeners)[0]


def _light_walk(arguments: argparse.Namespace, console: Console, log: ServeLog) -> _LightWalk:
    options = Options(
        deadline_seconds=arguments.deadline,
        sts_allowed=not arguments.no_sts,
        skipped=SKIPPABLE,
        wanted=wanted_of(arguments),
    )
    return _LightWalk(options, console, log)


def _options(arguments: argparse.Namespace) -> Sequence[str]:
    """Return what whole walks are told besides, as words of `probe run`."""
    expect = ("--expect", arguments.expect) if arguments.expect else ()
    role = ("--expect-role", arguments.expect_role) if arguments.expect_role else ()
    switches = [option for option, is_on in (("--no-sts", arguments.no_sts), ("--checks", arguments.checks)) if is_on]
    return (*expect, *role, *switches, *_about_controller(arguments))


def _about_controller(arguments: argparse.Namespace) -> Iterator[str]:
    """Yield what whole walks are told of the controller, and whether they may read Kubernetes."""
    if arguments.controller is not None:
        yield from ("--controller", arguments.controller.title)
    yield from (f"--controller-argument={one}" for one in arguments.controller_argument)
    yield from ("--kubernetes", arguments.kubernetes)


def _settings(arguments: argparse.Namespace) -> dict[str, object]:
    return {
        "version": __version__,
        "interval_seconds": arguments.interval,
        "deep_interval_seconds": arguments.deep_interval,
        "deadline_seconds": arguments.deadline,
        "expect": arguments.expect,
        "expect_role": arguments.expect_role,
        "controller": None if arguments.controller is None else arguments.controller.title,
    }


@contextmanager
def _signals() -> Iterator[int]:
    """Turn SIGTERM and SIGINT into a byte on a pipe.

    The byte is written by the C handler, in whichever thread the kernel interrupts. A handler in Python runs in the
    main thread alone, and only once that returns from its system call: if another thread was interrupted, never.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    woken_before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    before = {number: signal.signal(number, no_more) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield reading
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(woken_before)
        os.close(reading)
        os.close(writing)


@contextmanager
def _no_later_than(seconds: float) -> Iterator[threading.Timer]:
    """Give what, once it is started, ends the process in time: a log that nobody reads can hold up whoever writes."""
    ending = threading.Timer(seconds, os._exit, (0,))
    ending.daemon = True
    try:
        yield ending
    finally:
        ending.cancel()


@contextmanager
def _quiet_threads(log: ServeLog) -> Iterator[None]:
    """Tell of a thread that a bug ended by type and place only: the message of an exception may quote a secret."""

    def tell(failure: threading.ExceptHookArgs) -> None:
        if failure.exc_value is not None:
            log.failed(crash_summary(failure.exc_value))

    before, threading.excepthook = threading.excepthook, tell
    try:
        yield
    finally:
        threading.excepthook = before
