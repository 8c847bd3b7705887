from tests.loglines.example import certain, likely

SDK = "go-v2"
FILE = "/var/run/secrets/eks.amazonaws.com/serviceaccount/token"
POD_IDENTITY_FILE = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token"
_GET = (
    "operation error Route 53: ListHostedZones, get identity: get credentials: failed to refresh cached credentials, "
)
_STS = f"{_GET}failed to retrieve credentials, operation error STS: AssumeRoleWithWebIdentity, "
_IMDS = f"{_GET}no EC2 IMDS role found, operation error ec2imds: GetMetadata, "
_DIAL = (
    "exceeded maximum number of attempts, 3, request send failed, "
    'Get "http://169.254.169.254/latest/meta-data/iam/security-credentials/": dial tcp 169.254.169.254:80: '
)
_REGION = "failed to get region: operation error ec2imds: GetRegion, "

EXAMPLES = (
    certain(
        SDK,
        "sdk-too-old",
        'container credentials failure: invalid endpoint host, "169.254.170.23", only loopback hosts are allowed',
    ),
    certain(
        SDK,
        "sdk-too-old",
        'container credentials failure: invalid endpoint host, "fd00:ec2::23", only loopback hosts are allowed',
    ),
    certain(
        SDK,
        "container-host-not-allowed",
        'container credentials failure: invalid endpoint host, "192.0.2.7", only loopback/ecs/eks hosts are allowed',
    ),
    likely(
        SDK,
        "container-uri-invalid",
        'container credentials failure: failed to resolve host "agent.example", lookup agent.example: no such host',
    ),
    certain(
        SDK,
        "container-uri-invalid",
        "container credentials failure: unable to parse host from local HTTP cred provider URL",
    ),
    certain(
        SDK,
        "container-token-unreadable",
        f"{_GET}failed to load credentials, resolve auth token: failed to read authorization token from "
        f"{POD_IDENTITY_FILE}: open {POD_IDENTITY_FILE}: permission denied",
    ),
    certain(
        SDK,
        "container-token-missing",
        f"{_GET}failed to load credentials, resolve auth token: failed to read authorization token from "
        f"{POD_IDENTITY_FILE}: open {POD_IDENTITY_FILE}: no such file or directory",
    ),
    likely(
        SDK,
        "container-token-unreadable",
        f"{_GET}resolve auth token: failed to read authorization token from /tokens: read /tokens: is a directory",
    ),
    certain(
        SDK,
        "container-token-malformed",
        f"{_GET}resolve auth token: authorization token contains invalid newline sequence",
    ),
    likely(
        SDK, "agent-role-trust", f"{_GET}failed to load credentials, failed to decode error message, invalid character"
    ),
    likely(SDK, "container-rejected", f"{_GET}failed to load credentials, : something new from the endpoint"),
    certain(
        SDK,
        "web-identity-token-unreadable",
        f"{_GET}failed to retrieve jwt from provide source, unable to read file at {FILE}: open {FILE}: permission "
        f"denied",
    ),
    certain(
        SDK,
        "web-identity-token-missing",
        f"{_GET}failed to retrieve jwt from provide source, unable to read file at {FILE}: open {FILE}: "
        "no such file or directory",
    ),
    likely(
        SDK,
        "web-identity-token-unreadable",
        f"{_GET}failed to retrieve jwt from provide source, unable to read file at /tokens: read /tokens: is a "
        f"directory",
    ),
    likely(None, "web-identity-partial", "unable to load SDK config, role ARN is not set"),
    likely(
        SDK,
        "sts-unavailable",
        f"{_STS}exceeded maximum number of attempts, 3, https response error StatusCode: 503, RequestID: , "
        "api error ServiceUnavailable: Service Unavailable",
    ),
    likely(
        SDK,
        "sts-impostor",
        f"{_STS}https response error StatusCode: 200, RequestID: , deserialization failed, "
        "failed to decode response body, EOF",
    ),
    likely(
        SDK,
        "sts-rejected",
        f"{_STS}https response error StatusCode: 400, RequestID: 5c3f9ce5-ba7d-495e-98b1-ffcd5cf85133, "
        "PackedPolicyTooLargeException: too large",
    ),
    certain(SDK, "profile-missing", "unable to load SDK config, failed to get shared config profile, production"),
    certain(
        None,
        "profile-unreadable",
        "failed to load shared config file, open /root/.aws/credentials: permission denied",
    ),
    certain(None, "profile-unreadable", "open /home/nonroot/.aws/config: permission denied"),
    likely(
        SDK, "profile-malformed", "failed to load shared config file, /root/.aws/config, invalid state with ASTKind"
    ),
    likely(
        SDK,
        "region-missing",
        "operation error EC2: DescribeVpcs, failed to resolve service endpoint, endpoint rule error, "
        "Invalid Configuration: Missing Region",
    ),
    likely(
        SDK,
        "metadata-disabled-by-env",
        f'{_IMDS}access disabled to EC2 IMDS via client option, or "AWS_EC2_METADATA_DISABLED" environment variable',
    ),
    likely(SDK, "nothing-configured", f"{_IMDS}{_DIAL}connect: connection refused"),
    likely(SDK, "nothing-configured", f"{_IMDS}{_DIAL}i/o timeout"),
    likely(SDK, "nothing-configured", f"{_IMDS}{_DIAL}connect: no route to host"),
    likely(SDK, "nothing-configured", f"{_IMDS}http response error StatusCode: 404, request to EC2 IMDS failed"),
    likely(SDK, "nothing-configured", f"{_IMDS}http response error StatusCode: 401, request to EC2 IMDS failed"),
    likely(SDK, "nothing-configured", f"{_IMDS}http response error StatusCode: 403, request to EC2 IMDS failed"),
    likely(SDK, "nothing-configured", f"{_IMDS}http response error StatusCode: 500, request to EC2 IMDS failed"),
    likely(SDK, "nothing-configured", f"{_IMDS}canceled, context deadline exceeded"),
    likely(SDK, "nothing-configured", "no EC2 IMDS role found, something else"),
    likely(SDK, "imds-no-role", f"{_REGION}http response error StatusCode: 404, request to EC2 IMDS failed"),
    likely(SDK, "imds-disabled", f"{_REGION}http response error StatusCode: 403, request to EC2 IMDS failed"),
    likely(SDK, "imds-hop-limit", f"{_REGION}http response error StatusCode: 401, request to EC2 IMDS failed"),
    likely(SDK, "imds-unavailable", f"{_REGION}http response error StatusCode: 503, request to EC2 IMDS failed"),
    likely(
        SDK,
        "imds-token-rejected",
        f"{_REGION}failed to get API token, operation error ec2imds: getToken, http response error StatusCode: 400, "
        "request to EC2 IMDS failed",
    ),
    likely(SDK, "imds-no-role", "unexpected empty EC2 IMDS role list"),
    likely(
        SDK,
        "metadata-disabled-by-env",
        f'{_REGION}access disabled to EC2 IMDS via client option, or "AWS_EC2_METADATA_DISABLED" environment variable',
    ),
    likely(SDK, "imds-hop-limit", "failed to get API token, operation error ec2imds: getToken, retry quota exceeded"),
    likely(None, "imds-hop-limit", "SDK 2025/01/01 00:00:00 WARN falling back to IMDSv1: unexpected EOF"),
    likely(SDK, "imds-hop-limit", f"{_REGION}canceled, context deadline exceeded"),
    likely(SDK, "imds-hop-limit", f"{_REGION}failed to get rate limit token, retry quota exceeded, 4 available"),
)
