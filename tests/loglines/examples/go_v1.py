from tests.loglines.example import certain, likely

SDK = "go-v1"
FILE = "/var/run/secrets/eks.amazonaws.com/serviceaccount/token"
POD_IDENTITY_FILE = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token"
_ENDPOINT = (
    "E0510 09:00:00.000000       1 main.go:42] CredentialsEndpointError: failed to load credentials\ncaused by: "
)
_METADATA = "EC2MetadataError: failed to make EC2Metadata request\n\n\tstatus code: "

EXAMPLES = (
    certain(
        SDK,
        "sdk-too-old",
        '2023/12/01 10:00:00 Ignoring, HTTP credential provider invalid endpoint host, "169.254.170.23", '
        "only loopback hosts are allowed. <nil>",
    ),
    certain(
        SDK,
        "sdk-too-old",
        'CredentialsEndpointError: invalid endpoint host, "fd00:ec2::23", only loopback hosts are allowed.',
    ),
    certain(
        SDK,
        "container-host-not-allowed",
        'Ignoring, HTTP credential provider invalid endpoint host, "10.0.0.7", only loopback/ecs/eks hosts are '
        "allowed. "
        "<nil>",
    ),
    likely(
        None,
        "container-host-not-allowed",
        'Ignoring, HTTP credential provider invalid endpoint host, "10.0.0.7", only loopback hosts are allowed. <nil>',
    ),
    certain(
        SDK,
        "container-uri-invalid",
        "CredentialsEndpointError: invalid URL, parse \"http://[fd00:ec2::23/v1\": missing ']' in host",
    ),
    certain(
        SDK,
        "container-token-unreadable",
        f"{_ENDPOINT}get authorization token: failed to read authorization token from {POD_IDENTITY_FILE}: "
        f"open {POD_IDENTITY_FILE}: permission denied",
    ),
    certain(
        SDK,
        "container-token-missing",
        f"{_ENDPOINT}get authorization token: failed to read authorization token from {POD_IDENTITY_FILE}: "
        f"open {POD_IDENTITY_FILE}: no such file or directory",
    ),
    likely(
        SDK,
        "container-token-unreadable",
        f"{_ENDPOINT}get authorization token: failed to read authorization token from /tokens: read /tokens: "
        "is a directory",
    ),
    certain(
        SDK,
        "container-token-malformed",
        f"{_ENDPOINT}get authorization token: authorization token contains invalid newline sequence",
    ),
    likely(
        SDK,
        "agent-role-trust",
        f"{_ENDPOINT}SerializationError: failed to decode error message\n\tstatus code: 400, request id: \n"
        "caused by: invalid character 'U' looking for beginning of value",
    ),
    likely(SDK, "agent-role-trust", "CredentialsEndpointError: failed to load credentials"),
    certain(
        SDK,
        "web-identity-token-unreadable",
        f"WebIdentityErr: failed fetching WebIdentity token: \ncaused by: WebIdentityErr: unable to read file at "
        f"{FILE}\n"
        f"caused by: open {FILE}: permission denied",
    ),
    certain(
        SDK,
        "web-identity-token-missing",
        f"WebIdentityErr: failed fetching WebIdentity token: \ncaused by: WebIdentityErr: unable to read file at "
        f"{FILE}\n"
        f"caused by: open {FILE}: no such file or directory",
    ),
    likely(SDK, "web-identity-token-unreadable", "WebIdentityErr: failed fetching WebIdentity token: "),
    likely(SDK, "web-identity-partial", "panic: WebIdentityErr: role ARN is not set"),
    likely(
        SDK,
        "sts-impostor",
        "WebIdentityErr: failed to retrieve credentials\ncaused by: SerializationError: failed to unmarshal error "
        "message\n"
        "\tstatus code: 403, request id: \ncaused by: EOF",
    ),
    likely(SDK, "web-identity-trust-denied", 'level=error msg="WebIdentityErr: failed to retrieve credentials"'),
    likely(SDK, "region-missing", "MissingRegion: could not find region configuration"),
    likely(
        SDK,
        "nothing-configured",
        "NoCredentialProviders: no valid providers in chain. Deprecated.\n"
        "\tFor verbose messaging see aws.Config.CredentialsChainVerboseErrors",
    ),
    likely(
        SDK,
        "imds-no-role",
        "amazon-ssm-agent[3586]: ERROR EC2RoleRequestError: no EC2 instance role found\n"
        "amazon-ssm-agent[3586]: caused by: EC2MetadataError: failed to make EC2Metadata request\n"
        "amazon-ssm-agent[3586]: status code: 404, request id:",
    ),
    likely(
        SDK,
        "imds-hop-limit",
        f"EC2RoleRequestError: no EC2 instance role found\ncaused by: {_METADATA}401, request id: \n"
        'caused by: <?xml version="1.0" encoding="iso-8859-1"?>\n<html>\n <title>401 - Unauthorized</title>\n</html>',
    ),
    likely(SDK, "imds-disabled", f"{_METADATA}403, request id: "),
    likely(SDK, "imds-token-rejected", f"{_METADATA}400, request id: "),
    likely(SDK, "imds-unavailable", f"{_METADATA}503, request id: "),
    likely(SDK, "imds-hop-limit", "EC2MetadataError: failed to make EC2Metadata request"),
    likely(SDK, "imds-no-role", "EmptyEC2RoleList: empty EC2 Role list"),
    likely(
        SDK,
        "imds-response-malformed",
        "SerializationError: failed to decode node-role EC2 instance role credentials\n"
        "caused by: invalid character '<' looking for beginning of value",
    ),
    likely(
        SDK,
        "imds-hop-limit",
        "EC2MetadataError: failed to get IMDSv2 token and fallback to IMDSv1 is disabled\ncaused by: :",
    ),
    certain(
        SDK,
        "metadata-disabled-by-env",
        "EC2RoleRequestError: no EC2 instance role found\n"
        "caused by: RequestCanceled: EC2 IMDS access disabled via AWS_EC2_METADATA_DISABLED env var",
    ),
    likely(
        SDK,
        "metadata-disabled-by-env",
        'EC2 IMDS access disabled via client options, or "AWS_EC2_METADATA_DISABLED" environment variable',
    ),
    likely(SDK, "imds-hop-limit", "EC2RoleRequestError: no EC2 instance role found"),
)
