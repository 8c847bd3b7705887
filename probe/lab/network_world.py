"""A scenario between network namespaces: the kernel forwards, drops, refuses and counts hops; nothing is imitated.

The servers are the lab's own, bound to the real addresses inside the namespaces `cloud` and `node`.
"""

import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from probe.lab import namespaces
from probe.lab.firewall import ruleset
from probe.lab.namespaces import Namespaces, Shape
from probe.lab.resolver import Resolver
from probe.lab.scenario import NetworkSpec
from probe.lab.servers import ImdsServer, LabServer
from probe.lab.world import World, sts_names

_ADDRESSES = {
    "imds": (namespaces.IMDS_4, namespaces.IMDS_6),
    "impostor": (namespaces.IMDS_4,),
    "agent": (namespaces.AGENT_4, namespaces.AGENT_6),
    "ecs": (namespaces.ECS,),
    "sts": (namespaces.PUBLIC_STS, namespaces.PRIVATE_STS),
    "sts-global": (namespaces.GLOBAL_STS,),
}
_PORTS = {"sts": 443, "sts-global": 443}


class HopLimitedImds(ImdsServer):
    """IMDS as the kernel shows it: once a connection has brought a PUT, every packet on it has the hop limit as TTL.

    That the limit holds for the connection, not for the one answer, is read from client traces
    (JuliaCloud/AWS.jl#649, #651): keep-alive probes after a PUT were lost as well.
    """

    hop_limit = 64

    def on_request(self, connection: socket.socket, method: str) -> None:
        """Set the time to live when a PUT has been read, and only then."""
        if method != "PUT":
            return
        if connection.family == socket.AF_INET6:
            connection.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, self.hop_limit)
        else:
            connection.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, self.hop_limit)


@dataclass
class NetworkWorld(World):
    """A scenario with a `network` table. Needs root and Linux; raises CannotBuildError otherwise."""

    imds_server: ClassVar[type[ImdsServer]] = HopLimitedImds

    spaces: Namespaces = field(init=False)

    @property
    def spec(self) -> NetworkSpec:
        """The scenario's network."""
        return self.scenario.network or NetworkSpec()

    @property
    def probe_role(self) -> str:
        """The namespace that the probe runs in."""
        return "node" if self.spec.host_network else "pod"

    def build(self) -> None:
        """Make the namespaces, then everything in them."""
        shape = Shape(overlay=self.spec.overlay, families=self.spec.families, agent_link=self.spec.agent != "absent")
        self.spaces = self.exit.enter_context(Namespaces(shape))
        super().build()

    def serve(self, kind: str, make: Callable[..., LabServer]) -> None:
        """Start a server at its real addresses."""
        if kind == "agent" and self.spec.agent != "listening":
            return
        role = "node" if kind == "agent" else "cloud"
        port = _PORTS.get(kind, 80)
        for number, address in enumerate(_ADDRESSES[kind]):
            server = make(address=(address, port))
            if isinstance(server, HopLimitedImds):
                server.hop_limit = self.spec.hop_limit
            self.spaces.within(role, server.start)
            self.exit.callback(server.close)
            self.servers[kind if number == 0 else f"{kind}-{number}"] = server

    def lay_out(self) -> None:
        """Set names, routes and rules as the scenario tells."""
        names = {**sts_names(self.scenario), **self.scenario.names}
        self.exit.enter_context(Resolver(self.spaces, names))
        for role in ("pod", "node", "cloud"):
            rules = [rule for rule in self.spec.rules if rule.at == role]
            if rules:
                script = ruleset(rules, divert_to=namespaces.NODE_ADDRESS)
                self.spaces.run(role, namespaces.tool("nft"), "-f", "-", standard_input=script)
        for address in self.spec.no_route:
            self.spaces.run(self.probe_role, "ip", "route", "add", "unreachable", address)
