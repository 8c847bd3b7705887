"""Why the Pod Identity agent cannot be reached, where Kubernetes could be asked: its pod on this node, and policies."""

import re
from collections.abc import Iterator
from dataclasses import replace

from probe import rights
from probe.evidence import AgentFacts, AgentPod, Connection, Ending
from probe.findings.agent_remedies import refused_remedies, unreachable_remedies
from probe.findings.case import Case
from probe.findings.kubernetes_view import UNSELECTED, KubernetesView, Platform, listed
from probe.findings.shell import quoted
from probe.records import dataclass
from probe.report import Remedy, Tool

AGENT_ADDRESSES = frozenset({"169.254.170.23", "fd00:ec2::23"})


_RELEASE = re.compile(r":v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?:[-@]|$)")
_IGNORING_PROXIES = ((0, 1, 32), (0, 1, 35))
"""The first and the last release of the agent that did not obey HTTPS_PROXY (aws/eks-pod-identity-agent#109)."""


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Half a sentence that ends the summary, and what was read."""

    text: str
    evidence: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    """In the place of those that look for the cause; where there are none, those stay."""
    is_sure: bool = True
    """Whether nothing else explains it."""


def release_line(case: Case) -> Iterator[str]:
    """Say which release of the agent is on this node, and whether it is one that goes past the node's proxy."""
    agent = KubernetesView(case).agent
    image = agent.pods[0].image if agent is not None and agent.pods else None
    found = _RELEASE.search(image or "")
    if found is None:
        return
    release = tuple(map(int, found.groups()))
    first, last = _IGNORING_PROXIES
    ignores = first <= release <= last
    tail = ": 0.1.32 to 0.1.35 do not obey HTTPS_PROXY, and go past a proxy of the node" if ignores else ""
    yield f"the agent on this node is {'.'.join(found.groups())}{tail}"


def agent_cause(case: Case, connection: Connection) -> Cause | None:
    """Return why nobody answers; None where it was not read, or what was read does not tell."""
    view = KubernetesView(case)
    agent = view.agent
    if agent is None or view.platform in {Platform.AUTO_MODE, Platform.HYBRID}:
        # Auto Mode has the agent built in and shows no pod of it; hybrid nodes have DaemonSets of their own.
        return _policies(view, connection, ())
    if not agent.pods:
        return _not_here(view, agent) if view.node is not None else _not_seen(agent)
    if not any(pod.ready for pod in agent.pods):
        return _not_ready(case, agent.pods[0], connection)
    runs = tuple(f"the agent's pod {pod.name} on this node is ready" for pod in agent.pods if pod.ready)
    cause = _policies(view, connection, runs)
    if cause is not None and connection.ending is Ending.REFUSED:
        return replace(cause, text="its pod on this node is ready, so look for a rule that rejects, or a mesh sidecar")
    return cause


def _not_seen(agent: AgentFacts) -> Cause:
    """No pod is listed, on a node of an unknown kind: with Auto Mode and on hybrid nodes that is as it should be."""
    absent = ("kube-system has no DaemonSet eks-pod-identity-agent",) if agent.daemon_set is False else ()
    return Cause(
        text=f"no pod eks-pod-identity-agent is on {agent.node}; EKS Auto Mode and hybrid nodes show none of that name",
        evidence=(*absent, f"what kind of node this is could not be read ({rights.NODE} grants it)"),
        is_sure=False,
    )


def _not_here(view: KubernetesView, agent: AgentFacts) -> Cause:
    if agent.daemon_set is False:
        return Cause(
            text="the add-on is not installed",
            evidence=("kube-system has no DaemonSet eks-pod-identity-agent, and no pod of it is on this node",),
            remedies=(_install(),),
        )
    count = f", meant for {agent.desired} nodes," if agent.desired is not None else ""
    known = (f"the DaemonSet eks-pod-identity-agent{count} is there",) if agent.daemon_set else ()
    taints = view.node.taints if view.node else ()
    return Cause(
        text=f"no pod of the agent runs on {agent.node}",
        evidence=(*known, *((f"taints of the node: {', '.join(taints[:6])}",) if taints else ())),
        remedies=(_tolerate() if agent.daemon_set else _install(),),
    )


