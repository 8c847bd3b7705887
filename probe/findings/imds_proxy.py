"""IMDS calls that some SDKs would send to a proxy. The probe itself never does."""

from collections.abc import Iterator

from probe.evidence import Source
from probe.findings.case import CERTAIN, Case, found
from probe.parse.proxy import ProxyVariables, bypasses_go, bypasses_urllib
from probe.report import Finding, Remedy


def proxied(case: Case) -> Iterator[Finding]:
    """A proxy is set, and NO_PROXY does not except the IMDS address for every SDK that honours it there."""
    imds = case.imds
    if imds is None or not imds.host or not case.expects(Source.IMDS) or not imds.endpoint.startswith("http://"):
        return
    proxies = ProxyVariables.read(case.given.variables)
    bracketed = f"[{imds.host}]" if ":" in imds.host else imds.host
    by_go = proxies.go.http and not bypasses_go(imds.host, imds.port, proxies.go.no_proxy)
    by_botocore = proxies.botocore.http and not bypasses_urllib(bracketed, proxies.botocore.no_proxy)
    sdks = (*(("go-v1", "go-v2") if by_go else ()), *(("botocore",) if by_botocore else ()))
    if not sdks:
        return
    yield found(
        "imds-proxied",
        certainty=CERTAIN,
        step="imds.variables",
        summary=f"{', '.join(sdks)} would send IMDS calls to the HTTP proxy: NO_PROXY does not name {imds.host}.",
        evidence=[f"NO_PROXY is {proxies.go.no_proxy or proxies.botocore.no_proxy or 'not set'}"],
        remedies=[
            Remedy(
                text="Name the link-local addresses in NO_PROXY, beside what is there, as bare addresses: "
                "botocore understands no CIDR range.",
                command="NO_PROXY=169.254.169.254,169.254.170.23,fd00:ec2::254,fd00:ec2::23,.svc,.cluster.local",
            )
        ],
        sdks=sdks,
    )


RULES = (proxied,)
