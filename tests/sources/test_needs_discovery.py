"""What a controller finds out by itself, in its own order; and the trust policy of a role that was refused."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from probe.evidence import CredentialsAnswer, Ending, Exchange, Outcome, Source, Step, Wanted
from probe.evidence.container_text import ContainerText
from probe.evidence.discovery import FoundValue, Looked, Subnets
from probe.evidence.trust import RoleTrust
from probe.lab.servers.aws_api_config import AwsConfig, Reply
from probe.sources.needs.discovery import walk_discovery
from probe.sources.needs.trust import walk_trust
from tests.findings.sts_building import DENIED, VARIABLES, answered
from tests.sources.needs_world import ENDPOINT, LBC, Asked, Pod, with_a_service_account

VPC = "vpc-0aaaaaaaaaaaaaaaa"
GIVEN = f"--aws-vpc-id={VPC}"
ROLE = "arn:aws:iam::111122223333:role/load-balancer-controller"


def discovered(
    root: Path,
    *replies: Reply,
    flags: tuple[str, ...] = (),
    version: str = "2.13.0",
    denied: tuple[str, ...] = (),
    environment: dict[str, str] | None = None,
    before: tuple[Step, ...] = (),
) -> Asked:
    wanted = replace(LBC, controller_version=version, controller_arguments=flags)
    config = AwsConfig(replies=replies, denied=dict.fromkeys(denied, "identity"))
    pod = Pod(root=root, config=config, wanted=wanted, environment=environment or dict(ENDPOINT), before=before)
    return pod.after_the_chain(walk_discovery)


def places(asked: Asked, step_id: str) -> list[tuple[str, str]]:
    return [(one.place.rpartition("/")[2], str(one.looked)) for one in asked.facts(step_id, FoundValue).looked_at]


def vpcs(*ids: str, having: tuple[str, ...] = ()) -> Reply:
    return Reply(call="ec2.DescribeVpcs", having=having, result={"Vpcs": [{"VpcId": one} for one in ids]})


def subnets(*told: dict[str, Any], more: str | None = None) -> Reply:
    page = {} if more is None else {"NextToken": more}
    return Reply(call="ec2.DescribeSubnets", result={"Subnets": list(told), **page})


def test_a_flag_is_looked_at_before_any_variable(tmp_path: Path) -> None:
    asked = discovered(tmp_path, flags=("--aws-region=eu-west-1",))
    assert asked.facts("needs.region", FoundValue).value == "eu-west-1"
    assert places(asked, "needs.region") == [("--aws-region", "found")]


def test_the_load_balancer_controller_reads_the_default_region_first(tmp_path: Path) -> None:
    environment = {**ENDPOINT, "AWS_DEFAULT_REGION": "eu-west-2"}
    asked = discovered(tmp_path, environment=environment)
    assert asked.facts("needs.region", FoundValue).value == "eu-west-2"
    assert asked.facts("needs.region", FoundValue).told_by == "AWS_DEFAULT_REGION"


def test_an_imds_that_was_not_walked_leaves_the_vpc_unknown(tmp_path: Path) -> None:
    asked = discovered(tmp_path)
    outcome, reason = asked.outcome("needs.vpc-id")
    assert outcome is Outcome.SKIPPED
    assert "IMDS was not asked to the end" in (reason or "")
    assert asked.outcome("needs.subnets") == (Outcome.SKIPPED, "the VPC's id is not known")


@pytest.mark.parametrize(
    ("found", "looked"), [((), Looked.NO_MATCH), ((VPC,), Looked.FOUND), ((VPC, f"{VPC}b"), Looked.SEVERAL)]
)
def test_tags_must_fit_exactly_one_vpc_and_imds_is_not_asked_after_them(
    tmp_path: Path, found: tuple[str, ...], looked: Looked
) -> None:
    asked = discovered(tmp_path, vpcs(*found), flags=("--aws-vpc-tags=Name=shop",))
    assert places(asked, "needs.vpc-id") == [("--aws-vpc-id", "not-given"), ("--aws-vpc-tags", looked)]


@pytest.mark.parametrize(
    ("version", "flags", "filters"),
    [
        ("3.1.0", ("--aws-vpc-tags=team=shop,Name=x",), ("tag:Name",)),
        ("3.1.0", ("--aws-vpc-tags=team=shop,Name=x", "--aws-vpc-tag-key=team"), ("tag:team",)),
        ("3.2.0", ("--aws-vpc-tags=team=shop,Name=x",), ("tag:team", "tag:Name")),
    ],
)
def test_which_tags_count_depends_on_the_release(
    tmp_path: Path, version: str, flags: tuple[str, ...], filters: tuple[str, ...]
) -> None:
    none_else = Reply(call="ec2.DescribeVpcs", result={"Vpcs": []})
    asked = discovered(tmp_path, vpcs(VPC, having=filters), none_else, flags=flags, version=version)
    assert asked.facts("needs.vpc-id", FoundValue).value == VPC
    unwanted = {"tag:team", "tag:Name"} - set(filters)
    for other in unwanted:
        asked = discovered(tmp_path, vpcs(VPC, having=(other,)), none_else, flags=flags, version=version)
        assert asked.facts("needs.vpc-id", FoundValue).value is None


def test_tags_in_quotation_marks_are_not_guessed_at(tmp_path: Path) -> None:
    asked = discovered(tmp_path, vpcs(), flags=('--aws-vpc-tags="Name=shop,bank"',))
    assert places(asked, "needs.vpc-id")[-1] == ("--aws-vpc-tags", "unknown")
    assert asked.calls.count("ec2.DescribeVpcs") == 0


def test_a_release_before_2_9_knows_no_tags(tmp_path: Path) -> None:
    asked = discovered(tmp_path, vpcs(VPC), flags=("--aws-vpc-tags=Name=shop",), version="2.8.0")
    assert ("--aws-vpc-tags", "found") not in places(asked, "needs.vpc-id")


def test_a_call_that_is_refused_is_not_a_call_without_an_answer(tmp_path: Path) -> None:
    asked = discovered(tmp_path, flags=("--aws-vpc-tags=Name=shop",), denied=("ec2:DescribeVpcs",))
    assert places(asked, "needs.vpc-id")[-1] == ("--aws-vpc-tags", "refused")
    failing = Reply(call="ec2.DescribeVpcs", code="InternalError", status=500)
    asked = discovered(tmp_path, failing, flags=("--aws-vpc-tags=Name=shop",))
    assert places(asked, "needs.vpc-id")[-1] == ("--aws-vpc-tags", "unknown")


def test_the_node_is_asked_for_only_by_an_instance_id(tmp_path: Path) -> None:
    reservation = {"Reservations": [{"Instances": [{"InstanceId": "i-0123456789abcdef0", "VpcId": VPC}]}]}
    reply = Reply(call="ec2.DescribeInstances", having=("i-0123456789abcdef0",), result=reservation)
    failed = Step(id="imds.connect", outcome=Outcome.FAIL)
    for name, found in (("i-0123456789abcdef0", VPC), ("ip-10-0-1-23", None)):
        environment = {**ENDPOINT, "NODENAME": name}
        asked = discovered(tmp_path, reply, environment=environment, before=(failed,))
        assert asked.facts("needs.vpc-id", FoundValue).value == found


def test_a_vpc_that_a_flag_names_is_looked_up(tmp_path: Path) -> None:
    gone = Reply(call="ec2.DescribeVpcs", code="InvalidVpcID.NotFound", message="The vpc ID does not exist")
    asked = discovered(tmp_path, gone, flags=(GIVEN,))
    assert asked.outcome("needs.vpc-id")[0] is Outcome.FAIL
    assert asked.facts("needs.vpc-id", FoundValue).exists is False


def test_a_flag_that_holds_no_vpc_id_is_never_sent_on(tmp_path: Path) -> None:
    asked = discovered(tmp_path, flags=("--aws-vpc-id=vpc-1; rm -rf /",))
    assert asked.facts("needs.vpc-id", FoundValue).value is None
    assert "ec2.DescribeVpcs" not in asked.calls


def test_of_a_subnets_tags_only_those_of_kubernetes_are_kept(tmp_path: Path) -> None:
    tags = [{"Key": "Name", "Value": "secret plans"}, {"Key": "kubernetes.io/role/elb", "Value": "1"}]
    told = {"SubnetId": "subnet-1", "AvailabilityZone": "eu-central-1a", "AvailableIpAddressCount": 9, "Tags": tags}
    asked = discovered(tmp_path, vpcs(VPC), subnets(told), flags=(GIVEN,))
    (subnet,) = asked.facts("needs.subnets", Subnets).subnets
    assert (subnet.tags, subnet.free_addresses) == ({"kubernetes.io/role/elb": "1"}, 9)


def test_a_clusters_own_tag_is_kept_behind_those_of_many_others(tmp_path: Path) -> None:
    tags = [{"Key": f"kubernetes.io/cluster/other-{number:02}", "Value": "shared"} for number in range(49)]
    tags.append({"Key": "kubernetes.io/cluster/shop", "Value": "owned"})
    told = subnets({"SubnetId": "subnet-0aaaaaaaaaaaaaa01", "AvailabilityZone": "eu-central-1a", "Tags": tags})
    facts = discovered(tmp_path, vpcs(VPC), told, flags=(GIVEN,)).facts("needs.subnets", Subnets)
    assert "kubernetes.io/cluster/shop" in facts.subnets[0].tags


def test_more_subnets_than_one_answer_holds_are_not_taken_for_all(tmp_path: Path) -> None:
    asked = discovered(tmp_path, vpcs(VPC), subnets({"SubnetId": "subnet-1"}, more="x"), flags=(GIVEN,))
    assert not asked.facts("needs.subnets", Subnets).complete


@pytest.mark.parametrize(("version", "is_read"), [("2.12.0", False), ("2.12.1", True)])
def test_route_tables_are_read_only_where_the_release_looks_at_them(
    tmp_path: Path, version: str, *, is_read: bool
) -> None:
    asked = discovered(tmp_path, vpcs(VPC), subnets({"SubnetId": "subnet-1"}), flags=(GIVEN,), version=version)
    assert ("ec2.DescribeRouteTables" in asked.calls) is is_read


def test_a_subnet_without_a_table_of_its_own_follows_the_main_one(tmp_path: Path) -> None:
    tables = [
        {"Associations": [{"Main": True}], "Routes": [{"GatewayId": "igw-1"}]},
        {"Associations": [{"SubnetId": "subnet-2"}], "Routes": [{"GatewayId": "local"}]},
    ]
    reply = Reply(call="ec2.DescribeRouteTables", result={"RouteTables": tables})
    both = subnets({"SubnetId": "subnet-1"}, {"SubnetId": "subnet-2"})
    asked = discovered(tmp_path, vpcs(VPC), both, reply, flags=(GIVEN,))
    told = asked.facts("needs.subnets", Subnets).subnets
    assert [one.routes_to_internet for one in told] == [True, False]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html></html>",
        "<DescribeSubnetsResponse/>",
        "<DescribeSubnetsResponse><subnetSet><item/></subnetSet>",
        "{}",
    ],
)
def test_hostile_answers_leave_no_subnet_behind(tmp_path: Path, body: str) -> None:
    asked = discovered(tmp_path, vpcs(VPC), Reply(call="ec2.DescribeSubnets", body=body), flags=(GIVEN,))
    assert asked.facts("needs.subnets", Subnets).subnets == ()


REFUSED = (
    Step(id="web-identity.variables", outcome=Outcome.OK, facts=replace(VARIABLES, role_arn=ROLE)),
    Step(id="web-identity.assume-role", outcome=Outcome.FAIL, facts=answered("AccessDenied", DENIED, status=403)),
)


def trusted(root: Path, *replies: Reply, before: tuple[Step, ...] = REFUSED) -> Asked:
    pod = Pod(root=root, config=AwsConfig(replies=replies), gives=(Source.IMDS,), before=before)
    return pod.after_the_chain(walk_trust)


def role(policy: object) -> Reply:
    text = policy if isinstance(policy, str) else json.dumps(policy)
    told = {"Arn": ROLE, "RoleName": "load-balancer-controller", "AssumeRolePolicyDocument": text}
    return Reply(call="iam.GetRole", having=("RoleName=load-balancer-controller",), result={"Role": told})


def statement(**condition: object) -> dict[str, object]:
    return {
        "Effect": "Allow",
        "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/x"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": condition},
    }


def test_the_policy_of_a_refused_role_is_read_with_other_keys(tmp_path: Path) -> None:
    facts = trusted(tmp_path, role({"Statement": statement(**{"x:sub": "y"})})).facts("needs.trust", RoleTrust)
    assert (facts.read.keys_of, facts.found_arn) == ("imds", ROLE)
    assert facts.statements[0].tests[0].values == ("y",)


def test_an_external_id_is_never_kept(tmp_path: Path) -> None:
    asked = trusted(tmp_path, role({"Statement": statement(**{"sts:ExternalId": "hunter2hunter2"})}))
    (test,) = asked.facts("needs.trust", RoleTrust).statements[0].tests
    assert (test.values, test.hidden) == ((), True)


def test_a_value_that_looks_like_a_secret_is_not_kept_and_decides_nothing(tmp_path: Path) -> None:
    asked = trusted(tmp_path, role({"Statement": statement(**{"x:sub": "AKIAIOSFODNN7EXAMPLE"})}))
    assert asked.facts("needs.trust", RoleTrust).statements[0].tests[0].hidden


@pytest.mark.parametrize("policy", ["", "[]", "{}", "%7B", '{"Statement": 1}', "[" * 50_000])
def test_a_policy_that_cannot_be_read_is_a_skipped_step_with_its_reason(tmp_path: Path, policy: str) -> None:
    outcome, reason = trusted(tmp_path, role(policy)).outcome("needs.trust")
    assert outcome is Outcome.SKIPPED
    assert reason


def test_without_keys_the_step_says_which_permission_it_takes(tmp_path: Path) -> None:
    pod = Pod(root=tmp_path, gives=(), before=REFUSED)
    outcome, reason = pod.after_the_chain(walk_trust).outcome("needs.trust")
    assert outcome is Outcome.SKIPPED
    assert "iam:GetRole" in (reason or "")


def test_a_role_that_nobody_refused_is_not_read(tmp_path: Path) -> None:
    asked = trusted(tmp_path, role({"Statement": statement()}), before=())
    assert asked.steps.get("needs.trust") is None
    assert asked.calls == []


AGENT_REFUSED = Step(
    id="container.credentials",
    outcome=Outcome.FAIL,
    facts=CredentialsAnswer(
        exchange=Exchange(method="GET", url="http://agent", ending=Ending.ANSWERED, status=400),
        text_kind=ContainerText.ROLE_TRUST,
    ),
)


@pytest.mark.parametrize(
    ("more", "outcome", "words"),
    [
        ({}, Outcome.OK, None),
        ({"disableSessionTags": False}, Outcome.OK, None),
        ({"disableSessionTags": True}, Outcome.SKIPPED, "session tags switched off"),
        ({"targetRoleArn": "arn:aws:iam::444455556666:role/data"}, Outcome.SKIPPED, "a target role besides its own"),
    ],
)
def test_the_role_of_an_association_is_read_where_it_is_the_one_that_eks_asks_for(
    tmp_path: Path, more: dict[str, object], outcome: Outcome, words: str | None
) -> None:
    association = {"associationId": "a-0123456789abcdef0", "roleArn": ROLE, **more}
    replies = (
        Reply(call="eks.ListPodIdentityAssociations", result={"associations": [{"associationId": "a-1"}]}),
        Reply(call="eks.DescribePodIdentityAssociation", result={"association": association}),
        role({"Statement": statement(**{"x:sub": "y"})}),
    )
    environment = {**ENDPOINT, "CLUSTER_NAME": "prod"}
    with_a_service_account(tmp_path)
    pod = Pod(root=tmp_path, config=AwsConfig(replies=replies), gives=(Source.IMDS,), environment=environment)
    asked = replace(pod, before=(AGENT_REFUSED,), wanted=Wanted(checks=True)).after_the_chain(walk_trust)
    found, reason = asked.outcome("needs.trust")
    assert found is outcome, reason
    assert words is None or words in (reason or "")
