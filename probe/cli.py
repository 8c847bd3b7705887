"""The command line: which command, and how everything ends.

Commands are imported when they are called: `probe explain` must answer at once, and a walk needs much more.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, TextIO, cast

from probe import __version__
from probe.again import Again
from probe.arguments import Parser, nearest
from probe.console import Console, Finished, UsageError, standard_console
from probe.secret import printable
from probe.signals import Terminated, code_of, held_back

if TYPE_CHECKING:
    from probe.surroundings import Surroundings
    from probe.wire.network import Network

COMMANDS = {
    "run": "walk the credential chain and say where it breaks (the default)",
    "explain": "explain a finding, an exit code or a log; works anywhere",
    "diagnose": "judge a saved JSON report again, on any machine",
    "serve": "walk again and again beside an application, and show it to Prometheus and people",
    "manifest": "print a manifest that puts the probe into a workload's place",
    "lab": "run the probe in an imitation of AWS on loopback",
}
DEFAULT_COMMAND = "run"
BAD_USAGE = 64


class Command(Protocol):
    """What a module in `probe.commands` offers. Its docstring is the description that --help prints."""

    __doc__: str | None

    def add_arguments(self, parser: Parser) -> None:
        """Declare what it takes."""

    def execute(self, arguments: argparse.Namespace, console: Console) -> int:
        """Do it; return the exit code. Raises UsageError for what the user must change."""


def main(
    argv: Sequence[str] | None = None,
    *,
    surroundings: "Surroundings | None" = None,
    network: "Network | None" = None,
    stdout: TextIO | None = None,
    stderr: TextIO | None = None,
    again: Again | None = None,
) -> int:
    """Run one command line; return its exit code. Without surroundings and network it is the real world."""
    own = standard_console()
    console = Console(
        stdout=stdout or own.stdout,
        stderr=stderr or own.stderr,
        surroundings=surroundings,
        network=network,
        again=again or own.again,
    )
    words, arguments = list(sys.argv[1:] if argv is None else argv), argparse.Namespace()
    try:
        command, parser, rest = _command(words, console)
        parser.read(rest, arguments)
        return command.execute(arguments, console)
    except Finished:
        return 0
    except UsageError as error:
        console.complain(f"probe: {error}")
        return BAD_USAGE
    except (KeyboardInterrupt, Terminated) as end:
        return code_of(end, words)
    except Exception as error:  # noqa: BLE001 - a bug of ours, told as one
        return _failed(error, arguments, console)


def _command(argv: list[str], console: Console) -> tuple[Command, Parser, list[str]]:
    name = argv[0] if argv else DEFAULT_COMMAND
    if name in {"-h", "--help"}:
        console.say(_overview())
        raise Finished
    if name == "--version":
        console.say(f"probe {__version__}\n")
        raise Finished
    rest = argv[1:] if name in COMMANDS else argv
    name = DEFAULT_COMMAND if name.startswith("-") else name
    if name not in COMMANDS:
        raise UsageError(f"there is no command {printable(name, 40)!r}{nearest(name, COMMANDS)} (see probe --help)")
    with held_back():
        command = cast("Command", import_module(f"probe.commands.{name}"))
    parser = Parser(name, command.__doc__ or "", console)
    command.add_arguments(parser)
    return command, parser, rest


def _overview() -> str:
    commands = "".join(f"  probe {name:<10} {told}\n" for name, told in COMMANDS.items())
    return (
        "probe walks the AWS credential chain inside a pod, step by step, and says exactly\n"
        "where it breaks, how sure it is, what each SDK would do, and how to fix it.\n\n"
        f"{commands}\n"
        "Each command has its own --help. probe --version tells the version.\n"
    )


def _failed(error: Exception, arguments: argparse.Namespace, console: Console) -> int:
    """Tell of a bug of the probe's own, without anything that could be a secret."""
    from probe.tell import crash  # noqa: PLC0415 - needed only here

    console.complain(crash.crash_frames(error), end="")
    console.say(crash.crash_report(error, getattr(arguments, "format", "text")))
    path = getattr(arguments, "termination_message", None)
    if path:
        from probe.tell.termination import line_of, write_message  # noqa: PLC0415 - as above

        write_message(path, line_of(crash.crash_fields(error)))
    return crash.EXIT_CODE
