"""What the AWS SDK for Java prints. It lists every provider of the chain, and each entry is a step of its own.

Texts: aws/aws-sdk-java-v2:core/auth, services/sts, core/regions. Entries that only say that keys or a profile were not
there are left out: they stand in every list and tell nothing.
"""

from probe.loglines.signature import Signature
from probe.loglines.texts import advice

SDK = "java-v2"
MARKS = (
    "software.amazon.awssdk.",
    "AwsCredentialsProviderChain",
    "(Service: Sts, Status Code: ",
    "(SDK Attempt Count: ",
)
_AND_THEN = "Java goes on silently and takes the node role if IMDS answers."

SIGNATURES = (
    # Web identity
    Signature(
        text="To use web identity tokens, the 'sts' service module must be on the class path",
        sdk=SDK,
        step="web-identity.assume-role",
        codes=("application-layer",),
        meaning="The program lacks the SDK's sts module, so it cannot use web identity however right IAM is. "
        + _AND_THEN,
        next="Add software.amazon.awssdk:sts (Java v1: aws-java-sdk-sts) to the image.",
    ),
    Signature(
        text="Either the environment variable AWS_WEB_IDENTITY_TOKEN_FILE or the javaproperty "
        "aws.webIdentityTokenFile must be set",
        sdk=SDK,
        step="web-identity.variables",
        codes=("nothing-configured", "identity-not-injected"),
        meaning="Web identity is not configured in this process; by itself this is no fault.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="Either the environment variable AWS_ROLE_ARN or the javaproperty aws.roleArn must be set",
        sdk=SDK,
        step="web-identity.variables",
        codes=("web-identity-partial", "nothing-configured"),
        meaning="The process has no role ARN for web identity. " + _AND_THEN,
        next=advice.SET_BOTH_OF_THE_PAIR,
    ),
    Signature(
        text="UnknownHostException: sts",
        pattern=r"UnknownHostException: sts[.-][a-z0-9.-]{0,60}(?:amazonaws\.com(?:\.cn)?|api\.aws)",
        sdk=SDK,
        step="web-identity.dns",
        codes=("sts-dns-failed",),
        meaning="The name of the STS endpoint could not be resolved; STS was never asked.",
        next="Check CoreDNS and the pod's dnsPolicy; in a private cluster, private DNS of the STS endpoint.",
    ),
    # Container credentials
    Signature(
        text="Cannot fetch credentials from container - neither AWS_CONTAINER_CREDENTIALS_FULL_URI or "
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI environment variables are set",
        sdk=SDK,
        step="container.variables",
        codes=("nothing-configured", "container-not-injected"),
        meaning="Container credentials are not configured in this process; by itself this is no fault.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="The full URI (http://169.254.170.23/ … has an invalid host",
        sdk=SDK,
        step="container.variables",
        codes=("sdk-too-old", "container-family-mismatch"),
        meaning="This SDK is older than 2.21.26, or it is told to use IPv6 for metadata and then refuses the IPv4 "
        "address. The agent was never asked.",
        next=advice.UPGRADE_THE_SDK,
    ),
    Signature(
        text="The full URI (http://[fd00:ec2::23]/ … has an invalid host",
        sdk=SDK,
        step="container.variables",
        codes=("container-family-mismatch", "sdk-too-old"),
        meaning="Java accepts the agent's IPv6 address only with AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv6. The "
        "agent was never asked.",
        next="Set AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv6 in the pod.",
    ),
    Signature(
        text="The full URI (… within environment variable AWS_CONTAINER_CREDENTIALS_FULL_URI has an invalid host",
        sdk=SDK,
        step="container.variables",
        codes=("container-host-not-allowed", "sdk-too-old"),
        meaning="The host in AWS_CONTAINER_CREDENTIALS_FULL_URI is none that this SDK trusts over plain http.",
        next=advice.CORRECT_THE_URI,
    ),
    Signature(
        text="Failed to read /var/run/secrets/pods.eks.amazonaws.com/ …",
        sdk=SDK,
        step="container.token",
        codes=("container-token-missing", "container-token-unreadable"),
        meaning="The Pod Identity token file could not be read; the agent was never asked.",
        next=advice.LOOK_AT_THE_FILE,
    ),
    Signature(
        text="The requested metadata is not found at http://169.254.170.23/v1/credentials",
        sdk=SDK,
        step="container.credentials",
        codes=("agent-no-association", "agent-impostor"),
        meaning="404 from the Pod Identity agent's address: there is no association for this ServiceAccount, or "
        "something else answers there.",
        next=advice.READ_THE_AGENT,
    ),
    Signature(
        text="ContainerCredentialsProvider(",
        pattern=r"ContainerCredentialsProvider\([^()]{0,200}\): Bad Request",
        sdk=SDK,
        step="container.credentials",
        codes=("agent-role-trust", "agent-token-rejected", "container-token-expired"),
        meaning="The Pod Identity agent answered 400 and Java keeps only `Bad Request`: a refused role, token or "
        "association looks alike.",
        next=advice.READ_THE_AGENT,
    ),
    Signature(
        text="ContainerCredentialsProvider(",
        pattern=r"ContainerCredentialsProvider\([^()]{0,200}\): (?:Internal Server Error|Service Unavailable)",
        sdk=SDK,
        step="container.credentials",
        codes=("agent-upstream-unreachable", "agent-unavailable"),
        meaning="The Pod Identity agent answered with a server error, mostly because it cannot reach EKS Auth.",
        next=advice.READ_THE_AGENT,
    ),
    # IMDS
    Signature(
        text="The requested metadata is not found at http://169.254.169.254/latest/meta-data/iam/security-credentials/",
        sdk=SDK,
        step="imds.role",
        codes=("imds-no-role", "imds-impostor"),
        meaning="IMDS, or something in its place, knows no role for this pod's node.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="IMDS credentials have been disabled by environment variable or system property",
        sdk=SDK,
        step="imds.variables",
        codes=("metadata-disabled-by-env", "application-layer"),
        meaning="IMDS is switched off for this process, by AWS_EC2_METADATA_DISABLED or a system property; it was "
        "not asked.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="Unable to fetch metadata token",
        sdk=SDK,
        step="imds.token",
        codes=("imds-token-rejected", "imds-proxied"),
        meaning="The token PUT was answered with 400; a proxy that strips the TTL header does this.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="Failed to retrieve IMDS token, and fallback to IMDS v1 is disabled",
        sdk=SDK,
        step="imds.token",
        codes=("imds-hop-limit", "imds-hop-limit-v1-allowed", "imds-blocked"),
        meaning="The token PUT got no usable answer, and IMDSv1 is switched off in this SDK.",
        next=advice.MEASURE_THE_HOPS,
    ),
    Signature(
        text="Failed to load credentials from IMDS",
        sdk=SDK,
        step="imds.token",
        codes=("imds-hop-limit", "imds-blocked", "imds-no-role", "imds-disabled"),
        meaning="IMDS gave no credentials; the reason is only in the cause of the exception.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="Unable to load credentials from service endpoint",
        sdk=SDK,
        step="imds.token",
        codes=("imds-hop-limit", "imds-blocked", "agent-unreachable"),
        meaning="A metadata or container endpoint gave no credentials; the provider named before the text says which.",
        next=advice.RUN_THE_PROBE,
    ),
    # Region, and the end of the chain
    Signature(
        text="Unable to load region from any of the providers in the chain",
        sdk=SDK,
        step="needs.region",
        codes=("region-missing", "region-split"),
        meaning="The SDK found no region. Java reads AWS_REGION and not AWS_DEFAULT_REGION.",
        next=advice.SET_THE_REGION,
    ),
    Signature(
        text="Unable to load credentials from any of the providers in the chain",
        sdk=SDK,
        step="none",
        codes=("nothing-configured", "imds-hop-limit", "imds-blocked", "web-identity-trust-denied"),
        frame=True,
        meaning="Only the last word of the chain: Java tried every provider and swallowed each failure. The list "
        "behind it has one entry for each.",
        next="Read the entries of the list; then run the probe with the same ServiceAccount.",
    ),
    Signature(
        text="Unable to load AWS credentials from any provider in the chain",
        step="none",
        codes=("nothing-configured", "imds-hop-limit", "imds-blocked", "web-identity-trust-denied"),
        frame=True,
        meaning="Only the last word of the chain of the Java SDK v1, which is out of support.",
        next="Read the entries of the list; then run the probe with the same ServiceAccount.",
    ),
)
