"""A probe that is short of processor time reads late what came early; the kernel's own count says so."""

from dataclasses import replace

from probe.report import Certainty
from tests.findings.imds_building import answered, found, imds_steps, pod, unanswered

STALLED = (unanswered("PUT"), unanswered("PUT"))
READ_LATE = replace(answered("GET", 401, ms=900.0), kernel_wait_ms=2.0)
CAME_LATE = replace(answered("GET", 401, ms=900.0), kernel_wait_ms=890.0)
UNKNOWN = answered("GET", 401, ms=900.0)


def test_gets_that_came_at_once_and_were_read_late_leave_the_hop_limit_certain() -> None:
    seen = found(pod(*imds_steps(puts=STALLED, gets=(READ_LATE, READ_LATE))))
    assert seen["imds-hop-limit"].certainty is Certainty.CERTAIN


def test_gets_that_came_late_do_not() -> None:
    for late in (CAME_LATE, UNKNOWN):
        seen = found(pod(*imds_steps(puts=STALLED, gets=(READ_LATE, late))))
        assert seen["imds-hop-limit"].certainty is Certainty.LIKELY
