"""What aws-sdk-go v1 prints, but for IMDS, which has a file of its own.

Texts: aws/aws-sdk-go:aws/defaults/defaults.go, aws/credentials/{endpointcreds,stscreds},
aws/session.
"""

from probe.loglines.signature import Signature
from probe.loglines.texts import advice

SDK = "go-v1"
MARKS = (
    "WebIdentityErr:",
    "EC2RoleRequestError:",
    "EC2MetadataError:",
    "RequestError: send request failed",
    ", request id: ",
)

SIGNATURES = (
    # Container credentials
    Signature(
        text='invalid endpoint host, "169.254.170.23", only loopback hosts are allowed.',
        sdk=SDK,
        step="container.variables",
        codes=("sdk-too-old",),
        meaning="This program carries an aws-sdk-go v1 older than 1.47.11, which refuses the Pod Identity agent's "
        "address. Association, agent and role may all be right; this SDK never asks them.",
        next=advice.UPGRADE_THE_SDK,
    ),
    Signature(
        text='invalid endpoint host, "fd00:ec2::23", only loopback hosts are allowed.',
        sdk=SDK,
        step="container.variables",
        codes=("sdk-too-old",),
        meaning="This program carries an SDK that does not know the Pod Identity agent's IPv6 address and never asks "
        "it.",
        next=advice.UPGRADE_THE_SDK,
    ),
    Signature(
        text="invalid endpoint host, … only loopback/ecs/eks hosts are allowed.",
        sdk=SDK,
        step="container.variables",
        codes=("container-host-not-allowed",),
        meaning="The host in AWS_CONTAINER_CREDENTIALS_FULL_URI is none that the SDK trusts over plain http. "
        "A name is trusted only if all its addresses are.",
        next=advice.CORRECT_THE_URI,
    ),
    Signature(
        text="CredentialsEndpointError: invalid URL …",
        sdk=SDK,
        step="container.variables",
        codes=("container-uri-invalid",),
        meaning="AWS_CONTAINER_CREDENTIALS_FULL_URI is no URL that can be parsed.",
        next=advice.CORRECT_THE_URI,
    ),
    Signature(
        text="get authorization token: failed to read authorization token from … permission denied",
        sdk=SDK,
        step="container.token",
        codes=("container-token-unreadable",),
        meaning="The process may not read the Pod Identity token file; the agent was never asked.",
        next=advice.LOOK_AT_THE_FILE,
    ),
    Signature(
        text="get authorization token: failed to read authorization token from … no such file or directory",
        sdk=SDK,
        step="container.token",
        codes=("container-token-missing",),
        meaning="AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names a file that is not there; the agent was never asked.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="get authorization token: failed to read authorization token from …",
        sdk=SDK,
        step="container.token",
        codes=("container-token-unreadable", "container-token-missing"),
        meaning="The Pod Identity token file could not be read; the agent was never asked.",
        next=advice.LOOK_AT_THE_FILE,
    ),
    Signature(
        text="get authorization token: authorization token contains invalid newline sequence",
        sdk=SDK,
        step="container.token",
        codes=("container-token-malformed",),
        meaning="The authorization token contains a line break, and this SDK does not trim it.",
        next=advice.NO_TRAILING_NEWLINE,
    ),
    Signature(
        text="SerializationError: failed to decode error message",
        sdk=SDK,
        step="container.credentials",
        codes=("agent-role-trust", "agent-no-association", "agent-token-rejected", "agent-upstream-unreachable"),
        meaning="The credentials endpoint answered with an error in plain text, and aws-sdk-go v1 threw the text "
        "away. This is not a parsing problem.",
        next=advice.READ_THE_AGENT,
    ),
    Signature(
        text="CredentialsEndpointError: failed to load credentials",
        sdk=SDK,
        step="container.credentials",
        codes=("agent-role-trust", "agent-no-association", "container-rejected"),
        frame=True,
        meaning="The container credentials endpoint gave no credentials; the reason is not in this line.",
        next=advice.READ_THE_AGENT,
    ),
    # Web identity
    Signature(
        text="WebIdentityErr: unable to read file at … permission denied",
        sdk=SDK,
        step="web-identity.token",
        codes=("web-identity-token-unreadable",),
        meaning="The process may not read the web identity token file. IAM and STS were never asked.",
        next=advice.LOOK_AT_THE_FILE,
    ),
    Signature(
        text="WebIdentityErr: unable to read file at … no such file or directory",
        sdk=SDK,
        step="web-identity.token",
        codes=("web-identity-token-missing",),
        meaning="AWS_WEB_IDENTITY_TOKEN_FILE names a file that is not there. IAM and STS were never asked.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="WebIdentityErr: failed fetching WebIdentity token",
        sdk=SDK,
        step="web-identity.token",
        codes=("web-identity-token-unreadable", "web-identity-token-missing"),
        frame=True,
        meaning="The web identity token file could not be read. This is not IAM: STS was never asked.",
        next=advice.LOOK_AT_THE_FILE,
    ),
    Signature(
        text="WebIdentityErr: role ARN is not set",
        sdk=SDK,
        step="web-identity.variables",
        codes=("web-identity-partial", "profile-incomplete"),
        meaning="A web identity token file is configured without a role ARN, in the environment or in a profile.",
        next=advice.SET_BOTH_OF_THE_PAIR,
    ),
    Signature(
        text="SerializationError: failed to unmarshal error message",
        beside=("WebIdentityErr",),
        sdk=SDK,
        step="web-identity.assume-role",
        codes=("sts-impostor", "sts-tls-intercepted"),
        meaning="The answer to AssumeRoleWithWebIdentity is not STS' own: a proxy's or ingress' page.",
        next=advice.REACH_STS,
    ),
    Signature(
        text="WebIdentityErr: failed to retrieve credentials",
        sdk=SDK,
        step="web-identity.assume-role",
        codes=("web-identity-trust-denied", "sts-unreachable", "web-identity-provider-missing", "sts-rejected"),
        frame=True,
        meaning="AssumeRoleWithWebIdentity failed; the reason stands behind `caused by:`, on the next line.",
        next=advice.PRINT_THE_CLAIMS,
    ),
    # The chain
    Signature(
        text="MissingRegion: could not find region configuration",
        sdk=SDK,
        step="needs.region",
        codes=("region-missing", "region-split"),
        meaning="The SDK found no region. aws-sdk-go v1 reads AWS_DEFAULT_REGION only with AWS_SDK_LOAD_CONFIG set.",
        next=advice.SET_THE_REGION,
    ),
    Signature(
        text="NoCredentialProviders: no valid providers in chain",
        sdk=SDK,
        step="none",
        codes=("nothing-configured", "imds-hop-limit", "sdk-too-old", "imds-blocked"),
        frame=True,
        meaning="Only the last word of the chain; the reasons are hidden. Web identity was not fully configured in "
        "the process (that path says WebIdentityErr); the container endpoint or IMDS may have failed silently.",
        next=advice.CHECK_INJECTION,
    ),
)
