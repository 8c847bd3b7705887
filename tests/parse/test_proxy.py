import os
from unittest.mock import patch
from urllib.request import getproxies_environment

import pytest
from botocore.utils import should_bypass_proxies
from hypothesis import given
from hypothesis import strategies as st

from probe.parse.proxy import ClientProxies, ProxyVariables, bypasses_go, bypasses_urllib, masked

AGENT, IMDS = "169.254.170.23", "169.254.169.254"
PROXY = "http://user:CANARY@proxy.example:3128"
NAMES = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "NO_PROXY",
    "no_proxy",
    "ALL_PROXY",
    "Http_Proxy",
    "HTTP_proxy",
]


def urls(client: ClientProxies) -> tuple[str | None, str | None, str]:
    http, https = client.http, client.https
    return http.reveal() if http else None, https.reveal() if https else None, client.no_proxy


def test_go_prefers_capitals_and_python_prefers_small_letters() -> None:
    read = ProxyVariables.read({"HTTPS_PROXY": "big", "https_proxy": "small", "NO_PROXY": "a", "no_proxy": "b"})
    assert urls(read.go) == (None, "big", "a")
    assert urls(read.botocore) == urls(read.requests) == (None, "small", "b")


def test_an_empty_small_variable_takes_the_capital_one_away_in_python_only() -> None:
    read = ProxyVariables.read({"HTTP_PROXY": "big", "http_proxy": ""})
    assert (urls(read.go)[0], urls(read.botocore)[0], urls(read.requests)[0]) == ("big", None, None)


def test_only_requests_reads_all_proxy() -> None:
    read = ProxyVariables.read({"ALL_PROXY": "everything"})
    assert (urls(read.go)[0], urls(read.botocore)[0], urls(read.requests)[0]) == (None, None, "everything")


def test_nothing_set_is_no_proxy_at_all() -> None:
    nothing = ClientProxies(http=None, https=None, no_proxy="")
    assert ProxyVariables.read({}) == ProxyVariables(go=nothing, botocore=nothing, requests=nothing)


def test_in_a_cgi_program_the_capital_http_proxy_is_not_trusted() -> None:
    read = ProxyVariables.read({"REQUEST_METHOD": "GET", "HTTP_PROXY": "evil"})
    assert urls(read.go)[0] is urls(read.botocore)[0] is None


def test_a_password_in_a_proxy_variable_is_not_in_the_repr() -> None:
    assert "CANARY" not in repr(ProxyVariables.read({"HTTP_PROXY": PROXY, "https_proxy": PROXY}))


@given(st.dictionaries(st.sampled_from([*NAMES, "REQUEST_METHOD", "PATH"]), st.sampled_from(["", "a", "b"])))
def test_botocores_proxies_are_those_that_urllib_finds(environment: dict[str, str]) -> None:
    with patch.dict(os.environ, environment, clear=True):
        theirs = getproxies_environment()
    ours = ProxyVariables.read(environment).botocore
    assert urls(ours) == (theirs.get("http"), theirs.get("https"), theirs.get("no", ""))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (PROXY, "http://***@proxy.example:3128"),
        ("http://proxy.example:3128", "http://proxy.example:3128"),
        ("user:CANARY@proxy.example:3128", "***@proxy.example:3128"),
        ("http://user:CAN/ARY@proxy.example", "http://***@proxy.example"),
        ("http://user:CAN@ARY@proxy.example", "http://***@proxy.example"),
        ("http://user:CAN#ARY?@proxy.example/x?y", "http://***@proxy.example"),
        ("http:/user:CANARY@proxy.example", "***@proxy.example"),
        ("socks5://[::1]:1080", "socks5://[::1]:1080"),
        ("http://proxy.example/?token=CANARY", "http://proxy.example"),
        ("http://user:CANARY", "http://***"),
        ("http://proxy.example:3128\n", "http://***"),
        ("", "***"),
    ],
)
def test_a_masked_url_keeps_scheme_host_and_port_alone(url: str, shown: str) -> None:
    assert masked(url) == shown


@given(st.text(min_size=1), st.text(min_size=1))
def test_whatever_stands_before_the_last_at_is_masked(user: str, password: str) -> None:
    assert masked(f"http://{user}:{password}@proxy") == "http://***@proxy"


