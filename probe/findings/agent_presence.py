"""Who answers at the Pod Identity agent's address, and whether in time."""

from collections.abc import Iterator
from dataclasses import replace

from probe.evidence import NO_PATH, Ending, Exchange
from probe.findings.agent_remedies import agent_log, find_agent, past_the_mesh, restart_agent, upgrade_agent
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.catalogue.entry import Severity
from probe.findings.container_view import ContainerView
from probe.findings.shell import quoted
from probe.findings.spoken import SDK_NAMES, sdks_listed
from probe.report import Finding, Remedy, Tool

PATIENCE = {"java-v2": 1.0, "botocore": 2.0, "rust": 5.0}
"""Seconds that an SDK waits for an answer of the agent; Go never gives up, and current JS v3 only warns.

aws-sdk-java-v2:core/regions (HttpResourcesUtils), boto/botocore:botocore/utils.py, smithy-rs:aws-config ecs.rs.
"""
LONG_ENOUGH = 1.8
"""Seconds of silence on two connections at once after which it is no slow answer any more."""
FULL_PATIENCE = 9.0
_BROKEN_OFF = frozenset({Ending.RESET, Ending.CLOSED, Ending.NOT_HTTP, *NO_PATH})
"""After a connect that succeeded: whatever ends an exchange at once."""
_NO_WORD = _BROKEN_OFF | {Ending.NO_ANSWER}
_NEVER_THE_AGENT = frozenset({401, 404, 405})
_WHO = "For the reason: the agent's log on this node (does it tell of this request?), and whether a mesh is in the pod."
_HANGS = "Go v1, Go v2 and current JS v3 have no time limit here and hang for ever; botocore gives up after 9 seconds"


def impostor(case: Case) -> Iterator[Finding]:
    """A request without a token has one right answer, and this is not it."""
    view = ContainerView(case)
    if view.liveness is None or not view.is_foreign:
        return
    seen = view.liveness.exchange
    who = f" ({seen.server})" if seen.server else ""
    yield found(
        "agent-impostor",
        certainty=CERTAIN if _is_foreign(seen) else LIKELY,
        step="container.agent",
        summary=f"Something that is not the Pod Identity agent answers at {view.variables.host}{who}.",
        evidence=[*view.told(), "the agent answers a request without a token with 400 and a text of its own"],
        becomes_certain_with="The agent's log on this node: does it tell of this request?",
        remedies=[
            find_agent(case),
            Remedy(
                text="Find who has port 80 of this node: a pod with hostNetwork or hostPort 80, such as an ingress.",
                command=f"kubectl get pods -A -o wide --field-selector spec.nodeName={quoted(case.node)}",
                tool=Tool.KUBECTL,
            ),
            *((past_the_mesh(),) if "envoy" in (seen.server or "").lower() else ()),
            Remedy(text="Cilium 1.18 gave the address to HostPort services for a while: upgrade it."),
        ],
    )


def _is_foreign(seen: Exchange) -> bool:
    """Whether the answer is one that no agent gives; a plain 400 or 5xx could be a later agent's."""
    if seen.ending is Ending.NOT_HTTP or (seen.status or 500) < 400 or seen.status in _NEVER_THE_AGENT:
        return True
    # A mesh's sidecar writes its own name over that of whoever answered behind it.
    by_mesh = "envoy" in (seen.server or "").lower()
    return (seen.server is not None and not by_mesh) or "html" in (seen.content_type or "")


def mute(case: Case) -> Iterator[Finding]:
    """The connection stands, and nothing comes back."""
    view = ContainerView(case)
    if not view.is_agent or not view.exchanges:
        return
    answer = view.credentials.exchange if view.credentials else None
    if view.is_mute:
        waited = max(view.waited("container.agent"), view.waited("container.credentials"))
        summary = f"The Pod Identity agent's address accepts connections and says nothing: no answer in {waited:.1f} s."
        yield _mute(case, summary, certain=waited >= LONG_ENOUGH)
    elif view.is_alive and answer is not None and answer.ending is Ending.NO_ANSWER:
        waited = view.waited("container.credentials")
        summary = (
            f"The Pod Identity agent is alive and gave no credentials in {waited:.1f} s: EKS Auth may not answer it."
        )
        yield _mute(case, summary, certain=waited >= FULL_PATIENCE)
    elif not view.is_foreign and all(one.ending in _BROKEN_OFF for one in view.exchanges):
        yield _mute(case, "The Pod Identity agent's address accepts connections and breaks them off.", certain=True)
    elif view.is_alive and answer is not None and answer.ending in _BROKEN_OFF:
        yield _mute(case, "The Pod Identity agent is alive and breaks the request for credentials off.", certain=True)
    elif not view.is_foreign and not view.is_alive and _gives_no_word(view):
        summary = "The Pod Identity agent's address takes connections and gives no answer: silent, or broken off."
        yield _mute(case, summary, certain=not view.is_cut)


