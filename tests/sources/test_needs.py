"""What is asked of AWS after the chain: with whose keys, which calls, and what their answers come to."""

from dataclasses import replace
from pathlib import Path

import pytest

from probe.evidence import (
    ChainedRole,
    Ending,
    Endpoints,
    Exchange,
    IdentityProviders,
    InstanceMetadata,
    InstanceOptions,
    NodeFacts,
    Outcome,
    Permission,
    Permissions,
    PodIdentityAssociations,
    Source,
    Step,
    StsAnswer,
    StsAnswers,
    TokenFile,
    Wanted,
    WebIdentityVariables,
    WritePermissions,
)
from probe.evidence import Claims as TokenClaims
from probe.lab.servers import Fault, FaultKind
from probe.lab.servers.aws_api_config import AwsConfig, Reply
from probe.sources.needs.checks import walk_checks
from probe.sources.needs.endpoints import walk_endpoints
from probe.sources.needs.keys import any_keys, expected_keys
from probe.sources.needs.permissions import walk_permissions
from probe.sources.needs.reads import aws_endpoint, aws_read
from tests.sources.needs_world import ENDPOINT, ISSUER, LBC, Asked, Pod, with_a_service_account

ROLE = "arn:aws:iam::111122223333:role/dns"
CHECKS = Wanted(source="environment", checks=True)
WITH_THE_CONTROLLERS_FLAGS = (
    "--cluster-name=shop",
    "--enable-shield=false",
    "--enable-waf=false",
    "--enable-wafv2=false",
)
HOSTILE = (
    "",
    "{}",
    "null",
    "[]",
    '{"associations": null}',
    '{"associations": [null, 1, "x"]}',
    '{"associations": [null]}',
    '{"associations": {"a": 1}}',
    "<html></html>",
    "<DescribeInstancesResponse/>",
    (
        "<DescribeInstancesResponse><reservationSet><item/><item><instancesSet/></item></reservationSet>"
        "</DescribeInstancesResponse>"
    ),
    "<ListOpenIDConnectProvidersResponse/>",
    (
        "<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><EvaluationResults><member/></EvaluationResults>"
        "</SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"
    ),
    "<AssumeRoleResponse/>",
)


def denied(*actions: str) -> AwsConfig:
    return AwsConfig(denied=dict.fromkeys(actions, "identity"))


def permissions(asked: Asked) -> dict[str, Permission]:
    """Return what is known of each permission."""
    return {read.action: read.permission for read in asked.facts("needs.permissions", Permissions).reads}


def test_every_call_of_the_profile_is_made_once_and_allowed(tmp_path: Path) -> None:
    asked = Pod(root=tmp_path).after_the_chain(walk_permissions)
    assert set(permissions(asked).values()) == {Permission.ALLOWED}
    reads = [call for call in asked.calls if call != "iam.SimulatePrincipalPolicy"]
    assert len(reads) == len(set(reads)) == len(permissions(asked))
    assert asked.outcome("needs.permissions") == (Outcome.OK, None)


def test_one_denial_fails_the_step_and_leaves_the_others_allowed(tmp_path: Path) -> None:
    asked = Pod(root=tmp_path, config=denied("ec2:DescribeSubnets")).after_the_chain(walk_permissions)
    known = permissions(asked)
    assert known.pop("ec2:DescribeSubnets") is Permission.DENIED
    assert set(known.values()) == {Permission.ALLOWED}
    assert asked.outcome("needs.permissions")[0] is Outcome.FAIL


def test_what_only_some_uses_need_is_no_failure(tmp_path: Path) -> None:
    config = denied("elasticloadbalancing:DescribeTrustStores")
    asked = Pod(root=tmp_path, config=config).after_the_chain(walk_permissions)
    reads = asked.facts("needs.permissions", Permissions).reads
    assert [read.essential for read in reads if read.permission is Permission.DENIED] == [False]
    assert asked.outcome("needs.permissions")[0] is Outcome.WARN


