"""What aws-sdk-go-v2 prints about profiles, tokens, STS and the container endpoint.

Texts: aws/aws-sdk-go-v2:config/resolve_credentials.go, credentials/{endpointcreds,stscreds}, service/sts. Its IMDS
client has a file of its own.
"""

from probe.loglines.signature import Signature, up_to_first
from probe.loglines.texts import advice

SDK = "go-v2"
MARKS = (
    "operation error STS: ",
    "operation error ec2imds: ",
    "failed to refresh cached credentials,",
    "failed to load credentials, : ",
    "get identity: get credentials: ",
    "container credentials failure: ",
    ", api error ",
)
SIGNATURES = (
    # Container credentials
    Signature(
        text='invalid endpoint host, "169.254.170.23", only loopback hosts are allowed',
        step="container.variables",
        codes=("sdk-too-old",),
        meaning="This program's SDK is too old for EKS Pod Identity and refuses the agent's address: "
        "aws-sdk-go-v2 before config 1.25.0, or aws-sdk-go v1 before 1.47.11.",
        next=advice.UPGRADE_THE_SDK,
    ),
    Signature(
        text='invalid endpoint host, "fd00:ec2::23", only loopback hosts are allowed',
        step="container.variables",
        codes=("sdk-too-old",),
        meaning="This program's SDK does not know the Pod Identity agent's IPv6 address and never asks it.",
        next=advice.UPGRADE_THE_SDK,
    ),
    Signature(
        text="invalid endpoint host, … only loopback/ecs/eks hosts are allowed",
        sdk=SDK,
        step="container.variables",
        codes=("container-host-not-allowed",),
        meaning="The host in AWS_CONTAINER_CREDENTIALS_FULL_URI is none that the SDK trusts over plain http.",
        next=advice.CORRECT_THE_URI,
    ),
    Signature(
        text="invalid endpoint host, … only loopback hosts are allowed",
        step="container.variables",
        codes=("container-host-not-allowed", "sdk-too-old"),
        meaning="The SDK refuses the host in AWS_CONTAINER_CREDENTIALS_FULL_URI and is old enough to accept loopback "
        "only.",
        next=advice.UPGRADE_THE_SDK,
    ),
    Signature(
        text="failed to resolve host …",
        beside=("HTTP credential provider", "container credentials failure", "CredentialsEndpointError"),
        step="container.variables",
        codes=("container-uri-invalid", "container-host-not-allowed"),
        meaning="The host in AWS_CONTAINER_CREDENTIALS_FULL_URI is a name that does not resolve; the SDK looks it up "
        "at start.",
        next="Use the literal address: http://169.254.170.23/v1/credentials.",
    ),
    Signature(
        text="unable to parse host from local HTTP cred provider URL",
        step="container.variables",
        codes=("container-uri-invalid",),
        meaning="AWS_CONTAINER_CREDENTIALS_FULL_URI has no host.",
        next=advice.CORRECT_THE_URI,
    ),
    Signature(
        text="resolve auth token: failed to read authorization token from … permission denied",
        sdk=SDK,
        step="container.token",
        codes=("container-token-unreadable",),
        meaning="The process may not read the Pod Identity token file; the agent was never asked.",
        next=advice.LOOK_AT_THE_FILE,
    ),
    Signature(
        text="resolve auth token: failed to read authorization token from … no such file or directory",
        sdk=SDK,
        step="container.token",
        codes=("container-token-missing",),
        meaning="AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names a file that is not there; the agent was never asked.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="resolve auth token: failed to read authorization token from …",
        sdk=SDK,
        step="container.token",
        codes=("container-token-unreadable", "container-token-missing"),
        meaning="The Pod Identity token file could not be read; the agent was never asked.",
        next=advice.LOOK_AT_THE_FILE,
    ),
    Signature(
        text="authorization token contains invalid newline sequence",
        sdk=SDK,
        step="container.token",
        codes=("container-token-malformed",),
        meaning="The authorization token contains a line break, and this SDK does not trim it.",
        next=advice.NO_TRAILING_NEWLINE,
    ),
    Signature(
        text="failed to load credentials, … failed to decode error message",
        sdk=SDK,
        step="container.credentials",
        codes=("agent-role-trust", "agent-no-association", "agent-token-rejected", "agent-upstream-unreachable"),
        meaning="The credentials endpoint answered with an error in plain text, and this SDK (credentials before "
        "1.16.4) threw the text away.",
        next=advice.READ_THE_AGENT,
    ),
    Signature(
        text="failed to load credentials, : …",
        sdk=SDK,
        step="container.credentials",
        codes=("container-rejected", "agent-role-trust", "agent-no-association"),
        frame=True,
        meaning="The container credentials endpoint answered with an error; its text stands behind the colon.",
        next=advice.READ_THE_AGENT,
    ),
    # Web identity
    Signature(
        text="failed to retrieve jwt from provide source, unable to read file at … permission denied",
        sdk=SDK,
        step="web-identity.token",
        codes=("web-identity-token-unreadable",),
        meaning="The process may not read the web identity token file. IAM and STS were never asked.",
        next=advice.LOOK_AT_THE_FILE,
    ),
    Signature(
        text="failed to retrieve jwt from provide source, unable to read file at … no such file or directory",
        sdk=SDK,
        step="web-identity.token",
        codes=("web-identity-token-missing",),
        meaning="AWS_WEB_IDENTITY_TOKEN_FILE names a file that is not there. IAM and STS were never asked.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="failed to retrieve jwt from provide source …",
        sdk=SDK,
        step="web-identity.token",
        codes=("web-identity-token-unreadable", "web-identity-token-missing"),
        meaning="The web identity token file could not be read. IAM and STS were never asked.",
        next=advice.LOOK_AT_THE_FILE,
    ),
    Signature(
        text="role ARN is not set",
        step="web-identity.variables",
        codes=("web-identity-partial", "profile-incomplete"),
        meaning="A web identity token file is configured without a role ARN, in the environment or in a profile.",
        next=advice.SET_BOTH_OF_THE_PAIR,
    ),
    Signature(
        text="operation error STS: AssumeRoleWithWebIdentity",
        pattern=up_to_first("StatusCode: ", after="operation error STS: AssumeRoleWithWebIdentity", then=r"5\d\d"),
        sdk=SDK,
        step="web-identity.assume-role",
        codes=("sts-unavailable", "sts-impostor"),
        meaning="STS, or a proxy that answers in its place, failed with a server error.",
        next=advice.REACH_STS,
    ),
    Signature(
        text="deserialization failed, failed to decode response body",
        beside=("operation error STS: AssumeRoleWithWebIdentity",),
        sdk=SDK,
        step="web-identity.assume-role",
        codes=("sts-impostor", "sts-tls-intercepted"),
        meaning="The answer to AssumeRoleWithWebIdentity is not STS' own: a proxy's or ingress' page.",
        next=advice.REACH_STS,
    ),
    Signature(
        text="operation error STS: AssumeRoleWithWebIdentity, …",
        sdk=SDK,
        step="web-identity.assume-role",
        codes=("sts-rejected", "sts-unreachable", "web-identity-trust-denied"),
        frame=True,
        meaning="AssumeRoleWithWebIdentity failed. Go v2 stops here: it does not go on to the node role.",
        next=advice.PRINT_THE_CLAIMS,
    ),
    # Shared config
    Signature(
        text="failed to get shared config profile, …",
        sdk=SDK,
        step="shared-config.profile",
        codes=("profile-missing",),
        meaning="AWS_PROFILE names a profile that no file has. Go v2 stops here even when web identity is in order.",
        next="Unset AWS_PROFILE, or mount the file that holds the profile.",
    ),
    Signature(
        text=".aws/credentials: permission denied",
        step="shared-config.files",
        codes=("profile-unreadable",),
        meaning="The process may not read the credentials file.",
        next="Give the process' user read access, or remove the file so that the pod's own identity is used.",
    ),
    Signature(
        text=".aws/config: permission denied",
        step="shared-config.files",
        codes=("profile-unreadable",),
        meaning="The process may not read the config file.",
        next="Give the process' user read access, or remove the file so that the pod's own identity is used.",
    ),
    Signature(
        text="failed to load shared config file, …",
        sdk=SDK,
        step="shared-config.files",
        codes=("profile-malformed", "profile-unreadable"),
        frame=True,
        meaning="A shared config or credentials file could not be used; Go v2 stops there.",
        next="Run the probe with the same files mounted: it names the line.",
    ),
    # The region
    Signature(
        text="failed to resolve service endpoint, … Invalid Configuration: Missing Region",
        sdk=SDK,
        step="needs.region",
        codes=("region-missing", "application-layer"),
        meaning="The SDK has no region and cannot choose an endpoint; no request was sent.",
        next=advice.SET_THE_REGION,
    ),
)
