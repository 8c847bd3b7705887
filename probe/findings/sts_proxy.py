"""A proxy on the way to STS."""

from collections.abc import Iterator

from probe.evidence import Ending
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.sts_path import PATIENCE_MS, proxied, told_ways
from probe.findings.sts_remedies import around_the_proxy
from probe.findings.web_identity_view import WebIdentityView
from probe.report import Finding


def proxy(case: Case) -> Iterator[Finding]:
    """A proxy applies to STS, and the proxy is what fails."""
    view = WebIdentityView(case)
    connections, shaken = view.connections, view.handshake
    if connections is None or not proxied(view):
        return
    used = connections.used
    refused = shaken is not None and shaken.ending is Ending.PROXY_FAILED
    if used.ending is Ending.CONNECTED and not refused:
        return
    why = (shaken.error if shaken else None) if refused else used.ending.replace("-", " ")
    direct = connections.direct
    direct_works = direct is not None and direct.ending is Ending.CONNECTED
    cut_short = used.ending is Ending.CONNECT_TIMEOUT and (used.milliseconds or 0.0) < PATIENCE_MS
    unusable = used.ending is Ending.PROXY_FAILED
    yield found(
        "sts-proxy-failed",
        certainty=LIKELY if unusable or cut_short else CERTAIN,
        step="web-identity.tls" if refused else "web-identity.connect",
        summary=f"The proxy {used.via_proxy} does not lead to STS: "
        + ("its URL is none that the probe can use." if unusable else f"{why}."),
        evidence=[
            *told_ways(view),
            *(() if direct is None else (f"directly, without the proxy, STS {_REACH[direct_works]}",)),
            "JS v3 does not follow the proxy variables unless told to; Go, botocore and most others do",
        ],
        becomes_certain_with="The application's own error: not every SDK follows these variables.",
        remedies=around_the_proxy(case, view.endpoint, direct_works=direct_works),
    )


_REACH = {True: "can be reached", False: "cannot be reached either"}


RULES = (proxy,)
