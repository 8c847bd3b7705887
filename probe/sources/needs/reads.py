"""Calls of AWS that change nothing: one attempt, with keys that the chain gave."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from probe.controllers.arguments import Arguments
from probe.evidence import AwsAnswer, AwsEndpoint, AwsRead, Permission
from probe.parse.aws_hosts import EVERYWHERE, aws_host, endpoint_variable
from probe.parse.endpoint import UriProblem, read_container_uri
from probe.parse.region import partition_of_region
from probe.records import dataclass
from probe.sources.needs.keys import KeysOf, any_keys
from probe.sources.needs.region import region_of
from probe.sources.sts_path import is_true, option
from probe.sources.sts_way import StsWay
from probe.walk import Walk

API_ENDPOINTS = "--aws-api-endpoints"
"""The flag of the AWS Load Balancer Controller."""
ANSWER_SECONDS = 4.0
"""Less than for STS: much is asked, some of it one after the other, and nothing is lost but what a read would tell."""
NO_KEYS = "no source gave keys that AWS takes"
NO_REGION = "nothing tells the region"
NO_ENDPOINT = "its only endpoint is in another partition than the region"

Result = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call to make, by botocore's names of service, operation and parameters."""

    service: str
    operation: str
    parameters: Mapping[str, Any]
    action: str | None = None
    """The permission that it takes, where it is not called after the operation."""
    region: str | None = None
    """Another region than the pod's own, or `aws-global`."""
    why: str | None = None
    essential: bool = True


@dataclass(frozen=True, kw_only=True)
class Made:
    """A call that was made, or could not be. What it brought is hostile, and may hold secrets."""

    read: AwsRead
    result: Result | None = field(default=None, repr=False)
    encoded: str | None = field(default=None, repr=False)
    """The encoded authorization message of a denial."""


def aws_read(  # noqa: PLR0913 - one argument a property of the call, all but the call itself by keyword
    walk: Walk,
    service: str,
    operation: str,
    parameters: Mapping[str, Any],
    *,
    action: str | None = None,
    region: str | None = None,
    keys: KeysOf | None = None,
    why: str | None = None,
) -> tuple[AwsRead, Result | None]:
    """Make one call, and say what it tells of the permission `action`.

    The result is as botocore parses it, and hostile: text that is kept of it goes through `walk.redactor.clean`.
    Without `keys`, those of the expected source are used, else the first that AWS takes.
    """
    made = make(
        walk,
        Call(service=service, operation=operation, parameters=parameters, action=action, region=region, why=why),
        keys,
    )
    return made.read, made.result


def make(walk: Walk, call: Call, keys: KeysOf | None = None) -> Made:
    """Make one call; see `aws_read`."""
    from probe.wire.aws import AwsCaller, encoded_message  # noqa: PLC0415 - botocore
    from probe.wire.models import service_model  # noqa: PLC0415 - botocore

    model = service_model(call.service)
    action = call.action or f"{model.signing_name}:{call.operation}"
    used = keys or any_keys(walk)
    endpoint = aws_endpoint(walk, model.endpoint_prefix, call.region)
    if used is None or endpoint is None:
        reason = NO_KEYS if used is None else NO_REGION if region_of(walk) is None else NO_ENDPOINT
        source = used.source if used else None
        return Made(read=AwsRead(action=action, keys_of=source, reason=reason, why=call.why, essential=call.essential))
    caller = AwsCaller(call.service, endpoint, StsWay(walk, endpoint, ANSWER_SECONDS).send, walk.redactor)
    answer, told = caller.call(call.operation, call.parameters, used.keys)
    read = AwsRead(
        action=action,
        keys_of=used.source,
        answer=answer,
        reason=reason_of(answer, action),
        why=call.why,
        essential=call.essential,
    )
    result = told.result if answer.succeeded else None
    return Made(read=read, result=result, encoded=encoded_message(told) if answer.is_encoded else None)


def aws_endpoint(walk: Walk, prefix: str, region: str | None = None) -> AwsEndpoint | None:
    """Return the endpoint of a service as the SDKs find it; None where nothing tells a region, or it has no host there.

    `prefix` is the endpoint prefix of botocore's model, `region` another one than the pod's own, or `aws-global`.
    """
    found = region_of(walk)
    name = region if region not in {None, EVERYWHERE} else found.name if found else None
    if name is None or (found is not None and partition_of_region(name) != partition_of_region(found.name)):
        return None
    fips = is_true(option(walk, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"))
    dualstack = is_true(option(walk, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"))
    host = aws_host(prefix, name, fips=fips, dualstack=dualstack)
    if host is None:
        return None
    kind = "global" if host.is_global else "regional"
    ordinary = AwsEndpoint(service=prefix, region=host.region, host=host.name, host_from=kind)
    return _overridden(walk, prefix, ordinary)


def _by_flag(walk: Walk, prefix: str) -> str | None:
    """Return the endpoint that the controller's flag gives a service, as `ec2=https://…,Elastic Load Balancing v2=…`.

    The flag is told in kubernetes-sigs/aws-load-balancer-controller:docs/deploy/configurations.md; a service goes by
    the name that the release's SDK has for it.
    """
    told = Arguments(walk.options.wanted.controller_arguments).value(API_ENDPOINTS) or ""
    own = prefix.replace("-", "")
    parts = (part.partition("=") for part in told.split(","))
    urls = {name.lower().replace(" ", "").replace("-", "").strip(): url.strip() for name, _, url in parts}
    return urls.get(own) or urls.get(f"{own}v2") or None


def _overridden(walk: Walk, prefix: str, ordinary: AwsEndpoint) -> AwsEndpoint:
    """Return the endpoint that a flag, a variable or the profile puts in the place of the ordinary one."""
    told = [(_by_flag(walk, prefix), API_ENDPOINTS)]
    if not is_true(option(walk, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls")):
        told += [(walk.surroundings.get(name), name) for name in (endpoint_variable(prefix), "AWS_ENDPOINT_URL")]
        told.append((walk.shared.setting("endpoint_url"), "endpoint_url of the profile"))
    url, told_by = next(((url, name) for url, name in told if url), (None, ""))
    read = read_container_uri(url, "full") if url else None
    if read is None or isinstance(read, UriProblem):
        return ordinary
    return AwsEndpoint(
        service=prefix,
        region=ordinary.region,
        host=read.host,
        port=read.port,
        secure=read.scheme == "https",
        host_from=told_by,
    )


def reason_of(answer: AwsAnswer, action: str) -> str | None:
    """Say why an answer is not what was asked for; None for one that is."""
    if answer.permission is Permission.ALLOWED:
        return None
    if answer.permission is Permission.DENIED:
        return f"not permitted: it takes {action}"
    if answer.code is not None:
        return f"{answer.endpoint} answered with {answer.code}"
    exchange = answer.exchange
    if not exchange.answered:
        return f"{answer.endpoint}: {exchange.ending.replace('-', ' ')}"
    return f"what answered at {answer.endpoint} (status {exchange.status}) is not the service"
