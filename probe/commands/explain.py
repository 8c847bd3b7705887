"""Explain a finding, the exit codes, a controller, or the lines of a log. Asks nobody, works anywhere."""

import argparse

from probe.arguments import Parser, nearest
from probe.console import Console, UsageError
from probe.secret import printable
from probe.tell.layout import Style, style_for, text_of

LARGEST_LOG = 4 * 1024 * 1024
"""Bytes; `probe.loglines` looks at no more."""


def add_arguments(parser: Parser) -> None:
    """Declare what `probe explain` takes."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument("code", nargs="?", metavar="CODE", help="a finding's code; without it, all of them are listed")
    what.add_argument("--exit-codes", action="store_true", help="the table of exit codes")
    what.add_argument("--schema", action="store_true", help="the JSON Schema of --format json")
    what.add_argument(
        "--controller",
        nargs="?",
        const="",
        metavar="NAME[@VERSION]",
        help="what a controller needs; alone, which are known",
    )
    what.add_argument("--log", metavar="FILE", help="name the findings behind the lines of a log; - reads a pipe")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to tell what --log found")


def execute(arguments: argparse.Namespace, console: Console) -> int:
    """Explain; the exit code is 0."""
    console.say(_explained(arguments, style_for(console.stdout, console.environment)))
    return 0


def _explained(arguments: argparse.Namespace, style: Style) -> str:
    # Each branch imports what it needs: this command must answer at once.
    if arguments.schema:
        from probe.tell.schema import schema_text  # noqa: PLC0415 - only for this question

        return schema_text()
    if arguments.log is not None:
        return _log(arguments, style)
    if arguments.controller is not None:
        return _controller(arguments.controller, style)
    if arguments.exit_codes:
        from probe.tell.exit_codes import tell_exit_codes  # noqa: PLC0415 - only for this question

        return tell_exit_codes(style)
    from probe.tell.explained import tell_index  # noqa: PLC0415 - only for this question

    return tell_index(style) if arguments.code is None else _code(arguments.code, style)


def _code(code: str, style: Style) -> str:
    from probe.findings.catalogue import CATALOGUE  # noqa: PLC0415 - only for this question
    from probe.tell.explained import tell_entry  # noqa: PLC0415 - only for this question

    found = CATALOGUE.get(code)
    if found is None:
        raise UsageError(f"no finding has the code {printable(code, 60)!r}{nearest(code, CATALOGUE)}")
    return tell_entry(found, style)


def _controller(text: str, style: Style) -> str:
    from probe.controllers import ControllerError, find  # noqa: PLC0415 - only for this question
    from probe.tell.controllers import tell_profile, tell_profiles  # noqa: PLC0415 - only for this question

    try:
        return tell_profile(find(text), style) if text else tell_profiles(style)
    except ControllerError as error:
        raise UsageError(f"--controller: {error}") from error


def _log(arguments: argparse.Namespace, style: Style) -> str:
    from probe.input import read_bounded  # noqa: PLC0415 - only for this question
    from probe.loglines import read_log  # noqa: PLC0415 - only for this question
    from probe.tell.log_matches import log_matches_json, log_matches_text  # noqa: PLC0415 - only for this question

    matches = read_log(read_bounded(arguments.log, LARGEST_LOG)[:LARGEST_LOG].decode("utf-8", "replace"))
    if arguments.format == "json":
        return log_matches_json(matches) + "\n"
    return text_of(style.block(log_matches_text(matches).rstrip("\n")))
