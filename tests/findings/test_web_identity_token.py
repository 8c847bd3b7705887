"""The rules about the token file."""

from dataclasses import replace

import pytest

from probe.evidence import FileState, StsAnswers, TokenFile
from probe.findings import web_identity
from probe.findings.catalogue.entry import Severity
from probe.parse.token import TokenProblem
from probe.report import Certainty, Finding
from tests.findings.building import NOW, judged, pod
from tests.findings.sts_building import (
    CLAIMS,
    DENIED,
    FILE,
    GRANTED,
    NO_PROVIDER,
    PATH,
    TOKEN,
    Irsa,
    answered,
    healthy,
    said,
)

NOT_A_JWT = "The ID Token provided is not a valid JWT."


def found(irsa: Irsa) -> dict[str, Finding]:
    return judged(pod(*irsa.steps()), web_identity.RULES)


def file_in(state: FileState, **more: object) -> TokenFile:
    return TokenFile(file=replace(FILE, state=state, **more), claims=None)  # type: ignore[arg-type]  # a test's own fields


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (FileState.MISSING, "no such file"),
        (FileState.DIRECTORY, "a directory"),
        (FileState.LINK_LOOP, "in a circle"),
    ],
)
def test_a_path_that_leads_to_no_file_is_a_missing_token_for_certain(state: FileState, words: str) -> None:
    findings = found(Irsa(token=file_in(state, size=None)))
    assert set(findings) == {"web-identity-token-missing"}
    assert findings["web-identity-token-missing"].certainty is Certainty.CERTAIN
    assert words in findings["web-identity-token-missing"].summary
    assert PATH in findings["web-identity-token-missing"].summary


def test_an_empty_file_is_a_missing_token_and_not_a_malformed_one() -> None:
    empty = TokenFile(file=replace(FILE, size=0), problems=(TokenProblem.EMPTY,))
    assert set(found(Irsa(token=empty))) == {"web-identity-token-missing"}


def test_white_space_alone_is_a_malformed_token_and_not_a_missing_one() -> None:
    blank = TokenFile(file=replace(FILE, size=1), problems=(TokenProblem.EMPTY, TokenProblem.TRAILING_NEWLINE))
    assert set(found(Irsa(token=blank))) == {"web-identity-token-malformed"}


def test_a_pipe_is_only_likely_missing_because_nobody_looked_into_it() -> None:
    finding = found(Irsa(token=file_in(FileState.NOT_REGULAR)))["web-identity-token-missing"]
    assert finding.certainty is Certainty.LIKELY
    assert finding.becomes_certain_with


def test_an_unreadable_file_shows_its_mode_and_the_users_on_both_sides() -> None:
    finding = found(Irsa(token=file_in(FileState.UNREADABLE, mode="0600", error_name="EACCES")))
    told = finding["web-identity-token-unreadable"]
    assert told.certainty is Certainty.CERTAIN
    assert any("mode 0600, owner 0:0" in line for line in told.evidence)
    assert any("user 65532" in line for line in told.evidence)
    assert any("fsGroup" in (remedy.command or "") for remedy in told.remedies)


def test_an_input_output_error_is_not_blamed_on_permissions() -> None:
    finding = found(Irsa(token=file_in(FileState.FAILED, error_name="EIO")))["web-identity-token-unreadable"]
    assert "EIO" in finding.summary
    assert not any("fsGroup" in (remedy.command or "") for remedy in finding.remedies)


def test_a_file_without_a_token_is_malformed_for_certain_though_nobody_asked_sts() -> None:
    junk = TokenFile(file=FILE, problems=(TokenProblem.NOT_THREE_SEGMENTS, TokenProblem.HEADER_NOT_JSON))
    finding = found(Irsa(token=junk))["web-identity-token-malformed"]
    assert (finding.certainty, finding.severity) == (Certainty.CERTAIN, Severity.ERROR)


def test_a_file_of_ten_megabytes_is_too_long_for_sts() -> None:
    finding = found(Irsa(token=file_in(FileState.TOO_LARGE, size=10_485_760)))["web-identity-token-malformed"]
    assert "20,000 characters" in finding.summary


def newline(answers: StsAnswers | None) -> dict[str, Finding]:
    token = replace(TOKEN, problems=(TokenProblem.TRAILING_NEWLINE,))
    return found(Irsa(token=token, answers=answers))


def test_a_trailing_newline_that_sts_refuses_to_parse_is_certain() -> None:
    findings = newline(answered("InvalidIdentityToken", NOT_A_JWT))
    assert findings["web-identity-token-malformed"].certainty is Certainty.CERTAIN
    assert any(NOT_A_JWT in line for line in findings["web-identity-token-malformed"].evidence)


@pytest.mark.parametrize(
    "answers",
    [
        StsAnswers(first=GRANTED),
        answered("AccessDenied", DENIED, status=403),
        answered("InvalidIdentityToken", NO_PROVIDER),
    ],
)
def test_a_trailing_newline_that_sts_read_over_is_a_warning_and_not_certain(answers: StsAnswers) -> None:
    finding = newline(answers)["web-identity-token-malformed"]
    assert (finding.certainty, finding.severity) == (Certainty.LIKELY, Severity.WARNING)


