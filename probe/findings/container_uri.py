"""The container credentials URI: whether it is one, whose hosts SDKs accept, and whether this pod has its family."""

from collections.abc import Iterator
from dataclasses import replace

from probe.evidence import NAME_FAILED, Ending
from probe.evidence.container_text import ContainerText
from probe.findings.agent_remedies import restart, upgrade_agent
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.catalogue.entry import Severity
from probe.findings.container_view import ContainerView
from probe.findings.spoken import sdks_listed
from probe.findings.words import ended
from probe.report import Finding, Remedy

STEP = "container.variables"
AGENT_URI = {"ipv4": "http://169.254.170.23/v1/credentials", "ipv6": "http://[fd00:ec2::23]/v1/credentials"}
TAKES_EMPTY = ("botocore", "java-v2", "rust")
"""SDKs to which an empty variable is a set one."""
NO_NAMES = ("botocore", "js-v3")
"""SDKs that accept no name over http but `localhost`; the others look a name up and judge its addresses."""
_VARIABLES = {"full": "AWS_CONTAINER_CREDENTIALS_FULL_URI", "relative": "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"}
_MODE = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"


def invalid(case: Case) -> Iterator[Finding]:
    """The variable holds no URI, or one that the agent cannot be called by."""
    view = ContainerView(case)
    container, problem = view.variables, view.variables.problem
    if view.is_misaddressed and not view.has_keys:
        problem = "the agent serves plain http on port 80, and nothing else."
    if problem is None:
        return
    variable = _VARIABLES[container.used or "full"]
    text = container.full_uri if container.used == "full" else container.relative_uri
    yield found(
        "container-uri-invalid",
        certainty=CERTAIN,
        step=STEP,
        summary=f"{variable} cannot be called: {problem}",
        evidence=[f"{variable} is {text!r}" if text else f"{variable} is set and empty", *view.told()],
        remedies=_set_by_hand(case),
        sdks=() if text else TAKES_EMPTY,
    )


def host_not_allowed(case: Case) -> Iterator[Finding]:
    """Over plain http SDKs send a token to few hosts only."""
    view = ContainerView(case)
    container = view.variables
    if container.problem or not (container.url or "").startswith("http://"):
        return
    if container.host_class == "other-ip":
        yield _not_allowed(case, f"No SDK sends anything to {container.host} over plain http.", ())
    elif container.host_class == "name":
        yield _name(case, view)


def _name(case: Case, view: ContainerView) -> Finding:
    """Judge a name: some SDKs refuse it unseen, the others go by its addresses, and the agent by the Host header."""
    host, connection = view.variables.host, view.connection
    if view.said == ContainerText.WRONG_HOST:
        summary = f"The agent must be called by its address: SDKs refuse the name {host} over http, or the agent does."
        return _not_allowed(case, summary, ())
    if connection is None:
        return _not_allowed(case, f"No SDK sends anything to {host} over http: not all its addresses are allowed.", ())
    if connection.ending in NAME_FAILED:
        return _not_allowed(case, f"SDKs refuse the name {host} over http, or cannot resolve it.", ())
    refusing = f"{sdks_listed(NO_NAMES)} refuse the name {host} over http unseen; Go and Rust look it up and go on."
    return _not_allowed(case, refusing, NO_NAMES)


def _not_allowed(case: Case, summary: str, sdks: tuple[str, ...]) -> Finding:
    view = ContainerView(case)
    evidence = [f"the URI is {view.variables.url}", "allowed are loopback, 169.254.170.2, 169.254.170.23, fd00:ec2::23"]
    step = case.evidence.step("container.connect")
    if step is not None and step.reason:
        evidence.append(step.reason)
    finding = found(
        "container-host-not-allowed",
        certainty=CERTAIN,
        step=STEP,
        summary=summary,
        evidence=[*evidence, *view.told()],
        remedies=_set_by_hand(case),
        sdks=sdks,
    )
    return replace(finding, severity=Severity.WARNING) if view.has_keys else finding


