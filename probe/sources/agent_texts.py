"""Names what a container credential endpoint said, and keeps only what is safe: a code, a host, a principal's ARN.

The texts: aws/eks-pod-identity-agent:internal/validation/request.go, pkg/errors/errors.go,
pkg/handlers/eks_credential_handler.go; aws/amazon-ecs-agent:ecs-agent/tmds/handlers/v1/credentials_handler.go.
"""

import re

from probe.evidence.container_text import ContainerText
from probe.records import dataclass
from probe.sources.documents import read_document, word

_LONGEST_TEXT = 4096
_FRAME = re.compile(r"\[[^\[\]]{0,80}\]: \((?P<code>[A-Za-z]{1,80})\): ")
"""How the agent passes on an error of EKS Auth: `[request id]: (Code): message, fault: client`."""
_OLD_FRAME = re.compile(
    r"StatusCode: [1-5][0-9]{2}, RequestID: [^,]{0,80}, (?:api error )?(?P<code>[A-Z][A-Za-z]{1,80}): "
)
"""How agents of 2023 told the same."""
_LOOKUP = re.compile(r"\blookup (?P<detail>[A-Za-z0-9.-]{1,253})(?: on [0-9a-f.:\[\]]{3,60})?: ")
_DIAL = re.compile(r"\bdial tcp (?P<detail>\[?[0-9a-f.:]{3,45}\]?:[0-9]{1,5}): ")
_HOST = re.compile(r'"https://(?P<detail>[A-Za-z0-9.-]{1,253})[/:"]')
_PRINCIPAL = re.compile(r"(?P<detail>arn:aws[a-z-]{0,12}:(?:sts|iam)::[0-9]{12}:[A-Za-z0-9+=,.@_/-]{1,200})")
_BEGINNINGS = (
    ("Service account token cannot be empty", ContainerText.TOKEN_EMPTY),
    ("Service account token cannot be parsed", ContainerText.TOKEN_UNPARSABLE),
    ("Access Denied. Called agent through invalid address", ContainerText.WRONG_HOST),
    ("404 page not found", ContainerText.NOT_FOUND),
    ("Too Many Requests", ContainerText.RATE_LIMITED),
)
_CLAIMS = "Service account token failed basic claim validations"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What an answer said. All None for a text that is not known."""

    kind: ContainerText | None = None
    code: str | None = None
    detail: str | None = None


def classify(status: int | None, body: bytes) -> Said:
    """Name the text of an answer that is not 200."""
    if status is None or status == 200:
        return Said()
    text = body[:_LONGEST_TEXT].decode("utf-8", "replace").strip()
    return _own_words(status, text) or _eks_auth(text) or _upstream(status, text) or _document(body)


def _own_words(status: int, text: str) -> Said | None:
    """Recognise what the agent says itself; the status must be the one that it says it with."""
    for beginning, kind in _BEGINNINGS:
        if text.startswith(beginning) and status == _STATUS[kind]:
            return Said(kind=kind)
    if not text.startswith(_CLAIMS) or status != 400:
        return None
    if "token is expired" in text:
        return Said(kind=ContainerText.TOKEN_EXPIRED)
    if "token is not valid yet" in text:
        return Said(kind=ContainerText.TOKEN_NOT_YET_VALID)
    return Said(kind=ContainerText.TOKEN_CLAIMS)


_STATUS = {
    ContainerText.TOKEN_EMPTY: 400,
    ContainerText.TOKEN_UNPARSABLE: 400,
    ContainerText.WRONG_HOST: 403,
    ContainerText.NOT_FOUND: 404,
    ContainerText.RATE_LIMITED: 429,
}


def _eks_auth(text: str) -> Said | None:
    """Recognise an error of EKS Auth that the agent passes on, in the frame of old or of current agents."""
    frame = _FRAME.match(text) or _OLD_FRAME.search(text)
    if frame is None:
        return None
    code, message = frame["code"], text[frame.end() :]
    if code == "AccessDeniedException" and "eks-auth:AssumeRoleForPodIdentity" in message:
        return Said(kind=ContainerText.NODE_ROLE_DENIED, code=code, detail=_detail(_PRINCIPAL, message))
    if code == "AccessDeniedException" and "EKS does not have permissions to assume" in message:
        return Said(kind=ContainerText.ROLE_TRUST, code=code)
    return Said(kind=ContainerText.EKS_AUTH, code=code)


def _upstream(status: int, text: str) -> Said | None:
    """Recognise a call of EKS Auth that got no answer."""
    if status != 500:
        return None
    if text == "[]":
        return Said(kind=ContainerText.UPSTREAM_SILENT)
    if "EKS Auth" not in text and "AssumeRoleForPodIdentity" not in text:
        return None
    host = _detail(_HOST, text)
    if "no EC2 IMDS role found" in text or "failed to refresh cached credentials" in text:
        return Said(kind=ContainerText.NO_NODE_CREDENTIALS)
    if _LOOKUP.search(text):
        return Said(kind=ContainerText.UPSTREAM_LOOKUP, detail=_detail(_LOOKUP, text))
    if "x509: " in text:
        return Said(kind=ContainerText.UPSTREAM_X509, detail=host)
    if _DIAL.search(text):
        return Said(kind=ContainerText.UPSTREAM_DIAL, detail=_detail(_DIAL, text))
    if "context deadline exceeded" in text or "context canceled" in text:
        return Said(kind=ContainerText.UPSTREAM_TIMEOUT, detail=host)
    return None


def _detail(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found["detail"] if found else None


def _document(body: bytes) -> Said:
    """Recognise an error document in JSON, which is how ECS answers."""
    document = read_document(body) or {}
    code = word(document.get("code")) or word(document.get("Code"))
    if code is None:
        return Said()
    return Said(kind=ContainerText.ECS_ERROR if "HTTPErrorCode" in document else None, code=code[:80])
