"""Web identity as an SDK meets it: which STS host it calls, and what that host would answer."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from enum import StrEnum

from probe.evidence import (
    Connection,
    Connections,
    Ending,
    Handshakes,
    NameLookup,
    NameLookups,
    StsAnswer,
    StsAnswers,
    StsEndpoint,
    WebIdentityVariables,
)
from probe.parse.proxy import bypasses_go
from probe.parse.region import sts_hosts
from probe.parse.sts_regions import LEGACY_GLOBAL_REGIONS
from probe.sdks.chain import Answer, passes, slips
from probe.sdks.reply import Reply, ReplyKind, broken, first_byte_seconds, unseen_reply
from probe.sdks.view import View

ROLE, TOKEN_FILE, SESSION = "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_SESSION_NAME"
FROM_ENVIRONMENT = "environment"
INVALID_TOKEN, ISSUER_UNREACHED = "InvalidIdentityToken", "IDPCommunicationError"
"""Refusals that may pass, and that some SDKs therefore repeat the call after."""
GLOBAL_HOST = "sts.amazonaws.com"
_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_LONG_NUMBER = re.compile(r"[0-9]{9,}")
"""A time or an account in a text: what differs from one call to the next."""
DEFAULT_ROOTS = "default"
_SETTLED = frozenset({ReplyKind.KEYS, ReplyKind.REFUSED})


class Way(StrEnum):
    """How an SDK gets to STS where a proxy is configured."""

    AS_PROBE = "as the probe"
    """By botocore's own rules, which the probe follows."""
    DIRECT = "direct"
    PROXIED = "proxied"
    EITHER = "either"
    """For the program to decide."""


_PROXIED = {
    Way.AS_PROBE: "the proxy is used for STS",
    Way.PROXIED: "the proxy is used for STS",
    Way.DIRECT: "the proxy is not used for STS",
    Way.EITHER: "whether the proxy is used for STS is for the program to decide",
}


def was_walked(view: View, told_by: str) -> bool:
    """Whether the probe walked web identity with role and token file both from here (`environment`, `profile NAME`)."""
    walked = view.evidence.facts("web-identity.variables", WebIdentityVariables)
    return walked is not None and walked.told_by == told_by and walked.role_arn is not None


def without_token_file(view: View) -> Answer:
    """Pass on where the environment names no token file, be it that it names a role."""
    half = view.is_set(ROLE)
    return slips(f"{ROLE} without {TOKEN_FILE} does not count") if half else passes()


def host_for(view: View, region: str | None, *, reads_override: bool = True, legacy: bool = False) -> str | None:
    """Return the STS host for a region; None without a region. `legacy` means global for the old regions."""
    used = _endpoint(view)
    if reads_override and used is not None and used.host_from not in {"regional", "global"}:
        return used.host
    if not region:
        return None
    fips, dual = view.is_true("AWS_USE_FIPS_ENDPOINT"), view.is_true("AWS_USE_DUALSTACK_ENDPOINT")
    if legacy and region in LEGACY_GLOBAL_REGIONS and not fips and not dual:
        return GLOBAL_HOST
    hosts = sts_hosts(region)
    if hosts is None:
        return f"sts.{region}.amazonaws.com"
    plain, secured = (hosts.dualstack, hosts.fips_dualstack) if dual else (hosts.regional, hosts.fips)
    return secured if fips else plain


def ask_sts(
    view: View,
    host: str,
    way: Way = Way.AS_PROBE,
    *,
    retries: Collection[str] = (),
    bundles: Collection[str] | None = None,
) -> Reply:
    """Return what STS would say on this host to an SDK.

    `retries` are the error codes after which it repeats a call, `bundles` the settings that tell it whom to trust: all
    that the probe follows, unless told.
    """
    reply = _ask(view, host, way)
    handshakes = view.evidence.facts("web-identity.tls", Handshakes)
    roots = (handshakes.used.roots if handshakes else None) or DEFAULT_ROOTS
    if bundles is not None and roots not in {DEFAULT_ROOTS, *bundles} and reply.kind is not ReplyKind.UNSEEN:
        return unseen_reply(f"the probe trusted what {roots} names, and this SDK does not read that")
    answers = view.evidence.facts("web-identity.assume-role", StsAnswers)
    passing = answers.first.code if answers and answers.second else None
    if reply.kind is ReplyKind.KEYS and passing is not None and passing not in retries:
        return unseen_reply(f"STS refused the token once ({passing}) and took it the next time; this SDK asks once")
    if reply.kind is ReplyKind.KEYS and answers is not None and passing is not None:
        return replace(reply, first=_told(answers.first))
    return reply


def through(view: View, host: str, way: Way, answer: Answer) -> Answer:
    """Say in an answer what a configured proxy means for the way to STS, if there is one."""
    proxies = view.proxies.go
    applies = proxies.https is not None and not bypasses_go(host, 443, proxies.no_proxy)
    if way is Way.AS_PROBE:
        connect = view.evidence.facts("web-identity.connect", Connections)
        applies = connect is not None and connect.used.via_proxy is not None
    return replace(answer, proxied=_PROXIED[way]) if applies else answer


