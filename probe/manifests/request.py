"""What was asked for, and what comes of it."""

from probe.manifests.images import DEFAULT_IMAGE
from probe.manifests.note import Note
from probe.manifests.part import Fields
from probe.records import dataclass

METRICS_PORT = 9410


@dataclass(frozen=True, kw_only=True)
class Request:
    """How the manifest shall be. Names in it are valid."""

    image: str = DEFAULT_IMAGE
    name: str | None = None
    """Of what is made; None for one that is derived from the workload's."""
    node: str | None = None
    arguments: tuple[str, ...] = ()
    """For the probe, besides those that the form needs."""
    schedule: str | None = None
    classic: bool = False
    """An ordinary container in place of a native sidecar."""
    port: int = METRICS_PORT
    """Where what stays shows its metrics and health; its page is on the next one."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """A line for the reader's shell. Everything in it has been checked: it is there to be pasted."""

    purpose: str
    line: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """One document, and what its comments say."""

    title: str
    fields: Fields
    commands: tuple[Command, ...]
    notes: tuple[Note, ...]


def kubectl(namespace: str | None) -> str:
    """Return the beginning of a command for a namespace."""
    return f"kubectl -n {namespace}" if namespace else "kubectl"
