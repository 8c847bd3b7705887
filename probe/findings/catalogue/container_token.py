"""The token for the container credentials endpoint, as it lies in the file."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="container-token-missing",
        exit_code=42,
        severity=Severity.ERROR,
        title="The token file for the container credentials is not there",
        meaning=(
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names a file that does not exist, is a directory, or is empty. "
            "Without a token the agent answers 400. Rust reads this file before it looks at the URI, so there a stale "
            "variable alone stops the chain."
        ),
        seen_as=(
            "Service account token cannot be empty",
            "failed to read authorization token from",
            "[Errno 2] No such file or directory: '/var/run/secrets/pods.eks.amazonaws.com",
        ),
        causes=(
            "The URI was set by hand without the projected volume.",
            "The environment was copied from another pod or handed to an ephemeral container, without the volume.",
            "The URI is set and no token variable is; the EKS agent always wants a token.",
        ),
        evidence=(
            "Opening the path gave ENOENT or EISDIR, or the file had no bytes, or no token variable is set although "
            "the URI leads to the EKS agent. Certain. The order of the causes is a judgement, not a count."
        ),
        told_apart_from=look_alikes(
            {
                "container-token-unreadable": "The file is there and the process may not open it.",
                "container-token-malformed": "The file has bytes that are not a bare token.",
                "agent-token-rejected": "A token was sent, and refused.",
            }
        ),
        fixes=(
            (
                "Let the webhook inject variables, volume and mount: remove what was set by hand and roll the pods: "
                "`kubectl -n NAMESPACE rollout restart deployment/NAME`."
            ),
            (
                "Compare with the pod: `kubectl -n NAMESPACE get pod POD -o yaml` should show the volume "
                "`eks-pod-identity-token` and its mount in this container."
            ),
        ),
        references=(
            "aws/aws-sdk-php#3188",
            "aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go",
            "smithy-lang/smithy-rs:aws/rust-runtime/aws-config/src/ecs.rs",
        ),
    ),
    Entry(
        code="container-token-unreadable",
        exit_code=42,
        severity=Severity.ERROR,
        title="The process may not read the container credentials token",
        meaning=(
            "The token file exists and this process may not open it. Go and botocore stop with a permission error; "
            "Java v2 goes on, possibly to the node role. Agent and association are not involved yet."
        ),
        seen_as=(
            "/eks-pod-identity-token: permission denied",
            "failed to read authorization token from",
            "[Errno 13] Permission denied: '/var/run/secrets/pods.eks.amazonaws.com",
        ),
        causes=(
            (
                "Containers of one pod run as different users, or runAsUser is set on one container only, so the file "
                "belongs to another user."
            ),
            "The container runs as a non-root user and the pod has no fsGroup.",
        ),
        evidence=(
            "Opening the file failed with EACCES; mode and owner of the file, and user and groups of the process, are "
            "shown. Certain for this process. The order of the causes is a judgement, not a count."
        ),
        told_apart_from=look_alikes(
            {
                "container-token-missing": "The path does not exist or is empty.",
            }
        ),
        fixes=(
            (
                "Set `fsGroup` on the pod: `kubectl -n NAMESPACE patch deployment NAME -p "
                '\'{"spec":{"template":{"spec":{"securityContext":{"fsGroup":65534}}}}}\'`.'
            ),
            "Run all containers of the pod that need AWS as the same user.",
        ),
        references=(
            "kubernetes/kubernetes:pkg/volume/projected",
            "kubernetes/website:content/en/docs/concepts/storage/projected-volumes.md",
        ),
    ),
    Entry(
        code="container-token-malformed",
        exit_code=42,
        severity=Severity.ERROR,
        title="The container credentials token is not a bare token",
        meaning=(
            "The token is not a JSON Web Token of three base64url parts, or carries white space or a line break. SDKs "
            "send it exactly as it is: Go, botocore and Rust refuse a line break themselves, Java v2 sends it on, and "
            "the agent refuses the rest."
        ),
        seen_as=(
            "authorization token contains invalid newline sequence",
            "Auth token value is not a legal header value",
            "Authorization token contains invalid",
            "the auth token could not be used as an HTTP header value",
            "Service account token cannot be parsed",
        ),
        causes=(
            "The file was written by hand or copied by a script that adds a line break.",
            "The token variable or file carries `Bearer ` in front; the agent wants the bare token.",
            "The variable names another file.",
        ),
        evidence=(
            "The content was split and decoded as the SDKs would send it; which part fails is shown, the token is not. "
            "Certain. For an endpoint other than the EKS agent any text may be right, so only line breaks count there."
        ),
        told_apart_from=look_alikes(
            {
                "container-token-missing": "The file does not exist or has no bytes.",
                "container-wrong-token": "The content is a well-formed token made for somebody else.",
                "agent-token-rejected": "The content is well-formed, and the agent or EKS Auth refuses it.",
            }
        ),
        fixes=(
            "Use the projected token as it is mounted; do not copy or prefix it.",
            "If the file is the projected token, delete the pod: a new one gets a freshly written volume.",
        ),
        references=(
            "n8n-io/n8n#23584",
            "aws/eks-pod-identity-agent:internal/validation/request.go",
            "aws/aws-sdk-go-v2:credentials/endpointcreds/provider.go",
        ),
    ),
    Entry(
        code="container-wrong-token",
        exit_code=41,
        severity=Severity.ERROR,
        title="The container credentials token was made for somebody else",
        meaning=(
            "The token is valid, but its audience is not `pods.eks.amazonaws.com`. Often the variable points to the "
            "web identity token or to the pod's default token. The agent does not check the audience; EKS Auth behind "
            "it does."
        ),
        seen_as=("(InvalidTokenException)",),
        causes=(
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE was set by hand to another token of the pod.",
            "A projected volume was written by hand with another audience.",
        ),
        evidence=(
            "The URI names the EKS agent, and the `aud` claim of the token is another one. Certain. The order of the "
            "causes is a judgement, not a count."
        ),
        told_apart_from=look_alikes(
            {
                "container-token-malformed": "The content is not a token at all.",
                "agent-token-rejected": "The audience is right, and the token is refused for another reason.",
            }
        ),
        fixes=(
            "Let the webhook inject the token: remove the hand-set variable and roll the pods.",
            "By hand: a projected token with `audience: pods.eks.amazonaws.com`.",
        ),
        references=(
            "aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go",
            "aws/eks-pod-identity-agent:internal/validation/request.go",
        ),
    ),
    Entry(
        code="container-token-expired",
        exit_code=49,
        severity=Severity.ERROR,
        title="The container credentials token has expired",
        meaning=(
            "The token in the file is past its `exp`, or the agent says so by the node's clock. Kubernetes renews a "
            "projected token long before that, so renewal has stopped for this file. An expired-token error while the "
            "file is fresh is something else: the application keeps an old copy, or the node's own session has expired."
        ),
        seen_as=(
            "Service account token failed basic claim validations: token is expired",
            "(ExpiredTokenException): The token included in the request is expired",
        ),
        causes=(
            "The token file is a copy, or is mounted with subPath, and nothing refreshes it.",
            "The kubelet on this node cannot renew it.",
            (
                "EKS Auth says ExpiredTokenException although the file is fresh: the node role's session that the "
                "agent uses has expired."
            ),
        ),
        evidence=(
            "`exp` lies in the past, or the agent says that the token is expired. Certain only when the Date header of "
            "STS or IMDS confirms the clock: the agent judges by the node's clock, which is also this pod's, and its "
            "own Date header confirms nothing. With a fresh file and ExpiredTokenException only likely."
        ),
        told_apart_from=look_alikes(
            {
                "clock-skew": "The Date header disagrees with the local clock.",
                "agent-token-rejected": "The token is refused, and not for its age.",
                "sdk-too-old": "The file is fresh, the agent accepts it, and the SDK keeps the first token it read.",
                "application-layer": "The file is fresh and the agent accepts it: the application holds an old copy.",
            }
        ),
        becomes_certain_with=(
            "A Date header of STS or IMDS; for ExpiredTokenException with a fresh file, the agent's log on this node."
        ),
        fixes=(
            "Mount the projected token directly, without subPath and without copying it.",
            "Delete the pod to get a new token at once.",
            (
                "Fresh file and still refused: restart the agent on that node: `kubectl -n kube-system delete pod "
                "AGENT_POD`."
            ),
        ),
        references=(
            "boto/botocore#3117",
            "boto/botocore#3480",
            "external-secrets/external-secrets#6654",
            "aws/eks-pod-identity-agent:internal/validation/request.go",
        ),
    ),
)
