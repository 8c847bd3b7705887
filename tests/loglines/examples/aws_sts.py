from tests.loglines.example import certain, likely

STS = "sts"
_V1 = "WebIdentityErr: failed to retrieve credentials\ncaused by: {}: {}\n\tstatus code: 400, request id: 5c3f9ce5-ba7d"
_PY = "botocore.exceptions.ClientError: An error occurred ({}) when calling the AssumeRoleWithWebIdentity operation: {}"
_V2 = (
    "failed to retrieve credentials, operation error STS: AssumeRoleWithWebIdentity, https response error "
    "StatusCode: 400, RequestID: 5c3f9ce5-ba7d-495e-98b1-ffcd5cf85133, {}: {}"
)
_XML = "<Error><Type>Sender</Type><Code>{}</Code><Message>{}</Message></Error>"

EXAMPLES = (
    certain(STS, "web-identity-trust-denied", "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"),
    certain(
        "go-v1",
        "web-identity-trust-denied",
        "WebIdentityErr: failed to retrieve credentials\n"
        "caused by: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity\n"
        "\tstatus code: 403, request id: 5c3f9ce5-ba7d-495e-98b1-ffcd5cf85133",
    ),
    certain(
        "go-v2",
        "web-identity-trust-denied",
        _V2.format("api error AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"),
    ),
    certain(
        "botocore",
        "web-identity-trust-denied",
        _PY.format("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"),
    ),
    certain(
        "java-v2",
        "web-identity-trust-denied",
        "software.amazon.awssdk.services.sts.model.StsException: Not authorized to perform "
        "sts:AssumeRoleWithWebIdentity "
        "(Service: Sts, Status Code: 403, Request ID: 5c3f9ce5)",
    ),
    certain(
        "dotnet",
        "web-identity-trust-denied",
        "Amazon.SecurityToken.AmazonSecurityTokenServiceException: Not authorized to perform "
        "sts:AssumeRoleWithWebIdentity",
    ),
    certain(
        "go-v2",
        "web-identity-provider-missing",
        _V2.format(
            "InvalidIdentityToken",
            "No OpenIDConnect provider found in your account for https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE",
        ),
    ),
    certain(
        "botocore", "web-identity-audience-rejected", _PY.format("InvalidIdentityToken", "Incorrect token audience")
    ),
    likely(STS, "web-identity-wrong-token", _XML.format("InvalidIdentityToken", "Missing a required claim: aud")),
    certain(
        "go-v1",
        "web-identity-key-unavailable",
        _V1.format(
            "InvalidIdentityToken",
            "Couldn't retrieve verification key from your identity provider,  please reference "
            "AssumeRoleWithWebIdentity documentation for requirements",
        ),
    ),
    likely(
        "go-v1",
        "web-identity-key-unavailable",
        _V1.format("InvalidIdentityToken", "The web identity token provided could not be validated"),
    ),
    certain(
        "go-v1",
        "web-identity-thumbprint",
        _V1.format(
            "InvalidIdentityToken",
            "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
        ),
    ),
    certain("go-v1", "clock-skew", _V1.format("InvalidIdentityToken", "Token not yet valid")),
    certain("go-v1", "clock-skew", _V1.format("InvalidIdentityToken", "Token used before issued")),
    likely(
        "go-v2",
        "web-identity-token-expired",
        _V2.format(
            "ExpiredTokenException",
            "Token expired: current date/time 1700009000 must be before the expiration date/time 1700000000",
        ),
    ),
    likely("go-v2", "web-identity-token-expired", _V2.format("ExpiredTokenException", "Token too old: 90000")),
    certain(
        "go-v2", "web-identity-role-arn-invalid", _V2.format("api error ValidationError", "Request ARN is invalid")
    ),
    likely(STS, "web-identity-role-arn-invalid", "ValidationError: Request ARN is invalid"),
    certain(
        "botocore",
        "web-identity-duration",
        _PY.format(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ),
    ),
    likely(
        STS,
        "web-identity-duration",
        "ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role "
        "chaining",
    ),
    certain(
        STS,
        "sts-region-disabled",
        "STS is not activated in this region for account:111122223333. Your account administrator can activate it.",
    ),
    certain("botocore", "sts-region-disabled", _PY.format("RegionDisabledException", "")),
    certain("go-v1", "sts-idp-error", _V1.format("IDPCommunicationError", "Error communicating with the provider")),
    certain(STS, "sts-idp-error", _XML.format("IDPRejectedClaim", "issuer.example responded with HTTP/1.1 400")),
    certain("go-v1", "sts-throttled", _V1.format("Throttling", "Rate exceeded")),
    certain("botocore", "sts-throttled", _PY.format("Throttling", "Rate exceeded")),
    likely("go-v2", "sts-rejected", _V2.format("InvalidIdentityToken", "a text nobody has seen yet")),
    likely(STS, "sts-rejected", _XML.format("InvalidIdentityToken", "a text nobody has seen yet")),
)
