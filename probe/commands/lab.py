"""Run the probe in an imitation of the AWS side, on loopback and without privilege.

One scenario is run as its pod would see it; several, or --all, are held against what they expect. With --network the
scenarios are those that the kernel plays, between network namespaces (Linux, root).
"""

import argparse
import importlib.util
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from probe.arguments import FORMATS, Parser, nearest
from probe.console import Console, UsageError
from probe.lab import scenario as scenarios
from probe.lab.namespaces import CannotBuildError
from probe.lab.scenario import Scenario
from probe.secret import printable
from probe.tell.layout import Style, style_for, text_of
from probe.tell.units import milliseconds

if TYPE_CHECKING:
    from probe.lab.run import Checked

DIFFERENT = 1
"""Exit code when a scenario was not judged as it expects."""
MOST_JOBS = 16
EXTRA = ("h11", "trustme")
"""Packages of the extra `lab`: its servers and their certificates. The image has not all of them."""


def add_arguments(parser: Parser) -> None:
    """Declare what `probe lab` takes."""
    parser.takes_options_between_words = True
    parser.add_argument("action", choices=("list", "show", "run"), help="list all, show what one is about, or run")
    parser.add_argument(
        "scenarios", nargs="*", default=[], metavar="SCENARIO", help="names, as `probe lab list` gives them"
    )
    parser.add_argument("--all", action="store_true", help="run every scenario")
    parser.add_argument(
        "--network",
        nargs="*",
        metavar="SCENARIO",
        help="scenarios between network namespaces, which the kernel plays (Linux, root)",
    )
    parser.add_argument("--host-network", action="store_true", help="with --network: one scenario, seen from its node")
    parser.add_argument(
        "--jobs",
        type=int,
        choices=range(1, MOST_JOBS + 1),
        default=min(os.cpu_count() or 1, MOST_JOBS),
        metavar="N",
        help=f"how many run at a time, up to {MOST_JOBS} (default: one a processor)",
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="how a single run is told")
    parser.add_argument("-v", dest="verbosity", action="count", default=0, help="tell more of a single run")


def execute(arguments: argparse.Namespace, console: Console) -> int:
    """List, show or run; the exit code of a single run is the probe's."""
    is_network = arguments.network is not None
    asked = [*arguments.scenarios, *(arguments.network or [])]
    if arguments.host_network and (not is_network or arguments.all or len(asked) != 1):
        raise UsageError("--host-network goes with --network and one scenario")
    style = style_for(console.stdout, console.environment)
    folders = _folders(arguments.action, is_network=is_network)
    known = [name for folder in folders for name in scenarios.names(folder)]
    for name in asked:
        if name not in known:
            raise UsageError(f"there is no scenario {printable(name, 60)!r}{nearest(name, known)} (see probe lab list)")
    if arguments.action == "run":
        names = scenarios.names(folders[0]) if arguments.all else asked
        return _run(arguments, [scenarios.load(name, folders[0]) for name in names], console, style)
    for folder in folders:
        names = [name for name in scenarios.names(folder) if name in (asked or known)]
        console.say(text_of(_told(arguments.action, [scenarios.load(name, folder) for name in names], style)))
    return 0


def _folders(action: str, *, is_network: bool) -> tuple[Path, ...]:
    if is_network:
        return (scenarios.NETWORK_SCENARIOS,)
    return (scenarios.SCENARIOS,) if action == "run" else (scenarios.SCENARIOS, scenarios.NETWORK_SCENARIOS)


def _told(action: str, told: Sequence[Scenario], style: Style) -> Iterator[str]:
    if action == "show":
        yield from (line for scenario in told for line in _show(scenario, style))
        return
    if told:
        yield style.paint("On loopback" if told[0].network is None else "With --network (Linux, root)", "bold")
    yield from (line for scenario in told for line in _list(scenario, style))


def _list(scenario: Scenario, style: Style) -> Iterator[str]:
    yield from style.wrap(scenario.title, f"{scenario.name:<30}  ")


def _show(scenario: Scenario, style: Style) -> Iterator[str]:
    expect = scenario.expect
    yield style.paint(scenario.name, "bold")
    yield from style.wrap(scenario.title)
    yield ""
    for paragraph in scenario.story.strip().split("\n\n"):
        yield from [*style.wrap(paragraph), ""]
    verdict = " ".join(part for part in (expect.verdict or "OK", expect.certainty) if part)
    yield from style.wrap(f"{verdict}, exit code {expect.exit_code}", "Verdict      ")
    yield from style.wrap(", ".join(expect.findings) or "none", "Findings     ")
    if scenario.look_alike_of:
        yield from style.wrap(", ".join(scenario.look_alike_of), "Looks like   ")
    yield ""


def _run(arguments: argparse.Namespace, chosen: Sequence[Scenario], console: Console, style: Style) -> int:
    if not chosen:
        raise UsageError("name a scenario, or give --all (see probe lab list)")
    missing = [name for name in EXTRA if importlib.util.find_spec(name) is None]
    if missing:
        raise UsageError(f"the lab needs the package {missing[0]}: pip install 'aws-credential-probe[lab]'")
    from probe.lab.run import check_all, show_run  # noqa: PLC0415 - it needs what was just looked for

    try:
        if len(chosen) == 1 and not arguments.all:
            told = ["--format", arguments.format, *["-v"] * arguments.verbosity]
            return show_run(_from_its_node(chosen[0]) if arguments.host_network else chosen[0], told)
        different = 0
        for checked in check_all(chosen, arguments.jobs):
            console.say(text_of(_checked(checked, style)))
            different += bool(checked.differences)
    except CannotBuildError as error:
        raise UsageError(str(error)) from error
    console.say(f"{len(chosen)} scenarios, {different} not as expected\n")
    return DIFFERENT if different else 0


def _from_its_node(scenario: Scenario) -> Scenario:
    network = scenario.network and replace(scenario.network, host_network=True)
    return replace(scenario, network=network)


def _checked(checked: "Checked", style: Style) -> Iterator[str]:
    word = style.paint("differs", "red") if checked.differences else style.paint("ok", "green") + "     "
    took = milliseconds(checked.ran.seconds * 1000)
    yield f"{word}  {checked.scenario.name:<44} exit {checked.ran.exit_code:>3} {took:>7}"
    for difference in checked.differences:
        yield from style.wrap(difference, "         - ")
