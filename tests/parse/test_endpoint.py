import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.parse.endpoint import (
    ContainerUri,
    HostClass,
    ImdsEndpoint,
    UriProblem,
    read_container_uri,
    read_imds_endpoint,
)


def uri(text: str) -> ContainerUri:
    result = read_container_uri(text, "full")
    assert isinstance(result, ContainerUri)
    return result


@pytest.mark.parametrize(
    ("text", "scheme", "host", "port", "path"),
    [
        ("http://169.254.170.23/v1/credentials", "http", "169.254.170.23", 80, "/v1/credentials"),
        ("http://[fd00:ec2::23]/v1/credentials", "http", "fd00:ec2::23", 80, "/v1/credentials"),
        ("http://[fd00:ec2::23]:8080/x", "http", "fd00:ec2::23", 8080, "/x"),
        ("https://Credentials.Example:8443", "https", "credentials.example", 8443, "/"),
        ("HTTPS://host/a?b=c#d", "https", "host", 443, "/a?b=c"),
        ("http://localhost:1338?x=1", "http", "localhost", 1338, "/?x=1"),
        ("http://127.0.0.1:/x", "http", "127.0.0.1", 80, "/x"),
        ("http://host/user@example", "http", "host", 80, "/user@example"),
    ],
)
def test_a_full_uri_is_taken_apart(text: str, scheme: str, host: str, port: int, path: str) -> None:
    result = uri(text)
    assert (result.scheme, result.host, result.port, result.path) == (scheme, host, port, path)


def test_a_relative_uri_belongs_to_the_ecs_host() -> None:
    result = read_container_uri("/v2/credentials/0123", "relative")
    assert isinstance(result, ContainerUri)
    assert (result.host, result.port, result.path, result.host_class) == (
        "169.254.170.2",
        80,
        "/v2/credentials/0123",
        HostClass.ECS,
    )


def test_the_credentials_id_in_a_path_is_not_in_the_repr() -> None:
    assert "0123" not in repr(read_container_uri("/v2/credentials/0123", "relative"))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("http://169.254.170.23/v1 ", "white-space"),
        ("http://169.254.170.23/v1\n", "white-space"),
        ("http://169.254.170.23/v1\x00", "control-character"),
        ("http://hést/", "not-ascii"),
        ('"http://169.254.170.23/v1"', "quoted"),
        ("169.254.170.23/v1/credentials", "no-scheme"),
        ("//169.254.170.23/v1", "no-scheme"),
        ("http:/169.254.170.23", "no-scheme"),
        ("ftp://169.254.170.23/v1", "other-scheme"),
        ("http://user:CANARY@169.254.170.23/", "user-information"),
        ("http://[fd00:ec2::23/v1", "unclosed-bracket"),
        ("http://fd00:ec2::23]/v1", "unclosed-bracket"),
        ("http://fd00:ec2::23/v1", "unbracketed-ipv6"),
        ("http://[fd00:zzz::23]/v1", "bad-host"),
        ("http://[127.0.0.1]/v1", "bad-host"),
        ("http:///v1/credentials", "bad-host"),
        ("http://:80/v1", "bad-host"),
        ("http://ho$st/", "bad-host"),
        ("http://[::1]x/", "bad-host"),
        ("http://host:0/", "bad-port"),
        ("http://host:65536/", "bad-port"),
        ("http://host:http/", "bad-port"),
        ("http://host:-1/", "bad-port"),
        ("http://host/" + "x" * 5_000, "too-long"),
    ],
)
def test_a_broken_full_uri_is_named_without_being_quoted(text: str, kind: str) -> None:
    problem = read_container_uri(text, "full")
    assert isinstance(problem, UriProblem)
    assert problem.kind == kind
    assert "CANARY" not in repr(problem)


def test_a_relative_uri_without_its_slash_is_a_problem() -> None:
    problem = read_container_uri("v2/credentials/0123", "relative")
    assert isinstance(problem, UriProblem)
    assert problem.kind == "no-leading-slash"


@pytest.mark.parametrize(
    ("host", "host_class"),
    [
        ("127.0.0.1", HostClass.LOOPBACK),
        ("127.8.8.8", HostClass.LOOPBACK),
        ("[::1]", HostClass.LOOPBACK),
        ("localhost", HostClass.LOCALHOST),
        ("LocalHost", HostClass.LOCALHOST),
        ("169.254.170.2", HostClass.ECS),
        ("169.254.170.23", HostClass.EKS_IPV4),
        ("[fd00:ec2::23]", HostClass.EKS_IPV6),
        ("[FD00:EC2:0:0:0:0:0:23]", HostClass.EKS_IPV6),
        ("169.254.169.254", HostClass.OTHER_IP),
        ("[::ffff:127.0.0.1]", HostClass.OTHER_IP),
        ("[fd00:ec2::23%25eth0]", HostClass.OTHER_IP),
        ("example.com", HostClass.NAME),
        ("127.1", HostClass.NAME),
        ("2130706433", HostClass.NAME),
    ],
)
def test_the_class_of_a_host_is_told_from_its_text(host: str, host_class: HostClass) -> None:
    assert uri(f"http://{host}/").host_class == host_class


@pytest.mark.parametrize("text", ["http://[fd00:ec2::23]/", "https://host:8443/", "http://127.0.0.1:1338/"])
def test_the_authority_is_spelled_as_in_the_url(text: str) -> None:
    assert text == f"{uri(text).scheme}://{uri(text).authority}/"


PIECES = st.lists(
    st.sampled_from(["http", "https", "://", "[", "]", "::1", ":", "80", "/", "@", "h", "?", "#", "%", " ", "\0"])
)


@given(st.text() | PIECES.map("".join), st.sampled_from(["full", "relative"]))
def test_any_text_is_an_address_with_a_usable_port_or_a_problem(text: str, kind: str) -> None:
    result = read_container_uri(text, "full" if kind == "full" else "relative")
    if isinstance(result, ContainerUri):
        assert 0 < result.port < 65_536
        assert result.path.startswith("/")
        assert result.host
    else:
        assert result.sentence


def imds(endpoint: str | None, mode: str | None) -> ImdsEndpoint:
    result = read_imds_endpoint(endpoint, mode)
    assert isinstance(result, ImdsEndpoint)
    return result


@pytest.mark.parametrize(
    ("endpoint", "mode", "host", "overridden", "exactly"),
    [
        (None, None, "169.254.169.254", False, True),
        ("", "", "169.254.169.254", False, True),
        (None, "IPv6", "fd00:ec2::254", False, True),
        (None, "ipv6", "fd00:ec2::254", False, False),
        ("http://127.0.0.1:1338/", "IPv6", "127.0.0.1", True, True),
    ],
)
def test_the_imds_address_comes_from_the_endpoint_and_else_from_the_mode(
    endpoint: str | None, mode: str | None, host: str, overridden: bool, exactly: bool
) -> None:
    result = imds(endpoint, mode)
    assert (result.address.host, result.overridden, result.mode_spelled_exactly) == (host, overridden, exactly)


@pytest.mark.parametrize(
    ("endpoint", "mode", "kind"), [(None, "v6", "bad-mode"), ("127.0.0.1:1338", None, "no-scheme")]
)
def test_a_bad_mode_and_a_bad_endpoint_are_problems(endpoint: str | None, mode: str | None, kind: str) -> None:
    problem = read_imds_endpoint(endpoint, mode)
    assert isinstance(problem, UriProblem)
    assert problem.kind == kind
