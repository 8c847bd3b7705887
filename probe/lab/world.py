"""Starts what a scenario describes: servers on loopback, files below a folder, an environment with minted secrets."""

import contextlib
import os
import re
import shutil
import ssl
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

import dacite

from probe.lab.belongings import keys_of, token_of, write_file
from probe.lab.owner import abandoned, owned
from probe.lab.scenario import Scenario
from probe.lab.servers import (
    AgentConfig,
    AgentServer,
    Canaries,
    EcsConfig,
    EcsErrorCode,
    EcsServer,
    FaultKind,
    ForwardProxy,
    ImdsConfig,
    ImdsServer,
    ImpostorConfig,
    ImpostorServer,
    KeyRing,
    LabAuthority,
    LabServer,
    MintedCredentials,
    ProxyConfig,
    StsConfig,
    StsServer,
    mint_credentials,
    refusing_port,
    silent_port,
)

PUBLIC_STS, GLOBAL_STS = "198.51.100.10", "198.51.100.11"
"""Addresses of the documentation range (RFC 5737) in the place of STS' public ones."""
REGION = "eu-central-1"
FOLDER = "credential-probe-lab"
"""How the temporary folders of worlds begin; what a killed run left is removed by the next one."""
USER = 65532
"""The user that the pod's processes run as, if the lab may change it."""
_PLACES = {
    "imds": ("169.254.169.254:80", "[fd00:ec2::254]:80"),
    "agent": ("169.254.170.23:80", "[fd00:ec2::23]:80"),
    "ecs": ("169.254.170.2:80",),
    "sts": (f"{PUBLIC_STS}:443",),
    "sts-global": (f"{GLOBAL_STS}:443",),
}
_HOLDER = re.compile(r"\$\{(tokens|keys|ports)\.([a-z0-9-]+)(?:\.(id|secret|session))?\}")
_ELSEWHERE = frozenset({"unreachable", "no-host", "prohibited"})


