"""Command-line arguments: parsed without a usage dump, checked where they are read, complained of in one line."""

import argparse
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, NoReturn

from probe.console import Console, Finished, UsageError
from probe.secret import printable, without_key_shapes

if TYPE_CHECKING:
    from probe.controllers import Chosen
    from probe.evidence import Wanted

FORMATS = ("text", "short", "json", "npd")
LONGEST_ARGUMENT = 512
"""Characters of one flag of a controller."""


class Parser(argparse.ArgumentParser):
    """The standard parser, with a single line for a mistake and the console for its help."""

    def __init__(self, command: str, description: str, console: Console) -> None:
        super().__init__(prog=f"probe {command}", description=description, allow_abbrev=False)
        self._command = command
        self._console = console
        self.takes_options_between_words = False
        """Argparse cannot do this together with words that exclude an option, so a command asks for it."""

    def read(self, words: Sequence[str], into: argparse.Namespace) -> None:
        """Parse a command line into a namespace."""
        parse = self.parse_intermixed_args if self.takes_options_between_words else self.parse_args
        parse(words, into)

    def error(self, message: str) -> NoReturn:
        """Refuse the command line."""
        text = printable(message.removeprefix("argument "), 300)
        raise UsageError(f"{text} (see probe {self._command} --help)")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """End after --help."""
        del status, message
        raise Finished

    def print_help(self, file: object = None) -> None:
        """Write the help to the console."""
        del file
        self._console.say(self.format_help())


def add_report_arguments(parser: Parser) -> None:
    """Add what every command that tells a report takes."""
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to tell it (default: %(default)s)")
    parser.add_argument(
        "--sdk", action="append", default=[], metavar="NAME[@VERSION]", help="tell of this SDK only; may be repeated"
    )
    parser.add_argument("--exit-zero", action="store_true", help="exit with 0 whatever the verdict")
    parser.add_argument(
        "-v",
        dest="verbosity",
        action="count",
        default=0,
        help="also tell what each finding was told apart from, and every SDK with its reasons",
    )


def add_need_arguments(parser: Parser) -> None:
    """Add what every command that walks takes about the controller, and about what may be read besides the chain."""
    parser.add_argument(
        "--controller",
        type=controller,
        metavar="NAME[@VERSION]",
        help="also check what this controller needs beyond credentials; `probe explain --controller` lists them",
    )
    parser.add_argument(
        "--controller-argument",
        action="append",
        default=[],
        type=controller_argument,
        metavar="FLAG=VALUE",
        help="a flag of the controller, as in --controller-argument=--aws-region=eu-central-1; may be repeated",
    )
    parser.add_argument(
        "--checks", action="store_true", help="ask AWS, with reads only, what makes a likely cause certain"
    )
    parser.add_argument(
        "--kubernetes",
        choices=("auto", "off"),
        default="auto",
        help="read this pod's own Kubernetes objects where its token may (default: %(default)s)",
    )


def wanted_of(arguments: argparse.Namespace) -> "Wanted":
    """Return what `--expect` and the options of `add_need_arguments` ask for. Raises UsageError where they disagree."""
    from probe.evidence import Wanted  # noqa: PLC0415 - for the commands that walk

    if arguments.expect == "none" and arguments.expect_role:
        raise UsageError("--expect none and --expect-role contradict each other")
    if arguments.controller_argument and arguments.controller is None:
        raise UsageError("--controller-argument is of no use without --controller")
    chosen = arguments.controller
    return Wanted(
        source=arguments.expect,
        role_arn=arguments.expect_role,
        controller=None if chosen is None else chosen.profile.name,
        controller_version=None if chosen is None else chosen.version,
        controller_arguments=tuple(arguments.controller_argument),
        checks=arguments.checks,
    )


def controller(text: str) -> "Chosen":
    """Read `NAME` or `NAME@VERSION`."""
    from probe.controllers import ControllerError, find  # noqa: PLC0415 - most command lines name no controller

    try:
        return find(text)
    except ControllerError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def controller_argument(text: str) -> str:
    """Read one flag of a controller. What it holds goes into the report, so nothing secret and nothing endless."""
    if len(text) > LONGEST_ARGUMENT or not text.isprintable():
        raise argparse.ArgumentTypeError(f"not one line of at most {LONGEST_ARGUMENT} characters")
    return without_key_shapes(text)


def seconds(low: float, high: float) -> Callable[[str], float]:
    """Return a reader of seconds between two bounds."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(
                f"{printable(text, 40)!r} is not a number of seconds from {low:g} to {high:g}"
            )
        return value

    return read


def role_arn(text: str) -> str:
    """Read the ARN of a role. A partition that this version does not know is let through: AWS may have added one."""
    from probe.parse.arn import ArnProblem, read_role_arn  # noqa: PLC0415 - most command lines name no role

    read = read_role_arn(text)
    if isinstance(read, ArnProblem) and read.certain:
        place = "" if read.position is None else f" (character {read.position + 1}: {read.found!r})"
        raise argparse.ArgumentTypeError(f"{read.sentence}{place} Expected: {read.expected}")
    return text


def nearest(name: str, known: Collection[str]) -> str:
    """Return `; did you mean …?` for a name that is close to known ones, else nothing."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistake pays for it

    close = get_close_matches(name[:80], known, n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(close)}?" if close else ""
