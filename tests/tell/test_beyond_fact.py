"""The one fact beside a step that Kubernetes or AWS was asked for."""

import pytest

from probe.evidence import Ending, Exchange, Facts
from probe.evidence.discovery import FoundValue, Looked, LookedAt, Subnets
from probe.evidence.kubernetes import (
    AccountFacts,
    AgentFacts,
    AgentPod,
    NodeFacts,
    PodFacts,
    PolicyFacts,
    PolicyList,
    WebhookFacts,
)
from probe.evidence.needs import (
    AwsAnswer,
    AwsRead,
    IdentityProviders,
    InstanceOptions,
    Permissions,
    PodIdentityAssociations,
    SimulatedAction,
    WritePermissions,
)
from probe.evidence.trust import RoleTrust
from probe.tell.text.key_fact import key_fact
from tests.tell.samples import CLOCK, ROLE


def read(action: str, code: str | None = None) -> AwsRead:
    exchange = Exchange(method="POST", url="https://iam/", ending=Ending.ANSWERED, status=403 if code else 200)
    answer = AwsAnswer(exchange=exchange, endpoint="iam", region="us-east-1", service="iam", operation="X", code=code)
    return AwsRead(action=action, answer=answer)


NOT_MADE = AwsRead(action="iam:GetRole", reason="no keys")


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (AccountFacts(namespace="n", name="a", role_arn=ROLE), f"n/a: {ROLE}"),
        (AccountFacts(namespace="n", name="a"), "n/a: no role is annotated"),
        (AccountFacts(namespace="n", name="a", exists=False), "there is no n/a"),
        (PodFacts(namespace="n", name="p"), "n/p, nothing is injected"),
        (PodFacts(namespace="n", name="p", host_network=True, volumes=("v",)), "n/p, on the host network, injected: v"),
        (NodeFacts(name="ip-10-0-1-1", os_image="Bottlerocket"), "ip-10-0-1-1, Bottlerocket"),
        (AgentFacts(node="ip-10-0-1-1", daemon_set=False), "no agent on ip-10-0-1-1, and no DaemonSet"),
        (AgentFacts(node="n", pods=(AgentPod(name="a", waiting="CrashLoopBackOff"),)), "a is CrashLoopBackOff"),
        (AgentFacts(node="n", pods=(AgentPod(name="a", ready=True),)), "a is ready"),
        (WebhookFacts(name="w", exists=False), "there is no w"),
        (WebhookFacts(name="w", authority="1", sibling="s", sibling_authority="2"), "w, not the caBundle of s"),
        (WebhookFacts(name="w", authority="1", sibling="s", sibling_authority="1"), "w"),
        (PolicyList(seen=3), "none of 3 restricts what leaves this pod"),
        (
            PolicyList(policies=(PolicyFacts(kind="NetworkPolicy", name="deny"),)),
            "1 policy on what leaves this pod: deny",
        ),
        (FoundValue(looked_at=(LookedAt(place="--x", looked=Looked.NOT_GIVEN),)), "--x: not given"),
        (
            FoundValue(looked_at=(LookedAt(place="--x", looked=Looked.FOUND, value="vpc-1"),), exists=False),
            "vpc-1, from --x, and EC2 knows no such VPC",
        ),
        (Permissions(reads=(read("a:B"), read("a:C", "AccessDenied"), NOT_MADE)), "1 allowed, 1 denied, 1 unknown"),
        (
            WritePermissions(read=read("a:B"), actions=(SimulatedAction(action="a:D", decision="explicitDeny"),)),
            "1 denied",
        ),
        (WritePermissions(read=read("a:B", "AccessDenied")), "a:B denied"),
        (
            IdentityProviders(read=read("a:B"), issuer="i", count=1, has_issuer=True),
            "1 provider: the token's issuer is",
        ),
        (IdentityProviders(read=NOT_MADE, issuer="i"), "iam:GetRole: no keys"),
        (PodIdentityAssociations(read=read("a:B"), exists=True, association_id="a-1"), "a-1"),
        (PodIdentityAssociations(read=read("a:B"), exists=False, cluster="shop"), "none in shop"),
        (
            InstanceOptions(read=read("a:B"), hop_limit=1, tokens="required", endpoint="enabled"),
            "hop limit 1, tokens required, endpoint enabled",
        ),
        (Subnets(read=read("a:B"), vpc_id="vpc-1", complete=False), "0 subnets or more in vpc-1"),
        (Subnets(read=NOT_MADE, vpc_id="vpc-1"), "iam:GetRole: no keys"),
        (RoleTrust(read=read("a:B"), role_arn=ROLE, role_from="x"), f"{ROLE}: 0 statements"),
        (RoleTrust(read=NOT_MADE, role_arn=ROLE, role_from="x"), "iam:GetRole: no keys"),
    ],
)
def test_the_fact_beside_a_step_says_what_was_answered(facts: Facts, told: str) -> None:
    assert key_fact(facts, CLOCK).startswith(told)
