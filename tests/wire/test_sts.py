"""STS calls with botocore's parts: against the lab's STS, which checks signatures, and against hostile answers."""

import logging
import subprocess
import sys

import pytest

from probe.credentials import Credentials
from probe.evidence import Ending, Exchange, StsAnswer, StsEndpoint
from probe.lab.network import LabNetwork
from probe.lab.servers import Canaries, MintedCredentials, StsConfig, StsServer, mint_credentials
from probe.secret import Redactor, Secret
from probe.wire.deadline import Deadline
from probe.wire.exchange import Answer, Request, exchange
from probe.wire.sts import StsCaller
from tests.lab.servers.sts_world import ROLE, WORLD, web_token

HOST = "sts.eu-west-1.amazonaws.com"
ENDPOINT = StsEndpoint(region="eu-west-1", region_from="AWS_REGION", host=HOST, port=80, secure=False, host_from="test")
RESULT = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    "<Arn>arn:aws:sts::111122223333:assumed-role/example/one</Arn><Account>111122223333</Account>"
    "</GetCallerIdentityResult></GetCallerIdentityResponse>"
)
ERROR = "<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"


@pytest.fixture
def canaries() -> Canaries:
    return Canaries()


def caller(server: StsServer) -> StsCaller:
    """Return a caller whose endpoint is the server."""
    network = LabNetwork(dial={"198.51.100.10:80": str(server.port)}, names={HOST: ["198.51.100.10"]})
    return StsCaller(ENDPOINT, lambda request: exchange(network, request, Deadline.after(5)), Redactor())


def live(keys: MintedCredentials) -> Credentials:
    """Return minted keys as the walk carries them."""
    token = Secret(keys.session_token) if keys.session_token else None
    return Credentials(
        access_key_id=keys.access_key_id, secret_access_key=Secret(keys.secret_access_key), session_token=token
    )


def identity(
    body: bytes, status: int | None = 200, ending: Ending = Ending.ANSWERED, keys: str = "secret"
) -> StsAnswer:
    """Ask for the identity, and have this answered."""

    def send(request: Request) -> Answer:
        told = Exchange(method=request.method, url=request.url, ending=ending, status=status)
        return Answer(exchange=told, headers={"x-amzn-requestid": "one"}, body=body)

    redactor = Redactor([Secret(keys)])
    credentials = Credentials(access_key_id="ASIAEXAMPLEEXAMPLE00", secret_access_key=Secret(keys))
    return StsCaller(ENDPOINT, send, redactor).get_caller_identity(credentials)


def test_sts_accepts_the_signature_and_tells_whose_keys_these_are(canaries: Canaries) -> None:
    keys = mint_credentials(canaries, role="node-role")
    with StsServer(StsConfig(known_keys=(keys,))) as server:
        answer = caller(server).get_caller_identity(live(keys))
    assert (answer.arn, answer.account, answer.code) == (keys.arn, "111122223333", None)
    assert answer.exchange.status == 200


def test_a_wrong_secret_is_told_with_the_code_of_sts(canaries: Canaries) -> None:
    keys = mint_credentials(canaries)
    with StsServer(StsConfig(known_keys=(keys,))) as server:
        wrong = Credentials(access_key_id=keys.access_key_id, secret_access_key=Secret("another" * 5))
        answer = caller(server).get_caller_identity(wrong)
    assert (answer.exchange.status, answer.code, answer.arn) == (403, "InvalidClientTokenId", None)


def test_a_web_identity_token_is_exchanged_for_keys_that_work(canaries: Canaries) -> None:
    with StsServer(WORLD, canaries=canaries) as server:
        sts = caller(server)
        answer, keys = sts.assume_role_with_web_identity(ROLE, "credential-probe-web-0", Secret(web_token(canaries)))
        assert keys is not None
        used = sts.get_caller_identity(keys)
    assert answer.arn == used.arn == "arn:aws:sts::111122223333:assumed-role/web-role/credential-probe-web-0"
    assert (answer.access_key_hint, answer.expires) == (keys.hint, keys.expires)


def test_the_request_says_whose_it_is(canaries: Canaries) -> None:
    sent: list[Request] = []

    def send(request: Request) -> Answer:
        sent.append(request)
        return Answer(exchange=Exchange(method="POST", url=request.url, ending=Ending.RESET))

    StsCaller(ENDPOINT, send, Redactor()).get_caller_identity(live(mint_credentials(canaries)))
    headers = {name.lower(): value for name, value in sent[0].headers.items()}
    assert headers["user-agent"].startswith("aws-credential-probe/")
    assert sent[0].body == b"Action=GetCallerIdentity&Version=2011-06-15"


def test_the_code_and_the_text_of_a_refusal_are_kept_without_a_secret() -> None:
    answer = identity(
        ERROR.format(code="AccessDenied", message="no: example-secret-key").encode(), 403, keys="example-secret-key"
    )
    assert answer.code == "AccessDenied"
    assert answer.message is not None
    assert answer.message.startswith("no: ")
    assert "example-secret-key" not in answer.message


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>sign in</html>",
        b"not xml",
        b"{}",
        ERROR.format(code="<b>x</b>", message="<i/>").encode(),
        b"<ErrorResponse><Error>text</Error></ErrorResponse>",
        b"<ErrorResponse/>",
        b"\xff\xfe\x00",
    ],
)
@pytest.mark.parametrize("status", [200, 302, 403, 500])
def test_an_answer_that_is_not_of_sts_is_not_recognised_and_tells_no_code(body: bytes, status: int) -> None:
    answer = identity(body, status)
    assert (answer.recognised, answer.code, answer.message, answer.arn) == (False, None, None, None)
    assert answer.exchange.status == status


def test_a_document_type_is_never_parsed() -> None:
    assert identity(RESULT.encode()).account == "111122223333"
    assert identity(b'<!DOCTYPE a [<!ENTITY b "c">]>' + RESULT.encode()).account is None


def test_a_body_that_was_cut_off_is_not_parsed() -> None:
    assert identity(RESULT.encode(), ending=Ending.TOO_LARGE).account is None


def test_what_is_not_shaped_like_an_arn_is_not_kept() -> None:
    answer = identity(RESULT.replace("arn:aws:sts", "javascript:alert(1)").encode())
    assert (answer.arn, answer.recognised) == (None, False)


def test_without_an_answer_the_exchange_says_how_it_ended() -> None:
    answer = identity(b"", status=None, ending=Ending.NO_ANSWER)
    assert answer.exchange.ending is Ending.NO_ANSWER
    assert answer.code is None


def test_a_request_that_cannot_be_written_is_told_as_never_sent(canaries: Canaries) -> None:
    def send(request: Request) -> Answer:
        raise ValueError(request.method)

    answer = StsCaller(ENDPOINT, send, Redactor()).get_caller_identity(live(mint_credentials(canaries)))
    assert (answer.exchange.ending, answer.exchange.error_name) == (Ending.CLOSED, "ValueError")


def test_botocore_logs_no_request_even_when_all_else_is_logged(
    canaries: Canaries, caplog: pytest.LogCaptureFixture
) -> None:
    with StsServer(WORLD, canaries=canaries) as server, caplog.at_level(logging.DEBUG):
        caller(server).assume_role_with_web_identity(ROLE, "one", Secret(web_token(canaries)))
    assert [record for record in caplog.records if record.name.startswith("botocore")] == []


def test_no_credential_chain_is_loaded() -> None:
    code = "import sys, probe.wire.sts; print(*sys.modules)"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )
    assert "botocore.auth" in loaded
    assert {"botocore.session", "botocore.client", "botocore.credentials"} & loaded == set()
