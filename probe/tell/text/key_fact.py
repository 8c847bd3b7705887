"""The one fact of a step that a reader wants beside its name. It repeats evidence and judges nothing."""

from collections.abc import Iterable
from functools import singledispatch

from probe.evidence import (
    Attempts,
    Connection,
    Connections,
    ContainerVariables,
    CredentialsAnswer,
    Ending,
    Exchange,
    Facts,
    FileFacts,
    FileState,
    Handshakes,
    ImdsVariables,
    InstanceMetadata,
    KeysInEnvironment,
    NameLookups,
    PlainAnswer,
    RoleListing,
    Route,
    SelectedProfile,
    SharedFiles,
    StsAnswers,
    TokenFile,
    WebIdentityVariables,
)
from probe.evidence.container_text import ContainerText
from probe.findings.spoken import said_in_words
from probe.findings.standpoint import picture
from probe.tell.units import counted, from_now


@singledispatch
def key_fact(facts: Facts, clock: float) -> str:
    """Return what a step found, in a few words. `clock` is the local time of the walk, in unix seconds."""
    raise TypeError(f"no words for {type(facts).__name__} (at {clock})")


@key_fact.register
def _(facts: KeysInEnvironment, clock: float) -> str:
    del clock
    parts = {
        f"key id {facts.access_key_hint}" if facts.access_key_hint else "key id": facts.has_access_key,
        "secret key": facts.has_secret,
        "session token": facts.has_session_token,
    }
    there = ", ".join(name for name, is_there in parts.items() if is_there)
    return _joined([there, *facts.problems])


@key_fact.register
def _(facts: SharedFiles, clock: float) -> str:
    del clock
    files = [_file(file) for file in (facts.config, facts.credentials) if file.state is not FileState.MISSING]
    problems = [f"line {one.line} of {one.path}: {one.sentence}" for one in facts.problems]
    return _joined([*files, counted(len(facts.profiles), "profile") if files else "no files", *problems])


@key_fact.register
def _(facts: SelectedProfile, clock: float) -> str:
    del clock
    told = f" (named by {facts.named_by})" if facts.named_by else ""
    key = f", key id {facts.access_key_hint}" if facts.access_key_hint else ""
    return _joined([f"profile {facts.name}{told}: {facts.kind}{key}", *facts.problems])


@key_fact.register
def _(facts: WebIdentityVariables, clock: float) -> str:
    del clock
    fault = facts.arn_fault.sentence if facts.arn_fault else None
    half = None if facts.token_file else "no token file is named"
    return _joined([facts.role_arn or "no role is named", half, fault])


@key_fact.register
def _(facts: ContainerVariables, clock: float) -> str:
    del clock
    return _joined([facts.url or facts.full_uri or facts.relative_uri or "no URI", facts.problem])


@key_fact.register
def _(facts: ImdsVariables, clock: float) -> str:
    del clock
    off = "no SDK would ask: AWS_EC2_METADATA_DISABLED is true" if facts.disabled else None
    return _joined([facts.endpoint or None, facts.problem, off])


@key_fact.register
def _(facts: TokenFile, clock: float) -> str:
    claims = facts.claims
    where = None if claims or facts.file is None else _file(facts.file)
    variable = "from a variable" if facts.from_variable else None
    expires = _expiry(claims.expires, clock) if claims else None
    audience = f"for {', '.join(claims.audiences)}" if claims and claims.audiences else None
    return _joined([expires, audience, where, variable, *map(_spoken, facts.problems)])


@key_fact.register
def _(facts: NameLookups, clock: float) -> str:
    del clock
    used = facts.used
    if used.error is None:
        return f"{used.host} is {', '.join(used.addresses[:3])}{' …' if len(used.addresses) > 3 else ''}"
    return f"{used.host}: {_ended(used.error, used.error_name)}"


@key_fact.register
def _(facts: Connections, clock: float) -> str:
    return key_fact(facts.used, clock)


@key_fact.register
def _(facts: Connection, clock: float) -> str:
    del clock
    place = facts.address or facts.host
    where = f"[{place}]:{facts.port}" if ":" in place else f"{place}:{facts.port}"
    return f"{where} {_ended(facts.ending, facts.error_name)}{_via(facts.via_proxy)}"


