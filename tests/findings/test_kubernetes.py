"""What the ServiceAccount says against what the container was given, and why they differ."""

from dataclasses import replace

import pytest

from probe.evidence import (
    AccountFacts,
    Evidence,
    Facts,
    Given,
    NodeFacts,
    Outcome,
    PodContainer,
    PodFacts,
    Process,
    Step,
    Wanted,
    WebhookFacts,
    WebIdentityVariables,
)
from probe.findings import kubernetes
from probe.findings.case import Case
from probe.findings.catalogue.entry import Severity
from probe.report import Certainty, Finding
from tests.findings.building import AGENT, NOW, POD, VARIABLES, judged
from tests.findings.container_rules import commands

ROLE, OTHER = "arn:aws:iam::111122223333:role/app", "arn:aws:iam::111122223333:role/other"
ACCOUNT = AccountFacts(
    namespace="kube-system",
    name="aws-load-balancer-controller",
    created=NOW - 10_000,
    role_arn=ROLE,
    annotated=NOW - 10_000,
    annotated_by="helm",
)
OWN_POD = PodFacts(
    namespace="kube-system",
    name="aws-load-balancer-controller-7d4f8",
    created=NOW - 5_000,
    owner_kind="ReplicaSet",
    owner_name="aws-load-balancer-controller-5c6b9",
    template_hash="5c6b9",
    containers=(PodContainer(name="controller"),),
)
WEBHOOK = WebhookFacts(
    name="pod-identity-webhook",
    managed=True,
    failure_policy="Ignore",
    authority="aa",
    sibling="vpc-resource-mutating-webhook",
    sibling_authority="aa",
)
WEBHOOK_GONE = WebhookFacts(name="pod-identity-webhook", exists=False)
INJECTED = replace(OWN_POD, volumes=("aws-iam-token",))
EKS_ISSUER = "https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE"
IRSA = {"AWS_ROLE_ARN": ROLE, "AWS_WEB_IDENTITY_TOKEN_FILE": "/token"}


def case(
    account: AccountFacts | None = ACCOUNT,
    pod: PodFacts | None = OWN_POD,
    webhook: WebhookFacts | None = WEBHOOK,
    *,
    variables: dict[str, str] | None = None,
    wanted: Wanted | None = None,
    issuer: str | None = EKS_ISSUER,
    node: NodeFacts | None = None,
) -> Case:
    """A walk in which Kubernetes was read; None is a read that was not permitted."""
    told = {} if variables is None else variables
    read: dict[str, Facts | None] = {
        "kubernetes.service-account": account,
        "kubernetes.pod": pod,
        "kubernetes.webhook": webhook,
        "kubernetes.node": node,
    }
    if told.get("AWS_ROLE_ARN"):
        read["web-identity.variables"] = WebIdentityVariables(role_arn=told["AWS_ROLE_ARN"], token_file="/token")
    if "AWS_CONTAINER_CREDENTIALS_FULL_URI" in told:
        read["container.variables"] = AGENT
    steps = tuple(
        Step(id=step_id, outcome=Outcome.OK if facts else Outcome.SKIPPED, facts=facts)
        for step_id, facts in read.items()
    )
    given = Given(variables=told, process=Process(user=65532, group=65532), pod=replace(POD, issuer=issuer), clock=NOW)
    return Case(Evidence(given=given, wanted=wanted or Wanted(), steps=steps))


def found(given: Case) -> dict[str, Finding]:
    return judged(given, kubernetes.RULES)


def not_injected(given: Case) -> Finding:
    return found(given)["identity-not-injected"]


def test_an_annotated_account_and_an_empty_environment_are_certain_whatever_the_reason() -> None:
    finding = not_injected(case())
    assert (finding.severity, finding.certainty) == (Severity.ERROR, Certainty.CERTAIN)
    assert "do not tell why" in finding.summary
    assert "rollout restart deployment aws-load-balancer-controller" in commands(finding)


