"""The web identity token, as it lies in the file."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="web-identity-token-missing",
        exit_code=32,
        severity=Severity.ERROR,
        title="The web identity token file is not there",
        meaning=(
            "AWS_WEB_IDENTITY_TOKEN_FILE names a file that does not exist, is a directory, or is empty. Go, botocore, "
            "JS, Rust and .NET stop with an error; Java v2, C++ and CRT go on silently, possibly to the node role. The "
            "token is a projected volume; the variable without its mount is worth nothing."
        ),
        seen_as=(
            "WebIdentityErr: unable to read file at",
            "failed to retrieve jwt from provide source, unable to read file at",
            "[Errno 2] No such file or directory:",
            "ENOENT: no such file or directory, open",
        ),
        causes=(
            (
                "The container spec sets the pair, a region and AWS_STS_REGIONAL_ENDPOINTS itself; the webhook then "
                "leaves the container wholly alone, mount included."
            ),
            "The environment was copied from another pod or handed to an ephemeral container, without the volume.",
            "The path has a typing error.",
        ),
        evidence="Opening the path gave ENOENT or EISDIR, or the file had no bytes. Certain.",
        told_apart_from=look_alikes(
            {
                "web-identity-partial": "Only one of the two variables is set.",
                "web-identity-token-unreadable": "The file is there and the process may not open it.",
                "web-identity-token-malformed": "The file has bytes, and they are not a token.",
            }
        ),
        fixes=(
            (
                "Remove the hand-set variables and let the webhook inject variables, volume and mount; then roll the "
                "pods: `kubectl -n NAMESPACE rollout restart deployment/NAME`."
            ),
            (
                "Compare with the pod: `kubectl -n NAMESPACE get pod POD -o yaml` should show the volume "
                "`aws-iam-token` and its mount in this container."
            ),
        ),
        references=(
            "aws/amazon-eks-pod-identity-webhook#82",
            "aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go",
        ),
    ),
    Entry(
        code="web-identity-token-unreadable",
        exit_code=32,
        severity=Severity.ERROR,
        title="The process may not read the web identity token file",
        meaning=(
            "The token file exists and this process may not open it. Go, botocore, JS, Rust and .NET stop with a "
            "permission error; Java v2, C++ and CRT go on silently, possibly to the node role. Nothing is wrong in IAM."
        ),
        seen_as=(
            "/var/run/secrets/eks.amazonaws.com/serviceaccount/token: permission denied",
            "WebIdentityErr: unable to read file at",
            "[Errno 13] Permission denied:",
            "EACCES: permission denied, open",
        ),
        causes=(
            (
                "The container runs as a non-root user and the pod has no fsGroup. Old kubelets (before 1.19) always "
                "wrote the token for root only."
            ),
            (
                "Containers of one pod run as different users, or runAsUser is set on the container only, so the token "
                "belongs to another user."
            ),
        ),
        evidence=(
            "Opening the file failed with EACCES; mode and owner of the file, and user and groups of the process, are "
            "shown. Certain for this process: another container of the pod may run as another user."
        ),
        told_apart_from=look_alikes(
            {
                "web-identity-token-missing": "The path does not exist or is empty.",
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
            "aws/amazon-eks-pod-identity-webhook#8",
            "kubernetes-sigs/external-dns#1185",
            "kubernetes/kubernetes#82573",
            "kubernetes/kubernetes:pkg/volume/projected",
        ),
    ),
    Entry(
        code="web-identity-token-malformed",
        exit_code=32,
        severity=Severity.ERROR,
        title="The web identity token file does not hold a bare token",
        meaning=(
            "The file has bytes, but they are not a JSON Web Token of three base64url parts. No SDK trims the content, "
            "so even one trailing line break is sent to STS as part of the token."
        ),
        seen_as=("WebIdentityToken was not valid UTF-8",),
        causes=(
            "The file was written by hand or by a script that adds a line break.",
            "The variable names another file, such as a certificate or a JSON document.",
            "The content was damaged on the node; seen once in the field, never explained.",
        ),
        evidence=(
            "The content was split and decoded as the SDKs would send it; which part fails is shown, the token is not. "
            "Certain."
        ),
        told_apart_from=look_alikes(
            {
                "web-identity-token-missing": "The file does not exist or has no bytes.",
                "web-identity-wrong-token": "The content is a well-formed token made for somebody else.",
            }
        ),
        fixes=(
            "Use the projected token as the kubelet writes it; do not copy it.",
            (
                "If the file is the projected token, delete the pod: a new one gets a freshly written volume. If it "
                "comes back, report it to AWS."
            ),
        ),
        references=("aws/amazon-eks-pod-identity-webhook#232", "boto/botocore:botocore/utils.py"),
    ),
    Entry(
        code="web-identity-token-expired",
        exit_code=39,
        severity=Severity.ERROR,
        title="The web identity token in the file has expired",
        meaning=(
            "The token in the file is past its `exp`, by a clock that was checked. Kubernetes renews a projected token "
            "long before that, so renewal has stopped for this file. An expired-token error while the file holds a "
            "valid token is something else: then the application keeps an old copy."
        ),
        seen_as=("ExpiredTokenException: Token expired: current date/time", "must be before the expiration date/time"),
        causes=(
            "The file is a copy: in a Secret, an image, or on a volume that nothing refreshes.",
            "The projected volume is mounted with subPath; such mounts are not refreshed.",
            "The kubelet on this node cannot reach the API server, or its disk is full.",
        ),
        evidence=(
            "`exp` lies in the past by the local clock, and the Date header of an AWS answer agrees with that clock, "
            "or STS itself refuses this very token as expired. Certain with either; without both only likely. The "
            "order of the causes is a judgement, not a count."
        ),
        told_apart_from=look_alikes(
            {
                "clock-skew": "The Date header disagrees with the local clock, so `exp` cannot be judged by it.",
                "application-layer": (
                    "The file holds a valid token and STS accepts it: the application does not read the file again."
                ),
                "credentials-expired": "The session that STS issued has expired, not the token it was issued for.",
            }
        ),
        becomes_certain_with="A Date header from any AWS answer, which needs no credentials.",
        fixes=(
            "Mount the projected token directly, without subPath and without copying it.",
            (
                "Delete the pod to get a new token at once, then look at the kubelet's log on that node: `kubectl get "
                "pod POD -n NAMESPACE -o wide` names it."
            ),
        ),
        references=(
            "aws/aws-sdk-js-v3#3052",
            "awslabs/aws-orbit-workbench#771",
            "kubernetes/website:content/en/docs/concepts/storage/projected-volumes.md",
        ),
    ),
    Entry(
        code="web-identity-wrong-token",
        exit_code=31,
        severity=Severity.ERROR,
        title="The token file holds a token made for somebody else",
        meaning=(
            "The file is a valid token, but its audience is not the one that STS wants. Most often it is the pod's "
            "default ServiceAccount token, which is meant for the Kubernetes API server. EKS tokens for STS carry "
            "`sts.amazonaws.com` in every partition, China included."
        ),
        seen_as=("InvalidIdentityToken: Incorrect token audience", "Missing a required claim: aud"),
        causes=(
            "AWS_WEB_IDENTITY_TOKEN_FILE points to `/var/run/secrets/kubernetes.io/serviceaccount/token`.",
            "The annotation `eks.amazonaws.com/audience` or the volume's audience is misspelt (`sts.amazon.com`).",
            "The Pod Identity token (audience `pods.eks.amazonaws.com`) is used for web identity.",
        ),
        evidence=(
            "The token's `aud` claim. Certain when it is absent or STS has refused it; any other audience, the API "
            "server's and Pod Identity's among them, is only likely wrong, since an IAM provider may list it on "
            "purpose. If STS accepts the token this is not a finding."
        ),
        told_apart_from=look_alikes(
            {
                "web-identity-audience-rejected": (
                    "The token's audience is `sts.amazonaws.com` and the IAM provider does not list it."
                ),
                "web-identity-token-malformed": "The content is not a token at all.",
                "web-identity-key-unavailable": "STS never came to the audience: it could not check the signature.",
            }
        ),
        becomes_certain_with="The answer of STS to this token.",
        fixes=(
            (
                "Let the webhook inject the file, or mount a projected token with `audience: sts.amazonaws.com` and "
                "point the variable to it."
            ),
            (
                "Correct or remove the annotation: `kubectl -n NAMESPACE annotate serviceaccount SERVICEACCOUNT "
                "eks.amazonaws.com/audience-`, then roll the pods."
            ),
        ),
        references=("aws/amazon-eks-pod-identity-webhook#232", "aws/aws-sdk-ruby#2698", "BerriAI/litellm#31412"),
    ),
)
