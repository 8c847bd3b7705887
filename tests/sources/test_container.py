"""The container source against the lab's agent and impostors, on loopback."""

from pathlib import Path

import pytest

from probe.evidence import (
    Connection,
    Ending,
    Outcome,
    PlainAnswer,
    TokenFile,
)
from probe.evidence.container_text import ContainerText
from probe.lab.servers import (
    AgentConfig,
    AgentServer,
    Canaries,
    Fault,
    FaultKind,
    ImpostorConfig,
    ImpostorServer,
    mint_token,
    refusing_port,
)
from probe.sources.container import walk_container
from tests.sources.pod_identity import AUDIENCE, ISSUER, SUBJECT, agent, credentials
from tests.sources.world import AGENT_ADDRESS, TOKEN_PATH, Pod


def test_a_healthy_agent_gives_keys_and_no_canary_becomes_evidence(pod: Pod, canaries: Canaries) -> None:
    with agent(canaries) as server:
        pod.dial[AGENT_ADDRESS] = str(server.port)
        steps = pod.walked(walk_container)

    outcomes = {step_id: step.outcome for step_id, step in steps.items() if step_id.startswith("container.")}
    assert set(outcomes.values()) == {Outcome.OK}
    assert credentials(steps).has_keys
    assert [canary for canary in canaries.values() if canary in repr(steps)] == []


def test_the_agent_is_asked_once_without_and_once_with_the_token(pod: Pod, canaries: Canaries) -> None:
    with agent(canaries) as server:
        pod.dial[AGENT_ADDRESS] = str(server.port)
        pod.walked(walk_container)

    assert sorted(request.routes for request in server.requests) == [("credentials",), ("tokenless",)]
    assert {request.host for request in server.requests} == {"169.254.170.23"}


def test_nothing_is_looked_at_where_no_variable_is_set(tmp_path: Path) -> None:
    steps = Pod(root=tmp_path).walked(walk_container)

    assert {step.outcome for step_id, step in steps.items() if step_id.startswith("container.")} == {Outcome.ABSENT}


def test_a_stale_token_variable_is_looked_at_even_without_a_uri(tmp_path: Path) -> None:
    pod = Pod(root=tmp_path, environment={"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/gone"})

    steps = pod.walked(walk_container)

    assert (steps["container.variables"].outcome, steps["container.token"].outcome) == (Outcome.ABSENT, Outcome.FAIL)


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_a_token_with_a_line_break_is_never_sent(pod: Pod, canaries: Canaries, line_break: str) -> None:
    token = mint_token(canaries, issuer=ISSUER, subject=SUBJECT, audience=AUDIENCE)
    pod.write(TOKEN_PATH, f"{token}{line_break}")
    with agent(canaries) as server:
        pod.dial[AGENT_ADDRESS] = str(server.port)
        steps = pod.walked(walk_container)

    assert steps["container.credentials"].outcome is Outcome.SKIPPED
    assert "line break" in (steps["container.credentials"].reason or "")
    assert [request.routes for request in server.requests] == [("tokenless",)]


def test_a_bearer_prefix_is_sent_as_it_stands_and_the_agent_says_so(pod: Pod, canaries: Canaries) -> None:
    pod.write(TOKEN_PATH, f"Bearer {mint_token(canaries, issuer=ISSUER, subject=SUBJECT, audience=AUDIENCE)}")
    with agent(canaries) as server:
        pod.dial[AGENT_ADDRESS] = str(server.port)
        steps = pod.walked(walk_container)

    facts = steps["container.token"].facts
    assert isinstance(facts, TokenFile)
    assert "bearer-prefix" in facts.problems
    assert credentials(steps).text_kind == ContainerText.TOKEN_UNPARSABLE


