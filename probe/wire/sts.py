"""STS: a projected token becomes keys, and keys tell whose they are. Built on `probe.wire.aws`."""

import re
from typing import Any

from probe.credentials import Credentials
from probe.evidence import AwsEndpoint, Ending, Exchange, StsAnswer, StsEndpoint
from probe.secret import Redactor, Secret, hint
from probe.wire.aws import Called, Send, call, kept, remember_keys, request_id

SESSION_SECONDS = 900
"""The shortest session that STS gives: long enough to ask who it is."""

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9._:-]{0,79}")
_ARN = re.compile(r"arn:[a-z-]{1,20}:(?:sts|iam)::[0-9]{12}:[A-Za-z0-9_+=,.@:/-]{1,300}")
_WORD = re.compile(r"[A-Za-z0-9_+=,.@:/-]{1,200}")
_ACCOUNT = re.compile(r"[0-9]{12}")


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
        used = self._endpoint
        endpoint = AwsEndpoint(
            service="sts",
            region=used.region,
            host=used.host,
            port=used.port,
            secure=used.secure,
            host_from=used.host_from,
        )
        called = call("sts", operation, arguments, endpoint, keys=credentials, send=self._send)
        result = called.told.result or {}
        remember_keys(result, self._redactor)
        return self._judgeable(called, result), result

    def _judgeable(self, called: Called, result: dict[str, Any]) -> StsAnswer:
        # Without an answer the input itself was refused, such as a region that makes no host name: nothing was sent.
        exchange = called.answer.exchange if called.answer else self._never_sent(called.failure)
        told, code = called.told, self._kept(_CODE, called.told.code)
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
            request_id=self._kept(_WORD, request_id(called.answer)),
        )

    def _never_sent(self, failure: str | None) -> Exchange:
        return Exchange(method="POST", url=self._endpoint.url, ending=Ending.CLOSED, error_name=failure)

    def _kept(self, shape: re.Pattern[str], value: object) -> str | None:
        return kept(shape, value, self._redactor)


def _seconds(expiration: Any) -> float | None:  # noqa: ANN401 - a datetime, if the answer was honest
    try:
        return float(expiration.timestamp())
    except (AttributeError, ValueError, OverflowError):
        return None