def _not_ready(case: Case, pod: AgentPod, connection: Connection) -> Cause:
    ended = f", ended last with {pod.ended}" if pod.ended else ""
    code = f" ({pod.exit_code})" if pod.ended and pod.exit_code is not None else ""
    state = pod.waiting or (f"phase {pod.phase}" if pod.phase else "not ready")
    return Cause(
        text=f"the agent's pod on this node is not ready ({state}, {pod.restarts} restarts)",
        evidence=(f"{pod.name}: {state}, {pod.restarts} restarts{ended}{code}",),
        remedies=(
            Remedy(
                text="Read why it does not run: `address already in use` is another hostNetwork pod on port 80, "
                "`cannot assign requested address` IPv6 that is off on the node.",
                command=f"kubectl -n kube-system logs {quoted(pod.name)}{' --previous' if pod.restarts else ''}",
                tool=Tool.KUBECTL,
            ),
            *refused_remedies(case)[2:],
        ),
        # One that has run leaves its address behind, which then refuses: silence may be somebody else's doing.
        is_sure=connection.ending is Ending.REFUSED or not (pod.ended or pod.restarts),
    )


def _policies(view: KubernetesView, connection: Connection, known: tuple[str, ...]) -> Cause | None:
    """Say which policies forbid the way, once the agent itself is known to be well or cannot be seen."""
    address = connection.address or connection.host
    is_silent = connection.ending is Ending.CONNECT_TIMEOUT
    against = view.policies_against(address) if is_silent else ()
    # The first three look for the agent, which is known to be there.
    others = unreachable_remedies(view.case)[3 if known else 0 :] if is_silent else ()
    if against:
        return Cause(
            text=f"{listed(against)} selects this pod and allows no egress to {address} port 80",
            evidence=known,
            remedies=(allow_egress(view, address), *others),
            is_sure=False,
        )
    if not known:
        return None
    unselected = (UNSELECTED,) if view.is_unselected else ()
    return Cause(text="", evidence=(*known, *unselected), remedies=others, is_sure=False)


def allow_egress(view: KubernetesView, address: str) -> Remedy:
    """Let the pod reach an address on port 80, in the way that the cluster's policies can say it."""
    case, against = view.case, view.policies_against(address)
    names = " ".join(dict.fromkeys(quoted(one.name) for one in against))
    text = f"Allow egress to {address}/{128 if ':' in address else 32} TCP port 80 (an ipBlock) in one of them."
    if view.policies is not None and view.policies.cilium and address in AGENT_ADDRESSES:
        text = (
            "Allow egress in a CiliumNetworkPolicy with `toEntities: [host]` and port 80: no ipBlock matches the agent."
        )
    only_cilium = {one.kind for one in against} == {"CiliumNetworkPolicy"}
    plural = "ciliumnetworkpolicies" if only_cilium else "networkpolicies"
    return Remedy(
        text=text,
        command=f"kubectl -n {quoted(case.namespace)} get {plural} {names} -o yaml",
        tool=Tool.KUBECTL,
    )


def _install() -> Remedy:
    return Remedy(
        text="Install the add-on (not on EKS Auto Mode, where the built-in one has the port).",
        command="aws eks create-addon --cluster-name CLUSTER --addon-name eks-pod-identity-agent",
        tool=Tool.AWS,
        privileged=True,
    )


def _tolerate() -> Remedy:
    return Remedy(
        text="Let its DaemonSet tolerate this node's taints, and look whether its affinity or a full node keeps it "
        "away.",
        command="aws eks update-addon --cluster-name CLUSTER --addon-name eks-pod-identity-agent "
        '--configuration-values \'{"tolerations":[{"operator":"Exists"}]}\'',
        tool=Tool.AWS,
        privileged=True,
    )