@pytest.mark.parametrize(
    ("account", "pod", "webhook", "reason"),
    [
        (replace(ACCOUNT, created=NOW - 1_000), OWN_POD, WEBHOOK, "was made 67 min"),
        (replace(ACCOUNT, annotated=NOW - 1_000), OWN_POD, WEBHOOK, "annotation was written by helm"),
        (ACCOUNT, OWN_POD, WEBHOOK_GONE, "has no pod-identity-webhook"),
        (ACCOUNT, OWN_POD, replace(WEBHOOK, authority="bb"), "is not that of vpc-resource-mutating-webhook"),
        (ACCOUNT, OWN_POD, replace(WEBHOOK, authority=None), "is not that of vpc-resource-mutating-webhook"),
        (ACCOUNT, OWN_POD, replace(WEBHOOK, expires=NOW - 5_001), "caBundle ended on"),
        (
            ACCOUNT,
            replace(OWN_POD, labels={"eks.amazonaws.com/skip-pod-identity-webhook": ""}),
            WEBHOOK,
            "keeps a webhook that you run yourself away",
        ),
        (ACCOUNT, replace(OWN_POD, created=NOW - 9_998), WEBHOOK, "created 2 s after the ServiceAccount"),
    ],
)
def test_the_reason_is_read_from_times_and_from_the_webhook(
    account: AccountFacts, pod: PodFacts, webhook: WebhookFacts, reason: str
) -> None:
    assert reason in not_injected(case(account, pod, webhook)).summary


@pytest.mark.parametrize("webhook", [replace(WEBHOOK, sibling=None, sibling_authority=None), WEBHOOK, None])
def test_a_webhook_without_a_sibling_or_with_its_authority_is_not_blamed(webhook: WebhookFacts | None) -> None:
    assert "caBundle is not" not in not_injected(case(webhook=webhook)).summary


def test_other_containers_of_the_pod_that_have_it_say_that_this_one_is_the_exception() -> None:
    neighbour = PodContainer(
        name="controller", variables=("AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"), mounts=("aws-iam-token",)
    )
    finding = not_injected(case(pod=replace(OWN_POD, containers=(neighbour,), skip_containers="probe")))
    assert "the pod has it in controller" in finding.summary
    assert "skip-containers are probe" in finding.summary
    assert "probe manifest debug" in commands(finding)


EMPTY_IN_THE_SPEC = PodContainer(name="controller", variables=("AWS_ROLE_ARN",))


def test_variables_that_a_neighbour_was_given_by_hand_do_not_say_that_the_webhook_was_here() -> None:
    by_hand = PodContainer(name="aws-cli", variables=("AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"))
    finding = not_injected(case(pod=replace(OWN_POD, containers=(by_hand, PodContainer(name="probe")))))
    assert "the pod has it in" not in finding.summary


def test_an_empty_variable_of_the_spec_is_the_reason_before_any_other() -> None:
    pod = replace(OWN_POD, containers=(EMPTY_IN_THE_SPEC,))
    finding = not_injected(case(replace(ACCOUNT, created=NOW - 1_000), pod, variables={"AWS_ROLE_ARN": ""}))
    assert "AWS_ROLE_ARN is set here without a value" in finding.summary
    assert finding.becomes_certain_with is None


def test_an_empty_variable_that_the_image_or_an_entry_point_set_is_not_why_nothing_was_injected() -> None:
    finding = not_injected(case(replace(ACCOUNT, created=NOW - 1_000), variables={"AWS_ROLE_ARN": ""}))
    assert "without a value" not in finding.summary


def test_where_the_spec_is_not_known_an_empty_variable_leaves_the_reason_open() -> None:
    finding = not_injected(case(pod=None, variables={"AWS_ROLE_ARN": ""}))
    assert "perhaps by the container's spec" in finding.summary
    assert finding.becomes_certain_with is not None


def test_an_empty_variable_of_one_container_among_several_may_be_a_neighbours() -> None:
    pod = replace(OWN_POD, containers=(EMPTY_IN_THE_SPEC, PodContainer(name="probe")))
    assert not_injected(case(pod=pod, variables={"AWS_ROLE_ARN": ""})).becomes_certain_with is not None


def test_an_open_reason_names_the_reads_that_would_settle_it_and_a_sure_one_none() -> None:
    opened = not_injected(case(pod=None, webhook=None)).becomes_certain_with
    assert opened is not None
    assert "k8s/rbac/own-service-account-and-pod.yaml" in opened
    assert "k8s/rbac/webhook-configuration.yaml" in opened
    assert not_injected(case(webhook=WEBHOOK_GONE)).becomes_certain_with is None


