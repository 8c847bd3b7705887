from tests.loglines.example import certain, likely

SDK = "java-v2"
_DEBUG = "DEBUG AwsCredentialsProviderChain: Unable to load credentials from "
_CHAIN = (
    "software.amazon.awssdk.core.exception.SdkClientException: Unable to load credentials from any of the providers "
    "in the "
    "chain AwsCredentialsProviderChain(credentialsProviders=[WebIdentityTokenCredentialsProvider()]) : [{}]"
)

EXAMPLES = (
    certain(
        SDK,
        "application-layer",
        f"{_DEBUG}WebIdentityTokenCredentialsProvider(): To use web identity tokens, the 'sts' service module must "
        f"be on "
        "the class path.",
    ),
    likely(
        SDK,
        "nothing-configured",
        _CHAIN.format(
            "WebIdentityTokenCredentialsProvider(): Either the environment variable AWS_WEB_IDENTITY_TOKEN_FILE or the "
            "javaproperty aws.webIdentityTokenFile must be set.",
        ),
    ),
    likely(
        SDK,
        "web-identity-partial",
        f"{_DEBUG}WebIdentityTokenCredentialsProvider(): Either the environment variable AWS_ROLE_ARN or the "
        f"javaproperty "
        "aws.roleArn must be set.",
    ),
    certain(SDK, "sts-dns-failed", "Caused by: java.net.UnknownHostException: sts.eu-west-1.amazonaws.com"),
    likely(
        SDK,
        "nothing-configured",
        f"{_DEBUG}ContainerCredentialsProvider(): Cannot fetch credentials from container - neither "
        "AWS_CONTAINER_CREDENTIALS_FULL_URI or AWS_CONTAINER_CREDENTIALS_RELATIVE_URI environment variables are set.",
    ),
    likely(
        SDK,
        "sdk-too-old",
        _CHAIN.format(
            "ContainerCredentialsProvider(): The full URI (http://169.254.170.23/v1/credentials) contained within "
            "environment variable AWS_CONTAINER_CREDENTIALS_FULL_URI has an invalid host. Host should resolve to a "
            "loopback address or have the full URI be HTTPS.",
        ),
    ),
    likely(
        SDK,
        "container-family-mismatch",
        "The full URI (http://[fd00:ec2::23]/v1/credentials) contained within environment variable "
        "AWS_CONTAINER_CREDENTIALS_FULL_URI has an invalid host.",
    ),
    likely(
        SDK,
        "container-host-not-allowed",
        "The full URI (http://agent.example/v1) contained within environment variable "
        "AWS_CONTAINER_CREDENTIALS_FULL_URI "
        "has an invalid host.",
    ),
    likely(
        SDK,
        "container-token-missing",
        f"{_DEBUG}ContainerCredentialsProvider(): Failed to read "
        "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token.",
    ),
    likely(
        SDK,
        "agent-no-association",
        f"{_DEBUG}ContainerCredentialsProvider(): The requested metadata is not found at "
        "http://169.254.170.23/v1/credentials",
    ),
    likely(SDK, "agent-role-trust", f"{_DEBUG}ContainerCredentialsProvider(): Bad Request"),
    likely(
        SDK,
        "agent-upstream-unreachable",
        f"{_DEBUG}ContainerCredentialsProvider(providerName=container): Internal Server Error",
    ),
    likely(
        SDK,
        "imds-no-role",
        "SdkClientException: The requested metadata is not found at "
        "http://169.254.169.254/latest/meta-data/iam/security-credentials/",
    ),
    likely(
        SDK,
        "metadata-disabled-by-env",
        _CHAIN.format(
            "InstanceProfileCredentialsProvider(): IMDS credentials have been disabled by environment variable or "
            "system "
            "property.",
        ),
    ),
    likely(SDK, "imds-token-rejected", "SdkClientException: Unable to fetch metadata token."),
    likely(
        SDK,
        "imds-hop-limit",
        "Failed to retrieve IMDS token, and fallback to IMDS v1 is disabled via the aws.disableEc2MetadataV1 property",
    ),
    likely(
        SDK,
        "imds-hop-limit",
        _CHAIN.format("InstanceProfileCredentialsProvider(): Failed to load credentials from IMDS."),
    ),
    likely(SDK, "imds-hop-limit", "Unable to load credentials from service endpoint."),
    likely(
        SDK,
        "region-missing",
        "Unable to load region from any of the providers in the chain "
        "software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain@1",
    ),
    likely(SDK, "nothing-configured", _CHAIN.format("SystemPropertyCredentialsProvider(): nothing")),
    likely(
        None,
        "nothing-configured",
        "com.amazonaws.SdkClientException: Unable to load AWS credentials from any provider in the chain: "
        "[EnvironmentVariableCredentialsProvider: no keys]",
    ),
)
