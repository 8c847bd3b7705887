"""One walk in the workload's place: a Job, and the Job of every hour."""

import hashlib

from probe.findings.catalogue import CATALOGUE
from probe.manifests.container import never_ready, probe_container, running
from probe.manifests.mounts import mounts_with_volumes
from probe.manifests.names import LONGEST_CRONJOB, LONGEST_JOB, NAME_LABEL, PROBE, derived_name
from probe.manifests.note import Note, Piece, added, joined
from probe.manifests.part import Fields
from probe.manifests.place import Place
from probe.manifests.pod import object_annotations, template
from probe.manifests.request import Command, Manifest, Request, kubectl

DEADLINE = 600
"""Seconds for everything: a node that must be started first, the image, the walk."""
KEPT = 3600
"""Seconds. The log goes with the Job."""
_BAD_USAGE = 64
_LASTING_UNITS = frozenset({1, 2, 5, 6, 8})
"""Exit codes whose last digit is one of these stand for what a second try cannot cure: a configuration, a file, a
refusal, an impostor. The others are absence, silence and overload, which pass."""
_LASTING_CODES = frozenset({9, 54, _BAD_USAGE})
"""And these: nothing is configured, the hop limit, a bad command line."""


def job(place: Place, request: Request) -> Manifest:
    """Return a Job that walks once."""
    name = request.name or derived_name(place.workload.name, LONGEST_JOB)
    made = _job_spec(place, request, "job", retries=0)
    spec = {"ttlSecondsAfterFinished": KEPT, **made.fields}
    return Manifest(
        title=f"Job {name}",
        fields={"apiVersion": "batch/v1", "kind": "Job", "metadata": _metadata(place, name), "spec": spec},
        commands=_job_commands(place, name),
        notes=(*made.notes, *_job_notes()),
    )


def cronjob(place: Place, request: Request) -> Manifest:
    """Return a CronJob that walks once every hour."""
    name = request.name or derived_name(place.workload.name, LONGEST_CRONJOB)
    made = _job_spec(place, request, "cronjob", retries=1)
    schedule = request.schedule or f"{_minute(name)} * * * *"
    spec: Fields = {
        "schedule": schedule,
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": DEADLINE,
        "successfulJobsHistoryLimit": 1,
        "failedJobsHistoryLimit": 3,
        "jobTemplate": {"spec": made.fields},
    }
    return Manifest(
        title=f"CronJob {name}",
        fields={"apiVersion": "batch/v1", "kind": "CronJob", "metadata": _metadata(place, name), "spec": spec},
        commands=_cronjob_commands(place, name),
        notes=(
            *made.notes,
            added("a minute of the hour that differs from workload to workload, so that a fleet does not call at once"),
            added("one more try for what passes (no answer, throttling), none for what does not (configuration)"),
        ),
    )


def lasting_codes() -> list[int]:
    """Return the exit codes after which a second try is of no use, in order."""
    codes = {entry.exit_code for entry in CATALOGUE.values() if entry.exit_code is not None} | {_BAD_USAGE}
    return sorted(code for code in codes if code in _LASTING_CODES or code % 10 in _LASTING_UNITS)


def _job_spec(place: Place, request: Request, form: str, *, retries: int) -> Piece:
    mounts, volumes = mounts_with_volumes(place)
    walker = probe_container(place, request, mounts, joined([running(place, request), never_ready()]))
    spec = Piece(fields={"restartPolicy": "Never", "containers": [walker.fields], **volumes.fields}, notes=walker.notes)
    made = template(place, request, form, [PROBE], spec)
    fields: Fields = {
        "backoffLimit": retries,
        "activeDeadlineSeconds": DEADLINE,
        "podFailurePolicy": _failure_policy(),
        "template": made.fields,
    }
    return Piece(fields=fields, notes=made.notes)


def _failure_policy() -> Fields:
    codes = {"containerName": PROBE, "operator": "In", "values": lasting_codes()}
    return {
        "rules": [
            {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
            {"action": "FailJob", "onExitCodes": codes},
        ]
    }


def _metadata(place: Place, name: str) -> Fields:
    namespace = place.workload.namespace
    return {
        "name": name,
        **({"namespace": namespace} if namespace else {}),
        "labels": dict(NAME_LABEL),
        "annotations": object_annotations(place),
    }


def _minute(name: str) -> int:
    return hashlib.sha256(name.encode()).digest()[0] % 60


def _job_notes() -> tuple[Note, ...]:
    return (
        added(f"one try, at most {DEADLINE} s, deleted {KEPT} s after its end"),
        added(
            "podFailurePolicy: an evicted pod is not counted, and the Job's own status names the exit code of a"
            " configuration that no second try would cure"
        ),
    )


def _job_commands(place: Place, name: str) -> tuple[Command, ...]:
    begin = kubectl(place.workload.namespace)
    state = f'{{.items[0].status.containerStatuses[?(@.name=="{PROBE}")].state.terminated'
    pods = f"{begin} get pods -l job-name={name} -o jsonpath='{state}"
    return (
        Command(purpose="Start it, and start it again", line="kubectl replace --force -f FILE"),
        Command(purpose="Its answer", line=f"{begin} logs -f --pod-running-timeout=5m job/{name}"),
        Command(purpose="Its exit code", line=f"{pods}.exitCode}}'"),
        Command(purpose="One line of JSON", line=f"{pods}.message}}'"),
    )


def _cronjob_commands(place: Place, name: str) -> tuple[Command, ...]:
    begin = kubectl(place.workload.namespace)
    return (
        Command(purpose="Apply it", line="kubectl apply -f FILE"),
        Command(purpose="Walk now", line=f"{begin} create job {name}-now --from=cronjob/{name}"),
        Command(purpose="The answers", line=f"{begin} logs --prefix -l {PROBE}/form=cronjob --tail=-1"),
    )
