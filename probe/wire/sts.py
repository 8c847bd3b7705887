"""STS through botocore: it serialises, signs and parses; the bytes travel through the walk's own exchange.

botocore's `before-send` event lets a handler answer in place of its HTTP session. So there is one attempt,
with phases, bounds and deadline like everything else, and an answer that botocore itself understands.
"""

import logging
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import botocore.session
from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES
from botocore.exceptions import ClientError

from probe import __version__
from probe.credentials import Credentials
from probe.evidence import Ending, Exchange, StsAnswer, StsEndpoint
from probe.secret import Redactor, Secret, hint
from probe.wire.exchange import Answer, Request

SESSION_SECONDS = 900
"""The shortest session that STS gives: long enough to ask who it is."""

_LONGEST_NAME = 400
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9._:-]{0,79}")
_ARN = re.compile(r"arn:[a-z-]{1,20}:(?:sts|iam)::[0-9]{12}:[A-Za-z0-9_+=,.@:/-]{1,300}")
_WORD = re.compile(r"[A-Za-z0-9_+=,.@:/-]{1,200}")
_ACCOUNT = re.compile(r"[0-9]{12}")

# botocore logs requests whole at DEBUG, the web identity token in them: never, whatever the root logger is set to.
logging.getLogger("botocore").setLevel(logging.WARNING)


def _nothing_from_surroundings() -> dict[str, tuple[None, None, object, object]]:
    """Return botocore's settings without the variables and file keys that they would be read from.

    The probe reads variables and files itself. botocore must neither fail over a value that only it knows, nor
    report to a monitoring host (AWS_CSM_HOST), nor load its data from another place (AWS_DATA_PATH).
    """
    blind = {
        name: (None, None, default, conversion)
        for name, (_, _, default, conversion) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()
    }
    for name in ("config_file", "credentials_file"):
        blind[name] = (None, None, f"/nonexistent/{name}", None)
    return blind


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
        return answer, Credentials(
            access_key_id=given["AccessKeyId"],
            secret_access_key=Secret(given["SecretAccessKey"]),
            session_token=Secret(given["SessionToken"]) if given.get("SessionToken") else None,
            expires=_seconds(given.get("Expiration")),
        )

    def get_caller_identity(self, credentials: Credentials) -> StsAnswer:
        """Ask whose keys these are."""
        return self._call("get_caller_identity", credentials)[0]

    def _call(
        self, operation: str, credentials: Credentials | None, **arguments: object
    ) -> tuple[StsAnswer, dict[str, Any]]:
        answers: list[Answer] = []
        result, error = _run(self._endpoint, credentials, _handler(self._send, answers), operation, arguments)
        self._remember(result)
        return self._judgeable(answers[-1] if answers else None, result, error), result

    def _remember(self, result: dict[str, Any]) -> None:
        """Have the keys of an answer removed from all text, before any text of that answer is read."""
        keys = result.get("Credentials")
        for name in ("AccessKeyId", "SecretAccessKey", "SessionToken"):
            if isinstance(keys, dict) and isinstance(keys.get(name), str):
                self._redactor.add(Secret(keys[name]))

    def _judgeable(self, answer: Answer | None, result: dict[str, Any], error: Exception | None) -> StsAnswer:
        # Without an answer botocore refused its own input, such as a region that makes no host name: nothing was sent.
        told = answer.exchange if answer else self._never_sent(error)
        code, message = self._code(error), _message(error)
        user = result.get("AssumedRoleUser") or result
        keys = result.get("Credentials") or {}
        arn = self._kept(_ARN, user.get("Arn"))
        return StsAnswer(
            exchange=told,
            endpoint=self._endpoint.host,
            region=self._endpoint.region,
            code=code,
            message=self._redactor.clean(message, 300) if message and code else None,
            recognised=not told.answered or code is not None or arn is not None,
            arn=arn,
            account=self._kept(_ACCOUNT, result.get("Account")),
            user_id=self._kept(_WORD, user.get("UserId") or user.get("AssumedRoleId")),
            expires=_seconds(keys.get("Expiration")),
            access_key_hint=hint(keys["AccessKeyId"]) if keys.get("AccessKeyId") else None,
            request_id=self._kept(_WORD, answer.headers.get("x-amzn-requestid") if answer else None),
        )

    def _never_sent(self, error: Exception | None) -> Exchange:
        return Exchange(
            method="POST",
            url=self._endpoint.url,
            ending=Ending.CLOSED,
            error_name=type(error).__name__ if error else None,
        )

    def _code(self, error: Exception | None) -> str | None:
        """STS' code; a bare status number is botocore's stand-in for a body that is not STS'."""
        told = error.response.get("Error", {}).get("Code") if isinstance(error, ClientError) else None
        return self._kept(_CODE, told)

    def _kept(self, shape: re.Pattern[str], value: object) -> str | None:
        """Keep what the peer sent only in the shape of what was asked for, and only without a secret in it."""
        if not isinstance(value, str) or not shape.fullmatch(value):
            return None
        return value if self._redactor.clean(value, _LONGEST_NAME) == value else None


