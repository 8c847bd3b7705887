"""What botocore prints about IMDS, STS connections and the end of the chain.

Texts: boto/botocore:botocore/exceptions.py, botocore/utils.py, botocore/credentials.py. Its IMDS texts are debug logs:
without them the user sees only the end of the chain.
"""

from probe.loglines.signature import Signature, up_to_first
from probe.loglines.texts import advice

SDK = "botocore"
_STS = r"\"https://sts(?:-fips)?\.[a-z0-9-]{2,30}\.(?:amazonaws\.com|api\.aws)"


def _status(code: str) -> str:
    return up_to_first(
        "status code of ",
        after="Metadata service returned non-200 response with",
        then=rf"{code} for url",
    )


SIGNATURES = (
    # STS
    Signature(
        text='Connect timeout on endpoint URL: "https://sts.amazonaws.com',
        sdk=SDK,
        step="web-identity.connect",
        codes=("sts-global-endpoint-unreachable", "sts-unreachable"),
        meaning="The program uses the global STS endpoint and cannot connect to it. In a VPC without egress only the "
        "regional name reaches a VPC endpoint.",
        next="Set AWS_STS_REGIONAL_ENDPOINTS=regional and a region; then run the probe with the same ServiceAccount.",
    ),
    Signature(
        text='Could not connect to the endpoint URL: "https://sts.amazonaws.com',
        sdk=SDK,
        step="web-identity.connect",
        codes=("sts-global-endpoint-unreachable", "sts-unreachable", "sts-dns-failed"),
        meaning="The program uses the global STS endpoint and cannot connect to it; a name that does not resolve "
        "prints the same.",
        next="Set AWS_STS_REGIONAL_ENDPOINTS=regional and a region; then run the probe with the same ServiceAccount.",
    ),
    Signature(
        text='Connect timeout on endpoint URL: "https://sts',
        pattern=rf"Connect timeout on endpoint URL: {_STS}",
        sdk=SDK,
        step="web-identity.connect",
        codes=("sts-unreachable",),
        meaning="The connection to the regional STS endpoint timed out: no egress, or no VPC endpoint that lets this "
        "pod in.",
        next=advice.REACH_STS,
    ),
    Signature(
        text='Could not connect to the endpoint URL: "https://sts',
        pattern=rf"Could not connect to the endpoint URL: {_STS}",
        sdk=SDK,
        step="web-identity.connect",
        codes=("sts-unreachable", "sts-dns-failed"),
        meaning="No connection to STS. botocore prints this for a refused connection and for a name that does not "
        "resolve.",
        next=advice.REACH_STS,
    ),
    Signature(
        text='Read timeout on endpoint URL: "https://sts',
        sdk=SDK,
        step="web-identity.assume-role",
        codes=("sts-no-answer",),
        meaning="The connection to STS was made and no answer came back in time.",
        next=advice.REACH_STS,
    ),
    Signature(
        text="SSL validation failed for https://sts …",
        sdk=SDK,
        step="web-identity.tls",
        codes=("sts-tls-intercepted", "sts-tls-failed"),
        meaning="The certificate served for STS is not trusted: mostly a TLS-inspecting proxy whose CA is not in the "
        "image.",
        next="Run the probe with the same ServiceAccount: it shows the issuer of the certificate. Then set "
        "AWS_CA_BUNDLE.",
    ),
    Signature(
        text="Failed to connect to proxy URL: …",
        sdk=SDK,
        step="web-identity.connect",
        codes=("sts-proxy-failed", "imds-proxied"),
        meaning="A proxy from the environment could not be reached. botocore sends IMDS requests to it as well, and "
        "then the whole chain stops.",
        next="Add 169.254.169.254 to NO_PROXY as a bare address (botocore reads no CIDR), and check the proxy.",
    ),
    Signature(
        text="Failed to resolve 'sts",
        pattern=r"Failed to resolve 'sts[.-][a-z0-9.-]{0,60}(?:amazonaws\.com(?:\.cn)?|api\.aws)'",
        step="web-identity.dns",
        codes=("sts-dns-failed",),
        meaning="The name of the STS endpoint could not be resolved; STS was never asked.",
        next="Check CoreDNS and the pod's dnsPolicy; in a private cluster, private DNS of the STS endpoint.",
    ),
    Signature(
        text='Connection was closed before we received a valid response from endpoint URL: "https://sts',
        sdk=SDK,
        step="web-identity.assume-role",
        codes=("sts-no-answer", "sts-impostor"),
        meaning="The connection to STS was made and closed before an answer came: something on the way cut it.",
        next=advice.REACH_STS,
    ),
    # IMDS
    Signature(
        text='Read timeout on endpoint URL: "http://169.254.169.254/latest/api/token',
        sdk=SDK,
        step="imds.token",
        codes=("imds-hop-limit", "imds-hop-limit-v1-allowed", "imds-stalled"),
        meaning="IMDS took the token PUT and no answer came back: the mark of a hop limit that is too low.",
        next=advice.MEASURE_THE_HOPS,
    ),
    Signature(
        text='Connect timeout on endpoint URL: "http://169.254.169.254',
        sdk=SDK,
        step="imds.connect",
        codes=("imds-blocked", "imds-unavailable"),
        meaning="The connection to IMDS itself timed out, so this is not the hop limit: a policy or rule blocks the "
        "way, or there is no IMDS here (Fargate).",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text='Could not connect to the endpoint URL: "http://169.254.169.254',
        sdk=SDK,
        step="imds.connect",
        codes=("imds-refused", "imds-no-route"),
        meaning="No connection to IMDS: refused, or no route.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="Connection to 169.254.169.254 timed out. (connect timeout",
        step="imds.connect",
        codes=("imds-blocked", "imds-unavailable"),
        meaning="The connection to IMDS itself timed out, so this is not the hop limit: a policy or rule blocks the "
        "way, or there is no IMDS here (Fargate).",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="HTTPConnectionPool(host='169.254.169.254', port=80): Read timed out",
        step="imds.token",
        codes=("imds-hop-limit", "imds-hop-limit-v1-allowed", "imds-stalled"),
        meaning="IMDS took the request and no answer came back; if it was the token PUT, the hop limit is too low.",
        next=advice.MEASURE_THE_HOPS,
    ),
    Signature(
        text="Metadata service returned non-200 response with",
        pattern=_status("401"),
        sdk=SDK,
        step="imds.token",
        codes=("imds-hop-limit", "imds-token-rejected"),
        meaning="IMDS refused a request, most likely one without token because the token PUT got no answer.",
        next=advice.MEASURE_THE_HOPS,
    ),
    Signature(
        text="Metadata service returned non-200 response with",
        pattern=_status("403"),
        sdk=SDK,
        step="imds.token",
        codes=("imds-disabled", "imds-impostor", "imds-forwarded"),
        meaning="403 from the metadata address: the endpoint is switched off, or a proxy such as kube2iam or kiam "
        "answers.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="Metadata service returned non-200 response with",
        pattern=_status("404"),
        sdk=SDK,
        step="imds.role",
        codes=("imds-no-role", "imds-impostor"),
        meaning="IMDS, or something in its place, knows no role for this pod's node.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="Unable to retrieve token for use in IMDSv2 call and IMDSv1 has been disabled",
        sdk=SDK,
        step="imds.token",
        codes=("imds-hop-limit", "imds-hop-limit-v1-allowed", "imds-blocked"),
        meaning="The token PUT got no usable answer, and IMDSv1 is switched off in this SDK; botocore stops the "
        "chain here.",
        next=advice.MEASURE_THE_HOPS,
    ),
    Signature(
        text="Access to EC2 metadata has been disabled",
        sdk=SDK,
        step="imds.variables",
        codes=("metadata-disabled-by-env",),
        meaning="AWS_EC2_METADATA_DISABLED is set in this process; IMDS was not asked.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="Max number of attempts exceeded (… when attempting to retrieve data from metadata service",
        sdk=SDK,
        step="imds.token",
        codes=("imds-hop-limit", "imds-blocked", "imds-stalled"),
        frame=True,
        meaning="IMDS gave no usable answer in any attempt; a debug line above says why.",
        next=advice.MEASURE_THE_HOPS,
    ),
    Signature(
        text="Caught retryable HTTP exception while making metadata service request to http://169.254.169.254/ …",
        sdk=SDK,
        step="imds.token",
        codes=("imds-hop-limit", "imds-blocked", "imds-stalled"),
        frame=True,
        meaning="A request to IMDS failed and is tried again; the reason stands at the end of the line.",
        next=advice.MEASURE_THE_HOPS,
    ),
    Signature(
        text='Connection was closed before we received a valid response from endpoint URL: "http://169.254.169.254',
        sdk=SDK,
        step="imds.token",
        codes=("imds-reset", "imds-impostor"),
        meaning="The connection to IMDS was closed before an answer came: something on the way cut it.",
        next=advice.RUN_THE_PROBE,
    ),
    # Region, refresh, and the end of the chain
    Signature(
        text="You must specify a region.",
        sdk=SDK,
        step="needs.region",
        codes=("region-missing", "region-split"),
        meaning="botocore found no region. It reads AWS_DEFAULT_REGION and not AWS_REGION.",
        next=advice.SET_THE_REGION,
    ),
    Signature(
        text="Refreshing temporary credentials failed during mandatory refresh period",
        sdk=SDK,
        step="none",
        codes=("sts-unavailable", "agent-unavailable", "imds-unavailable"),
        frame=True,
        meaning="There were credentials, and renewing them fails now; the traceback below names the source.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="Unable to locate credentials",
        sdk=SDK,
        step="none",
        codes=("nothing-configured", "imds-hop-limit", "imds-blocked", "imds-no-role"),
        frame=True,
        meaning="Only the last word of the chain. Web identity and container credentials were not configured in the "
        "process, since their failures have texts of their own; every failure of IMDS ends here silently.",
        next=advice.CHECK_INJECTION,
    ),
)
