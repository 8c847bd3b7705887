import functools
from typing import Any

import botocore.loaders
import pytest
from botocore.endpoint_provider import EndpointProvider
from hypothesis import given
from hypothesis import strategies as st

from probe.parse.region import Region, RegionProblem, partition_of_region, read_region, region_from_issuer, sts_hosts


@functools.cache
def botocore_data() -> tuple[Any, EndpointProvider]:
    loader = botocore.loaders.Loader()
    partitions = loader.load_data("partitions")
    rules = loader.load_service_model("sts", "endpoint-rule-set-1")
    return partitions, EndpointProvider(rules, partitions)


def known_regions() -> list[tuple[str, str]]:
    partitions, _ = botocore_data()
    return [(region, partition["id"]) for partition in partitions["partitions"] for region in partition["regions"]]


@pytest.mark.parametrize(("region", "partition"), known_regions())
def test_every_region_that_botocore_knows_has_the_partition_it_has_there(region: str, partition: str) -> None:
    assert partition_of_region(region) == partition
    assert isinstance(read_region(region), Region)


@pytest.mark.parametrize("region", [region for region, _ in known_regions() if not region.endswith("-global")])
def test_sts_hosts_are_those_of_botocores_endpoint_rules(region: str) -> None:
    _, provider = botocore_data()

    def host(*, fips: bool, dualstack: bool) -> str:
        parameters = {"Region": region, "UseFIPS": fips, "UseDualStack": dualstack, "UseGlobalEndpoint": False}
        return str(provider.resolve_endpoint(**parameters).url).removeprefix("https://")

    hosts = sts_hosts(region)
    assert hosts is not None
    assert hosts.regional == host(fips=False, dualstack=False)
    assert hosts.fips == host(fips=True, dualstack=False)
    assert hosts.dualstack == host(fips=False, dualstack=True)
    assert hosts.fips_dualstack == host(fips=True, dualstack=True)


def test_the_global_host_exists_in_the_commercial_partition_only() -> None:
    commercial, china = sts_hosts("eu-central-1"), sts_hosts("cn-north-1")
    assert commercial is not None
    assert china is not None
    assert (commercial.everywhere, china.everywhere) == ("sts.amazonaws.com", None)


@pytest.mark.parametrize(
    ("text", "word", "suggestion"),
    [
        ("us-east-1a", "availability zone", "us-east-1"),
        ("US-EAST-1", "capital letters", "us-east-1"),
        (" us-east-1", "white space", "us-east-1"),
        ("us-east-1\n", "white space", "us-east-1"),
        ('"us-east-1"', "quotes", "us-east-1"),
        ("", "empty", None),
        ("Frankfurt", "shape", None),
        ("eu_central_1", "shape", None),
        ("eu-central", "shape", None),
        ("{{ .Values.region }}", "shape", None),
        ("us-east-1,us-west-2", "shape", None),
    ],
)
def test_a_misspelled_region_is_explained_and_the_meant_one_suggested(
    text: str, word: str, suggestion: str | None
) -> None:
    problem = read_region(text)
    assert isinstance(problem, RegionProblem)
    assert word in problem.sentence
    assert problem.suggestion == suggestion


def test_a_region_of_an_unknown_partition_is_no_problem_and_has_no_hosts() -> None:
    assert read_region("xx-north-1") == Region(name="xx-north-1", partition=None, sts=None)


def test_a_secret_in_place_of_a_region_is_not_shown() -> None:
    problem = read_region("eyJhbGciOiJSUzI1NiJ9.e30.sig")
    assert isinstance(problem, RegionProblem)
    assert problem.found == "***"


@pytest.mark.parametrize(
    ("issuer", "region"),
    [
        ("https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF", "eu-central-1"),
        ("https://oidc.eks.cn-north-1.amazonaws.com.cn/id/0123456789ABCDEF", "cn-north-1"),
        ("https://oidc-eks.us-west-2.api.aws/id/0123456789ABCDEF", "us-west-2"),
        ("https://oidc.eks.us-gov-west-1.amazonaws.com/id/0123456789ABCDEF", "us-gov-west-1"),
        ("https://oidc.eks.cn-north-1.amazonaws.com/id/0123456789ABCDEF", None),
        ("https://oidc.eks.eu-central-1.amazonaws.com.evil.example/id/0", None),
        ("https://oidc.eks.eu-central-1.amazonaws.com", None),
        ("https://kubernetes.default.svc.cluster.local", None),
        ("", None),
    ],
)
def test_the_region_of_an_eks_issuer_is_read_and_no_other_issuer_has_one(issuer: str, region: str | None) -> None:
    assert region_from_issuer(issuer) == region


@given(st.text() | st.from_regex(r"\s?[a-zA-Z]{2,4}-[a-z]{3,6}-[0-9]{1,3}[a-z]?\n?", fullmatch=True))
def test_any_text_is_a_region_or_a_problem_with_a_sentence(text: str) -> None:
    result = read_region(text)
    if isinstance(result, Region):
        assert result.name == text == text.strip().lower()
    else:
        assert result.sentence
        assert result.found.isprintable()
        assert result.suggestion is None or isinstance(read_region(result.suggestion), Region)
    assert region_from_issuer(text) is None
