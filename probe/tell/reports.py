"""A report in the format that was asked for, and the exit code that goes with it."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module

from probe.console import Console
from probe.records import dataclass
from probe.report import Report
from probe.tell.chosen_sdks import ChosenSdk, predictions_of, read_chosen_sdk
from probe.tell.layout import Style, style_for

Teller = Callable[[Report, Style], str]

_TELLERS = {
    "text": ("probe.tell.text", "tell_text"),
    "short": ("probe.tell.short", "tell_short"),
    "json": ("probe.tell.document", "tell_json"),
    "npd": ("probe.tell.npd", "tell_npd"),
}


@dataclass(frozen=True, kw_only=True)
class Telling:
    """How a report is to be told."""

    form: str
    sdks: tuple[ChosenSdk, ...]
    """Of which SDKs alone; empty for all."""
    exit_zero: bool
    verbosity: int

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> "Telling":
        """Read what `add_report_arguments` declared. Raises UsageError for an unknown SDK."""
        return cls(
            form=arguments.format,
            sdks=tuple(map(read_chosen_sdk, arguments.sdk)),
            exit_zero=arguments.exit_zero,
            verbosity=arguments.verbosity,
        )


def tell(report: Report, telling: Telling, console: Console) -> int:
    """Write the report to standard output; return the exit code."""
    if telling.sdks:
        report = replace(report, sdks=predictions_of(telling.sdks, report.sdks))
    style = style_for(console.stdout, console.environment, details=telling.verbosity > 0)
    style = replace(style, every_sdk=bool(telling.sdks))
    console.say(_teller(telling.form)(report, style))
    return _exit_code(report, telling)


def _teller(form: str) -> Teller:
    module, name = _TELLERS[form]
    teller: Teller = getattr(import_module(module), name)
    return teller


def _exit_code(report: Report, telling: Telling) -> int:
    if telling.exit_zero:
        return 0
    if telling.form == "npd":
        from probe.tell.npd import npd_exit_code  # noqa: PLC0415 - beside its teller

        return npd_exit_code(report)
    return report.verdict.exit_code