def test_calls_that_get_no_answer_leave_the_permission_unknown(tmp_path: Path) -> None:
    config = AwsConfig(faults=(Fault(kind=FaultKind.CLOSE, route="*"),))
    asked = Pod(root=tmp_path, config=config).after_the_chain(walk_permissions)
    assert set(permissions(asked).values()) == {Permission.UNKNOWN}
    outcome, reason = asked.outcome("needs.permissions")
    assert outcome is Outcome.SKIPPED
    assert "closed" in (reason or "")


def test_a_call_whose_parameter_nobody_tells_is_not_made(tmp_path: Path) -> None:
    wanted = Wanted(source="environment", controller="velero")
    asked = Pod(root=tmp_path, wanted=wanted).after_the_chain(walk_permissions)
    untold = [read for read in asked.facts("needs.permissions", Permissions).reads if read.answer is None]
    assert untold
    assert all("is not known" in (read.reason or "") for read in untold)


def test_a_dry_run_that_would_succeed_is_allowed(tmp_path: Path) -> None:
    wanted = Wanted(source="environment", controller="karpenter")
    asked = Pod(root=tmp_path, wanted=wanted).after_the_chain(walk_permissions)
    reads = asked.facts("needs.permissions", Permissions).reads
    dry = [read.answer for read in reads if read.answer and read.answer.code == "DryRunOperation"]
    assert dry
    assert {answer.permission for answer in dry} == {Permission.ALLOWED}


def test_permissions_are_never_judged_by_the_keys_of_another_source(tmp_path: Path) -> None:
    wanted = replace(LBC, source="web-identity")
    asked = Pod(root=tmp_path, wanted=wanted, gives=(Source.IMDS,)).after_the_chain(walk_permissions)
    assert asked.outcome("needs.permissions") == (
        Outcome.SKIPPED,
        "the expected source gave no keys that AWS takes",
    )
    assert asked.calls == []


def test_keys_that_sts_refused_are_not_used(tmp_path: Path) -> None:
    pod = Pod(root=tmp_path, gives=(Source.ENVIRONMENT, Source.IMDS), refused=(Source.ENVIRONMENT,))
    with pod.walk() as walk:
        assert expected_keys(walk) is None
        other = any_keys(walk)
    assert other is not None
    assert other.source is Source.IMDS


def test_without_any_keys_nothing_is_asked(tmp_path: Path) -> None:
    with Pod(root=tmp_path, gives=()).walk() as walk:
        read, result = aws_read(walk, "ec2", "DescribeSubnets", {})
    assert (read.action, read.answer, result) == ("ec2:DescribeSubnets", None, None)
    assert read.reason == "no source gave keys that AWS takes"


