"""AWS services through botocore's parts: its model serialises, its signer signs, its parser reads the answer.

A botocore client would bring a session with it: every service's endpoints, the whole credential chain and an HTTP
session, for 0.15 s and none of it wanted. The bytes travel through the walk's own exchange: one attempt, with phases,
bounds and deadline like everything else. Of the pod's files and variables, these parts read none.
"""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import create_request_object, prepare_request_dict
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from probe import __version__
from probe.credentials import Credentials
from probe.evidence import AwsAnswer, AwsEndpoint, Ending, Exchange
from probe.records import dataclass
from probe.secret import Redactor, Secret
from probe.wire.exchange import Answer, Request
from probe.wire.models import service_model

ANSWER_LIMIT = 512 * 1024
"""Bytes read of an answer: two hundred subnets with their tags take 300 KiB."""
MOST_OF_A_MESSAGE = 600
"""Characters kept of a service's error text: a principal, an action and a resource, each with a long name."""

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9._:-]{0,79}")
_WORD = re.compile(r"[A-Za-z0-9_+=,.@:/-]{1,200}")
_ROOT = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,100}\?>\s*)?<([A-Za-z][A-Za-z0-9]{0,80})[\s/>]")
_ENCODED = re.compile(r"Encoded authorization failure message:\s*([^\s.,]{20,})\.?")

# botocore logs requests whole at DEBUG, the web identity token in them: never, whatever the root logger is set to.
logging.getLogger("botocore").setLevel(logging.WARNING)

Send = Callable[[Request], Answer]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What an answer says: a result, or an error. Its text is hostile until it is cleaned."""

    result: dict[str, Any] | None = field(default=None, repr=False)
    """None when what came is no result of the operation."""
    code: str | None = None
    """The service's code; a bare status number is botocore's stand-in for a body that is not the service's."""
    message: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Called:
    """A call that was made, or could not be."""

    answer: Answer | None = field(repr=False)
    told: Told
    failure: str | None = None
    """The class of the exception that writing the request or reading the answer ended with."""


class AwsCaller:
    """Calls one endpoint of one service, by botocore's name of the service. Thread-safe."""

    def __init__(self, service: str, endpoint: AwsEndpoint, send: Send, redactor: Redactor) -> None:
        self._service = service
        self._endpoint = endpoint
        self._send = send
        self._redactor = redactor

    def call(self, operation: str, parameters: Mapping[str, Any], keys: Credentials) -> tuple[AwsAnswer, Told]:
        """Make one call; return what may be kept of its answer, and what it tells as botocore parses it.

        That is hostile: whatever is taken out of it goes through the redactor. Raises UnknownServiceError.
        """
        called = call(self._service, operation, parameters, self._endpoint, keys=keys, send=self._send)
        remember_keys(called.told.result, self._redactor)
        return self._judgeable(operation, called), called.told

    def _judgeable(self, operation: str, called: Called) -> AwsAnswer:
        answer, told = called.answer, called.told
        # Without an answer the input itself was refused, such as a region that makes no host name: nothing was sent.
        never = Exchange(method="POST", url=self._endpoint.url, ending=Ending.CLOSED, error_name=called.failure)
        exchange = answer.exchange if answer else never
        code = kept(_CODE, told.code, self._redactor)
        message, encoded = without_encoded(told.message or "")
        return AwsAnswer(
            exchange=exchange,
            endpoint=self._endpoint.host,
            region=self._endpoint.region,
            service=self._service,
            operation=operation,
            code=code,
            message=self._redactor.clean(message, MOST_OF_A_MESSAGE) if message and code else None,
            is_encoded=encoded is not None,
            recognised=not exchange.answered or code is not None or told.result is not None,
            request_id=kept(_WORD, request_id(answer), self._redactor),
        )


def call(
    service: str,
    operation: str,
    parameters: Mapping[str, Any],
    endpoint: AwsEndpoint,
    *,
    keys: Credentials | None,
    send: Send,
) -> Called:
    """Serialise, sign if there are keys, send, and read. Whatever the peer sends, nothing is raised for it."""
    model = service_model(service).operation_model(operation)
    answer = None
    try:
        answer = send(_written(model, parameters, endpoint, keys))
        return Called(answer=answer, told=_read(model, answer) if answer.exchange.answered else Told())
    except Exception as error:  # noqa: BLE001 - a hostile body may break the parser in any way
        return Called(answer=answer, told=Told(), failure=type(error).__name__)


def encoded_message(told: Told) -> str | None:
    """Return the encoded authorization message of a denial, for sts:DecodeAuthorizationMessage."""
    return without_encoded(told.message or "")[1]


