"""The walk of web identity against a real STS on loopback."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from probe.evidence import (
    FileState,
    Outcome,
    StsAnswers,
    TokenFile,
    WebIdentityVariables,
)
from probe.lab.servers import Fault, FaultKind, LabServer, Provider, StsConfig
from probe.lab.servers.messages import Answer, Request
from probe.lab.servers.sts_config import StsError
from probe.sources.identity import identify
from probe.sources.web_identity import TOKEN_LIMIT, session_name
from tests.sources.irsa_world import ISSUER, PATH, REGIONAL, ROLE, WORLD, Cluster, cluster

STEPS = ("variables", "token", "dns", "connect", "tls", "assume-role", "identity.web-identity")
KEY_LOST = "Couldn't retrieve verification key from your identity provider,  please reference …"


@pytest.fixture
def pod(tmp_path: Path) -> Iterator[Cluster]:
    with cluster(tmp_path) as made:
        yield made


def test_every_step_of_a_healthy_pod_is_ok_and_the_identity_is_the_roles(pod: Cluster) -> None:
    walked = pod.walked()
    assert {name: walked.outcome(name) for name in STEPS} == dict.fromkeys(STEPS, Outcome.OK)
    arn = walked.facts("identity.web-identity", StsAnswers).first.arn
    assert arn == "arn:aws:sts::111122223333:assumed-role/load-balancer-controller/credential-probe-a-pod"


def test_no_secret_of_a_walk_is_in_its_evidence(pod: Cluster) -> None:
    shown = repr(pod.walked().evidence)
    assert len(pod.canaries.values()) > 3
    assert not [canary for canary in pod.canaries.values() if canary in shown]


def test_nothing_configured_leaves_every_step_absent_and_asks_nobody(pod: Cluster) -> None:
    for name in ("AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"):
        del pod.environment[name]
    walked = pod.walked()
    assert {walked.outcome(name) for name in STEPS} == {Outcome.ABSENT}
    assert pod.server.requests == []


def test_an_empty_variable_counts_as_not_set(pod: Cluster) -> None:
    pod.environment |= {"AWS_ROLE_ARN": "", "AWS_WEB_IDENTITY_TOKEN_FILE": ""}
    assert pod.walked().outcome("variables") is Outcome.ABSENT


def test_a_profile_with_the_pair_is_walked_where_the_environment_has_none_of_it(pod: Cluster) -> None:
    for name in ("AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"):
        del pod.environment[name]
    pod.environment |= {"AWS_CONFIG_FILE": "/aws/config", "AWS_PROFILE": "irsa"}
    pod.write("/aws/config", f"[profile irsa]\nrole_arn = {ROLE}\nweb_identity_token_file = {PATH}\n")
    walked = pod.walked()
    assert walked.facts("variables", WebIdentityVariables).told_by == "profile irsa"
    assert walked.outcome("identity.web-identity") is Outcome.OK


def test_a_profile_with_half_the_pair_is_left_to_the_profiles_own_steps(pod: Cluster) -> None:
    for name in ("AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"):
        del pod.environment[name]
    pod.environment |= {"AWS_CONFIG_FILE": "/aws/config", "AWS_PROFILE": "irsa"}
    pod.write("/aws/config", f"[profile irsa]\nrole_arn = {ROLE}\nsource_profile = base\n")
    assert pod.walked().outcome("variables") is Outcome.ABSENT


def test_half_a_pair_is_recorded_and_the_way_is_walked_all_the_same(pod: Cluster) -> None:
    del pod.environment["AWS_ROLE_ARN"]
    walked = pod.walked()
    facts = walked.facts("variables", WebIdentityVariables)
    assert (facts.role_arn, facts.token_file) == (None, PATH)
    assert walked.outcome("tls") is Outcome.OK
    assert (walked.outcome("assume-role"), walked.step("assume-role").reason) == (
        Outcome.SKIPPED,
        "no role ARN is configured",
    )


def test_the_profiles_role_is_noted_beside_a_token_file_without_a_role(pod: Cluster) -> None:
    del pod.environment["AWS_ROLE_ARN"]
    pod.environment |= {"AWS_CONFIG_FILE": "/aws/config"}
    pod.write("/aws/config", f"[default]\nrole_arn = {ROLE}\n")
    assert pod.walked().facts("variables", WebIdentityVariables).profile_role_arn == ROLE


def test_a_broken_arn_is_noted_with_its_place_and_sts_is_asked_all_the_same(pod: Cluster) -> None:
    pod.environment["AWS_ROLE_ARN"] = ROLE.replace("iam::", "iam::::")
    walked = pod.walked()
    fault = walked.facts("variables", WebIdentityVariables).arn_fault
    assert fault is not None
    assert fault.position == len("arn:aws:iam::")
    assert walked.outcome("variables") is Outcome.FAIL
    answer = walked.facts("assume-role", StsAnswers).first
    assert (answer.code, answer.message) == ("ValidationError", "Request ARN is invalid")


def test_a_key_that_was_put_where_the_arn_belongs_is_masked_and_never_in_the_evidence(pod: Cluster) -> None:
    pod.environment["AWS_ROLE_ARN"] = "AKIAEXAMPLEABCDEFGHI"
    facts = pod.walked().facts("variables", WebIdentityVariables)
    assert "AKIAEXAMPLEABCDEFGHI" not in repr(facts)


def test_without_a_token_the_way_is_walked_and_sts_is_not_asked(pod: Cluster) -> None:
    (pod.root / PATH.lstrip("/")).unlink()
    walked = pod.walked()
    token = walked.facts("token", TokenFile)
    assert token.file is not None
    assert token.file.state is FileState.MISSING
    assert walked.outcome("tls") is Outcome.OK
    assert walked.step("assume-role").reason == "no token that could be sent"
    assert pod.server.requests == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"not a token",
        b"a.b",
        b"-----BEGIN RSA PRIVATE KEY-----\nRVhBTVBMRQ==\n-----END RSA PRIVATE KEY-----\n",
        b"\x00\x01\x02",
        "ä.ö.ü".encode(),
    ],
)
def test_what_is_no_token_is_never_sent_to_anybody(pod: Cluster, content: bytes) -> None:
    pod.write(PATH, content)
    walked = pod.walked()
    assert walked.outcome("token") is Outcome.FAIL
    assert walked.outcome("assume-role") is Outcome.SKIPPED
    assert pod.server.requests == []


def test_a_trailing_newline_is_reported_and_not_trimmed(pod: Cluster) -> None:
    pod.write(PATH, pod.token() + "\n")
    walked = pod.walked()
    assert walked.outcome("token") is Outcome.WARN
    assert "trailing-newline" in walked.facts("token", TokenFile).problems
    # The lab's STS refuses what has anything around it, so a trimmed token would have been accepted.
    assert walked.facts("assume-role", StsAnswers).first.code == "InvalidIdentityToken"


def test_an_expired_token_is_sent_because_sts_has_the_last_word(pod: Cluster) -> None:
    pod.write(PATH, pod.token(expires_in=-60.0))
    assert pod.walked().facts("assume-role", StsAnswers).first.code == "ExpiredTokenException"


def test_a_large_file_is_read_to_the_bound_only(pod: Cluster) -> None:
    pod.write(PATH, b"x" * (TOKEN_LIMIT * 4))
    facts = pod.walked().facts("token", TokenFile)
    assert facts.file is not None
    assert (facts.file.state, facts.file.size) == (FileState.TOO_LARGE, TOKEN_LIMIT * 4)


def test_a_pipe_is_not_waited_for(pod: Cluster) -> None:
    where = pod.root / PATH.lstrip("/")
    where.unlink()
    os.mkfifo(where)
    token = pod.walked().facts("token", TokenFile)
    assert token.file is not None
    assert token.file.state is FileState.NOT_REGULAR


def test_no_sts_walks_the_way_and_asks_nothing(pod: Cluster) -> None:
    pod.sts_allowed = False
    walked = pod.walked()
    assert [walked.outcome(name) for name in ("dns", "connect", "tls")] == [Outcome.OK] * 3
    assert walked.step("assume-role").reason == walked.step("identity.web-identity").reason == "--no-sts"
    assert pod.server.requests == []


def test_a_handshake_that_was_left_out_keeps_nobody_from_asking_sts(pod: Cluster) -> None:
    pod.skipped = frozenset({"web-identity.tls"})
    walked = pod.walked()
    assert [walked.outcome(name) for name in ("tls", "assume-role")] == [Outcome.SKIPPED, Outcome.OK]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("pod-0", "credential-probe-pod-0"),
        ("pod näme/with:odd chars", "credential-probe-pod-n-me-with-odd-chars"),
        ("x" * 300, "credential-probe-" + "x" * 47),
    ],
)
def test_the_session_name_tells_the_pod_in_the_characters_that_sts_takes(
    pod: Cluster, given: str, expected: str
) -> None:
    pod.environment["HOSTNAME"] = given
    (pod.root / PATH.lstrip("/")).unlink()  # its claims would name the pod
    name = session_name(pod.walk())
    assert name == expected
    assert len(name) <= 64


def lost_key(first: int | None) -> StsConfig:
    error = (
        f"<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>{KEY_LOST}</Message></Error></ErrorResponse>"
    )
    fault = Fault(kind=FaultKind.ANSWER, route="assume-role-with-web-identity", status=400, body=error, first=first)
    return replace(WORLD, faults=(fault,))


def test_a_key_that_cannot_be_fetched_for_a_moment_is_asked_for_once_more(tmp_path: Path) -> None:
    with cluster(tmp_path, lost_key(1)) as pod:
        walked = pod.walked()
    answers = walked.facts("assume-role", StsAnswers)
    assert answers.first.code == "InvalidIdentityToken"
    assert answers.second is not None
    assert answers.second.succeeded
    assert walked.outcome("assume-role") is Outcome.WARN
    assert walked.outcome("identity.web-identity") is Outcome.OK


def test_a_key_that_stays_away_is_asked_for_twice_and_no_more(tmp_path: Path) -> None:
    with cluster(tmp_path, lost_key(None)) as pod:
        walked = pod.walked()
        asked = len(pod.server.requests)
    assert walked.outcome("assume-role") is Outcome.FAIL
    assert asked == 2


@pytest.mark.parametrize(
    "config",
    [
        replace(WORLD, providers=()),
        replace(WORLD, providers=(Provider(issuer=ISSUER, audiences=("other",)),)),
        replace(WORLD, roles=()),
        replace(WORLD, throttled_first=9),
        replace(WORLD, error=StsError(code="ServiceUnavailable", message="…", status=503)),
    ],
)
def test_every_other_refusal_is_asked_for_once_only(tmp_path: Path, config: StsConfig) -> None:
    with cluster(tmp_path, config) as pod:
        walked = pod.walked()
        asked = len(pod.server.requests)
    assert walked.outcome("assume-role") is Outcome.FAIL
    assert walked.step("identity.web-identity").reason == "no keys from this source"
    assert asked == 1


class Echo(LabServer):
    """Repeats the body of the request, token and all, in its headers and its error."""

    def answer(self, request: Request) -> Answer:
        """See `LabServer`."""
        said = request.body.decode().partition("WebIdentityToken=")[2].partition("&")[0]
        body = f"<ErrorResponse><Error><Code>Echo</Code><Message>{said}</Message></Error></ErrorResponse>".encode()
        headers = (("Server", said[:70]), ("Content-Type", said[-70:]), ("Content-Length", str(len(body))))
        return Answer(status=400, headers=headers, body=body)


def test_a_server_that_repeats_the_token_everywhere_finds_no_way_into_the_evidence(pod: Cluster) -> None:
    with Echo(tls=pod.authority.server_context(REGIONAL)) as echo:
        pod.dial["198.51.100.10:443"] = str(echo.port)
        walked = pod.walked()
    answer = walked.facts("assume-role", StsAnswers).first
    assert answer.code == "Echo"
    assert answer.exchange.content_type is None
    shown = repr(walked.evidence)
    assert pod.canaries.word not in shown
    assert not [canary for canary in pod.canaries.values() if canary in shown]


def test_an_unknown_key_is_asked_about_at_the_other_endpoint_too(tmp_path: Path) -> None:
    refusing = replace(
        WORLD, errors={"GetCallerIdentity": StsError(code="InvalidClientTokenId", message="…", status=403)}
    )
    with cluster(tmp_path, refusing) as pod:
        walked = pod.walked()
        seen = [request.action for request in pod.everywhere.requests]
    answers = walked.facts("identity.web-identity", StsAnswers)
    assert answers.first.code == "InvalidClientTokenId"
    assert answers.second is not None
    assert answers.second.endpoint == "sts.amazonaws.com"
    assert seen == ["GetCallerIdentity"]
    assert walked.outcome("identity.web-identity") is Outcome.FAIL


def test_a_source_without_keys_is_skipped_with_the_reason(pod: Cluster) -> None:
    walk = pod.walk()
    identify(walk, "container", None)
    step = next(step for step in walk.close() if step.id == "identity.container")
    assert (step.outcome, step.reason) == (Outcome.SKIPPED, "no keys from this source")
