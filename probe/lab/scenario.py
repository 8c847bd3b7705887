"""Scenarios: folders of data that say what a pod was given, what the world answers, and what must be found."""

import copy
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

import dacite

from probe.records import dataclass

SCENARIOS = Path(__file__).parent / "scenarios"
NETWORK_SCENARIOS = Path(__file__).parent / "network_scenarios"
PRESETS = Path(__file__).parent / "presets"


@dataclass(frozen=True, kw_only=True)
class LabFile:
    """A file of the pod.

    `text` may hold `${tokens.NAME}`, `${keys.NAME.id|secret|session}` and `${authorities.cluster}`, a certificate.
    """

    path: str
    text: str = ""
    hexadecimal: str | None = None
    """Bytes that are not text, in the place of `text`."""
    repeat: int = 1
    """How many times the content stands there, for big files."""
    mode: str = "0644"
    kind: str = "file"
    """`file`, `directory`, `link` (to `text`) or `pipe`."""


@dataclass(frozen=True, kw_only=True)
class PodSpec:
    """What the probe and the SDKs are given."""

    environment: Mapping[str, str] = field(default_factory=dict)
    environment_bytes: Mapping[str, str] = field(default_factory=dict)
    """Values in hexadecimal, for those that are not UTF-8."""
    files: Mapping[str, LabFile] = field(default_factory=dict)
    """By a name of our own, so that a scenario can override one file of a preset."""
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A firewall rule on packets to an address, wherever they cross the namespace: forwarded, local or leaving."""

    to: str
    """An address, or `*` for every TCP packet; names are still resolved then."""
    port: int | None = None
    action: str
    """`drop`, `reset`, `admin-prohibited`, `host-unreachable`, `net-unreachable`, `port-unreachable`, `loss`
    (`percent`), `longer-than` (`size` bytes with the IP header; dropped without a word, as behind a path-MTU black
    hole) or `divert` (to port 8181 of the node, where only an `impostor` listens)."""
    at: str = "node"
    """The namespace: `pod`, `overlay`, `node` or `cloud`."""
    percent: int = 50
    size: int = 600
    replies: bool = False
    """The rule is for packets from that address in place of to it."""
    method: str | None = None
    """Only packets that begin with this HTTP method: a middlebox that looks inside. GET or PUT."""


@dataclass(frozen=True, kw_only=True)
class NetworkSpec:
    """What a network world is like; scenarios without one run on loopback."""

    overlay: bool = False
    families: tuple[str, ...] = ("ipv4", "ipv6")
    host_network: bool = False
    """The probe runs in the node's namespace."""
    hop_limit: int = 64
    """Time to live of what IMDS sends on a connection that has brought a token PUT."""
    intercepted: bool = False
    """IMDS listens where `divert` leads to, as a transparent proxy on the node which passes everything on."""
    agent: str = "listening"
    """`listening`, `dead` (the address is there, nobody listens) or `absent` (the node has no such address)."""
    no_route: tuple[str, ...] = ()
    """Addresses that the pod's own routing table calls unreachable."""
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TokenSpec:
    """A projected token to mint. Times are seconds relative to now."""

    issuer: str = "https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
    subject: str = "system:serviceaccount:kube-system:aws-load-balancer-controller"
    audience: tuple[str, ...] = ("sts.amazonaws.com",)
    expires_in: float = 82800
    issued_ago: float = 3600
    not_before_in: float | None = None
    key_id: str = "EXAMPLEKEYID"
    node: str | None = "ip-10-0-1-23.eu-central-1.compute.internal"


