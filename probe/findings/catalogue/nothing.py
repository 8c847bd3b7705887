"""No source is configured, or the expected one was not injected."""

from probe.findings.catalogue import injection
from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="nothing-configured",
        exit_code=9,
        severity=Severity.ERROR,
        title="No AWS credential source is configured in this container",
        meaning=(
            "Nothing in this container points to AWS credentials: no keys, no usable profile, neither web identity "
            "variable, no container credentials URI. SDKs are left with IMDS, so their error talks about IMDS although "
            "IMDS is only the last link of the chain. Injection happens once, when the pod is created; an annotation "
            "or association made later does not reach a running pod."
        ),
        seen_as=(
            "NoCredentialProviders: no valid providers in chain",
            "no EC2 IMDS role found, operation error ec2imds: GetMetadata",
            "Unable to locate credentials",
            "Could not load credentials from any providers",
            "no credentials found in chain",
            "Unable to load credentials from any of the providers in the chain",
        ),
        causes=(
            (
                "The ServiceAccount has no `eks.amazonaws.com/role-arn` annotation: never set, or lost when Helm, OLM "
                "or kubectl applied the ServiceAccount again."
            ),
            (
                "The Pod Identity association does not exist, names another namespace or ServiceAccount, or was made "
                "after the pod."
            ),
            "The pod was admitted before the webhook knew its ServiceAccount, as happens on a first install.",
            (
                "The webhook could not be called (stale caBundle, expired certificate, configuration deleted). With "
                "failurePolicy Ignore the pod starts without credentials and without an event."
            ),
            (
                "The container is not mutated by design: an ephemeral container (`kubectl debug`), or one named in "
                "`eks.amazonaws.com/skip-containers`."
            ),
            "The pod was meant to use the node role through IMDS, and IMDS does not give it to pods on this node.",
        ),
        evidence=(
            "The environment and the shared config files were read and hold no source; what IMDS did is shown beside "
            "it. Certain about that fact. Which source was meant, and why it is not here, needs a Kubernetes or EKS "
            "read."
        ),
        told_apart_from=look_alikes(
            {
                "web-identity-partial": "One of AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE is set; here neither is.",
                "container-not-injected": (
                    "Pod Identity is known to be expected; here nothing says which source was meant."
                ),
                "identity-not-injected": "The ServiceAccount could be read and names a role: web identity was meant.",
                "identity-annotation-missing": "Web identity is expected, and the ServiceAccount was read.",
                "fargate-no-pod-identity": "The node is a Fargate node and Pod Identity is expected.",
                "metadata-disabled-by-env": (
                    "AWS_EC2_METADATA_DISABLED switches the last source off; here it is not set."
                ),
                "imds-hop-limit": (
                    "Both can stand at once. The hop limit is the cause only if the pod is meant to use the node role."
                ),
                "imds-no-role": (
                    "IMDS answers and lists no role; it is the cause only if the node role is what was meant."
                ),
                "unexpected-source": "IMDS did give credentials, so calls succeed or are denied as the node role.",
            }
        ),
        becomes_certain_with=(
            "For the reason: `get` on the pod's own ServiceAccount (k8s/rbac/own-service-account-and-pod.yaml), or "
            "eks:ListPodIdentityAssociations."
        ),
        fixes=(
            (
                "Look for the annotation: `kubectl -n NAMESPACE get serviceaccount SERVICEACCOUNT -o yaml`. For IRSA "
                "set it: `kubectl -n NAMESPACE annotate serviceaccount SERVICEACCOUNT "
                "eks.amazonaws.com/role-arn=ROLE_ARN --overwrite`, and in the chart's `serviceAccount.annotations` so "
                "that the next upgrade keeps it."
            ),
            (
                "For Pod Identity look for the association: `aws eks list-pod-identity-associations --cluster-name "
                "CLUSTER --namespace NAMESPACE --service-account SERVICEACCOUNT`."
            ),
            "Then create the pods again: `kubectl -n NAMESPACE rollout restart deployment/NAME`.",
            (
                "If every new pod of the cluster is affected, look at the webhook: `kubectl get "
                "mutatingwebhookconfiguration pod-identity-webhook -o yaml`."
            ),
            "Do not raise the IMDS hop limit to silence the message: that gives the pod the node role, not its own.",
        ),
        references=(
            "kubernetes-sigs/aws-load-balancer-controller#2627",
            "kubernetes-sigs/aws-load-balancer-controller#4307",
            "kubernetes-sigs/aws-load-balancer-controller#3955",
            "aws/amazon-eks-pod-identity-webhook#174",
            "aws/containers-roadmap#2874",
            "aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go",
        ),
    ),
    *injection.ENTRIES,
)
