"""STS through botocore: it serialises, signs and parses; the bytes travel through the walk's own exchange.

botocore's `before-send` event lets a handler answer in place of its HTTP session. So there is one attempt,
with phases, bounds and deadline like everything else, and an answer that botocore itself understands.
"""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import botocore.session
from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from probe import __version__
from probe.credentials import Credentials
from probe.evidence import Ending, Exchange, StsAnswer, StsEndpoint
from probe.secret import Redactor, Secret, hint
from probe.wire.exchange import Answer, Request

SESSION_SECONDS = 900
"""The shortest session that STS gives: long enough to ask who it is."""

_NOTHING_FROM_SURROUNDINGS = {
    # The probe reads variables and files itself. botocore must neither fail over a broken profile nor follow one.
    "profile": (None, None, None, None),
    "config_file": (None, None, "/nonexistent/config", None),
    "credentials_file": (None, None, "/nonexistent/credentials", None),
    "ca_bundle": (None, None, None, None),
    "use_dualstack_endpoint": (None, None, False, None),
    "use_fips_endpoint": (None, None, False, None),
    "sts_regional_endpoints": (None, None, "regional", None),
    "ignore_configured_endpoint_urls": (None, None, True, None),
    "defaults_mode": (None, None, "legacy", None),
}


Send = Callable[[Request], Answer]


class StsCaller:
    """Calls one STS endpoint. Thread-safe; clients are made when first needed."""

    def __init__(self, endpoint: StsEndpoint, send: Send, redactor: Redactor) -> None:
        self._endpoint = endpoint
        self._send = send
        self._redactor = redactor

    def assume_role_with_web_identity(
        self, role_arn: str, session_name: str, token: Secret[str]
    ) -> tuple[StsAnswer, Credentials | None]:
        """Exchange a projected token for keys."""
        answer, result = self._call(
            "assume_role_with_web_identity",
            None,
            RoleArn=role_arn,
            RoleSessionName=session_name,
            WebIdentityToken=token.reveal(),
            DurationSeconds=SESSION_SECONDS,
        )
        given = result.get("Credentials")
        if not isinstance(given, dict) or not given.get("AccessKeyId") or not given.get("SecretAccessKey"):
            return answer, None
        keys = Credentials(
            access_key_id=given["AccessKeyId"],
            secret_access_key=Secret(given["SecretAccessKey"]),
            session_token=Secret(given["SessionToken"]) if given.get("SessionToken") else None,
            expires=given["Expiration"].timestamp() if given.get("Expiration") else None,
        )
        keys.remember(self._redactor)
        return answer, keys

    def get_caller_identity(self, credentials: Credentials) -> StsAnswer:
        """Ask whose keys these are."""
        return self._call("get_caller_identity", credentials)[0]

    def _call(
        self, operation: str, credentials: Credentials | None, **arguments: object
    ) -> tuple[StsAnswer, dict[str, Any]]:
        answers: list[Answer] = []
        client = _client(self._endpoint, credentials)
        client.meta.events.register_first("before-send.sts.*", _handler(self._send, answers))
        result, error = _run(client, operation, arguments)
        told = answers[-1].exchange if answers else None
        return self._judgeable(told, result, error), result

    def _judgeable(self, told: Exchange | None, result: dict[str, Any], error: Exception | None) -> StsAnswer:
        if told is None:  # botocore refused its own input (a parameter that it validates); nothing was sent
            told = Exchange(
                method="POST", url=self._endpoint.url, ending=Ending.CLOSED, error_name=type(error).__name__
            )
        code, message = _code_and_message(error)
        user = result.get("AssumedRoleUser") or result
        keys = result.get("Credentials") or {}
        expiration = keys.get("Expiration")
        return StsAnswer(
            exchange=told,
            endpoint=self._endpoint.host,
            region=self._endpoint.region,
            code=code,
            message=self._redactor.clean(message, 300) if message else None,
            recognised=not told.answered or code is not None or bool(user.get("Arn")),
            arn=_text(user.get("Arn")),
            account=_text(result.get("Account")),
            user_id=_text(user.get("UserId") or user.get("AssumedRoleId")),
            expires=expiration.timestamp() if expiration is not None else None,
            access_key_hint=hint(keys["AccessKeyId"]) if keys.get("AccessKeyId") else None,
        )


class _NotAnsweredError(Exception):
    """Carries nothing: the exchange that failed is already noted."""


def _run(client: Any, operation: str, arguments: dict[str, object]) -> tuple[dict[str, Any], Exception | None]:  # noqa: ANN401 - botocore has no types
    try:
        result: dict[str, Any] = getattr(client, operation)(**arguments)
    except (ClientError, BotoCoreError, _NotAnsweredError) as error:
        return {}, error
    except Exception as error:  # noqa: BLE001 - a hostile body may break the parser in any way
        return {}, error
    return result, None


def _handler(send: Send, answers: list[Answer]) -> Callable[..., AWSResponse]:
    def before_send(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        body = request.body.encode() if isinstance(request.body, str) else (request.body or b"")
        headers = {name: _header(value) for name, value in request.headers.items()}
        answer = send(Request(method=request.method, url=request.url, headers=headers, body=body))
        answers.append(answer)
        if not answer.exchange.answered:
            raise _NotAnsweredError
        return AWSResponse(request.url, answer.exchange.status, dict(answer.headers), _Raw(answer.body))

    return before_send


class _Raw:
    """What AWSResponse needs of a urllib3 response."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> Iterator[bytes]:
        yield self._body


def _header(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _code_and_message(error: Exception | None) -> tuple[str | None, str | None]:
    """STS' code and text; a bare status number is botocore's stand-in for a body that is not STS'."""
    if not isinstance(error, ClientError):
        return None, None
    code = str(error.response.get("Error", {}).get("Code") or "")
    message = str(error.response.get("Error", {}).get("Message") or "")
    if not code or code.isdigit():
        return None, None
    return code[:80], message


def _text(value: object) -> str | None:
    return "".join(ch for ch in value[:400] if ch.isprintable()) if isinstance(value, str) and value else None


_session_lock = threading.Lock()
_sessions: list[botocore.session.Session] = []


def _session() -> botocore.session.Session:
    """One session a process: its loader keeps the service model that every client needs."""
    if not _sessions:
        _sessions.append(botocore.session.Session(session_vars=_NOTHING_FROM_SURROUNDINGS))
    return _sessions[0]


def _client(endpoint: StsEndpoint, credentials: Credentials | None) -> Any:  # noqa: ANN401 - botocore has no types
    config = Config(
        signature_version=UNSIGNED if credentials is None else None,
        retries={"total_max_attempts": 1},
        user_agent_extra=f"aws-credential-probe/{__version__}",
        parameter_validation=False,
    )
    token = credentials.session_token if credentials else None
    with _session_lock:
        return _session().create_client(
            "sts",
            region_name=endpoint.region,
            endpoint_url=endpoint.url,
            aws_access_key_id=credentials.access_key_id if credentials else None,
            aws_secret_access_key=credentials.secret_access_key.reveal() if credentials else None,
            aws_session_token=token.reveal() if token else None,
            config=config,
        )
