"""Denials in the wordings of the IAM User Guide, and texts that are none."""

import pytest

from probe.lab.servers import Canaries
from probe.lab.servers.aws_api_config import Denial as Kind
from probe.lab.servers.aws_api_denials import denial
from probe.parse.denial import Denial, PolicyKind, read_denial

WHO = "arn:aws:sts::111122223333:assumed-role/controller/i-0123456789abcdef0"
ACTION = "ec2:DescribeSubnets"


@pytest.mark.parametrize(
    ("kind", "policy", "explicit"),
    [
        ("identity", PolicyKind.IDENTITY, False),
        ("explicit", PolicyKind.IDENTITY, True),
        ("scp", PolicyKind.SERVICE_CONTROL, False),
        ("scp-explicit", PolicyKind.SERVICE_CONTROL, True),
        ("rcp-explicit", PolicyKind.RESOURCE_CONTROL, True),
        ("boundary", PolicyKind.BOUNDARY, False),
        ("boundary-explicit", PolicyKind.BOUNDARY, True),
        ("session", PolicyKind.SESSION, False),
        ("endpoint-explicit", PolicyKind.ENDPOINT, True),
        ("resource", PolicyKind.RESOURCE, False),
        ("trust", PolicyKind.TRUST, False),
        ("bare", None, None),
    ],
)
@pytest.mark.parametrize("protocol", ["ec2", "query", "json"])
def test_a_denial_tells_who_what_and_by_which_policy(
    protocol: str, kind: Kind, policy: PolicyKind | None, explicit: bool | None
) -> None:
    text = denial(protocol, ACTION, WHO, kind, Canaries())[2]
    assert read_denial(text) == Denial(principal=WHO, action=ACTION, policy=policy, is_explicit=explicit)


def test_a_resource_is_read_without_what_follows() -> None:
    text = (
        f"User: {WHO} is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/next "
        "because no role trust policy allows the sts:AssumeRole action"
    )
    read = read_denial(text)
    assert (read.resource, read.policy) == ("arn:aws:iam::111122223333:role/next", PolicyKind.TRUST)


def test_a_policy_that_the_text_names_is_read() -> None:
    arn = "arn:aws:organizations::111122223333:policy/o-example/service_control_policy/p-example"
    text = (
        f"User: {WHO} is not authorized to perform: {ACTION} with an explicit deny in a service control policy: {arn}"
    )
    assert read_denial(text).policy_arn == arn


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "You are not authorized to perform this operation.",
        "see our service control policy",
        "User: somebody is not authorized to perform: everything",
        "User: " + "x" * 100_000,
        "because no " * 10_000,
    ],
)
def test_what_names_nothing_is_read_as_nothing(text: str | None) -> None:
    assert read_denial(text) == Denial()
