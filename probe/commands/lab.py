"""Run the probe in an imitation of the AWS side, on loopback and without privilege.

One scenario is run as its pod would see it; several, or --all, are held against what they expect.
"""

import argparse
import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from probe.arguments import FORMATS, Parser, nearest
from probe.console import Console, UsageError
from probe.lab import scenario as scenarios
from probe.lab.scenario import Scenario
from probe.secret import printable
from probe.tell.layout import Style, style_for, text_of
from probe.tell.units import milliseconds

if TYPE_CHECKING:
    from probe.lab.run import Checked

DIFFERENT = 1
"""Exit code when a scenario was not judged as it expects."""
MOST_JOBS = 16


def add_arguments(parser: Parser) -> None:
    """Declare what `probe lab` takes."""
    parser.add_argument("action", choices=("list", "show", "run"), help="list all, show what one is about, or run")
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help="names, as `probe lab list` gives them")
    parser.add_argument("--all", action="store_true", help="run every scenario")
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
    known = scenarios.names()
    for name in arguments.scenarios:
        if name not in known:
            raise UsageError(f"there is no scenario {printable(name, 60)!r}{nearest(name, known)} (see probe lab list)")
    style = style_for(console.stdout, console.environment)
    if arguments.action == "run":
        return _run(arguments, known, console, style)
    names = arguments.scenarios or known
    tell = _list if arguments.action == "list" else _show
    console.say(text_of(line for name in names for line in tell(scenarios.load(name), style)))
    return 0


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


def _run(arguments: argparse.Namespace, known: Sequence[str], console: Console, style: Style) -> int:
    names = known if arguments.all else arguments.scenarios
    if not names:
        raise UsageError("name a scenario, or give --all (see probe lab list)")
    try:
        from probe.lab.run import check_all, show_run  # noqa: PLC0415 - its certificates need an extra package
    except ModuleNotFoundError as error:
        raise UsageError(f"the lab needs the package {error.name}: pip install 'aws-credential-probe[lab]'") from error
    if len(names) == 1 and not arguments.all:
        return show_run(scenarios.load(names[0]), ["--format", arguments.format, *["-v"] * arguments.verbosity])
    different = 0
    for checked in check_all(names, arguments.jobs):
        console.say(text_of(_checked(checked, style)))
        different += bool(checked.differences)
    console.say(f"{len(names)} scenarios, {different} not as expected\n")
    return DIFFERENT if different else 0


def _checked(checked: "Checked", style: Style) -> Iterator[str]:
    word = style.paint("differs", "red") if checked.differences else style.paint("ok", "green") + "     "
    took = milliseconds(checked.ran.seconds * 1000)
    yield f"{word}  {checked.scenario.name:<44} exit {checked.ran.exit_code:>3} {took:>7}"
    for difference in checked.differences:
        yield from style.wrap(difference, "         - ")
