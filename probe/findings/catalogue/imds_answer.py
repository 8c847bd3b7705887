"""IMDS answers, and refuses or fails."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="imds-disabled",
        exit_code=51,
        severity=Severity.ERROR,
        title="IMDS is switched off on this instance",
        meaning=(
            "IMDS answers 403 to everything: the instance's metadata endpoint is disabled. The network is fine. "
            "Nothing on this node can get the node role, and the VPC CNI and other host software that needs IMDS fails "
            "as well."
        ),
        seen_as=(
            "request forbidden: IMDS is disabled or the caller has insufficient permissions",
            "http response error StatusCode: 403, request to EC2 IMDS failed",
            "403 - Forbidden",
        ),
        causes=(
            "The launch template or an account default sets HttpEndpoint to disabled.",
            "A hardening job switched it off on running instances.",
        ),
        evidence=(
            "403 to the PUT and to the GET without token, with `Server: EC2ws`. Certain with that header; without it "
            "something else may be answering. Likely where the GET gets 403 and the PUT no answer: a low hop limit "
            "swallows its refusal too."
        ),
        told_apart_from=look_alikes(
            {
                "imds-forwarded": "The PUT is answered with 403 and the GET is not.",
                "imds-impostor": "The Server header is not IMDS's.",
                "metadata-disabled-by-env": "IMDS would answer; the environment forbids SDKs to ask.",
            }
        ),
        becomes_certain_with="`HttpEndpoint` of this instance, as `aws ec2 describe-instances` shows it.",
        fixes=(
            "Best for the pod: IRSA or Pod Identity, and explicit region and VPC id.",
            (
                "If the node needs IMDS: `aws ec2 modify-instance-metadata-options --instance-id INSTANCE_ID "
                "--http-endpoint enabled`, and the same in the launch template."
            ),
        ),
        references=(
            "ansible/ansible#68098",
            "aws/amazon-cloudwatch-agent#1139",
            "canonical/cloud-init#216",
            "EC2 User Guide: Modify instance metadata options for existing instances",
        ),
    ),
    Entry(
        code="imds-token-rejected",
        exit_code=55,
        severity=Severity.ERROR,
        title="IMDS refuses the token request, or the token itself",
        meaning=(
            "IMDS answers and refuses: 400 to the token PUT, or 401 to a GET that carries a token issued a moment ago. "
            "The hop limit is not the cause, since answers arrive."
        ),
        seen_as=("Unable to fetch metadata token", "failed to get API token"),
        causes=(
            "A proxy on the way strips or changes the token header or its TTL header.",
            "The token came from another instance: requests go to different nodes.",
        ),
        evidence=(
            "400 to a PUT with a TTL that IMDS accepts, or 401 to a GET with a fresh token. Certain that it is "
            "refused, likely for the reason, and likely only for any other refusal of the PUT. Not observed in the "
            "field threads that we read. A 401 without a token is no sign of this."
        ),
        told_apart_from=look_alikes(
            {
                "imds-hop-limit": "The 401 answers a GET without token; the PUT has no answer at all.",
                "imds-rejected": "The status of a GET with token is neither 401 nor one that we know.",
            }
        ),
        becomes_certain_with="For the reason: the same probe with hostNetwork on this node.",
        fixes=(
            (
                "Look for what stands in between: mesh sidecar, kube2iam, kiam, transparent proxy; exclude "
                "169.254.169.254/32 from it."
            ),
            "Compare with the host: `probe run --expect imds` in a pod with `hostNetwork: true`.",
        ),
        references=(
            "EC2 User Guide: Use the Instance Metadata Service to access instance metadata",
            "aws/amazon-ec2-metadata-mock:pkg/mock/imdsv2",
            "boto/botocore:botocore/utils.py",
        ),
    ),
    Entry(
        code="imds-rejected",
        exit_code=55,
        severity=Severity.ERROR,
        title="IMDS answers a good token with an unknown status",
        meaning=(
            "IMDS issued a token and answers the next request with a status that is none of those it is known for. "
            "Status and Server header are shown. The path works; what IMDS or something before it objects to is not "
            "known."
        ),
        seen_as=(
            "Error response received from instance metadata service",
            "Metadata service returned non-200 response with status code of",
            "request to EC2 IMDS failed",
        ),
        causes=(
            "Something between pod and IMDS answers some paths itself.",
            "IMDS has an answer that we have not met.",
        ),
        evidence=(
            "A status to the request for the role or its keys that is none of 200, 401 and 5xx, nor the 404 of an "
            "instance without a role. Certain for the status, likely for anything beyond it."
        ),
        told_apart_from=look_alikes(
            {
                "imds-token-rejected": "The status is 401: the token is refused.",
                "imds-unavailable": "The status is 5xx, and another try may succeed.",
            }
        ),
        becomes_certain_with="For the reason: the same probe with hostNetwork on this node.",
        fixes=(
            (
                "Compare with the host: run the probe with `hostNetwork: true` on the same node. If it succeeds there, "
                "look for what intercepts the pod's traffic."
            ),
            "Please report status and Server header to this project.",
        ),
        references=(
            "EC2 User Guide: Use the Instance Metadata Service to access instance metadata",
            "AWS re:Post Knowledge Center: ec2-linux-metadata-retrieval",
        ),
    ),
    Entry(
        code="imds-unavailable",
        exit_code=57,
        severity=Severity.ERROR,
        title="IMDS answers only sometimes, or with a server error",
        meaning=(
            "IMDS answers 5xx, or some tries succeed and others do not. The configuration is right. Under load the "
            "packet limit for link-local traffic drops requests silently, and DNS and time suffer with it."
        ),
        seen_as=(
            "http response error StatusCode: 503, request to EC2 IMDS failed",
            "Unable to reach instance metadata service",
        ),
        causes=(
            "Many callers on the node exceed the limits of IMDS or of link-local traffic.",
            "A short disturbance; AWS's advice for 503 is to try again.",
        ),
        evidence=(
            "A 5xx status, answers that do not end, or mixed results over several tries. Certain for what was seen, "
            "likely for the reason; only likely where no PUT and some GET was answered, because a low hop limit with "
            "one lost GET looks the same. A warning where a second try brought a token."
        ),
        told_apart_from=look_alikes(
            {
                "imds-stalled": "No try is answered.",
                "imds-slow": "Every try is answered, but late.",
                "imds-hop-limit": "Every GET is answered, and no PUT.",
                "imds-rejected": "The status is not a server error, and stays the same.",
            }
        ),
        becomes_certain_with="For the reason: `ethtool -S` on the node, counter `linklocal_allowance_exceeded`.",
        fixes=(
            "On the node: `ethtool -S INTERFACE | grep linklocal_allowance_exceeded`; find the callers if it grows.",
            "Let clients keep credentials and metadata; use NodeLocal DNSCache.",
            "Give pods their own roles, so that fewer of them ask IMDS.",
        ),
        references=(
            "aws/efs-utils#64",
            "canonical/cloud-init#5577",
            "EC2 User Guide: Query throttling for instance metadata",
        ),
    ),
    Entry(
        code="imds-slow",
        exit_code=None,
        severity=Severity.WARNING,
        title="IMDS answers token requests slowly",
        meaning=(
            "A token came, but later than some SDKs wait. Go v2 waits half a second for an answer, most others one "
            "second; then they count the request as failed, ask without a token and are refused with 401. A healthy "
            "IMDS takes a few milliseconds."
        ),
        seen_as=("Client.Timeout exceeded while awaiting headers", "Unable to reach instance metadata service"),
        causes=(
            "Answers are lost and sent again: the packet limit for link-local traffic is reached.",
            "A mesh sidecar, kube2iam or another proxy on the way is slow.",
            "The probe's own container has too little CPU.",
        ),
        evidence=(
            "The time from the connection to the first byte of the answer to a token PUT, more than 500 ms. Certain "
            "for the time, likely for the reason."
        ),
        told_apart_from=look_alikes(
            {
                "imds-hop-limit": "No answer to a PUT ever comes.",
                "imds-unavailable": "Some tries fail.",
            }
        ),
        becomes_certain_with="For the reason: `ethtool -S` on the node, counter `linklocal_allowance_exceeded`.",
        fixes=(
            "Best: give the pod its own role, so that it does not need IMDS.",
            "On the node: `ethtool -S INTERFACE | grep linklocal_allowance_exceeded`; find the callers if it grows.",
            "botocore and the AWS CLI wait longer with AWS_METADATA_SERVICE_TIMEOUT (seconds).",
        ),
        references=(
            "aws/aws-sdk-go-v2:feature/ec2/imds/api_client.go",
            "boto/botocore:botocore/utils.py",
            "EC2 User Guide: Query throttling for instance metadata",
        ),
    ),
)
