"""The EC2 instance metadata service (169.254.169.254, [fd00:ec2::254]).

Status codes and headers follow the EC2 User Guide (use IMDSv2) and answers of real instances quoted in
aws-beam/aws_credentials#47 (403), googleapis/google-auth-library-ruby#421 (405), aws/amazon-ecs-agent#2861 (400),
JuliaCloud/AWS.jl#654 (200). The empty body of a 401 is inferred from SDK messages, not from a dump.
"""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Unpack

from probe.lab.servers.base import LabServer, ListenOptions
from probe.lab.servers.canaries import Canaries
from probe.lab.servers.faults import Fault
from probe.lab.servers.imds_tree import (
    ROLE_LISTING,
    Instance,
    instance_files,
    listing,
    profile_document,
    role_document,
    role_files,
)
from probe.lab.servers.messages import Answer, Request, http_date, standard_phrase
from probe.lab.servers.minting import ACCOUNT, MintedCredentials, mint_imds_token

TOKEN_PATH = "/latest/api/token"  # noqa: S105 - a path, not a secret
TOKEN_HEADER = "x-aws-ec2-metadata-token"  # noqa: S105 - a header's name
TTL_HEADER = "x-aws-ec2-metadata-token-ttl-seconds"
TTL_ECHO = "X-Aws-Ec2-Metadata-Token-Ttl-Seconds"
MAX_TTL = 21600
VERSIONED = re.compile(r"/(latest|1\.0|\d{4}-\d{2}-\d{2})/(.*)", re.DOTALL)
DATED_TOKEN_PATH = re.compile(r"/\d{4}-\d{2}-\d{2}/api/token/?")
# 349 bytes for `400 - Bad Request`, which is the length that real instances announce.
PAGE = """<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
         "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
 <head>
  <title>{title}</title>
 </head>
 <body>
  <h1>{title}</h1>
 </body>
</html>
"""


@dataclass(frozen=True, kw_only=True)
class ImdsConfig:
    """The metadata options and the metadata of one instance."""

    tokens: Literal["required", "optional"] = "required"
    endpoint: Literal["enabled", "disabled"] = "enabled"
    role: str | None = "node-role"
    """The one role of the instance profile; None for an instance without profile."""
    credentials: MintedCredentials | None = None
    role_document: Mapping[str, Any] | None = None
    """Served in place of the credentials, with 200: an error document has Code, Message and LastUpdated."""
    info_document: Mapping[str, Any] | None = None
    """Served in place of `iam/info`."""
    instance_id: str = Instance.instance_id
    region: str = Instance.region
    availability_zone: str = Instance.availability_zone
    account: str = ACCOUNT
    mac: str = Instance.mac
    vpc_id: str = Instance.vpc_id
    subnet_id: str = Instance.subnet_id
    v2_supported: bool = True
    """False for an endpoint from before IMDSv2: it has no token path and ignores the token header."""
    trust_forwarded: bool = False
    """True for a server that hands tokens out in spite of X-Forwarded-For, which EC2 never does."""
    server_header: str | None = "EC2ws"
    date_offset_seconds: float = 0.0
    faults: tuple[Fault, ...] = ()

    @property
    def instance(self) -> Instance:
        """The part of it that describes the instance."""
        return Instance(
            instance_id=self.instance_id,
            region=self.region,
            availability_zone=self.availability_zone,
            account=self.account,
            mac=self.mac,
            vpc_id=self.vpc_id,
            subnet_id=self.subnet_id,
        )