@pytest.mark.parametrize(
    ("host", "port", "no_proxy", "bypassed"),
    [
        (AGENT, 80, "", False),
        (AGENT, 80, AGENT, True),
        (AGENT, 80, f"example.com, {AGENT} ", True),
        (AGENT, 80, "169.254.0.0/16", True),
        (AGENT, 80, "169.254.170.1/24", True),
        (AGENT, 80, "10.0.0.0/8", False),
        (AGENT, 80, "169.254.0.0/255.255.0.0", False),
        (AGENT, 80, "169.254.", False),
        (AGENT, 80, "170.23", False),
        (AGENT, 80, f"{AGENT}:80", True),
        (AGENT, 80, f"{AGENT}:8080", False),
        (AGENT, 80, f"{IMDS},*", True),
        (AGENT, 80, "*.amazonaws.com", False),
        ("fd00:ec2::23", 80, "fd00:ec2::23", True),
        ("fd00:ec2::23", 80, "FD00:EC2:0::23", True),
        ("fd00:ec2::23", 80, "[fd00:ec2::23]", False),
        ("fd00:ec2::23", 80, "[fd00:ec2::23]:80", True),
        ("fd00:ec2::23", 80, "fd00:ec2::/32", True),
        ("10.0.0.1", 80, "::ffff:10.0.0.0/104", True),
        ("sts.amazonaws.com", 443, "amazonaws.com", True),
        ("sts.amazonaws.com", 443, ".amazonaws.com", True),
        ("sts.amazonaws.com", 443, "*.amazonaws.com", True),
        ("sts.amazonaws.com", 443, "AMAZONAWS.com:443", True),
        ("sts.amazonaws.com", 443, "amazonaws.com:80", False),
        ("amazonaws.com", 443, ".amazonaws.com", False),
        ("amazonaws.com", 443, "*.amazonaws.com", False),
        ("myamazonaws.com", 443, "amazonaws.com", False),
        ("sts.amazonaws.com", 443, "*amazonaws.com", False),
        ("sts.amazonaws.com", 443, ":443", False),
        ("localhost", 80, "", True),
        ("127.0.0.1", 80, "", True),
        ("::1", 80, "", True),
    ],
)
def test_go_bypasses_the_proxy_as_its_own_code_does(host: str, port: int, no_proxy: str, bypassed: bool) -> None:
    # Each row was compared with golang.org/x/net/http/httpproxy of Go 1.26.
    assert bypasses_go(host, port, no_proxy) is bypassed


@pytest.mark.parametrize(
    ("host", "no_proxy", "bypassed"),
    [
        (AGENT, "169.254.0.0/16", False),
        (AGENT, AGENT, True),
        ("[fd00:ec2::254]", "[fd00:ec2::254]", True),
        ("[fd00:ec2::254]", "fd00:ec2::254", False),
        ("sts.amazonaws.com", ".amazonaws.com", True),
        ("sts.amazonaws.com:443", "amazonaws.com", True),
        ("sts.amazonaws.com", "*.amazonaws.com", False),
        (AGENT, "*", True),
        (AGENT, f"*,{IMDS}", False),
        ("localhost", "", False),
    ],
)
def test_urllib_knows_names_and_suffixes_and_no_networks(host: str, no_proxy: str, bypassed: bool) -> None:
    assert bypasses_urllib(host, no_proxy) is bypassed


HOSTS = st.sampled_from(
    [AGENT, IMDS, "[fd00:ec2::254]", "[fd00:ec2::254]:80", "STS.amazonaws.com", "sts.amazonaws.com:443", "a"]
)
ENTRIES = st.sampled_from(
    [AGENT, "169.254.0.0/16", "*", ".amazonaws.com", "amazonaws.com", "*.com", "[fd00:ec2::254]", "", " a "]
)


@given(HOSTS, st.lists(ENTRIES, max_size=4).map(",".join) | st.text(alphabet="abc.*,: 169/[]", max_size=20))
def test_urllib_bypasses_exactly_what_botocore_bypasses(host: str, no_proxy: str) -> None:
    with patch.dict(os.environ, {"no_proxy": no_proxy}, clear=True):
        theirs = should_bypass_proxies(f"http://{host}/latest")
    assert bypasses_urllib(host, no_proxy) is bool(theirs)


@given(st.text(), st.integers(0, 70_000), st.text() | st.text(alphabet="[]:.*/,%0a", max_size=30))
def test_any_text_gets_an_answer(host: str, port: int, no_proxy: str) -> None:
    assert bypasses_go(host, port, no_proxy) in {True, False}
    assert bypasses_urllib(host, no_proxy) in {True, False}
    assert bypasses_go(host, port, f"{no_proxy},*") is True
