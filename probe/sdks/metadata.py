"""IMDS as an SDK meets it: the token PUT, what follows a failed one, then the role and its keys."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from probe.evidence import (
    NAME_FAILED,
    NO_PATH,
    Attempts,
    Connection,
    CredentialsAnswer,
    Ending,
    Exchange,
    ImdsVariables,
    RoleListing,
)
from probe.records import dataclass
from probe.sdks.reply import Reply, ReplyKind, broken, first_byte_seconds, keys_reply, unseen_reply
from probe.sdks.view import View
from probe.sdks.waiting import NO_LIMIT, Tries

PLACE = "IMDS"


class Put(StrEnum):
    """How a token PUT goes, as far as SDKs tell it apart."""

    TOKEN = "token"  # noqa: S105 - the name of an outcome
    BAD_REQUEST = "400"
    UNAUTHORIZED = "401"
    FORBIDDEN = "403"
    NOT_FOUND = "404 or 405"
    SERVER_ERROR = "5xx"
    STALLED = "read timeout"
    """The picture of a hop limit that is too low."""
    NO_CONNECTION = "connect timeout or refused"
    STRANGE = "strange"
    """Neither a token nor anything that IMDS says."""
    UNSTEADY = "unsteady"
    """It went one way one time and another way the other."""


_NO_FAILURES = frozenset({Put.TOKEN, Put.UNSTEADY})


class Then(StrEnum):
    """What an SDK does after a PUT that gave no token."""

    GOES_ON = "goes on without a token"
    STOPS = "stops"
    NEXT = "counts IMDS as not there"


FALLS_BACK = {put: Then.STOPS if put is Put.BAD_REQUEST else Then.GOES_ON for put in Put if put not in _NO_FAILURES}
"""What all SDKs but Rust's do: whatever goes wrong with the PUT, a 400 excepted, IMDSv1 is tried."""


class Stage(StrEnum):
    """Where it ended."""

    ENDPOINT = "endpoint"
    TOKEN = "token"  # noqa: S105 - the name of a stage
    WITHOUT_TOKEN = "without token"  # noqa: S105 - the name of a stage
    """No token came, and the SDK is told not to go on without one."""
    ROLE = "role"
    KEYS = "keys"


@dataclass(frozen=True, kw_only=True)
class Client:
    """How one SDK behaves: a column of the table of PUT outcomes."""

    put: Tries
    get: Tries
    after: Mapping[Put, Then]
    retries: frozenset[Put] = frozenset()
    """After which outcomes it sends the PUT again."""
    asks_each_time: bool = False
    """Whether it asks for a token before each try of each request, as long as it has none."""
    asks_after_401: bool = False
    """Whether a GET that is answered with 401 makes it ask for a token again, and repeat the GET."""
    needs_time_to_live: bool = False
    """Whether a token whose time to live the answer does not repeat, as EC2's does, is none to it."""
    limit: float = NO_LIMIT
    """Seconds after which it gives up, whatever is left to try."""

    @property
    def patience(self) -> float:
        """Seconds that it waits for the first byte of the PUT's answer."""
        return NO_LIMIT if self.put.read is None else self.put.read


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """What IMDS comes to for one SDK."""

    stage: Stage
    put: Put | None
    reply: Reply
    failed_put: Reply | None = None
    """How the PUT went, where it gave no token."""

    @property
    def is_no_role(self) -> bool:
        """Whether IMDS works and the instance has no role."""
        return self.stage is Stage.ROLE and self.reply.status == 404


def ask_imds(view: View, client: Client, *, version_1_off: bool) -> Metadata:
    """Return what IMDS comes to. `version_1_off`: the SDK is told never to ask without a token, and listens."""
    variables = view.evidence.facts("imds.variables", ImdsVariables)
    if variables is None or variables.problem is not None:
        reply = broken(Ending.UNREACHABLE, "the IMDS endpoint is not a usable URL") if variables else None
        return Metadata(stage=Stage.ENDPOINT, put=None, reply=reply or unseen_reply("IMDS was not looked at"))
    put = _put(view, client)
    if put is None or put is Put.UNSTEADY:
        why = "IMDS was not asked" if put is None else "the token PUT went one way once and another way the next time"
        return Metadata(stage=Stage.TOKEN, put=put, reply=unseen_reply(why))
    if put is Put.TOKEN:
        return _role(view, put, f"{PLACE} gives a token")
    return _without_token(view, client, put, version_1_off=version_1_off)


def _without_token(view: View, client: Client, put: Put, *, version_1_off: bool) -> Metadata:
    failed = _failed_put(view, put)
    if client.after[put] is not Then.GOES_ON:
        asked = Metadata(stage=Stage.TOKEN, put=put, reply=failed)
    elif version_1_off:
        asked = Metadata(stage=Stage.WITHOUT_TOKEN, put=put, reply=failed)
    else:
        asked = _tokenless(view, put, failed)
    return replace(asked, failed_put=failed)


def version_1_off(view: View, setting: str | None) -> bool:
    """Whether AWS_EC2_METADATA_V1_DISABLED, else a profile's ec2_metadata_v1_disabled, says `true`."""
    if view.is_set("AWS_EC2_METADATA_V1_DISABLED"):
        return view.is_true("AWS_EC2_METADATA_V1_DISABLED")
    return (setting or "").lower() == "true"


