"""`--controller` on the command line: explained, told in a report, and kept free of secrets."""

import json

import pytest

from tests.cli.conftest import Run


def test_a_controller_is_explained_verdict_first(probe: Run) -> None:
    ran = probe("explain", "--controller", "aws-node@1.15.4")
    lines = ran.stdout.splitlines()
    assert (ran.exit_code, lines[0]) == (0, "vpc-cni@1.15.4")
    assert lines[1].startswith("1.15.4 cannot use Pod Identity: the first release that can is 1.15.5.")
    assert "  - 1.15.4 and later: go-v1 1.47.0  <- this version" in lines


def test_without_a_name_the_controllers_are_listed(probe: Run) -> None:
    ran = probe("explain", "--controller")
    assert ran.exit_code == 0
    assert all(f"\n  {name} " in ran.stdout for name in ("aws-load-balancer-controller", "karpenter", "ack", "velero"))


def test_a_report_remembers_the_controller_its_version_and_its_flags(probe: Run) -> None:
    flags = ("--controller-argument=--aws-region=eu-central-1", "--controller-argument=--enable-shield=false")
    ran = probe("run", "--controller", "lbc@v2.9.1-eksbuild.2", *flags, "--format", "json")
    wanted = json.loads(ran.stdout)["evidence"]["wanted"]
    assert (wanted["controller"], wanted["controller_version"]) == ("aws-load-balancer-controller", "2.9.1")
    assert wanted["controller_arguments"] == ["--aws-region=eu-central-1", "--enable-shield=false"]


def test_a_key_among_the_flags_reaches_no_report(probe: Run) -> None:
    key = "AKIAEXAMPLEEXAMPLE7A"
    for form in ("json", "text"):
        ran = probe("run", "--controller", "karpenter", f"--controller-argument=--x={key}", "--format", form)
        assert key not in ran.stdout + ran.stderr
        assert ran.stdout


def test_needs_are_told_although_nothing_can_be_reached(probe: Run) -> None:
    ran = probe("run", "--controller", "karpenter@1.5.0", environment={"AWS_REGION": "eu-central-1"})
    assert "What karpenter@1.5.0 needs" in ran.stdout
    assert ran.stdout.startswith("BROKEN: ")


def test_without_a_controller_the_report_says_nothing_of_needs(probe: Run) -> None:
    assert "needs." not in probe("run", "--format", "json").stdout.partition('"sdks"')[0]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("karpenter", "unless AWS_REGION replaces it."),
        ("aws-load-balancer-controller@2.8.0", "unless --aws-region and --aws-vpc-id replace it."),
    ],
)
def test_what_replaces_imds_is_told_in_the_singular_or_plural(probe: Run, name: str, told: str) -> None:
    assert told in " ".join(probe("explain", "--controller", name).stdout.split())
