"""What a controller finds out by itself: metadata, VPC, subnets."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from probe.evidence.answers import Attempts, InstanceMetadata
from probe.evidence.configuration import ImdsVariables
from probe.evidence.discovery import FoundValue, Looked, LookedAt, Subnets
from probe.evidence.exchange import Connection, Ending
from probe.evidence.needs import AwsAnswer, AwsRead
from probe.evidence.subnet import Subnet
from probe.evidence.walked import Outcome, Step
from probe.evidence.wanted import Wanted
from probe.findings import discovery
from probe.findings.case import Case
from probe.findings.catalogue.entry import Severity
from probe.report import Certainty, Finding
from tests.findings.building import exchange, judged, pod, step
from tests.findings.sts_building import Irsa, post

LBC = "aws-load-balancer-controller"
IMDS_PLACE = "meta-data/network/interfaces/macs/MAC/vpc-id"
FLAGS = ("--cluster-name=shop",)
SILENT = step("imds.token", Attempts(exchanges=(exchange(None, Ending.NO_ANSWER),)), Outcome.FAIL)
CONNECTED = step("imds.connect", Connection(host="169.254.169.254", port=80, ending=Ending.CONNECTED))


def wanted(*steps: Step, controller: str = LBC, version: str | None = "2.13.0", flags: tuple[str, ...] = FLAGS) -> Case:
    """A pod with working web identity, for a controller."""
    case = pod(*Irsa().steps(), *steps)
    told = Wanted(controller=controller, controller_version=version, controller_arguments=flags)
    return Case(replace(case.evidence, wanted=told))


def found(case: Case) -> dict[str, Finding]:
    return judged(case, discovery.RULES)


def read(code: str | None = None, keys_of: str = "web-identity") -> AwsRead:
    answer = AwsAnswer(
        exchange=post(), endpoint="ec2", region="eu-central-1", service="ec2", operation="DescribeVpcs", code=code
    )
    return AwsRead(action="ec2:DescribeVpcs", keys_of=keys_of, answer=answer)


def looked(place: str, what: Looked, **more: Any) -> LookedAt:  # noqa: ANN401 - fields of the record
    return LookedAt(place=place, looked=what, **more)


def vpc_step(*places: LookedAt, outcome: Outcome = Outcome.FAIL, **more: Any) -> Step:  # noqa: ANN401 - as above
    return step("needs.vpc-id", FoundValue(looked_at=places, **more), outcome)


NOT_GIVEN = (looked("--aws-vpc-id", Looked.NOT_GIVEN), looked("--aws-vpc-tags", Looked.NOT_GIVEN))
OUT_OF_REACH = looked(IMDS_PLACE, Looked.NO_ANSWER, note="step imds.token failed")
NO_NODE_NAME = looked("NODENAME", Looked.NOT_GIVEN)
NO_VPC = vpc_step(*NOT_GIVEN, OUT_OF_REACH, NO_NODE_NAME)


def test_nothing_is_said_where_no_controller_was_named() -> None:
    assert judged(pod(*Irsa().steps(), NO_VPC, SILENT), discovery.RULES) == {}


def test_a_vpc_id_that_only_imds_could_tell_is_a_need_and_not_a_credential() -> None:
    finding = found(wanted(CONNECTED, SILENT, NO_VPC))["metadata-needed-unreachable"]
    assert (finding.certainty, finding.severity) == (Certainty.CERTAIN, Severity.ERROR)
    assert "takes the VPC's id from IMDS" in finding.summary
    assert finding.source == "needs"


def test_explicit_values_come_before_the_hop_limit() -> None:
    finding = found(wanted(CONNECTED, SILENT, NO_VPC))["metadata-needed-unreachable"]
    commands = [remedy.command or "" for remedy in finding.remedies]
    explicit = next(place for place, command in enumerate(commands) if "--set region=eu-central-1" in command)
    hop_limit = next(place for place, command in enumerate(commands) if "--http-put-response-hop-limit" in command)
    assert explicit < hop_limit
    assert "aws eks describe-cluster --name shop" in commands[0]


def test_flags_that_nobody_told_make_it_a_warning() -> None:
    finding = found(wanted(CONNECTED, SILENT, NO_VPC, flags=()))["metadata-needed-unreachable"]
    assert (finding.certainty, finding.severity) == (Certainty.LIKELY, Severity.WARNING)
    assert "--controller-argument" in (finding.becomes_certain_with or "")


@pytest.mark.parametrize(
    "facts",
    [
        vpc_step(looked("--aws-vpc-id", Looked.FOUND, value="vpc-0aaaaaaaaaaaaaaaa"), outcome=Outcome.OK),
        vpc_step(*NOT_GIVEN, looked(IMDS_PLACE, Looked.UNKNOWN, note="cut"), outcome=Outcome.SKIPPED),
        vpc_step(*NOT_GIVEN, OUT_OF_REACH, looked("NODENAME", Looked.UNKNOWN, note="503"), outcome=Outcome.SKIPPED),
    ],
    ids=["given by a flag", "IMDS was cut", "EC2 gave no answer"],
)
def test_what_is_given_or_not_known_is_not_missing(facts: Step) -> None:
    assert found(wanted(CONNECTED, SILENT, facts)) == {}


def vpc_finding(*places: LookedAt, flags: tuple[str, ...] = FLAGS, **more: Any) -> Finding:  # noqa: ANN401 - as above
    return found(wanted(vpc_step(*places, **more), flags=flags))["vpc-id-unavailable"]


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (Looked.SEVERAL, "fits more than one VPC, and exactly one is wanted (2 VPCs with Name=shop)"),
        (Looked.NO_MATCH, "fits no VPC in this account and region"),
        (Looked.REFUSED, "takes a call that AWS refuses"),
    ],
)
def test_tags_that_do_not_find_one_vpc_are_certain_with_the_controllers_own_keys(what: Looked, words: str) -> None:
    tags = looked("--aws-vpc-tags", what, note="2 VPCs with Name=shop", read=read())
    finding = vpc_finding(NOT_GIVEN[0], tags)
    assert finding.certainty is Certainty.CERTAIN
    assert words in finding.summary
    assert any("IMDS is not asked any more" in line for line in finding.evidence)


def test_with_other_keys_tags_that_fit_nothing_are_only_likely() -> None:
    tags = looked("--aws-vpc-tags", Looked.NO_MATCH, read=read(keys_of="imds"))
    assert vpc_finding(NOT_GIVEN[0], tags).certainty is Certainty.LIKELY


@pytest.mark.parametrize("version", [None, "3.2"])
def test_tags_that_fit_nothing_are_only_likely_where_the_release_is_not_known(version: str | None) -> None:
    """Up to 3.1 one tag counts, since then all of them."""
    tags = looked("--aws-vpc-tags", Looked.NO_MATCH, note="0 VPCs with team=shop, Name=x", read=read())
    finding = found(wanted(vpc_step(NOT_GIVEN[0], tags), version=version))["vpc-id-unavailable"]
    assert finding.certainty is Certainty.LIKELY
    assert "release" in (finding.becomes_certain_with or "")


def test_a_vpc_that_ec2_does_not_know_is_named() -> None:
    given = looked("--aws-vpc-id", Looked.FOUND, value="vpc-0aaaaaaaaaaaaaaaa")
    finding = vpc_finding(given, checked=read("InvalidVpcID.NotFound"), exists=False)
    assert finding.certainty is Certainty.CERTAIN
    assert "vpc-0aaaaaaaaaaaaaaaa, which EC2 does not know in eu-central-1" in finding.summary


def test_an_imds_that_answers_without_a_vpc_is_not_one_out_of_reach() -> None:
    lacks = looked(IMDS_PLACE, Looked.NO_ANSWER, note="IMDS answers and does not give it")
    told = found(wanted(vpc_step(*NOT_GIVEN, lacks, NO_NODE_NAME)))
    assert list(told) == ["vpc-id-unavailable"]


def test_aws_node_never_works_with_an_imds_that_is_switched_off() -> None:
    off = exchange(403, server="EC2ws")
    steps = (
        CONNECTED,
        step("imds.tokenless", Attempts(exchanges=(off,)), Outcome.FAIL),
        step("imds.token", Attempts(exchanges=(off,)), Outcome.FAIL),
    )
    finding = found(wanted(*steps, controller="vpc-cni", version="1.19.0", flags=()))["metadata-needed-unreachable"]
    assert (finding.certainty, finding.severity) == (Certainty.CERTAIN, Severity.ERROR)
    assert "nothing replaces it" in finding.summary
    assert any("--http-endpoint enabled" in (remedy.command or "") for remedy in finding.remedies)


def test_a_pod_behind_the_hop_limit_says_nothing_of_aws_node_on_the_host_network() -> None:
    assert found(wanted(CONNECTED, SILENT, controller="vpc-cni", version="1.19.0")) == {}


def test_what_imds_gives_without_a_token_is_not_missing() -> None:
    metadata = InstanceMetadata(exchange=exchange(200), region="eu-central-1", instance_id="i-0123456789abcdef0")
    steps = (CONNECTED, SILENT, step("imds.metadata", metadata))
    assert found(wanted(*steps, controller="cloudwatch-agent", version=None, flags=("--x",))) == {}


def test_an_imds_that_is_busy_is_only_likely_to_give_nothing() -> None:
    busy = step("imds.token", Attempts(exchanges=(exchange(503),)), Outcome.FAIL)
    finding = found(wanted(CONNECTED, busy, NO_VPC))["metadata-needed-unreachable"]
    assert finding.certainty is Certainty.LIKELY
    assert "busy" in (finding.becomes_certain_with or "")


def test_the_region_that_was_asked_is_named_with_a_vpc_that_it_does_not_know() -> None:
    given = looked("--aws-vpc-id", Looked.FOUND, value="vpc-0aaaaaaaaaaaaaaaa")
    answer = AwsAnswer(
        exchange=post(), endpoint="ec2", region="eu-west-3", service="ec2", operation="DescribeVpcs", code="x"
    )
    checked = AwsRead(action="ec2:DescribeVpcs", keys_of="web-identity", answer=answer)
    assert "does not know in eu-west-3" in vpc_finding(given, checked=checked, exists=False).summary


def test_a_variable_that_keeps_sdks_from_imds_is_named() -> None:
    off = ImdsVariables(endpoint="http://169.254.169.254", host="169.254.169.254", disabled=True)
    place = looked(IMDS_PLACE, Looked.NO_ANSWER, note="AWS_EC2_METADATA_DISABLED is set")
    metadata = InstanceMetadata(exchange=exchange(200), region="eu-central-1")
    steps = (
        step("imds.variables", off),
        step("imds.metadata", metadata),
        vpc_step(*NOT_GIVEN, place, NO_NODE_NAME),
    )
    finding = found(wanted(*steps))["metadata-needed-unreachable"]
    assert any("AWS_EC2_METADATA_DISABLED" in remedy.text for remedy in finding.remedies)


def subnet(number: int, zone: str, tags: Iterable[str], free: int = 200) -> Subnet:
    return Subnet(
        subnet_id=f"subnet-{number}",
        zone=f"eu-central-1{zone}",
        free_addresses=free,
        tags=dict.fromkeys(tags, "1"),
        gives_public_addresses=number < 3,
    )


ELB, INTERNAL = "kubernetes.io/role/elb", "kubernetes.io/role/internal-elb"
BARE = (subnet(1, "a", ()), subnet(2, "b", ()), subnet(3, "a", ()), subnet(4, "b", ()))
FINE = (subnet(1, "a", [ELB]), subnet(2, "b", [ELB]), subnet(3, "a", [INTERNAL]), subnet(4, "b", [INTERNAL]))


def told(*subnets: Subnet, keys_of: str = "web-identity", complete: bool = True, **more: Any) -> dict[str, Finding]:  # noqa: ANN401 - as above
    facts = Subnets(read=read(keys_of=keys_of), vpc_id="vpc-0aaaaaaaaaaaaaaaa", subnets=subnets, complete=complete)
    return found(wanted(step("needs.subnets", facts), **{"version": "2.8.0", **more}))


def test_subnets_without_role_tags_are_certain_and_the_commands_name_them() -> None:
    finding = told(*BARE)["subnets-not-discoverable"]
    assert (finding.certainty, finding.severity) == (Certainty.CERTAIN, Severity.ERROR)
    commands = [remedy.command for remedy in finding.remedies]
    assert f"aws ec2 create-tags --resources subnet-1 subnet-2 --tags Key={ELB},Value=1" in commands
    assert f"aws ec2 create-tags --resources subnet-3 subnet-4 --tags Key={INTERNAL},Value=1" in commands


@pytest.mark.parametrize(
    "more",
    [{"version": None}, {"version": "2.8"}, {"flags": ()}, {"keys_of": "imds"}],
    ids=["version", "its last number", "flags", "keys"],
)
def test_without_version_flags_or_own_keys_it_is_only_likely(more: dict[str, Any]) -> None:
    few = tuple(replace(one, free_addresses=0) for one in FINE)
    assert told(*few, **more)["subnets-not-discoverable"].certainty is Certainty.LIKELY


def test_tagged_subnets_are_fine() -> None:
    assert told(*FINE) == {}


def test_a_list_that_was_cut_is_not_judged() -> None:
    assert told(*BARE, complete=False) == {}


def test_one_scheme_without_subnets_is_a_note() -> None:
    assert told(*FINE[2:])["subnets-not-discoverable"].severity is Severity.NOTE


def test_one_zone_for_both_schemes_is_a_warning() -> None:
    finding = told(FINE[0], FINE[2])["subnets-not-discoverable"]
    assert finding.severity is Severity.WARNING
    assert "an ALB needs two" in finding.summary


def test_full_subnets_are_named() -> None:
    finding = told(*(replace(one, free_addresses=7) for one in FINE))["subnets-not-discoverable"]
    assert any("Free addresses in subnet-1, subnet-2" in remedy.text for remedy in finding.remedies)


def test_subnets_of_another_cluster_are_offered_to_be_shared() -> None:
    tagged = (replace(one, tags={**one.tags, "kubernetes.io/cluster/bank": "owned"}) for one in FINE)
    finding = told(*tagged)["subnets-not-discoverable"]
    assert any("Key=kubernetes.io/cluster/shop,Value=shared" in (one.command or "") for one in finding.remedies)
    assert any("Is shop the cluster's name?" in one.text for one in finding.remedies)


def test_a_vpc_with_many_subnets_is_told_in_few_lines() -> None:
    many = [replace(BARE[0], subnet_id=f"subnet-{number:03}") for number in range(100)]
    finding = told(*many)["subnets-not-discoverable"]
    assert len(finding.evidence) < 20
    assert all(len(remedy.command or "") < 1000 for remedy in finding.remedies)
