"""STS over real TLS on loopback, with servers that misbehave in every way: bounded, not followed, and nothing leaks."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from probe.evidence import Ending, StsAnswer, StsEndpoint
from probe.lab.network import LabNetwork
from probe.lab.servers import Canaries, Fault, FaultKind, LabAuthority, LabServer, StsServer
from probe.lab.servers.messages import Answer, Request
from probe.lab.servers.sts_config import StsConfig, StsError
from probe.secret import Redactor, Secret
from probe.wire.deadline import Deadline
from probe.wire.exchange import BODY_LIMIT, exchange
from probe.wire.exchange import Answer as Received
from probe.wire.exchange import Request as Sent
from probe.wire.sts import StsCaller
from probe.wire.tls import trusting
from tests.lab.servers.sts_world import ROLE, web_token

HOST = "sts.eu-west-1.amazonaws.com"
ENDPOINT = StsEndpoint(region="eu-west-1", region_from="AWS_REGION", host=HOST, host_from="regional")
ADDRESS = "198.51.100.10"

Ask = Callable[[str], StsAnswer]


class Parrot(LabServer):
    """Answers with whatever a test makes of the request."""

    def __init__(self, make: Callable[[Request], Answer], authority: LabAuthority) -> None:
        super().__init__(tls=authority.server_context(HOST))
        self._make = make

    def answer(self, request: Request) -> Answer:
        """See `LabServer`."""
        return self._make(request)


@pytest.fixture
def authority(tmp_path: Path) -> LabAuthority:
    return LabAuthority(tmp_path)


@contextmanager
def asking(server: LabServer, authority: LabAuthority, *, seconds: float = 5.0, answer: float = 2.0) -> Iterator[Ask]:
    """Ask a server for a role with a token; `seconds` is the deadline of the walk."""
    with server:
        network = LabNetwork(dial={f"{ADDRESS}:443": str(server.port)}, names={HOST: [ADDRESS]})
        context = trusting(str(authority.ca_pem_path))

        def ask(token: str) -> StsAnswer:
            redactor = Redactor([Secret(token)])

            def send(request: Sent) -> Received:
                bounded = Sent(
                    method=request.method,
                    url=request.url,
                    headers=request.headers,
                    body=request.body,
                    answer_seconds=answer,
                    context=context,
                )
                return exchange(network, bounded, Deadline.after(seconds))

            sts = StsCaller(ENDPOINT, send, redactor)
            return sts.assume_role_with_web_identity(ROLE, "credential-probe-web-0", Secret(token))[0]

        yield ask


def faulty(authority: LabAuthority, **fault: object) -> StsServer:
    made = Fault(route="*", **fault)  # type: ignore[arg-type]  # the test names the fault's fields
    return StsServer(StsConfig(faults=(made,)), tls=authority.server_context(HOST))


def test_one_byte_a_second_ends_when_the_whole_answer_has_had_its_time(authority: LabAuthority) -> None:
    begun = time.monotonic()
    with asking(faulty(authority, kind=FaultKind.DRIP, seconds=0.1), authority, answer=0.6) as ask:
        answer = ask("a.b.c")
    assert answer.exchange.ending is Ending.INCOMPLETE
    assert not answer.succeeded
    assert time.monotonic() - begun < 20  # the whole answer would drip for more than half a minute


def test_the_deadline_of_the_walk_ends_an_answer_before_its_own_time(authority: LabAuthority) -> None:
    with asking(faulty(authority, kind=FaultKind.STALL), authority, seconds=0.4, answer=60.0) as ask:
        assert ask("a.b.c").exchange.ending is Ending.NO_ANSWER


def test_an_answer_without_end_is_cut_at_the_bound(authority: LabAuthority) -> None:
    with asking(faulty(authority, kind=FaultKind.ENDLESS), authority) as ask:
        answer = ask("a.b.c")
    assert answer.exchange.ending is Ending.TOO_LARGE
    assert answer.exchange.body_bytes == BODY_LIMIT
    assert not answer.recognised


def test_a_redirect_is_told_and_never_followed(authority: LabAuthority) -> None:
    server = faulty(authority, kind=FaultKind.ANSWER, status=307, headers={"Location": f"https://{HOST}/elsewhere"})
    with asking(server, authority) as ask:
        answer = ask("a.b.c")
    assert (answer.exchange.status, answer.recognised) == (307, False)
    assert [request.path for request in server.requests] == ["/"]


def test_a_gateways_page_is_not_taken_for_sts(authority: LabAuthority) -> None:
    html = "<!DOCTYPE html><html><body>502 Bad Gateway</body></html>"
    with asking(faulty(authority, kind=FaultKind.ANSWER, status=502, body=html), authority) as ask:
        answer = ask("a.b.c")
    assert (answer.exchange.status, answer.recognised, answer.code) == (502, False, None)


def test_bytes_that_are_not_http_are_told_as_such(authority: LabAuthority) -> None:
    with asking(faulty(authority, kind=FaultKind.GARBAGE), authority) as ask:
        assert ask("a.b.c").exchange.ending is Ending.NOT_HTTP


@pytest.mark.parametrize("kind", [FaultKind.CLOSE, FaultKind.RESET])
def test_a_server_that_breaks_off_is_asked_only_once(authority: LabAuthority, kind: FaultKind) -> None:
    server = faulty(authority, kind=kind)
    with asking(server, authority) as ask:
        answer = ask("a.b.c")
    assert answer.exchange.ending in {Ending.CLOSED, Ending.RESET}
    assert len(server.requests) == 1


def test_a_throttled_call_is_not_repeated(authority: LabAuthority) -> None:
    server = StsServer(StsConfig(throttled_first=5), tls=authority.server_context(HOST))
    with asking(server, authority) as ask:
        assert ask("a.b.c").code == "Throttling"
    assert len(server.requests) == 1


def test_entities_that_grow_without_bound_are_not_expanded(authority: LabAuthority) -> None:
    entities = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY x0 "lol">{entities}]><ErrorResponse>&x11;</ErrorResponse>'
    with asking(faulty(authority, kind=FaultKind.ANSWER, status=400, body=bomb), authority) as ask:
        answer = ask("a.b.c")
    assert (answer.code, answer.recognised) == (None, False)


@pytest.mark.parametrize(
    "body",
    [
        "<" * 5000,
        "<a>" * 20_000,
        "<ErrorResponse><Error><Code>" + "A" * 5000 + "</Code></Error></ErrorResponse>",
        "<ErrorResponse><Error><Code>Access Denied; rm -rf /</Code></Error></ErrorResponse>",
        "<ErrorResponse><Error><Code>\x1b[31mRed</Code></Error></ErrorResponse>",
        "\x00\x01\x02",
    ],
)
def test_a_body_that_no_parser_likes_is_not_recognised_and_not_an_error_of_the_probe(
    authority: LabAuthority, body: str
) -> None:
    with asking(faulty(authority, kind=FaultKind.ANSWER, status=400, body=body), authority) as ask:
        answer = ask("a.b.c")
    assert (answer.exchange.status, answer.code, answer.recognised) == (400, None, False)


def test_a_success_without_its_parts_gives_no_keys(authority: LabAuthority) -> None:
    empty = "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult/></AssumeRoleWithWebIdentityResponse>"
    with asking(faulty(authority, kind=FaultKind.ANSWER, status=200, body=empty), authority) as ask:
        answer = ask("a.b.c")
    assert (answer.succeeded, answer.access_key_hint) == (False, None)


def echoing(where: str) -> Callable[[Request], Answer]:
    """Make a server that repeats the token of the request in one place of its error."""

    def make(request: Request) -> Answer:
        token = parse_qs(request.body.decode())["WebIdentityToken"][0]
        parts = {"code": "InvalidIdentityToken", "message": "no", where: f"bad token {token}"}
        if where == "code":
            parts["code"] = token.replace(".", "")[:60]
        error = f"<Error><Code>{parts['code']}</Code><Message>{parts['message']}</Message></Error>"
        body = f"<ErrorResponse>{error}</ErrorResponse>"
        headers = (("x-amzn-RequestId", token[:100]), ("Server", token[:60]), ("Content-Length", str(len(body))))
        return Answer(status=400, headers=headers, body=body.encode())

    return make


@pytest.mark.parametrize("where", ["message", "code"])
def test_a_token_that_the_answer_repeats_never_reaches_the_evidence(authority: LabAuthority, where: str) -> None:
    canaries = Canaries()
    token = web_token(canaries)
    with asking(Parrot(echoing(where), authority), authority) as ask:
        answer = ask(token)
    shown = repr((answer.code, answer.message, answer.request_id, answer.arn))
    assert canaries.word not in shown
    assert not any(segment in shown for segment in token.split("."))
    assert answer.exchange.status == 400


def test_an_access_key_in_an_error_text_is_masked_though_nobody_knew_it(authority: LabAuthority) -> None:
    error = StsError(code="AccessDenied", message="key ASIAEXAMPLEABCDEFGHI is not allowed")
    server = StsServer(StsConfig(error=error), tls=authority.server_context(HOST))
    with asking(server, authority) as ask:
        answer = ask("a.b.c")
    assert answer.message
    assert "ASIAEXAMPLEABCDEFGHI" not in answer.message
    assert answer.message.startswith("key …")
