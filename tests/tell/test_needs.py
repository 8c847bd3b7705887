"""What the controller needs, as the text report tells it under the verdict."""

from dataclasses import replace

import pytest

from probe.evidence import Ending, Exchange, Facts, Outcome, Step, Wanted
from probe.evidence.discovery import FoundValue, Looked, LookedAt
from probe.evidence.exchange import Connection
from probe.evidence.needs import (
    AwsAnswer,
    AwsEndpoint,
    AwsRead,
    Endpoints,
    Permissions,
    ReachedEndpoint,
    SimulatedAction,
    WritePermissions,
)
from probe.findings.catalogue.entry import Severity
from probe.report import Report
from probe.tell.layout import Style
from probe.tell.text import tell_text
from probe.tell.text.needed import Need, needs_of
from tests.tell import samples

PLAIN = Style()
REGION = "eu-central-1"
SIMULATE = AwsRead(action="iam:SimulatePrincipalPolicy")


def report(*steps: Step, controller: str | None = "karpenter", version: str | None = "1.5.0") -> Report:
    good = samples.good()
    wanted = Wanted(controller=controller, controller_version=version, checks=True)
    evidence = replace(good.evidence, wanted=wanted, steps=(*good.evidence.steps, *steps))
    return replace(good, evidence=evidence)


def step(name: str, facts: Facts | None, outcome: Outcome = Outcome.OK, reason: str | None = None) -> Step:
    return Step(id=f"needs.{name}", outcome=outcome, facts=facts, reason=reason)


def reached(service: str, ending: Ending = Ending.CONNECTED, flag: str | None = None) -> ReachedEndpoint:
    host = f"{service}.{REGION}.amazonaws.com"
    return ReachedEndpoint(
        endpoint=AwsEndpoint(service=service, region=REGION, host=host, host_from="regional"),
        connection=Connection(host=host, port=443, ending=ending),
        optional_flag=flag,
        why="what it is for",
    )


def read(action: str, code: str | None = None, *, essential: bool = True, reason: str | None = None) -> AwsRead:
    exchange = Exchange(method="POST", url="https://ec2/", ending=Ending.ANSWERED, status=403 if code else 200)
    answer = AwsAnswer(exchange=exchange, endpoint="ec2", region=REGION, service="ec2", operation="Describe", code=code)
    return AwsRead(action=action, answer=None if reason else answer, reason=reason, why="its use", essential=essential)


def told(*steps: Step) -> list[tuple[str, str, str]]:
    return [(need.outcome, need.name, need.text) for need in needs_of(report(*steps))]


def section(told_report: Report, style: Style = PLAIN) -> str:
    (found,) = [part for part in tell_text(told_report, style).split("\n\n") if part.startswith("What karpenter")]
    return " ".join(found.split())


def test_the_needs_stand_under_the_verdict_and_before_the_steps() -> None:
    text = tell_text(report(step("region", None, Outcome.SKIPPED, "cut")), PLAIN)
    assert text.index("OK: ") < text.index("What karpenter@1.5.0 needs") < text.index("\nSteps\n")


def test_without_a_question_there_is_no_section() -> None:
    assert needs_of(samples.good()) == ()
    assert "What AWS was asked" not in tell_text(samples.good(), PLAIN)


def test_checks_without_a_controller_have_a_title_of_their_own() -> None:
    asked = report(step("instance", None, Outcome.SKIPPED, "no keys"), controller=None, version=None)
    assert "What AWS was asked besides" in tell_text(asked, PLAIN)


def test_what_was_found_says_where_it_came_from() -> None:
    found = FoundValue(looked_at=(LookedAt(place="AWS_REGION", looked=Looked.FOUND, value=REGION),))
    assert told(step("region", found)) == [("ok", "region", "eu-central-1, from AWS_REGION")]


def test_what_is_missing_says_which_flag_gives_it() -> None:
    missing = FoundValue(
        looked_at=(
            LookedAt(place="--aws-vpc-id", looked=Looked.NOT_GIVEN),
            LookedAt(place="meta-data/mac", looked=Looked.NO_ANSWER),
        )
    )
    asked = report(step("vpc-id", missing, Outcome.FAIL))
    broken = replace(asked, verdict=replace(asked.verdict, code="metadata-needed-unreachable", exit_code=94))
    assert [(need.outcome, need.name, need.text) for need in needs_of(broken)] == [
        ("fail", "VPC id", "not found (--aws-vpc-id: not given; meta-data/mac: no answer); give it with --aws-vpc-id")
    ]


def test_what_no_finding_holds_against_the_controller_is_not_told_as_failed() -> None:
    missing = FoundValue(looked_at=(LookedAt(place="meta-data/mac", looked=Looked.NO_ANSWER),))
    assert told(step("vpc-id", missing, Outcome.FAIL)) == [
        ("skipped", "VPC id", "not found from here (meta-data/mac: no answer), which proves nothing for the controller")
    ]


