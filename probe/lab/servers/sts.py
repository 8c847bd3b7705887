"""STS: AssumeRoleWithWebIdentity, which is unsigned, and GetCallerIdentity, whose signature is really verified."""

import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Unpack
from urllib.parse import parse_qsl

from probe.lab.servers.base import LabServer, ListenOptions
from probe.lab.servers.canaries import Canaries
from probe.lab.servers.messages import Answer, RecordedRequest, Request
from probe.lab.servers.minting import mint_credentials
from probe.lab.servers.sigv4 import authorization
from probe.lab.servers.sts_config import KeyRing, StsConfig, StsError
from probe.lab.servers.sts_judgement import Admitted, judge_caller, judge_web_identity
from probe.lab.servers.sts_xml import Granted, caller_identity_answer, error_answer, web_identity_answer

VERSION = "2011-06-15"
WEB_IDENTITY = "AssumeRoleWithWebIdentity"
CALLER_IDENTITY = "GetCallerIdentity"
ROUTES = {WEB_IDENTITY: "assume-role-with-web-identity", CALLER_IDENTITY: "get-caller-identity"}
THROTTLED = StsError(code="Throttling", message="Rate exceeded")


class StsServer(LabServer):
    """Routes for faults: `assume-role-with-web-identity`, `get-caller-identity`."""

    def __init__(
        self,
        config: StsConfig,
        *,
        canaries: Canaries | None = None,
        keys: KeyRing | None = None,
        others: Callable[[Request], Answer] | None = None,
        **listen: Unpack[ListenOptions],
    ) -> None:
        super().__init__(faults=config.faults, date_offset_seconds=config.date_offset_seconds, **listen)
        self.canaries = canaries or Canaries()
        """Where the keys of the sessions that it issues are registered."""
        self.keys = keys or KeyRing()
        self.issued: list[str] = []
        """The last four characters of each key id that it made for a web identity."""
        self._config = config
        self._others = others
        """Who answers the actions that are not served here."""
        self._throttled_left = config.throttled_first
        self._throttle_lock = threading.Lock()
        for credentials in (*config.known_keys, *config.expired_keys):
            self.keys.add(credentials)

    def routes(self, request: Request) -> tuple[str, ...]:
        """Name the action; nothing for one that is not served."""
        name = ROUTES.get(parameters(request).get("Action", ""))
        return () if name is None else (name,)

    def describe(self, request: Request) -> RecordedRequest:
        """Add the action and the region that the signature is scoped to."""
        signed = authorization(request)
        return replace(
            super().describe(request),
            action=parameters(request).get("Action"),
            region=None if signed is None else signed.region,
        )

    def answer(self, request: Request) -> Answer:
        """Check path, method, throttling and forced errors, then act."""
        if request.path != "/":
            return self._bare(404)
        if request.method not in ("GET", "POST"):
            return self._bare(405)
        action = parameters(request).get("Action")
        forced = THROTTLED if self._throttled() else self._config.error or self._config.errors.get(action or "")
        if forced is not None:
            return self._error(forced)
        if action == WEB_IDENTITY:
            return self._web_identity(request)
        if action == CALLER_IDENTITY:
            return self._caller_identity(request)
        return self._others(request) if self._others and action else self._error(_unknown(action))

    def _web_identity(self, request: Request) -> Answer:
        verdict = judge_web_identity(self._config, parameters(request), self.now())
        if isinstance(verdict, StsError):
            return self._error(verdict)
        granted = self._grant(verdict)
        self.keys.add(granted.credentials)
        self.issued.append(granted.credentials.hint)
        return web_identity_answer(granted, uuid.uuid4(), self.date())

    def _grant(self, admitted: Admitted) -> Granted:
        partition = self._config.partition
        credentials = mint_credentials(
            self.canaries,
            role=admitted.role_name,
            session=admitted.session_name,
            account=admitted.account,
            partition=partition,
            expires_in=admitted.duration,
            now=self.now(),
        )
        issuer = admitted.issuer.removeprefix("https://")
        return Granted(
            credentials=credentials,
            subject=admitted.subject,
            audience=admitted.audience,
            provider_arn=f"arn:{partition}:iam::{admitted.account}:oidc-provider/{issuer}",
        )

    def _caller_identity(self, request: Request) -> Answer:
        verdict = judge_caller(self._config, self.keys, request, self.now())
        if isinstance(verdict, StsError):
            return self._error(verdict)
        return caller_identity_answer(verdict, uuid.uuid4(), self.date())

    def _throttled(self) -> bool:
        with self._throttle_lock:
            if self._throttled_left <= 0:
                return False
            self._throttled_left -= 1
            return True

    def _error(self, error: StsError) -> Answer:
        return error_answer(error, uuid.uuid4(), self.date())

    def _bare(self, status: int) -> Answer:
        return Answer(status=status, headers=(("Content-Length", "0"), ("Date", self.date())))


def parameters(request: Request) -> dict[str, str]:
    """Read the query of a GET or the form of a POST; the first of each name counts."""
    text = request.query if request.method == "GET" else request.body.decode("utf-8", "replace")
    return dict(reversed(parse_qsl(text, keep_blank_values=True)))


def _unknown(action: str | None) -> StsError:
    if action is None:
        return StsError(code="MissingAction", message="The request is missing an action (lab's wording)")
    return StsError(code="InvalidAction", message=f"Could not find operation {action} for version {VERSION}")