class _NotAnsweredError(Exception):
    """Carries nothing: the exchange that failed is already noted."""


def _run(
    endpoint: StsEndpoint,
    credentials: Credentials | None,
    handler: Callable[..., AWSResponse],
    operation: str,
    arguments: dict[str, object],
) -> tuple[dict[str, Any], Exception | None]:
    try:
        client = _client(endpoint, credentials)
        client.meta.events.register_first("before-send.sts.*", handler)
        result: dict[str, Any] = getattr(client, operation)(**arguments)
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
        return AWSResponse(request.url, answer.exchange.status, dict(answer.headers), _Raw(_parseable(answer)))

    return before_send


def _parseable(answer: Answer) -> bytes:
    """Return the body, or nothing for one that must not be parsed: cut off, or with a document type of its own.

    STS sends no document type; one could only bring entities that grow without bound.
    """
    whole = answer.exchange.ending is Ending.ANSWERED
    return answer.body if whole and b"<!DOCTYPE" not in answer.body.upper() else b""


class _Raw:
    """What AWSResponse needs of a urllib3 response."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> Iterator[bytes]:
        yield self._body


def _header(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _message(error: Exception | None) -> str | None:
    told = error.response.get("Error", {}).get("Message") if isinstance(error, ClientError) else None
    return told if isinstance(told, str) else None


def _seconds(expiration: Any) -> float | None:  # noqa: ANN401 - a datetime, if the answer was honest
    try:
        return float(expiration.timestamp())
    except (AttributeError, ValueError, OverflowError):
        return None


_session_lock = threading.Lock()
_sessions: list[botocore.session.Session] = []


def _session() -> botocore.session.Session:
    """One session a process: its loader keeps the service model that every client needs."""
    if not _sessions:
        _sessions.append(botocore.session.Session(session_vars=_nothing_from_surroundings()))
    return _sessions[0]


def _client(endpoint: StsEndpoint, credentials: Credentials | None) -> Any:  # noqa: ANN401 - botocore has no types
    config = Config(
        signature_version=UNSIGNED if credentials is None else None,
        retries={"total_max_attempts": 1, "mode": "standard"},
        user_agent_extra=f"aws-credential-probe/{__version__}",
        parameter_validation=False,
        proxies={},
    )
    token = credentials.session_token if credentials else None
    with _session_lock:
        return _session().create_client(
            "sts",
            region_name=endpoint.region,
            endpoint_url=endpoint.url,
            # Never None, even where nothing is signed: botocore would look for keys along its own chain, IMDS included.
            aws_access_key_id=credentials.access_key_id if credentials else "unsigned",
            aws_secret_access_key=credentials.secret_access_key.reveal() if credentials else "unsigned",
            aws_session_token=token.reveal() if token else None,
            config=config,
        )
