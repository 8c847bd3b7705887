"""The rules about the token of the container endpoint."""

from dataclasses import replace

import pytest

from probe.evidence import (
    CredentialsAnswer,
    Exchange,
    FileFacts,
    FileState,
    StsAnswer,
    StsAnswers,
    TokenFile,
)
from probe.evidence.container_text import ContainerText
from probe.findings import container
from probe.findings.case import Case
from probe.findings.catalogue.entry import Severity
from probe.report import Certainty, Finding
from tests.findings.building import (
    AGENT,
    CLAIMS,
    NOW,
    TOKEN,
    TOKEN_PATH,
    exchange,
    judged,
    keys,
    plain,
    pod,
    pod_identity,
    refusal,
    step,
)


def found(case: Case) -> dict[str, Finding]:
    return judged(case, container.RULES)


def file(state: FileState, error_name: str | None = None) -> TokenFile:
    facts = FileFacts(path=TOKEN_PATH, state=state, mode="0600", owner=0, group=0, size=1000, error_name=error_name)
    return TokenFile(file=facts)


def shaped(*problems: str) -> TokenFile:
    return replace(TOKEN, problems=problems)


@pytest.mark.parametrize("state", [FileState.MISSING, FileState.DIRECTORY, FileState.NOT_REGULAR, FileState.LINK_LOOP])
def test_a_token_file_that_is_none_is_missing(state: FileState) -> None:
    finding = found(pod_identity(token=file(state)))["container-token-missing"]

    assert finding.certainty is Certainty.CERTAIN
    assert TOKEN_PATH in finding.summary


def test_an_empty_token_file_is_missing_and_not_malformed() -> None:
    assert list(found(pod_identity(token=shaped("empty")))) == ["container-token-missing"]


def test_the_agent_without_any_token_variable_is_told_as_a_missing_token() -> None:
    assert list(found(pod_identity(token=None))) == ["container-token-missing"]


def test_a_file_that_may_not_be_opened_names_both_sides() -> None:
    finding = found(pod_identity(token=file(FileState.UNREADABLE, "EACCES")))["container-token-unreadable"]

    assert "mode 0600, owner 0, group 0, 1000 bytes" in finding.evidence
    assert "User 65532" in finding.summary
    assert any("fsGroup" in (remedy.command or "") for remedy in finding.remedies)


def test_a_file_that_a_broken_volume_cannot_give_is_not_blamed_on_the_user() -> None:
    finding = found(pod_identity(token=file(FileState.FAILED, "ESTALE")))["container-token-unreadable"]

    assert "may not read" not in finding.summary
    assert "ESTALE" in finding.summary


@pytest.mark.parametrize("state", [FileState.MISSING, FileState.UNREADABLE])
def test_a_stale_token_variable_without_any_uri_stops_rust_alone(state: FileState) -> None:
    findings = found(pod(step("container.token", file(state, "EACCES"))))

    assert [(finding.sdks, finding.severity) for finding in findings.values()] == [(("rust",), Severity.WARNING)]


def test_a_good_token_variable_without_any_uri_is_no_finding() -> None:
    assert found(pod(step("container.token", TOKEN))) == {}


@pytest.mark.parametrize(
    ("problem", "fragment"),
    [
        ("trailing-newline", "ends in a line break"),
        ("carriage-return", "carriage return"),
        ("bearer-prefix", "`Bearer `"),
        ("not-three-segments", "three parts"),
        ("claim-malformed", "claim malformed"),
    ],
)
def test_a_token_that_is_no_bare_token_says_what_is_wrong_with_it(problem: str, fragment: str) -> None:
    finding = found(pod_identity(token=shaped(problem)))["container-token-malformed"]

    assert fragment in finding.summary
    assert finding.certainty is Certainty.CERTAIN


def test_what_the_agent_says_of_a_malformed_token_is_evidence_and_no_second_finding() -> None:
    answer = refusal(400, ContainerText.TOKEN_UNPARSABLE)

    findings = found(pod_identity(answer, token=shaped("bearer-prefix", "not-three-segments")))

    assert list(findings) == ["container-token-malformed"]
    assert any("the agent cannot read the token" in line for line in findings["container-token-malformed"].evidence)


def test_blanks_around_a_token_are_harmless() -> None:
    assert found(pod_identity(keys(), token=shaped("surrounding-whitespace"))) == {}
    assert "container-token-malformed" not in found(pod_identity(token=shaped("surrounding-whitespace")))


