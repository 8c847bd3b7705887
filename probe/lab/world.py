"""Starts what a scenario describes: servers on loopback, files below a folder, an environment with minted secrets."""

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from probe.lab.belongings import keys_of, token_of, write_file
from probe.lab.owner import abandoned, owned
from probe.lab.places import PLACES, names_of
from probe.lab.scenario import Scenario
from probe.lab.servers import (
    Canaries,
    ImdsServer,
    LabAuthority,
    LabServer,
    MintedCredentials,
    refusing_port,
    silent_port,
)
from probe.lab.starting import STARTERS, start_proxy

FOLDER = "credential-probe-lab"
"""How the temporary folders of worlds begin; what a killed run left is removed by the next one."""
USER = 65532
"""The user that the pod's processes run as, if the lab may change it."""
_HOLDER = re.compile(r"\$\{(tokens|keys|ports|authorities)\.([a-z0-9-]+)(?:\.(id|secret|session))?\}")
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
    minted: dict[str, MintedCredentials] = field(default_factory=dict)
    """Keys by the name of the scenario's table, or of the server that hands them out."""
    tokens: dict[str, str] = field(default_factory=dict)
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
        self.tokens = {name: token_of(self.canaries, spec) for name, spec in self.scenario.tokens.items()}
        self.minted = {name: keys_of(self.canaries, spec) for name, spec in self.scenario.keys.items()}
        self._start_servers()
        self.environment = {name: self._filled(value) for name, value in self.scenario.pod.environment.items()}
        for name, value in self.scenario.pod.environment_bytes.items():
            self.environment[name] = bytes.fromhex(value).decode("utf-8", "surrogateescape")
        for file in self.scenario.pod.files.values():
            write_file(file, self.root, self._filled)

    def _start_servers(self) -> None:
        wanted = self.scenario.servers
        for kind, start in STARTERS.items():
            if kind in wanted:
                start(self, dict(wanted[kind]))
        self.lay_out()
        if "proxy" in wanted:
            start_proxy(self, dict(wanted["proxy"]))

    @cached_property
    def authority(self) -> LabAuthority:
        """Who signs the certificates of the AWS side; the pod trusts it from the first time it is used."""
        authority = LabAuthority(self.root)
        self.certificates = str(authority.ca_pem_path)
        return authority

    @cached_property
    def cluster(self) -> LabAuthority:
        """Who signs the API server's certificate; a pod knows it by `${authorities.cluster}` in its ca.crt."""
        folder = self.root / "cluster"
        folder.mkdir()
        return LabAuthority(folder)

    def known_names(self) -> dict[str, Any]:
        """Return every host name of this world and what the resolver says of it."""
        return {**names_of(self.scenario), **self.scenario.names}

    def serve(self, kind: str, make: Callable[..., LabServer]) -> None:
        """Start a server where this world keeps its servers: on a free loopback port."""
        self.servers[kind] = self.exit.enter_context(make())

    def lay_out(self) -> None:
        """Decide where every address and name leads. What no server stands behind never answers a connect."""
        for kind, places in PLACES.items():
            for place in places:
                self.dial[place] = str(self.servers[kind].port) if kind in self.servers else "timeout"
        self.dial |= {place: self._target(target) for place, target in self.scenario.dial.items()}
        self.dial = {place: self._faulty(target) for place, target in self.dial.items()}
        self.names = self.known_names()

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
            return self.tokens[name]
        if kind == "authorities":
            return self.cluster.ca_pem_path.read_text()
        if kind == "ports":
            return str(self.servers[name].port)
        keys = self.minted[name]
        return {"id": keys.access_key_id, "secret": keys.secret_access_key, "session": keys.session_token or ""}[part]
