"""The token for the container credential endpoint: whether it is there, can be read, and is what the agent wants."""

from collections.abc import Iterator
from dataclasses import replace

from probe.evidence import FileFacts, FileState
from probe.evidence.container_text import ContainerText
from probe.findings.agent_remedies import agent_log, restart, restart_agent
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.catalogue.entry import Severity
from probe.findings.clock import Clock
from probe.findings.container_view import AGENT_AUDIENCE, ContainerView
from probe.findings.shell import quoted
from probe.findings.words import lasting, runs_as, when
from probe.parse.token import TokenProblem
from probe.report import Certainty, Finding, Remedy, Tool

STEP = "container.token"
LINE_BREAKS = frozenset({TokenProblem.TRAILING_NEWLINE, TokenProblem.CARRIAGE_RETURN})
_GONE = frozenset({FileState.MISSING, FileState.DIRECTORY, FileState.NOT_REGULAR, FileState.LINK_LOOP})
_VARIABLE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"


def missing(case: Case) -> Iterator[Finding]:
    """No variable, no file, or nothing in it."""
    view = ContainerView(case)
    token = view.token
    if token is None:
        if view.is_agent:
            summary = "No token variable is set, and the Pod Identity agent answers nobody without a token."
            yield _missing(case, summary, ["AWS_CONTAINER_AUTHORIZATION_TOKEN and …_TOKEN_FILE are not set"])
    elif token.file is not None and token.file.state in _GONE:
        what = "does not exist" if token.file.state is FileState.MISSING else f"is a {_KINDS[token.file.state]}"
        yield _missing(case, f"The token file {token.file.path} {what}.", _file_lines(case, token.file))
    elif TokenProblem.EMPTY in token.problems:
        where = token.file.path if token.file else "AWS_CONTAINER_AUTHORIZATION_TOKEN"
        yield _missing(case, f"The token in {where} is empty.", _file_lines(case, token.file))


_KINDS = {
    FileState.DIRECTORY: "directory",
    FileState.NOT_REGULAR: "pipe, socket or device",
    FileState.LINK_LOOP: "link that leads back to itself",
}


def _missing(case: Case, summary: str, evidence: list[str]) -> Finding:
    namespace, pod = quoted(case.namespace), quoted(case.pod)
    return _for_rust_alone(
        case,
        found(
            "container-token-missing",
            certainty=CERTAIN,
            step=STEP,
            summary=summary,
            evidence=evidence,
            remedies=[
                Remedy(
                    text="See whether the webhook's volume eks-pod-identity-token and its mount are in this container.",
                    command=f"kubectl -n {namespace} get pod {pod} -o yaml",
                    tool=Tool.KUBECTL,
                ),
                restart(case, "If they are not: remove what was set by hand and make new pods; the webhook adds both."),
            ],
        ),
    )


def unreadable(case: Case) -> Iterator[Finding]:
    """The file is there, and not for this user."""
    token = ContainerView(case).token
    if token is None or token.file is None or token.file.state not in {FileState.UNREADABLE, FileState.FAILED}:
        return
    file = token.file
    yield _for_rust_alone(
        case,
        found(
            "container-token-unreadable",
            certainty=CERTAIN,
            step=STEP,
            summary=f"User {case.given.process.user} may not read the token file {file.path} ({file.error_name})."
            if file.state is FileState.UNREADABLE
            else f"The token file {file.path} cannot be read: {file.error_name}.",
            evidence=_file_lines(case, file),
            remedies=[
                Remedy(
                    text="Set fsGroup for the pod, so that the kubelet gives the file to a group that the process has.",
                    command=f"kubectl -n {quoted(case.namespace)} patch deployment DEPLOYMENT "
                    '-p \'{"spec":{"template":{"spec":{"securityContext":{"fsGroup":65534}}}}}\'',
                    tool=Tool.KUBECTL,
                    privileged=True,
                ),
                Remedy(text="Or run every container of the pod that needs AWS as the same user."),
            ],
        ),
    )


def _for_rust_alone(case: Case, finding: Finding) -> Finding:
    """Without a URI only Rust reads the token file, and stops when it cannot (aws-config: ecs.rs)."""
    if case.container is not None:
        return finding
    summary = f"{finding.summary} No URI is set, but Rust programs read {_VARIABLE} first and stop there."
    return replace(finding, summary=summary, sdks=("rust",), severity=Severity.WARNING)


def _file_lines(case: Case, file: FileFacts | None) -> list[str]:
    if file is None:
        return []
    lines = [f"{file.path}: {file.state.replace('-', ' ')}"]
    if file.mode is not None:
        lines.append(f"mode {file.mode}, owner {file.owner}, group {file.group}, {file.size} bytes")
    return [*lines, f"this process: {runs_as(case.given.process)}"]


