"""What the AWS SDKs for .NET and C++, and programs on the Common Runtime such as Mountpoint for S3, print.

Texts: aws/aws-sdk-net:sdk/src/Core/Amazon.Runtime, aws/aws-sdk-cpp:src/aws-cpp-sdk-core, awslabs/aws-c-auth:source.
"""

from probe.loglines.signature import Signature
from probe.loglines.texts import advice

NET = "dotnet"
CPP = "cpp"
MARKS_OF_NET = ("Amazon.Runtime.", "Amazon.SecurityToken.")
MARKS_OF_CPP = (
    "STSAssumeRoleWithWebIdentityCredentialsProvider",
    "aws-c-auth",
    "AWS_AUTH_CREDENTIALS_PROVIDER_",
    "awscrt::",
)
_AND_THEN = "C++ and Common Runtime programs go on silently and take the node role if IMDS answers."

SIGNATURES = (
    # .NET
    Signature(
        text="the full URI contains an invalid host: 169.254.170.23",
        sdk=NET,
        step="container.variables",
        codes=("sdk-too-old",),
        meaning="This AWSSDK.Core is too old for EKS Pod Identity and refuses the agent's address; the agent was "
        "never asked.",
        next=advice.UPGRADE_THE_SDK,
    ),
    Signature(
        text="Cannot fetch credentials from container - the full URI contains an invalid host: …",
        sdk=NET,
        step="container.variables",
        codes=("container-host-not-allowed", "sdk-too-old"),
        meaning="The host in AWS_CONTAINER_CREDENTIALS_FULL_URI is none that the SDK trusts over plain http.",
        next=advice.CORRECT_THE_URI,
    ),
    Signature(
        text='Unable to retrieve credentials. Message = "…',
        sdk=NET,
        step="container.credentials",
        codes=("container-rejected", "agent-role-trust", "agent-no-association"),
        frame=True,
        meaning="The credentials endpoint answered with an error; its words stand in the quotes.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="Attempting to access IMDS without a token",
        sdk=NET,
        step="imds.token",
        codes=("imds-hop-limit", "imds-blocked", "imds-disabled"),
        meaning="The token PUT got no usable answer, and the SDK goes on without a token.",
        next=advice.MEASURE_THE_HOPS,
    ),
    Signature(
        text="Unable to get IAM security credentials from EC2 Instance Metadata Service",
        sdk=NET,
        step="imds.token",
        codes=("imds-hop-limit", "imds-blocked", "imds-no-role"),
        meaning="IMDS gave no credentials; .NET asks it only when no other source is configured.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="Unable to find credentials … Exception 1 of ",
        sdk=NET,
        step="none",
        codes=("nothing-configured", "imds-hop-limit", "imds-blocked"),
        frame=True,
        meaning="Only the last word of the chain; each `Exception N of M` below is one source.",
        next=advice.CHECK_INJECTION,
    ),
    # C++ and the Common Runtime
    Signature(
        text="Failed to get credentials from STS: …",
        sdk=CPP,
        step="web-identity.assume-role",
        codes=("web-identity-trust-denied", "sts-rejected", "sts-unreachable"),
        frame=True,
        meaning="AssumeRoleWithWebIdentity failed. " + _AND_THEN,
        next=advice.PRINT_THE_CLAIMS,
    ),
    Signature(
        text="AWS_AUTH_CREDENTIALS_PROVIDER_STS_WEB_IDENTITY_SOURCE_FAILURE",
        sdk=CPP,
        step="web-identity.assume-role",
        codes=("web-identity-trust-denied", "sts-rejected", "sts-unreachable"),
        frame=True,
        meaning="AssumeRoleWithWebIdentity failed. " + _AND_THEN,
        next=advice.PRINT_THE_CLAIMS,
    ),
    Signature(
        text="ECS provider failed to resolve address to an allowed ip address",
        sdk=CPP,
        step="container.variables",
        codes=("container-host-not-allowed", "sdk-too-old"),
        meaning="The host in AWS_CONTAINER_CREDENTIALS_FULL_URI is none that the Common Runtime trusts over plain "
        "http.",
        next=advice.CORRECT_THE_URI,
    ),
    Signature(
        text="AWS_AUTH_CREDENTIALS_PROVIDER_ECS_INVALID_HOST",
        sdk=CPP,
        step="container.variables",
        codes=("container-host-not-allowed",),
        meaning="The host in AWS_CONTAINER_CREDENTIALS_FULL_URI is none that the Common Runtime trusts over plain "
        "http.",
        next=advice.CORRECT_THE_URI,
    ),
    Signature(
        text="AWS_AUTH_CREDENTIALS_PROVIDER_ECS_INVALID_TOKEN_FILE_PATH",
        sdk=CPP,
        step="container.token",
        codes=("container-token-missing", "container-token-unreadable"),
        meaning="The file in AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE could not be read; the agent was never asked.",
        next=advice.LOOK_AT_THE_FILE,
    ),
    Signature(
        text="Can't use General HTTP Provider: …",
        sdk=CPP,
        step="container.variables",
        codes=("container-host-not-allowed", "container-uri-invalid"),
        meaning="The C++ SDK refuses AWS_CONTAINER_CREDENTIALS_FULL_URI and goes on without the container provider.",
        next=advice.CORRECT_THE_URI,
    ),
    Signature(
        text="Unable to create GeneralHTTPCredentialsProvider",
        sdk=CPP,
        step="container.variables",
        codes=("container-host-not-allowed", "container-uri-invalid"),
        meaning="The C++ SDK refuses AWS_CONTAINER_CREDENTIALS_FULL_URI and goes on without the container provider.",
        next=advice.CORRECT_THE_URI,
    ),
    Signature(
        text="Valid credentials could not be sourced by the ECS provider",
        sdk=CPP,
        step="container.credentials",
        codes=("agent-role-trust", "agent-unreachable", "container-endpoint-failed"),
        meaning="The container credentials endpoint gave no credentials; the reason is only in the debug log of the "
        "runtime.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="Valid credentials could not be sourced by the IMDS provider",
        sdk=CPP,
        step="imds.token",
        codes=("imds-hop-limit", "imds-blocked", "imds-no-role"),
        meaning="IMDS gave no credentials. It is the last link of this chain, so an earlier source may have failed "
        "silently.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="Attempt to sign an http request without credentials",
        sdk=CPP,
        step="none",
        codes=("nothing-configured", "imds-hop-limit", "web-identity-trust-denied"),
        frame=True,
        meaning="Only the last word of the chain: a Common Runtime program found no credentials at all.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="No signing credentials available, see CRT debug logs",
        sdk=CPP,
        step="none",
        codes=("nothing-configured", "imds-hop-limit", "web-identity-trust-denied"),
        frame=True,
        meaning="Only the last word of the chain: Mountpoint for S3 found no credentials at all.",
        next=advice.CHECK_INJECTION,
    ),
)