@dataclass(frozen=True, kw_only=True)
class KeysSpec:
    """Keys to mint, and how STS takes them."""

    arn: str
    session: bool = False
    state: str = "valid"
    """`valid`, `unknown`, `expired` or `wrong-secret`."""
    expires_in: float = 21600


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What the probe must say of this world."""

    exit_code: int
    verdict: str | None = None
    certainty: str | None = None
    findings: tuple[str, ...] = ()
    """Every finding with its certainty, such as `imds-hop-limit certain`; the order does not matter."""
    never: tuple[str, ...] = ()
    """Look-alikes that would be tempting and wrong."""
    steps: Mapping[str, str] = field(default_factory=dict)
    text_has: tuple[str, ...] = ()
    """Fragments that the text output must contain: numbers and names in summaries and remedies."""
    sdks: Mapping[str, str] = field(default_factory=dict)
    """`SDK` to `credentials SOURCE`, `error` or `none`."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One world and its expectation."""

    name: str
    title: str
    story: str
    rows: tuple[str, ...] = ()
    """Which rows of the field-failure corpus it stands for."""
    look_alike_of: tuple[str, ...] = ()
    """Codes that this world resembles and must not produce."""
    pod: PodSpec = PodSpec()
    tokens: Mapping[str, TokenSpec] = field(default_factory=dict)
    keys: Mapping[str, KeysSpec] = field(default_factory=dict)
    servers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Server (`imds`, `agent`, `ecs`, `sts`, `sts-global`, `impostor`, `kubernetes`, `proxy`) to its configuration."""
    dial: Mapping[str, str] = field(default_factory=dict)
    """`ADDRESS:PORT` to a server's name, or `refused`, `timeout`, `unreachable`, `no-host`, `prohibited`."""
    names: Mapping[str, Any] = field(default_factory=dict)
    network: NetworkSpec | None = None
    """Present in the scenarios of `network_scenarios/`, which the kernel plays."""
    expect: Expectation

    @property
    def counts_requests(self) -> bool:
        """Whether a server treats its first requests differently: then no two clients can share a world."""
        servers = self.servers.values()
        faults = (fault for server in servers for fault in server.get("faults", ()))
        return any({"first", "skip"} & set(fault) for fault in faults) or any(
            server.get("throttled_first") for server in servers
        )


def names(folder: Path = SCENARIOS) -> list[str]:
    """Return every scenario's name."""
    return sorted(path.parent.name for path in folder.glob("*/scenario.toml"))


def load(name: str, folder: Path = SCENARIOS) -> Scenario:
    """Return a scenario. Raises KeyError for an unknown name, ValueError (with the place) for bad data."""
    path = folder / name / "scenario.toml"
    if not path.is_file():
        raise KeyError(name)
    try:
        merged = _merged(tomllib.loads(path.read_text()))
        return dacite.from_dict(
            Scenario, {"name": name, **merged}, dacite.Config(strict=True, cast=[tuple], type_hooks={float: float})
        )
    except (ValueError, dacite.DaciteError) as error:
        raise ValueError(f"scenario {name}: {error}") from error


def _merged(own: dict[str, Any]) -> dict[str, Any]:
    """Lay a scenario over its presets (`use`), without what it does not want of them (`remove`)."""
    unwanted = own.pop("remove", [])
    merged: dict[str, Any] = {}
    for preset in own.pop("use", []):
        path = PRESETS / f"{preset}.toml"
        if not path.is_file():
            raise ValueError(f"there is no preset {preset}")
        _merge(merged, tomllib.loads(path.read_text()))
    _merge(merged, own)
    for dotted in unwanted:
        _remove(merged, dotted)
    return merged


def load_all() -> Iterator[Scenario]:
    """Return every scenario."""
    return (load(name) for name in names())


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(name), dict):
            _merge(into[name], value)
        else:
            into[name] = copy.deepcopy(value)


def _remove(merged: dict[str, Any], dotted: str) -> None:
    """Drop what a preset brought. Path parts are separated by `/`, because file names and hosts have dots."""
    *parents, last = dotted.split("/")
    table = merged
    for parent in parents:
        table = table.get(parent, {})
    if last not in table:
        raise ValueError(f"there is no {dotted} to remove")
    del table[last]