@key_fact.register
def _(facts: Handshakes, clock: float) -> str:
    del clock
    used = facts.used
    issuer = f"issued by {used.issuer}" if used.issuer else None
    if used.ending is Ending.CONNECTED:
        return issuer or "verified"
    return _joined([_ended(used.ending, None), used.error, issuer])


@key_fact.register
def _(facts: StsAnswers, clock: float) -> str:
    answer = facts.second if facts.second is not None and facts.second.succeeded else facts.first
    if answer.arn is not None and answer.endpoint != facts.first.endpoint:
        refused = facts.first.code or _exchange(facts.first.exchange)
        return f"{refused} at {facts.first.endpoint}; good at {answer.endpoint}"
    if answer.arn is not None:
        # Keys come from AssumeRoleWithWebIdentity only; GetCallerIdentity tells whose they are.
        keys = f"keys {answer.access_key_hint}" if answer.access_key_hint else None
        return _joined([keys, _expiry(answer.expires, clock)]) if keys else answer.arn
    error = f"{answer.code}: {answer.message}" if answer.message else answer.code
    return _joined([_exchange(answer.exchange) + (f" {error}" if error else "")], not_understood=not answer.recognised)


@key_fact.register
def _(facts: PlainAnswer, clock: float) -> str:
    del clock
    # To a reader 400 looks like a failure; it is how the agent answers whoever brings no token.
    asks = facts.text_kind == ContainerText.TOKEN_EMPTY
    return _joined(
        [_exchange(facts.exchange), "the agent asks for a token" if asks else said_in_words(facts.text_kind)]
    )


@key_fact.register
def _(facts: CredentialsAnswer, clock: float) -> str:
    if facts.has_keys:
        return _joined([f"keys {facts.access_key_hint or ''}".strip(), _expiry(facts.expires, clock)])
    missing = f"without {', '.join(facts.missing_fields)}" if facts.missing_fields else None
    kind = "not JSON" if facts.not_json else None
    return _joined([_exchange(facts.exchange), facts.code, said_in_words(facts.text_kind), facts.detail, kind, missing])


@key_fact.register
def _(facts: Attempts, clock: float) -> str:
    del clock
    said = ", then ".join(dict.fromkeys(_exchange(exchange) for exchange in facts.exchanges))
    return f"{said} ({len(facts.exchanges)} tries)" if len(facts.exchanges) > 1 else said


@key_fact.register
def _(facts: RoleListing, clock: float) -> str:
    del clock
    version = None if facts.with_token else "without a token (IMDSv1)"
    return _joined([facts.role or _exchange(facts.exchange), facts.info_code, version])


@key_fact.register
def _(facts: InstanceMetadata, clock: float) -> str:
    del clock
    told = [facts.instance_id, facts.region, facts.instance_type]
    return _joined(told) if any(told) else _exchange(facts.exchange)


@key_fact.register
def _(facts: Route, clock: float) -> str:
    del clock
    return picture(facts)


def _joined(parts: Iterable[str | None], *, not_understood: bool = False) -> str:
    tail = ["the answer is not one of this service"] if not_understood else []
    return ", ".join([*(part for part in parts if part), *tail])


def _expiry(expires: float | None, clock: float) -> str | None:
    if expires is None:
        return None
    return f"{'expires' if expires >= clock else 'expired'} {from_now(expires, clock)}"


def _spoken(kind: str | None) -> str | None:
    return kind and kind.replace("-", " ")


def _file(file: FileFacts) -> str:
    if file.state is FileState.READ:
        return file.path
    rights = f", mode {file.mode}, owner {file.owner}:{file.group}" if file.mode is not None else ""
    error = f" ({file.error_name}{rights})" if file.error_name else ""
    return f"{file.path} is {file.state.replace('-', ' ')}{error}"


def _exchange(exchange: Exchange) -> str:
    if exchange.status is not None:
        unfinished = "" if exchange.ending is Ending.ANSWERED else f", {exchange.ending.replace('-', ' ')}"
        return f"{exchange.method} {exchange.status}{unfinished}"
    heard = ", though the request was acknowledged" if exchange.request_acknowledged else ""
    return f"{exchange.method}: {_ended(exchange.ending, exchange.error_name)}{heard}{_via(exchange.via_proxy)}"


def _ended(ending: Ending, error_name: str | None) -> str:
    return f"{ending.replace('-', ' ')}{f' ({error_name})' if error_name else ''}"


def _via(proxy: str | None) -> str:
    return f" through the proxy {proxy}" if proxy else ""
