"""What the AWS SDK for Rust prints. Texts: smithy-lang/smithy-rs:aws/rust-runtime/aws-config/src."""

from probe.loglines.signature import Signature
from probe.loglines.texts import advice

SDK = "rust"
MARKS = ("aws_config::", "aws_smithy", "dispatch failure", "DispatchFailure", "ServiceError(", "CredentialsNotLoaded")
_LOADING = ("an error occurred while loading credentials", "ProviderError(", "aws_config::")

SIGNATURES = (
    # Container credentials
    Signature(
        text="invalid full URI for ECS provider (URI did not refer to the loopback interface): http://169.254.170.23",
        sdk=SDK,
        step="container.variables",
        codes=("sdk-too-old",),
        meaning="This aws-config is older than 1.1.8 and refuses the Pod Identity agent's address; the agent was "
        "never asked.",
        next=advice.UPGRADE_THE_SDK,
    ),
    Signature(
        text="invalid full URI for ECS provider (URI did not refer to the loopback interface)",
        sdk=SDK,
        step="container.variables",
        codes=("sdk-too-old", "container-host-not-allowed"),
        meaning="An aws-config older than 1.1.8 refuses the host in AWS_CONTAINER_CREDENTIALS_FULL_URI.",
        next=advice.UPGRADE_THE_SDK,
    ),
    Signature(
        text="invalid full URI for ECS provider (URI did not refer to an allowed IP address) …",
        sdk=SDK,
        step="container.variables",
        codes=("container-host-not-allowed",),
        meaning="The host in AWS_CONTAINER_CREDENTIALS_FULL_URI is none that the SDK trusts over plain http. A name "
        "is trusted only if all its addresses are.",
        next=advice.CORRECT_THE_URI,
    ),
    Signature(
        text="invalid full URI for ECS provider …",
        sdk=SDK,
        step="container.variables",
        codes=("container-uri-invalid", "container-host-not-allowed"),
        frame=True,
        meaning="The SDK refuses AWS_CONTAINER_CREDENTIALS_FULL_URI.",
        next=advice.CORRECT_THE_URI,
    ),
    Signature(
        text="failed to perform DNS lookup while validating URI",
        sdk=SDK,
        step="container.variables",
        codes=("container-uri-invalid", "container-host-not-allowed"),
        meaning="The host in AWS_CONTAINER_CREDENTIALS_FULL_URI is a name that does not resolve.",
        next="Use the literal address: http://169.254.170.23/v1/credentials.",
    ),
    Signature(
        text="the auth token could not be used as an HTTP header value",
        sdk=SDK,
        step="container.token",
        codes=("container-token-malformed",),
        meaning="The authorization token holds a character that no header may hold, mostly a trailing newline.",
        next=advice.NO_TRAILING_NEWLINE,
    ),
    Signature(
        text="invalid auth token from file …",
        sdk=SDK,
        step="container.token",
        codes=("container-token-malformed",),
        meaning="The authorization token holds a character that no header may hold, mostly a trailing newline.",
        next=advice.NO_TRAILING_NEWLINE,
    ),
    Signature(
        text="Non-success status from HTTP credential provider: 404",
        sdk=SDK,
        step="container.credentials",
        codes=("agent-no-association", "agent-impostor"),
        meaning="404 from the container endpoint: there is no association for this ServiceAccount, or something else "
        "answers there. Rust drops the text.",
        next=advice.READ_THE_AGENT,
    ),
    Signature(
        text="Non-success status from HTTP credential provider: 403",
        sdk=SDK,
        step="container.credentials",
        codes=("agent-proxied", "agent-impostor"),
        meaning="403 from the container endpoint: the request went through a proxy or by a DNS name, or something "
        "else answers there.",
        next=advice.READ_THE_AGENT,
    ),
    Signature(
        text="Non-success status from HTTP credential provider: 429",
        sdk=SDK,
        step="container.credentials",
        codes=("agent-throttled", "container-rejected"),
        meaning="The container credentials endpoint, or EKS Auth behind it, throttles.",
        next="Look for programs that build a client per call, and reuse sessions there.",
    ),
    Signature(
        text="Non-success status from HTTP credential provider: …",
        sdk=SDK,
        step="container.credentials",
        codes=("agent-role-trust", "agent-token-rejected", "agent-upstream-unreachable"),
        meaning="The container endpoint answered with an error; Rust keeps the status and drops the text.",
        next=advice.READ_THE_AGENT,
    ),
    Signature(
        text="unexpected credentials error … dispatch failure",
        sdk=SDK,
        step="container.connect",
        codes=("agent-unreachable", "agent-refused", "sts-unreachable"),
        meaning="A request for credentials was never answered. The text does not say which endpoint.",
        next=advice.RUN_THE_PROBE,
    ),
    # Web identity
    Signature(
        text="WebIdentityToken was not valid UTF-8",
        sdk=SDK,
        step="web-identity.token",
        codes=("web-identity-token-malformed",),
        meaning="The web identity token file holds something that is no token.",
        next=advice.LOOK_AT_THE_FILE,
    ),
    Signature(
        text="No such file or directory (os error 2)",
        beside=_LOADING,
        sdk=SDK,
        step="web-identity.token",
        codes=("web-identity-token-missing", "container-token-missing"),
        meaning="A token file is not there. Rust does not say which; it reads the container token even where no "
        "container URI is set.",
        next=advice.LOOK_AT_THE_FILE,
    ),
    Signature(
        text="Permission denied (os error 13)",
        beside=_LOADING,
        sdk=SDK,
        step="web-identity.token",
        codes=("web-identity-token-unreadable", "container-token-unreadable"),
        meaning="The process may not read a token file; Rust does not say which.",
        next=advice.LOOK_AT_THE_FILE,
    ),
    Signature(
        text="STS returned an error assuming web identity role",
        sdk=SDK,
        step="web-identity.assume-role",
        codes=("sts-rejected", "web-identity-trust-denied"),
        frame=True,
        meaning="STS refused AssumeRoleWithWebIdentity; Rust stops here and does not go on to the node role.",
        next=advice.PRINT_THE_CLAIMS,
    ),
    Signature(
        text="identity resolver timed out after ",
        sdk=SDK,
        step="none",
        codes=("agent-slow", "agent-mute", "sts-unreachable", "sts-no-answer"),
        meaning="A source was too slow for the SDK's own limit. The agent or STS is the usual one; IMDS gives up "
        "earlier.",
        next=advice.RUN_THE_PROBE,
    ),
    # IMDS
    Signature(
        text="token response did not contain a TTL header",
        sdk=SDK,
        step="imds.token",
        codes=("imds-impostor", "imds-proxied"),
        meaning="The answer to the token PUT is not one of the real IMDS: kube2iam, kiam, a mock or a proxy gave it.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="request forbidden: IMDS is disabled or the caller has insufficient permissions",
        sdk=SDK,
        step="imds.token",
        codes=("imds-disabled", "imds-impostor", "imds-forwarded"),
        meaning="403 to the token PUT: the endpoint is switched off, or something else answers for it.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="received 404 from IMDS",
        sdk=SDK,
        step="imds.role",
        codes=("imds-no-role", "imds-impostor"),
        meaning="IMDS, or something in its place, knows no role for this pod's node.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="IMDS disabled by AWS_EC2_METADATA_DISABLED env var",
        sdk=SDK,
        step="imds.variables",
        codes=("metadata-disabled-by-env",),
        meaning="AWS_EC2_METADATA_DISABLED is set in this process; IMDS was not asked.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="Incorrect IMDS/IAM configuration: …",
        sdk=SDK,
        step="imds.credentials",
        codes=("imds-role-unauthorized", "imds-response-malformed"),
        meaning="IMDS answered with an error document instead of keys: EC2 may not assume the instance role.",
        next="Check that the role of the instance profile exists and trusts ec2.amazonaws.com.",
    ),
    Signature(
        text="could not communicate with IMDS",
        sdk=SDK,
        step="imds.token",
        codes=("imds-hop-limit", "imds-blocked", "imds-refused"),
        meaning="IMDS gave no answer, and the SDK counts it as not there. The text cannot tell a low hop limit from "
        "a blocked path.",
        next=advice.MEASURE_THE_HOPS,
    ),
    Signature(
        text="failed to load IMDS session token",
        sdk=SDK,
        step="imds.token",
        codes=("imds-hop-limit", "imds-blocked", "imds-refused"),
        frame=True,
        meaning="The token PUT got no usable answer; this SDK never falls back to IMDSv1.",
        next=advice.MEASURE_THE_HOPS,
    ),
    # The end of the chain
    Signature(
        text="no credentials found in chain",
        sdk=SDK,
        step="none",
        codes=("nothing-configured", "imds-hop-limit", "imds-blocked"),
        frame=True,
        meaning="Only the last word of the chain; the lines below it name each source.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="no providers in chain provided credentials",
        sdk=SDK,
        step="none",
        codes=("nothing-configured", "imds-hop-limit", "imds-blocked"),
        frame=True,
        meaning="Only the last word of the chain. A source that is configured and fails has a text of its own, so "
        "none was; a failed IMDS ends here silently.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="an error occurred while loading credentials",
        sdk=SDK,
        step="none",
        codes=("sts-rejected", "container-rejected", "sts-unreachable"),
        frame=True,
        meaning="A configured source failed, and Rust stops there. Its cause is printed only with the source chain "
        "of the error.",
        next=advice.RUN_THE_PROBE,
    ),
)
