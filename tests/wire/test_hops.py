"""Counting hops: through real routers where namespaces can be made, and on loopback everywhere."""

import contextlib
import ctypes
import socket
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from probe.evidence import Route, Router
from probe.lab.namespaces import Namespaces, why_not
from probe.lab.servers import refusing_port, silent_port
from probe.lab.topology import IMDS_4, IMDS_6, NODE_4, NODE_6, Shape
from probe.wire.deadline import Deadline
from probe.wire.hops import FARTHEST, measure

PORT = 80
REASON = why_not()
_CAPABILITY_VERSION_3 = 0x20080522


@contextlib.contextmanager
def imds(shape: Shape) -> Iterator[Namespaces]:
    """Pod, node and cloud, where somebody listens at IMDS' addresses."""
    with Namespaces(shape) as spaces, contextlib.ExitStack() as listeners:
        for address in (IMDS_4, IMDS_6):
            listeners.enter_context(spaces.within("cloud", partial(_listener, address)))
        for role in set(shape.roles) - {"pod", "cloud"}:
            spaces.within(role, _answer_every_time)
        yield spaces


def _answer_every_time() -> None:
    """Take away the ration of ICMP answers, which several measurements in a row would use up."""
    for setting in ("ipv4/icmp_ratelimit", "ipv6/icmp/ratelimit"):
        Path("/proc/sys/net", setting).write_text("0")


def _listener(address: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return socket.create_server((address, PORT), family=family)


@pytest.fixture(scope="module")
def pod_network() -> Iterator[Namespaces]:
    with imds(Shape()) as spaces:
        yield spaces


@pytest.fixture(scope="module")
def overlay_network() -> Iterator[Namespaces]:
    with imds(Shape(overlay=True)) as spaces:
        yield spaces


def measured(address: str, port: int = PORT) -> Callable[[], Route]:
    return lambda: measure(address, port, Deadline.after(5))


def without_capabilities(work: Callable[[], Route]) -> Callable[[], Route]:
    """Do something as an ordinary user would: capset(2) holds for the calling thread alone."""

    def unprivileged() -> Route:
        header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
        if ctypes.CDLL(None, use_errno=True).capset(header, (ctypes.c_uint32 * 6)()) != 0:
            raise OSError(ctypes.get_errno(), "capset")
        with pytest.raises(PermissionError):
            socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        return work()

    return unprivileged


def between_namespaces(test: Callable[..., None]) -> Callable[..., None]:
    """Mark a test that needs namespaces; where none can be made it is skipped with the reason."""
    marked: Callable[..., None] = pytest.mark.skipif(REASON is not None, reason=REASON or "")(test)
    pytest.mark.network(marked)
    return marked


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize(("address", "router"), [(IMDS_4, NODE_4), (IMDS_6, NODE_6)])
@between_namespaces
def test_a_pod_is_two_hops_away_and_the_node_is_the_router(pod_network: Namespaces, address: str, router: str) -> None:
    route = pod_network.within("pod", measured(address))
    assert (route.hops, route.routers) == (2, (Router(distance=1, address=router),))
    assert route.is_exact


@pytest.mark.parametrize("address", [IMDS_4, IMDS_6])
@between_namespaces
def test_the_node_itself_is_one_hop_away(pod_network: Namespaces, address: str) -> None:
    route = pod_network.within("node", measured(address))
    assert (route.hops, route.routers) == (1, ())
    assert route.is_exact


@pytest.mark.parametrize("address", [IMDS_4, IMDS_6])
@between_namespaces
def test_behind_an_overlay_it_is_three(overlay_network: Namespaces, address: str) -> None:
    route = overlay_network.within("pod", measured(address))
    assert route.hops == 3
    assert [router.distance for router in route.routers] == [1, 2]
    assert route.is_exact


@between_namespaces
def test_it_needs_no_privilege(pod_network: Namespaces) -> None:
    assert pod_network.within("pod", without_capabilities(measured(IMDS_4))).hops == 2


@between_namespaces
def test_a_port_where_nobody_listens_has_no_distance(pod_network: Namespaces) -> None:
    route = pod_network.within("pod", measured(IMDS_4, 81))
    assert route.hops is None
    assert not route.is_exact


@between_namespaces
def test_a_host_that_swallows_everything_has_no_distance(pod_network: Namespaces) -> None:
    route = pod_network.within("pod", measured("10.0.3.99"))
    assert (route.hops, route.rejected_by) == (None, None)
    assert Router(distance=1, address=NODE_4) in route.routers


@between_namespaces
def test_without_a_route_nothing_is_measured_and_nothing_raised() -> None:
    with Namespaces(Shape(families=())) as spaces:
        route = spaces.within("pod", measured(IMDS_4))
    assert (route.hops, route.routers, route.rejected_by) == (None, (), None)


@between_namespaces
def test_who_forbids_the_way_is_named() -> None:
    with imds(Shape()) as spaces:
        spaces.run("node", "ip", "route", "add", "prohibit", f"{IMDS_4}/32")
        route = spaces.within("pod", measured(IMDS_4))
    assert (route.hops, route.rejected_by) == (None, NODE_4)


@between_namespaces
def test_no_socket_is_left_open(pod_network: Namespaces) -> None:
    before = open_files()
    pod_network.within("pod", measured(IMDS_4))
    assert open_files() == before


def test_loopback_is_one_hop_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        route = measure("127.0.0.1", server.getsockname()[1], Deadline.after(2))
    assert (route.hops, route.routers) == (1, ())


def test_a_refused_connect_has_no_distance() -> None:
    with refusing_port() as port:
        assert measure("127.0.0.1", port, Deadline.after(2)).hops is None


def test_a_silent_host_is_not_waited_for() -> None:
    deadline = Deadline.after(5)
    with silent_port() as port:
        assert measure("127.0.0.1", port, deadline).hops is None
    assert deadline.remaining() > 2


@pytest.mark.parametrize(
    ("hops", "distances", "exact"),
    [
        (1, (), True),
        (2, (1,), True),
        (3, (1, 2), True),
        (3, (1,), False),
        (2, (), False),
        (None, (1,), False),
        (FARTHEST, (1, 2, 3, 4, 5), True),
    ],
)
def test_a_distance_is_exact_when_every_nearer_one_was_seen_to_be_too_short(
    hops: int | None, distances: tuple[int, ...], *, exact: bool
) -> None:
    routers = tuple(Router(distance=distance, address="192.0.2.1") for distance in distances)
    assert Route(address=IMDS_4, hops=hops, routers=routers).is_exact is exact
