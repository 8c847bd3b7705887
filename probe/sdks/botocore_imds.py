"""botocore and IMDS (boto/botocore:botocore/utils.py, IMDSFetcher and InstanceMetadataFetcher)."""

from probe.evidence import Source
from probe.parse.proxy import bypasses_urllib
from probe.sdks import botocore_texts as texts
from probe.sdks.chain import Answer, gives, passes, stops, unseen
from probe.sdks.imds_time import after_imds
from probe.sdks.metadata import FALLS_BACK, Client, Metadata, Put, Stage, ask_imds, version_1_off
from probe.sdks.reply import ReplyKind
from probe.sdks.view import Profile, View
from probe.sdks.waiting import EVERY_STATUS, Tries

VERSION_1_SWITCH = "1.32.4"
SECONDS, TRIES = "AWS_METADATA_SERVICE_TIMEOUT", "AWS_METADATA_SERVICE_NUM_ATTEMPTS"
"""Variables for the one second that it waits, for the connection as for the answer, and the one time that it asks."""
TRIED_AGAIN = frozenset({Put.NO_CONNECTION, Put.SERVER_ERROR, Put.UNAUTHORIZED, Put.STRANGE})
"""Where it asks more than once: a PUT that is not answered is not sent again."""


def answer(view: View, profile: Profile) -> Answer:
    """Ask IMDS. Whatever goes wrong there reads as no credentials, with one exception."""
    if view.is_true("AWS_EC2_METADATA_DISABLED"):
        return passes("AWS_EC2_METADATA_DISABLED is true")
    host = view.imds.host if view.imds else ""
    proxies = view.proxies.botocore
    if proxies.http is not None and not bypasses_urllib(f"[{host}]" if ":" in host else host, proxies.no_proxy):
        because = "HTTP_PROXY applies to IMDS, since NO_PROXY does not name its address; the probe asked directly"
        return unseen(because, proxied="the proxy is used for IMDS")
    if view.is_true("AWS_IMDS_USE_IPV6") and view.imds is not None and ":" not in host:
        return unseen("AWS_IMDS_USE_IPV6 is true, and the probe asked the IPv4 address")
    client = client_of(view)
    if client is None:
        return unseen(f"{SECONDS} or {TRIES} is not a whole number, and what becomes of that was not tried")
    off = view.since(VERSION_1_SWITCH) and version_1_off(view, profile.setting("ec2_metadata_v1_disabled"))
    asked = ask_imds(view, client, version_1_off=off)
    return after_imds(_told(asked), client, asked)


def client_of(view: View) -> Client | None:
    """Return how IMDS is asked; None where a variable makes that hard to tell."""
    seconds, tries = view.value(SECONDS) or "1", view.value(TRIES) or "1"
    if not all(text.isascii() and text.isdigit() and int(text) for text in (seconds, tries)):
        return None
    limit, most = float(seconds), int(tries)
    once = Tries(connect=limit, read=limit, most=most, statuses=EVERY_STATUS, repeats_unusable=True)
    return Client(put=once, get=once, after=FALLS_BACK, retries=TRIED_AGAIN if most > 1 else frozenset())


def _told(asked: Metadata) -> Answer:
    if asked.stage is Stage.WITHOUT_TOKEN:
        return stops(texts.NO_VERSION_1, f"{asked.reply.because}, and IMDSv1 is switched off: that ends the chain")
    if asked.reply.kind is ReplyKind.UNSEEN:
        return unseen(asked.reply.because)
    if asked.reply.kind is ReplyKind.KEYS:
        return gives(Source.IMDS, asked.reply.because, asked.reply.hint)
    return passes(asked.reply.because)
