"""STS through botocore's parts: its model of STS serialises, its signer signs, its parser reads the answer.

A botocore client would bring a session with it: every service's endpoints, the whole credential chain and an HTTP
session, for 0.15 s and none of it wanted. The bytes travel through the walk's own exchange: one attempt, with phases,
bounds and deadline like everything else. Of the pod's files and variables, these parts read none.
"""

import functools
import logging
import re
from collections.abc import Callable
from dataclasses import field
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import create_request_object, prepare_request_dict
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from probe import __version__
from probe.credentials import Credentials
from probe.evidence import Ending, Exchange, StsAnswer, StsEndpoint
from probe.records import dataclass
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


Send = Callable[[Request], Answer]


class StsCaller:
    """Calls one STS endpoint. Thread-safe."""

    def __init__(self, endpoint: StsEndpoint, send: Send, redactor: Redactor) -> None:
        self._endpoint = endpoint
        self._send = send
        self._redactor = redactor

    def assume_role_with_web_identity(
        self, role_arn: str, session_name: str, token: Secret[str]
    ) -> tuple[StsAnswer, Credentials | None]:
        """Exchange a projected token for keys."""
        answer, result = self._call(
            "AssumeRoleWithWebIdentity",
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
        return self._call("GetCallerIdentity", credentials)[0]

    def _call(
        self, operation: str, credentials: Credentials | None, **arguments: object
    ) -> tuple[StsAnswer, dict[str, Any]]:
        answer, told = None, _Told()
        try:
            request = _written(self._endpoint, credentials, operation, arguments)
            answer = self._send(request)
            if answer.exchange.answered:
                told = _read(operation, answer)
        except Exception as error:  # noqa: BLE001 - a hostile body may break the parser in any way
            told = _Told(failure=type(error).__name__)
        self._remember(told.result)
        return self._judgeable(answer, told), told.result

    def _remember(self, result: dict[str, Any]) -> None:
        """Have the keys of an answer removed from all text, before any text of that answer is read."""
        keys = result.get("Credentials")
        for name in ("AccessKeyId", "SecretAccessKey", "SessionToken"):
            if isinstance(keys, dict) and isinstance(keys.get(name), str):
                self._redactor.add(Secret(keys[name]))

    def _judgeable(self, answer: Answer | None, told: "_Told") -> StsAnswer:
        # Without an answer the input itself was refused, such as a region that makes no host name: nothing was sent.
        exchange = answer.exchange if answer else self._never_sent(told.failure)
        result, code = told.result, self._kept(_CODE, told.code)
        user = result.get("AssumedRoleUser") or result
        keys = result.get("Credentials") or {}
        arn = self._kept(_ARN, user.get("Arn"))
        return StsAnswer(
            exchange=exchange,
            endpoint=self._endpoint.host,
            region=self._endpoint.region,
            code=code,
            message=self._redactor.clean(told.message, 300) if told.message and code else None,
            recognised=not exchange.answered or code is not None or arn is not None,
            arn=arn,
            account=self._kept(_ACCOUNT, result.get("Account")),
            user_id=self._kept(_WORD, user.get("UserId") or user.get("AssumedRoleId")),
            expires=_seconds(keys.get("Expiration")),
            access_key_hint=hint(keys["AccessKeyId"]) if keys.get("AccessKeyId") else None,
            request_id=self._kept(_WORD, answer.headers.get("x-amzn-requestid") if answer else None),
        )

    def _never_sent(self, failure: str | None) -> Exchange:
        return Exchange(method="POST", url=self._endpoint.url, ending=Ending.CLOSED, error_name=failure)

    def _kept(self, shape: re.Pattern[str], value: object) -> str | None:
        """Keep what the peer sent only in the shape of what was asked for, and only without a secret in it."""
        if not isinstance(value, str) or not shape.fullmatch(value):
            return None
        return value if self._redactor.clean(value, _LONGEST_NAME) == value else None


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What an answer says: a result, or an error. Its text is hostile until it is cleaned."""

    result: dict[str, Any] = field(default_factory=dict, repr=False)
    code: str | None = None
    """STS' code; a bare status number is botocore's stand-in for a body that is not STS'."""
    message: str | None = field(default=None, repr=False)
    failure: str | None = None
    """The class of the exception that writing the request or reading the answer ended with."""


class _Keys:
    """Keys under the names that botocore's signer reads."""

    def __init__(self, credentials: Credentials) -> None:
        self.access_key = credentials.access_key_id
        self.secret_key = credentials.secret_access_key.reveal()
        self.token = credentials.session_token.reveal() if credentials.session_token else None


@functools.cache
def _model() -> ServiceModel:
    # Not the loader's own search path: that looks into ~/.aws/models first.
    loader = Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
    return ServiceModel(loader.load_data("sts/2011-06-15/service-2"), "sts")


def _written(
    endpoint: StsEndpoint, credentials: Credentials | None, operation: str, arguments: dict[str, object]
) -> Request:
    """Serialise a call, and sign it if there are keys to sign with."""
    serializer = create_serializer("query", include_validation=False)
    parts = serializer.serialize_to_request(arguments, _model().operation_model(operation))
    prepare_request_dict(parts, endpoint_url=endpoint.url, user_agent=f"aws-credential-probe/{__version__}")
    request = create_request_object(parts)
    if credentials is not None:
        SigV4Auth(_Keys(credentials), "sts", endpoint.region).add_auth(request)
    sent = request.prepare()
    body = sent.body.encode() if isinstance(sent.body, str) else (sent.body or b"")
    headers = {name: _header(value) for name, value in sent.headers.items()}
    return Request(method=sent.method, url=sent.url, headers=headers, body=body)


def _read(operation: str, answer: Answer) -> _Told:
    """Parse an answer as botocore does; raises for a body that is neither a result nor an error."""
    status = answer.exchange.status or 0
    received = {"status_code": status, "headers": dict(answer.headers), "body": _parseable(answer)}
    parsed = create_parser("query").parse(received, _model().operation_model(operation).output_shape)
    if status < 300:
        return _Told(result=parsed)
    code, message = (parsed.get("Error", {}).get(name) for name in ("Code", "Message"))
    return _Told(code=code if isinstance(code, str) else None, message=message if isinstance(message, str) else None)


def _parseable(answer: Answer) -> bytes:
    """Return the body, or nothing for one that must not be parsed: cut off, or with a document type of its own.

    STS sends no document type; one could only bring entities that grow without bound.
    """
    whole = answer.exchange.ending is Ending.ANSWERED
    return answer.body if whole and b"<!DOCTYPE" not in answer.body.upper() else b""


def _header(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _seconds(expiration: Any) -> float | None:  # noqa: ANN401 - a datetime, if the answer was honest
    try:
        return float(expiration.timestamp())
    except (AttributeError, ValueError, OverflowError):
        return None
