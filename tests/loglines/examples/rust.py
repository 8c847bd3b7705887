from tests.loglines.example import certain, likely

SDK = "rust"
_STATUS = "Non-success status from HTTP credential provider: "
_LOADING = "dispatch failure: other: an error occurred while loading credentials: "

EXAMPLES = (
    certain(
        SDK,
        "sdk-too-old",
        "invalid full URI for ECS provider (URI did not refer to the loopback interface): "
        "http://169.254.170.23/v1/credentials",
    ),
    likely(
        SDK,
        "sdk-too-old",
        "invalid full URI for ECS provider (URI did not refer to the loopback interface): "
        "http://10.0.0.7/v1/credentials",
    ),
    certain(
        SDK,
        "container-host-not-allowed",
        "invalid full URI for ECS provider (URI did not refer to an allowed IP address): "
        "http://10.0.0.7/v1/credentials",
    ),
    likely(SDK, "container-uri-invalid", "invalid full URI for ECS provider (URI was not valid)"),
    likely(SDK, "container-uri-invalid", "failed to perform DNS lookup while validating URI"),
    certain(SDK, "container-token-malformed", "the auth token could not be used as an HTTP header value"),
    certain(
        SDK,
        "container-token-malformed",
        "WARN aws_config::ecs: invalid auth token from file ends_with_whitespace=true",
    ),
    likely(SDK, "agent-no-association", f"{_STATUS}404"),
    likely(SDK, "agent-proxied", f"{_STATUS}403"),
    likely(SDK, "agent-throttled", f"{_STATUS}429"),
    likely(SDK, "agent-role-trust", f"{_STATUS}400"),
    likely(SDK, "agent-unreachable", "unexpected credentials error: dispatch failure: io error"),
    certain(SDK, "web-identity-token-malformed", "WebIdentityToken was not valid UTF-8"),
    likely(SDK, "web-identity-token-missing", f"{_LOADING}No such file or directory (os error 2)"),
    likely(SDK, "web-identity-token-unreadable", f"{_LOADING}Permission denied (os error 13)"),
    likely(SDK, "sts-rejected", "WARN aws_config::sts: STS returned an error assuming web identity role"),
    likely(SDK, "agent-slow", "DispatchFailure: identity resolver timed out after 5s"),
    likely(SDK, "imds-impostor", "token response did not contain a TTL header"),
    likely(
        SDK,
        "imds-disabled",
        "request forbidden: IMDS is disabled or the caller has insufficient permissions.",
    ),
    likely(
        SDK, "imds-no-role", "received 404 from IMDS when loading profile information. Hint: the instance has no role"
    ),
    certain(SDK, "metadata-disabled-by-env", "IMDS disabled by AWS_EC2_METADATA_DISABLED env var set to `true`"),
    likely(SDK, "imds-role-unauthorized", "Incorrect IMDS/IAM configuration: [SomethingElse] no keys"),
    likely(
        SDK,
        "imds-hop-limit",
        "no credentials found in chain. Attempted:\n  Environment: environment variable not set\n"
        "  Ec2InstanceMetadata: could not communicate with IMDS",
    ),
    likely(SDK, "imds-hop-limit", "failed to load IMDS session token"),
    likely(
        SDK,
        "nothing-configured",
        "the credential provider was not enabled: no credentials found in chain. Attempted:\n  Environment: not set",
    ),
    likely(SDK, "nothing-configured", "no providers in chain provided credentials"),
    likely(SDK, "sts-rejected", f"{_LOADING}unhandled error"),
)
