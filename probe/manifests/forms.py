"""The forms in which the probe can be put into a workload's place, and the way from input to text."""

from collections.abc import Callable

from probe.manifests.comments import written
from probe.manifests.daemonset import daemonset
from probe.manifests.debug import debug
from probe.manifests.document import read_document
from probe.manifests.job import cronjob, job
from probe.manifests.place import Place, find_container
from probe.manifests.request import Manifest, Request
from probe.manifests.sidecar import sidecar
from probe.manifests.workload import read_workload

FORMS: dict[str, Callable[[Place, Request], Manifest]] = {
    "job": job,
    "sidecar": sidecar,
    "debug": debug,
    "daemonset": daemonset,
    "cronjob": cronjob,
}


def manifest_text(
    data: bytes, form: str, request: Request, *, container: str | None, as_injected: bool, with_secrets: bool
) -> str:
    """Return the manifest for a workload as `kubectl get` prints it. Raises UsageError, and then nothing is made."""
    workload = read_workload(read_document(data))
    chosen, because = find_container(workload, container)
    place = Place(
        workload=workload,
        container=chosen,
        chosen_by=because,
        # Only what the running pod has is of any use inside it.
        as_injected=as_injected or form == "debug",
        with_secrets=with_secrets,
    )
    return written(FORMS[form](place, request))
