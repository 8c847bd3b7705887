"""AWS services on one address: EC2, ELB, IAM, EKS and whatever else has a model, with SigV4 verified as STS does it."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Unpack
from urllib.parse import unquote_plus

from botocore.model import OperationModel, OperationNotFoundError, ServiceModel

from probe.lab.servers.aws_api_config import AwsConfig, Reply
from probe.lab.servers.aws_api_denials import denial
from probe.lab.servers.aws_api_write import error_answer, raw_answer, result_answer
from probe.lab.servers.base import LabServer, ListenOptions
from probe.lab.servers.canaries import Canaries
from probe.lab.servers.messages import Answer, RecordedRequest, Request
from probe.lab.servers.minting import MintedCredentials, mint_credentials
from probe.lab.servers.sigv4 import authorization
from probe.lab.servers.sts_config import KeyRing, StsConfig, StsError
from probe.lab.servers.sts_judgement import judge_caller
from probe.wire.models import FOLDER, service_model

_REJECTED = {"ec2": ("AuthFailure", 401), "json": ("UnrecognizedClientException", 400)}
"""What services of a protocol call keys that they do not know; the others say what STS says."""
DRY_RUN = ("DryRunOperation", "Request would have succeeded, but DryRun flag is set.")


class AwsApiServer(LabServer):
    """Routes for faults: `ec2`, `ec2.DescribeSubnets`, for each service by botocore's name."""

    def __init__(
        self,
        config: AwsConfig,
        *,
        canaries: Canaries | None = None,
        keys: KeyRing | None = None,
        **listen: Unpack[ListenOptions],
    ) -> None:
        super().__init__(faults=config.faults, date_offset_seconds=config.date_offset_seconds, **listen)
        self._config = config
        self._canaries = canaries or Canaries()
        self._keys = keys or KeyRing()
        for credentials in (*config.known_keys, *config.expired_keys):
            self._keys.add(credentials)
        self._judge = StsConfig(region=config.region, expired_keys=config.expired_keys)
        for name, result in [(one.call, one.result) for one in config.replies] + [*config.results.items()]:
            _try(name, result)

    def routes(self, request: Request) -> tuple[str, ...]:
        """Name the service, and the call."""
        model = operation_of(request)
        return () if model is None else (service_of(model), call_of(model))

    def describe(self, request: Request) -> RecordedRequest:
        """Add the call and the region that the signature is scoped to."""
        model, signed = operation_of(request), authorization(request)
        return replace(
            super().describe(request),
            action=None if model is None else call_of(model),
            region=None if signed is None else signed.region,
        )

    def answer(self, request: Request) -> Answer:
        """Check the signature, then the permission, then act."""
        model = operation_of(request)
        if model is None:
            return raw_answer(404, "", "text/plain", self._id(), self.date())
        return self.answer_call(model, request)

    def answer_call(self, model: OperationModel, request: Request) -> Answer:
        """Answer a call that is known to be one."""
        protocol = model.service_model.metadata["protocol"]
        caller = judge_caller(self._judge, self._keys, request, self.now())
        if isinstance(caller, StsError):
            code, status = _REJECTED.get(protocol, (caller.code, caller.status))
            known = caller.code == "InvalidClientTokenId"
            return self._error(model, code if known else caller.code, caller.message, status)
        return self._denied(model, request, caller) or self._replied(model, request)

    def _denied(self, model: OperationModel, request: Request, caller: MintedCredentials) -> Answer | None:
        action = f"{model.service_model.signing_name}:{model.name}"
        kind = self._config.denied.get(action)
        if kind is None:
            return None
        protocol = model.service_model.metadata["protocol"]
        resource = _parameter(request, "RoleArn") or _parameter(request, "PolicySourceArn")
        code, status, text = denial(protocol, action, caller.arn, kind, self._canaries, resource)
        return self._error(model, code, text, status)

    def _replied(self, model: OperationModel, request: Request) -> Answer:
        reply = next((one for one in self._config.replies if _fits(one, model, request)), None)
        if reply is not None and reply.body is not None:
            status = 200 if reply.code is None else reply.status
            return raw_answer(status, reply.body, reply.content_type, self._id(), self.date())
        if reply is not None and reply.code is not None:
            return self._error(model, reply.code, reply.message, reply.status)
        if _parameter(request, "DryRun") == "true":
            return self._error(model, *DRY_RUN, 412)
        result = reply.result if reply else self._config.results.get(call_of(model))
        if result is None:
            result = self._session(request) if call_of(model) == "sts.AssumeRole" else {}
        return result_answer(model, result, self._id(), self.date())

    def _session(self, request: Request) -> dict[str, Any]:
        """Mint the keys that AssumeRole gives."""
        role, session = _parameter(request, "RoleArn") or "", _parameter(request, "RoleSessionName") or ""
        minted = mint_credentials(
            self._canaries,
            role=role.rpartition("/")[2],
            session=session,
            account=role.split(":")[4],
            expires_in=float(_parameter(request, "DurationSeconds") or 3600),
        )
        self._keys.add(minted)
        keys = {
            "AccessKeyId": minted.access_key_id,
            "SecretAccessKey": minted.secret_access_key,
            "SessionToken": minted.session_token,
            "Expiration": minted.expiration,
        }
        return {"Credentials": keys, "AssumedRoleUser": {"AssumedRoleId": minted.user_id, "Arn": minted.arn}}

    def _error(self, model: OperationModel, code: str, message: str, status: int) -> Answer:
        protocol = model.service_model.metadata["protocol"]
        return error_answer(protocol, code, message, status, self._id(), self.date())

    @staticmethod
    def _id() -> str:
        return str(uuid.uuid4())


