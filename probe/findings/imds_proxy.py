"""IMDS calls that some SDKs would send to a proxy. The probe itself never does."""

from collections.abc import Iterator

from probe.evidence import Source
from probe.findings.case import CERTAIN, LIKELY, Case, found, told
from probe.findings.imds_view import ImdsView
from probe.parse.proxy import ProxyVariables, bypasses_go, bypasses_urllib
from probe.report import Finding, Remedy
from probe.surroundings import VALUE_LIMIT


def proxied(case: Case) -> Iterator[Finding]:
    """IMDS answers directly, a proxy is set, and NO_PROXY does not except its address for every SDK that obeys it."""
    imds = ImdsView(case)
    variables = imds.variables
    answered = next((one for one in imds.attempts if one.answered), None)
    if not case.expects(Source.IMDS) or answered is None or not variables.endpoint.startswith("http://"):
        return
    proxies = ProxyVariables.read(case.given.variables)
    bracketed = f"[{variables.host}]" if ":" in variables.host else variables.host
    by_go = proxies.go.http and not bypasses_go(variables.host, variables.port, proxies.go.no_proxy)
    by_botocore = proxies.botocore.http and not bypasses_urllib(bracketed, proxies.botocore.no_proxy)
    sdks = (*(("go-v1", "go-v2") if by_go else ()), *(("botocore",) if by_botocore else ()))
    if not sdks:
        return
    listed = proxies.go.no_proxy or proxies.botocore.no_proxy
    whole = max(len(proxies.go.no_proxy), len(proxies.botocore.no_proxy)) < VALUE_LIMIT
    yield found(
        "imds-proxied",
        certainty=CERTAIN if whole else LIKELY,
        step="imds.variables",
        summary=f"{', '.join(sdks)} would send IMDS calls to the proxy: NO_PROXY does not except {variables.host}.",
        evidence=[
            f"NO_PROXY is {listed or 'not set'}",
            *([] if whole else [f"only the first {VALUE_LIMIT} characters of NO_PROXY are known"]),
            f"without a proxy there is an answer: {told(answered)}",
        ],
        remedies=[
            Remedy(
                text="Add the link-local addresses to NO_PROXY, beside what is there, as bare addresses: botocore "
                "understands no CIDR range.",
                command="NO_PROXY=169.254.169.254,169.254.170.23,fd00:ec2::254,fd00:ec2::23,.svc,.cluster.local",
            )
        ],
        sdks=sdks,
    )


RULES = (proxied,)
