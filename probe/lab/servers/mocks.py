"""Mocks of IMDS that people run in test clusters, with what they answer otherwise than EC2.

amazon-ec2-metadata-mock as in aws/amazon-ec2-metadata-mock:pkg/server, pkg/mock and pkg/config/defaults (v1.11); moto's
server as in getmoto/moto:moto/instance_metadata/responses.py (5.2), and as it answers, where Flask adds its own.
"""

import base64
import json
import re
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from probe.lab.servers.go_http import go_error
from probe.lab.servers.imds import MAX_TTL, PAGE, TOKEN_HEADER, TOKEN_PATH, TTL_ECHO, TTL_HEADER
from probe.lab.servers.imds_tree import ROLE_LISTING, role_document
from probe.lab.servers.messages import Answer, Request, standard_phrase
from probe.lab.servers.minting import ACCOUNT, MintedCredentials

AEMM_ROLE, MOTO_ROLE = "baskinc-role", "default-role"
WERKZEUG = "Werkzeug/3.1.9 Python/3.11.7"
_UPDATED = "2020-04-02T18:50:40Z"
_INSTANCE = "i-1234567890abcdef0"
_SAMPLE_KEYS = {
    "Code": "Success",
    "LastUpdated": _UPDATED,
    "Type": "AWS-HMAC",
    "AccessKeyId": "12345678901",
    "SecretAccessKey": "v/12345678901",
    "Token": "TEST92test48TEST==",
    "Expiration": "2020-04-02T00:49:51Z",
}
_DOCUMENT = {
    "accountId": "0123456789",
    "architecture": "x86_64",
    "availabilityZone": "us-east-1f",
    "imageId": "ami-0b69ea66ff7391e80",
    "instanceId": _INSTANCE,
    "instanceType": "m4.xlarge",
    "pendingTime": "2019-10-31T07:02:24Z",
    "privateIp": "10.0.7.10",
    "region": "us-east-1",
    "version": "2017-09-30",
}


@dataclass(kw_only=True)
class Aemm:
    """amazon-ec2-metadata-mock. Without credentials it hands out its samples; `tokens_required` is its `--imdsv2`."""

    credentials: MintedCredentials | None = None
    tokens_required: bool = False
    tokens: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, request: Request, date: str) -> Answer:
        """Answer as the mock does, to which a slash at the end makes no difference."""
        path = request.path.rstrip("/") or "/"
        if path == TOKEN_PATH:
            return self._token(request, date)
        content = self._content(path)
        if content is None:
            return _page(404, date)
        if self.tokens_required and not self._knows(request.header(TOKEN_HEADER)):
            return _page(401, date)
        return _text(content, date) if isinstance(content, str) else _json(content, date)

    def _token(self, request: Request, date: str) -> Answer:
        if request.method != "PUT":
            return Answer(status=200, headers=(("Date", date), ("Content-Length", "0")))
        ttl = request.header(TTL_HEADER) or ""
        if not re.fullmatch(r"[0-9]{1,9}", ttl, re.ASCII) or not 1 <= int(ttl) <= MAX_TTL:
            return _page(400, date)
        token = base64.b64encode(secrets.token_bytes(32)).decode()
        with self.lock:
            self.tokens.add(token)
        return _text(token, date, (TTL_ECHO, ttl))

    def _knows(self, token: str | None) -> bool:
        with self.lock:
            return token in self.tokens

    def _content(self, path: str) -> str | Mapping[str, Any] | None:
        info = {"Code": "Success", "InstanceProfileArn": f"arn:aws:iam::{ACCOUNT}:instance-profile/{AEMM_ROLE}"}
        keys = _SAMPLE_KEYS if self.credentials is None else role_document(self.credentials, time.time())
        known: dict[str, str | Mapping[str, Any]] = {
            "/": "latest\n",
            "/latest": "dynamic\nmeta-data\n",
            "/latest/meta-data": "ami-id\niam/info\niam/security-credentials\ninstance-id\n",
            "/latest/meta-data/instance-id": _INSTANCE,
            "/latest/meta-data/iam/info": info,
            f"/latest/{ROLE_LISTING}".rstrip("/"): AEMM_ROLE,
            f"/latest/{ROLE_LISTING}{AEMM_ROLE}": keys,
            "/latest/dynamic/instance-identity/document": _DOCUMENT,
        }
        return known.get(path)


def moto_answer(request: Request, date: str) -> Answer:
    """Answer as moto's server does: any token is good, and what it does not know is an error or somebody's bucket."""
    known = {
        TOKEN_PATH: "fake-imdsv2-token",
        "/latest/meta-data/": "iam",
        f"/latest/{ROLE_LISTING}": MOTO_ROLE,
        f"/latest/{ROLE_LISTING}{MOTO_ROLE}": json.dumps(_moto_keys()),
    }
    if request.path in known:
        return _flask(200, known[request.path], date)
    if request.path.startswith("/latest/meta-data/"):
        return _flask(500, "<!doctype html>\n<title>500 Internal Server Error</title>\n", date)
    return _flask(404, "<Error><Code>NoSuchBucket</Code></Error>", date, "application/xml")


def _moto_keys() -> dict[str, str]:
    tomorrow = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
    sample = {"AccessKeyId": "test-key", "SecretAccessKey": "test-secret-key", "Token": "test-session-token"}
    return {**sample, "Expiration": tomorrow}


def _flask(status: int, text: str, date: str, kind: str = "text/html; charset=utf-8") -> Answer:
    body = text.encode()
    fields = (("Server", WERKZEUG), ("Date", date), ("Content-Type", kind), ("Content-Length", str(len(body))))
    return Answer(status=status, headers=(*fields, ("Connection", "close")), body=body)


def _page(status: int, date: str) -> Answer:
    return go_error(status, PAGE.format(title=f"{status} - {standard_phrase(status)}").rstrip(), date)


def _text(text: str, date: str, *more: tuple[str, str]) -> Answer:
    return _framed("text/plain", text.encode(), date, more)


def _json(document: Mapping[str, Any], date: str) -> Answer:
    return _framed("application/json", json.dumps(document, indent="\t").encode(), date)


def _framed(kind: str, body: bytes, date: str, more: tuple[tuple[str, str], ...] = ()) -> Answer:
    return Answer(
        status=200,
        headers=(("Content-Type", kind), *more, ("Date", date), ("Content-Length", str(len(body)))),
        body=body,
    )
