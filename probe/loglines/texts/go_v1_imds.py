"""What aws-sdk-go v1 prints about IMDS. Texts: aws/aws-sdk-go:aws/ec2metadata, aws/credentials/ec2rolecreds."""

from probe.loglines.signature import Signature, up_to_first
from probe.loglines.texts import advice

SDK = "go-v1"


def _status(code: str) -> str:
    return up_to_first("status code: ", after="EC2MetadataError:", then=code)


SIGNATURES = (
    Signature(
        text="EC2RoleRequestError: no EC2 instance role found",
        pattern=up_to_first("status code: ", after="EC2RoleRequestError: no EC2 instance role found", then="404"),
        sdk=SDK,
        step="imds.role",
        codes=("imds-no-role", "imds-impostor"),
        meaning="IMDS, or something in its place such as kube2iam, knows no role for this pod's node. The SDK came "
        "here because web identity and container credentials were not configured.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="EC2MetadataError:",
        pattern=_status("401"),
        sdk=SDK,
        step="imds.token",
        codes=("imds-hop-limit", "imds-forwarded", "application-layer"),
        meaning="IMDS refused a request without a session token: the answer to the token PUT never came back, and "
        "the SDK fell back to IMDSv1. Nearly always the hop limit; an SDK too old for IMDSv2 prints the same.",
        next=advice.MEASURE_THE_HOPS,
    ),
    Signature(
        text="EC2MetadataError:",
        pattern=_status("403"),
        sdk=SDK,
        step="imds.token",
        codes=("imds-disabled", "imds-impostor", "imds-forwarded"),
        meaning="403 from the metadata address: the endpoint is switched off, or a proxy such as kube2iam or kiam "
        "answers.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="EC2MetadataError:",
        pattern=_status("400"),
        sdk=SDK,
        step="imds.token",
        codes=("imds-token-rejected", "imds-proxied"),
        meaning="The token PUT was answered with 400, which the SDK does not forgive; "
        "a proxy that strips the TTL header does this.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="EC2MetadataError:",
        pattern=_status(r"5\d\d"),
        sdk=SDK,
        step="imds.token",
        codes=("imds-unavailable", "imds-impostor", "imds-proxied"),
        meaning="The metadata address answered with a server error.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="failed to decode … EC2 instance role credentials",
        sdk=SDK,
        step="imds.credentials",
        codes=("imds-response-malformed", "imds-impostor"),
        meaning="The answer for the role's keys is not what IMDS gives.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="EmptyEC2RoleList: empty EC2 Role list",
        sdk=SDK,
        step="imds.role",
        codes=("imds-no-role", "imds-impostor"),
        meaning="The role list of IMDS is empty: the instance profile holds no role.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="EC2MetadataError: failed to get IMDSv2 token and fallback to IMDSv1 is disabled",
        sdk=SDK,
        step="imds.token",
        codes=("imds-hop-limit", "imds-hop-limit-v1-allowed", "imds-blocked"),
        frame=True,
        meaning="The token PUT got no usable answer, and IMDSv1 is switched off in this SDK.",
        next=advice.MEASURE_THE_HOPS,
    ),
    Signature(
        text="EC2 IMDS access disabled via AWS_EC2_METADATA_DISABLED env var",
        sdk=SDK,
        step="imds.variables",
        codes=("metadata-disabled-by-env",),
        meaning="AWS_EC2_METADATA_DISABLED is set in this process and IMDS was the source that was left. "
        "No request was sent.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="EC2 IMDS access disabled via client options",
        sdk=SDK,
        step="imds.variables",
        codes=("metadata-disabled-by-env", "application-layer"),
        meaning="IMDS is switched off for this process, by AWS_EC2_METADATA_DISABLED or in code. No request was sent.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="EC2MetadataError: failed to make EC2Metadata request",
        sdk=SDK,
        step="imds.token",
        codes=("imds-hop-limit", "imds-no-role", "imds-impostor"),
        frame=True,
        meaning="IMDS, or something in its place, answered with an error; the status on the next line says more.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="EC2RoleRequestError: no EC2 instance role found",
        sdk=SDK,
        step="imds.role",
        codes=("imds-hop-limit", "imds-blocked", "imds-no-role"),
        frame=True,
        meaning="The role could not be read from IMDS; the text also stands for an IMDS that was never reached.",
        next=advice.RUN_THE_PROBE,
    ),
)
