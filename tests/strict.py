"""A pytest plugin (`-p tests.strict`): with STRICT=1 in the environment, a skipped test fails the run.

Where nothing may be missing, as in CI, a skip is a test that nobody notices is gone. An expected failure is no skip.
"""

import os
from dataclasses import dataclass, field

import pytest


@dataclass(eq=False)  # pytest keeps plugins in sets
class Strict:
    """Collects what was skipped; under xdist only the controller decides, to which workers send all reports."""

    skipped: list[str] = field(default_factory=list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """See a test's phase."""
        if report.skipped and not hasattr(report, "wasxfail"):
            self.skipped.append(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """See a collected file: `pytest.importorskip` skips all of it."""
        if report.skipped:
            self.skipped.append(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run that would have passed."""
        if self.skipped and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say why."""
        if self.skipped:
            terminalreporter.section("strict: nothing may be skipped", sep="=", red=True)
            for nodeid in self.skipped:
                terminalreporter.line(f"SKIPPED {nodeid}")


def pytest_configure(config: pytest.Config) -> None:
    """Be strict if it is asked for."""
    if os.environ.get("STRICT", "") not in {"", "0"}:
        config.pluginmanager.register(Strict(), "strict-skips")
