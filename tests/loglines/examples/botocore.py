from tests.loglines.example import certain, likely

SDK = "botocore"
FILE = "/var/run/secrets/eks.amazonaws.com/serviceaccount/token"
POD_IDENTITY_FILE = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token"
_CONTAINER = (
    "botocore.exceptions.CredentialRetrievalError: Error when retrieving credentials from container-role: "
    "Error retrieving metadata: "
)
_ASKED = f"{_CONTAINER}Received error when attempting to retrieve container metadata: "
_STS = (
    "botocore.exceptions.ClientError: An error occurred ({}) when calling the AssumeRoleWithWebIdentity operation: {}"
)
_DEBUG = (
    "2025-01-01 00:00:00,000 botocore.utils [DEBUG] Caught retryable HTTP exception while making metadata service "
    "request "
    "to http://169.254.169.254/latest/api/token: "
)
_CLOSED = "Connection was closed before we received a valid response from endpoint URL: "
_STATUS = "Metadata service returned non-200 response with status code of {} for url: http://169.254.169.254/latest/x"

EXAMPLES = (
    certain(
        SDK,
        "static-keys-partial",
        "botocore.exceptions.PartialCredentialsError: Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY",
    ),
    likely(
        SDK,
        "profile-incomplete",
        "Partial credentials found in assume-role, missing: source_profile or credential_source",
    ),
    certain(
        SDK,
        "profile-missing",
        "botocore.exceptions.ProfileNotFound: The config profile (production) could not be found",
    ),
    certain(SDK, "profile-malformed", "aws: [ERROR]: Unable to parse config file: /root/.aws/config"),
    certain(None, "profile-unreadable", "PermissionError: [Errno 13] Permission denied: '/root/.aws/credentials'"),
    certain(
        SDK,
        "profile-incomplete",
        'The profile "app" contains both source_profile and credential_source.',
    ),
    certain(SDK, "profile-incomplete", 'The source_profile "base" referenced in the profile "app" does not exist.'),
    certain(SDK, "profile-incomplete", 'The source profile "base" must have credentials.'),
    likely(SDK, "profile-incomplete", "Infinite loop in credential configuration detected. Attempting to load app"),
    likely(SDK, "agent-impostor", f'{_ASKED}{_CLOSED}"http://169.254.170.23/v1/credentials".'),
    likely(SDK, "sts-no-answer", f'{_CLOSED}"https://sts.eu-west-1.amazonaws.com/".'),
    likely(SDK, "imds-reset", f'{_DEBUG}{_CLOSED}"http://169.254.169.254/latest/api/token".'),
    certain(None, "web-identity-token-missing", f"FileNotFoundError: [Errno 2] No such file or directory: '{FILE}'"),
    certain(None, "web-identity-token-unreadable", f"PermissionError: [Errno 13] Permission denied: '{FILE}'"),
    likely(
        SDK,
        "web-identity-partial",
        "botocore.exceptions.InvalidConfigError: The provided profile or the current environment is configured to "
        "assume "
        "role with web identity but has no role ARN configured. Ensure that the profile has it.",
    ),
    likely(SDK, "sts-unavailable", _STS.format("ServiceUnavailable", "Service Unavailable")),
    likely(SDK, "sts-rejected", _STS.format("MalformedPolicyDocument", "policy")),
    certain(
        SDK,
        "sdk-too-old",
        f"{_CONTAINER}Unsupported host '169.254.170.23'.  Can only retrieve metadata from these hosts: 169.254.170.2, "
        "localhost, 127.0.0.1",
    ),
    certain(
        SDK,
        "container-host-not-allowed",
        "ValueError: Unsupported host '10.0.0.7'.  Can only retrieve metadata from a loopback address or one of these "
        "hosts: 169.254.170.2, 169.254.170.23, fd00:ec2::23, localhost",
    ),
    likely(
        SDK,
        "sdk-too-old",
        "ValueError: Unsupported host '10.0.0.7'.  Can only retrieve metadata from these hosts: 169.254.170.2, "
        "localhost",
    ),
    certain(SDK, "container-token-malformed", "ValueError: Auth token value is not a legal header value"),
    certain(
        None,
        "container-token-missing",
        f"FileNotFoundError: [Errno 2] No such file or directory: '{POD_IDENTITY_FILE}'",
    ),
    certain(
        None, "container-token-unreadable", f"PermissionError: [Errno 13] Permission denied: '{POD_IDENTITY_FILE}'"
    ),
    likely(
        SDK,
        "sdk-too-old",
        f"{_CONTAINER}Received non 200 response 400 from container metadata: [5c3f9ce5-ba7d-495e-98b1-ffcd5cf85133]: "
        "(ExpiredTokenException): The token included in the request is expired: current date/time 1, fault: client",
    ),
    likely(
        SDK, "agent-throttled", f"{_CONTAINER}Received non 200 response 429 from container metadata: Too Many Requests"
    ),
    likely(SDK, "agent-upstream-unreachable", f"{_CONTAINER}Received non 200 response 500 from container metadata: []"),
    likely(SDK, "container-rejected", f"{_CONTAINER}Received non 200 response 418 from container metadata: teapot"),
    certain(
        SDK,
        "agent-unreachable",
        f'{_ASKED}Connect timeout on endpoint URL: "http://169.254.170.23/v1/credentials"',
    ),
    likely(SDK, "agent-slow", f'{_ASKED}Read timeout on endpoint URL: "http://169.254.170.23/v1/credentials"'),
    likely(
        SDK,
        "agent-refused",
        f'{_ASKED}Could not connect to the endpoint URL: "http://169.254.170.23/v1/credentials"',
    ),
    certain(
        SDK,
        "container-endpoint-failed",
        f'{_ASKED}Connect timeout on endpoint URL: "http://169.254.170.2/v2/credentials/1"',
    ),
    certain(
        SDK,
        "container-endpoint-failed",
        f'{_ASKED}Could not connect to the endpoint URL: "http://169.254.170.2/v2/credentials/1"',
    ),
    likely(
        SDK,
        "container-response-malformed",
        f"{_CONTAINER}Unable to parse JSON returned from container metadata services",
    ),
    likely(SDK, "agent-unreachable", f"{_ASKED}connection broken"),
    likely(SDK, "agent-role-trust", f"{_CONTAINER}something else"),
    likely(
        SDK,
        "sts-global-endpoint-unreachable",
        'botocore.exceptions.ConnectTimeoutError: Connect timeout on endpoint URL: "https://sts.amazonaws.com/"',
    ),
    likely(
        SDK,
        "sts-global-endpoint-unreachable",
        "botocore.exceptions.EndpointConnectionError: Could not connect to the endpoint URL: "
        '"https://sts.amazonaws.com/"',
    ),
    certain(SDK, "sts-unreachable", 'Connect timeout on endpoint URL: "https://sts.eu-west-1.amazonaws.com/"'),
    likely(SDK, "sts-unreachable", 'Could not connect to the endpoint URL: "https://sts.eu-west-1.amazonaws.com/"'),
    certain(SDK, "sts-no-answer", 'Read timeout on endpoint URL: "https://sts.eu-west-1.amazonaws.com/"'),
    likely(
        SDK,
        "sts-tls-intercepted",
        "botocore.exceptions.SSLError: SSL validation failed for https://sts.eu-west-1.amazonaws.com/ [SSL: "
        "CERTIFICATE_VERIFY_FAILED] certificate verify failed",
    ),
    likely(
        SDK,
        "sts-proxy-failed",
        'botocore.exceptions.ProxyConnectionError: Failed to connect to proxy URL: "http://proxy.example:3128"',
    ),
    certain(
        None,
        "sts-dns-failed",
        "urllib3.exceptions.NameResolutionError: Failed to resolve 'sts.eu-west-1.amazonaws.com' "
        "([Errno -3] Temporary failure in name resolution)",
    ),
    likely(
        SDK,
        "imds-hop-limit",
        f'{_DEBUG}Read timeout on endpoint URL: "http://169.254.169.254/latest/api/token"',
    ),
    likely(SDK, "imds-blocked", f'{_DEBUG}Connect timeout on endpoint URL: "http://169.254.169.254/latest/api/token"'),
    likely(
        SDK,
        "imds-refused",
        f'{_DEBUG}Could not connect to the endpoint URL: "http://169.254.169.254/latest/api/token"',
    ),
    likely(
        None,
        "imds-blocked",
        "urllib3.exceptions.ConnectTimeoutError: (<AWSHTTPConnection>, 'Connection to 169.254.169.254 timed out. "
        "(connect timeout=1)')",
    ),
    likely(
        None,
        "imds-hop-limit",
        "ReadTimeout: HTTPConnectionPool(host='169.254.169.254', port=80): Read timed out. (read timeout=1)",
    ),
    likely(SDK, "imds-hop-limit", _STATUS.format(401)),
    likely(SDK, "imds-disabled", _STATUS.format(403)),
    likely(SDK, "imds-no-role", _STATUS.format(404)),
    likely(
        SDK,
        "imds-hop-limit",
        "botocore.exceptions.MetadataRetrievalError: Error retrieving metadata: Unable to retrieve token for use in "
        "IMDSv2 "
        "call and IMDSv1 has been disabled",
    ),
    certain(SDK, "metadata-disabled-by-env", "botocore.utils [DEBUG] Access to EC2 metadata has been disabled."),
    likely(
        SDK,
        "imds-hop-limit",
        "botocore.utils [DEBUG] Max number of attempts exceeded (1) when attempting to retrieve data from metadata "
        "service.",
    ),
    likely(SDK, "imds-hop-limit", f"{_DEBUG}connection broken"),
    likely(SDK, "region-missing", "botocore.exceptions.NoRegionError: You must specify a region."),
    likely(
        SDK,
        "sts-unavailable",
        "[WARNING] botocore.credentials: Refreshing temporary credentials failed during mandatory refresh period.",
    ),
    likely(
        SDK,
        "nothing-configured",
        'aws: [ERROR]: Unable to locate credentials. You can configure credentials by running "aws login".',
    ),
)