def without_encoded(message: str) -> tuple[str, str | None]:
    """Take the encoded authorization message, a kilobyte and more, out of an error text."""
    found = _ENCODED.search(message)
    if found is None:
        return message, None
    return message[: found.start()].rstrip() + message[found.end() :], found.group(1)


def kept(shape: re.Pattern[str], value: object, redactor: Redactor) -> str | None:
    """Keep what the peer sent only in the shape of what was asked for, and only without a secret in it."""
    if not isinstance(value, str) or not shape.fullmatch(value):
        return None
    return value if redactor.clean(value, 4 * MOST_OF_A_MESSAGE) == value else None


def request_id(answer: Answer | None) -> str | None:
    """Return the id under which AWS knows the request."""
    headers: Mapping[str, str] = answer.headers if answer else {}
    return headers.get("x-amzn-requestid") or headers.get("x-amz-request-id")


def remember_keys(result: Mapping[str, Any] | None, redactor: Redactor) -> None:
    """Have the keys of an answer removed from all text, before any text of that answer is read."""
    keys = (result or {}).get("Credentials")
    for name in ("AccessKeyId", "SecretAccessKey", "SessionToken"):
        if isinstance(keys, dict) and isinstance(keys.get(name), str):
            redactor.add(Secret(keys[name]))


class _Keys:
    """Keys under the names that botocore's signer reads."""

    def __init__(self, credentials: Credentials) -> None:
        self.access_key = credentials.access_key_id
        self.secret_key = credentials.secret_access_key.reveal()
        self.token = credentials.session_token.reveal() if credentials.session_token else None


def _written(
    model: Any,  # noqa: ANN401 - botocore has no types
    parameters: Mapping[str, Any],
    endpoint: AwsEndpoint,
    keys: Credentials | None,
) -> Request:
    """Serialise a call, and sign it if there are keys to sign with."""
    service = model.service_model
    serializer = create_serializer(service.metadata["protocol"], include_validation=False)
    parts = serializer.serialize_to_request(dict(parameters), model)
    prepare_request_dict(parts, endpoint_url=endpoint.url, user_agent=f"aws-credential-probe/{__version__}")
    request = create_request_object(parts)
    if keys is not None:
        signer = S3SigV4Auth if service.metadata.get("signatureVersion") == "s3" else SigV4Auth
        signer(_Keys(keys), service.signing_name, endpoint.region).add_auth(request)
    sent = request.prepare()
    body = sent.body.encode() if isinstance(sent.body, str) else (sent.body or b"")
    headers = {name: _header(value) for name, value in sent.headers.items()}
    return Request(method=sent.method, url=sent.url, headers=headers, body=body, body_limit=ANSWER_LIMIT)


def _read(model: Any, answer: Answer) -> Told:  # noqa: ANN401 - botocore has no types
    """Parse an answer as botocore does; raises for a body that is neither a result nor an error."""
    status, protocol = answer.exchange.status or 0, model.service_model.metadata["protocol"]
    body = _parseable(answer)
    received = {"status_code": status, "headers": dict(answer.headers), "body": body}
    if status < 300 and not _is_result(protocol, model.name, body):
        return Told()
    parsed = create_parser(protocol).parse(received, model.output_shape)
    if status < 300:
        return Told(result=parsed) if _is_of_the_service(parsed, answer) else Told()
    code, message = (parsed.get("Error", {}).get(name) for name in ("Code", "Message"))
    return Told(code=code if isinstance(code, str) else None, message=message if isinstance(message, str) else None)


def _is_result(protocol: str, operation: str, body: bytes) -> bool:
    """Whether a body begins as a result of the operation does.

    botocore's parsers find nothing in a web page, and no fault with it either.
    """
    if protocol in {"json", "rest-json"}:
        return body.lstrip()[:1] == b"{"
    root = _ROOT.match(body)
    return root is not None and root.group(1).decode() in {f"{operation}Response", f"{operation}Result", _S3_LISTING}


_S3_LISTING = "ListBucketResult"


def _is_of_the_service(parsed: Mapping[str, Any], answer: Answer) -> bool:
    """Whether a result holds something that the operation tells, or at least the id that AWS gives every request.

    A JSON object of somebody else (`{"error": "blocked"}`, with 200) is parsed to nothing, and would pass for an empty
    list.
    """
    return bool(parsed.keys() - {"ResponseMetadata"}) or request_id(answer) is not None


def _parseable(answer: Answer) -> bytes:
    """Return the body, or nothing for one that must not be parsed: cut off, or with a document type of its own.

    AWS sends no document type; one could only bring entities that grow without bound. Nor does it send UTF-16, in which
    a document type would hide.
    """
    whole = answer.exchange.ending is Ending.ANSWERED
    return answer.body if whole and b"<!DOCTYPE" not in answer.body.upper() and b"\0" not in answer.body else b""


def _header(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
