from tests.loglines.example import certain, likely

NET = "dotnet"
CPP = "cpp"

EXAMPLES = (
    certain(
        NET,
        "sdk-too-old",
        "Cannot fetch credentials from container - the full URI contains an invalid host: 169.254.170.23",
    ),
    likely(
        NET,
        "container-host-not-allowed",
        "Cannot fetch credentials from container - the full URI contains an invalid host: agent.example",
    ),
    likely(
        NET,
        "container-rejected",
        'Amazon.Runtime.AmazonServiceException: Unable to retrieve credentials. Message = "teapot".',
    ),
    likely(NET, "imds-hop-limit", "Attempting to access IMDS without a token"),
    likely(
        NET,
        "imds-hop-limit",
        "AmazonServiceException: Unable to get IAM security credentials from EC2 Instance Metadata Service.",
    ),
    likely(
        NET,
        "nothing-configured",
        "Amazon.Runtime.AmazonServiceException: Unable to find credentials\n\nException 1 of 3:\n"
        "System.ArgumentException: App.config does not contain credentials information.\n"
        "   at Amazon.Runtime.FallbackCredentialsFactory.GetCredentials()",
    ),
    likely(CPP, "web-identity-trust-denied", "[WARN] STSResourceClient Failed to get credentials from STS: 403"),
    likely(
        CPP,
        "web-identity-trust-denied",
        "aws-c-auth: AWS_AUTH_CREDENTIALS_PROVIDER_STS_WEB_IDENTITY_SOURCE_FAILURE",
    ),
    likely(
        CPP,
        "container-host-not-allowed",
        "[ERROR] [AuthCredentialsProvider] - (id=0x6dd41f0) ECS provider failed to resolve address to an allowed ip "
        "address",
    ),
    certain(CPP, "container-host-not-allowed", "aws-c-auth: AWS_AUTH_CREDENTIALS_PROVIDER_ECS_INVALID_HOST"),
    likely(CPP, "container-token-missing", "aws-c-auth: AWS_AUTH_CREDENTIALS_PROVIDER_ECS_INVALID_TOKEN_FILE_PATH"),
    likely(
        CPP,
        "container-host-not-allowed",
        "[ERROR] GeneralHTTPCredentialsProvider Can't use General HTTP Provider: IP is not allowed",
    ),
    likely(
        CPP,
        "container-host-not-allowed",
        "[ERROR] DefaultAWSCredentialsProviderChain Unable to create GeneralHTTPCredentialsProvider",
    ),
    likely(CPP, "agent-role-trust", "Valid credentials could not be sourced by the ECS provider"),
    likely(
        CPP,
        "imds-hop-limit",
        "AWS_AUTH_CREDENTIALS_PROVIDER_IMDS_SOURCE_FAILURE: Valid credentials could not be sourced by the IMDS "
        "provider",
    ),
    likely(
        CPP,
        "nothing-configured",
        'crt_error: Error(6146, "aws-c-auth: AWS_AUTH_SIGNING_NO_CREDENTIALS, Attempt to sign an http request without '
        'credentials")',
    ),
    likely(CPP, "nothing-configured", "2: No signing credentials available, see CRT debug logs"),
    likely(
        None,
        "imds-unavailable",
        "Attempting credential expiration extension due to a credential service availability issue.",
    ),
    likely("js-v3", "imds-unavailable", "Credential renew failed: Error: socket hang up"),
)
