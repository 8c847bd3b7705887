"""A scenario with real addresses and names in it and the pod's files where they belong, so that real SDKs can be run.

What decides is the kernel. A network scenario has its own namespaces and routers. Any other is played in a single
namespace: a place that is refused has no listener, a timeout is a rule that drops, and what is unreachable has no
route; a hop limit is imitated there, as on loopback, by an answer that never comes.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from probe.lab.firewall import ruleset
from probe.lab.namespaces import tool
from probe.lab.network_world import NetworkWorld
from probe.lab.resolver import Resolver
from probe.lab.scenario import Rule, Scenario
from probe.lab.servers import ImdsServer, LabServer, StsServer
from probe.lab.topology import IMDS_4
from probe.lab.world import World
from tests.oracle.harness import Command, Roots
from tests.oracle.key_store import key_store
from tests.oracle.places import PROXY_NAME, Place, gone, is_loopback, targets
from tests.oracle.room import PodRoot, Room, one_room

ROOTS = Roots()


@dataclass
class RoutedWorld(NetworkWorld):
    """A network scenario into whose pod real SDKs can be put. Needs root and Linux."""

    pod: PodRoot = field(init=False)
    _tables: "itertools.count[int]" = field(default_factory=itertools.count)

    @cached_property
    def places(self) -> dict[Place, str]:
        """Where addresses lead that do not lead to the server which is usually there."""
        return {(IMDS_4, 80): "impostor"} if "impostor" in self.scenario.servers else {}

    def build(self) -> None:
        """Make the network and the servers, then the pod's root."""
        super().build()
        self.furnish()

    def furnish(self) -> None:
        """Make the pod's root, with the lab's authority in the place of the public ones."""
        self.pod = PodRoot(self.root, self.spaces.shape.resolver)
        if self.certificates is not None:
            pem = Path(self.certificates).read_text()
            self.pod.put(ROOTS.pem, pem.encode())
            self.pod.put(ROOTS.java, key_store(pem))

    def command(self, command: Command, folders: tuple[Path, ...]) -> list[str]:
        """Return what runs a program of the pod. `folders` are those that it needs to see, under their own paths."""
        roots = [(path, ROOTS.pem) for path in command.roots_at] if self.certificates is not None else []
        table = self.root / f".mounts-{next(self._tables)}"
        table.write_text(self.pod.mounts(folders, roots))
        return self.spaces.command(self.probe_role, *self.pod.command(table, *command.arguments))

    def issued(self) -> Iterator[str]:
        """Give the end of every key id that STS has made for a web identity."""
        for server in self.servers.values():
            if isinstance(server, StsServer):
                yield from server.issued


@dataclass
class OracleWorld(RoutedWorld):
    """A loopback scenario into which real SDKs can be put. Needs root and Linux."""

    imds_server: ClassVar[type[ImdsServer]] = ImdsServer

    spaces: Room = field(init=False)

    @cached_property
    def places(self) -> dict[Place, str]:
        """Where every address leads."""
        return targets(self.scenario)

    def known_names(self) -> dict[str, Any]:
        """Add the proxy's name where there is a proxy."""
        proxy = {PROXY_NAME: [host for (host, _), kind in self.places.items() if kind == "proxy"]}
        return {**(proxy if "proxy" in self.scenario.servers else {}), **super().known_names()}

    def build(self) -> None:
        """Make the namespace with every address in it, then the servers, then the pod's root."""
        away = {*gone(self.places, "unreachable"), *gone(self.places, "no-host"), *gone(self.places, "prohibited")}
        here = {host for host, _ in self.places} - away
        self.spaces = self.exit.enter_context(
            one_room(
                sorted(host for host in here if not is_loopback(host)),
                unreachable=sorted({*gone(self.places, "no-host")}),
                prohibited=sorted({*gone(self.places, "prohibited")}),
            )
        )
        World.build(self)
        self.furnish()

    def serve(self, kind: str, make: Callable[..., LabServer]) -> None:
        """Start a server at its real addresses, and where there is a proxy also where that finds it."""
        for place in [place for place, target in self.places.items() if target == kind]:
            if ":" not in place[0] or self.spaces.shape.has_ipv6:
                self._listen(kind, make(address=place))
        if "proxy" in self.scenario.servers and kind != "proxy":
            twin = self._listen(kind, make())
            for host, port in (place for place, target in self.places.items() if target == kind):
                self.dial[f"[{host}]:{port}" if ":" in host else f"{host}:{port}"] = str(twin.port)

    def lay_out(self) -> None:
        """Set names, and rules that drop where nobody ever answers."""
        self.names = self.known_names()
        self.exit.enter_context(Resolver(self.spaces, self.names))
        silent = [place for place, target in self.places.items() if target == "timeout"]
        rules = [Rule(to=host, port=port, action="drop") for host, port in silent]
        if rules:
            self.spaces.run("pod", tool("nft"), "-f", "-", standard_input=ruleset(rules))

    def _listen(self, kind: str, server: LabServer) -> LabServer:
        self.exit.callback(server.close)
        self.spaces.within("pod", server.start)
        self.servers[kind if kind not in self.servers else f"{kind} {len(self.servers)}"] = server
        return server


def world_of(scenario: Scenario) -> RoutedWorld:
    """Return the world that a scenario wants, not yet started."""
    return OracleWorld(scenario) if scenario.network is None else RoutedWorld(scenario)
