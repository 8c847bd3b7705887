"""Causes that are open without Kubernetes, and are named with it."""

from dataclasses import replace

import pytest

from probe.evidence import (
    AgentFacts,
    AgentPod,
    Connection,
    Ending,
    Evidence,
    Facts,
    Given,
    NodeFacts,
    Outcome,
    Pod,
    PodFacts,
    PolicyFacts,
    PolicyList,
    Process,
    Step,
    Wanted,
)
from probe.findings import container_injection, imds_path
from probe.findings.agent_cause import release_line
from probe.findings.agent_path import RULES as AGENT_RULES
from probe.findings.case import Case
from probe.findings.imds_hop_limit_remedies import hop_limit_remedies
from probe.findings.imds_view import ImdsView
from probe.report import Certainty, Finding
from tests.findings.building import AGENT, NOW, POD, VARIABLES, judged
from tests.findings.container_rules import commands, failed_connect

NODE = NodeFacts(name="node-1", labels={"eks.amazonaws.com/nodegroup": "workers"}, os_image="Amazon Linux 2023")
READY = AgentPod(name="eks-pod-identity-agent-k7x2q", phase="Running", ready=True)
DENY = PolicyFacts(kind="NetworkPolicy", name="default-deny")
ALLOW = PolicyFacts(kind="NetworkPolicy", name="allow-agent", allows=("169.254.170.23", "169.254.169.254"))


def case(pod: Pod = POD, /, **read: Facts) -> Case:
    """A pod with Pod Identity; names of steps have `_` for `.` and `-`."""
    names = {
        "agent": "kubernetes.agent",
        "node": "kubernetes.node",
        "own": "kubernetes.pod",
        "policies": "kubernetes.network-policies",
        "connection": "container.connect",
        "imds": "imds.connect",
    }
    facts = {"container.variables": AGENT, **{names[name]: one for name, one in read.items()}}
    steps = tuple(Step(id=step_id, outcome=Outcome.OK, facts=one) for step_id, one in facts.items())
    given = Given(variables=VARIABLES, process=Process(user=65532, group=65532), pod=pod, clock=NOW)
    return Case(Evidence(given=given, steps=steps))


def agent(ending: Ending = Ending.CONNECT_TIMEOUT, **read: Facts) -> Finding:
    (finding,) = judged(case(connection=failed_connect(ending), **read), AGENT_RULES).values()
    return finding


def test_no_pod_of_the_agent_on_this_node_is_the_whole_reason() -> None:
    facts = AgentFacts(node="node-1", daemon_set=True, desired=3)
    finding = agent(agent=facts, node=replace(NODE, taints=("dedicated=batch:NoSchedule",)))
    assert "no pod of the agent runs on node-1" in finding.summary
    assert any("dedicated=batch:NoSchedule" in line for line in finding.evidence)
    assert finding.becomes_certain_with is None


def test_without_a_daemon_set_the_add_on_is_not_installed() -> None:
    finding = agent(agent=AgentFacts(node="node-1", daemon_set=False), node=NODE)
    assert "the add-on is not installed" in finding.summary
    assert finding.remedies[0].command is not None
    assert "create-addon" in finding.remedies[0].command


@pytest.mark.parametrize("daemon_set", [True, False, None])
def test_on_a_node_of_an_unknown_kind_nobody_says_that_the_agent_is_missing(*, daemon_set: bool | None) -> None:
    finding = agent(agent=AgentFacts(node="i-0123456789abcdef0", daemon_set=daemon_set))
    assert "not installed" not in finding.summary
    assert "EKS Auto Mode and hybrid nodes show none of that name" in finding.summary
    assert finding.becomes_certain_with is not None


def test_a_hybrid_node_has_a_daemon_set_of_its_own_so_the_other_one_says_nothing() -> None:
    hybrid = replace(NODE, labels={"eks.amazonaws.com/compute-type": "hybrid"})
    finding = agent(agent=AgentFacts(node="node-1", daemon_set=True, desired=3), node=hybrid)
    assert "no pod of the agent" not in finding.summary
    assert "tolerations" not in commands(finding)


def test_a_refusal_beside_a_ready_agent_is_somebody_elses() -> None:
    finding = agent(Ending.REFUSED, agent=AgentFacts(node="node-1", pods=(READY,)))
    assert "nobody listens" not in finding.summary.lower()
    assert "a rule that rejects, or a mesh sidecar" in finding.summary
    assert finding.becomes_certain_with is not None


