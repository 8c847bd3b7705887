"""What the two Go SDKs share: they decide once which source it is, and never go on to another.

aws/aws-sdk-go:aws/session/credentials.go, aws/aws-sdk-go-v2:config/resolve_credentials.go.
"""

from probe.evidence import Ending, Handshakes, Source
from probe.parse.endpoint import ContainerUri
from probe.parse.proxy import bypasses_go
from probe.sdks.chain import Answer, gives, passes, slips, unseen
from probe.sdks.metadata import Put
from probe.sdks.profiles import source_problem
from probe.sdks.reply import Reply, ReplyKind
from probe.sdks.sts import Way
from probe.sdks.tokens import Read, Token
from probe.sdks.view import SSO_KEYS, Profile, View, proxy_for

RETRIED_PUT = frozenset({Put.SERVER_ERROR, Put.STALLED, Put.NO_CONNECTION})
ONE_KIND = ("source_profile", "credential_source", "credential_process", "web_identity_token_file")
"""Of these a profile may have one."""
NEEDS_ROLE = ("source_profile", "credential_source", "web_identity_token_file")
CONTAINER_PROXIED = "the proxy is used for the container endpoint"
IMDS_PROXIED = "the proxy is used for IMDS"
BUNDLES = ("AWS_CA_BUNDLE", "ca_bundle of the profile")
ROOTS = (*BUNDLES, "SSL_CERT_FILE")
"""What tells it whom to trust."""
DIAL, HANDSHAKE = 30.0, 10.0
"""Seconds for a connection and for TLS, of the standard library (net/http: DefaultTransport); none for an answer."""
_ERRNO = {
    Ending.REFUSED: "connect: connection refused",
    Ending.UNREACHABLE: "connect: …",
    Ending.PROHIBITED: "connect: permission denied",
    Ending.CONNECT_TIMEOUT: "i/o timeout",
    Ending.NAME_NOT_FOUND: "no such host",
    Ending.NAME_LOOKUP_FAILED: "…",
    Ending.NAME_LOOKUP_TIMEOUT: "…i/o timeout",
    Ending.RESET: "connection reset by peer",
    Ending.CLOSED: "EOF",
    Ending.TLS_UNTRUSTED: "x509: …",
    Ending.TLS_FAILED: "…tls: …",
    Ending.TLS_TIMEOUT: "net/http: TLS handshake timeout",
    Ending.NOT_HTTP: "malformed HTTP …",
}


def environment(view: View) -> Answer:
    """Take the static keys, which have a second name each; half a pair does not count."""
    has_id = view.is_set("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY")
    has_secret = view.is_set("AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY")
    if has_id and has_secret:
        return gives(Source.ENVIRONMENT, "the keys in the environment come first", view.keys.access_key_hint)
    half = has_id or has_secret
    return slips("half a key pair in the environment does not count") if half else passes()


def profile_problem(view: View, profile: Profile, files: tuple[str, ...]) -> tuple[str, str] | None:
    """Return what makes the SDK refuse its whole configuration because of a profile: the text and why."""
    needing = next((key for key in NEEDS_ROLE if profile.has(key)), None)
    if needing is not None and not profile.has("role_arn"):
        text = f"credential type {needing} requires role_arn, profile {profile.name}"
        return text, f"the profile {profile.name} has {needing} without role_arn"
    if sum(profile.has(key) for key in ONE_KIND) > 1:
        text = "only one credential type may be specified per profile: …"
        return text, f"the profile {profile.name} names more than one source of credentials"
    problem = source_problem(view, profile, files) if profile.has("source_profile") else None
    return ("failed to load assume role …", problem.because) if problem else None


def role_of_profile(profile: Profile) -> Answer:
    """Judge what the probe does not do for a profile: assume roles, use logins, run programs."""
    if profile.has("role_arn") and not profile.has("web_identity_token_file"):
        return unseen(f"it assumes the role of the profile {profile.name}; nobody tried that")
    if profile.has_any(*SSO_KEYS, "login_session", "credential_process"):
        return unseen(f"the profile {profile.name} uses a login or a program; nobody tried that")
    return passes()


def bundle_problem(view: View) -> str | None:
    """Say why the bundle that AWS_CA_BUNDLE or the profile names cannot be used, which ends the configuration."""
    handshakes = view.evidence.facts("web-identity.tls", Handshakes)
    told = handshakes.used if handshakes else None
    if told is None or told.roots_problem is None or told.roots not in BUNDLES:
        return None
    return f"the bundle that {told.roots} names cannot be used ({told.roots_problem})"


def proxied(view: View, uri: ContainerUri) -> bool:
    """Whether Go sends a request for this URI through a proxy. Link-local addresses are no exception to it."""
    proxies = view.proxies.go
    secure = uri.scheme == "https"
    return proxy_for(proxies, secure=secure) and not bypasses_go(uri.host, uri.port, proxies.no_proxy)


def imds_proxied(view: View) -> bool:
    """Whether Go sends its requests for IMDS through a proxy."""
    proxies = view.proxies.go
    return view.imds is not None and (
        proxies.http is not None and not bypasses_go(view.imds.host, view.imds.port, proxies.no_proxy)
    )


def way_to_sts(view: View, host: str) -> Way:
    """Return how Go gets to STS."""
    proxies = view.proxies.go
    direct = proxies.https is None or bypasses_go(host, 443, proxies.no_proxy)
    return Way.DIRECT if direct else Way.PROXIED


def takes_document(reply: Reply) -> bool:
    """Whether Go takes what IMDS says for keys: it looks for nothing but the code, not even for the secret."""
    success = reply.code is None or reply.code.lower() == "success"
    is_document = reply.kind is ReplyKind.KEYS or (reply.kind is ReplyKind.UNUSABLE and not reply.not_json)
    return is_document and success and "Code" not in reply.missing


def dial_error(reply: Reply) -> str:
    """Return the end of a Go text about a connection."""
    return _ERRNO.get(reply.ending or Ending.REFUSED, "…")


def file_error(token: Token) -> str | None:
    """Return the end of a Go text about a file that cannot be read; None for one that can."""
    why = {
        Read.MISSING: "no such file or directory",
        Read.FORBIDDEN: "permission denied",
        Read.DIRECTORY: "is a directory",
        Read.FAILED: "…",
    }.get(token.read)
    return None if why is None else f"{token.path}: {why}"
