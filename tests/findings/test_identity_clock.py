"""The rule about the clock, and who may tell the time."""

from dataclasses import replace

import pytest

from probe.evidence import Attempts, CredentialsAnswer, Exchange, RoleListing, StsAnswer, StsAnswers
from probe.findings import clock
from probe.findings.case import Case
from probe.findings.catalogue.entry import Severity
from probe.report import Certainty, Finding
from tests.findings.building import NOW, URL, exchange, judged, pod, step
from tests.findings.sts_building import CLAIMS, TOKEN, Irsa, healthy, keys_in_environment, post, said

EC2 = "EC2ws"


def found(case: Case) -> dict[str, Finding]:
    return judged(case, clock.RULES)


def works(skew: float) -> Case:
    """Web identity that works, by a clock that is off."""
    irsa = healthy()
    assert irsa.answers
    assert irsa.identity
    answers = StsAnswers(first=replace(irsa.answers.first, exchange=post(skew=skew)))
    identity = StsAnswers(first=replace(irsa.identity.first, exchange=post(skew=skew)))
    return pod(*replace(irsa, answers=answers, identity=identity).steps())


def imds(skew: float, server: str | None = EC2) -> Exchange:
    return replace(exchange(401, server=server, url="http://169.254.169.254/"), clock_skew_seconds=skew)


@pytest.mark.parametrize("skew", [0.0, 5.0, -59.0])
def test_a_clock_that_is_right_to_the_minute_is_no_finding(skew: float) -> None:
    assert found(works(skew)) == {}


@pytest.mark.parametrize(("skew", "direction"), [(400.0, "slow"), (-400.0, "fast")])
def test_a_clock_that_is_minutes_off_by_sts_is_certain_and_says_which_way(skew: float, direction: str) -> None:
    finding = found(works(skew))["clock-skew"]
    assert finding.certainty is Certainty.CERTAIN
    assert finding.summary == f"The clock of this node is 7 minutes {direction}."


def test_a_clock_that_is_a_little_off_is_only_likely_wrong() -> None:
    assert found(works(120.0))["clock-skew"].certainty is Certainty.LIKELY


def test_a_clock_that_nothing_was_refused_for_is_a_warning_until_signatures_cannot_tolerate_it() -> None:
    assert found(works(800.0))["clock-skew"].severity is Severity.WARNING
    assert found(works(1000.0))["clock-skew"].severity is Severity.ERROR


@pytest.mark.parametrize(
    "answer",
    [
        said("SignatureDoesNotMatch", "Signature expired: 1 is now earlier than 2 (3 - 15 min.)", skew=None),
        said("SignatureDoesNotMatch", "Signature not yet current: 1 is still later than 2", skew=None),
        said("RequestExpired", "Request has expired.", skew=None),
    ],
)
def test_a_refusal_for_time_alone_is_certain_though_no_date_came(answer: StsAnswer) -> None:
    finding = found(pod(*keys_in_environment(answer)))["clock-skew"]
    assert (finding.certainty, finding.severity) == (Certainty.CERTAIN, Severity.ERROR)
    assert finding.step == "identity.environment"


def test_a_refusal_for_time_by_a_clock_that_agrees_with_this_one_is_only_likely_the_clocks() -> None:
    answer = said("SignatureDoesNotMatch", "Signature expired: 1 is now earlier than 2 (3 - 15 min.)", skew=0.0)
    finding = found(pod(*keys_in_environment(answer)))["clock-skew"]
    assert finding.certainty is Certainty.LIKELY
    assert "agrees with this node's" in finding.summary


def test_a_wrong_secret_says_nothing_about_the_clock() -> None:
    assert found(pod(*keys_in_environment(said("SignatureDoesNotMatch", "does not match", status=403)))) == {}


def test_imds_alone_makes_a_wrong_clock_likely_however_often_it_says_so() -> None:
    one = step("imds.tokenless", Attempts(exchanges=(imds(4000.0),)))
    two = step("imds.role", RoleListing(exchange=imds(4000.0), role="node-role"))
    assert found(pod(one, two))["clock-skew"].certainty is Certainty.LIKELY


def test_sts_is_believed_before_imds() -> None:
    wrong = step("imds.tokenless", Attempts(exchanges=(imds(4000.0),)))
    assert found(pod(*healthy().steps(), wrong)) == {}


@pytest.mark.parametrize("server", [None, "nginx", "kube2iam"])
def test_whoever_stands_in_for_imds_does_not_tell_the_time(server: str | None) -> None:
    assert found(pod(step("imds.tokenless", Attempts(exchanges=(imds(4000.0, server),))))) == {}


def test_the_agent_on_the_same_node_does_not_tell_the_time() -> None:
    own = replace(exchange(200, url=URL), clock_skew_seconds=4000.0)
    assert found(pod(step("container.credentials", CredentialsAnswer(exchange=own, has_keys=True)))) == {}


def test_an_impostor_an_override_and_an_endpoint_without_tls_do_not_tell_the_time() -> None:
    page = said(status=502, recognised=False, skew=4000.0)
    assert found(pod(*Irsa(answers=StsAnswers(first=page)).steps())) == {}
    overridden = pod(
        *Irsa(answers=StsAnswers(first=said("AccessDenied", "…", skew=4000.0))).steps(),
        variables={"AWS_ENDPOINT_URL_STS": "https://sts.internal.example"},
    )
    assert found(overridden) == {}
    plain = said("AccessDenied", "…", skew=4000.0)
    plain = replace(plain, exchange=replace(plain.exchange, url="http://127.0.0.1:8080/"))
    assert found(pod(*Irsa(answers=StsAnswers(first=plain)).steps())) == {}


def early(skew: float | None) -> dict[str, Finding]:
    token = replace(TOKEN, claims=replace(CLAIMS, not_before=int(NOW) + 600))
    answers = None if skew is None else StsAnswers(first=said("AccessDenied", "…", skew=skew))
    return found(pod(*Irsa(token=token, answers=answers).steps()))


def test_a_token_from_the_future_makes_a_slow_clock_likely_where_nobody_tells_the_time() -> None:
    finding = early(None)["clock-skew"]
    assert finding.certainty is Certainty.LIKELY
    assert "refuses" not in finding.summary
    assert any("10 minutes from now" in line for line in finding.evidence)


def test_a_token_from_the_future_says_nothing_where_sts_finds_the_clock_right() -> None:
    assert early(0.0) == {}


def test_a_token_from_the_future_stands_beside_what_sts_says_of_the_clock() -> None:
    finding = early(620.0)["clock-skew"]
    assert finding.certainty is Certainty.CERTAIN
    assert any("from now" in line for line in finding.evidence)
