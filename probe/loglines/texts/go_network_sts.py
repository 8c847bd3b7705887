"""What Go's net packages print when a request of either Go SDK to STS gets no answer.

Texts: golang/go:src/net, src/net/http, src/crypto/x509.
"""

from probe.loglines.signature import Signature
from probe.loglines.texts import advice

_REQUEST = r"[^\s\"]{0,120}\"?: "
"""The rest of the URL that Go quotes, and what separates it from the error."""
_STS = r"https://sts(?:-fips)?\.[a-z0-9-]{2,30}\.(?:amazonaws\.com(?:\.cn)?|api\.aws)" + _REQUEST
_STS_GLOBAL = r"https://sts\.amazonaws\.com" + _REQUEST
_STS_ANY = r"https://sts[.-](?=[^\s/\"]{0,80}(?:amazonaws\.com|api\.aws))[^\s\"]{3,200}\"?: "
"""AWS' own names only: `sts.windows.net` and `sts.googleapis.com` are other clouds."""
_NO_ANSWER = r"(?:net/http: request canceled|context deadline exceeded|EOF|read tcp |net/http: timeout awaiting)"

SIGNATURES = (
    Signature(
        text="https://sts",
        pattern=_STS_ANY + r"proxyconnect tcp",
        step="web-identity.connect",
        codes=("sts-proxy-failed",),
        meaning="The HTTPS proxy for STS could not be reached.",
        next=advice.REACH_STS,
    ),
    Signature(
        text="https://sts",
        pattern=_STS_ANY
        + r"(?:Forbidden|Proxy Authentication Required|Bad Gateway|Service Unavailable|Gateway Timeout)\b",
        step="web-identity.connect",
        codes=("sts-proxy-failed",),
        meaning="The HTTPS proxy refused to connect to STS.",
        next="Allow the STS host on the proxy, or add it to NO_PROXY if a VPC endpoint serves it.",
    ),
    Signature(
        text="lookup sts",
        pattern=r"lookup sts[.-][a-z0-9.-]{0,60}(?:amazonaws\.com(?:\.cn)?|api\.aws)\.?(?: on \S{1,60})?: \S",
        step="web-identity.dns",
        codes=("sts-dns-failed",),
        meaning="The name of the STS endpoint could not be resolved; STS was never asked.",
        next="Check CoreDNS and the pod's dnsPolicy; in a private cluster, private DNS of the STS endpoint.",
    ),
    Signature(
        text="https://sts.amazonaws.com",
        pattern=_STS_GLOBAL + r"dial tcp ",
        step="web-identity.connect",
        codes=("sts-global-endpoint-unreachable", "sts-unreachable"),
        meaning="The program uses the global STS endpoint and cannot connect to it. In a VPC without egress only the "
        "regional name reaches a VPC endpoint.",
        next="Set AWS_STS_REGIONAL_ENDPOINTS=regional and AWS_REGION; then run the probe with the same ServiceAccount.",
    ),
    Signature(
        text="https://sts",
        pattern=_STS + r"dial tcp \S{1,60} (?:i/o timeout|(?:connect|getsockopt): )",
        step="web-identity.connect",
        codes=("sts-unreachable",),
        meaning="No connection to the regional STS endpoint came about. A private address means that a VPC endpoint "
        "exists and its security group or route is in the way; a public one means that there is none.",
        next=advice.REACH_STS,
    ),
    Signature(
        text="https://sts",
        pattern=_STS_ANY + r"(?:tls: failed to verify certificate: )?x509: ",
        step="web-identity.tls",
        codes=("sts-tls-intercepted", "sts-tls-failed"),
        meaning="The certificate served for STS is not trusted: mostly a TLS-inspecting proxy whose CA is not in the "
        "image.",
        next="Run the probe with the same ServiceAccount: it shows the issuer of the certificate. Then mount that CA.",
    ),
    Signature(
        text="https://sts",
        pattern=_STS_ANY + r"net/http: TLS handshake timeout",
        step="web-identity.tls",
        codes=("sts-tls-failed", "sts-no-answer"),
        meaning="The connection to STS was made, and the TLS handshake never finished.",
        next=advice.REACH_STS,
    ),
    Signature(
        text="https://sts",
        pattern=_STS_ANY + _NO_ANSWER,
        step="web-identity.assume-role",
        codes=("sts-no-answer", "sts-unreachable"),
        meaning="STS gave no answer in time.",
        next=advice.REACH_STS,
    ),
)