def _ask(view: View, host: str, way: Way) -> Reply:
    dns = view.evidence.facts("web-identity.dns", NameLookups)
    connect = view.evidence.facts("web-identity.connect", Connections)
    used = _endpoint(view)
    if used is None or dns is None:
        return unseen_reply("the way to STS was not tried")
    if host == used.host:
        routes = _routes(connect, way)
        return _agreed([_over(view, dns.used, connection) for connection in routes])
    if dns.other is not None and host == dns.other.host:
        return _elsewhere(view, dns.other, connect.other if connect else None)
    return unseen_reply(f"it calls {host}, which was not tried")


def _endpoint(view: View) -> StsEndpoint | None:
    walked = view.evidence.facts("web-identity.variables", WebIdentityVariables)
    return walked.endpoint if walked else None


def _routes(connect: Connections | None, way: Way) -> list[Connection | None]:
    """Return the connections that an SDK may take."""
    taken = connect.used if connect else None
    if connect is None or taken is None:
        return [None]
    if taken.via_proxy is None:
        return [] if way is Way.PROXIED else [taken]
    return {Way.DIRECT: [connect.direct], Way.EITHER: [connect.direct, taken]}.get(way, [taken])


def _agreed(replies: Sequence[Reply]) -> Reply:
    if not replies:
        return unseen_reply("it would use a proxy where the probe went directly")
    first = replies[0]
    if all(replace(reply, because=first.because) == first for reply in replies):
        return first
    return unseen_reply("whether it goes through the proxy is for the program to decide, and that makes the difference")


def _over(view: View, lookup: NameLookup, connection: Connection | None) -> Reply:
    if connection is None:
        return _nameless(lookup, lookup.error) if lookup.error else unseen_reply("STS was not connected to")
    if connection.ending is not Ending.CONNECTED:
        proxy = connection.via_proxy
        if proxy:
            return broken(Ending.PROXY_FAILED, f"the way to STS through {proxy}")
        nameless = connection.ending is lookup.error
        return _nameless(lookup, connection.ending) if nameless else broken(connection.ending, f"STS at {lookup.host}")
    handshakes = view.evidence.facts("web-identity.tls", Handshakes)
    if handshakes is not None and handshakes.used.ending is not Ending.CONNECTED:
        return broken(handshakes.used.ending, f"STS at {lookup.host}")
    return _answer(view)


def _nameless(lookup: NameLookup, error: Ending) -> Reply:
    seconds = None if lookup.milliseconds is None else lookup.milliseconds / 1000
    return replace(broken(error, f"STS at {lookup.host}"), seconds=seconds)


def _answer(view: View) -> Reply:
    answers = view.evidence.facts("web-identity.assume-role", StsAnswers)
    if answers is None:
        step = view.evidence.step("web-identity.assume-role")
        return unseen_reply(f"STS was not asked ({step.reason})" if step and step.reason else "STS was not asked")
    name = view.value(SESSION)
    if name and not _SESSION_NAME.fullmatch(name):
        because = "STS refuses the session name in AWS_ROLE_SESSION_NAME (ValidationError)"
        return Reply(kind=ReplyKind.REFUSED, status=400, code="ValidationError", because=because)
    second = answers.second
    return _told(second if second is not None and second.access_key_hint else answers.first)


def _told(answer: StsAnswer) -> Reply:
    exchange = answer.exchange
    seconds = first_byte_seconds(exchange)
    if answer.access_key_hint is not None:
        skew = exchange.clock_skew_seconds
        return Reply(kind=ReplyKind.KEYS, because="STS gives keys for the token", clock_skew=skew, seconds=seconds)
    if answer.code is not None:
        return Reply(
            kind=ReplyKind.REFUSED,
            status=exchange.status,
            code=answer.code,
            message=_LONG_NUMBER.sub("…", answer.message) if answer.message else None,
            because=f"STS refuses the token ({answer.code})",
            seconds=seconds,
        )
    if exchange.ending is Ending.INCOMPLETE:
        return unseen_reply("STS' answer trickles in and was not heard to its end")
    if exchange.answered:
        because = f"what answers in the place of STS (status {exchange.status}) is not STS"
        return Reply(kind=ReplyKind.UNUSABLE, status=exchange.status, because=because, seconds=seconds)
    return broken(exchange.ending, f"STS at {answer.endpoint}")


def _elsewhere(view: View, lookup: NameLookup, connection: Connection | None) -> Reply:
    """Judge the other kind of endpoint: only the way to it was tried, so its answer is taken from the first one."""
    if connection is None or connection.ending is not Ending.CONNECTED:
        return _over(view, lookup, connection)
    answer = _answer(view)
    if answer.kind in _SETTLED:
        return replace(
            answer, because=f"{answer.because}, asked at the other endpoint; {lookup.host} can be reached too"
        )
    return unseen_reply(f"it calls {lookup.host}, where only the connection was tried")