@dataclass
class World:
    """A running scenario. Use it as a context manager; everything ends with it."""

    imds_server: ClassVar[type[ImdsServer]] = ImdsServer

    scenario: Scenario
    canaries: Canaries = field(default_factory=Canaries)
    servers: dict[str, LabServer] = field(default_factory=dict)
    dial: dict[str, str] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    root: Path = field(default_factory=Path)
    certificates: str | None = None
    exit: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    _minted: dict[str, MintedCredentials] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)
    _walls: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Self:
        try:
            self.build()
        except BaseException:
            self.exit.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.exit.close()

    def build(self) -> None:
        """Make the folder, the secrets, the servers and the pod's files."""
        for left in abandoned(Path(tempfile.gettempdir()), FOLDER):
            shutil.rmtree(left, ignore_errors=True)
        self.root = Path(tempfile.mkdtemp(prefix=owned(FOLDER, os.getpid())))
        self.exit.callback(shutil.rmtree, self.root, ignore_errors=True)
        self.root.chmod(0o755)
        self._tokens = {name: token_of(self.canaries, spec) for name, spec in self.scenario.tokens.items()}
        self._minted = {name: keys_of(self.canaries, spec) for name, spec in self.scenario.keys.items()}
        self._start_servers()
        self.environment = {name: self._filled(value) for name, value in self.scenario.pod.environment.items()}
        for name, value in self.scenario.pod.environment_bytes.items():
            self.environment[name] = bytes.fromhex(value).decode("utf-8", "surrogateescape")
        for file in self.scenario.pod.files.values():
            write_file(file, self.root, self._filled)

    def _start_servers(self) -> None:
        wanted = self.scenario.servers
        for kind in ("imds", "agent", "ecs"):
            if kind in wanted:
                self._start(kind, dict(wanted[kind]))
        if "impostor" in wanted:
            self._start_impostor(dict(wanted["impostor"]))
        if "sts" in wanted:
            self._start_sts(wanted)
        self.lay_out()
        if "proxy" in wanted:
            self._start_proxy(dict(wanted["proxy"]))

    def _start(self, kind: str, table: dict[str, Any]) -> None:
        """Start an endpoint that hands out the keys of a role (`role`, none for an empty text)."""
        role = table.pop("role", None if kind != "imds" else "node-role")
        session = (
            table.get("instance_id", "i-0123456789EXAMPLE0")
            if kind == "imds"
            else table.pop("session", "eks-prod-example-pod-00000000-0000-0000-0000-000000000000")
        )
        expires_in = table.pop("expires_in", 21600)
        if role:
            minted = mint_credentials(self.canaries, role=role, session=session, expires_in=expires_in)
            self._minted[kind] = minted
            table["credentials"] = minted
        if kind == "imds":
            imds = _config(ImdsConfig, {**table, "role": role or None})
            self.serve(kind, lambda **listen: self.imds_server(imds, canaries=self.canaries, **listen))
        elif kind == "agent":
            agent = _config(AgentConfig, table)
            self.serve(kind, lambda **listen: AgentServer(agent, **listen))
        else:
            ecs = _config(EcsConfig, table)
            self.serve(kind, lambda **listen: EcsServer(ecs, **listen))

    def serve(self, kind: str, make: Callable[..., LabServer]) -> None:
        """Start a server where this world keeps its servers: on a free loopback port."""
        self.servers[kind] = self.exit.enter_context(make())

    def _start_impostor(self, table: dict[str, Any]) -> None:
        """Start what answers in the place of another; with `hands_out_keys` it has keys that STS knows."""
        if table.pop("hands_out_keys", False):
            role = str(table.get("role", ImpostorConfig.role))
            table["credentials"] = self._minted["impostor"] = mint_credentials(
                self.canaries, role=role, session="10.0.1.45", expires_in=table.pop("expires_in", 21600)
            )
        config = _config(ImpostorConfig, table)
        self.serve("impostor", lambda **listen: ImpostorServer(config, **listen))

    def _start_sts(self, wanted: Mapping[str, Mapping[str, Any]]) -> None:
        """Start the regional and the global endpoint; `sts` holds for both, unless `sts-global` differs."""
        authority = LabAuthority(self.root)
        self.certificates = str(authority.ca_pem_path)
        hosts = sorted({*self.scenario.names, *sts_names(self.scenario)})
        contexts: dict[str, Callable[[], ssl.SSLContext]] = {
            "lab": lambda: authority.server_context(*hosts),
            "wrong-host": authority.wrong_host_context,
            "expired": lambda: authority.expired_context(*hosts),
            "interception": lambda: authority.interception_context(*hosts),
        }
        ring, keys = KeyRing(), self._keys_of_sts()
        for kind in ("sts", "sts-global"):
            own = wanted.get("sts-global", {}) if kind == "sts-global" else {}
            table = {"region": _region(self.scenario), **wanted["sts"], **own, **keys}
            context = contexts[table.pop("certificate", "lab")]()
            stall = bool(table.pop("handshake_stall", False))
            config = _config(StsConfig, table)
            make = partial(StsServer, config, canaries=self.canaries, keys=ring, tls=context, handshake_stall=stall)
            self.serve(kind, make)

    def _keys_of_sts(self) -> dict[str, tuple[MintedCredentials, ...]]:
        states = {name: spec.state for name, spec in self.scenario.keys.items()}
        by_state: dict[str, list[MintedCredentials]] = {"valid": [], "expired": [], "wrong-secret": [], "unknown": []}
        for name, keys in self._minted.items():
            by_state[states.get(name, "valid")].append(keys)
        # What STS knows under a key id whose holder has a wrong secret.
        others = (replace(keys, secret_access_key=keys.secret_access_key[::-1]) for keys in by_state["wrong-secret"])
        return {"known_keys": (*by_state["valid"], *others), "expired_keys": tuple(by_state["expired"])}

    def _start_proxy(self, table: dict[str, Any]) -> None:
        targets = {
            f"{host}:443": int(self.dial[f"{addresses[0]}:443"])
            for host, addresses in self.names.items()
            if not isinstance(addresses, str) and self.dial.get(f"{addresses[0]}:443", "").isdigit()
        }
        targets |= {place: int(port) for place, port in self.dial.items() if port.isdigit()}
        server = ForwardProxy(_config(ProxyConfig, {**table, "targets": targets}))
        self.servers["proxy"] = self.exit.enter_context(server)
        self.dial["192.0.2.80:3128"] = str(server.port)
        self.names.setdefault("proxy.example.com", ["192.0.2.80"])

    def lay_out(self) -> None:
        """Decide where every address and name leads. What no server stands behind never answers a connect."""
        for kind, places in _PLACES.items():
            for place in places:
                self.dial[place] = str(self.servers[kind].port) if kind in self.servers else "timeout"
        self.dial |= {place: self._target(target) for place, target in self.scenario.dial.items()}
        self.dial = {place: self._faulty(target) for place, target in self.dial.items()}
        self.names = {**sts_names(self.scenario), **self.scenario.names}

    def _target(self, target: str) -> str:
        return str(self.servers[target].port) if target in self.servers else target

    def _faulty(self, target: str) -> str:
        makers: dict[str, Callable[[], contextlib.AbstractContextManager[int]]] = {
            "refused": refusing_port,
            "timeout": silent_port,
        }
        if target in makers:
            # One for all places: to find out that a port is silent takes its time.
            if target not in self._walls:
                self._walls[target] = str(self.exit.enter_context(makers[target]()))
            return self._walls[target]
        if not target.isdigit() and target not in _ELSEWHERE:
            raise ValueError(f"scenario {self.scenario.name}: nothing is called {target}")
        return target

    def _filled(self, text: str) -> str:
        return _HOLDER.sub(self._held, text)

    def _held(self, match: re.Match[str]) -> str:
        kind, name, part = match.groups()
        if kind == "tokens":
            return self._tokens[name]
        if kind == "ports":
            return str(self.servers[name].port)
        keys = self._minted[name]
        return {"id": keys.access_key_id, "secret": keys.secret_access_key, "session": keys.session_token or ""}[part]


def _config(kind: type[Any], table: Mapping[str, Any]) -> Any:  # noqa: ANN401 - one of the servers' configurations
    casts: list[type] = [tuple, FaultKind, EcsErrorCode]
    return dacite.from_dict(kind, dict(table), dacite.Config(strict=True, cast=casts, type_hooks={float: float}))


def _region(scenario: Scenario) -> str:
    told = scenario.pod.environment
    return told.get("AWS_REGION") or told.get("AWS_DEFAULT_REGION") or REGION


def sts_names(scenario: Scenario) -> dict[str, Any]:
    """Return the STS hosts that exist unless a scenario says otherwise."""
    return {
        f"sts.{_region(scenario)}.amazonaws.com": [PUBLIC_STS],
        f"sts.{REGION}.amazonaws.com": [PUBLIC_STS],
        "sts.amazonaws.com": [GLOBAL_STS],
    }
