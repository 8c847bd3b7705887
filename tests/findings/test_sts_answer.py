"""The rules about what comes back from STS: nothing, somebody else's page, trouble, refusal."""

from dataclasses import replace

import pytest

from probe.evidence import Ending, StsAnswer, StsAnswers
from probe.findings import sts
from probe.findings.catalogue.entry import Severity
from probe.parse.token import TokenProblem
from probe.report import Certainty, Finding
from tests.findings.building import judged, pod
from tests.findings.sts_building import (
    DENIED,
    GRANTED,
    KEY_TEXT,
    NO_PROVIDER,
    SECURE,
    SENT,
    TOKEN,
    Irsa,
    healthy,
    keys_in_environment,
    post,
    said,
    silent,
)

FOREIGN = replace(SECURE, issuer="EXAMPLE Corp, Gateway CA")


def found(answer: StsAnswer, *, seconds: float = 6.1, irsa: Irsa | None = None) -> dict[str, Finding]:
    steps = replace(irsa or Irsa(), answers=StsAnswers(first=answer), seconds=seconds).steps()
    return judged(pod(*steps), sts.RULES)


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        (Ending.NO_ANSWER, "never answered"),
        (Ending.CLOSED, "hung up"),
        (Ending.RESET, "broke the connection off"),
        (Ending.INCOMPLETE, "did not finish in time"),
    ],
)
def test_a_request_that_stays_unanswered_is_certain_and_says_how(ending: Ending, words: str) -> None:
    findings = found(silent(ending))
    assert set(findings) == {"sts-no-answer"}
    assert findings["sts-no-answer"].certainty is Certainty.CERTAIN
    assert words in findings["sts-no-answer"].summary


def test_silence_that_was_given_a_moment_only_is_likely() -> None:
    assert found(silent(Ending.NO_ANSWER), seconds=1.0)["sts-no-answer"].certainty is Certainty.LIKELY


def test_an_unacknowledged_request_is_told_from_a_lost_answer() -> None:
    lost = silent(Ending.NO_ANSWER)
    for acknowledged, words in ((True, "kernel has acknowledged"), (False, "kernel has not acknowledged")):
        answer = replace(lost, exchange=replace(lost.exchange, request_acknowledged=acknowledged))
        assert any(words in line for line in found(answer)["sts-no-answer"].evidence)


def test_a_call_that_never_left_the_process_is_no_silence_of_sts() -> None:
    unsent = silent(Ending.CLOSED, replace(SENT, connected=None))
    assert found(unsent) == {}


def test_a_server_error_in_sts_own_words_is_its_own_trouble() -> None:
    assert set(found(said("ServiceUnavailable", "…", status=503))) == {"sts-unavailable"}


def test_a_server_error_with_a_request_id_of_aws_is_sts_own_though_it_has_no_code() -> None:
    assert set(found(said(status=503, recognised=False))) == {"sts-unavailable"}


def page(status: int, irsa: Irsa | None = None) -> Finding:
    findings = found(said(status=status, recognised=False, request_id=None), irsa=irsa)
    assert set(findings) == {"sts-impostor"}
    return findings["sts-impostor"]


def test_an_error_page_with_a_server_status_is_likely_somebody_elses_because_a_front_end_has_such_too() -> None:
    assert page(502, Irsa(handshake=FOREIGN)).certainty is Certainty.LIKELY


@pytest.mark.parametrize("status", [200, 307, 403])
def test_a_page_behind_somebody_elses_certificate_is_certainly_not_sts(status: int) -> None:
    assert page(status, Irsa(handshake=FOREIGN)).certainty is Certainty.CERTAIN


def test_a_page_behind_amazons_own_certificate_is_only_likely_not_sts() -> None:
    assert page(403, Irsa(handshake=SECURE)).certainty is Certainty.LIKELY


