"""EC2 instance metadata: the token PUT, the tokenless GET beside it, then role, keys and instance facts.

The order and the separate connections are what makes the hop limit visible: the limit applies to the answer
of a token PUT only (EC2 user guide, "How Instance Metadata Service Version 2 works"), so a PUT that stalls
beside a GET that is answered is a picture that nothing else paints.
"""

import threading
import time
from collections.abc import Mapping

from probe.credentials import Credentials
from probe.evidence import (
    Attempts,
    Ending,
    ImdsVariables,
    InstanceMetadata,
    Outcome,
    RoleListing,
)
from probe.parse.endpoint import ImdsEndpoint, UriProblem, read_imds_endpoint
from probe.secret import Secret
from probe.sources.documents import read_document, text_of, word
from probe.sources.identity import identify
from probe.sources.keys_answer import read_keys
from probe.walk import Done, Walk
from probe.wire.exchange import Answer, Request, exchange
from probe.wire.hops import measure
from probe.wire.stream import connect

CONNECT_SECONDS = 1.3
"""One SYN retransmission (after a second) is given its chance."""
ANSWER_SECONDS = 1.2
"""A healthy IMDS answers in 1 to 10 ms; no SDK waits longer than a second for a token."""
SECOND_PUT_AFTER = 0.15
"""Seconds that the first token PUT is given before a second one starts beside it."""
SECOND_GET_AFTER = 0.6
"""Seconds after the first tokenless GET: in the middle of a PUT that stalls."""
TOKEN_PATH = "/latest/api/token"  # noqa: S105 - a path
LISTING_PATH = "/latest/meta-data/"
ROLE_PATH = "/latest/meta-data/iam/security-credentials/"
TOKEN_TTL = "60"  # noqa: S105 - seconds; the probe needs the token for one walk
REST = ("imds.role", "imds.credentials", "imds.metadata", "identity.imds")


def walk_imds(walk: Walk) -> None:
    """Walk the IMDS steps."""
    variables = walk.step("imds.variables", lambda: _variables(walk)).facts
    if not isinstance(variables, ImdsVariables) or variables.problem is not None:
        walk.skip(
            "the endpoint is not a usable URL", "imds.route", "imds.connect", "imds.tokenless", "imds.token", *REST
        )
        return
    route = threading.Thread(target=_route, args=(walk, variables), daemon=True)
    route.start()
    _talk(_Imds(walk, variables))
    route.join(walk.deadline.remaining())


def _variables(walk: Walk) -> Done[None]:
    get, shared = walk.surroundings.get, walk.shared.setting
    override = get("AWS_EC2_METADATA_SERVICE_ENDPOINT") or shared("ec2_metadata_service_endpoint")
    mode = get("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE") or shared("ec2_metadata_service_endpoint_mode")
    disabled = get("AWS_EC2_METADATA_DISABLED")
    read = read_imds_endpoint(override, mode)
    facts = ImdsVariables(
        endpoint=_url(read),
        host=read.address.host if isinstance(read, ImdsEndpoint) else "",
        port=read.address.port if isinstance(read, ImdsEndpoint) else 0,
        problem=read.sentence if isinstance(read, UriProblem) else None,
        named_by=_named_by(walk, override),
        disabled=(disabled or "").lower() == "true",
        disabled_value=disabled,
        version_1_disabled=(get("AWS_EC2_METADATA_V1_DISABLED") or "").lower() == "true",
    )
    worst = Outcome.FAIL if facts.problem else Outcome.WARN if facts.disabled else Outcome.OK
    return Done(outcome=worst, facts=facts)


def _url(read: ImdsEndpoint | UriProblem) -> str:
    if isinstance(read, UriProblem):
        return ""
    return f"{read.address.scheme}://{read.address.authority}{read.address.path.rstrip('/')}"


def _named_by(walk: Walk, override: str | None) -> str | None:
    if not override:
        return None
    variable = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
    return variable if walk.surroundings.get(variable) else "the profile"