def test_silence_beside_an_agent_that_has_run_and_crashed_may_be_a_policys() -> None:
    pod = AgentPod(name="agent-1", waiting="CrashLoopBackOff", restarts=3, ended="Error", exit_code=1)
    assert agent(Ending.CONNECT_TIMEOUT, agent=AgentFacts(node="node-1", pods=(pod,))).becomes_certain_with is not None
    assert agent(Ending.REFUSED, agent=AgentFacts(node="node-1", pods=(pod,))).becomes_certain_with is None


def test_an_agent_that_crashes_is_named_with_its_log() -> None:
    pod = AgentPod(name="agent-1", waiting="CrashLoopBackOff", restarts=14, ended="Error", exit_code=1)
    finding = agent(Ending.REFUSED, agent=AgentFacts(node="node-1", pods=(pod,)))
    assert "not ready (CrashLoopBackOff, 14 restarts)" in finding.summary
    assert "logs agent-1 --previous" in commands(finding)
    assert any("ended last with Error (1)" in line for line in finding.evidence)


def test_on_auto_mode_a_missing_pod_says_nothing() -> None:
    node = replace(NODE, labels={"eks.amazonaws.com/compute-type": "auto"})
    finding = agent(agent=AgentFacts(node="node-1", daemon_set=False), node=node)
    assert "not installed" not in finding.summary
    assert finding.becomes_certain_with is not None


def test_a_policy_that_forbids_the_way_is_named_and_the_reason_stays_open() -> None:
    finding = agent(agent=AgentFacts(node="node-1", pods=(READY,)), policies=PolicyList(policies=(DENY,), seen=1))
    assert "NetworkPolicy default-deny selects this pod" in finding.summary
    assert "get networkpolicies default-deny" in commands(finding)
    assert finding.becomes_certain_with is not None


@pytest.mark.parametrize(
    "policies",
    [
        PolicyList(policies=(DENY, ALLOW), seen=2),
        PolicyList(policies=(DENY,), seen=1, complete=False),
        PolicyList(policies=(DENY, replace(DENY, name="names", undecided=True)), seen=2),
        PolicyList(seen=3),
    ],
)
def test_a_policy_is_not_blamed_where_another_allows_it_or_may(policies: PolicyList) -> None:
    finding = agent(agent=AgentFacts(node="node-1", pods=(READY,)), policies=policies)
    assert "selects this pod" not in finding.summary


def test_a_policy_is_not_blamed_for_what_a_pod_on_the_host_network_meets() -> None:
    own = PodFacts(namespace="a", name="b", host_network=True)
    facts = PolicyList(policies=(DENY,), seen=1)
    finding = agent(agent=AgentFacts(node="node-1", pods=(READY,)), policies=facts, own=own)
    assert "selects this pod" not in finding.summary


def test_a_policy_is_not_blamed_for_a_connection_that_was_refused() -> None:
    facts = PolicyList(policies=(DENY,), seen=1)
    finding = agent(Ending.REFUSED, agent=AgentFacts(node="node-1", pods=(READY,)), policies=facts)
    assert "selects this pod" not in finding.summary


def test_without_any_read_the_finding_says_which_rights_would_tell() -> None:
    assert "k8s/rbac/agent-pods.yaml" in (agent().becomes_certain_with or "")


def imds(pod: Pod = POD, /, **read: Facts) -> Finding:
    connection = Connection(host="169.254.169.254", port=80, ending=Ending.CONNECT_TIMEOUT, attempts=2)
    (finding,) = judged(case(pod, imds=connection, **read), (imds_path.no_connection,)).values()
    return finding


def test_a_policy_that_leaves_imds_out_is_named() -> None:
    finding = imds(policies=PolicyList(policies=(DENY,), seen=1))
    assert "NetworkPolicy default-deny selects this pod and allows no egress there" in finding.summary
    assert "get networkpolicies default-deny" in commands(finding)
    assert "hostNetwork" in (finding.becomes_certain_with or "")
    assert "k8s/rbac/network-policies.yaml" in (imds().becomes_certain_with or "")


def test_where_no_policy_selects_the_pod_none_is_suspected() -> None:
    assert "a host rule or a policy of another kind" in imds(policies=PolicyList(seen=2)).summary


def test_a_hybrid_node_has_no_imds() -> None:
    finding = imds(node=replace(NODE, labels={"eks.amazonaws.com/compute-type": "hybrid"}))
    assert "hybrid node, which has no IMDS" in finding.summary