def test_another_endpoint_than_the_agent_may_want_any_text() -> None:
    elsewhere = replace(AGENT, url="http://127.0.0.1:8080/***", host="127.0.0.1", port=8080, host_class="loopback")

    assert found(pod_identity(keys(), token=shaped("not-three-segments"), container=elsewhere)) == {}
    assert list(found(pod_identity(token=shaped("trailing-newline"), container=elsewhere))) == [
        "container-token-malformed"
    ]


def for_audience(*audiences: str) -> TokenFile:
    return replace(TOKEN, claims=replace(CLAIMS, audiences=audiences))


def test_a_token_for_somebody_else_is_the_cause_of_the_refusal() -> None:
    answer = refusal(400, ContainerText.EKS_AUTH, "InvalidTokenException")

    findings = found(pod_identity(answer, token=for_audience("sts.amazonaws.com")))

    assert list(findings) == ["container-wrong-token"]
    assert "sts.amazonaws.com" in findings["container-wrong-token"].summary


def test_a_token_for_the_agent_among_others_is_right() -> None:
    answer = refusal(400, ContainerText.EKS_AUTH, "InvalidTokenException")

    findings = found(pod_identity(answer, token=for_audience("sts.amazonaws.com", "pods.eks.amazonaws.com")))

    assert list(findings) == ["agent-token-rejected"]


EXPIRED = replace(TOKEN, claims=replace(CLAIMS, expires=int(NOW) - 7200))


def sts_said(skew: float) -> StsAnswers:
    said = Exchange(
        method="POST",
        url="https://sts.eu-central-1.amazonaws.com/",
        ending=exchange().ending,
        status=403,
        clock_skew_seconds=skew,
    )
    return StsAnswers(
        first=StsAnswer(
            exchange=said, endpoint="sts.eu-central-1.amazonaws.com", region="eu-central-1", code="AccessDenied"
        )
    )


def test_an_expired_token_is_only_likely_while_nobody_confirms_the_clock() -> None:
    finding = found(pod_identity(refusal(400, ContainerText.TOKEN_EXPIRED), token=EXPIRED))["container-token-expired"]

    assert finding.certainty is Certainty.LIKELY
    assert "2 hours ago" in finding.summary


@pytest.mark.parametrize(("written", "words"), [(NOW - 90_000, "nobody has renewed"), (NOW - 5, "was written since")])
def test_that_nobody_renewed_the_file_is_not_said_of_one_that_was_written_after_the_tokens_end(
    written: float, words: str
) -> None:
    assert EXPIRED.file is not None
    token = replace(EXPIRED, file=replace(EXPIRED.file, modified=written))
    finding = found(pod_identity(refusal(400, ContainerText.TOKEN_EXPIRED), token=token))["container-token-expired"]
    assert words in finding.summary


def test_an_expired_token_is_certain_once_sts_confirms_the_clock() -> None:
    case = pod_identity(
        refusal(400, ContainerText.TOKEN_EXPIRED),
        token=EXPIRED,
        more=[step("web-identity.assume-role", sts_said(0.0))],
    )

    assert found(case)["container-token-expired"].certainty is Certainty.CERTAIN


def test_a_token_that_only_a_fast_clock_calls_expired_is_not_called_so_by_its_claim() -> None:
    case = pod_identity(
        refusal(400, ContainerText.TOKEN_EXPIRED),
        token=EXPIRED,
        more=[step("web-identity.assume-role", sts_said(-86400.0))],
    )

    finding = found(case)["container-token-expired"]

    assert finding.summary.startswith("The agent says")
    assert finding.certainty is Certainty.LIKELY


def test_an_expired_token_of_eks_auth_beside_a_fresh_file_points_to_the_node_role() -> None:
    answer = refusal(400, ContainerText.EKS_AUTH, "ExpiredTokenException")

    finding = found(pod_identity(answer))["container-token-expired"]

    assert (finding.step, finding.certainty) == ("container.credentials", Certainty.LIKELY)
    assert "node role" in finding.summary


def test_an_expired_file_that_the_agent_still_serves_from_its_cache_is_no_finding() -> None:
    assert found(pod_identity(keys(), token=EXPIRED)) == {}


def test_no_evidence_line_shows_a_token() -> None:
    answer = CredentialsAnswer(exchange=exchange(400), text_kind=ContainerText.TOKEN_UNPARSABLE)

    findings = found(pod_identity(answer, token=shaped("bearer-prefix"), liveness=plain()))

    assert "eyJ" not in repr(findings)
