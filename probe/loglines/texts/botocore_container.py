"""What botocore, boto3 and the AWS CLI print about the container endpoint, the Pod Identity agent above all.

Texts: boto/botocore:botocore/utils.py (ContainerMetadataFetcher), botocore/credentials.py (ContainerProvider).
"""

from probe.loglines.signature import Signature
from probe.loglines.texts import advice

SDK = "botocore"
_POD_IDENTITY_FILE = "'/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token'"
_AGENT_URL = r"\"http://(?:169\.254\.170\.23|\[fd00:ec2::23\])"
_ECS = "The ECS credentials endpoint could not be reached. On EKS nothing answers there."
_NOT_ON_EKS = "Find out who sets AWS_CONTAINER_CREDENTIALS_RELATIVE_URI; EKS Pod Identity uses the full URI."

SIGNATURES = (
    Signature(
        text="Unsupported host '169.254.170.23'. Can only retrieve metadata from …",
        sdk=SDK,
        step="container.variables",
        codes=("sdk-too-old",),
        meaning="This botocore is older than 1.32.0 and refuses the Pod Identity agent's address; the agent was "
        "never asked.",
        next=advice.UPGRADE_THE_SDK,
    ),
    Signature(
        text="Unsupported host '… Can only retrieve metadata from a loopback address or one of these hosts: …",
        sdk=SDK,
        step="container.variables",
        codes=("container-host-not-allowed",),
        meaning="The host in AWS_CONTAINER_CREDENTIALS_FULL_URI is none that botocore trusts over plain http.",
        next=advice.CORRECT_THE_URI,
    ),
    Signature(
        text="Unsupported host '… Can only retrieve metadata from these hosts: …",
        sdk=SDK,
        step="container.variables",
        codes=("sdk-too-old", "container-host-not-allowed"),
        meaning="An old botocore refuses the host in AWS_CONTAINER_CREDENTIALS_FULL_URI.",
        next=advice.UPGRADE_THE_SDK,
    ),
    Signature(
        text="Auth token value is not a legal header value",
        sdk=SDK,
        step="container.token",
        codes=("container-token-malformed",),
        meaning="The authorization token contains a line break, and botocore does not trim it.",
        next=advice.NO_TRAILING_NEWLINE,
    ),
    Signature(
        text=f"No such file or directory: {_POD_IDENTITY_FILE}",
        step="container.token",
        codes=("container-token-missing",),
        meaning="The Pod Identity token file is not there; the agent was never asked.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text=f"Permission denied: {_POD_IDENTITY_FILE}",
        step="container.token",
        codes=("container-token-unreadable",),
        meaning="The process may not read the Pod Identity token file; the agent was never asked.",
        next=advice.LOOK_AT_THE_FILE,
    ),
    Signature(
        text="Received non 200 response 400 from container metadata: … (ExpiredTokenException): …",
        sdk=SDK,
        step="container.credentials",
        codes=("sdk-too-old", "application-layer", "container-token-expired"),
        meaning="The token that botocore sent has expired. botocore 1.32.0 to 1.34.40 reads the token file once and "
        "breaks when it is rotated; the file itself is probably fresh.",
        next="Upgrade to botocore 1.34.41 or later; until then restart the pod.",
    ),
    Signature(
        text="Received non 200 response 429 from container metadata",
        sdk=SDK,
        step="container.credentials",
        codes=("agent-throttled", "container-rejected"),
        meaning="The container credentials endpoint, or EKS Auth behind it, throttles.",
        next="Look for programs that build a client per call, and reuse sessions there.",
    ),
    Signature(
        text="Received non 200 response 500 from container metadata: []",
        sdk=SDK,
        step="container.credentials",
        codes=("agent-upstream-unreachable", "agent-unavailable"),
        meaning="The Pod Identity agent is alive and could not reach EKS Auth: an empty list is all it says then.",
        next="Check from the node: DNS, egress or VPC endpoint for eks-auth.",
    ),
    Signature(
        text="Received non 200 response … from container metadata: …",
        sdk=SDK,
        step="container.credentials",
        codes=("container-rejected", "agent-role-trust", "agent-no-association", "agent-impostor"),
        frame=True,
        meaning="The container credentials endpoint answered with an error; its words stand behind the colon.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="Connect timeout on endpoint URL: ",
        pattern=rf"Connect timeout on endpoint URL: {_AGENT_URL}",
        sdk=SDK,
        step="container.connect",
        codes=("agent-unreachable",),
        meaning="The connection to the Pod Identity agent timed out: the agent was never on this node, or a policy "
        "drops the way to it.",
        next="Look for the agent's pod on this node, then for network policies; run the probe with the same "
        "ServiceAccount.",
    ),
    Signature(
        text="Read timeout on endpoint URL: ",
        pattern=rf"Read timeout on endpoint URL: {_AGENT_URL}",
        sdk=SDK,
        step="container.credentials",
        codes=("agent-slow", "agent-upstream-unreachable", "agent-mute"),
        meaning="The Pod Identity agent took the request and did not answer within two seconds; it may still have "
        "been asking EKS Auth.",
        next="Run the probe with the same ServiceAccount: it waits ten seconds and hears the agent's real answer.",
    ),
    Signature(
        text="Could not connect to the endpoint URL: ",
        pattern=rf"Could not connect to the endpoint URL: {_AGENT_URL}",
        sdk=SDK,
        step="container.connect",
        codes=("agent-refused", "agent-no-route"),
        meaning="No connection to the Pod Identity agent: nobody listens there, or there is no route.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="on endpoint URL: ",
        pattern=r"on endpoint URL: \"http://169\.254\.170\.2[/:\"]",
        sdk=SDK,
        step="container.connect",
        codes=("container-endpoint-failed",),
        meaning=_ECS,
        next=_NOT_ON_EKS,
    ),
    Signature(
        text="Could not connect to the endpoint URL: ",
        pattern=r"Could not connect to the endpoint URL: \"http://169\.254\.170\.2[/:\"]",
        sdk=SDK,
        step="container.connect",
        codes=("container-endpoint-failed",),
        meaning=_ECS,
        next=_NOT_ON_EKS,
    ),
    Signature(
        text="Connection was closed before we received a valid response from endpoint URL: ",
        pattern=rf"Connection was closed before we received a valid response from endpoint URL: {_AGENT_URL}",
        sdk=SDK,
        step="container.credentials",
        codes=("agent-impostor", "agent-unavailable"),
        meaning="The connection to the Pod Identity agent's address was closed before an HTTP answer came.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="Unable to parse JSON returned from container metadata services",
        sdk=SDK,
        step="container.credentials",
        codes=("container-response-malformed", "agent-impostor"),
        meaning="The container credentials endpoint answered 200 with something that is not JSON.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="Received error when attempting to retrieve container metadata: …",
        sdk=SDK,
        step="container.connect",
        codes=("agent-unreachable", "agent-refused", "container-endpoint-failed"),
        frame=True,
        meaning="The container credentials endpoint could not be asked.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="Error when retrieving credentials from container-role: …",
        sdk=SDK,
        step="container.credentials",
        codes=("agent-role-trust", "agent-unreachable", "container-endpoint-failed"),
        frame=True,
        meaning="The container credentials endpoint gave no credentials, and botocore stops there.",
        next=advice.RUN_THE_PROBE,
    ),
)
