"""How times and processes are spelled out."""

import pytest

from probe.evidence import Process
from probe.findings.words import ended, lasting, runs_as


@pytest.mark.parametrize(
    ("groups", "told"),
    [((), "none"), ((65532,), "none"), ((65532, 2000), "2000"), ((2000, 65532, 2000, 3), "2000, 3")],
)
def test_a_group_of_a_process_is_told_once(groups: tuple[int, ...], told: str) -> None:
    process = Process(user=1000, group=65532, groups=groups)
    assert runs_as(process) == f"user 1000, group 65532, other groups {told}"


@pytest.mark.parametrize(("seconds", "told"), [(119, "119 s"), (-120, "2 minutes"), (7200, "2 hours"), (2e5, "2 days")])
def test_a_length_of_time_is_told_in_its_largest_whole_unit(seconds: float, told: str) -> None:
    assert lasting(seconds) == told


def test_an_error_without_a_name_of_the_systems_is_told_without_one() -> None:
    assert ended("connect-timeout", None) == "connect timeout"
    assert ended("refused", "ECONNREFUSED") == "refused (ECONNREFUSED)"