@dataclass(kw_only=True)
class _Sessions:
    """The tokens handed out, with the time when each ends."""

    ends: dict[str, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def remaining(self, token: str, now: float) -> int | None:
        with self.lock:
            end = self.ends.get(token)
        return None if end is None or end <= now else int(end - now + 0.5)

    def add(self, token: str, end: float) -> None:
        with self.lock:
            self.ends[token] = end


class ImdsServer(LabServer):
    """Routes for faults: `token`, `tokenless` (any GET without a token), `listing`, `role`, `metadata`."""

    refuses_expect = True

    def __init__(
        self, config: ImdsConfig, *, canaries: Canaries | None = None, **listen: Unpack[ListenOptions]
    ) -> None:
        super().__init__(faults=config.faults, date_offset_seconds=config.date_offset_seconds, **listen)
        self.canaries = canaries or Canaries()
        """Where the session tokens that it hands out are registered."""
        self._config = config
        self._sessions = _Sessions()
        self._updated = self.now()
        self._files = _files(config, self._updated)

    def routes(self, request: Request) -> tuple[str, ...]:
        """Name what is asked for; a tokenless GET has two names."""
        if "/api/token" in request.path:
            return ("token",)
        below = _below_version(request.path) or ""
        if not below.startswith(ROLE_LISTING.rstrip("/")):
            what = "metadata"
        else:
            what = "listing" if below.rstrip("/") == ROLE_LISTING.rstrip("/") else "role"
        tokenless = request.method in ("GET", "HEAD") and not request.header(TOKEN_HEADER)
        return ("tokenless", what) if tokenless else (what,)

    def answer(self, request: Request) -> Answer:
        """Check the switch, Expect, the token path and the token, in this order, then give what is asked for."""
        if self._config.endpoint == "disabled":
            return self._empty(403)
        if request.header("expect") is not None:
            return self._empty(417, close=True)
        if self._config.v2_supported and _is_token_path(request.path):
            return self._token(request)
        if request.method not in ("GET", "HEAD"):
            return self._page(404) if not self._config.v2_supported else self._not_allowed("OPTIONS, GET, HEAD")
        return self._data(request)

    def _token(self, request: Request) -> Answer:
        if request.path != TOKEN_PATH:
            return self._empty(403)
        if request.method != "PUT":
            return self._not_allowed("OPTIONS, PUT")
        if request.header("x-forwarded-for") is not None and not self._config.trust_forwarded:
            return self._empty(403)
        ttl = _ttl(request.header(TTL_HEADER))
        if ttl is None:
            return self._page(400)
        token = mint_imds_token(self.canaries)
        self._sessions.add(token, self.now() + ttl)
        return self._text(token, ttl)

    def _data(self, request: Request) -> Answer:
        token = request.header(TOKEN_HEADER) if self._config.v2_supported else None
        remaining = None if token is None else self._sessions.remaining(token, self.now())
        refused = remaining is None if token is not None else self._config.tokens == "required"
        if refused and self._config.v2_supported:
            return self._empty(401, close=True)
        content = self._content(request.path)
        return self._page(404) if content is None else self._text(content, remaining)

    def _content(self, path: str) -> str | None:
        if path == "/":
            return "1.0\n2021-03-23\nlatest"
        below = _below_version(path)
        if below is None:
            return None
        if below in self._files:
            return self._files[below]
        directory = below if not below or below.endswith("/") else f"{below}/"
        if directory == ROLE_LISTING:
            return self._config.role
        return listing(self._files, directory)

    def _text(self, content: str, ttl: int | None) -> Answer:
        body = content.encode()
        fields = [
            *([(TTL_ECHO, str(ttl))] if ttl is not None else []),
            ("Content-Type", "text/plain"),
            ("Accept-Ranges", "none"),
            ("Last-Modified", http_date(self._updated)),
            ("Content-Length", str(len(body))),
        ]
        return Answer(status=200, headers=(*fields, *self._trailer(close=True)), body=body)

    def _page(self, status: int) -> Answer:
        body = PAGE.format(title=f"{status} - {standard_phrase(status)}").encode()
        fields = (("Content-Type", "text/html"), ("Content-Length", str(len(body))))
        return Answer(status=status, headers=(*fields, *self._trailer(close=True)), body=body)

    def _empty(self, status: int, *, close: bool = False) -> Answer:
        fields = (("Content-Length", "0"), ("Content-Type", "text/plain"))
        return Answer(status=status, headers=(*fields, *self._trailer(close=close)))

    def _not_allowed(self, allowed: str) -> Answer:
        fields = (("Allow", allowed), ("Content-Length", "0"))
        headers = (*fields, *self._trailer(close=True), ("Content-Type", "text/plain"))
        return Answer(status=405, reason="Not Allowed", headers=headers)

    def _trailer(self, *, close: bool) -> tuple[tuple[str, str], ...]:
        server = () if self._config.server_header is None else (("Server", self._config.server_header),)
        return (("Date", self.date()), *server, *([("Connection", "close")] if close else []))


def _files(config: ImdsConfig, updated: float) -> dict[str, str]:
    files = instance_files(config.instance)
    if config.role is None:
        return files
    info = config.info_document or profile_document(config.instance, config.role, updated)
    document = config.role_document
    if document is None and config.credentials is not None:
        document = role_document(config.credentials, updated)
    return files | role_files(config.role, info, document)


def _is_token_path(path: str) -> bool:
    return path.rstrip("/") == TOKEN_PATH or DATED_TOKEN_PATH.fullmatch(path) is not None


def _below_version(path: str) -> str | None:
    """Cut the version off a path; None if it has none that exists. A bare version is the top directory."""
    match = VERSIONED.fullmatch(path if path.count("/") > 1 else f"{path}/")
    return match[2] if match else None


def _ttl(value: str | None) -> int | None:
    if value is None or not re.fullmatch(r"\d{1,9}", value, re.ASCII):
        return None
    return int(value) if 1 <= int(value) <= MAX_TTL else None
