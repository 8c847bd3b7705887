"""The way to the agent: refused, unanswered, without a route, or through a proxy."""

from dataclasses import replace

import pytest

from probe.evidence import (
    Ending,
)
from probe.evidence.container_text import ContainerText
from probe.report import Certainty
from tests.findings.building import (
    POD,
    VARIABLES,
    keys,
    plain,
    pod_identity,
    refusal,
)
from tests.findings.container_rules import certainties, commands, failed_connect, found


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        (Ending.REFUSED, "agent-refused"),
        (Ending.CONNECT_TIMEOUT, "agent-unreachable"),
        (Ending.UNREACHABLE, "agent-no-route"),
        (Ending.PROHIBITED, "agent-no-route"),
    ],
)
def test_how_a_connect_to_the_agent_fails_is_told_apart(ending: Ending, code: str) -> None:
    assert certainties(pod_identity(connection=failed_connect(ending))) == {code: Certainty.CERTAIN}


def test_why_the_agent_is_unreachable_stays_open_and_says_what_would_tell() -> None:
    finding = found(pod_identity(connection=failed_connect(Ending.CONNECT_TIMEOUT)))["agent-unreachable"]

    assert finding.becomes_certain_with is not None
    assert "spec.nodeName=ip-10-0-1-23.eu-central-1.compute.internal" in commands(finding)


def test_a_host_header_that_was_rewritten_on_the_way_is_a_proxys_doing() -> None:
    case = pod_identity(refusal(403, ContainerText.WRONG_HOST), liveness=plain(403, ContainerText.WRONG_HOST))

    assert certainties(case) == {"agent-proxied": Certainty.CERTAIN}


PROXIED = {**VARIABLES, "HTTP_PROXY": "http://proxy.example.com:3128"}


def test_a_proxy_without_an_exception_for_the_agent_stops_go_programs() -> None:
    finding = found(pod_identity(keys(), variables={**PROXIED, "NO_PROXY": ".svc"}))["agent-proxied"]

    assert finding.sdks == ("go-v1", "go-v2")
    assert "NO_PROXY=.svc,169.254.170.23," in commands(finding)


@pytest.mark.parametrize("exception", ["169.254.170.23", "169.254.0.0/16", "*", "10.0.0.0/8, 169.254.170.23"])
def test_a_proxy_with_an_exception_for_the_agent_is_no_finding(exception: str) -> None:
    assert found(pod_identity(keys(), variables={**PROXIED, "NO_PROXY": exception})) == {}


def test_a_proxy_for_https_alone_does_not_concern_the_agent() -> None:
    variables = {**VARIABLES, "HTTPS_PROXY": "http://proxy.example.com:3128"}

    assert found(pod_identity(keys(), variables=variables)) == {}


def test_a_proxy_is_not_blamed_where_the_agent_does_not_answer_directly_either() -> None:
    case = pod_identity(connection=failed_connect(Ending.CONNECT_TIMEOUT), variables=PROXIED)

    assert list(found(case)) == ["agent-unreachable"]


def test_an_exception_list_that_was_cut_leaves_the_proxy_only_likely() -> None:
    variables = {**PROXIED, "NO_PROXY": "a.example.com,".ljust(2048, "x")}

    assert certainties(pod_identity(keys(), variables=variables)) == {"agent-proxied": Certainty.LIKELY}


def test_values_in_commands_are_safe_to_paste() -> None:
    here = replace(POD, namespace="a; rm -rf /", node="$(reboot)")
    case = pod_identity(connection=failed_connect(Ending.CONNECT_TIMEOUT), here=here)

    text = commands(found(case)["agent-unreachable"])

    assert "-n 'a; rm -rf /'" in text
    assert "spec.nodeName='$(reboot)'" in text