def test_a_label_of_the_node_makes_fargate_certain() -> None:
    finding = imds(node=replace(NODE, labels={"eks.amazonaws.com/compute-type": "fargate"}))
    assert (finding.code, finding.certainty) == ("imds-absent-fargate", Certainty.CERTAIN)


WISHED = PodFacts(namespace="a", name="b", labels={"eks.amazonaws.com/fargate-profile": "default"})


def test_a_label_of_the_pod_is_a_wish_so_fargate_is_likely_while_the_node_is_unknown() -> None:
    finding = imds(replace(POD, node=None), own=WISHED)
    assert (finding.code, finding.certainty) == ("imds-absent-fargate", Certainty.LIKELY)


@pytest.mark.parametrize("read", [{"own": WISHED}, {"own": WISHED, "node": NODE}])
def test_a_pod_that_wishes_for_fargate_and_runs_on_another_node_does_not_run_there(read: dict[str, Facts]) -> None:
    assert imds(**read).code == "imds-blocked"


def remedies(labels: dict[str, str]) -> str:
    given = replace(case(node=replace(NODE, labels=labels)).evidence, wanted=Wanted(source="imds"))
    told = hop_limit_remedies(ImdsView(Case(given)))
    return "\n".join(f"{one.text}\n{one.command}" for one in told)


def test_the_hop_limit_is_raised_where_the_node_comes_from() -> None:
    karpenter = remedies({"karpenter.sh/nodepool": "general", "karpenter.k8s.aws/ec2nodeclass": "al2023"})
    assert "kubectl patch ec2nodeclass al2023" in karpenter
    template = {
        "eks.amazonaws.com/sourceLaunchTemplateId": "lt-1",
        "eks.amazonaws.com/sourceLaunchTemplateVersion": "3",
    }
    group = remedies({"eks.amazonaws.com/nodegroup": "workers", **template})
    assert "--launch-template-id lt-1 --source-version 3" in group
    assert "ec2nodeclass" not in group
    assert "no launch template of its own" in remedies({"eks.amazonaws.com/nodegroup": "workers"})


def test_on_auto_mode_nobody_is_told_to_raise_the_hop_limit() -> None:
    told = remedies({"eks.amazonaws.com/compute-type": "auto", "karpenter.sh/nodepool": "general"})
    assert "cannot be changed" in told
    assert "modify-instance-metadata-options" not in told


def test_the_instance_is_named_by_its_node() -> None:
    given = case(node=replace(NODE, instance_id="i-0123456789EXAMPLE0"))
    assert given.instance_id == "i-0123456789EXAMPLE0"


@pytest.mark.parametrize(
    ("volumes", "words"),
    [
        (("eks-pod-identity-token",), "AWS_ROLE_ARN was set by hand"),
        (("aws-iam-token",), "the container URI was set by hand"),
        ((), "one of them was set by hand"),
    ],
)
def test_the_volumes_tell_which_of_two_identities_was_set_by_hand(volumes: tuple[str, ...], words: str) -> None:
    own = PodFacts(namespace="a", name="b", volumes=volumes)
    both = {**VARIABLES, "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/a", "AWS_WEB_IDENTITY_TOKEN_FILE": "/t"}
    evidence = case(own=own).evidence
    given = Case(replace(evidence, given=replace(evidence.given, variables=both)))
    (finding,) = judged(given, (container_injection.both,)).values()
    assert any(words in line for line in finding.evidence)


@pytest.mark.parametrize(
    ("image", "line"),
    [
        ("example.com/eks/eks-pod-identity-agent:v0.1.33", "the agent on this node is 0.1.33: 0.1.32 to 0.1.35 do not"),
        ("example.com/eks/eks-pod-identity-agent:0.1.35-eksbuild.1", "the agent on this node is 0.1.35: "),
        ("example.com/eks/eks-pod-identity-agent:v0.1.36@sha256:0", "the agent on this node is 0.1.36"),
        ("example.com:5000/agent", None),
        ("example.com/agent:latest", None),
        (None, None),
    ],
)
def test_the_agents_release_is_read_from_its_image(image: str | None, line: str | None) -> None:
    told = list(release_line(case(agent=AgentFacts(node="node-1", pods=(replace(READY, image=image),)))))
    assert len(told) == (line is not None)
    assert all(one.startswith(line or "") for one in told)
    assert ("do not obey" in "".join(told)) == (line is not None and line.endswith((": ", "do not")))
