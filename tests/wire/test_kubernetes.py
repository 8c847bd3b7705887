"""The API server asked with a pod's token, over real TLS on loopback: what is learnt, and that nothing leaks."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from probe.lab.network import LabNetwork
from probe.lab.servers import Fault, FaultKind, KubernetesConfig, KubernetesServer, LabAuthority, refusing_port
from probe.secret import Secret
from probe.wire.deadline import Deadline
from probe.wire.kubernetes import ApiAnswer, ApiServer, UnusableError
from probe.wire.tls import trusting_only

HOST = "10.100.0.1"
TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJFWEFNUExFIjoxfQ.EXAMPLE"
ACCOUNT = {"kind": "ServiceAccount", "metadata": {"name": "app", "namespace": "default"}}
PATH = ("api", "v1", "namespaces", "default", "serviceaccounts", "app")


@pytest.fixture
def authority(tmp_path: Path) -> LabAuthority:
    return LabAuthority(tmp_path)


@contextmanager
def serving(
    authority: LabAuthority,
    *faults: Fault,
    objects: Mapping[str, Any] | None = None,
    allowed: tuple[str, ...] = ("get serviceaccounts",),
    tokens: tuple[str, ...] = (TOKEN,),
) -> Iterator[KubernetesServer]:
    known = {"account": ACCOUNT} if objects is None else objects
    config = KubernetesConfig(objects=known, faults=faults, allowed=allowed, tokens=tokens)
    with KubernetesServer(config, tls=authority.server_context(HOST)) as server:
        yield server


def client(port: int, authority: LabAuthority, token: str = TOKEN) -> ApiServer:
    network = LabNetwork(dial={f"{HOST}:443": str(port)})
    return ApiServer(network, HOST, 443, trusting_only(authority.ca_pem_path.read_bytes()), Secret(token))


def read(port: int, authority: LabAuthority, *path: str, kind: str = "ServiceAccount", seconds: float = 5) -> ApiAnswer:
    return client(port, authority).get(kind, *(path or PATH), deadline=Deadline.after(seconds))


def fault(status: int, body: str = "", kind: FaultKind = FaultKind.ANSWER, **headers: str) -> Fault:
    return Fault(kind=kind, route="*", status=status, body=body, headers=headers)


def test_an_object_that_may_be_read_is_there(authority: LabAuthority) -> None:
    with serving(authority) as server:
        assert read(server.port, authority).document == ACCOUNT


def test_an_object_that_does_not_exist_is_missing_and_no_problem(authority: LabAuthority) -> None:
    with serving(authority, objects={}) as server:
        answer = read(server.port, authority)
    assert (answer.missing, answer.problem) == (True, None)


def test_a_kind_that_the_cluster_does_not_serve_is_missing(authority: LabAuthority) -> None:
    with serving(authority) as server:
        path = ("apis", "cilium.io", "v2", "namespaces", "default", "ciliumnetworkpolicies")
        assert read(server.port, authority, *path, kind="CiliumNetworkPolicyList").missing


def test_a_missing_right_is_told_as_one(authority: LabAuthority) -> None:
    with serving(authority, allowed=()) as server:
        answer = read(server.port, authority)
    assert answer.forbidden
    assert answer.problem is not None
    assert "403" in answer.problem


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (fault(503, '{"kind": "Status", "code": 503}'), "answered 503"),
        (fault(429, '{"kind": "Status", "code": 429}'), "answered 429"),
        (fault(502, "<html>"), "not an API server"),
        (fault(200, "<html>"), "not an API server"),
        (fault(200, '{"kind": "Pod"}'), "not an API server"),
        (fault(200, "[" * 100_000), "not an API server"),
        (fault(404, "<html>nothing here</html>"), "not an API server"),
        (fault(403, "<html>blocked</html>"), "not an API server"),
        (fault(302, Location="https://198.51.100.77/"), "not an API server"),
        (fault(0, kind=FaultKind.ENDLESS), "larger than"),
        (fault(0, kind=FaultKind.STALL), "no whole answer in time"),
        (fault(0, kind=FaultKind.DRIP), "no whole answer in time"),
        (fault(0, kind=FaultKind.RESET), "no whole answer"),
    ],
)
def test_what_is_no_honest_answer_teaches_nothing_and_says_why(authority: LabAuthority, one: Fault, words: str) -> None:
    with serving(authority, one) as server:
        answer = read(server.port, authority, seconds=0.8)
        asked = len(server.requests)
    assert (answer.document, answer.missing) == (None, False)
    assert answer.problem is not None
    assert words in answer.problem
    assert asked == 1


def test_a_token_that_is_not_known_is_told_apart_from_a_missing_right(authority: LabAuthority) -> None:
    with serving(authority, tokens=()) as server:
        answer = read(server.port, authority)
    assert not answer.forbidden
    assert answer.problem is not None
    assert "401" in answer.problem


def test_the_token_is_not_sent_to_a_server_that_the_clusters_authority_does_not_vouch_for(
    authority: LabAuthority, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    with serving(LabAuthority(tmp_path / "other")) as server:
        answer = read(server.port, authority)
        assert server.requests == []
    assert answer.problem is not None
    assert "does not vouch" in answer.problem


def test_the_token_is_not_sent_to_a_server_of_another_name(authority: LabAuthority) -> None:
    config = KubernetesConfig(objects={"account": ACCOUNT}, tokens=(TOKEN,))
    with KubernetesServer(config, tls=authority.wrong_host_context()) as server:
        answer = read(server.port, authority)
        assert (server.requests, answer.document) == ([], None)


def test_no_way_to_the_api_server_is_a_problem_and_no_error(authority: LabAuthority) -> None:
    with refusing_port() as port:
        answer = read(port, authority)
    assert answer.problem == "there is no way to the API server (refused)"


def test_an_object_larger_than_other_answers_may_be_is_read_whole(authority: LabAuthority) -> None:
    large = {**ACCOUNT, "secrets": [{"name": f"token-{number:05}"} for number in range(20_000)]}
    with serving(authority, objects={"account": large}) as server:
        assert read(server.port, authority).document == large


@pytest.mark.parametrize("token", ["", "two\nlines", "with space", "täglich"])
def test_a_token_that_no_header_can_carry_is_refused_without_quoting_it(authority: LabAuthority, token: str) -> None:
    with pytest.raises(UnusableError) as refused:
        client(1, authority, token)
    assert token == "" or token not in str(refused.value)


@pytest.mark.parametrize("host", ["", "a/b", "user@host", "host name"])
def test_what_is_no_host_is_refused(authority: LabAuthority, host: str) -> None:
    context = trusting_only(authority.ca_pem_path.read_bytes())
    with pytest.raises(UnusableError):
        ApiServer(LabNetwork(), host, 443, context, Secret(TOKEN))