def test_an_account_that_is_newer_than_its_pod_had_a_forerunner_that_may_have_been_annotated_as_well() -> None:
    assert not_injected(case(replace(ACCOUNT, created=NOW - 1_000))).becomes_certain_with is not None


def test_outside_of_eks_a_webhook_may_have_another_name() -> None:
    finding = not_injected(case(webhook=WEBHOOK_GONE, issuer="https://kubernetes.default.svc.cluster.local"))
    assert "may have another name" in finding.summary
    assert finding.becomes_certain_with is not None


def test_labels_of_the_node_show_eks_where_the_token_does_not() -> None:
    node = NodeFacts(name="node-1", labels={"eks.amazonaws.com/nodegroup": "workers"})
    assert not_injected(case(webhook=WEBHOOK_GONE, issuer=None, node=node)).becomes_certain_with is None


def test_a_bundle_that_was_still_good_when_the_pod_was_made_did_not_keep_it_from_the_webhook() -> None:
    later = replace(WEBHOOK, expires=OWN_POD.created + 1 if OWN_POD.created else None)
    assert "caBundle ended on" not in not_injected(case(webhook=later)).summary


def test_without_the_pods_time_a_bundle_that_ended_may_have_been_good_when_the_pod_was_made() -> None:
    finding = not_injected(case(pod=None, webhook=replace(WEBHOOK, expires=NOW - 1)))
    assert "caBundle ended on" in finding.summary
    assert finding.becomes_certain_with is not None


@pytest.mark.parametrize("source", ["container", "imds", "environment", "none"])
def test_whoever_expects_another_source_is_not_told_of_the_annotation_as_a_failure(source: str) -> None:
    assert "identity-not-injected" not in found(case(wanted=Wanted(source=source)))


@pytest.mark.parametrize("role", [None, "", " "])
def test_an_account_without_a_role_is_not_called_uninjected(role: str | None) -> None:
    assert found(case(replace(ACCOUNT, role_arn=role))) == {}


def test_an_account_that_could_not_be_read_says_nothing() -> None:
    assert found(case(account=None)) == {}


def test_a_missing_annotation_is_certain_where_web_identity_is_expected() -> None:
    bare = replace(ACCOUNT, role_arn=None)
    finding = found(case(bare, wanted=Wanted(source="web-identity", role_arn=ROLE)))["identity-annotation-missing"]
    assert (finding.severity, finding.certainty) == (Severity.ERROR, Certainty.CERTAIN)
    assert f"eks.amazonaws.com/role-arn={ROLE}" in commands(finding)


def test_outside_of_eks_a_missing_annotation_is_only_likely_because_roles_may_stand_in_a_config_map() -> None:
    given = case(replace(ACCOUNT, role_arn=None), wanted=Wanted(source="web-identity"), issuer="https://oidc.example")
    finding = found(given)["identity-annotation-missing"]
    assert finding.certainty is Certainty.LIKELY
    assert finding.becomes_certain_with is not None
    assert "ConfigMap" in finding.becomes_certain_with


def test_an_annotation_that_went_away_is_a_warning_while_the_pod_still_works() -> None:
    finding = found(case(replace(ACCOUNT, role_arn=None), INJECTED, variables=IRSA))["identity-annotation-missing"]
    assert (finding.severity, finding.certainty) == (Severity.WARNING, Certainty.LIKELY)


def test_a_pair_that_was_set_by_hand_needs_no_annotation() -> None:
    assert found(case(replace(ACCOUNT, role_arn=None), OWN_POD, variables=IRSA)) == {}


def test_the_same_role_in_both_places_is_fine() -> None:
    assert found(case(pod=INJECTED, variables=IRSA)) == {}


def test_another_role_than_the_annotation_names_is_stale_when_it_was_written_after_the_pod() -> None:
    changed = replace(ACCOUNT, role_arn=OTHER, annotated=NOW - 100)
    finding = found(case(changed, INJECTED, variables=IRSA))["identity-stale"]
    assert (finding.severity, finding.certainty) == (Severity.ERROR, Certainty.CERTAIN)
    assert OTHER in finding.summary
    assert finding.remedies[0].command is not None
    assert "rollout restart" in finding.remedies[0].command


