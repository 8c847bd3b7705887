"""Judge a report again that was saved with --format json: on any machine, with the rules of this version."""

import argparse

from probe.arguments import Parser, add_report_arguments
from probe.console import Console, UsageError
from probe.input import read_bounded
from probe.judge import judge
from probe.saved import LARGEST_REPORT, NotAReportError, load_evidence
from probe.secret import printable
from probe.tell.reports import Telling, tell


def add_arguments(parser: Parser) -> None:
    """Declare what `probe diagnose` takes."""
    parser.add_argument("report", metavar="REPORT.json", help="the saved report; - reads standard input")
    add_report_arguments(parser)


def execute(arguments: argparse.Namespace, console: Console) -> int:
    """Judge, tell, and return the verdict's exit code."""
    telling = Telling.of(arguments)
    try:
        evidence = load_evidence(read_bounded(arguments.report, LARGEST_REPORT))
    except NotAReportError as error:
        raise UsageError(f"{printable(arguments.report, 200)} cannot be judged: {error}") from error
    return tell(judge(evidence), telling, console)
