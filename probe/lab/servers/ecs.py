"""The ECS task credential endpoint (169.254.170.2).

Paths, error documents and their order follow aws/amazon-ecs-agent:ecs-agent/tmds/handlers/v1/credentials_handler.go.
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Unpack

from probe.lab.servers.base import LabServer, ListenOptions
from probe.lab.servers.faults import Fault
from probe.lab.servers.go_http import go_json, go_not_found
from probe.lab.servers.messages import Answer, Request
from probe.lab.servers.minting import ACCOUNT, MintedCredentials

PREFIX = "/v2/credentials/"


class EcsErrorCode(StrEnum):
    """The error codes of the agent's documents."""

    NO_ID = "NoIdInRequest"
    INVALID_ID = "InvalidIdInRequest"
    UNINITIALIZED = "CredentialsUninitialized"
    INTERNAL = "InternalServerError"


ERRORS = {
    EcsErrorCode.NO_ID: (400, "CredentialsV2Request: No Credential ID in the request"),
    EcsErrorCode.INVALID_ID: (400, "CredentialsV2Request: Credentials not found"),
    EcsErrorCode.UNINITIALIZED: (503, "CredentialsV2Request: Credentials uninitialized for ID"),
    EcsErrorCode.INTERNAL: (500, "Internal server error"),
}
"""Status and message of each code."""


@dataclass(frozen=True, kw_only=True)
class EcsConfig:
    """One task's credentials, or the error that it gets instead."""

    credentials: MintedCredentials | None = None
    path: str = f"{PREFIX}00000000-0000-4000-8000-000000000000"
    """The value of AWS_CONTAINER_CREDENTIALS_RELATIVE_URI; another id is unknown to the agent."""
    role_arn: str = f"arn:aws:iam::{ACCOUNT}:role/task-role"
    error: EcsErrorCode | None = None
    date_offset_seconds: float = 0.0
    faults: tuple[Fault, ...] = ()


class EcsServer(LabServer):
    """Routes for faults: `credentials`."""

    def __init__(self, config: EcsConfig, **listen: Unpack[ListenOptions]) -> None:
        super().__init__(faults=config.faults, date_offset_seconds=config.date_offset_seconds, **listen)
        self._config = config

    def routes(self, request: Request) -> tuple[str, ...]:
        """Name every path below `/v2/credentials/` `credentials`."""
        return ("credentials",) if request.path.startswith(PREFIX) else ()

    def answer(self, request: Request) -> Answer:
        """Check for a missing id, an unknown id and the configured error, then give the keys."""
        config = self._config
        if not request.path.startswith(PREFIX):
            return go_not_found(self.date())
        if request.path == PREFIX:
            return self._refusal(EcsErrorCode.NO_ID)
        if request.path != config.path:
            return self._refusal(EcsErrorCode.INVALID_ID)
        if config.error is not None:
            return self._refusal(config.error)
        if config.credentials is None:
            return self._refusal(EcsErrorCode.UNINITIALIZED)
        return go_json(200, _success(config.credentials, config.role_arn), self.date())

    def _refusal(self, code: EcsErrorCode) -> Answer:
        status, message = ERRORS[code]
        document = {"code": code.value, "message": message, "HTTPErrorCode": status}
        return go_json(status, json.dumps(document, separators=(",", ":")).encode(), self.date())


def _success(credentials: MintedCredentials, role_arn: str) -> bytes:
    return json.dumps(
        {
            "RoleArn": role_arn,
            "AccessKeyId": credentials.access_key_id,
            "SecretAccessKey": credentials.secret_access_key,
            "Token": credentials.session_token,
            "Expiration": credentials.expiration_text,
        },
        separators=(",", ":"),
    ).encode()
