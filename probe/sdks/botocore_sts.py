"""botocore and STS: which endpoint, and what becomes of the answer (boto/botocore:botocore/args.py, credentials.py)."""

import re
from dataclasses import replace

from probe.evidence import Source
from probe.parse.token import TokenProblem
from probe.sdks import botocore_texts as texts
from probe.sdks import sts
from probe.sdks.chain import Answer, gives, stops, unseen, waited
from probe.sdks.reply import Reply, ReplyKind
from probe.sdks.tokens import Token
from probe.sdks.view import Profile, View
from probe.sdks.waiting import THROTTLING, Tries

ENDPOINT_URLS = "1.31.0"
"""AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_STS are read."""
REGIONAL_STS = "1.40.0"
STANDARD_RETRIES = "1.44.0"
"""The retry mode `standard` is the default, and its pauses are short unless STS throttles; before, it was `legacy`."""
LEGACY = Tries(
    connect=60.0,
    read=60.0,
    handshake=60.0,
    most=5,
    pauses=(0.5, 1.0, 2.0, 4.0),
    statuses={429, 500, 502, 503, 504, 509},
    codes=THROTTLING | {sts.ISSUER_UNREACHED},
)
STANDARD = replace(LEGACY, most=3, pauses=(0.5, 1.0))
STANDARD_NOW = replace(STANDARD, pauses=(0.03, 0.05), throttled_pauses=(0.5, 1.0))
SESSION_SECONDS = 3600.0
"""How long a session is that botocore asks STS for."""
SHORTEST_ROLE_ARN = 20
"""Characters, in STS' service model; botocore checks lengths before it sends anything."""
_REGION = re.compile(r"(?![0-9]+$)(?!-)[a-zA-Z0-9-]{1,63}(?<!-)")


def exchange(view: View, profile: Profile, token: Token, role_arn: str) -> Answer:
    """Exchange a token that could be read."""
    if token.problems == {TokenProblem.EMPTY} or len(role_arn) < SHORTEST_ROLE_ARN:
        what = f"the token file {token.path} is empty" if token.is_empty else "the role ARN is too short to be one"
        return stops("Parameter validation failed:…", f"{what}, and botocore looks at its own parameters")
    region = _region(view, profile)
    if region is not None and not _REGION.fullmatch(region):
        because = "the region cannot be a part of a host name"
        return stops("Invalid endpoint: …" if not region else "Provided region_name '…' doesn't match…", because)
    host = _host(view, profile, region)
    reply = sts.ask_sts(view, host, retries=LEGACY.codes)
    answer = waited(_answer(reply, token), client_of(view).seconds(reply))
    return sts.through(view, host, sts.Way.AS_PROBE, answer)


def client_of(view: View) -> Tries:
    """Return how calls are repeated."""
    if view.since(STANDARD_RETRIES):
        return STANDARD_NOW
    return STANDARD if view.value("AWS_RETRY_MODE") == "standard" else LEGACY


def _region(view: View, profile: Profile) -> str | None:
    """Return AWS_DEFAULT_REGION if it is there, be it empty, else the profile's region; AWS_REGION is not read."""
    told = view.is_present("AWS_DEFAULT_REGION")
    return view.value("AWS_DEFAULT_REGION") if told else profile.setting("region")


def _host(view: View, profile: Profile, region: str | None) -> str:
    """Return the STS host. Without a region STS, alone of all services, is still called, at its global endpoint."""
    told = view.value("AWS_STS_REGIONAL_ENDPOINTS") or profile.setting("sts_regional_endpoints")
    legacy = told == "legacy" or (told != "regional" and not view.since(REGIONAL_STS))
    return sts.host_for(view, region, reads_override=view.since(ENDPOINT_URLS), legacy=legacy) or sts.GLOBAL_HOST


def _answer(reply: Reply, token: Token) -> Answer:
    if reply.kind is ReplyKind.KEYS and (reply.clock_skew or 0.0) < -SESSION_SECONDS:
        return stops(texts.STILL_EXPIRED, "the local clock is so fast that the keys of STS look expired")
    if reply.kind is ReplyKind.KEYS:
        return gives(Source.WEB_IDENTITY, reply.because)
    if reply.kind is ReplyKind.UNSEEN:
        return unseen(reply.because) if token.is_whole else stops("…", "no STS takes a token of this shape")
    if reply.kind is ReplyKind.UNUSABLE:
        return stops("…", reply.because)
    text = texts.refused_by_sts(reply) if reply.kind is ReplyKind.REFUSED else texts.network(reply)
    return stops(text, f"{reply.because}, and botocore goes on to no other source")
