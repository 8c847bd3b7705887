"""Which controller an image is, and which SDK that release is built with.

Read from each project's `go.mod` at its release tags. An SDK's version is named only where it holds for the whole line
of releases; elsewhere only which SDK it is, or nothing.
"""

from probe.manifests.images import read_image
from probe.records import dataclass

_Releases = tuple[tuple[tuple[int, ...], str | None], ...]


@dataclass(frozen=True, kw_only=True)
class Controller:
    """A controller that was recognised."""

    name: str
    release: str | None
    sdk: str | None
    """As `probe run --sdk` takes it; None when it is not known for sure."""

    @property
    def title(self) -> str:
        """The name, with the release if it is known."""
        return self.name if self.release is None else f"{self.name}@{self.release}"


@dataclass(frozen=True, kw_only=True)
class _Known:
    name: str
    repositories: tuple[str, ...]
    """The ends of the image's repository."""
    releases: _Releases = ()
    """The SDK since each release, oldest first."""


_KNOWN = (
    _Known(
        name="aws-load-balancer-controller",
        repositories=("aws-load-balancer-controller", "amazon/aws-alb-ingress-controller"),
        releases=(
            ((2, 0), "go-v1"),
            ((2, 4, 0), "go-v1@1.42.27"),
            ((2, 4, 6), "go-v1@1.44.137"),
            ((2, 5), "go-v1@1.44.184"),
            ((2, 6), "go-v1@1.44.294"),
            ((2, 7), "go-v1@1.50.8"),
            ((2, 9), "go-v2@1.27.27"),
            ((3, 4, 3), "go-v2"),
        ),
    ),
    _Known(
        name="vpc-cni",
        repositories=("amazon-k8s-cni",),
        releases=(
            ((1, 7), "go-v1"),
            ((1, 10, 3), "go-v1@1.43.29"),
            ((1, 15, 0), "go-v1@1.44.294"),
            ((1, 15, 1), "go-v1@1.45.19"),
            ((1, 15, 4), "go-v1@1.47.0"),
            ((1, 15, 5), "go-v1@1.48.10"),
            ((1, 16, 1), "go-v1"),
            ((1, 19, 4), "go-v2"),
        ),
    ),
    _Known(
        name="karpenter",
        repositories=("karpenter/controller",),
        releases=(((0, 21), "go-v1"), ((1, 1), "go-v2")),
    ),
    _Known(
        name="external-dns",
        repositories=("external-dns",),
        releases=(((0, 1), "go-v1"), ((0, 16), "go-v2")),
    ),
    _Known(
        name="aws-ebs-csi-driver",
        repositories=("aws-ebs-csi-driver",),
        releases=(((1, 24), "go-v1"), ((1, 30), "go-v2")),
    ),
    _Known(
        name="aws-efs-csi-driver",
        repositories=("aws-efs-csi-driver",),
        releases=(((1, 4), "go-v1"), ((2, 1), None), ((2, 2), "go-v2")),
    ),
    _Known(
        name="cluster-autoscaler",
        repositories=("cluster-autoscaler",),
        releases=(((1, 20), "go-v1"), ((1, 35), "go-v2")),
    ),
    _Known(
        name="cert-manager",
        repositories=("cert-manager-controller",),
        releases=(((1, 0), "go-v1"), ((1, 15), "go-v2")),
    ),
    _Known(
        name="external-secrets",
        repositories=("external-secrets",),
        releases=(((0, 5), "go-v1"), ((0, 18), "go-v2")),
    ),
    _Known(name="velero", repositories=("velero/velero",)),
    _Known(name="fluent-bit", repositories=("aws-for-fluent-bit", "fluent/fluent-bit")),
    _Known(name="cloudwatch-agent", repositories=("cloudwatch-agent",)),
    _Known(name="secrets-store-csi-driver-provider-aws", repositories=("secrets-store-csi-driver-provider-aws",)),
)


def recognised(reference: str) -> Controller | None:
    """Return the controller that an image is, or None."""
    image = read_image(reference)
    for known in _KNOWN:
        if any(f"/{image.repository}".endswith(f"/{end}") for end in known.repositories):
            return Controller(name=known.name, release=image.release, sdk=_sdk(known.releases, image.version))
    return None


def _sdk(releases: _Releases, version: tuple[int, ...] | None) -> str | None:
    sdk = None
    for first, since in releases:
        if version is not None and version >= first:
            sdk = since
    return sdk
