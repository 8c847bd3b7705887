"""What the EKS Pod Identity agent, and EKS Auth through it, answers to a pod.

Texts: aws/eks-pod-identity-agent:internal/validation, pkg/errors; EKS Auth API Reference. EKS Auth's own wording is
not stable, so the code in parentheses decides.
"""

from probe.loglines.signature import Signature
from probe.loglines.texts import advice

SDK = "agent"
STEP = "container.credentials"
_FIX_THE_TRUST = (
    "The role must trust pods.eks.amazonaws.com with sts:AssumeRole and sts:TagSession; the probe prints the statement."
)
_WAIT = "Run the probe with --wait: it tries until credentials come."

SIGNATURES = (
    # EKS Auth refused
    Signature(
        text="Unauthorized Exception! EKS does not have permissions to assume the associated role",
        sdk=SDK,
        step=STEP,
        codes=("agent-role-trust",),
        meaning="Pod Identity is active and there is an association; the role's trust policy does not let EKS assume "
        "it.",
        next=_FIX_THE_TRUST,
    ),
    Signature(
        text="is not authorized to perform: eks-auth:AssumeRoleForPodIdentity",
        sdk=SDK,
        step=STEP,
        codes=("agent-node-role-denied",),
        meaning="The node's role, not the pod's, lacks the permission that the agent needs.",
        next="Attach AmazonEKSWorkerNodePolicy to the node role.",
    ),
    Signature(
        text="(ResourceNotFoundException): … fault: ",
        sdk=SDK,
        step=STEP,
        codes=("agent-no-association",),
        meaning="EKS knows no association for this namespace and ServiceAccount.",
        next="aws eks list-pod-identity-associations --cluster-name CLUSTER; create the missing one and restart the "
        "pod.",
    ),
    Signature(
        text="operation error EKS Auth: AssumeRoleForPodIdentity, … ResourceNotFoundException",
        sdk=SDK,
        step=STEP,
        codes=("agent-no-association",),
        meaning="EKS knows no association for this namespace and ServiceAccount.",
        next="aws eks list-pod-identity-associations --cluster-name CLUSTER; create the missing one and restart the "
        "pod.",
    ),
    Signature(
        text="(ExpiredTokenException): …",
        beside=("fault: ", "AssumeRoleForPodIdentity"),
        sdk=SDK,
        step=STEP,
        codes=("container-token-expired", "application-layer", "clock-skew"),
        meaning="The token that reached EKS Auth has expired: the program keeps an old copy, or the file is not "
        "rotated. Expired keys of the node's agent print the same.",
        next="Run the probe with the same ServiceAccount: if it gets credentials, the program caches the token.",
    ),
    Signature(
        text="(InvalidTokenException): …",
        beside=("fault: ", "AssumeRoleForPodIdentity"),
        sdk=SDK,
        step=STEP,
        codes=("agent-token-rejected",),
        meaning="EKS Auth does not accept the token: wrong audience, or another cluster's.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="(ThrottlingException): …",
        beside=("fault: ", "AssumeRoleForPodIdentity"),
        sdk=SDK,
        step=STEP,
        codes=("agent-throttled",),
        meaning="EKS Auth throttles the requests of this node or account.",
        next="Look for programs that build a client per call, and reuse sessions there.",
    ),
    Signature(
        text="(InternalServerException): … fault: ",
        sdk=SDK,
        step=STEP,
        codes=("agent-unavailable",),
        meaning="EKS Auth failed with a server error; it mostly passes.",
        next=_WAIT,
    ),
    Signature(
        text="(ServiceUnavailableException): … fault: ",
        sdk=SDK,
        step=STEP,
        codes=("agent-unavailable",),
        meaning="EKS Auth is not available; it mostly passes.",
        next=_WAIT,
    ),
    Signature(
        text="(AccessDeniedException): … fault: client",
        sdk=SDK,
        step=STEP,
        codes=("agent-role-trust", "agent-node-role-denied"),
        meaning="EKS Auth refused: the role does not trust EKS, or the node's role may not ask.",
        next=_FIX_THE_TRUST,
    ),
    Signature(
        text="Exception): … fault: client",
        sdk=SDK,
        step=STEP,
        codes=("container-rejected", "agent-token-rejected"),
        meaning="EKS Auth refused; the code stands in parentheses.",
        next=advice.RUN_THE_PROBE,
    ),
    # The agent's own checks
    Signature(
        text="illegal base64 data at input byte 6",
        beside=("Service account token cannot be parsed",),
        sdk=SDK,
        step=STEP,
        codes=("application-layer", "agent-token-rejected"),
        meaning="The program sent `Bearer ` before the token; the agent wants the token alone.",
        next="Correct the client: the Authorization header is the file's text as it is.",
    ),
    Signature(
        text="Service account token cannot be parsed",
        sdk=SDK,
        step=STEP,
        codes=("agent-token-rejected",),
        meaning="What the program sent as Authorization is no plain token: a prefix, a wrong file or a line break.",
        next=advice.LOOK_AT_THE_FILE,
    ),
    Signature(
        text="failed basic claim validations: … token is expired",
        sdk=SDK,
        step=STEP,
        codes=("container-token-expired", "application-layer", "clock-skew"),
        meaning="The token has expired by the node's clock: the program keeps an old copy, or the clock is wrong.",
        next="Run the probe with the same ServiceAccount: if the file is fresh, the program caches the token.",
    ),
    Signature(
        text="failed basic claim validations: … token is not valid yet",
        sdk=SDK,
        step=STEP,
        codes=("clock-skew", "agent-token-rejected"),
        meaning="The token is not valid yet by the node's clock, which is probably behind.",
        next="Check chrony on the node.",
    ),
    Signature(
        text="failed basic claim validations …",
        sdk=SDK,
        step=STEP,
        codes=("agent-token-rejected", "container-token-expired", "clock-skew"),
        meaning="The agent does not accept the times in the token, by the node's clock.",
        next=advice.LOOK_AT_THE_FILE,
    ),
    Signature(
        text="Service account token cannot be empty",
        sdk=SDK,
        step=STEP,
        codes=("container-token-missing", "application-layer"),
        meaning="The agent is alive and got a request without Authorization: the token is not configured or empty, "
        "or the program does not send it. The probe's own liveness test prints this too.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="Called agent through invalid address …",
        sdk=SDK,
        step=STEP,
        codes=("agent-proxied", "container-uri-invalid"),
        meaning="The request reached the agent under another name than its address: through an HTTP proxy, or by a "
        "DNS name.",
        next="Add 169.254.170.23 and fd00:ec2::23 to NO_PROXY, and use the literal address in the URI.",
    ),
)