def test_the_token_of_the_variable_is_used_where_there_is_no_file(pod: Pod, canaries: Canaries) -> None:
    del pod.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]
    token = mint_token(canaries, issuer=ISSUER, subject=SUBJECT, audience=AUDIENCE)
    pod.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = str(token)
    with agent(canaries) as server:
        pod.dial[AGENT_ADDRESS] = str(server.port)
        steps = pod.walked(walk_container)

    facts = steps["container.token"].facts
    assert isinstance(facts, TokenFile)
    assert (facts.from_variable, facts.file, facts.problems) == (True, None, ())
    assert credentials(steps).has_keys


def test_an_agent_that_fails_once_is_asked_again_and_both_are_told(pod: Pod, canaries: Canaries) -> None:
    fault = Fault(kind=FaultKind.ANSWER, route="credentials", status=503, first=1)
    with agent(canaries, fault) as server:
        pod.dial[AGENT_ADDRESS] = str(server.port)
        steps = pod.walked(walk_container)

    facts = credentials(steps)
    assert facts.has_keys
    assert facts.earlier is not None
    assert (facts.earlier.status, steps["container.credentials"].outcome) == (503, Outcome.WARN)


def test_a_settled_refusal_is_not_asked_twice(pod: Pod) -> None:
    with AgentServer(AgentConfig(credentials=None)) as server:
        pod.dial[AGENT_ADDRESS] = str(server.port)
        steps = pod.walked(walk_container)

    assert credentials(steps).code == "ResourceNotFoundException"
    assert [request.routes for request in server.requests].count(("credentials",)) == 1


def test_a_refused_connect_is_tried_twice_and_nothing_is_asked(pod: Pod) -> None:
    with refusing_port() as port:
        pod.dial[AGENT_ADDRESS] = str(port)
        steps = pod.walked(walk_container)

    facts = steps["container.connect"].facts
    assert isinstance(facts, Connection)
    assert (facts.ending, facts.attempts) == (Ending.REFUSED, 2)
    assert steps["container.credentials"].outcome is Outcome.SKIPPED


def test_an_impostor_is_seen_without_giving_it_a_different_question(pod: Pod) -> None:
    with ImpostorServer(ImpostorConfig(flavour="nginx")) as server:
        pod.dial[AGENT_ADDRESS] = str(server.port)
        steps = pod.walked(walk_container)

    facts = steps["container.agent"].facts
    assert isinstance(facts, PlainAnswer)
    assert (facts.text_kind, facts.exchange.status, facts.exchange.server) == (None, 404, "nginx/1.25.3")


def test_an_endless_body_is_cut_and_gives_no_keys(pod: Pod, canaries: Canaries) -> None:
    with agent(canaries, Fault(kind=FaultKind.ENDLESS, route="credentials")) as server:
        pod.dial[AGENT_ADDRESS] = str(server.port)
        steps = pod.walked(walk_container)

    facts = credentials(steps)
    assert (facts.exchange.ending, facts.has_keys) == (Ending.TOO_LARGE, False)


def test_a_redirect_is_not_followed(pod: Pod, canaries: Canaries) -> None:
    fault = Fault(
        kind=FaultKind.ANSWER, route="credentials", status=302, headers={"Location": "http://169.254.170.23/elsewhere"}
    )
    with agent(canaries, fault) as server:
        pod.dial[AGENT_ADDRESS] = str(server.port)
        steps = pod.walked(walk_container)

    assert credentials(steps).exchange.status == 302
    assert {request.path for request in server.requests} == {"/v1/credentials"}


def test_a_mute_agent_leaves_what_was_heard_before_the_deadline(pod: Pod, canaries: Canaries) -> None:
    pod.deadline = 2.5
    with agent(canaries, Fault(kind=FaultKind.STALL, route="*")) as server:
        pod.dial[AGENT_ADDRESS] = str(server.port)
        steps = pod.walked(walk_container)

    facts = steps["container.agent"].facts
    assert isinstance(facts, PlainAnswer)
    assert facts.exchange.ending is Ending.NO_ANSWER
    assert steps["container.credentials"].outcome is Outcome.SKIPPED
