"""The Pod Identity agent as aws/eks-pod-identity-agent v0.1.37 reads and answers."""

import json
import re

import pytest

from probe.lab.servers import (
    AgentConfig,
    AgentServer,
    BoundTo,
    Canaries,
    EksAuthError,
    Fault,
    FaultKind,
    MintedToken,
    mint_credentials,
    mint_token,
)
from probe.lab.servers.agent import Upstream
from tests.lab.servers.asking import Reply, ask, dial, request_bytes

PATH = "/v1/credentials"
HOST = "169.254.170.23"
REQUEST_ID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def pod_token(canaries: Canaries, *, expires_in: float = 3600, not_before_in: float | None = None) -> MintedToken:
    return mint_token(
        canaries,
        issuer="https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE",
        subject="system:serviceaccount:shop:web",
        audience="pods.eks.amazonaws.com",
        expires_in=expires_in,
        not_before_in=not_before_in,
        kubernetes=BoundTo(namespace="shop", serviceaccount="web", pod="web-0"),
    )


def call(server: AgentServer, token: str | None = None, host: str = HOST, path: str = PATH) -> Reply:
    headers = {"Host": host} | ({} if token is None else {"Authorization": token})
    return ask(server.port, "GET", path, headers)


def test_a_request_without_authorization_is_told_that_the_token_is_empty() -> None:
    with AgentServer(AgentConfig()) as server:
        reply = call(server)
    assert (reply.status, reply.text) == (400, "Service account token cannot be empty\n")


def test_errors_look_as_go_writes_them() -> None:
    with AgentServer(AgentConfig()) as server:
        reply = call(server)
    assert reply.headers[:2] == (
        ("Content-Type", "text/plain; charset=utf-8"),
        ("X-Content-Type-Options", "nosniff"),
    )
    assert reply.names[2:] == ("Date", "Content-Length")


def test_an_empty_authorization_counts_as_none() -> None:
    with AgentServer(AgentConfig()) as server:
        assert call(server, "").text == "Service account token cannot be empty\n"
        assert server.requests[0].routes == ("tokenless",)


@pytest.mark.parametrize("path", ["/", "/v1/credentials/", "/v1/other"])
def test_other_paths_are_not_found_whatever_the_host(path: str) -> None:
    with AgentServer(AgentConfig()) as server:
        reply = call(server, host="example.com", path=path)
    assert (reply.status, reply.text) == (404, "404 page not found\n")


@pytest.mark.parametrize(
    ("host", "told"), [("example.com", "example.com"), ("127.0.0.1:8080", "127.0.0.1"), ("[::1]:80", "::1")]
)
def test_a_foreign_host_is_denied_before_the_token_is_looked_at(host: str, told: str) -> None:
    with AgentServer(AgentConfig()) as server:
        reply = call(server, host=host)
    assert reply.status == 403
    assert reply.text == (
        "Access Denied. Called agent through invalid address, please use either "
        f"[169.254.170.23 fd00:ec2::23] address not {told}\n"
    )


@pytest.mark.parametrize("host", [HOST, f"{HOST}:80", "[fd00:ec2::23]", "[fd00:ec2::23]:80", "fd00:ec2::23"])
def test_both_addresses_are_accepted_with_and_without_port(host: str) -> None:
    with AgentServer(AgentConfig()) as server:
        assert call(server, host=host).status == 400


def test_the_rate_limit_goes_before_every_other_check() -> None:
    with AgentServer(AgentConfig(rate_limited=True)) as server:
        reply = call(server, host="example.com")
    assert (reply.status, reply.text) == (429, "Too Many Requests\n")


@pytest.mark.parametrize(
    ("token", "detail"),
    [
        ("junk", "token is malformed: token contains an invalid number of segments"),
        ("a.b.c.d", "token is malformed: token contains an invalid number of segments"),
        (
            "Bearer e30.e30.x",
            "token is malformed: could not base64 decode header: illegal base64 data at input byte 6",
        ),
        ("e30.e!0.x", "token is malformed: could not base64 decode claim: illegal base64 data at input byte 1"),
        ("e30e3.e30.x", "token is malformed: could not base64 decode header: illegal base64 data at input byte 4"),
        (
            "eHh4.e30.x",
            "token is malformed: could not JSON decode header: invalid character 'x' looking for beginning of value",
        ),
        ("e30.e30.x", "token is unverifiable: signing method (alg) is unspecified"),
        ("eyJhbGciOiJ4In0.e30.x", "token is unverifiable: signing method (alg) is unavailable"),
        ("eyJhbGciOltdfQ.e30.x", "token is unverifiable: signing method (alg) is unspecified"),
    ],
)
def test_what_is_not_a_jwt_is_named_in_the_words_of_the_library(token: str, detail: str) -> None:
    with AgentServer(AgentConfig()) as server:
        reply = call(server, token)
    assert (reply.status, reply.text) == (400, f"Service account token cannot be parsed: {detail}\n")


@pytest.mark.parametrize(
    ("expires_in", "not_before_in", "complaint"),
    [
        (-1, None, "token is expired"),
        (3600, 60, "token is not valid yet"),
        (-1, 60, "token is expired, token is not valid yet"),
    ],
)
def test_times_are_checked_without_leeway(
    canaries: Canaries, expires_in: float, not_before_in: float | None, complaint: str
) -> None:
    token = pod_token(canaries, expires_in=expires_in, not_before_in=not_before_in)
    with AgentServer(AgentConfig()) as server:
        reply = call(server, token)
    assert reply.status == 400
    assert reply.text == f"Service account token failed basic claim validations: {complaint}\n"


def test_times_are_checked_by_the_clock_of_the_node(canaries: Canaries) -> None:
    with AgentServer(AgentConfig(date_offset_seconds=7200)) as server:
        assert call(server, pod_token(canaries, expires_in=3600)).text.endswith("token is expired\n")