def test_a_strange_claim_alone_is_never_certain() -> None:
    token = replace(TOKEN, problems=(TokenProblem.CLAIM_MALFORMED,))
    assert found(Irsa(token=token))["web-identity-token-malformed"].certainty is Certainty.LIKELY


EXPIRED = replace(TOKEN, claims=replace(CLAIMS, expires=int(NOW) - 7200))
EXPIRED_TEXT = "Token expired: current date/time 2 must be before the expiration date/time 1"


def test_an_expired_token_is_certain_when_sts_says_so() -> None:
    irsa = Irsa(token=EXPIRED, answers=answered("ExpiredTokenException", EXPIRED_TEXT))
    finding = found(irsa)["web-identity-token-expired"]
    assert finding.certainty is Certainty.CERTAIN
    assert "2 hours ago" in finding.summary


@pytest.mark.parametrize(("written", "words"), [(NOW - 90_000, "nothing renews"), (NOW - 60, "was written since")])
def test_that_nothing_renews_the_file_is_not_said_of_one_that_was_written_after_the_tokens_end(
    written: float, words: str
) -> None:
    token = replace(EXPIRED, file=replace(FILE, modified=written))
    irsa = Irsa(token=token, answers=answered("ExpiredTokenException", EXPIRED_TEXT))
    assert words in found(irsa)["web-identity-token-expired"].summary


def test_an_expired_token_is_certain_when_any_answer_of_sts_confirms_the_clock() -> None:
    irsa = Irsa(token=EXPIRED, answers=answered("AccessDenied", DENIED, status=403))
    assert found(irsa)["web-identity-token-expired"].certainty is Certainty.CERTAIN


def test_an_expired_token_is_only_likely_where_nobody_tells_the_time() -> None:
    assert found(Irsa(token=EXPIRED))["web-identity-token-expired"].certainty is Certainty.LIKELY


def test_an_old_looking_token_that_sts_takes_is_no_finding() -> None:
    assert "web-identity-token-expired" not in found(replace(healthy(), token=EXPIRED))


def test_a_fast_clock_is_not_blamed_on_the_token() -> None:
    behind = said("AccessDenied", DENIED, status=403, skew=-10_800.0)
    assert "web-identity-token-expired" not in found(Irsa(token=EXPIRED, answers=StsAnswers(first=behind)))


def test_a_token_past_its_end_by_both_clocks_is_expired_though_the_clocks_differ() -> None:
    behind = said("ExpiredTokenException", EXPIRED_TEXT, skew=-600.0)
    assert "web-identity-token-expired" in found(Irsa(token=EXPIRED, answers=StsAnswers(first=behind)))


def test_a_token_that_only_sts_finds_expired_says_so_without_a_number() -> None:
    finding = found(Irsa(answers=answered("ExpiredTokenException", EXPIRED_TEXT)))["web-identity-token-expired"]
    assert finding.summary == "STS says that the token in the file has expired."


def audience(*names: str) -> TokenFile:
    return replace(TOKEN, claims=replace(CLAIMS, audiences=names))


@pytest.mark.parametrize(
    ("token", "words"),
    [
        (audience("https://kubernetes.default.svc"), "default ServiceAccount token"),
        (audience("https://kubernetes.default.svc.cluster.local", str(CLAIMS.issuer)), "default ServiceAccount token"),
        (audience("pods.eks.amazonaws.com"), "Pod Identity token"),
    ],
)
def test_a_token_that_is_plainly_somebody_elses_is_likely_until_sts_has_spoken(token: TokenFile, words: str) -> None:
    finding = found(Irsa(token=token))["web-identity-wrong-token"]
    assert finding.certainty is Certainty.LIKELY
    assert words in finding.summary


def test_a_token_without_an_audience_is_certain_without_sts() -> None:
    finding = found(Irsa(token=audience()))["web-identity-wrong-token"]
    assert finding.certainty is Certainty.CERTAIN
    assert "without an audience" in finding.summary


def test_an_unusual_audience_is_only_likely_wrong_until_sts_refuses_it() -> None:
    assert found(Irsa(token=audience("sts.example.com")))["web-identity-wrong-token"].certainty is Certainty.LIKELY
    refused = found(
        Irsa(token=audience("sts.example.com"), answers=answered("InvalidIdentityToken", "Incorrect token audience"))
    )
    assert set(refused) == {"web-identity-wrong-token"}
    assert refused["web-identity-wrong-token"].certainty is Certainty.CERTAIN


def test_an_audience_that_sts_let_pass_is_not_certainly_wrong_whatever_it_looks_like() -> None:
    irsa = Irsa(token=audience("https://kubernetes.default.svc"), answers=answered("AccessDenied", DENIED, status=403))
    finding = found(irsa)["web-identity-wrong-token"]
    # What STS says in the end is the verdict, not this.
    assert (finding.certainty, finding.severity) == (Certainty.LIKELY, Severity.WARNING)


def test_an_unusual_audience_that_works_is_no_finding() -> None:
    assert found(replace(healthy(), token=audience("sts.example.com"))) == {}


def test_one_good_audience_among_several_is_enough() -> None:
    assert found(Irsa(token=audience("https://kubernetes.default.svc", "sts.amazonaws.com"))) == {}