@pytest.mark.parametrize(
    ("account", "pod"),
    [(replace(ACCOUNT, role_arn=OTHER), INJECTED), (replace(ACCOUNT, role_arn=OTHER, annotated=NOW), OWN_POD)],
)
def test_a_role_that_the_webhook_cannot_have_put_there_is_set_by_hand(account: AccountFacts, pod: PodFacts) -> None:
    finding = found(case(account, pod, variables=IRSA))["identity-stale"]
    assert finding.severity is Severity.WARNING
    assert "set by hand" in finding.summary
    assert "AWS_ROLE_ARN-" in commands(finding)


def test_a_volume_of_the_webhook_leaves_open_whether_a_hand_or_a_late_webhook_set_the_role() -> None:
    finding = found(case(replace(ACCOUNT, role_arn=OTHER), INJECTED, variables=IRSA))["identity-stale"]
    assert "set by hand, or the webhook was late to know" in finding.summary
    assert finding.becomes_certain_with is not None


def test_without_the_pod_nobody_knows_whether_a_role_is_stale_or_set_by_hand() -> None:
    finding = found(case(replace(ACCOUNT, role_arn=OTHER), pod=None, variables=IRSA))["identity-stale"]
    assert "still" not in finding.summary
    assert finding.becomes_certain_with is not None
    assert "k8s/rbac/own-service-account-and-pod.yaml" in finding.becomes_certain_with


@pytest.mark.parametrize("named", ["app", "/app"])
def test_an_annotation_with_the_name_alone_is_the_same_role(named: str) -> None:
    assert found(case(replace(ACCOUNT, role_arn=named, annotated=NOW), INJECTED, variables=IRSA)) == {}


def test_an_annotation_with_another_name_alone_is_another_role() -> None:
    assert "identity-stale" in found(case(replace(ACCOUNT, role_arn="pp", annotated=NOW), INJECTED, variables=IRSA))


def test_a_stale_role_that_is_the_expected_one_is_a_warning() -> None:
    changed = replace(ACCOUNT, role_arn=OTHER, annotated=NOW - 100)
    wanted = Wanted(source="web-identity", role_arn=ROLE)
    assert found(case(changed, INJECTED, variables=IRSA, wanted=wanted))["identity-stale"].severity is Severity.WARNING


def test_an_annotation_that_was_masked_is_not_compared() -> None:
    assert found(case(replace(ACCOUNT, role_arn="***"), INJECTED, variables=IRSA)) == {}


def test_an_annotation_beside_pod_identity_is_a_note_that_it_does_nothing() -> None:
    finding = found(case(variables=VARIABLES))["identity-annotation-unused"]
    assert (finding.severity, finding.certainty) == (Severity.NOTE, Certainty.CERTAIN)


def test_values_from_the_cluster_are_quoted_in_commands() -> None:
    hostile = replace(OWN_POD, owner_kind="DaemonSet", owner_name="a; rm -rf /")
    assert "rollout restart daemonset 'a; rm -rf /'" in commands(not_injected(case(pod=hostile)))


@pytest.mark.parametrize(
    ("kind", "name", "template", "workload"),
    [
        ("ReplicaSet", "app-5c6b9", "5c6b9", "deployment app"),
        ("ReplicaSet", "app-5c6b9", None, "deployment DEPLOYMENT"),
        ("StatefulSet", "db", None, "statefulset db"),
        ("Job", "app-credential-probe", None, "deployment DEPLOYMENT"),
        ("DaemonSet", "aws-credential-probe-vpc-cni", None, "deployment DEPLOYMENT"),
        (None, None, None, "deployment DEPLOYMENT"),
    ],
)
def test_the_owner_is_what_a_restart_is_for_and_never_the_probe_itself(
    kind: str | None, name: str | None, template: str | None, workload: str
) -> None:
    given = case(pod=replace(OWN_POD, owner_kind=kind, owner_name=name, template_hash=template))
    assert given.workload == workload
