"""The place: one container of a workload, and what the probe takes over from there."""

from functools import cached_property

from probe.console import UsageError
from probe.manifests.names import label_name
from probe.manifests.part import Part
from probe.manifests.workload import Workload
from probe.records import dataclass
from probe.secret import printable

INJECTED_SIDECARS = frozenset({"istio-proxy", "linkerd-proxy", "vault-agent", "aws-credential-probe"})
"""Containers that others add to a pod. Nobody means them who does not name them."""
DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"

WEB_IDENTITY_VOLUME = "aws-iam-token"
POD_IDENTITY_VOLUME = "eks-pod-identity-token"
INJECTED_PAIRS = {
    WEB_IDENTITY_VOLUME: ("AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"),
    POD_IDENTITY_VOLUME: ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
}
"""The volumes that the pod identity webhook adds, and the variables that come with each; the token's file is the
second one. Source: aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the probe shall stand."""

    workload: Workload
    container: Part
    chosen_by: str
    """Why it is this container."""
    as_injected: bool = False
    """Whether what the webhook gave a running pod is copied, in place of being given anew."""
    with_secrets: bool = False
    """Whether secrets that stand in the workload itself may be printed."""

    @property
    def container_name(self) -> str:
        """The chosen container's name."""
        return self.container.text("name") or ""

    @property
    def spec(self) -> Part:
        """The pod's spec."""
        return self.workload.spec

    @cached_property
    def mounts(self) -> tuple[Part, ...]:
        """The chosen container's mounts."""
        return self.container.parts("volumeMounts")

    @cached_property
    def values(self) -> dict[str, str]:
        """The chosen container's variables that are written out in the workload. The last of a name counts."""
        return {
            entry.text("name") or "": entry.text("value") or ""
            for entry in self.container.parts("env")
            if not entry.has("valueFrom")
        }

    @cached_property
    def injected_volumes(self) -> frozenset[str]:
        """The webhook's volumes that a running pod's container has; empty for what has not been admitted yet."""
        if not self.workload.is_live_pod:
            return frozenset()
        return frozenset(name for mount in self.mounts if (name := mount.text("name") or "") in INJECTED_PAIRS)

    @cached_property
    def injected_variables(self) -> frozenset[str]:
        """The variables that came with those volumes. Half a pair is nobody's but the workload's own."""
        found: set[str] = set()
        for mount in self.mounts:
            pair = INJECTED_PAIRS.get(mount.text("name") or "", ())
            if self.workload.is_live_pod and pair and all(name in self.values for name in pair):
                directory = (mount.text("mountPath") or "").rstrip("/") + "/"
                found.update(pair if self.values[pair[1]].startswith(directory) else ())
        return frozenset(found)

    @property
    def given_anew(self) -> bool:
        """Whether the webhook is left to inject what it injects into a new pod."""
        return self.workload.is_live_pod and not self.as_injected


def find_container(workload: Workload, name: str | None) -> tuple[Part, str]:
    """Return the container that is meant, and why. Raises UsageError where that cannot be told."""
    containers = workload.spec.parts("containers")
    others = workload.spec.parts("initContainers")
    for part in (*containers, *others):
        label_name(part.text("name") or "", "the container's name")
    if not containers:
        raise UsageError(f"{workload.title} has no containers")
    if name is not None:
        return _named(name, (*containers, *others), workload), "named with --container"
    own = [part for part in containers if part.text("name") not in INJECTED_SIDECARS]
    if len(own) == 1:
        return own[0], "its only one" if len(containers) == 1 else "its only one that nobody injected"
    default = workload.annotations.get(DEFAULT_CONTAINER)
    for part in own:
        if part.text("name") == default:
            return part, f"named by {DEFAULT_CONTAINER}"
    raise UsageError(
        f"{workload.title} has {len(containers)} containers; choose one with --container: {_names(containers)}"
    )


def _named(name: str, parts: tuple[Part, ...], workload: Workload) -> Part:
    for part in parts:
        if part.text("name") == name:
            return part
    raise UsageError(f"{workload.title} has no container {printable(name, 80)!r}; it has {_names(parts)}")


def _names(parts: tuple[Part, ...]) -> str:
    return ", ".join(part.text("name") or "" for part in parts[:20])