def test_a_refusal_page_behind_a_certificate_that_nobody_saw_is_only_likely_not_sts() -> None:
    """Keys of another source are checked without steps for name, connection and certificate."""
    page = said(status=403, recognised=False, request_id=None)
    finding = judged(pod(*keys_in_environment(page)), sts.RULES)["sts-impostor"]
    assert (finding.certainty, finding.severity) == (Certainty.LIKELY, Severity.WARNING)


@pytest.mark.parametrize("ending", [Ending.NOT_HTTP, Ending.TOO_LARGE])
def test_bytes_that_no_api_sends_are_an_impostors(ending: Ending) -> None:
    status = 200 if ending is Ending.TOO_LARGE else None
    answer = replace(said(recognised=False, request_id=None), exchange=post(status, ending))
    assert set(found(answer, irsa=Irsa(handshake=FOREIGN))) == {"sts-impostor"}


@pytest.mark.parametrize("code", ["Throttling", "ThrottlingException", "RequestLimitExceeded"])
def test_throttling_is_certain_and_not_a_rejection(code: str) -> None:
    findings = found(said(code, "Rate exceeded"))
    assert set(findings) == {"sts-throttled"}
    assert findings["sts-throttled"].certainty is Certainty.CERTAIN


def test_a_region_that_is_switched_off_is_certain() -> None:
    findings = found(said("RegionDisabledException", "STS is not activated in this region", status=403))
    assert set(findings) == {"sts-region-disabled"}


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("AccessDenied", DENIED),
        ("InvalidIdentityToken", NO_PROVIDER),
        ("InvalidIdentityToken", KEY_TEXT),
        ("ExpiredTokenException", "Token expired: …"),
        ("ValidationError", "Request ARN is invalid"),
        ("IDPCommunicationError", "…"),
    ],
)
def test_what_another_rule_speaks_of_is_not_an_unknown_code(code: str, message: str) -> None:
    assert found(said(code, message)) == {}


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("PackedPolicyTooLarge", "…"),
        ("AccessDenied", "Access denied for another reason"),
        ("InvalidIdentityToken", "A text nobody has seen"),
        ("ValidationError", "1 validation error detected"),
    ],
)
def test_an_unknown_code_or_text_is_passed_on_and_never_certain(code: str, message: str) -> None:
    findings = found(said(code, message))
    assert set(findings) == {"sts-rejected"}
    assert findings["sts-rejected"].certainty is Certainty.LIKELY
    assert any(message in line for line in findings["sts-rejected"].evidence)


def test_an_unknown_text_about_a_damaged_token_is_left_to_the_token() -> None:
    damaged = Irsa(token=replace(TOKEN, problems=(TokenProblem.TRAILING_NEWLINE,)))
    assert found(said("InvalidIdentityToken", "not a valid JWT"), irsa=damaged) == {}


def test_trouble_with_the_question_alone_is_a_warning_because_the_keys_came() -> None:
    irsa = replace(healthy(), identity=StsAnswers(first=said("Throttling", "Rate exceeded")))
    findings = judged(pod(*irsa.steps()), sts.RULES)
    assert findings["sts-throttled"].severity is Severity.WARNING
    assert findings["sts-throttled"].step == "identity.web-identity"


def test_refused_keys_are_no_trouble_of_sts() -> None:
    for code in ("InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredToken", "RequestExpired"):
        assert judged(pod(*keys_in_environment(said(code, "…", status=403))), sts.RULES) == {}


def test_the_repeat_counts_where_the_first_answer_passed() -> None:
    irsa = replace(healthy(), answers=StsAnswers(first=said("IDPCommunicationError", "…"), second=GRANTED))
    assert judged(pod(*irsa.steps()), sts.RULES) == {}


def test_the_same_trouble_of_two_sources_is_told_once() -> None:
    irsa = replace(healthy(), identity=StsAnswers(first=said("Throttling", "Rate exceeded")))
    steps = (*irsa.steps(), *keys_in_environment(said("Throttling", "Rate exceeded")))
    assert set(judged(pod(*steps), sts.RULES)) == {"sts-throttled"}
