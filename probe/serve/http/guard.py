"""What a browser on an engineer's laptop may do through `kubectl port-forward`, whoever tells it to.

Any web site can make a browser send a request to `http://localhost:9411`. Two things stand against that. A site that
lets its own name point at loopback (DNS rebinding) is seen by the `Host` it sends. A form or a script of another site
cannot add a header of its choice, or say that its body is JSON, unless a preflight allows it; nothing here does.
"""

from http import HTTPStatus
from urllib.parse import urlsplit

from probe.serve.http.addresses import is_loopback
from probe.serve.http.messages import Answer, Request, line

OWN_HEADER = "x-credential-probe"
_NO_LOOPBACK = line(
    HTTPStatus.MISDIRECTED_REQUEST,
    "This listener answers to localhost only: use kubectl port-forward, and http://localhost:<port>/.",
)
_OTHER_SITE = line(HTTPStatus.FORBIDDEN, "This request came from a page of another site.")
_NOT_MEANT = line(
    HTTPStatus.FORBIDDEN,
    f"Send Content-Type: application/json, or the header {OWN_HEADER}, so that no other site can ask for a walk.",
)


def misdirected(request: Request) -> Answer | None:
    """Refuse a request that calls this listener by a name that is not one of loopback."""
    return None if _is_local(request.header("host")) else _NO_LOOPBACK


def unwanted(request: Request) -> Answer | None:
    """Refuse what a browser may have been made to send by another site."""
    if request.header("sec-fetch-site") not in {"", "same-origin"}:
        return _OTHER_SITE
    origin = request.header("origin")
    if origin and origin.lower() != f"http://{request.header('host')}".lower():
        return _OTHER_SITE
    content_type = request.header("content-type").partition(";")[0].strip().lower()
    return None if content_type == "application/json" or OWN_HEADER in request.headers else _NOT_MEANT


def _is_local(host: str) -> bool:
    try:
        split = urlsplit(f"//{host}")
        name = split.hostname or ""
        split.port  # noqa: B018 - raises where it is no port
    except ValueError:
        return False
    # What urlsplit takes for a user name or a path has no place in this header.
    return split.netloc == host and "@" not in host and (name == "localhost" or is_loopback(name))