def test_a_token_issued_in_the_future_is_accepted(canaries: Canaries) -> None:
    token = mint_token(canaries, issuer="https://i", subject="s", issued_ago=-600, not_before_in=-1)
    with AgentServer(AgentConfig(credentials=mint_credentials(canaries))) as server:
        assert call(server, token).status == 200


def test_success_is_json_with_five_members_and_no_code(canaries: Canaries) -> None:
    keys = mint_credentials(canaries, role="web-role", session="eks-example-web-0-uuid")
    with AgentServer(AgentConfig(credentials=keys)) as server:
        reply = call(server, pod_token(canaries))
    document = json.loads(reply.text)
    assert (reply.status, reply.header("Content-Type")) == (200, "application/json")
    assert list(document) == ["AccessKeyId", "SecretAccessKey", "Token", "AccountId", "Expiration"]
    assert document["AccessKeyId"] == keys.access_key_id
    assert document["AccountId"] == "111122223333"
    assert document["Expiration"].endswith("Z")


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_any_method_is_served(canaries: Canaries, method: str) -> None:
    with AgentServer(AgentConfig(credentials=mint_credentials(canaries))) as server:
        assert ask(server.port, method, PATH, {"Host": HOST, "Authorization": pod_token(canaries)}).status == 200


def test_a_service_account_without_association_is_a_404_with_the_code_of_eks_auth(canaries: Canaries) -> None:
    with AgentServer(AgentConfig()) as server:
        reply = call(server, pod_token(canaries))
    assert reply.status == 404
    assert re.match(rf"\[{REQUEST_ID}\]: \(ResourceNotFoundException\): ", reply.text)


REFUSED = EksAuthError(
    code="AccessDeniedException",
    message="Unauthorized Exception! EKS does not have permissions to assume the associated role.",
    status=400,
)


def test_an_error_of_eks_auth_is_relayed_with_its_status(canaries: Canaries) -> None:
    with AgentServer(AgentConfig(error=REFUSED)) as server:
        reply = call(server, pod_token(canaries))
    assert reply.status == 400
    assert re.fullmatch(
        rf"\[{REQUEST_ID}\]: \(AccessDeniedException\): Unauthorized Exception! EKS does not have "
        r"permissions to assume the associated role\., fault: client\n",
        reply.text,
    )


def test_an_old_agent_answers_500_and_the_go_text(canaries: Canaries) -> None:
    with AgentServer(AgentConfig(error=REFUSED, old_agent=True)) as server:
        reply = call(server, pod_token(canaries))
    assert reply.status == 500
    assert reply.text.startswith(
        "unable to fetch credentials from EKS Auth: operation error EKS Auth: AssumeRoleForPodIdentity, "
        "https response error StatusCode: 400, RequestID: "
    )
    assert "AccessDeniedException: Unauthorized Exception!" in reply.text


def test_an_unreachable_eks_auth_is_a_500_with_empty_brackets(canaries: Canaries) -> None:
    with AgentServer(AgentConfig(upstream="unreachable")) as server:
        reply = call(server, pod_token(canaries))
    assert (reply.status, reply.text) == (500, "[]\n")


def test_the_agent_tries_an_unreachable_eks_auth_for_the_given_time(canaries: Canaries) -> None:
    request = request_bytes("GET", PATH, f"Authorization: {pod_token(canaries)}")
    config = AgentConfig(upstream="unreachable", seconds=60, allowed_hosts=("127.0.0.1",))
    with (
        AgentServer(config) as server,
        dial(server.port, request, timeout=0.2) as connection,
        pytest.raises(TimeoutError),
    ):
        connection.recv(1)


@pytest.mark.parametrize(
    ("upstream", "cause"),
    [
        ("dial", "dial tcp 192.0.2.23:443: i/o timeout"),
        ("lookup", "dial tcp: lookup eks-auth.eu-west-1.api.aws: no such host"),
        ("x509", "tls: failed to verify certificate: x509: certificate signed by unknown authority"),
        (
            "no-node-credentials",
            "no EC2 IMDS role found, operation error ec2imds: GetMetadata, canceled, context deadline exceeded",
        ),
    ],
)
def test_agents_that_pass_the_go_text_on_name_the_cause(canaries: Canaries, upstream: Upstream, cause: str) -> None:
    with AgentServer(AgentConfig(upstream=upstream)) as server:
        reply = call(server, pod_token(canaries))
    assert reply.status == 500
    assert reply.text.startswith("error getting credentials to cache: unable to fetch credentials from EKS Auth: ")
    assert reply.text.endswith(f"{cause}\n")
    assert "[" not in reply.text


def test_a_token_that_fails_the_checks_never_reaches_an_unreachable_eks_auth() -> None:
    with AgentServer(AgentConfig(upstream="unreachable", seconds=30)) as server:
        assert call(server, "junk").status == 400


def test_the_token_appears_in_no_answer(canaries: Canaries) -> None:
    token = pod_token(canaries)
    with AgentServer(AgentConfig(error=REFUSED)) as server:
        texts = [call(server, one).text for one in (token, f"Bearer {token}", token[:-400])]
    assert not [text for text in texts for value in canaries.values() if value in text]


def test_a_fault_for_requests_with_a_token_leaves_the_liveness_request_alone(canaries: Canaries) -> None:
    fault = Fault(kind=FaultKind.ANSWER, route="credentials", status=503, first=1)
    with AgentServer(AgentConfig(credentials=mint_credentials(canaries), faults=(fault,))) as server:
        assert call(server).status == 400
        assert [call(server, pod_token(canaries)).status for _ in range(2)] == [503, 200]
