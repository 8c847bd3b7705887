"""Who answers at the agent's address: the agent, an impostor, nobody in time."""

from dataclasses import replace

import pytest

from probe.evidence import (
    CredentialsAnswer,
    Ending,
    Phases,
    PlainAnswer,
)
from probe.evidence.container_text import ContainerText
from probe.findings.catalogue.entry import Severity
from probe.report import Certainty
from tests.findings.building import (
    AGENT,
    exchange,
    keys,
    plain,
    pod_identity,
    refusal,
)
from tests.findings.container_rules import certainties, commands, found, silence


@pytest.mark.parametrize(
    ("answer", "certainty"),
    [
        (plain(404, None, server="nginx/1.25.3", content_type="text/html"), Certainty.CERTAIN),
        (plain(404, ContainerText.NOT_FOUND), Certainty.CERTAIN),
        (plain(200, None), Certainty.CERTAIN),
        (plain(301, None), Certainty.CERTAIN),
        (plain(None, None, ending=Ending.NOT_HTTP), Certainty.CERTAIN),
        (plain(400, None, content_type="text/plain; charset=utf-8"), Certainty.LIKELY),
        (plain(503, None, content_type="text/plain; charset=utf-8"), Certainty.LIKELY),
        (plain(503, None, server="envoy", content_type="text/plain"), Certainty.LIKELY),
    ],
)
def test_another_answer_than_the_agents_own_is_an_impostors(answer: PlainAnswer, certainty: Certainty) -> None:
    case = pod_identity(refusal(404, None), liveness=answer)

    assert certainties(case) == {"agent-impostor": certainty}


def test_an_unknown_answer_beside_good_credentials_is_no_impostor() -> None:
    assert found(pod_identity(keys(), liveness=plain(400, None))) == {}


@pytest.mark.parametrize("ending", [Ending.CLOSED, Ending.RESET, Ending.REFUSED])
def test_half_of_the_one_right_answer_is_no_impostors(ending: Ending) -> None:
    half = plain(400, None, ending=Ending.INCOMPLETE)
    case = pod_identity(CredentialsAnswer(exchange=exchange(None, ending)), liveness=half)

    assert certainties(case) == {"agent-mute": Certainty.LIKELY}


def test_half_of_another_answer_is_an_impostors_all_the_same() -> None:
    half = plain(200, None, ending=Ending.INCOMPLETE)

    assert certainties(pod_identity(refusal(404, None), liveness=half)) == {"agent-impostor": Certainty.CERTAIN}


def test_a_wrong_path_at_the_agent_is_not_an_impostor() -> None:
    elsewhere = replace(AGENT, url="http://169.254.170.23/***")
    case = pod_identity(
        refusal(404, ContainerText.NOT_FOUND), liveness=plain(404, ContainerText.NOT_FOUND), container=elsewhere
    )

    finding = found(case)["container-rejected"]

    assert "/v1/credentials" in finding.summary
    assert "agent-impostor" not in found(case)


def test_silence_on_both_connections_is_a_mute_agent_that_hangs_go_programs() -> None:
    case = pod_identity(silence(), liveness=plain(None, None, ending=Ending.NO_ANSWER), seconds=2.0)

    assert certainties(case) == {"agent-mute": Certainty.CERTAIN}
    assert any("hang for ever" in line for line in found(case)["agent-mute"].evidence)


def test_silence_that_was_cut_short_is_only_likely() -> None:
    case = pod_identity(silence(), liveness=plain(None, None, ending=Ending.NO_ANSWER), seconds=0.5)

    assert certainties(case) == {"agent-mute": Certainty.LIKELY}


@pytest.mark.parametrize(("seconds", "certainty"), [(10.0, Certainty.CERTAIN), (4.0, Certainty.LIKELY)])
def test_a_live_agent_without_credentials_may_still_be_waiting_for_eks_auth(
    seconds: float, certainty: Certainty
) -> None:
    assert certainties(pod_identity(silence(), seconds=seconds)) == {"agent-mute": certainty}


@pytest.mark.parametrize("ending", [Ending.RESET, Ending.CLOSED, Ending.NOT_HTTP])
def test_a_live_agent_that_breaks_the_request_off_is_named(ending: Ending) -> None:
    answer = CredentialsAnswer(exchange=exchange(None, ending, phases=Phases()))

    assert list(found(pod_identity(answer))) == ["agent-mute"]


@pytest.mark.parametrize(
    ("milliseconds", "sdks", "severity"),
    [
        (1500.0, ("java-v2",), Severity.WARNING),
        (3000.0, ("java-v2", "botocore"), Severity.ERROR),
        (6000.0, ("java-v2", "botocore", "rust"), Severity.ERROR),
    ],
)
def test_a_slow_agent_names_the_sdks_whose_patience_ended(
    milliseconds: float, sdks: tuple[str, ...], severity: Severity
) -> None:
    phases = Phases(connected=1.0, sent=1.1, first_byte=milliseconds + 1.0, complete=milliseconds + 2.0)

    finding = found(pod_identity(keys(phases=phases)))["agent-slow"]

    assert (finding.sdks, finding.severity) == (sdks, severity)


def test_an_agent_that_is_fast_enough_for_every_sdk_is_not_slow() -> None:
    phases = Phases(connected=1.0, sent=1.1, first_byte=900.0, complete=901.0)

    assert found(pod_identity(keys(phases=phases))) == {}


def test_an_answer_that_never_ends_is_slow_and_not_mute() -> None:
    drip = CredentialsAnswer(exchange=exchange(None, Ending.INCOMPLETE))

    assert list(found(pod_identity(drip, seconds=10.0))) == ["agent-slow"]


def test_who_accepts_and_stays_silent_is_left_open_because_a_mesh_sidecar_does_it_in_the_agents_place() -> None:
    silent = pod_identity(silence(), liveness=plain(None, None, ending=Ending.NO_ANSWER), seconds=2.0)

    finding = found(silent)["agent-mute"]

    assert not finding.summary.startswith("The Pod Identity agent accepts")
    assert finding.becomes_certain_with is not None
    assert "a mesh" in finding.becomes_certain_with
    assert "excludeOutboundIPRanges" in commands(finding)


@pytest.mark.parametrize(("first", "second"), [(Ending.NO_ANSWER, Ending.RESET), (Ending.CLOSED, Ending.NO_ANSWER)])
def test_an_agent_that_said_not_one_word_is_not_called_alive(first: Ending, second: Ending) -> None:
    answer = CredentialsAnswer(exchange=exchange(None, second, phases=Phases()))

    finding = found(pod_identity(answer, liveness=plain(None, None, ending=first), seconds=10.0))["agent-mute"]

    assert "is alive" not in finding.summary


def test_an_agent_whose_answer_the_kernel_had_early_is_not_slow_but_read_late() -> None:
    late = keys(phases=Phases(connected=1.0, sent=1.1, first_byte=3000.0, complete=3001.0))
    early = replace(late, exchange=replace(late.exchange, kernel_wait_ms=4.0))

    assert found(pod_identity(early)) == {}
