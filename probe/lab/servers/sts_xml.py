"""Answers of STS as XML: two blanks of indent, a newline at the end, the four headers of the real endpoint.

The error document is byte for byte that of aws-azure-login/aws-azure-login#251, headers and their order included.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID
from xml.sax.saxutils import escape

from probe.lab.servers.messages import Answer
from probe.lab.servers.minting import MintedCredentials
from probe.lab.servers.sts_config import StsError

NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"

Tree = dict[str, "str | Tree"]


@dataclass(frozen=True, kw_only=True)
class Granted:
    """What a web identity got: a session and the facts that STS repeats."""

    credentials: MintedCredentials
    subject: str
    audience: str
    provider_arn: str


def error_answer(error: StsError, request_id: UUID, date: str) -> Answer:
    """Write an error document with its status."""
    fields: Tree = {"Type": error.type, "Code": error.code, "Message": error.message}
    return _answer(error.status, "ErrorResponse", {"Error": fields, "RequestId": str(request_id)}, request_id, date)


def web_identity_answer(granted: Granted, request_id: UUID, date: str) -> Answer:
    """Write the session that AssumeRoleWithWebIdentity gives."""
    credentials = granted.credentials
    result: Tree = {
        "Audience": granted.audience,
        "AssumedRoleUser": {"AssumedRoleId": credentials.user_id, "Arn": credentials.arn},
        "Provider": granted.provider_arn,
        "Credentials": {
            "AccessKeyId": credentials.access_key_id,
            "SecretAccessKey": credentials.secret_access_key,
            "SessionToken": credentials.session_token or "",
            "Expiration": credentials.expiration_text,
        },
        "SubjectFromWebIdentityToken": granted.subject,
    }
    return _success("AssumeRoleWithWebIdentity", result, request_id, date)


def caller_identity_answer(caller: MintedCredentials, request_id: UUID, date: str) -> Answer:
    """Write who the keys belong to."""
    result: Tree = {"Arn": caller.arn, "UserId": caller.user_id, "Account": caller.account}
    return _success("GetCallerIdentity", result, request_id, date)


def _success(action: str, result: Tree, request_id: UUID, date: str) -> Answer:
    tree: Tree = {f"{action}Result": result, "ResponseMetadata": {"RequestId": str(request_id)}}
    return _answer(200, f"{action}Response", tree, request_id, date)


def _answer(status: int, root: str, tree: Tree, request_id: UUID, date: str) -> Answer:
    lines = [f'<{root} xmlns="{NAMESPACE}">', *_lines(tree, "  "), f"</{root}>", ""]
    body = "\n".join(lines).encode()
    headers = (
        ("x-amzn-RequestId", str(request_id)),
        ("Content-Type", "text/xml"),
        ("Content-Length", str(len(body))),
        ("Date", date),
    )
    return Answer(status=status, headers=headers, body=body)


def _lines(tree: Tree, indent: str) -> Iterator[str]:
    for name, content in tree.items():
        if isinstance(content, str):
            yield f"{indent}<{name}>{escape(content)}</{name}>"
        else:
            yield f"{indent}<{name}>"
            yield from _lines(content, f"{indent}  ")
            yield f"{indent}</{name}>"
