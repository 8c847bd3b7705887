"""Which URI the container source follows, and to whom it sends a token at all."""

from pathlib import Path

from probe.evidence import (
    Connection,
    ContainerVariables,
    Ending,
    Outcome,
)
from probe.evidence.container_text import ContainerText
from probe.lab.servers import (
    Canaries,
    EcsConfig,
    EcsServer,
    mint_credentials,
)
from probe.sources.container import walk_container
from tests.sources.pod_identity import agent, credentials
from tests.sources.world import AGENT_ADDRESS, Pod


def test_the_other_family_is_tried_where_this_one_has_no_route(pod: Pod, canaries: Canaries) -> None:
    pod.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://[fd00:ec2::23]/v1/credentials"
    with agent(canaries) as server:
        pod.dial = {"[fd00:ec2::23]:80": "unreachable", AGENT_ADDRESS: str(server.port)}
        steps = pod.walked(walk_container)

    facts = steps["container.connect"].facts
    assert isinstance(facts, Connection)
    assert (facts.ending, facts.other_address, facts.other_ending) == (
        Ending.UNREACHABLE,
        "169.254.170.23",
        Ending.CONNECTED,
    )


def test_the_token_goes_to_no_stranger_over_plain_http(pod: Pod, canaries: Canaries) -> None:
    pod.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://192.0.2.7/v1/credentials"
    with agent(canaries) as server:
        pod.dial["192.0.2.7:80"] = str(server.port)
        steps = pod.walked(walk_container)

    assert steps["container.connect"].outcome is Outcome.SKIPPED
    assert server.requests == []


def test_a_name_is_followed_only_while_all_its_addresses_are_allowed(pod: Pod, canaries: Canaries) -> None:
    pod.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://agent.internal/v1/credentials"
    pod.names = {"agent.internal": ["169.254.170.23", "192.0.2.7"]}
    with agent(canaries) as server:
        pod.dial = {AGENT_ADDRESS: str(server.port), "192.0.2.7:80": str(server.port)}
        mixed = pod.walked(walk_container)
        pod.names = {"agent.internal": ["169.254.170.23"]}
        allowed = pod.walked(walk_container)

    assert mixed["container.connect"].outcome is Outcome.SKIPPED
    assert credentials(allowed).text_kind == ContainerText.WRONG_HOST
    assert len(server.requests) == 1


def test_a_text_that_is_no_uri_is_never_called(pod: Pod) -> None:
    pod.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http:// 169.254.170.23/v1/credentials"

    steps = pod.walked(walk_container)

    assert (steps["container.variables"].outcome, steps["container.connect"].outcome) == (
        Outcome.FAIL,
        Outcome.SKIPPED,
    )


def test_an_ecs_path_is_followed_and_never_becomes_evidence(tmp_path: Path, canaries: Canaries) -> None:
    path = "/v2/credentials/0f9fc0de-0000-4000-8000-000000000000"
    pod = Pod(root=tmp_path, environment={"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": path})
    config = EcsConfig(credentials=mint_credentials(canaries, role="task-role"), path=path)
    with EcsServer(config) as server:
        pod.dial["169.254.170.2:80"] = str(server.port)
        steps = pod.walked(walk_container)

    assert credentials(steps).has_keys
    assert steps["container.agent"].outcome is Outcome.ABSENT
    assert "0f9fc0de" not in repr(steps)
    assert "http://169.254.170.2/v2/credentials/***" in repr(steps)


def test_the_relative_uri_goes_before_the_full_one(pod: Pod) -> None:
    pod.environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/v2/credentials/0f9fc0de"

    facts = pod.walked(walk_container)["container.variables"].facts

    assert isinstance(facts, ContainerVariables)
    assert (facts.used, facts.host) == ("relative", "169.254.170.2")


def test_an_empty_relative_uri_leaves_the_full_one(pod: Pod) -> None:
    pod.environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = ""

    facts = pod.walked(walk_container)["container.variables"].facts

    assert isinstance(facts, ContainerVariables)
    assert (facts.used, facts.problem) == ("full", None)
