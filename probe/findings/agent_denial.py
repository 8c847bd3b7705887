"""The agent is there, and EKS Auth behind it is out of reach or does not give the role."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from probe.evidence.container_text import ContainerText
from probe.evidence.trust import RoleTrust
from probe.findings.agent_cause import release_line
from probe.findings.agent_remedies import (
    agent_log,
    association_remedies,
    restart_agent,
    trust_remedies,
    upstream_remedies,
)
from probe.findings.asked_of_aws import association, association_lines
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.container_view import UPSTREAM, ContainerView, cause_open
from probe.findings.shell import quoted
from probe.report import Finding, Remedy, Tool

if TYPE_CHECKING:
    from probe.findings.trust_policy import TrustReading

STEP = "container.credentials"


def upstream_unreachable(case: Case) -> Iterator[Finding]:
    """The agent says that its call of EKS Auth got no answer."""
    view = ContainerView(case)
    answer, said = view.credentials, view.said
    if answer is None or said not in UPSTREAM:
        return
    host = answer.detail if said in _NAMES_HOST else None
    bare = said == ContainerText.UPSTREAM_SILENT
    remedies = upstream_remedies(case, host)
    if said == ContainerText.UPSTREAM_X509:
        remedies = (_exempt_from_inspection(case, host), *remedies)
    elif said == ContainerText.NO_NODE_CREDENTIALS:
        remedies = _node_credentials()
    yield found(
        "agent-upstream-unreachable",
        certainty=LIKELY if bare else CERTAIN,
        step=STEP,
        summary=f"The agent is alive and cannot reach EKS Auth from its node: {_why(said, answer.detail)}.",
        evidence=[*view.told(), *_impatient(view), *release_line(case)],
        remedies=remedies,
    )


_NAMES_HOST = frozenset({ContainerText.UPSTREAM_LOOKUP, ContainerText.UPSTREAM_X509, ContainerText.UPSTREAM_TIMEOUT})


def _why(said: str, detail: str | None) -> str:
    where = detail or "EKS Auth"
    known: dict[str, str] = {
        ContainerText.UPSTREAM_SILENT: "it answers with the empty error `[]`",
        ContainerText.UPSTREAM_LOOKUP: f"the name {where} does not resolve there",
        ContainerText.UPSTREAM_DIAL: f"the connection to {where} fails",
        ContainerText.UPSTREAM_X509: f"the certificate that it is shown for {where} is not trusted",
        ContainerText.UPSTREAM_TIMEOUT: f"{where} does not answer in time",
        ContainerText.NO_NODE_CREDENTIALS: "it has no credentials of the node role to ask with",
    }
    return known[said]


def _impatient(view: ContainerView) -> Iterator[str]:
    """Say what applications see in place of this answer, where it took longer than they wait."""
    took = view.credentials.exchange.phases.first_byte if view.credentials else None
    if took is not None and took > 2000:
        yield f"the answer took {took / 1000:.1f} s: botocore and Java v2 have given up by then and show a timeout"


def _exempt_from_inspection(case: Case, host: str | None) -> Remedy:
    name = host or f"eks-auth.{case.region or 'REGION'}.api.aws"
    return Remedy(text=f"Exempt {name} from TLS inspection: the add-on has no option for a certificate authority.")


def _node_credentials() -> tuple[Remedy, ...]:
    return (
        Remedy(
            text="The agent takes the node role from IMDS: see that the instance has a profile and IMDS is on.",
            command="aws ec2 describe-instances --instance-ids INSTANCE_ID "
            "--query 'Reservations[].Instances[].[IamInstanceProfile,MetadataOptions]'",
            tool=Tool.AWS,
        ),
        agent_log("The agent's log names the failed step."),
        restart_agent("Restart it once the node has its role again."),
    )


def no_association(case: Case) -> Iterator[Finding]:
    """EKS Auth knows no association."""
    view = ContainerView(case)
    if view.said != ContainerText.EKS_AUTH or view.code != "ResourceNotFoundException":
        return
    known = association(case)
    is_listed = known is not None and known.exists is True
    yield found(
        "agent-no-association",
        certainty=LIKELY if is_listed else CERTAIN,
        step=STEP,
        summary=f"EKS Auth finds no Pod Identity association for {case.namespace}/{case.service_account}"
        + (", though EKS lists one." if is_listed else "."),
        evidence=[
            *view.told(),
            *association_lines(case),
            "pods that ran before may go on for up to three hours from the agent's cache; new ones fail at once",
            "an agent that was installed with the name of a cluster that is not there gets the same answer",
        ],
        becomes_certain_with="The same answer a minute later (associations take seconds to spread), and the "
        "--cluster-name that the agent runs with.",
        remedies=association_remedies(case),
    )


def role_trust(case: Case) -> Iterator[Finding]:
    """EKS may not assume the associated role."""
    view = ContainerView(case)
    if view.said != ContainerText.ROLE_TRUST:
        return
    trust = _reading(case)
    finding = found(
        "agent-role-trust",
        certainty=CERTAIN,
        step=STEP,
        summary=f"EKS may not assume the role that is associated with {case.namespace}/{case.service_account}"
        + (f": {trust.clause}." if trust and trust.clause else "."),
        evidence=[
            *view.told(),
            *(trust.lines() if trust else ()),
            "the role must let pods.eks.amazonaws.com do sts:AssumeRole and sts:TagSession",
        ],
        remedies=trust_remedies(case, trust.role.name if trust and trust.role else None),
    )
    yield finding if trust and trust.is_why else cause_open(finding)


def _reading(case: Case) -> "TrustReading | None":
    """Return the role as it was read. Policies are understood where one was read: other runs must not pay for it."""
    if case.evidence.facts("needs.trust", RoleTrust) is None:
        return None
    from probe.findings.trust_policy import of_pod_identity  # noqa: PLC0415 - see above

    return of_pod_identity(case)


def node_role_denied(case: Case) -> Iterator[Finding]:
    """The agent asks as the node role, which may not ask."""
    view = ContainerView(case)
    answer = view.credentials
    if answer is None or view.said != ContainerText.NODE_ROLE_DENIED:
        return
    role = _role_name(answer.detail)
    yield found(
        "agent-node-role-denied",
        certainty=CERTAIN,
        step=STEP,
        summary=f"The node role{f' {role}' if role else ''} may not call eks-auth:AssumeRoleForPodIdentity.",
        evidence=[*view.told(), *([f"principal: {answer.detail}"] if answer.detail else [])],
        remedies=[
            Remedy(
                text="Give the node role the AWS managed policy for worker nodes, or allow the action in its own "
                "policy. If it has it, an organization's policy denies it.",
                command=f"aws iam attach-role-policy --role-name {quoted(role or 'NODE_ROLE_NAME')} "
                f"--policy-arn arn:{_partition(answer.detail)}:iam::aws:policy/AmazonEKSWorkerNodePolicy",
                tool=Tool.AWS,
                privileged=True,
            )
        ],
    )


def _role_name(principal: str | None) -> str | None:
    parts = (principal or "").split("/")
    return parts[1] if len(parts) > 2 and parts[0].endswith(":assumed-role") else None


def _partition(principal: str | None) -> str:
    parts = (principal or "").split(":")
    return parts[1] if len(parts) > 5 else "aws"


RULES = (upstream_unreachable, no_association, role_trust, node_role_denied)
