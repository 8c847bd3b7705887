"""What this process was given: variables, files, process ids, pod. Secrets appear as presence only."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from probe.records import dataclass


class FileState(StrEnum):
    """What became of an attempt to read a file."""

    READ = "read"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    DIRECTORY = "directory"
    NOT_REGULAR = "not-regular"
    """A pipe, socket or device: never opened."""
    LINK_LOOP = "link-loop"
    TOO_LARGE = "too-large"
    FAILED = "failed"
    """Another operating system error, named in `error_name`."""


@dataclass(frozen=True, kw_only=True)
class FileFacts:
    """A path, and what stat and open said about it."""

    path: str
    state: FileState
    size: int | None = None
    mode: str | None = None
    """Permission bits in octal, such as `0600`."""
    owner: int | None = None
    group: int | None = None
    modified: float | None = None
    error_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class Process:
    """Who the probe runs as; tokens and files are readable or not because of this."""

    user: int
    group: int
    groups: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Pod:
    """Where in Kubernetes this process seems to be. Each value is None where nothing told it."""

    namespace: str | None = None
    service_account: str | None = None
    name: str | None = None
    node: str | None = None
    issuer: str | None = None
    learnt_from: tuple[str, ...] = ()
    """Files and variables that told the above."""
    fargate_hints: tuple[str, ...] = ()
    address_families: tuple[str, ...] = ()
    """`ipv4`, `ipv6`: families of the pod's own non-loopback addresses; empty if unknown."""


@dataclass(frozen=True, kw_only=True)
class Given:
    """Everything judged that did not come over the network."""

    variables: Mapping[str, str] = field(default_factory=dict)
    """AWS and proxy variables whose values are not secret, verbatim (URL passwords removed, 2,048 characters)."""
    hidden_variables: Mapping[str, str] = field(default_factory=dict)
    """Variables whose values are secret: `set` or `empty`."""
    undecodable_variables: tuple[str, ...] = ()
    """Names of variables whose values are not UTF-8."""
    process: Process
    pod: Pod = Pod()
    clock: float
    """Local unix time at the start of the walk."""
    lab: str | None = None
    """Name of the lab scenario, if this is not the real world."""

    def is_set(self, name: str) -> bool:
        """Whether a variable is there and not empty, secret or not."""
        return bool(self.variables.get(name)) or self.hidden_variables.get(name) == "set"

    def is_present(self, name: str) -> bool:
        """Whether a variable is there, even if empty: some SDKs count that as set."""
        return name in self.variables or name in self.hidden_variables