def _try(call: str, result: Mapping[str, Any]) -> None:
    """Write a result once. Raises ValueError for a call or a result that is a slip of the scenario."""
    service, _, operation = call.partition(".")
    try:
        result_answer(service_model(service).operation_model(operation), result, "", "")
    except (LookupError, OperationNotFoundError, ValueError) as error:
        raise ValueError(f"no such answer to {call}: {error}") from error


def operation_of(request: Request) -> OperationModel | None:
    """Return the model of the operation that a request calls; None for what the lab has no model of."""
    signed = authorization(request)
    model = _by_host(request.host) or (_by_signing_name(signed.service) if signed else None)
    if model is None:
        return None
    name = _parameter(request, "Action") or (request.header("x-amz-target") or "").rpartition(".")[2]
    if name in model.operation_names:
        return model.operation_model(name)
    return next((one for one in map(model.operation_model, model.operation_names) if _is_path_of(one, request)), None)


def service_of(model: OperationModel) -> str:
    """Return botocore's name of an operation's service."""
    return str(model.service_model.service_name)


def call_of(model: OperationModel) -> str:
    """Return `service.Operation`."""
    return f"{service_of(model)}.{model.name}"


@cache
def _models() -> tuple[ServiceModel, ...]:
    return tuple(service_model(path.stem) for path in sorted(FOLDER.glob("*.json")))


def _by_host(host: str) -> ServiceModel | None:
    name = host.partition(":")[0]
    return next((one for one in _models() if name.startswith(f"{one.endpoint_prefix}.")), None)


def _by_signing_name(name: str) -> ServiceModel | None:
    return next((one for one in _models() if one.signing_name == name), None)


def _is_path_of(model: OperationModel, request: Request) -> bool:
    """Whether a request goes to the path of a REST operation, labels of any value included."""
    if not model.service_model.metadata["protocol"].startswith("rest-") or model.http["method"] != request.method:
        return False
    uri = model.http["requestUri"].partition("?")[0]
    pattern = re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(uri))
    return re.fullmatch(pattern, request.path.rstrip("/") or "/") is not None


def _parameter(request: Request, name: str) -> str | None:
    found = re.search(rf"(?:^|&){name}=([^&]*)", f"{request.body.decode('utf-8', 'replace')}&{request.query}")
    return unquote_plus(found.group(1)) if found else None


def _fits(reply: Reply, model: OperationModel, request: Request) -> bool:
    said = unquote_plus(f"{request.path}?{request.query}&{request.body.decode('utf-8', 'replace')}")
    return reply.call == call_of(model) and all(part in said for part in reply.having)
