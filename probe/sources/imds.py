"""EC2 instance metadata: a connection, the token PUT beside a GET without a token, then the role and its keys."""

import threading
import time
from dataclasses import replace

from probe.aside import Aside
from probe.evidence import NO_PATH, Attempts, Connection, Ending, ImdsVariables, Outcome
from probe.secret import Secret
from probe.sources.imds_conversation import CONNECT_SECONDS, Conversation
from probe.sources.imds_role import walk_role
from probe.sources.imds_token import ask_for_token, ask_without_token
from probe.sources.imds_variables import read_imds_variables
from probe.walk import Done, Walk
from probe.wire.deadline import Deadline
from probe.wire.hops import measure
from probe.wire.network import is_address
from probe.wire.stream import connect

SECOND_CONNECT_AFTER = 0.25
"""Seconds that the first connect is given before a second one starts beside it, or after it was refused."""
ROUTE_AFTER = 0.35
"""Seconds that counting hops waits for the connects at most: routers ration the ICMP that both would need."""
REST = ("imds.role", "imds.credentials", "imds.metadata", "identity.imds")
TALK = ("imds.tokenless", "imds.token", *REST)


def walk_imds(walk: Walk) -> None:
    """Walk the IMDS steps."""
    variables = walk.step("imds.variables", lambda: read_imds_variables(walk)).facts
    if not isinstance(variables, ImdsVariables) or variables.problem is not None:
        walk.skip("the endpoint is not a usable URL", "imds.route", "imds.connect", *TALK)
        return
    connects_over = threading.Event()
    route = Aside(lambda: _route(walk, variables, connects_over), "imds.route")
    _talk(Conversation(walk, variables), connects_over)
    route.take(walk.deadline)


def _route(walk: Walk, variables: ImdsVariables, connects_over: threading.Event) -> None:
    if not walk.network.has_hops:
        walk.skip("the lab's servers are on loopback: no hops to count", "imds.route")
    elif variables.host.startswith("127.") or variables.host in {"::1", "localhost"}:
        walk.skip("the endpoint is on loopback: no hops to count", "imds.route")
    elif not is_address(variables.host):
        walk.skip("the endpoint is a name, and hops are counted to an address", "imds.route")
    else:
        connects_over.wait(min(ROUTE_AFTER, walk.deadline.remaining()))
        walk.step("imds.route", lambda: _measured(walk, variables))


def _measured(walk: Walk, variables: ImdsVariables) -> Done[None]:
    try:
        route = measure(variables.host, variables.port, walk.deadline)
    except OSError as error:
        return Done(outcome=Outcome.SKIPPED, reason=f"the kernel does not offer it here ({type(error).__name__})")
    if route.hops is None:
        return Done(outcome=Outcome.FAIL, facts=route)
    return Done(outcome=Outcome.OK, facts=route)


def _talk(imds: Conversation, connects_over: threading.Event) -> None:
    walk = imds.walk
    connected = walk.step("imds.connect", lambda: _connect(imds))
    connects_over.set()
    if connected.outcome is not Outcome.OK:
        walk.skip("no connection", *TALK)
        return
    put_over = threading.Event()
    tokenless = Aside(lambda: walk.step("imds.tokenless", lambda: ask_without_token(imds, put_over)), "imds.tokenless")
    token = walk.step("imds.token", lambda: ask_for_token(imds))
    put_over.set()
    if token.value is not None or _go_on_without(token, tokenless.take(walk.deadline)):
        walk_role(imds, token.value)
    else:
        walk.skip("no token", *REST)
    tokenless.take(walk.deadline)


def _go_on_without(token: Done[Secret[str]], tokenless: Done[None] | None) -> bool:
    """Whether SDKs would ask for the role without a token, with a chance of an answer.

    They do after a stall, a server error, and the 403, 404 and 405 of what knows no tokens (kube2iam is of that kind).
    """
    if not isinstance(token.facts, Attempts) or tokenless is None or not isinstance(tokenless.facts, Attempts):
        return False
    last = tokenless.facts.last.status
    refused = {one.status for one in token.facts.exchanges} & {403, 404, 405}
    return last == 200 or (bool(refused) and last in {401, 404})


def _connect(imds: Conversation) -> Done[None]:
    """Connect twice where the first has no answer at once: one lost packet must not pass for a wall."""
    whole = imds.walk.deadline.sooner(CONNECT_SECONDS)
    first = Aside(lambda: _connect_once(imds, whole), "imds.connect-1")
    early = first.take(imds.walk.deadline.sooner(SECOND_CONNECT_AFTER))
    if early is not None and early.ending not in NO_PATH:
        return _connected(early)
    if early is not None:
        time.sleep(min(SECOND_CONNECT_AFTER, imds.walk.deadline.remaining()))
    second = _connect_once(imds, whole)
    last = first.take(imds.walk.deadline)
    both = [one for one in (second, last) if one is not None]
    return _connected(replace(max(both, key=_tells), attempts=2))


def _tells(connection: Connection) -> int:
    """Rank how much a connect says: that it stands, else how it was turned away, else silence."""
    return {Ending.CONNECTED: 2, Ending.CONNECT_TIMEOUT: 0}.get(connection.ending, 1)


def _connected(connection: Connection) -> Done[None]:
    fine = connection.ending is Ending.CONNECTED
    return Done(outcome=Outcome.OK if fine else Outcome.FAIL, facts=connection)


def _connect_once(imds: Conversation, deadline: Deadline) -> Connection:
    stream, connection = connect(imds.walk.network, imds.variables.host, imds.variables.port, deadline)
    if stream is not None:
        stream.close()
    return connection
