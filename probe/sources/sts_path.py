"""Which STS endpoint the SDKs would use here, and who says so. One answer for a whole walk."""

from dataclasses import replace

from probe.evidence import StsEndpoint
from probe.parse.endpoint import UriProblem, read_container_uri
from probe.parse.region import Region, RegionProblem, StsHosts, read_region, region_from_issuer
from probe.parse.sts_regions import LEGACY_GLOBAL_REGIONS
from probe.walk import Walk

GLOBAL_HOST = "sts.amazonaws.com"
GLOBAL_REGION = "us-east-1"
"""The region that requests to the global endpoint are signed for."""
OVERRIDES = ("AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL")


def sts_endpoint(walk: Walk, region_hint: tuple[str, str] | None = None) -> StsEndpoint:
    """Return the endpoint that the SDKs would use here, and who says so. `region_hint` is a region and its source."""
    endpoint = _ordinary_endpoint(walk, region_hint)
    told = _override(walk)
    if told is None:
        return endpoint
    url, told_by = told
    read = read_container_uri(url, "full")
    if isinstance(read, UriProblem):
        return replace(endpoint, override_problem=f"{told_by}: {read.sentence}")
    return replace(
        endpoint,
        region=endpoint.meant_region or endpoint.region,
        meant_region=None,
        host=read.host,
        port=read.port,
        secure=read.scheme == "https",
        host_from=told_by,
    )


def other_endpoint(used: StsEndpoint) -> StsEndpoint | None:
    """Return the global endpoint for a regional one and the reverse; None for overrides and where no other exists."""
    region = read_region(used.meant_region or used.region)
    hosts = region.sts if isinstance(region, Region) else None
    if hosts is None or hosts.everywhere is None or used.host_from not in {"regional", "global"}:
        return None
    if used.host_from == "regional":
        return replace(used, host=hosts.everywhere, host_from="global", region=GLOBAL_REGION, meant_region=used.region)
    return replace(
        used, host=hosts.regional, host_from="regional", region=used.meant_region or used.region, meant_region=None
    )


def option(walk: Walk, variable: str, key: str) -> str | None:
    """Return a setting from its variable, else from the profile in use."""
    return walk.surroundings.get(variable) or walk.shared.setting(key)


def _override(walk: Walk) -> tuple[str, str] | None:
    """Return the URL that stands in for STS' own, and who names it."""
    if is_true(option(walk, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls")):
        return None
    for variable in OVERRIDES:
        url = walk.surroundings.get(variable)
        if url:
            return url, variable
    url = walk.shared.setting("endpoint_url")
    return (url, "endpoint_url of the profile") if url else None


def _ordinary_endpoint(walk: Walk, hint: tuple[str, str] | None) -> StsEndpoint:
    name, told_by = _region(walk)
    problem = None
    region = read_region(name) if name else None
    if isinstance(region, RegionProblem):
        # No SDK makes a host of this. The walk goes on with the likeliest region, so that the rest is diagnosed too.
        problem = f"{told_by}: {region.sentence}"
        region = None
    if region is None:
        name, told_by = _guessed_region(walk, hint)
        region = read_region(name)
    if isinstance(region, RegionProblem) or told_by == "default":
        return _global_endpoint(told_by, None, problem)
    return replace(_regional_or_global(walk, region, told_by), region_problem=problem)


def _region(walk: Walk) -> tuple[str | None, str]:
    """Find the region as the SDKs do; say which of their places told it."""
    for variable in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        told = walk.surroundings.get(variable)
        if told:
            return told, variable
    return walk.profile_region(), "the profile"


def _guessed_region(walk: Walk, hint: tuple[str, str] | None) -> tuple[str, str]:
    """Take the region of the pod's own token, else the instance's; SDKs know neither when they resolve STS."""
    from_issuer = region_from_issuer(walk.given.pod.issuer or "")
    if from_issuer:
        return from_issuer, "the token's issuer"
    return hint or (GLOBAL_REGION, "default")


def _regional_or_global(walk: Walk, region: Region, told_by: str) -> StsEndpoint:
    legacy = option(walk, "AWS_STS_REGIONAL_ENDPOINTS", "sts_regional_endpoints") == "legacy"
    if legacy and region.name in LEGACY_GLOBAL_REGIONS:
        return _global_endpoint(told_by, region.name, None)
    # A region that no partition knows goes to the standard partition, as in the endpoint rules of the SDKs.
    host = _host(walk, region.sts) if region.sts else f"sts.{region.name}.amazonaws.com"
    return StsEndpoint(region=region.name, region_from=told_by, host=host, host_from="regional")


def _host(walk: Walk, hosts: StsHosts) -> str:
    fips = is_true(option(walk, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"))
    dualstack = is_true(option(walk, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"))
    if fips:
        return hosts.fips_dualstack if dualstack else hosts.fips
    return hosts.dualstack if dualstack else hosts.regional


def _global_endpoint(told_by: str, meant: str | None, problem: str | None) -> StsEndpoint:
    return StsEndpoint(
        region=GLOBAL_REGION,
        region_from=told_by,
        host=GLOBAL_HOST,
        host_from="global",
        region_problem=problem,
        meant_region=meant,
    )


def is_true(value: str | None) -> bool:
    """Whether a switch is on, as the SDKs read switches."""
    return (value or "").lower() == "true"
