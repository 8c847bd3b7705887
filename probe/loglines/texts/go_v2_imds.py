"""What aws-sdk-go-v2 prints about IMDS, which is also what it prints when nothing else was configured.

Texts: aws/aws-sdk-go-v2:feature/ec2/imds, credentials/ec2rolecreds. That it chooses one source and never falls
through: config/resolve_credentials.go.
"""

from probe.loglines.signature import Signature, up_to_first
from probe.loglines.texts import advice

SDK = "go-v2"
_LAST_BRANCH = (
    "This process saw neither the web identity nor the container variables: Go v2 chooses one source, and IMDS is the "
    "last. Raising the hop limit would give it the node role and no other."
)


def _status(code: str) -> str:
    return up_to_first("StatusCode: ", after="no EC2 IMDS role found", then=code)


SIGNATURES = (
    Signature(
        text="no EC2 IMDS role found, … ec2imds: … access disabled to EC2 IMDS",
        sdk=SDK,
        step="imds.variables",
        codes=("metadata-disabled-by-env", "nothing-configured"),
        meaning=_LAST_BRANCH + " IMDS itself is switched off for it, by AWS_EC2_METADATA_DISABLED or in code.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="no EC2 IMDS role found, … :80: connect: connection refused",
        sdk=SDK,
        step="imds.connect",
        codes=("nothing-configured", "imds-refused"),
        meaning=_LAST_BRANCH
        + " The connection was refused, which the real IMDS never does: a rule or proxy intercepts it.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="no EC2 IMDS role found, … :80: i/o timeout",
        sdk=SDK,
        step="imds.connect",
        codes=("nothing-configured", "imds-blocked", "imds-unavailable"),
        meaning=_LAST_BRANCH
        + " The connection to IMDS timed out: the path is blocked, or there is no IMDS here (Fargate).",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="no EC2 IMDS role found, … :80: connect: …",
        sdk=SDK,
        step="imds.connect",
        codes=("nothing-configured", "imds-no-route", "imds-blocked"),
        meaning=_LAST_BRANCH + " No connection to IMDS came about.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="no EC2 IMDS role found",
        pattern=_status("404"),
        sdk=SDK,
        step="imds.role",
        codes=("nothing-configured", "imds-no-role", "imds-impostor"),
        meaning=_LAST_BRANCH + " IMDS works and knows no role: the instance has no instance profile.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="no EC2 IMDS role found",
        pattern=_status("401"),
        sdk=SDK,
        step="imds.token",
        codes=("nothing-configured", "imds-hop-limit", "imds-token-rejected"),
        meaning=_LAST_BRANCH + " IMDS wants a session token that this process did not get.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="no EC2 IMDS role found",
        pattern=_status("403"),
        sdk=SDK,
        step="imds.token",
        codes=("nothing-configured", "imds-disabled", "imds-impostor"),
        meaning=_LAST_BRANCH + " The metadata endpoint is switched off, or something else answers for it.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="no EC2 IMDS role found",
        pattern=_status(r"5\d\d"),
        sdk=SDK,
        step="imds.token",
        codes=("nothing-configured", "imds-unavailable", "imds-impostor"),
        meaning=_LAST_BRANCH + " The metadata address answered with a server error.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="no EC2 IMDS role found, … ec2imds: GetMetadata, canceled, context deadline exceeded",
        sdk=SDK,
        step="imds.token",
        codes=("nothing-configured", "imds-hop-limit", "imds-blocked", "imds-stalled"),
        meaning=_LAST_BRANCH + " The text cannot tell a low hop limit from a blocked path.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="no EC2 IMDS role found",
        sdk=SDK,
        step="imds.role",
        codes=("nothing-configured", "imds-hop-limit", "imds-blocked", "imds-no-role"),
        frame=True,
        meaning=_LAST_BRANCH,
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="StatusCode: 404, request to EC2 IMDS failed",
        sdk=SDK,
        step="imds.role",
        codes=("imds-no-role", "imds-impostor"),
        meaning="IMDS, or something in its place, does not have what was asked for; for credentials it means that "
        "there is no role.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="StatusCode: 403, request to EC2 IMDS failed",
        sdk=SDK,
        step="imds.token",
        codes=("imds-disabled", "imds-impostor", "imds-forwarded"),
        meaning="403 from the metadata address: the endpoint is switched off, or something else answers for it.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="StatusCode: 401, request to EC2 IMDS failed",
        sdk=SDK,
        step="imds.token",
        codes=("imds-hop-limit", "imds-token-rejected"),
        meaning="IMDS wants a session token that this process did not get.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="StatusCode: 503, request to EC2 IMDS failed",
        sdk=SDK,
        step="imds.token",
        codes=("imds-unavailable", "imds-impostor"),
        meaning="The metadata address answered with a server error.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="failed to get API token",
        pattern=up_to_first("StatusCode: ", after="failed to get API token", then="400"),
        sdk=SDK,
        step="imds.token",
        codes=("imds-token-rejected", "imds-proxied"),
        meaning="The token PUT was answered with 400; a proxy that strips the TTL header does this.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="unexpected empty EC2 IMDS role list",
        sdk=SDK,
        step="imds.role",
        codes=("imds-no-role", "imds-impostor"),
        meaning="The role list of IMDS is empty: the instance profile holds no role.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="access disabled to EC2 IMDS via client option",
        sdk=SDK,
        step="imds.variables",
        codes=("metadata-disabled-by-env", "application-layer"),
        meaning="IMDS is switched off for this process, by AWS_EC2_METADATA_DISABLED or in code. No request was sent.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="failed to get API token, …",
        sdk=SDK,
        step="imds.token",
        codes=("imds-hop-limit", "imds-blocked", "imds-forwarded", "imds-token-rejected"),
        frame=True,
        meaning="The token PUT to IMDS got no usable answer.",
        next=advice.MEASURE_THE_HOPS,
    ),
    Signature(
        text="falling back to IMDSv1: …",
        step="imds.token",
        codes=("imds-hop-limit", "imds-hop-limit-v1-allowed", "imds-forwarded", "imds-impostor"),
        frame=True,
        meaning="The token PUT failed and the SDK goes on without a token. With tokens required, 401 follows.",
        next=advice.MEASURE_THE_HOPS,
    ),
    Signature(
        text="operation error ec2imds: … context deadline exceeded",
        sdk=SDK,
        step="imds.metadata",
        codes=("imds-hop-limit", "imds-blocked", "imds-stalled"),
        meaning="IMDS did not answer within five seconds. The text cannot tell a low hop limit from a blocked path.",
        next=advice.MEASURE_THE_HOPS,
    ),
    Signature(
        text="operation error ec2imds: …",
        sdk=SDK,
        step="imds.metadata",
        codes=("imds-hop-limit", "imds-blocked"),
        frame=True,
        meaning="A request to IMDS failed.",
        next=advice.RUN_THE_PROBE,
    ),
)
