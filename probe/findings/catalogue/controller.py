"""The controller itself: what its release and its features can take credentials from."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="controller-sdk-too-old",
        exit_code=41,
        severity=Severity.ERROR,
        title="This release of the controller cannot use Pod Identity",
        meaning=(
            "The probe got credentials from the Pod Identity agent in the controller's place, and the SDK inside the "
            "named release of the controller does not know the agent. The association, the agent and the role are "
            "right. The first release that can is named."
        ),
        seen_as=(
            'invalid endpoint host, "169.254.170.23", only loopback hosts are allowed',
            "NoCredentialProviders: no valid providers in chain. Deprecated.",
        ),
        causes=(
            "The cluster was moved from IRSA to Pod Identity, and the controller was not upgraded with it.",
            "A chart or a mirror pins an image from before 2024.",
        ),
        evidence=(
            "The release given with `--controller NAME@VERSION` (`probe manifest` takes it from the image's tag), the "
            "SDK that its go.mod names at that release, and keys from the agent in this pod. Certain with all three; "
            "likely while the agent gives no keys, because then something else fails first."
        ),
        told_apart_from=look_alikes(
            {
                "agent-no-association": "The agent answers with an error instead of keys, whatever the SDK.",
                "both-injected": "Web identity is configured too: every SDK takes it first and never asks the agent.",
                "application-layer": "The release is new enough, or not known.",
                "sdk-too-old": "An SDK is named by its own version, not through a controller's release.",
                "controller-feature-unsupported": "The release can use the source; a part of it cannot.",
            }
        ),
        becomes_certain_with="Keys from the agent in this pod: solve what keeps them away first.",
        fixes=(
            "Upgrade the controller to the named release or a later one.",
            "Until then use IRSA: annotate the ServiceAccount and delete its association; both at once is not needed.",
        ),
        references=(
            "EKS User Guide: Use pod identity with the AWS SDK",
            "kubernetes-sigs/external-dns#4353",
            "kubernetes/autoscaler#6461",
            "aws-controllers-k8s/community#2145",
        ),
    ),
    Entry(
        code="controller-feature-unsupported",
        exit_code=91,
        severity=Severity.ERROR,
        title="A part of the controller does not take credentials from there",
        meaning=(
            "The credentials work, and a known part of this controller takes them from another source only. Whether "
            "that part is in use, flags and the platform may show; where they do not, this is a note. The rest of the "
            "controller works."
        ),
        seen_as=("AWS_WEB_IDENTITY_TOKEN_FILE is not set", "no credentials provided by the Vault IAM authentication"),
        causes=(
            "External Secrets: Vault with IAM authentication reads the web identity token file itself.",
            "Karpenter on Fargate with a Pod Identity association: there is no agent on Fargate.",
            "Fluent Bit: the plugins written in Go carry an old SDK of their own.",
        ),
        evidence=(
            "The profile of the named controller, and the source that this pod's credentials come from. Never more "
            "than likely: how the controller is configured stands in objects that the probe does not read."
        ),
        told_apart_from=look_alikes(
            {
                "controller-sdk-too-old": "The whole release cannot use the source, not a part of it.",
                "fargate-no-pod-identity": "Nothing in a Fargate pod can use Pod Identity; this names the controller.",
            }
        ),
        becomes_certain_with="The controller's own configuration: its flags, its SecretStores, its outputs.",
        fixes=(
            "Give the ServiceAccount a role by a source that the part accepts; mostly that is IRSA.",
            "Or use the part of the controller that takes the source that is there.",
        ),
        references=(
            "external-secrets/external-secrets:pkg/provider/vault/iamauth/iamauth.go",
            "terraform-aws-modules/terraform-aws-eks:docs/UPGRADE-21.0.md",
            "aws/aws-for-fluent-bit#784",
        ),
    ),
)