def _gives_no_word(view: ContainerView) -> bool:
    return all(one.ending in _NO_WORD for one in view.exchanges[1 if view.is_cut else 0 :])


def _mute(case: Case, summary: str, *, certain: bool) -> Finding:
    view = ContainerView(case)
    hangs = [_HANGS] if all(one.ending is Ending.NO_ANSWER for one in view.exchanges[-1:]) else []
    unknown = () if view.is_alive else ("who accepts is not known: a mesh sidecar does it in the agent's place",)
    finding = found(
        "agent-mute",
        certainty=CERTAIN if certain else LIKELY,
        step="container.agent" if view.is_mute else "container.credentials",
        summary=summary,
        evidence=[*view.told(), *hangs, *unknown],
        becomes_certain_with="A longer --deadline: the agent may take six seconds to say that EKS Auth is silent.",
        remedies=[
            find_agent(case),
            agent_log("Read what it is doing."),
            restart_agent("Restart it on this node."),
            upgrade_agent("Upgrade it: agents before 0.1.32 wait for EKS Auth without any limit."),
            *(() if view.is_alive else (past_the_mesh(),)),
        ],
    )
    return replace(finding, becomes_certain_with=_WHO) if certain and not view.is_alive else finding


def slow(case: Case) -> Iterator[Finding]:
    """The answer comes after some SDKs have given up, or begins and does not end."""
    view = ContainerView(case)
    answer = view.credentials
    if not view.is_agent or answer is None:
        return
    if answer.exchange.ending is Ending.INCOMPLETE:
        waited = view.waited("container.credentials")
        yield _slow(case, f"The Pod Identity agent's answer began and had not ended after {waited:.1f} s.", ())
        return
    seconds = _seconds(answer.exchange)
    lost = tuple(sdk for sdk, limit in PATIENCE.items() if seconds > limit)
    if not answer.has_keys or not lost:
        return
    summary = f"The Pod Identity agent took {seconds:.1f} s to answer; {sdks_listed(lost)} had given up by then."
    finding = _slow(case, summary, lost)
    # Java tries five times more at once: it alone fails over an agent that needs between one and two seconds.
    yield replace(finding, severity=Severity.WARNING) if lost == ("java-v2",) else finding


def _seconds(exchange: Exchange) -> float:
    """Return the seconds from the connection to the first byte, which is what read timeouts measure.

    By the kernel's count where it is shorter: a probe that is short of processor time reads late what came early.
    """
    phases = exchange.phases
    own = (phases.first_byte or 0.0) - (phases.connected or 0.0)
    return min(own, own if exchange.kernel_wait_ms is None else exchange.kernel_wait_ms) / 1000


def _slow(case: Case, summary: str, sdks: tuple[str, ...]) -> Finding:
    region = quoted(f"com.amazonaws.{case.region or 'REGION'}.eks-auth")
    limits = ", ".join(f"{SDK_NAMES[sdk]} {limit:g} s" for sdk, limit in PATIENCE.items())
    return found(
        "agent-slow",
        certainty=CERTAIN,
        step="container.credentials",
        summary=summary,
        evidence=[*ContainerView(case).told(), f"patience for one answer: {limits}; Go and current JS v3 wait on"],
        remedies=[
            agent_log("Read how long its calls of EKS Auth take, and how often it tries."),
            upgrade_agent("Upgrade the agent: 0.1.32 and 0.1.33 gave EKS Auth 600 ms, so they retried a lot."),
            Remedy(
                text="Shorten the node's way to EKS Auth: an interface endpoint with private DNS.",
                command="aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --vpc-id VPC_ID "
                f"--service-name {region} --subnet-ids SUBNET_ID --security-group-ids SECURITY_GROUP_ID "
                "--private-dns-enabled",
                tool=Tool.AWS,
                privileged=True,
            ),
            Remedy(text="botocore's two seconds are a constant: AWS_METADATA_SERVICE_TIMEOUT is for IMDS alone."),
        ],
        sdks=sdks,
    )


RULES = (impostor, mute, slow)
