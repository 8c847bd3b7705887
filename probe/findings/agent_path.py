"""The way to the Pod Identity agent: refused, unanswered, without a route, or through a proxy."""

from collections.abc import Iterator
from dataclasses import replace

from probe.evidence import Connection, Ending
from probe.evidence.container_text import ContainerText
from probe.findings.agent_cause import agent_cause
from probe.findings.agent_remedies import no_proxy_remedy, past_the_mesh, refused_remedies, unreachable_remedies
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.container_uri import lacks_family
from probe.findings.container_view import LOOPBACK, ContainerView, cause_open
from probe.findings.fargate import runs_on_fargate
from probe.findings.shell import quoted
from probe.parse.proxy import ProxyVariables, bypasses_go
from probe.report import Finding, Remedy, Tool

STEP = "container.connect"
GO = ("go-v1", "go-v2")
"""The SDKs that send this call through a proxy; Rust does in its newest releases, the others never do."""
VALUE_LIMIT = 2048
"""Characters that `Given` keeps of a variable."""
_ELSEWHERE = "For the reason: the same probe with hostNetwork on this node, and in a pod that no policy selects."


def no_path(case: Case) -> Iterator[Finding]:
    """The connect to the agent fails. How it fails is certain; why is not visible from inside."""
    view = ContainerView(case)
    connection = view.connection
    if connection is None or not view.is_agent or not view.has_no_path or lacks_family(case):
        return
    if runs_on_fargate(case):
        return
    if connection.ending is Ending.REFUSED:
        yield _with_cause(case, connection, _refused(case, connection))
    elif connection.ending is Ending.CONNECT_TIMEOUT:
        yield _with_cause(case, connection, _unreachable(case, connection))
    else:
        yield _no_route(case, connection)


def _with_cause(case: Case, connection: Connection, finding: Finding) -> Finding:
    """Add what Kubernetes says of the cause; without that, say what would tell it."""
    cause = agent_cause(case, connection)
    if cause is None:
        return cause_open(finding)
    summary = f"{finding.summary.removesuffix('.')}; {cause.text}." if cause.text else finding.summary
    told = replace(
        finding,
        summary=summary,
        evidence=(*finding.evidence, *cause.evidence),
        remedies=cause.remedies or finding.remedies,
    )
    return told if cause.is_sure else replace(told, becomes_certain_with=_ELSEWHERE)


def _line(connection: Connection) -> str:
    took = f" after {connection.milliseconds:.0f} ms" if connection.milliseconds is not None else ""
    tries = f", {connection.attempts} tries" if connection.attempts > 1 else ""
    name = f" ({connection.error_name})" if connection.error_name else ""
    return f"connect to {connection.host}:{connection.port}: {connection.ending.replace('-', ' ')}{name}{took}{tries}"


def _refused(case: Case, connection: Connection) -> Finding:
    return found(
        "agent-refused",
        certainty=CERTAIN,
        step=STEP,
        summary="The connection to the Pod Identity agent's address is refused.",
        evidence=[_line(connection), "nobody listens there, or a rule rejects it: REJECT, a mesh sidecar not yet up"],
        remedies=(*refused_remedies(case), past_the_mesh()),
    )


def _unreachable(case: Case, connection: Connection) -> Finding:
    return found(
        "agent-unreachable",
        certainty=CERTAIN,
        step=STEP,
        summary=f"The Pod Identity agent cannot be reached from this pod: {connection.host} does not answer a connect.",
        evidence=[
            _line(connection),
            "Go programs wait one and a half to two minutes here before they say so, botocore 9 seconds",
        ],
        remedies=unreachable_remedies(case),
    )


def _no_route(case: Case, connection: Connection) -> Finding:
    return found(
        "agent-no-route",
        certainty=CERTAIN,
        step=STEP,
        summary=f"This pod has no way to the Pod Identity agent: {connection.error_name} at {connection.host}.",
        evidence=[_line(connection)],
        remedies=[
            Remedy(
                text="EHOSTUNREACH or EACCES: look for a rule that rejects with ICMP, on the node and in the policies.",
                command=f"kubectl -n {quoted(case.namespace)} get networkpolicies",
                tool=Tool.KUBECTL,
            ),
            Remedy(text="ENETUNREACH: look at the pod's own routes.", command="cat /proc/net/route", tool=Tool.SHELL),
            *unreachable_remedies(case)[:2],
        ],
    )


def proxied(case: Case) -> Iterator[Finding]:
    """Directly the agent answers; what goes through a proxy does not come to it as it left."""
    view = ContainerView(case)
    if ContainerText.WRONG_HOST in {view.said, view.liveness.text_kind if view.liveness else None} and view.is_agent:
        yield _rewritten(view)
    elif _go_would_proxy(case, view):
        yield _sent_to_proxy(case, view)


def _rewritten(view: ContainerView) -> Finding:
    return found(
        "agent-proxied",
        certainty=CERTAIN,
        step="container.agent",
        summary="The agent was called by its address and saw another: something on the way rewrites the Host header.",
        evidence=view.told(),
        remedies=[past_the_mesh()],
    )


def _go_would_proxy(case: Case, view: ContainerView) -> bool:
    container = view.variables
    if not (container.url or "").startswith("http://") or container.host_class in LOOPBACK or not view.is_alive:
        return False
    go = ProxyVariables.read(case.given.variables).go
    return go.http is not None and not bypasses_go(container.host or "", container.port or 80, go.no_proxy)


def _sent_to_proxy(case: Case, view: ContainerView) -> Finding:
    exceptions = ProxyVariables.read(case.given.variables).go.no_proxy
    proxy = case.given.variables.get("HTTP_PROXY") or case.given.variables.get("http_proxy")
    # What is longer was cut, and may name the address further on.
    whole = len(exceptions) < VALUE_LIMIT
    return found(
        "agent-proxied",
        certainty=CERTAIN if whole else LIKELY,
        step="container.variables",
        summary=f"Go programs send this call to the HTTP proxy: NO_PROXY does not name {view.variables.host}.",
        evidence=[f"HTTP_PROXY is {proxy}", f"NO_PROXY is {exceptions or 'not set'}", *view.told()],
        becomes_certain_with="The whole of NO_PROXY: it is too long to be kept.",
        remedies=[no_proxy_remedy(exceptions if whole else "")],
        sdks=GO,
    )


RULES = (no_path, proxied)