def test_what_could_not_be_found_out_is_not_told_as_missing() -> None:
    unknown = FoundValue(looked_at=(LookedAt(place="the selectors", looked=Looked.UNKNOWN),))
    ((outcome, _, text),) = told(step("vpc-id", unknown, Outcome.SKIPPED, "not read from here"))
    assert (outcome, text) == ("skipped", "not known: not read from here")


def test_an_endpoint_that_is_missing_has_a_line_with_the_flag_that_does_without_it() -> None:
    endpoints = Endpoints(
        region=REGION,
        region_from="AWS_REGION",
        reached=(
            reached("sts"),
            reached("ec2"),
            reached("acm", Ending.CONNECT_TIMEOUT),
            reached("wafv2", Ending.CONNECT_TIMEOUT, "--enable-wafv2=false"),
        ),
        turned_off=("shield",),
    )
    lines = told(step("endpoints", endpoints, Outcome.FAIL))
    assert lines[0] == ("ok", "endpoints", "sts, ec2 reached")
    assert lines[1][:2] == ("fail", "acm")
    assert lines[2][:2] == ("warn", "wafv2")
    assert lines[2][2].endswith("connect timeout (what it is for); --enable-wafv2=false does without")
    assert lines[3] == ("absent", "endpoints", "turned off by flags: shield")


def test_permissions_are_told_as_allowed_denied_and_not_known() -> None:
    reads = (
        read("ec2:A"),
        read("ec2:B", "DryRunOperation"),
        read("ec2:C", "UnauthorizedOperation"),
        read("ec2:D", "AccessDenied", essential=False),
        read("ec2:E", "RequestLimitExceeded"),
        read("ec2:F", reason="the bucket is not known"),
    )
    assert told(step("permissions", Permissions(reads=reads), Outcome.FAIL)) == [
        ("ok", "permissions", "ec2:A, ec2:B allowed"),
        ("fail", "permissions", "ec2:C denied (its use)"),
        ("warn", "permissions", "ec2:D denied (its use)"),
        ("skipped", "permissions", "ec2:E not known: RequestLimitExceeded"),
        ("skipped", "permissions", "ec2:F not known: the bucket is not known"),
    ]


def test_a_denial_that_rests_on_what_a_simulation_cannot_know_is_not_told_as_one() -> None:
    actions = (
        SimulatedAction(action="ec2:RunInstances", decision="allowed"),
        SimulatedAction(action="iam:PassRole", decision="implicitDeny"),
        SimulatedAction(action="ec2:CreateTags", decision="implicitDeny", missing_context=("aws:RequestTag/x",)),
    )
    lines = told(step("write-permissions", WritePermissions(read=SIMULATE, actions=actions), Outcome.WARN))
    assert [outcome for outcome, _, _ in lines] == ["ok", "fail", "skipped"]
    assert "aws:RequestTag/x" in lines[2][2]


def test_what_was_not_asked_says_why() -> None:
    assert told(step("subnets", None, Outcome.SKIPPED, "the VPC's id is not known")) == [
        ("skipped", "subnets", "not asked: the VPC's id is not known")
    ]


@pytest.mark.parametrize("style", [PLAIN, Style(unicode=False)])
def test_the_section_is_as_wide_as_the_report(style: Style) -> None:
    long = Permissions(reads=tuple(read(f"elasticloadbalancing:DescribeSomething{number}") for number in range(30)))
    lines = tell_text(report(step("permissions", long)), style).splitlines()
    assert "and 18 more allowed" in section(report(step("permissions", long)), style)
    assert [line for line in lines if len(line) > 80 and line.startswith(("  ✓ perm", "  ok   perm"))] == []


def test_each_need_names_the_step_that_looked_at_it() -> None:
    assert needs_of(report(step("subnets", None, Outcome.SKIPPED, "cut"))) == (
        Need(step="needs.subnets", outcome=Outcome.SKIPPED, name="subnets", text="not asked: cut"),
    )


@pytest.mark.parametrize(
    ("severity", "outcome"),
    [(Severity.ERROR, Outcome.FAIL), (Severity.WARNING, Outcome.WARN), (Severity.NOTE, Outcome.OK)],
)
def test_what_was_read_and_does_not_do_is_marked_as_its_finding_says(severity: Severity, outcome: Outcome) -> None:
    read_well = report(step("endpoints", Endpoints(region=REGION, region_from="AWS_REGION", reached=(reached("ec2"),))))
    finding = replace(samples.HOP_LIMIT, step="needs.endpoints", severity=severity)
    (need,) = needs_of(replace(read_well, findings=(finding,)))
    assert need.outcome is outcome
    assert need.text.endswith(": imds-hop-limit") is (outcome is not Outcome.OK)
