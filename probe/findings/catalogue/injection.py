"""What the webhook should have put into this container and did not, or only in part."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="web-identity-partial",
        exit_code=31,
        severity=Severity.ERROR,
        title="Only one of the two web identity variables is set",
        meaning=(
            "Web identity cannot be used: AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE only work together and one of "
            "them is missing. With the token file alone Go v1, Go v2 and botocore stop with an error, while JS v3, "
            "Java v2, .NET, C++, CRT and Rust (aws-config 1.9.0 and later) go on to the next source, which may be the "
            "node role. With the role ARN alone the SDKs read so far (Go, botocore, JS, Rust, Java) ignore it and go "
            "on."
        ),
        seen_as=(
            "role ARN is not set",
            "is configured to assume role with web identity but has no role ARN configured",
        ),
        causes=(
            "The container spec sets one of the two by hand; the webhook then adds neither.",
            "A chart or an environment file carries the role ARN over from another set-up without the token file.",
        ),
        evidence=(
            "The environment holds exactly one of the two with a value. Certain. botocore may take the role ARN from "
            "the profile; the probe says so when the profile has one."
        ),
        told_apart_from=look_alikes(
            {
                "nothing-configured": "Neither variable is set.",
                "identity-not-injected": "Neither variable is set, and the ServiceAccount was read and names a role.",
                "web-identity-token-missing": "Both variables are set, and the file that one names is not there.",
                "profile-incomplete": "The half-made configuration is in a shared config file, not in the environment.",
            }
        ),
        fixes=(
            (
                "Remove the hand-set variable from the container spec, so that the webhook injects both, and roll the "
                "pods: `kubectl -n NAMESPACE rollout restart deployment/NAME`."
            ),
            (
                "If the pair must be set by hand, set both and mount a projected ServiceAccount token with audience "
                "`sts.amazonaws.com` at that path."
            ),
        ),
        references=(
            "aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go",
            "aws/aws-sdk-go-v2:config/resolve_credentials.go",
            "boto/botocore:botocore/credentials.py",
        ),
    ),
    Entry(
        code="container-not-injected",
        exit_code=41,
        severity=Severity.ERROR,
        title="Pod Identity is expected but was not injected into this container",
        meaning=(
            "Pod Identity is expected here, and the container has no AWS_CONTAINER_CREDENTIALS_FULL_URI. The variables "
            "and the token mount are added only while a pod is created. Pod Identity never annotates the "
            "ServiceAccount, so a missing annotation means nothing here."
        ),
        seen_as=(
            "NoCredentialProviders: no valid providers in chain",
            "no EC2 IMDS role found, operation error ec2imds: GetMetadata",
            (
                "Cannot fetch credentials from container - neither AWS_CONTAINER_CREDENTIALS_FULL_URI or "
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI environment variables are set"
            ),
        ),
        causes=(
            (
                "The association was created after the pod, or seconds before it: associations take a moment to become "
                "visible."
            ),
            "The association names another namespace or ServiceAccount.",
            "The webhook was not called or failed, with failurePolicy Ignore.",
            (
                "The container spec already sets AWS_CONTAINER_CREDENTIALS_FULL_URI or "
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE; one of them is enough for the webhook to add neither."
            ),
            "The container is an ephemeral one, or is named in `eks.amazonaws.com/skip-containers`.",
        ),
        evidence=(
            "Pod Identity was expected by option and the environment holds no container credentials URI. Certain that "
            "it was not injected, likely for the reason."
        ),
        told_apart_from=look_alikes(
            {
                "nothing-configured": (
                    "No source is expected by name, so the probe cannot say that Pod Identity was meant."
                ),
                "fargate-no-pod-identity": "The node is a Fargate node, where injection never helps.",
                "agent-no-association": (
                    "The URI is injected and the agent itself answers that it knows no association."
                ),
                "agent-unreachable": "The URI is injected and nothing answers at its address.",
                "identity-not-injected": "The ServiceAccount was read and names a role: web identity is meant.",
                "identity-annotation-missing": "Web identity is expected, not Pod Identity.",
            }
        ),
        becomes_certain_with="For the reason: eks:ListPodIdentityAssociations for this namespace and ServiceAccount.",
        fixes=(
            (
                "Look for the association: `aws eks list-pod-identity-associations --cluster-name CLUSTER --namespace "
                "NAMESPACE --service-account SERVICEACCOUNT`."
            ),
            (
                "Create it if it is missing: `aws eks create-pod-identity-association --cluster-name CLUSTER "
                "--namespace NAMESPACE --service-account SERVICEACCOUNT --role-arn ROLE_ARN`."
            ),
            "Wait a few seconds, then create the pods again: `kubectl -n NAMESPACE rollout restart deployment/NAME`.",
        ),
        references=(
            "aws/amazon-eks-pod-identity-webhook#226",
            "aws/containers-roadmap#2245",
            "aws/containers-roadmap#2679",
            "hashicorp/terraform-provider-aws#34711",
            "EKS User Guide: Assign an IAM role to a Kubernetes service account",
        ),
    ),
    Entry(
        code="both-injected",
        exit_code=None,
        severity=Severity.WARNING,
        title="Web identity and Pod Identity are both set; web identity wins",
        meaning=(
            "Both pairs of variables are in this container. Every SDK we read takes web identity first, so the Pod "
            "Identity role is not used while web identity works. The webhook never injects both, because for it Pod "
            "Identity has precedence: one pair was set by hand."
        ),
        causes=(
            (
                "AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE were left in the pod spec when the workload moved to Pod "
                "Identity."
            ),
            "A chart or a base image sets the container credentials URI for every environment.",
        ),
        evidence="The environment holds both pairs, complete. Certain, because it rests on the variables alone.",
        told_apart_from=look_alikes(
            {
                "unexpected-role": (
                    "Says that the identity in use is not the expected role; this one explains a possible reason and "
                    "stands also when the roles are equal."
                ),
                "identity-annotation-unused": (
                    "Annotation and association on one ServiceAccount: the webhook then injects only the Pod Identity "
                    "pair, so the environment holds only that one."
                ),
                "controller-sdk-too-old": "Only Pod Identity is configured, and the controller's SDK does not know it.",
            }
        ),
        fixes=(
            (
                "Decide for one. To keep Pod Identity remove AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE from the pod "
                "spec; to keep IRSA delete the association: `aws eks delete-pod-identity-association --cluster-name "
                "CLUSTER --association-id ASSOCIATION_ID`."
            ),
            "Then roll the pods: `kubectl -n NAMESPACE rollout restart deployment/NAME`.",
        ),
        references=(
            "aws-controllers-k8s/community#2678",
            "aws/eks-pod-identity-agent#139",
            "aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go",
        ),
    ),
    Entry(
        code="fargate-no-pod-identity",
        exit_code=41,
        severity=Severity.ERROR,
        title="Pod Identity is expected, and Fargate does not support it",
        meaning=(
            "This pod appears to run on Fargate, where EKS Pod Identity does not work: there is no agent on the node "
            "and nothing is injected. IMDS does not exist there either. IRSA is the only source that gives a Fargate "
            "pod its own role."
        ),
        seen_as=(
            "NoCredentialProviders: no valid providers in chain",
            "no EC2 IMDS role found, operation error ec2imds: GetMetadata",
        ),
        causes=(
            (
                "A workload moved to Pod Identity while its Fargate profile stayed, for example Karpenter on Fargate "
                "after terraform-aws-eks v21 dropped the built-in IRSA for it."
            ),
            "A Fargate profile's selector matches more pods than intended.",
        ),
        evidence=(
            "Pod Identity is expected, no container credentials URI is set, and Fargate hints are seen. Certain when "
            "the node name, given through the downward API, starts with `fargate-ip-`; otherwise likely."
        ),
        told_apart_from=look_alikes(
            {
                "container-not-injected": "The node is an EC2 node, so the association or the webhook is at fault.",
                "nothing-configured": "Nothing says that Pod Identity was meant.",
                "agent-unreachable": "The URI is injected, so the pod was placed where Pod Identity is supported.",
                "imds-absent-fargate": "The same platform, seen from a pod that depends on IMDS.",
                "controller-feature-unsupported": "The named controller's profile says so.",
            }
        ),
        becomes_certain_with=(
            "The node name: pass `spec.nodeName` into the container through the downward API, or permit `get` on the "
            "own pod (k8s/rbac/own-service-account-and-pod.yaml)."
        ),
        fixes=(
            (
                "Use IRSA for workloads on Fargate: an IAM OIDC provider for the cluster, a role that trusts it, and "
                "`kubectl -n NAMESPACE annotate serviceaccount SERVICEACCOUNT eks.amazonaws.com/role-arn=ROLE_ARN`."
            ),
            "Or let the pod run on Linux EC2 nodes by narrowing the Fargate profile's selector.",
        ),
        references=(
            "aws/containers-roadmap#2274",
            "terraform-aws-modules/terraform-aws-eks#3477",
            "terraform-aws-modules/terraform-aws-eks#3489",
            "EKS User Guide: Learn how EKS Pod Identity grants pods access to AWS services",
        ),
    ),
)
