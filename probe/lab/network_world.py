"""A scenario between network namespaces: the kernel forwards, drops, refuses and counts hops; nothing is imitated.

The servers are the lab's own, bound to the real addresses inside the namespaces `cloud` and `node`.
"""

import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from probe.lab import topology
from probe.lab.firewall import DIVERT_PORT, ruleset
from probe.lab.namespaces import CannotBuildError, Namespaces, has_ipv6, tool
from probe.lab.resolver import Resolver
from probe.lab.scenario import NetworkSpec, Scenario
from probe.lab.servers import ImdsServer, LabServer
from probe.lab.topology import Shape
from probe.lab.world import World

_PLACES = {
    "imds": (("cloud", topology.IMDS_4, 80), ("cloud", topology.IMDS_6, 80)),
    "impostor": (("node", topology.NODE_4, DIVERT_PORT), ("node", topology.NODE_6, DIVERT_PORT)),
    "agent": (("node", topology.AGENT_4, 80), ("node", topology.AGENT_6, 80)),
    "ecs": (("cloud", topology.ECS, 80),),
    "sts": tuple(("cloud", address, 443) for address in (topology.PUBLIC_STS, topology.PRIVATE_STS, topology.STS_6)),
    "sts-global": (("cloud", topology.GLOBAL_STS, 443),),
}
"""Server to the namespaces, addresses and ports where it listens."""
_TABLES = ("if_inet6", "fib_trie")
"""What the kernel tells of a namespace's own addresses (proc(5)); the probe reads it to see which families it has."""


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
        if needs_ipv6(self.scenario) and not has_ipv6():
            raise CannotBuildError(f"the scenario {self.scenario.name} needs IPv6, which this kernel does not do")
        shape = Shape(
            overlay=self.spec.overlay,
            families=self.spec.families,
            agent_link=self.spec.agent != "absent",
            has_ipv6=has_ipv6(),
        )
        self.spaces = self.exit.enter_context(Namespaces(shape))
        super().build()

    def serve(self, kind: str, make: Callable[..., LabServer]) -> None:
        """Start a server at its real addresses."""
        if kind == "agent" and self.spec.agent != "listening":
            return
        for role, address, port in _PLACES["impostor" if kind == "imds" and self.spec.intercepted else kind]:
            if ":" in address and not self.spaces.shape.has_ipv6:
                continue
            server = make(address=(address, port))
            if isinstance(server, HopLimitedImds):
                server.hop_limit = self.spec.hop_limit
            self.exit.callback(server.close)
            self.spaces.within(role, server.start)
            self.servers[kind if kind not in self.servers else f"{kind} {address}"] = server

    def set_hop_limit(self, limit: int) -> None:
        """Change the hop limit of IMDS while it runs, as `aws ec2 modify-instance-metadata-options` does."""
        for server in self.servers.values():
            if isinstance(server, HopLimitedImds):
                server.hop_limit = limit

    def lay_out(self) -> None:
        """Set names, routes and rules as the scenario tells."""
        self.exit.enter_context(Resolver(self.spaces, self.known_names()))
        for role in self.spaces.shape.roles:
            rules = [rule for rule in self.spec.rules if rule.at == role]
            if rules:
                self.spaces.run(role, tool("nft"), "-f", "-", standard_input=ruleset(rules))
        for address in self.spec.no_route:
            self.spaces.run(self.probe_role, tool("ip"), "route", "add", "unreachable", address)
        self.spaces.within(self.probe_role, self._show_addresses)

    def _show_addresses(self) -> None:
        """Give the pod the kernel's tables of its own addresses, as files below its root."""
        folder = self.root / "proc" / "net"
        folder.mkdir(parents=True, exist_ok=True)
        for name in _TABLES:
            table = Path("/proc/thread-self/net", name)
            if table.exists():
                (folder / name).write_bytes(table.read_bytes())


def needs_ipv6(scenario: Scenario) -> bool:
    """Whether a scenario cannot be played without IPv6."""
    network, told = scenario.network or NetworkSpec(), scenario.pod.environment.values()
    return "ipv4" not in network.families or any("fd00:ec2:" in value or value == "IPv6" for value in told)