@pytest.mark.parametrize(
    ("prefix", "environment", "host", "region"),
    [
        ("ec2", {"AWS_REGION": "eu-central-1"}, "ec2.eu-central-1.amazonaws.com", "eu-central-1"),
        ("ec2", {"AWS_REGION": "cn-north-1"}, "ec2.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("iam", {"AWS_REGION": "eu-central-1"}, "iam.amazonaws.com", "us-east-1"),
        ("iam", {"AWS_REGION": "cn-northwest-1"}, "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("route53", {"AWS_REGION": "us-gov-east-1"}, "route53.us-gov.amazonaws.com", "us-gov-west-1"),
        ("eks-auth", {"AWS_REGION": "eu-central-1"}, "eks-auth.eu-central-1.api.aws", "eu-central-1"),
        (
            "ec2",
            {"AWS_REGION": "eu-central-1", "AWS_USE_DUALSTACK_ENDPOINT": "true"},
            "ec2.eu-central-1.api.aws",
            "eu-central-1",
        ),
        (
            "ec2",
            {"AWS_REGION": "us-east-1", "AWS_USE_FIPS_ENDPOINT": "true"},
            "ec2-fips.us-east-1.amazonaws.com",
            "us-east-1",
        ),
        (
            "elasticloadbalancing",
            {"AWS_REGION": "eu-central-1", "AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2": "https://elb.example"},
            "elb.example",
            "eu-central-1",
        ),
        (
            "ec2",
            {
                "AWS_REGION": "eu-central-1",
                "AWS_ENDPOINT_URL": "https://aws.example",
                "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
            },
            "ec2.eu-central-1.amazonaws.com",
            "eu-central-1",
        ),
    ],
)
def test_an_endpoint_is_the_one_that_the_sdks_use(
    prefix: str, environment: dict[str, str], host: str, region: str, tmp_path: Path
) -> None:
    with Pod(root=tmp_path, environment=environment).walk() as walk:
        endpoint = aws_endpoint(walk, prefix)
    assert endpoint is not None
    assert (endpoint.host, endpoint.region) == (host, region)


def test_the_controllers_own_order_decides_on_the_region(tmp_path: Path) -> None:
    environment = {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-north-1"}
    with Pod(root=tmp_path, environment=environment).walk() as walk:
        endpoint = aws_endpoint(walk, "ec2")
    assert endpoint is not None
    assert endpoint.region == "eu-north-1"


@pytest.mark.parametrize(
    ("flag", "prefix", "host"),
    [
        ("ec2=https://api.example:8443,elasticloadbalancing=https://elb.example", "ec2", "api.example"),
        ("ec2=https://api.example,elasticloadbalancing=https://elb.example", "elasticloadbalancing", "elb.example"),
        ("EC2=https://a.example,Elastic Load Balancing v2=https://b.example", "elasticloadbalancing", "b.example"),
        ("WAF Regional=https://waf.example", "waf-regional", "waf.example"),
        ("ec2=https://api.example", "acm", "acm.eu-central-1.amazonaws.com"),
        ("", "ec2", "ec2.eu-central-1.amazonaws.com"),
        ("ec2=:,ec2", "ec2", "ec2.eu-central-1.amazonaws.com"),
    ],
)
def test_the_endpoint_that_a_flag_gives_the_controller_is_the_one_that_is_tried(
    flag: str, prefix: str, host: str, tmp_path: Path
) -> None:
    wanted = replace(LBC, controller_arguments=(f"--aws-api-endpoints={flag}",))
    with Pod(root=tmp_path, environment={"AWS_REGION": "eu-central-1"}, wanted=wanted).walk() as walk:
        endpoint = aws_endpoint(walk, prefix)
    assert endpoint is not None
    assert endpoint.host == host


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1"])
def test_an_endpoint_of_another_partition_is_neither_missed_nor_asked(region: str, tmp_path: Path) -> None:
    with Pod(root=tmp_path, environment={"AWS_REGION": region}).walk() as walk:
        assert aws_endpoint(walk, "shield", "us-east-1") is None
        assert aws_endpoint(walk, "ec2") is not None
        read, _ = aws_read(walk, "shield", "GetSubscriptionState", {}, region="us-east-1")
    assert read.reason == "its only endpoint is in another partition than the region"


def test_without_a_region_no_endpoint_is_tried(tmp_path: Path) -> None:
    asked = Pod(root=tmp_path, environment={}).after_the_chain(walk_endpoints)
    assert asked.outcome("needs.endpoints") == (Outcome.SKIPPED, "nothing tells the region")


def test_endpoints_that_a_flag_turns_off_are_not_tried(tmp_path: Path) -> None:
    wanted = replace(LBC, controller_arguments=WITH_THE_CONTROLLERS_FLAGS)
    asked = Pod(root=tmp_path, wanted=wanted).after_the_chain(walk_endpoints)
    facts = asked.facts("needs.endpoints", Endpoints)
    assert set(facts.turned_off) == {"shield", "waf-regional", "wafv2"}
    assert {one.endpoint.service for one in facts.reached} & {"shield", "waf-regional", "wafv2"} == set()
    assert all(one.is_reached for one in facts.reached)


def test_an_action_is_allowed_where_any_resource_of_its_kind_allows_it(tmp_path: Path) -> None:
    result = {
        "EvaluationResults": [
            {
                "EvalActionName": "elasticloadbalancing:AddTags",
                "EvalDecision": "implicitDeny",
                "ResourceSpecificResults": [
                    {"EvalResourceName": "one", "EvalResourceDecision": "implicitDeny"},
                    {"EvalResourceName": "two", "EvalResourceDecision": "allowed"},
                ],
            },
            {"EvalActionName": "iam:NobodyAsked", "EvalDecision": "implicitDeny"},
        ]
    }
    config = AwsConfig(results={"iam.SimulatePrincipalPolicy": result})
    asked = Pod(root=tmp_path, config=config, before=(whose("environment"),)).after_the_chain(walk_permissions)
    facts = asked.facts("needs.write-permissions", WritePermissions)
    assert {one.action: one.decision for one in facts.actions} == {"elasticloadbalancing:AddTags": "allowed"}
    assert facts.principal == "arn:aws:iam::111122223333:role/of-environment"


@pytest.mark.parametrize("missing", [[], ["aws:RequestTag/x"]])
def test_what_the_simulator_leaves_open_is_no_permission(missing: list[str], tmp_path: Path) -> None:
    told = {"EvalActionName": "ec2:CreateTags", "EvalDecision": "implicitDeny", "MissingContextValues": missing}
    allowed = {"EvalActionName": "ec2:CreateSecurityGroup", "EvalDecision": "allowed"}
    config = AwsConfig(results={"iam.SimulatePrincipalPolicy": {"EvaluationResults": [allowed, told]}})
    asked = Pod(root=tmp_path, config=config, before=(whose("environment"),)).after_the_chain(walk_permissions)
    outcome, reason = asked.outcome("needs.write-permissions")
    assert outcome is Outcome.WARN
    assert "elasticloadbalancing:AddTags" in (reason or "")
    assert ("ec2:CreateTags" in (reason or "")) is bool(missing)
    assert "ec2:CreateSecurityGroup" not in (reason or "")


def test_a_simulator_that_may_not_be_asked_is_skipped_with_the_permission(tmp_path: Path) -> None:
    pod = Pod(root=tmp_path, config=denied("iam:SimulatePrincipalPolicy"), before=(whose("environment"),))
    asked = pod.after_the_chain(walk_permissions)
    reason = "not permitted: it takes iam:SimulatePrincipalPolicy"
    assert asked.outcome("needs.write-permissions") == (Outcome.SKIPPED, reason)


def test_where_nothing_is_in_doubt_no_check_asks(tmp_path: Path) -> None:
    asked = Pod(root=tmp_path, wanted=CHECKS).after_the_chain(walk_checks)
    assert asked.calls == []
    assert not [step for step in asked.steps if step.startswith("needs.")]


def no_provider() -> tuple[Step, ...]:
    """The steps of a chain that ended with an unknown provider."""
    answer = StsAnswer(
        exchange=Exchange(method="POST", url="https://sts", ending=Ending.ANSWERED, status=400),
        endpoint="sts",
        region="eu-central-1",
        code="InvalidIdentityToken",
    )
    role = WebIdentityVariables(role_arn="arn:aws:iam::111122223333:role/controller")
    return (
        Step(id="web-identity.variables", outcome=Outcome.OK, facts=role),
        Step(id="web-identity.token", outcome=Outcome.OK, facts=TokenFile(claims=TokenClaims(issuer=ISSUER))),
        Step(id="web-identity.assume-role", outcome=Outcome.FAIL, facts=StsAnswers(first=answer)),
    )


@pytest.mark.parametrize(
    ("host", "has_issuer", "other"),
    [
        ("oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE", True, False),
        ("oidc-eks.eu-central-1.api.aws/id/EXAMPLE", False, True),
        ("oidc.eks.eu-central-1.amazonaws.com/id/ANOTHER", False, False),
        ("token.actions.githubusercontent.com", False, False),
    ],
)
def test_the_providers_of_the_account_are_held_against_the_issuer(
    host: str, has_issuer: bool, other: bool, tmp_path: Path
) -> None:
    arn = f"arn:aws:iam::111122223333:oidc-provider/{host}"
    config = AwsConfig(results={"iam.ListOpenIDConnectProviders": {"OpenIDConnectProviderList": [{"Arn": arn}]}})
    pod = Pod(root=tmp_path, config=config, wanted=CHECKS, before=no_provider())
    pod.before = (*pod.before, whose("environment"))
    facts = pod.after_the_chain(walk_checks).facts("needs.identity-providers", IdentityProviders)
    assert (facts.has_issuer, facts.other_spelling) == (has_issuer, arn if other else None)


def listed(host: str, issuer: str, root: Path) -> Asked:
    """What the check makes of one provider and a token's issuer."""
    arn = f"arn:aws:iam::111122223333:oidc-provider/{host}"
    config = AwsConfig(results={"iam.ListOpenIDConnectProviders": {"OpenIDConnectProviderList": [{"Arn": arn}]}})
    variables, _, refused = no_provider()
    token = Step(id="web-identity.token", outcome=Outcome.OK, facts=TokenFile(claims=TokenClaims(issuer=issuer)))
    before = (variables, token, refused, whose("environment"))
    return Pod(root=root, config=config, wanted=CHECKS, before=before).after_the_chain(walk_checks)


@pytest.mark.parametrize("host", ["issuer.example.com/", "Issuer.example.com"])
def test_a_provider_that_differs_in_case_or_a_slash_is_neither_there_nor_missing(host: str, tmp_path: Path) -> None:
    asked = listed(host, "https://issuer.example.com", tmp_path)
    assert asked.outcome("needs.identity-providers")[0] is Outcome.SKIPPED
    assert asked.facts("needs.identity-providers", IdentityProviders).has_issuer is None


def test_two_issuers_that_are_no_cluster_of_eks_are_not_the_same_one(tmp_path: Path) -> None:
    asked = listed("token.actions.githubusercontent.com", "https://issuer.example.com", tmp_path)
    facts = asked.facts("needs.identity-providers", IdentityProviders)
    assert (facts.has_issuer, facts.other_spelling) == (False, None)


def whose(source: str, account: str = "111122223333") -> Step:
    """The identity step of a source whose keys are of an account."""
    answer = StsAnswer(
        exchange=Exchange(method="POST", url="https://sts", ending=Ending.ANSWERED, status=200),
        endpoint="sts",
        region="eu-central-1",
        arn=f"arn:aws:sts::{account}:assumed-role/of-{source}/one",
    )
    return Step(id=f"identity.{source}", outcome=Outcome.OK, facts=StsAnswers(first=answer))


def test_the_providers_of_another_account_say_nothing(tmp_path: Path) -> None:
    before = (*no_provider(), whose("environment", "444455556666"))
    asked = Pod(root=tmp_path, wanted=CHECKS, before=before).after_the_chain(walk_checks)
    outcome, reason = asked.outcome("needs.identity-providers")
    assert (outcome, asked.calls) == (Outcome.SKIPPED, [])
    assert "another account" in (reason or "")


NO_TOKEN = Step(id="imds.token", outcome=Outcome.FAIL)
KNOWN_INSTANCE = Step(
    id="imds.metadata",
    outcome=Outcome.OK,
    facts=InstanceMetadata(
        exchange=Exchange(method="GET", url="http://imds", ending=Ending.ANSWERED), instance_id="i-0123456789abcdef0"
    ),
)


def test_the_instance_is_asked_for_its_options_by_its_id(tmp_path: Path) -> None:
    options = {"HttpPutResponseHopLimit": 1, "HttpTokens": "required", "HttpEndpoint": "enabled"}
    instance = {"InstanceId": "i-0123456789abcdef0", "MetadataOptions": options}
    reply = Reply(
        call="ec2.DescribeInstances",
        having=("InstanceId.1=i-0123456789abcdef0",),
        result={"Reservations": [{"Instances": [instance]}]},
    )
    pod = Pod(root=tmp_path, config=AwsConfig(replies=(reply,)), wanted=CHECKS, before=(NO_TOKEN, KNOWN_INSTANCE))
    facts = pod.after_the_chain(walk_checks).facts("needs.instance", InstanceOptions)
    assert (facts.hop_limit, facts.tokens, facts.endpoint) == (1, "required", "enabled")


def test_the_instance_is_known_by_the_node_object_where_imds_does_not_tell(tmp_path: Path) -> None:
    node = Step(
        id="kubernetes.node",
        outcome=Outcome.OK,
        facts=NodeFacts(name="ip-10-0-1-23", instance_id="i-0123456789abcdef0"),
    )
    asked = Pod(root=tmp_path, wanted=CHECKS, before=(NO_TOKEN, node)).after_the_chain(walk_checks)
    assert asked.calls == ["ec2.DescribeInstances"]


def test_an_instance_that_was_stopped_is_not_the_node(tmp_path: Path) -> None:
    options = {"HttpPutResponseHopLimit": 1}
    stopped = {"InstanceId": "i-0aaaaaaaaaaaaaaa1", "MetadataOptions": options, "State": {"Name": "stopped"}}
    config = AwsConfig(results={"ec2.DescribeInstances": {"Reservations": [{"Instances": [stopped]}]}})
    pod = Pod(root=tmp_path, config=config, wanted=CHECKS, before=(NO_TOKEN, KNOWN_INSTANCE))
    assert pod.after_the_chain(walk_checks).outcome("needs.instance")[0] is Outcome.SKIPPED


@pytest.mark.parametrize(("count", "shown"), [(0, "no instance"), (2, "2 instances")])
def test_another_number_of_instances_than_one_tells_nothing(count: int, shown: str, tmp_path: Path) -> None:
    instances = [{"InstanceId": "i-0123456789abcdef0", "MetadataOptions": {"HttpPutResponseHopLimit": 1}}] * count
    config = AwsConfig(results={"ec2.DescribeInstances": {"Reservations": [{"Instances": instances}]}})
    pod = Pod(root=tmp_path, config=config, wanted=CHECKS, before=(NO_TOKEN, KNOWN_INSTANCE))
    asked = pod.after_the_chain(walk_checks)
    assert asked.outcome("needs.instance") == (
        Outcome.SKIPPED,
        f"EC2 was asked for this node and shows {shown} for it",
    )
    assert asked.facts("needs.instance", InstanceOptions).hop_limit is None


def test_an_association_is_asked_for_only_with_the_clusters_name(tmp_path: Path) -> None:
    nothing = tuple(Step(id=one, outcome=Outcome.ABSENT) for one in ("web-identity.variables", "environment.keys"))
    wanted = Wanted(source="container", checks=True)
    pod = Pod(root=tmp_path, wanted=wanted, gives=(Source.IMDS,), before=nothing)
    outcome, reason = pod.after_the_chain(walk_checks).outcome("needs.associations")
    assert outcome is Outcome.SKIPPED
    assert "--cluster-name" in (reason or "")


def assuming(tmp_path: Path, config: AwsConfig = AwsConfig(), **more: str) -> Asked:  # noqa: B008 - it is frozen
    wanted = Wanted(source="environment", assume_role_arn=ROLE)
    return Pod(root=tmp_path, config=config, wanted=wanted, **more).after_the_chain(walk_checks)  # type: ignore[arg-type]  # the test names the pod's fields


def test_the_keys_of_the_second_role_are_dropped(tmp_path: Path) -> None:
    asked = assuming(tmp_path)
    assert asked.calls == ["sts.AssumeRole"]
    assert asked.outcome("needs.chained-role") == (Outcome.OK, None)
    told = repr([step.facts for step in asked.steps.values()])
    assert not [canary for canary in asked.canaries if canary in told]


def test_the_second_role_is_never_asked_for_with_keys_that_are_not_the_pods_own(tmp_path: Path) -> None:
    wanted = Wanted(source="web-identity", assume_role_arn=ROLE)
    asked = Pod(root=tmp_path, wanted=wanted, gives=(Source.IMDS,)).after_the_chain(walk_checks)
    assert asked.outcome("needs.chained-role")[0] is Outcome.SKIPPED
    assert asked.calls == []


def test_an_external_id_is_given_and_not_told(tmp_path: Path) -> None:
    reply = Reply(call="sts.AssumeRole", having=("ExternalId=example-external-id", "DurationSeconds=900"))
    refusal = Reply(call="sts.AssumeRole", code="AccessDenied", status=403, message="no example-external-id")
    asked = assuming(tmp_path, AwsConfig(replies=(reply, refusal)), external_id="example-external-id")
    facts = asked.facts("needs.chained-role", ChainedRole)
    assert (facts.with_external_id, facts.read.permission) == (True, Permission.ALLOWED)
    refused = assuming(tmp_path, AwsConfig(replies=(refusal,)), external_id="example-external-id")
    facts = refused.facts("needs.chained-role", ChainedRole)
    assert facts.read.permission is Permission.DENIED
    assert "example-external-id" not in repr(facts)


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_is_taken_for_what_it_is_not(body: str, tmp_path: Path) -> None:
    calls = {
        "eks": "ListPodIdentityAssociations",
        "ec2": "DescribeInstances",
        "iam": "ListOpenIDConnectProviders",
        "sts": "AssumeRole",
    }
    replies = [Reply(call=f"{service}.{operation}", body=body) for service, operation in calls.items()]
    replies.append(Reply(call="iam.SimulatePrincipalPolicy", body=body))
    nothing = tuple(Step(id=one, outcome=Outcome.ABSENT) for one in ("environment.keys",))
    wanted = replace(LBC, controller_arguments=WITH_THE_CONTROLLERS_FLAGS, assume_role_arn=ROLE)
    pod = Pod(
        root=tmp_path,
        config=AwsConfig(replies=tuple(replies)),
        environment=dict(ENDPOINT),
        wanted=wanted,
        before=(*no_provider(), NO_TOKEN, KNOWN_INSTANCE, whose("environment"), *nothing),
    )
    checked, written = pod.after_the_chain(walk_checks), pod.after_the_chain(walk_permissions)
    assert checked.facts("needs.instance", InstanceOptions).hop_limit is None
    assert checked.facts("needs.identity-providers", IdentityProviders).other_spelling is None
    assert checked.steps["needs.chained-role"].outcome is Outcome.SKIPPED
    assert written.steps["needs.write-permissions"].outcome is Outcome.SKIPPED


def test_an_empty_page_with_another_behind_it_is_not_an_empty_list(tmp_path: Path) -> None:
    nothing = tuple(Step(id=one, outcome=Outcome.ABSENT) for one in ("web-identity.variables", "environment.keys"))
    config = AwsConfig(results={"eks.ListPodIdentityAssociations": {"associations": [], "nextToken": "more"}})
    environment = {**ENDPOINT, "CLUSTER_NAME": "prod"}
    with_a_service_account(tmp_path)
    pod = Pod(root=tmp_path, config=config, wanted=Wanted(source="container", checks=True), gives=(Source.IMDS,))
    asked = replace(pod, before=nothing, environment=environment).after_the_chain(walk_checks)
    assert asked.outcome("needs.associations")[0] is Outcome.SKIPPED
    assert asked.facts("needs.associations", PodIdentityAssociations).exists is None


@pytest.mark.parametrize("body", HOSTILE)
def test_an_association_is_only_what_is_listed(body: str, tmp_path: Path) -> None:
    nothing = tuple(Step(id=one, outcome=Outcome.ABSENT) for one in ("web-identity.variables", "environment.keys"))
    config = AwsConfig(replies=(Reply(call="eks.ListPodIdentityAssociations", body=body),))
    wanted = Wanted(source="container", checks=True)
    environment = {**ENDPOINT, "CLUSTER_NAME": "prod"}
    pod = Pod(
        root=tmp_path, config=config, wanted=wanted, gives=(Source.IMDS,), before=nothing, environment=environment
    )
    with_a_service_account(tmp_path)
    asked = pod.after_the_chain(walk_checks)
    assert asked.calls == ["eks.ListPodIdentityAssociations"]
    assert asked.facts("needs.associations", PodIdentityAssociations).exists is None
