"""A look from inside a running pod: a profile for `kubectl debug --custom`.

An ephemeral container gets neither the variables nor the mounts of the pod identity webhook, which acts when a pod is
created (aws/amazon-eks-pod-identity-webhook: its rule is CREATE of pods). So they are copied from the container.
"""

import shlex

from probe.console import UsageError
from probe.manifests.container import probe_container, running
from probe.manifests.mounts import mounts_only
from probe.manifests.names import PROBE
from probe.manifests.note import Note, copied, mind
from probe.manifests.place import Place
from probe.manifests.request import Command, Manifest, Request, kubectl

_PROFILE = ("env", "envFrom", "volumeMounts", "securityContext", "imagePullPolicy")
"""What kubectl takes from a profile and an ephemeral container may have. Name, image and arguments are kubectl's."""


def debug(place: Place, request: Request) -> Manifest:
    """Return the profile. Raises UsageError for anything but a pod that runs."""
    workload = place.workload
    if not workload.is_live_pod:
        raise UsageError(
            f"{workload.title} is no pod: only a running pod tells what was injected; kubectl get pod NAME -o yaml"
        )
    if workload.phase in {"Succeeded", "Failed"}:
        raise UsageError(f"{workload.title} has ended; `probe manifest job` makes a new one in its place")
    walking = running(place, request, may_come_first=False)
    made = probe_container(place, request, mounts_only(place, sub_paths=False), walking)
    name = request.name or PROBE
    arguments = walking.fields["args"]
    return Manifest(
        title=f"kubectl debug profile for {workload.title}, container {place.container_name}",
        fields={field: made.fields[field] for field in _PROFILE if field in made.fields},
        commands=_commands(
            place, request, name, [str(word) for word in arguments] if isinstance(arguments, list) else []
        ),
        notes=(*made.notes, *_identity_notes(place), *_notes()),
    )


def _commands(place: Place, request: Request, name: str, arguments: list[str]) -> tuple[Command, ...]:
    begin, pod = kubectl(place.workload.namespace), place.workload.name
    start = (
        f"{begin} debug {pod} --image={request.image} --container={name} --target={place.container_name}"
        f" --profile=restricted --custom=FILE --arguments-only --attach -- {shlex.join(arguments)}"
    )
    state = f'{{.status.ephemeralContainerStatuses[?(@.name=="{name}")].state.terminated.exitCode}}'
    return (
        Command(purpose="Run it", line=start),
        Command(purpose="Its answer again", line=f"{begin} logs {pod} -c {name}"),
        Command(purpose="Its exit code", line=f"{begin} get pod {pod} -o jsonpath='{state}'"),
    )


def _identity_notes(place: Place) -> tuple[Note, ...]:
    if place.injected_volumes:
        return (copied("what the pod identity webhook gave to the container; ephemeral containers never get it"),)
    return (mind("the container has no volume of the pod identity webhook, so there was no such identity to copy"),)


def _notes() -> tuple[Note, ...]:
    return (
        mind("kubectl 1.31 or newer (1.30: with KUBECTL_DEBUG_CUSTOM_PROFILE=true)"),
        mind("an ephemeral container cannot be removed or run again: give --name another name for a second look"),
    )
