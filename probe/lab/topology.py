"""What a network world looks like: addresses, links and routes, as lines for `ip -batch`. Pure data.

pod ── [overlay] ── node ── cloud
                     │
                pod-id-link0 (the agent's own link)
"""

from probe.records import dataclass

IMDS_4, IMDS_6 = "169.254.169.254", "fd00:ec2::254"
AGENT_4, AGENT_6 = "169.254.170.23", "fd00:ec2::23"
ECS = "169.254.170.2"
RESOLVER, RESOLVER_6 = "10.0.1.2", "fd10:1::2"
PUBLIC_STS, GLOBAL_STS = "198.51.100.10", "198.51.100.11"
"""Addresses of the documentation range (RFC 5737) in the place of STS' public ones."""
STS_6 = "2001:db8::10"
"""The same for the dual-stack name (RFC 3849)."""
PRIVATE_STS = "10.0.3.17"
"""An interface endpoint for STS, with the same server behind it."""
NO_LISTENER, NOBODY = "10.0.3.18", "10.0.3.99"
"""Private addresses: of a host that does not listen, and of no host at all (the cloud swallows what is sent there)."""
NODE_4, NODE_6 = "10.0.0.1", "fd10::1"
"""The node's address on the pods' side: the first router that a pod meets."""
INSTANCE_4 = "10.0.1.23"
"""The node's address on the cloud's side: the private address that the instance identity document tells."""
_CLOUD_HOSTS = (IMDS_4, ECS, PUBLIC_STS, GLOBAL_STS, PRIVATE_STS, NO_LISTENER)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What the network looks like before any rule."""

    overlay: bool = False
    """One more router between pod and node: IMDS is 3 hops away in place of 2."""
    families: tuple[str, ...] = ("ipv4", "ipv6")
    """Families that the pod has addresses and routes of."""
    agent_link: bool = True
    """Whether the node has the agent's addresses."""
    has_ipv6: bool = True
    """Whether this machine's kernel does IPv6 at all."""

    @property
    def resolver(self) -> str:
        """The address at which the pod asks for names."""
        return RESOLVER if "ipv4" in self.families else RESOLVER_6

    @property
    def roles(self) -> tuple[str, ...]:
        """The namespaces, from the pod to the cloud."""
        return ("pod", "overlay", "node", "cloud") if self.overlay else ("pod", "node", "cloud")

    def links(self) -> tuple[tuple[str, str], ...]:
        """Return each pair of neighbours."""
        return tuple(zip(self.roles, self.roles[1:], strict=False))

    def lines(self, role: str) -> tuple[list[str], list[str]]:
        """Return what to tell `ip` in one namespace, and what to tell `ip -6` after that.

        A batch line takes no options, and `default` does not tell its family: IPv6 is a batch of its own.
        """
        four, six = {"pod": self._pod, "overlay": self._overlay, "node": self._node, "cloud": self._cloud}[role]()
        return ["link set lo up", *four], six if self.has_ipv6 else []

    def _pod(self) -> tuple[list[str], list[str]]:
        link = "pod-overlay" if self.overlay else "pod-node"
        net, net_6 = ("10.9.0", "fd10:9::") if self.overlay else ("10.0.0", "fd10::")
        four = [f"addr add {net}.10/24 dev {link}", f"route add default via {net}.1"]
        six = [f"addr add {net_6}10/64 dev {link} nodad", f"route add default via {net_6}1"]
        return (
            [f"link set {link} up", *(four if "ipv4" in self.families else [])],
            six if "ipv6" in self.families else [],
        )

    def _overlay(self) -> tuple[list[str], list[str]]:
        return (
            [
                "link set overlay-pod up",
                "link set overlay-node up",
                "addr add 10.9.0.1/24 dev overlay-pod",
                "addr add 10.0.0.10/24 dev overlay-node",
                f"route add default via {NODE_4}",
            ],
            [
                "addr add fd10:9::1/64 dev overlay-pod nodad",
                "addr add fd10::10/64 dev overlay-node nodad",
                f"route add default via {NODE_6}",
            ],
        )

    def _node(self) -> tuple[list[str], list[str]]:
        near = "node-overlay" if self.overlay else "node-pod"
        four = [
            f"link set {near} up",
            "link set node-cloud up",
            f"addr add {NODE_4}/24 dev {near}",
            f"addr add {INSTANCE_4}/24 dev node-cloud",
            "route add default via 10.0.1.2",
        ]
        six = [
            f"addr add {NODE_6}/64 dev {near} nodad",
            "addr add fd10:1::1/64 dev node-cloud nodad",
            "route add default via fd10:1::2",
        ]
        if self.overlay:
            four += ["route add 10.9.0.0/24 via 10.0.0.10"]
            six += ["route add fd10:9::/64 via fd10::10"]
        if self.agent_link:
            # A dummy link on a real node; a veth pair does the same where the kernel has no dummy device.
            four += [
                "link add pod-id-link0 type veth peer name pod-id-peer",
                "link set pod-id-peer up",
                "link set pod-id-link0 up",
                f"addr add {AGENT_4}/32 dev pod-id-link0",
            ]
            six += [f"addr add {AGENT_6}/128 dev pod-id-link0 nodad"]
        return four, six

    def _cloud(self) -> tuple[list[str], list[str]]:
        return (
            [
                "link set cloud-node up",
                "addr add 10.0.1.2/24 dev cloud-node",
                f"route add 10.0.0.0/8 via {INSTANCE_4}",
                # What leads nowhere is swallowed, as a VPC does it, instead of being answered with ICMP.
                "route add blackhole 10.0.3.0/24",
                "route add blackhole default",
                *(f"addr add {address}/32 dev lo" for address in _CLOUD_HOSTS),
            ],
            [
                "addr add fd10:1::2/64 dev cloud-node nodad",
                "route add fd10::/16 via fd10:1::1",
                "route add blackhole default",
                *(f"addr add {address}/128 dev lo nodad" for address in (IMDS_6, STS_6)),
            ],
        )
