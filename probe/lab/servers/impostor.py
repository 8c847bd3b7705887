"""Things that answer at 169.254.169.254 or 169.254.170.23 and are neither EC2 nor the Pod Identity agent."""

import json
import time
from dataclasses import dataclass
from typing import Literal, Unpack

from probe.lab.servers.base import LabServer, ListenOptions
from probe.lab.servers.faults import Fault
from probe.lab.servers.go_http import PLAIN, go_error
from probe.lab.servers.imds_tree import ROLE_LISTING, role_document
from probe.lab.servers.messages import Answer, Request, standard_phrase
from probe.lab.servers.minting import MintedCredentials
from probe.lab.servers.mocks import Aemm, moto_answer

ROLES = f"/latest/{ROLE_LISTING}"
TOKEN_PATH = "/latest/api/token"  # noqa: S105 - a path, not a secret
NGINX = "nginx/1.25.3"
OLD_PYTHON = "WSGIServer/0.1 Python/2.7.18"


@dataclass(frozen=True, kw_only=True)
class ImpostorConfig:
    """Which program answers.

    `kube2iam` stands for the role proxies: they know the role listing and the role's keys, and answer everything else
    with a 404 of their own, as kiam does (uswitch/kiam:pkg/aws/metadata/handler_proxy.go). With `forwards_token_put`
    it is kube2iam itself (jtblin/kube2iam:server/server.go): that passes the token PUT on to EC2, which refuses it with
    403 for its X-Forwarded-For, and it labels its own answers `Server: EC2ws` (aws/aws-sdk-kotlin#627).
    `nginx` is any web server on the port. `mock-old` is a mock from before IMDSv2, where a PUT is a 405. `aemm` (with
    `tokens_required`, as with its `--imdsv2`) and `moto` are the mocks of that name.
    """

    flavour: Literal["kube2iam", "nginx", "mock-old", "aemm", "moto"] = "kube2iam"
    role: str | None = "pod-role"
    """The role that the proxy maps the pod to; None for a pod it knows nothing of."""
    credentials: MintedCredentials | None = None
    forwards_token_put: bool = False
    tokens_required: bool = False
    date_offset_seconds: float = 0.0
    faults: tuple[Fault, ...] = ()


class ImpostorServer(LabServer):
    """Routes for faults: `token`, `listing`, `role`, `metadata` (anything else)."""

    def __init__(self, config: ImpostorConfig, **listen: Unpack[ListenOptions]) -> None:
        super().__init__(faults=config.faults, date_offset_seconds=config.date_offset_seconds, **listen)
        self._config = config
        self._aemm = Aemm(credentials=config.credentials, tokens_required=config.tokens_required)

    def routes(self, request: Request) -> tuple[str, ...]:
        """Name what the request would have been for EC2."""
        if request.path.startswith(TOKEN_PATH):
            return ("token",)
        if request.path.rstrip("/") == ROLES.rstrip("/"):
            return ("listing",)
        return ("role",) if request.path.startswith(ROLES) else ("metadata",)

    def answer(self, request: Request) -> Answer:
        """Answer in the flavour's own way."""
        match self._config.flavour:
            case "kube2iam":
                return self._role_proxy(request)
            case "nginx":
                return self._nginx(request)
            case "mock-old":
                return self._old_mock(request)
            case "aemm":
                return self._aemm.answer(request, self.date())
            case "moto":
                return moto_answer(request, self.date())

    def _role_proxy(self, request: Request) -> Answer:
        route, config = self.routes(request)[0], self._config
        label = (("Server", "EC2ws"),) if config.forwards_token_put else ()
        if route == "token" and config.forwards_token_put:
            fields = (("Content-Length", "0"), ("Content-Type", "text/plain"), ("Date", self.date()))
            return Answer(status=403, headers=(*fields, *label))
        if route in ("listing", "role") and config.role is None:
            return _labelled(go_error(404, "unable to find role for IP 10.0.1.45", self.date()), label)
        if route == "listing":
            return _labelled(self._plain(config.role or ""), label)
        if route == "role" and request.path != f"{ROLES}{config.role}":
            return _labelled(go_error(403, f"Invalid role {request.path.removeprefix(ROLES)}", self.date()), label)
        if route == "role" and config.credentials is not None:
            return _labelled(self._plain(json.dumps(role_document(config.credentials, time.time())) + "\n"), label)
        return go_error(404, f'request blocked by whitelist-route-regexp "^$": {request.path}', self.date())

    def _nginx(self, request: Request) -> Answer:
        status, phrase = (404, "Not Found") if request.method in ("GET", "HEAD") else (405, "Not Allowed")
        title = f"{status} {phrase}"
        page = (
            f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
            f"<hr><center>{NGINX}</center>\r\n</body>\r\n</html>\r\n"
        ).encode()
        fields = (("Server", NGINX), ("Date", self.date()), ("Content-Type", "text/html"))
        headers = (*fields, ("Content-Length", str(len(page))), ("Connection", "keep-alive"))
        return Answer(status=status, reason=phrase, headers=headers, body=page)

    def _old_mock(self, request: Request) -> Answer:
        config = self._config
        if request.method not in ("GET", "HEAD"):
            return self._mock_page(405)
        route = self.routes(request)[0]
        if route == "listing" and config.role is not None:
            return self._mock_text(config.role)
        if request.path == f"{ROLES}{config.role}" and config.credentials is not None:
            return self._mock_text(json.dumps(role_document(config.credentials, time.time())))
        return self._mock_page(404)

    def _mock_page(self, status: int) -> Answer:
        title = f"Error: {status} {standard_phrase(status)}"
        return self._mock_text(f"<html><body><h1>{title}</h1></body></html>", status=status, kind="text/html")

    def _mock_text(self, text: str, *, status: int = 200, kind: str = "text/plain") -> Answer:
        body = text.encode()
        fields = (("Date", self.date()), ("Server", OLD_PYTHON), ("Content-Type", f"{kind}; charset=UTF-8"))
        headers = (*fields, ("Content-Length", str(len(body))), ("Connection", "close"))
        return Answer(status=status, headers=headers, body=body)

    def _plain(self, text: str) -> Answer:
        body = text.encode()
        headers = (("Content-Type", PLAIN), ("Date", self.date()), ("Content-Length", str(len(body))))
        return Answer(status=200, headers=headers, body=body)


def _labelled(answer: Answer, label: tuple[tuple[str, str], ...]) -> Answer:
    return Answer(status=answer.status, headers=(*label, *answer.headers), body=answer.body)
