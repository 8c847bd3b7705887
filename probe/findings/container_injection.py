"""Whether Pod Identity was injected at all, into a place that has it, and alone."""

from collections.abc import Iterator
from dataclasses import replace

from probe.evidence import Outcome, Source
from probe.findings.agent_remedies import association_remedies, restart
from probe.findings.asked_of_aws import association, association_lines
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.container_view import ContainerView
from probe.findings.fargate import fargate_hints, node_says_so, runs_on_fargate
from probe.findings.kubernetes_remedies import debug_profile, unset_role
from probe.findings.kubernetes_view import POD_IDENTITY_VOLUME, WEB_IDENTITY_VOLUME, KubernetesView
from probe.findings.shell import quoted
from probe.findings.spoken import listed
from probe.report import Finding, Remedy, Tool

STEP = "container.variables"


def not_injected(case: Case) -> Iterator[Finding]:
    """Pod Identity is expected, and no URI is here."""
    if case.evidence.wanted.source != Source.CONTAINER or case.container is not None or runs_on_fargate(case):
        return
    who = f"{case.namespace}/{case.service_account}" if case.given.pod.service_account else "this pod"
    neighbours = KubernetesView(case).neighbours
    yield found(
        "container-not-injected",
        certainty=CERTAIN,
        step=STEP,
        summary=f"Pod Identity is expected for {who}, and this container was not given it: its pod has an identity in "
        f"{listed(neighbours)}."
        if neighbours
        else f"Pod Identity is expected for {who} and was not injected: no container credential URI is set"
        + _reason(case),
        evidence=[
            "AWS_CONTAINER_CREDENTIALS_FULL_URI and AWS_CONTAINER_CREDENTIALS_RELATIVE_URI are not set",
            *association_lines(case),
            *_last_link(case),
        ],
        remedies=_remedies(case, neighbours),
    )


def _remedies(case: Case, neighbours: tuple[str, ...]) -> tuple[Remedy, ...]:
    known = association(case)
    if neighbours:
        return (debug_profile(case),)
    return _new_pods(case) if known is not None and known.exists else association_remedies(case)


def _reason(case: Case) -> str:
    told = association(case)
    if told is None:
        return "."
    return ", though EKS has its association." if told.exists else ": EKS has no association for it."


def _new_pods(case: Case) -> tuple[Remedy, ...]:
    """Where the association is there, this pod was made before it or kept from the webhook: make new ones."""
    return (
        restart(case, "The association is there, and pods get it when they are created, never later: make new ones."),
        *association_remedies(case)[:1],
    )


def _last_link(case: Case) -> Iterator[str]:
    """Say what the last link of the chain does: its error is what people read, and follow to the wrong cure."""
    if case.gave_keys(Source.IMDS):
        yield "IMDS answers, so programs run as the node role"
    elif case.evidence.outcome("imds.token") is Outcome.FAIL:
        yield (
            "SDKs end at IMDS, which gives no token: raising its hop limit would only hand this pod the node role, "
            "not its own"
        )


def on_fargate(case: Case) -> Iterator[Finding]:
    """Pod Identity is expected, or was even injected, on Fargate."""
    view = ContainerView(case)
    expected = case.evidence.wanted.source == Source.CONTAINER and case.container is None
    injected = view.is_agent and view.has_no_path
    if not runs_on_fargate(case) or not (expected or injected):
        return
    namespace, account = quoted(case.namespace), quoted(case.service_account)
    yield found(
        "fargate-no-pod-identity",
        certainty=CERTAIN if node_says_so(case) else LIKELY,
        step=STEP,
        summary="This pod runs on Fargate, where EKS Pod Identity does not exist.",
        evidence=fargate_hints(case),
        remedies=[
            Remedy(
                text="Use IRSA on Fargate: a role that trusts the cluster's OIDC provider, named on the account.",
                command=f"kubectl -n {namespace} annotate serviceaccount {account} "
                "eks.amazonaws.com/role-arn=ROLE_ARN --overwrite",
                tool=Tool.KUBECTL,
                privileged=True,
            ),
            restart(case, "Then make new pods."),
            Remedy(text="Or let the pod run on EC2 nodes: narrow the Fargate profile's selector."),
        ],
    )


def both(case: Case) -> Iterator[Finding]:
    """Web identity and a container URI side by side."""
    told = case.given
    pair = told.is_set("AWS_ROLE_ARN") and told.is_set("AWS_WEB_IDENTITY_TOKEN_FILE")
    if not pair or case.container is None or case.container.problem is not None:
        return
    yield found(
        "both-injected",
        certainty=CERTAIN,
        step=STEP,
        summary="Web identity and container credentials are both configured: every SDK takes web identity.",
        evidence=[
            f"AWS_ROLE_ARN is {told.variables['AWS_ROLE_ARN']}",
            f"the container credential URI is {case.container.url}",
            _by_hand(case),
        ],
        remedies=[
            replace(
                unset_role(case),
                text="To use Pod Identity: take the variables of web identity out of the workload and its chart.",
            ),
            Remedy(
                text="To stay with IRSA: delete the association, or remove the URI from the pod spec.",
                command="aws eks delete-pod-identity-association --cluster-name CLUSTER "
                "--association-id ASSOCIATION_ID",
                tool=Tool.AWS,
                privileged=True,
            ),
        ],
    )


def _by_hand(case: Case) -> str:
    """Say which of the two somebody set, by the volumes that the webhook brings along."""
    pod = KubernetesView(case).pod
    volumes = set(pod.volumes) if pod else set()
    if volumes == {POD_IDENTITY_VOLUME}:
        return "the pod has the webhook's volume for Pod Identity alone: AWS_ROLE_ARN was set by hand"
    if volumes == {WEB_IDENTITY_VOLUME}:
        return "the pod has the webhook's volume for web identity alone: the container URI was set by hand"
    return "the webhook never injects both: one of them was set by hand"


RULES = (not_injected, on_fargate, both)
