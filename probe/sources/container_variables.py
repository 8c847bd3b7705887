"""What the container credential variables say: which URI is followed, and which token goes with it."""

from dataclasses import field, replace
from typing import Literal

from probe.evidence import ContainerVariables, FileState, TokenFile
from probe.parse.endpoint import ContainerUri, HostClass, UriProblem, read_container_uri
from probe.parse.token import read_projected_token
from probe.records import dataclass
from probe.secret import Secret, printable
from probe.shown_uri import shown_uri
from probe.sources.token_claims import shown_claims
from probe.surroundings import Surroundings

RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105 - the name of a variable
TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105 - the name of a variable
TOKEN_LIMIT = 64 * 1024
"""Bytes read of a token file; a projected token has about one thousand."""
SAFE_OVER_HTTP = frozenset(
    {HostClass.LOOPBACK, HostClass.LOCALHOST, HostClass.ECS, HostClass.EKS_IPV4, HostClass.EKS_IPV6}
)
"""Hosts that SDKs send a token to over plain http (boto/botocore:botocore/utils.py, ContainerMetadataFetcher)."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """The variables as evidence, and the address itself, which may hold a secret in its path."""

    facts: ContainerVariables
    uri: ContainerUri | None = field(repr=False)
    """None when it is not a usable URI."""


@dataclass(frozen=True, kw_only=True)
class Token:
    """The token as evidence, and the header value that it makes."""

    facts: TokenFile
    header: Secret[str] | None = None
    obstacle: str | None = None
    """Why there is nothing to send."""


def read_endpoint(surroundings: Surroundings) -> Endpoint | None:
    """Read the variables; None when neither URI is there. An empty one counts: some SDKs take it for set."""
    there = [name for name in (RELATIVE, FULL) if name in surroundings.environment]
    if not there:
        return None
    variable = next((name for name in there if surroundings.get(name)), there[0])
    kind: Literal["relative", "full"] = "relative" if variable == RELATIVE else "full"
    text = surroundings.environment[variable]
    read = read_container_uri(text, kind)
    facts = ContainerVariables(
        full_uri=_shown(surroundings, FULL),
        relative_uri=_shown(surroundings, RELATIVE),
        used=kind,
        token_file=_path(surroundings.get(TOKEN_FILE)),
        token_in_variable=surroundings.get(TOKEN) is not None,
    )
    if isinstance(read, UriProblem):
        return Endpoint(facts=replace(facts, problem=read.sentence), uri=None)
    url = shown_uri(f"{read.scheme}://{read.authority}{read.path}")
    return Endpoint(facts=replace(facts, url=url, host=read.host, port=read.port, host_class=read.host_class), uri=read)


def read_token(surroundings: Surroundings) -> Token | None:
    """Read the token, the file before the variable as in most SDKs; None when neither variable is set."""
    path = surroundings.get(TOKEN_FILE)
    if path is None:
        value = surroundings.get(TOKEN)
        return (
            None if value is None else _token(value.encode("utf-8", "surrogateescape"), TokenFile(from_variable=True))
        )
    file, raw = surroundings.files.read(path, TOKEN_LIMIT)
    facts = TokenFile(file=replace(file, path=_path(path) or ""))
    if file.state is not FileState.READ:
        return Token(facts=facts, obstacle=f"the token file cannot be used: {file.state.replace('-', ' ')}")
    return _token(raw, facts)


def _token(raw: bytes, facts: TokenFile) -> Token:
    shape = read_projected_token(raw)
    facts = replace(
        facts,
        problems=tuple(problem.value for problem in shape.problems),
        claims=shown_claims(shape.claims),
    )
    # Blanks around a header's value are no part of it; HTTP clients leave them out.
    text = raw.decode("ascii", "replace").strip(" \t")
    if not text:
        return Token(facts=facts, obstacle="the token is empty")
    if "\r" in text or "\n" in text:
        return Token(facts=facts, obstacle="the token holds a line break, which no HTTP client may send")
    if not text.isprintable() or not text.isascii():
        return Token(facts=facts, obstacle="the token holds characters that do not belong into an HTTP header")
    return Token(facts=facts, header=Secret(text))


def _shown(surroundings: Surroundings, name: str) -> str | None:
    text = surroundings.environment.get(name)
    return None if text is None else shown_uri(text)


def _path(path: str | None) -> str | None:
    return None if path is None else printable(path.encode("utf-8", "replace").decode(), 512)
