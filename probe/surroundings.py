"""What this process was given: environment, files, clock, ids. Read once, before the walk."""

import itertools
import os
import time
from collections.abc import Mapping
from dataclasses import field, replace

from probe.evidence import Given, Pod, Process
from probe.files import Files
from probe.parse.claims import TokenClaims
from probe.parse.proxy import masked
from probe.parse.token import read_projected_token
from probe.records import dataclass
from probe.secret import printable
from probe.shown_uri import shown_uri

__all__ = ["VALUE_LIMIT", "Files", "Surroundings", "given", "real_surroundings"]

HIDDEN_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "SECRET_ACCESS_KEY",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
)
SHOWN_VARIABLES = (
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_SDK_LOAD_CONFIG",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_SESSION_NAME",
    "AWS_STS_REGIONAL_ENDPOINTS",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_EC2_METADATA_V1_DISABLED",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
    "AWS_METADATA_SERVICE_TIMEOUT",
    "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
    "AWS_IMDS_USE_IPV6",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_STS",
    "AWS_ENDPOINT_URL_EC2",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_CA_BUNDLE",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_FILE",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_CREDENTIAL_FILE",
    "AWS_EXECUTION_ENV",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "all_proxy",
    "HOME",
    "HOSTNAME",
    "POD_NAME",
    "POD_NAMESPACE",
    "NODE_NAME",
    "NODENAME",
    "KUBERNETES_SERVICE_HOST",
)
_URLS = frozenset(
    {
        *(f"{scheme}_proxy" for scheme in ("http", "https", "all")),
        *("aws_endpoint_url", "aws_endpoint_url_sts", "aws_endpoint_url_ec2", "aws_ec2_metadata_service_endpoint"),
    }
)
"""Lower-case names of the variables whose value is a URL, with or without its scheme."""
_CREDENTIAL_URIS = frozenset({"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"})
VALUE_LIMIT = 2048
TOKEN_LIMIT = 64 * 1024
DEFAULT_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token"  # noqa: S105 - a path
NAMESPACE_FILE = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"


_NOBODY = TokenClaims(
    issuer=None,
    subject=None,
    audiences=(),
    expires=None,
    issued=None,
    not_before=None,
    key_id=None,
    algorithm=None,
    namespace=None,
    service_account=None,
    pod=None,
    node=None,
)


@dataclass(frozen=True)
class Surroundings:
    """The environment and the files. Holds secrets: it is never shown and never becomes evidence."""

    environment: Mapping[str, str] = field(repr=False)
    files: Files = field(default_factory=Files)
    process: Process | None = None
    """Whose rights the files are read with; None for this process' own."""
    lab: str | None = None

    def get(self, name: str) -> str | None:
        """Return a variable's value, or None when it is absent or empty."""
        return self.environment.get(name) or None

    def home(self) -> str:
        """Return the home directory that the SDKs would use."""
        return self.get("HOME") or "/"


def real_surroundings() -> Surroundings:
    """Return what this very process was given."""
    return Surroundings(environment=dict(os.environ))


def given(surroundings: Surroundings) -> Given:
    """Turn the surroundings into evidence, without the secrets."""
    environment = surroundings.environment
    return Given(
        variables={name: _shown(name, environment[name]) for name in SHOWN_VARIABLES if name in environment},
        hidden_variables={
            name: "set" if environment[name] else "empty" for name in HIDDEN_VARIABLES if name in environment
        },
        undecodable_variables=tuple(
            name for name in (*SHOWN_VARIABLES, *HIDDEN_VARIABLES) if not _is_text(environment.get(name, ""))
        ),
        process=surroundings.process or _own_process(),
        pod=_pod(surroundings),
        clock=time.time(),
        lab=surroundings.lab,
    )


def _own_process() -> Process:
    return Process(user=os.geteuid(), group=os.getegid(), groups=tuple(os.getgroups())[:32])


def _pod(surroundings: Surroundings) -> Pod:
    claims, told_by = _own_claims(surroundings)
    _, namespace = surroundings.files.read(NAMESPACE_FILE, 256)
    node = claims.node or _told(surroundings, "NODE_NAME", "NODENAME")
    return Pod(
        namespace=claims.namespace
        or _told(surroundings, "POD_NAMESPACE")
        or printable(namespace.decode(errors="replace"))
        or None,
        service_account=claims.service_account,
        name=claims.pod or _told(surroundings, "POD_NAME", "HOSTNAME"),
        node=node,
        issuer=claims.issuer,
        learnt_from=tuple(told_by),
        fargate_hints=_fargate_hints(surroundings, node),
        address_families=_address_families(surroundings.files),
    )


def _own_claims(surroundings: Surroundings) -> tuple[TokenClaims, list[str]]:
    """Read who this pod is from the tokens it holds.

    The kubelet's own mount comes first: what a variable points to may have been copied from another pod.
    """
    get = surroundings.get
    paths = (DEFAULT_TOKEN, get("AWS_WEB_IDENTITY_TOKEN_FILE"), get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"))
    read = [(path, _claims(surroundings.files, path)) for path in dict.fromkeys(paths) if path is not None]
    told = [(path, claims) for path, claims in read if claims is not None and claims.service_account]
    if not told:
        return _NOBODY, []
    own = told[0][1]
    ours = [(path, claims) for path, claims in told if _who(claims) == _who(own)]
    pod = next((claims.pod for _, claims in ours if claims.pod), None)
    node = next((claims.node for _, claims in ours if claims.node), None)
    return replace(own, pod=pod, node=node), [path for path, _ in ours]


def _told(surroundings: Surroundings, *names: str) -> str | None:
    """Return the first of these variables that has a value, as it may be shown."""
    return next((shown for name in names if (shown := printable(surroundings.get(name) or ""))), None)


def _claims(files: Files, path: str) -> TokenClaims | None:
    return read_projected_token(files.read(path, TOKEN_LIMIT)[1]).claims


def _who(claims: TokenClaims) -> tuple[str | None, str | None, str | None]:
    return claims.issuer, claims.namespace, claims.service_account


def _fargate_hints(surroundings: Surroundings, node: str | None) -> tuple[str, ...]:
    hints = []
    if node and node.startswith("fargate-"):
        hints.append(f"node name {node}")
    if "FARGATE" in (surroundings.get("AWS_EXECUTION_ENV") or ""):
        hints.append("AWS_EXECUTION_ENV")
    return tuple(hints)


def _address_families(files: Files) -> tuple[str, ...]:
    """Tell which families the pod has addresses of, from the kernel's tables (proc(5): net/if_inet6, net/fib_trie)."""
    _, six = files.read("/proc/net/if_inet6", 64 * 1024)
    _, four = files.read("/proc/net/fib_trie", 256 * 1024)
    has_six = any(len(row) >= 4 and row[3] in {b"00", b"40"} for row in map(bytes.split, six.splitlines()))
    lines = four.splitlines()
    owned = [line.split()[-1] for line, after in itertools.pairwise(lines) if b"host LOCAL" in after]
    has_four = any(not address.startswith(b"127.") for address in owned)
    return tuple(name for name, there in (("ipv4", has_four), ("ipv6", has_six)) if there)


def _shown(name: str, value: str) -> str:
    text = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if name in _CREDENTIAL_URIS:
        return shown_uri(text)[:VALUE_LIMIT]
    # Elsewhere an @ is an ordinary character: names of roles and sessions may have one.
    is_url = name.lower() in _URLS or "://" in text
    return (masked(text) if is_url and "@" in text else text)[:VALUE_LIMIT]


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
