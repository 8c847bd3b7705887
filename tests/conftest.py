"""What holds for every test: nothing leaves loopback, and nothing of the tester's own AWS set-up is seen."""

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests import loopback_guard

loopback_guard.install()
# A shell that runs tests in the background has them ignore Ctrl-C, and what they start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
# How long an example takes says how busy the machine is.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


@pytest.fixture(autouse=True)
def _nothing_leaves_loopback() -> Iterator[None]:
    """Fail a test that tried, even where the code under test swallowed the exception."""
    loopback_guard.attempts.clear()
    yield
    tried, loopback_guard.attempts[:] = tuple(loopback_guard.attempts), ()
    assert not tried


@pytest.fixture(autouse=True)
def _no_aws_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the tester's own variables away, so that no test passes or fails because of them."""
    for name in [name for name in os.environ if name.startswith("AWS_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