def malformed(case: Case) -> Iterator[Finding]:
    """The content is no bare token."""
    view = ContainerView(case)
    problems = broken_token(view)
    if not problems or TokenProblem.EMPTY in problems:
        return
    worst = next((problem for problem in problems if problem in _SENTENCES), problems[0])
    yield found(
        "container-token-malformed",
        certainty=CERTAIN,
        step=STEP,
        summary=f"The token in {_where(view)} is no bare token: {_SENTENCES.get(worst, worst.replace('-', ' '))}.",
        evidence=[f"its shape: {', '.join(problem.replace('-', ' ') for problem in problems)}", *view.told()],
        remedies=[
            Remedy(text="Give SDKs the projected token as it is mounted: no copy, no `Bearer `, no line break added."),
            restart(case, "If it is the projected token itself, make a new pod: it gets a freshly written volume."),
        ],
    )


def broken_token(view: ContainerView) -> tuple[str, ...]:
    """Return what matters at this endpoint: another than the agent may want any text, but no line break can be sent."""
    token = view.token
    if token is None or view.case.container is None or view.has_keys:
        return ()
    if view.is_agent:
        # HTTP has no blanks around a header's value: clients and servers leave them out.
        return () if token.problems == (TokenProblem.SURROUNDING_WHITESPACE,) else token.problems
    return tuple(problem for problem in token.problems if problem in LINE_BREAKS)


_SENTENCES: dict[str, str] = {
    TokenProblem.BEARER_PREFIX: "`Bearer ` stands in front of it, and the agent wants the token alone",
    TokenProblem.CARRIAGE_RETURN: "it holds a carriage return, which Go, botocore and Rust refuse to send",
    TokenProblem.TRAILING_NEWLINE: "it ends in a line break, which Go, botocore and Rust refuse to send",
    TokenProblem.QUOTED: "it stands in quotes",
    TokenProblem.TRAILING_TEXT: "other text stands behind it",
    TokenProblem.NOT_THREE_SEGMENTS: "it does not have three parts",
}


def _where(view: ContainerView) -> str:
    file = view.token.file if view.token else None
    return file.path if file else "AWS_CONTAINER_AUTHORIZATION_TOKEN"


def wrong_audience(case: Case) -> Iterator[Finding]:
    """A token for somebody else; the agent does not look, EKS Auth does."""
    view = ContainerView(case)
    claims = view.token.claims if view.token else None
    if not view.is_agent or claims is None or AGENT_AUDIENCE in claims.audiences or view.has_keys or broken_token(view):
        return
    audiences = ", ".join(claims.audiences) or "nobody"
    yield found(
        "container-wrong-token",
        certainty=CERTAIN,
        step=STEP,
        summary=f"The token is for {audiences}; EKS Auth takes only tokens for {AGENT_AUDIENCE}.",
        evidence=[f"{_where(view)}: aud is {audiences}, sub is {claims.subject}", *view.told()],
        remedies=[
            restart(
                case, f"Remove {_VARIABLE} where it was set by hand and make new pods: the webhook injects the token."
            ),
            Remedy(text=f"By hand: a projected ServiceAccount token with the audience {AGENT_AUDIENCE}."),
        ],
    )


def expired(case: Case) -> Iterator[Finding]:
    """The token is too old, by its own claim, by the agent's clock, or by EKS Auth's."""
    view = ContainerView(case)
    claims = view.token.claims if view.token else None
    clock = Clock(case)
    if view.has_keys or broken_token(view):
        return
    ended = (
        claims.expires
        if view.is_agent and claims and claims.expires is not None and claims.expires <= clock.now
        else None
    )
    if ended is not None:
        ago = lasting(clock.now - ended)
        written = view.token.file.modified if view.token and view.token.file else None
        is_late = written is not None and written > ended
        tail = ", though the file was written since" if is_late else ": nobody has renewed the file since"
        summary = f"The token expired {ago} ago, at {when(ended)}{tail}."
        yield _expired(case, summary, CERTAIN if clock.is_known else LIKELY)
    elif view.said == ContainerText.TOKEN_EXPIRED:
        yield _expired(case, "The agent says that the token has expired, by the clock of this node.", LIKELY)
    elif view.code == "ExpiredTokenException":
        summary = "EKS Auth says that a token has expired, and the file is fresh: probably the node role's own session."
        yield _expired(case, summary, LIKELY, fresh=True)


def _expired(case: Case, summary: str, certainty: Certainty, *, fresh: bool = False) -> Finding:
    view = ContainerView(case)
    claims = view.token.claims if view.token else None
    lines = [f"the token is valid until {when(claims.expires)}"] if claims and claims.expires is not None else []
    renewed = view.token.file.modified if view.token and view.token.file else None
    if renewed is not None:
        lines.append(f"the file was written at {when(renewed)}")
    skew = Clock(case).skew
    lines.append(
        "no Date header of AWS confirms the local clock"
        if skew is None
        else f"by a Date header of AWS the local clock is {abs(skew):.0f} s off"
    )
    old = (
        Remedy(
            text="Mount the projected token itself, without subPath and without copying it: only then it is renewed."
        ),
        restart(case, "A new pod gets a new token at once."),
    )
    node = (
        agent_log("Read the agent's log on this node."),
        restart_agent("Restart the agent there, so that it takes fresh credentials of the node role."),
    )
    return found(
        "container-token-expired",
        certainty=certainty,
        step="container.credentials" if fresh else STEP,
        summary=summary,
        evidence=[*lines, *view.told()],
        remedies=node if fresh else old,
    )


RULES = (missing, unreadable, malformed, wrong_audience, expired)
