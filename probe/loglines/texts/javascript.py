"""What the AWS SDK for JavaScript prints.

Texts: npm packages @aws-sdk/credential-provider-node and -http, @smithy/credential-provider-imds; connection errors are
those of Node itself.
"""

from probe.loglines.signature import Signature
from probe.loglines.texts import advice

SDK = "js-v3"
MARKS = ("CredentialsProviderError", "$metadata", "@aws-sdk/", "@smithy/")
_IRSA_FILE = "'/var/run/secrets/eks.amazonaws.com/serviceaccount/token'"
_POD_IDENTITY_FILE = "'/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token'"

SIGNATURES = (
    # Container credentials
    Signature(
        text="169.254.170.23 is not a valid container metadata service hostname",
        sdk=SDK,
        step="container.credentials",
        codes=("agent-no-association", "agent-role-trust", "agent-unreachable", "sdk-too-old"),
        meaning="Misleading: on a current SDK the call to the Pod Identity agent failed for a reason that this text "
        "hides, and an older provider, which does not know the address, had the last word. Only before "
        "credential-provider-node 3.503.1 does it mean that the SDK is too old.",
        next="Run the probe with the same ServiceAccount: it hears the agent's answer. If the probe gets "
        "credentials, upgrade the SDK.",
    ),
    Signature(
        text=" is not a valid container metadata service hostname",
        sdk=SDK,
        step="container.variables",
        codes=("container-host-not-allowed", "sdk-too-old"),
        meaning="The host in AWS_CONTAINER_CREDENTIALS_FULL_URI is none that this provider knows.",
        next=advice.CORRECT_THE_URI,
    ),
    Signature(
        text="URL not accepted. It must either be HTTPS or match one of the following:",
        sdk=SDK,
        step="container.variables",
        codes=("container-host-not-allowed",),
        meaning="The host in AWS_CONTAINER_CREDENTIALS_FULL_URI is none that the SDK trusts over plain http.",
        next=advice.CORRECT_THE_URI,
    ),
    Signature(
        text="Authorization token contains invalid … sequence",
        sdk=SDK,
        step="container.token",
        codes=("container-token-malformed",),
        meaning="The authorization token contains a line break, and this SDK does not trim it.",
        next=advice.NO_TRAILING_NEWLINE,
    ),
    Signature(
        text=f"ENOENT: no such file or directory, open {_POD_IDENTITY_FILE}",
        sdk=SDK,
        step="container.token",
        codes=("container-token-missing",),
        meaning="The Pod Identity token file is not there; the agent was never asked.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text=f"EACCES: permission denied, open {_POD_IDENTITY_FILE}",
        sdk=SDK,
        step="container.token",
        codes=("container-token-unreadable",),
        meaning="The process may not read the Pod Identity token file; the agent was never asked.",
        next=advice.LOOK_AT_THE_FILE,
    ),
    Signature(
        text="CredentialsProviderError: Server responded with status: …",
        sdk=SDK,
        step="container.credentials",
        codes=("container-rejected", "agent-role-trust", "agent-no-association"),
        meaning="The container credentials endpoint answered with an error; this SDK keeps the status and drops the "
        "text.",
        next=advice.READ_THE_AGENT,
    ),
    Signature(
        text="connect ECONNREFUSED 169.254.170.23:80",
        step="container.connect",
        codes=("agent-refused",),
        meaning="Nothing listens on the Pod Identity agent's address: it ran on this node and is down, or it never "
        "came up.",
        next="kubectl -n kube-system get pods -o wide -l app.kubernetes.io/name=eks-pod-identity-agent, on this "
        "pod's node.",
    ),
    Signature(
        text="connect ETIMEDOUT 169.254.170.23:80",
        step="container.connect",
        codes=("agent-unreachable",),
        meaning="The connection to the Pod Identity agent timed out: the agent was never on this node, or a policy "
        "drops the way to it.",
        next="Look for the agent's pod on this node, then for network policies; run the probe with the same "
        "ServiceAccount.",
    ),
    Signature(
        text="connect E",
        pattern=r"connect (?:EHOSTUNREACH|ENETUNREACH) 169\.254\.170\.23:80",
        step="container.connect",
        codes=("agent-no-route",),
        meaning="There is no route to the Pod Identity agent's address.",
        next=advice.RUN_THE_PROBE,
    ),
    # Web identity
    Signature(
        text=f"ENOENT: no such file or directory, open {_IRSA_FILE}",
        sdk=SDK,
        step="web-identity.token",
        codes=("web-identity-token-missing",),
        meaning="The web identity token file is not there. IAM and STS were never asked.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text=f"EACCES: permission denied, open {_IRSA_FILE}",
        sdk=SDK,
        step="web-identity.token",
        codes=("web-identity-token-unreadable",),
        meaning="The process may not read the web identity token file. IAM and STS were never asked.",
        next=advice.LOOK_AT_THE_FILE,
    ),
    Signature(
        text="getaddrinfo ",
        pattern=r"getaddrinfo (?:ENOTFOUND|EAI_AGAIN) sts[.-][a-z0-9.-]{0,60}(?:amazonaws\.com(?:\.cn)?|api\.aws)",
        step="web-identity.dns",
        codes=("sts-dns-failed",),
        meaning="The name of the STS endpoint could not be resolved; STS was never asked.",
        next="Check CoreDNS and the pod's dnsPolicy; in a private cluster, private DNS of the STS endpoint.",
    ),
    # IMDS
    Signature(
        text="connect ECONNREFUSED 169.254.169.254:80",
        step="imds.connect",
        codes=("imds-refused",),
        meaning="The metadata address refused the connection. The real IMDS never does: a rule or proxy on the node "
        "intercepts it.",
        next="Look for DNAT rules for 169.254.169.254 on the node.",
    ),
    Signature(
        text="connect E",
        pattern=r"connect (?:EHOSTUNREACH|ENETUNREACH) 169\.254\.169\.254:80",
        step="imds.connect",
        codes=("imds-no-route",),
        meaning="There is no route to the metadata address from here.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="connect ETIMEDOUT 169.254.169.254:80",
        step="imds.connect",
        codes=("imds-blocked", "imds-unavailable"),
        meaning="The connection to IMDS itself timed out, so this is not the hop limit: a policy or rule blocks the "
        "way, or there is no IMDS here (Fargate).",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="TimeoutError from instance metadata service",
        sdk=SDK,
        step="imds.token",
        codes=("imds-hop-limit", "imds-blocked", "imds-stalled"),
        meaning="IMDS did not answer within a second. The text cannot tell a low hop limit from a blocked path.",
        next=advice.MEASURE_THE_HOPS,
    ),
    Signature(
        text="Unable to connect to instance metadata service",
        sdk=SDK,
        step="imds.connect",
        codes=("imds-refused", "imds-no-route", "imds-blocked"),
        meaning="No connection to IMDS.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="EC2 Metadata token request returned error",
        sdk=SDK,
        step="imds.token",
        codes=("imds-token-rejected", "imds-proxied"),
        meaning="The token PUT was answered with 400; a proxy that strips the TTL header does this.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="Error response received from instance metadata service",
        sdk=SDK,
        step="imds.token",
        codes=("imds-hop-limit", "imds-no-role", "imds-disabled"),
        meaning="IMDS answered with an error. 401 points to a token PUT without answer, 404 to a node without role, "
        "403 to an endpoint that is switched off.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="AWS EC2 Metadata v1 fallback has been blocked by AWS SDK configuration",
        sdk=SDK,
        step="imds.token",
        codes=("imds-hop-limit", "imds-hop-limit-v1-allowed", "imds-blocked"),
        meaning="The token PUT got no usable answer, and IMDSv1 is switched off in this SDK.",
        next=advice.MEASURE_THE_HOPS,
    ),
    Signature(
        text="EC2 Instance Metadata Service access disabled",
        sdk=SDK,
        step="imds.variables",
        codes=("metadata-disabled-by-env",),
        meaning="AWS_EC2_METADATA_DISABLED is set in this process; IMDS was not asked. Older releases of this SDK "
        "take any text for true, even `false`.",
        next=advice.CHECK_INJECTION,
    ),
    # The end of the chain
    Signature(
        text="Could not load credentials from any providers",
        sdk=SDK,
        step="none",
        codes=("nothing-configured", "imds-hop-limit", "imds-blocked", "container-host-not-allowed"),
        frame=True,
        meaning="Only the last word of the chain. A token file without role ARN, a refused container host and every "
        "failure of IMDS all end here.",
        next=advice.CHECK_INJECTION,
    ),
)