def _route(walk: Walk, variables: ImdsVariables) -> None:
    if not walk.network.has_hops or variables.host.startswith("127.") or variables.host == "::1":
        walk.skip("the endpoint is on loopback: there are no hops to count", "imds.route")
        return
    walk.step("imds.route", lambda: _measured(walk, variables))


def _measured(walk: Walk, variables: ImdsVariables) -> Done[None]:
    try:
        route = measure(variables.host, variables.port, walk.deadline)
    except OSError as error:
        return Done(outcome=Outcome.SKIPPED, reason=f"the kernel does not offer it here ({type(error).__name__})")
    if route.hops is None:
        return Done(outcome=Outcome.SKIPPED, reason="nothing connected, whatever the time to live", facts=route)
    return Done(outcome=Outcome.OK, facts=route)


class _Imds:
    """The conversation with one IMDS endpoint."""

    def __init__(self, walk: Walk, variables: ImdsVariables) -> None:
        self.walk = walk
        self.variables = variables

    def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Send one request on a connection of its own."""
        request = Request(
            method=method,
            url=self.variables.endpoint + path,
            headers=headers or {},
            connect_seconds=CONNECT_SECONDS,
            answer_seconds=ANSWER_SECONDS,
        )
        return exchange(self.walk.network, request, self.walk.deadline)

    def get(self, path: str, token: Secret[str] | None) -> Answer:
        """GET with the token, or without where none came."""
        return self.ask("GET", path, {"x-aws-ec2-metadata-token": token.reveal()} if token else None)


def _talk(imds: _Imds) -> None:
    walk = imds.walk
    connected = walk.step("imds.connect", lambda: _connect(imds))
    if connected.outcome is not Outcome.OK:
        walk.skip("no connection", "imds.tokenless", "imds.token", *REST)
        return
    tokenless: list[Done[None]] = []
    put_done = threading.Event()
    beside = threading.Thread(
        target=lambda: tokenless.append(walk.step("imds.tokenless", lambda: _tokenless(imds, put_done))), daemon=True
    )
    beside.start()
    token = walk.step("imds.token", lambda: _token(imds))
    put_done.set()
    beside.join(walk.deadline.remaining())
    if token.value is None and not (tokenless and _is_open(tokenless[0])):
        walk.skip("no token", *REST)
        return
    _take(imds, token.value)


def _connect(imds: _Imds) -> Done[None]:
    variables, walk = imds.variables, imds.walk
    stream, connection = connect(walk.network, variables.host, variables.port, walk.deadline.sooner(CONNECT_SECONDS))
    if stream is not None:
        stream.close()
    return Done(outcome=Outcome.OK if connection.ending is Ending.CONNECTED else Outcome.FAIL, facts=connection)


def _tokenless(imds: _Imds, put_done: threading.Event) -> Done[None]:
    """GET without a token now, and once more while a slow PUT is still waiting: fast beside it, not only before it."""
    answers = [imds.ask("GET", LISTING_PATH).exchange]
    if not put_done.wait(min(SECOND_GET_AFTER, imds.walk.deadline.remaining())) or not answers[0].answered:
        answers.append(imds.ask("GET", LISTING_PATH).exchange)
    facts = Attempts(exchanges=tuple(answers))
    fine = facts.last.status in {200, 401} and len(facts.answered) == len(answers)
    return Done(outcome=Outcome.OK if fine else Outcome.FAIL, facts=facts)


def _is_open(tokenless: Done[None]) -> bool:
    return isinstance(tokenless.facts, Attempts) and tokenless.facts.last.status == 200


def _token(imds: _Imds) -> Done[Secret[str]]:
    """PUT for a token; a second PUT joins when the first has not answered at once, or was answered by an error."""
    answers = _race(imds)
    facts = Attempts(exchanges=tuple(answer.exchange for answer in answers))
    good = next((answer for answer in answers if _holds_token(answer)), None)
    if good is None:
        return Done(outcome=Outcome.FAIL, facts=facts)
    token = imds.walk.keep(good.body.decode("ascii").strip())
    return Done(outcome=Outcome.OK if len(answers) == 1 else Outcome.WARN, facts=facts, value=token)


def _race(imds: _Imds) -> list[Answer]:
    answers: list[Answer] = []
    first = threading.Thread(target=lambda: answers.append(_put(imds)), daemon=True)
    begun = time.monotonic()
    first.start()
    first.join(SECOND_PUT_AFTER)
    if not answers or answers[0].exchange.status in {None, 500, 502, 503, 504}:
        second = _put(imds, begun)
        first.join(imds.walk.deadline.remaining())
        answers.append(second)
    return answers


def _put(imds: _Imds, begun: float | None = None) -> Answer:
    spent = 0.0 if begun is None else time.monotonic() - begun
    request = Request(
        method="PUT",
        url=imds.variables.endpoint + TOKEN_PATH,
        headers={"x-aws-ec2-metadata-token-ttl-seconds": TOKEN_TTL},
        connect_seconds=CONNECT_SECONDS,
        answer_seconds=max(ANSWER_SECONDS - spent, 0.5),
    )
    return exchange(imds.walk.network, request, imds.walk.deadline)


def _holds_token(answer: Answer) -> bool:
    body = answer.body.strip()
    return (
        answer.exchange.status == 200
        and 0 < len(body) <= 1024
        and body.isascii()
        and b"<" not in body
        and b" " not in body
    )


def _take(imds: _Imds, token: Secret[str] | None) -> None:
    walk = imds.walk
    found: list[Done[str]] = []
    metadata = threading.Thread(
        target=lambda: found.append(walk.step("imds.metadata", lambda: _metadata(imds, token))), daemon=True
    )
    metadata.start()
    listed = walk.step("imds.role", lambda: _role(imds, token))
    keys: Credentials | None = None
    if listed.value is None:
        walk.skip("no role", "imds.credentials")
    else:
        role = listed.value
        keys = walk.step("imds.credentials", lambda: _credentials(imds, token, role)).value
    metadata.join(walk.deadline.remaining())
    region = found[0].value if found else None
    identify(walk, "imds", keys, (region, "the instance") if region else None)


def _role(imds: _Imds, token: Secret[str] | None) -> Done[str]:
    answer = imds.get(ROLE_PATH, token)
    name = text_of(answer.body) if answer.exchange.status == 200 else None
    usable = name is not None and 0 < len(name) <= 128 and "<" not in name and " " not in name
    info = {} if usable else read_document(imds.get("/latest/meta-data/iam/info", token).body) or {}
    facts = RoleListing(
        exchange=answer.exchange,
        role=name if usable else None,
        with_token=token is not None,
        info_code=word(info.get("Code")),
        instance_profile=word(info.get("InstanceProfileArn")),
    )
    return Done(outcome=Outcome.OK if usable else Outcome.FAIL, facts=facts, value=facts.role)


def _credentials(imds: _Imds, token: Secret[str] | None, role: str) -> Done[Credentials]:
    answer = imds.get(ROLE_PATH + role, token)
    facts, keys = read_keys(answer, ("Code", "AccessKeyId", "SecretAccessKey", "Token", "Expiration"))
    if keys is not None:
        keys.remember(imds.walk.redactor)
    return Done(outcome=Outcome.OK if keys else Outcome.FAIL, facts=facts, value=keys)


def _metadata(imds: _Imds, token: Secret[str] | None) -> Done[str]:
    answer = imds.get("/latest/dynamic/instance-identity/document", token)
    document = read_document(answer.body) if answer.exchange.status == 200 else None
    if document is None:
        return Done(outcome=Outcome.FAIL, facts=InstanceMetadata(exchange=answer.exchange))
    facts = InstanceMetadata(
        exchange=answer.exchange,
        instance_id=word(document.get("instanceId")),
        region=word(document.get("region")),
        availability_zone=word(document.get("availabilityZone")),
        account=word(document.get("accountId")),
        image_id=word(document.get("imageId")),
        instance_type=word(document.get("instanceType")),
    )
    return Done(outcome=Outcome.OK, facts=facts, value=facts.region)
