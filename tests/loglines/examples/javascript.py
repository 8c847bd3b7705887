from tests.loglines.example import certain, likely

SDK = "js-v3"
FILE = "/var/run/secrets/eks.amazonaws.com/serviceaccount/token"
POD_IDENTITY_FILE = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token"
_ERROR = "CredentialsProviderError: "

EXAMPLES = (
    likely(
        SDK,
        "agent-no-association",
        f"{_ERROR}169.254.170.23 is not a valid container metadata service hostname\n"
        "    at getCmdsUri (/app/node_modules/@smithy/credential-provider-imds/dist-cjs/index.js:116:19)",
    ),
    likely(SDK, "container-host-not-allowed", f"{_ERROR}10.0.0.7 is not a valid container metadata service hostname"),
    certain(
        SDK,
        "container-host-not-allowed",
        f"{_ERROR}URL not accepted. It must either be HTTPS or match one of the following:\n  - loopback CIDR "
        f"127.0.0.0/8",
    ),
    certain(SDK, "container-token-malformed", r"Authorization token contains invalid \r\n sequence."),
    certain(
        SDK,
        "container-token-missing",
        f"Error: ENOENT: no such file or directory, open '{POD_IDENTITY_FILE}'",
    ),
    certain(SDK, "container-token-unreadable", f"Error: EACCES: permission denied, open '{POD_IDENTITY_FILE}'"),
    likely(SDK, "container-rejected", f"{_ERROR}Server responded with status: 400"),
    certain(None, "agent-refused", "Error: connect ECONNREFUSED 169.254.170.23:80"),
    certain(None, "agent-unreachable", "Error: connect ETIMEDOUT 169.254.170.23:80"),
    certain(None, "agent-no-route", "Error: connect EHOSTUNREACH 169.254.170.23:80 - Local (10.0.0.9:41234)"),
    certain(SDK, "web-identity-token-missing", f"Error: ENOENT: no such file or directory, open '{FILE}'"),
    certain(SDK, "web-identity-token-unreadable", f"Error: EACCES: permission denied, open '{FILE}'"),
    certain(None, "sts-dns-failed", "Error: getaddrinfo ENOTFOUND sts.eu-west-1.amazonaws.com"),
    certain(None, "imds-refused", "Error: connect ECONNREFUSED 169.254.169.254:80"),
    certain(None, "imds-no-route", "Error: connect ENETUNREACH 169.254.169.254:80"),
    likely(None, "imds-blocked", "Error: connect ETIMEDOUT 169.254.169.254:80"),
    likely(SDK, "imds-hop-limit", "ProviderError: TimeoutError from instance metadata service"),
    likely(SDK, "imds-refused", "ProviderError: Unable to connect to instance metadata service"),
    likely(SDK, "imds-token-rejected", "Error: EC2 Metadata token request returned error"),
    likely(SDK, "imds-hop-limit", "ProviderError: Error response received from instance metadata service"),
    likely(
        SDK,
        "imds-hop-limit",
        "InstanceMetadataV1FallbackError: AWS EC2 Metadata v1 fallback has been blocked by AWS SDK configuration in "
        "the "
        "following: [process environment variable (AWS_EC2_METADATA_V1_DISABLED)].",
    ),
    certain(SDK, "metadata-disabled-by-env", f"{_ERROR}EC2 Instance Metadata Service access disabled"),
    likely(SDK, "nothing-configured", f"{_ERROR}Could not load credentials from any providers"),
)