def lacks_family(case: Case) -> bool:
    """Whether the agent is named in an address family that this pod, as far as can be seen, does not have.

    A kernel without the family says so at once; silence or a refusal shows that it has it, whatever its tables tell.
    """
    view = ContainerView(case)
    connection, families = view.connection, case.given.pod.address_families
    if not view.is_agent or connection is None or connection.ending is not Ending.UNREACHABLE:
        return False
    if families:
        return _family(view) not in families
    return connection.other_ending is Ending.CONNECTED


def family_mismatch(case: Case) -> Iterator[Finding]:
    """The agent has two addresses, and the URI names the one of the wrong family."""
    view = ContainerView(case)
    if lacks_family(case):
        yield _of_the_pod(case, view)
    elif _refused_by_java(case, view):
        yield _of_java(case, view)


def _of_the_pod(case: Case, view: ContainerView) -> Finding:
    families, connection = case.given.pod.address_families, view.connection
    mine, other = _family(view), "ipv4" if _family(view) == "ipv6" else "ipv6"
    evidence = [f"addresses of this pod: {' and '.join(families) or 'unknown'}"]
    if connection is not None:
        evidence.append(f"connect to {connection.host}: {ended(connection.ending, connection.error_name)}")
        if connection.other_ending is not None:
            evidence.append(f"connect to {connection.other_address}: {connection.other_ending}")
    return found(
        "container-family-mismatch",
        certainty=CERTAIN if families else LIKELY,
        step=STEP,
        summary=f"The URI names the agent's {_SPOKEN[mine]} address, and this pod has no {_SPOKEN[mine]}.",
        evidence=evidence,
        becomes_certain_with="The pod's own addresses (status.podIPs).",
        remedies=[
            upgrade_agent("Upgrade the agent: since August 2025 it offers only the family that the cluster has."),
            Remedy(text="Set by hand, the URI for this pod is:", command=f"{_VARIABLES['full']}={AGENT_URI[other]}"),
        ],
    )


_SPOKEN = {"ipv4": "IPv4", "ipv6": "IPv6"}


def _family(view: ContainerView) -> str:
    return "ipv6" if view.variables.host_class == "eks-ipv6" else "ipv4"


def _refused_by_java(case: Case, view: ContainerView) -> bool:
    """Whether Java's endpoint mode for IMDS refuses the link-local address that the URI names."""
    wants_ipv6 = case.given.variables.get(_MODE, "").lower() == "ipv6"
    if view.variables.problem or not (view.variables.url or "").startswith("http://"):
        return False
    return view.variables.host_class in ({"eks-ipv4", "ecs"} if wants_ipv6 else {"eks-ipv6"})


def _of_java(case: Case, view: ContainerView) -> Finding:
    mode = case.given.variables.get(_MODE) or "not set"
    wanted = "IPv6" if view.variables.host_class == "eks-ipv6" else "IPv4"
    finding = found(
        "container-family-mismatch",
        certainty=CERTAIN,
        step=STEP,
        summary=f"Java v2 before 2.48.0 refuses {view.variables.host} and goes on to the node role: {_MODE} is {mode}.",
        evidence=[f"the URI is {view.variables.url}", f"{_MODE} is {mode}; Java v2 wants {wanted} for this address"],
        remedies=[Remedy(text="For Java programs set the endpoint mode.", command=f"{_MODE}={wanted}")],
        sdks=("java-v2",),
    )
    return replace(finding, severity=Severity.WARNING)


def _set_by_hand(case: Case) -> tuple[Remedy, ...]:
    family = "ipv6" if case.given.pod.address_families == ("ipv6",) else "ipv4"
    return (
        restart(
            case, "Remove the variable from the pod spec, so that the webhook injects the right one; new pods get it."
        ),
        Remedy(text="Set by hand, the URI of the EKS agent is:", command=f"{_VARIABLES['full']}={AGENT_URI[family]}"),
    )


RULES = (invalid, host_not_allowed, family_mismatch)
