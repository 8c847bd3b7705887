"""AWS provider for the Secrets Store CSI driver (ASCP)."""

from probe.controllers.profile import (
    Endpoint,
    Feature,
    Place,
    PlaceKind,
    Profile,
    Read,
    SdkSince,
    Setting,
    Workload,
)

_SECRET = Setting(what="name of a secret in a SecretProviderClass")

SECRETS_STORE_CSI_PROVIDER = Profile(
    name="secrets-store-csi-driver-provider-aws",
    title="AWS provider for the Secrets Store CSI driver",
    repository="aws/secrets-store-csi-driver-provider-aws",
    aliases=("ascp", "csi-secrets-store-provider-aws", "secrets-store-csi"),
    images=("secrets-store-csi-driver-provider-aws",),
    workloads=(
        Workload(
            namespaces=("kube-system",),
            service_accounts=("csi-secrets-store-provider-aws",),
            labels=("app=csi-secrets-store-provider-aws",),
            host_network=True,
        ),
    ),
    sdks=(
        SdkSince(release="0.3.6", sdk="go-v1", sdk_version="1.49.19"),
        SdkSince(release="0.3.7", sdk=None),
    ),
    region_order=(
        Place(kind=PlaceKind.RESOURCE, name="the region parameter of the SecretProviderClass"),
        Place(kind=PlaceKind.NODE, name="topology.kubernetes.io/region"),
    ),
    endpoints=(
        Endpoint(service="secretsmanager", why="secrets", essential=False),
        Endpoint(service="ssm", why="parameters", essential=False),
        Endpoint(service="sts", why="IRSA of the workload", essential=False),
    ),
    reads=(
        Read(
            service="secretsmanager",
            operation="DescribeSecret",
            parameters={"SecretId": _SECRET},
            action="secretsmanager:DescribeSecret",
            why="the secret that a volume names",
        ),
    ),
    features=(
        Feature(
            name="the workload's own identity",
            accepts=("web-identity", "container"),
            why="The provider acts for the ServiceAccount of the pod that mounts the volume, with a token that it asks "
            "for: credentials of the provider's own pod are not used.",
            instead="Run the probe in the workload's place, not in the provider's.",
            upstream=("aws/secrets-store-csi-driver-provider-aws:auth/auth.go",),
        ),
    ),
    fails_as="The workload's pod hangs in ContainerCreating with FailedMount events.",
    notes=(
        (
            "Unsure: from which release on it takes Pod Identity; it has an HTTP client of its own for that, which "
            "came later than 0.3.6 (aws/secrets-store-csi-driver-provider-aws#300). See the release's notes."
        ),
        "Which SDK the releases after 0.3.6 have was not read.",
        (
            "It does not try again when the Pod Identity agent is not ready yet "
            "(aws/secrets-store-csi-driver-provider-aws#537)."
        ),
    ),
    references=(
        "aws/secrets-store-csi-driver-provider-aws:auth/auth.go",
        "aws/secrets-store-csi-driver-provider-aws#300",
        "aws/secrets-store-csi-driver-provider-aws#465",
        "aws/secrets-store-csi-driver-provider-aws#537",
    ),
)
