"""The way to the container credential endpoint: look its host up, hold on to the addresses, connect."""

import time
from dataclasses import replace

from probe.evidence import Connection, Ending, NameLookup, Outcome
from probe.parse.endpoint import ContainerUri, HostClass, read_container_uri
from probe.sources.container_variables import SAFE_OVER_HTTP
from probe.sources.pinned_network import PinnedNetwork
from probe.walk import Done, Walk
from probe.wire.stream import connect

CONNECT_SECONDS = 1.3
"""One SYN retransmission (after a second) is given its chance."""
AGAIN_AFTER = 0.3
"""Seconds before a refused connect is tried once more."""
OTHER_FAMILY = {HostClass.EKS_IPV4: "fd00:ec2::23", HostClass.EKS_IPV6: "169.254.170.23"}


def reachable_network(walk: Walk, uri: ContainerUri) -> PinnedNetwork | str:
    """Walk `container.connect`; return the network to ask on, or why nobody can or may ask."""
    found = walk.network.lookup(uri.host, uri.port, walk.deadline.sooner(CONNECT_SECONDS).remaining())
    strangers = [address for address in found.addresses if not _may_send(uri, address)]
    if strangers:
        reason = f"no SDK sends anything to {strangers[0]} over plain http, so the probe does not either"
        facts = Connection(
            host=uri.host,
            port=uri.port,
            address=strangers[0],
            ending=Ending.PROHIBITED,
            attempts=0,
            resolved=() if found.literal else found.addresses,
        )
        walk.settle("container.connect", Done(outcome=Outcome.SKIPPED, facts=facts, reason=reason))
        return reason
    network = PinnedNetwork(walk.network, found)
    connected = walk.step("container.connect", lambda: _connect(walk, uri, network, found))
    return network if connected.outcome is Outcome.OK else "no connection"


def _may_send(uri: ContainerUri, address: str) -> bool:
    if uri.scheme == "https":
        return True
    written = f"[{address}]" if ":" in address else address
    read = read_container_uri(f"http://{written}/", "full")
    return isinstance(read, ContainerUri) and read.host_class in SAFE_OVER_HTTP


def _connect(walk: Walk, uri: ContainerUri, network: PinnedNetwork, found: NameLookup) -> Done[None]:
    connection, attempts = _connect_once(walk, network, uri.host, uri.port), 1
    if connection.ending is Ending.REFUSED:
        time.sleep(min(AGAIN_AFTER, walk.deadline.remaining()))
        connection, attempts = _connect_once(walk, network, uri.host, uri.port), 2
    facts = replace(connection, attempts=attempts, resolved=() if found.literal else found.addresses)
    if connection.ending is Ending.CONNECTED:
        return Done(outcome=Outcome.OK, facts=facts)
    return Done(outcome=Outcome.FAIL, facts=_with_other_family(walk, uri, network, facts))


def _connect_once(walk: Walk, network: PinnedNetwork, host: str, port: int) -> Connection:
    stream, connection = connect(network, host, port, walk.deadline.sooner(CONNECT_SECONDS))
    if stream is not None:
        stream.close()
    return connection


def _with_other_family(walk: Walk, uri: ContainerUri, network: PinnedNetwork, facts: Connection) -> Connection:
    """Try the agent's other address where this one's family may be what is missing."""
    other = OTHER_FAMILY.get(uri.host_class)
    if other is None or facts.ending not in {Ending.UNREACHABLE, Ending.CONNECT_TIMEOUT}:
        return facts
    families = walk.given.pod.address_families
    if facts.ending is Ending.CONNECT_TIMEOUT and (not families or _family(uri.host) in families):
        return facts
    tried = _connect_once(walk, network, other, uri.port)
    return replace(facts, other_address=other, other_ending=tried.ending)


def _family(address: str) -> str:
    return "ipv6" if ":" in address else "ipv4"
