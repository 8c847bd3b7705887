"""What the pod's own ServiceAccount says, held against what its container was given."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="identity-not-injected",
        exit_code=31,
        severity=Severity.ERROR,
        title="The ServiceAccount names a role and this container was not given it",
        meaning=(
            "The ServiceAccount carries the annotation `eks.amazonaws.com/role-arn`, so web identity is meant, and the "
            "environment has neither AWS_ROLE_ARN nor AWS_WEB_IDENTITY_TOKEN_FILE. The pod identity webhook adds both "
            "while a pod is created, or never. SDKs go on to IMDS: their error, or the node role, is only the echo."
        ),
        seen_as=(
            "NoCredentialProviders: no valid providers in chain",
            "no EC2 IMDS role found, operation error ec2imds: GetMetadata",
        ),
        causes=(
            "The annotation was added after the pod was created.",
            (
                "The webhook could not be called: its configuration is gone, or its caBundle is of an earlier "
                "authority. With failurePolicy Ignore the pod starts without a word."
            ),
            "The pod was made seconds after its ServiceAccount, before the webhook knew it.",
            "The container is an ephemeral one, or is named in `eks.amazonaws.com/skip-containers`.",
            "The container spec sets one of the two variables without a value; the webhook then adds neither.",
        ),
        evidence=(
            "The ServiceAccount was read from the API server with the pod's own token, and the environment holds "
            "neither variable and no container credentials URI. Certain. The reason is told from the pod's and the "
            "annotation's times, the pod's containers and the webhook's configuration, and stays open where these do "
            "not tell: a webhook that you run yourself may have another name, and an account that is newer than its "
            "pod had a forerunner."
        ),
        told_apart_from=look_alikes(
            {
                "nothing-configured": "The ServiceAccount could not be read, or names no role.",
                "identity-annotation-missing": "Web identity is expected, and the ServiceAccount names no role.",
                "web-identity-partial": "One of the two variables is set.",
                "identity-stale": "Both are set, with another role than the annotation names.",
                "identity-annotation-unused": "The container has Pod Identity.",
                "container-not-injected": "Pod Identity is expected, which needs no annotation.",
            }
        ),
        becomes_certain_with=(
            "For the reason: `get` on the own pod (k8s/rbac/own-service-account-and-pod.yaml) and on the webhook's "
            "configuration (k8s/rbac/webhook-configuration.yaml)."
        ),
        fixes=(
            "Make new pods: `kubectl -n NAMESPACE rollout restart deployment/NAME`.",
            (
                "If new pods do not get it either, look at the webhook: `kubectl get mutatingwebhookconfiguration "
                "pod-identity-webhook -o yaml`. On EKS its caBundle must be that of its sibling for VPC resources: "
                "`kubectl get mutatingwebhookconfiguration vpc-resource-mutating-webhook -o yaml`."
            ),
            "On first installs, create the ServiceAccount before the workload.",
            "Do not raise the IMDS hop limit: that gives the pod the node role, not its own.",
        ),
        references=(
            "aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go",
            "aws/amazon-eks-pod-identity-webhook#174",
            "aws/containers-roadmap#2874",
            "aws/eks-pod-identity-agent#153",
            "kubernetes-sigs/aws-load-balancer-controller#2627",
        ),
    ),
    Entry(
        code="identity-annotation-missing",
        exit_code=31,
        severity=Severity.ERROR,
        title="Web identity is expected and the ServiceAccount names no role",
        meaning=(
            "Web identity (IRSA) is expected for this pod, and its ServiceAccount has no annotation "
            "`eks.amazonaws.com/role-arn`, or an empty one. The webhook has nothing to inject. As a warning it says "
            "that the annotation went away after this pod was created: the pod goes on working, and the next one will "
            "not."
        ),
        seen_as=("NoCredentialProviders: no valid providers in chain",),
        causes=(
            "The annotation was never set: Helm value `serviceAccount.annotations` left out, add-on without a role.",
            "Helm, OLM or kubectl applied the ServiceAccount again without it.",
            "An upgrade made the chart bring a ServiceAccount of its own, with another name.",
        ),
        evidence=(
            "The ServiceAccount was read from the API server with the pod's own token and names no role. Certain on "
            "EKS (the token's issuer or the node's labels show it) where web identity is expected by option; else "
            "likely, and always as a warning, because a webhook that you run yourself can also take roles from a "
            "ConfigMap."
        ),
        told_apart_from=look_alikes(
            {
                "identity-not-injected": "The ServiceAccount names a role, and the container was not given it.",
                "nothing-configured": "Nothing says that web identity was meant, or the ServiceAccount was not read.",
                "container-not-injected": "Pod Identity is expected, which needs no annotation.",
            }
        ),
        becomes_certain_with="Whether the webhook takes roles from a ConfigMap of its own.",
        fixes=(
            (
                "Set it: `kubectl -n NAMESPACE annotate serviceaccount SERVICEACCOUNT "
                "eks.amazonaws.com/role-arn=ROLE_ARN --overwrite`, and in the chart or manifest that owns the object."
            ),
            "Then make new pods: `kubectl -n NAMESPACE rollout restart deployment/NAME`.",
        ),
        references=(
            "kubernetes-sigs/aws-load-balancer-controller#2643",
            "aws/amazon-vpc-cni-k8s#2752",
            "terraform-aws-modules/terraform-aws-eks#2880",
            "aws/amazon-eks-pod-identity-webhook:pkg/cache/cache.go",
        ),
    ),
    Entry(
        code="identity-stale",
        exit_code=39,
        severity=Severity.ERROR,
        title="The pod has another role than its ServiceAccount names",
        meaning=(
            "AWS_ROLE_ARN in this container is not the role of the ServiceAccount's annotation. Variables are fixed "
            "when a pod is created: after a change of the annotation the pod keeps the old role until it is made anew. "
            "It is a warning where the variable was set by hand, which the webhook respects, and where the role in "
            "use is the expected one."
        ),
        causes=(
            "The annotation was changed, and the pods were not restarted.",
            "The container spec sets AWS_ROLE_ARN by hand; the webhook then adds nothing.",
        ),
        evidence=(
            "Both were read: the environment, and the ServiceAccount from the API server with the pod's own token. "
            "Certain; why is open. Set by hand it is for certain only where the pod has no volume of the webhook's. "
            "Where the pod was created more than a minute after the annotation was last written, either a hand set "
            "it or the webhook was late to know. A role's name alone in the annotation is the same role."
        ),
        told_apart_from=look_alikes(
            {
                "unexpected-role": "STS says that the identity in use is not the expected one.",
                "identity-not-injected": "The container has no role at all.",
            }
        ),
        fixes=(
            "Make new pods: `kubectl -n NAMESPACE rollout restart deployment/NAME`.",
            "Set by hand: take AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE out of the workload and its chart.",
        ),
        references=(
            "kubernetes-sigs/aws-load-balancer-controller#2685",
            "aws/amazon-vpc-cni-k8s#1338",
            "aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go",
        ),
    ),
    Entry(
        code="identity-annotation-unused",
        exit_code=None,
        severity=Severity.NOTE,
        title="The ServiceAccount names a role, and Pod Identity is what the pod has",
        meaning=(
            "The ServiceAccount carries a role annotation and has a Pod Identity association as well. The webhook then "
            "injects Pod Identity alone, so the association decides the role. The annotation does nothing, and "
            "misleads whoever debugs it."
        ),
        causes=("A move from IRSA to Pod Identity left the annotation behind.",),
        evidence=(
            "The ServiceAccount was read and names a role; the container has the agent's URI and neither web identity "
            "variable. Certain."
        ),
        told_apart_from=look_alikes(
            {
                "both-injected": "Both pairs of variables are in the container, and web identity wins.",
                "identity-not-injected": "The container has no identity at all.",
            }
        ),
        fixes=(
            "Keep one of the two: remove the annotation, or delete the association.",
            "While both exist, let the role trust both `pods.eks.amazonaws.com` and the OIDC provider.",
        ),
        references=(
            "aws-controllers-k8s/community#2678",
            "aws/eks-pod-identity-agent#139",
            "aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go",
        ),
    ),
)