def _put(view: View, client: Client) -> Put | None:
    connected = view.evidence.facts("imds.connect", Connection)
    if connected is not None and connected.ending is not Ending.CONNECTED:
        return Put.NO_CONNECTION
    attempts = view.evidence.facts("imds.token", Attempts)
    if attempts is None:
        return None
    got = _got_token(view)
    seen = {_outcome(exchange, client.patience, got=got) for exchange in attempts.exchanges}
    if Put.TOKEN in seen and seen - {Put.TOKEN} <= client.retries:
        return Put.STRANGE if client.needs_time_to_live and attempts.ttl_repeated is False else Put.TOKEN
    return seen.pop() if len(seen) == 1 else Put.UNSTEADY


def _got_token(view: View) -> bool:
    """Whether one of the PUTs came back with something usable as a token."""
    step = view.evidence.step("imds.token")
    return step is not None and step.outcome in {"ok", "warn"}


def _outcome(exchange: Exchange, patience: float, *, got: bool) -> Put:
    if exchange.status is None:
        return _without_status(exchange)
    heard = Reply(kind=ReplyKind.KEYS, because="", seconds=first_byte_seconds(exchange)).heard(patience)
    if heard is None:
        return Put.UNSTEADY
    if not heard:
        return Put.STALLED
    if exchange.status >= 500:
        return Put.SERVER_ERROR
    known = {200: Put.TOKEN if got else Put.STRANGE, 400: Put.BAD_REQUEST, 401: Put.UNAUTHORIZED, 403: Put.FORBIDDEN}
    return {**known, 404: Put.NOT_FOUND, 405: Put.NOT_FOUND}.get(exchange.status, Put.STRANGE)


def _without_status(exchange: Exchange) -> Put:
    if exchange.ending in {Ending.NO_ANSWER, Ending.INCOMPLETE}:
        return Put.STALLED
    return Put.NO_CONNECTION if exchange.ending in NO_PATH | NAME_FAILED else Put.STRANGE


def _failed_put(view: View, put: Put) -> Reply:
    connected = view.evidence.facts("imds.connect", Connection)
    if put is Put.NO_CONNECTION and connected is not None:
        return broken(connected.ending, PLACE)
    if put is Put.STALLED:
        return Reply(kind=ReplyKind.BROKEN, ending=Ending.NO_ANSWER, because="the IMDS token PUT is never answered")
    attempts = view.evidence.facts("imds.token", Attempts)
    status = attempts.last.status if attempts else None
    said = f"status {status}" if status else "something that is not a token"
    because = f"the IMDS token PUT is answered with {said}"
    seconds = first_byte_seconds(attempts.last) if attempts else None
    return Reply(kind=ReplyKind.REFUSED, status=status, because=because, seconds=seconds)


def _tokenless(view: View, put: Put, before: Reply) -> Metadata:
    """Go on without a token: the role listing is asked for in the way of IMDSv1."""
    if put is Put.NO_CONNECTION:
        return Metadata(stage=Stage.ROLE, put=put, reply=before)
    attempts = view.evidence.facts("imds.tokenless", Attempts)
    if attempts is None:
        return Metadata(stage=Stage.ROLE, put=put, reply=unseen_reply("IMDS was not asked without a token"))
    last = attempts.last
    listing = view.evidence.facts("imds.role", RoleListing)
    if last.status == 200 or (listing is not None and listing.role is not None and not listing.with_token):
        return _role(view, put, f"{before.because}, a GET without a token works")
    if last.status is None:
        reply = replace(broken(last.ending, PLACE), because=f"{before.because}, nor is a GET without a token")
        return Metadata(stage=Stage.ROLE, put=put, reply=reply)
    because = f"{before.because}, and a GET without a token is answered with status {last.status}"
    return Metadata(stage=Stage.ROLE, put=put, reply=Reply(kind=ReplyKind.REFUSED, status=last.status, because=because))


def _role(view: View, put: Put, before: str) -> Metadata:
    listing = view.evidence.facts("imds.role", RoleListing)
    if listing is None:
        return Metadata(stage=Stage.ROLE, put=put, reply=unseen_reply("IMDS was not asked for the role"))
    exchange = listing.exchange
    if listing.role is not None:
        return _keys(view, put, before)
    if not exchange.answered:
        return Metadata(stage=Stage.ROLE, put=put, reply=broken(exchange.ending, f"{before}, then"))
    said = "names no role" if exchange.status in {200, 404} else f"answers with status {exchange.status}"
    kind = ReplyKind.UNUSABLE if exchange.status == 200 else ReplyKind.REFUSED
    reply = Reply(kind=kind, status=exchange.status, because=f"{before}, but the role listing {said}")
    return Metadata(stage=Stage.ROLE, put=put, reply=reply)


def _keys(view: View, put: Put, before: str) -> Metadata:
    answer = view.evidence.facts("imds.credentials", CredentialsAnswer)
    if answer is None:
        return Metadata(stage=Stage.KEYS, put=put, reply=unseen_reply("IMDS was not asked for the role's keys"))
    reply = keys_reply(answer, f"{before}, and {PLACE}" if before else PLACE)
    return Metadata(stage=Stage.KEYS, put=put, reply=reply)
