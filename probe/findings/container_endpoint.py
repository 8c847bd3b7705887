"""Any container credential endpoint: not reached, refusing, or answering with something that is no set of keys."""

from collections.abc import Iterator

from probe.evidence import NAME_FAILED, NO_PATH, TLS_BROKEN, Ending
from probe.evidence.container_text import ContainerText
from probe.findings.agent_remedies import restart
from probe.findings.case import CERTAIN, Case, found
from probe.findings.container_view import LOOPBACK, REFUSALS, UPSTREAM, ContainerView, cause_open
from probe.findings.shell import quoted
from probe.findings.words import ended
from probe.report import Finding, Remedy, Tool

STEP = "container.credentials"
WANTS_ALL = ("botocore", "js-v3", "rust")
"""SDKs that fail without Token or Expiration."""
_FAILED = (
    NO_PATH
    | NAME_FAILED
    | TLS_BROKEN
    | {Ending.NO_ANSWER, Ending.RESET, Ending.CLOSED, Ending.INCOMPLETE, Ending.NOT_HTTP}
)
_NAMED_ELSEWHERE = frozenset(
    REFUSALS | UPSTREAM | {ContainerText.ROLE_TRUST, ContainerText.NODE_ROLE_DENIED, ContainerText.RATE_LIMITED}
)
_NAMED_CODES = frozenset(
    {"ResourceNotFoundException", "InvalidTokenException", "ExpiredTokenException", "ThrottlingException"}
    | {"InternalServerException", "ServiceUnavailableException"}
)


def failed(case: Case) -> Iterator[Finding]:
    """Another endpoint than the agent cannot be reached, or does not answer."""
    view = ContainerView(case)
    connection, answer = view.connection, view.credentials
    if not view.is_elsewhere or connection is None:
        return
    ending = answer.exchange.ending if answer else connection.ending
    if ending not in _FAILED or (ending in NAME_FAILED and not (view.variables.url or "").startswith("https://")):
        return
    place = f"{view.variables.host}:{view.variables.port}"
    said = _SAID.get(ending, "cannot be reached")
    if ending is Ending.REFUSED and view.variables.host_class in LOOPBACK:
        said = f"{said}: nobody listens there"
    yield cause_open(
        found(
            "container-endpoint-failed",
            certainty=CERTAIN,
            step=STEP if answer else "container.connect",
            summary=f"The container credential endpoint at {place} {said}.",
            evidence=[f"connect to {place}: {ended(connection.ending, connection.error_name)}", *view.told()],
            remedies=_endpoint_remedies(case, view),
        )
    )


_SAID = {
    Ending.REFUSED: "refuses the connection",
    Ending.CONNECT_TIMEOUT: "does not answer a connect",
    Ending.NO_ANSWER: "accepts the connection and does not answer",
    Ending.INCOMPLETE: "began an answer and did not end it",
    Ending.RESET: "breaks the connection off",
    Ending.CLOSED: "breaks the connection off",
    Ending.NOT_HTTP: "answers with something that is not HTTP",
    Ending.NAME_NOT_FOUND: "has a name that does not exist",
    Ending.NAME_LOOKUP_FAILED: "has a name that could not be looked up",
    Ending.NAME_LOOKUP_TIMEOUT: "has a name that could not be looked up",
    Ending.TLS_UNTRUSTED: "shows a certificate that is not trusted",
    Ending.TLS_FAILED: "does not complete the TLS handshake",
    Ending.TLS_TIMEOUT: "does not complete the TLS handshake",
}


def _endpoint_remedies(case: Case, view: ContainerView) -> tuple[Remedy, ...]:
    namespace, pod = quoted(case.namespace), quoted(case.pod)
    helper = Remedy(
        text="A helper beside the application: see whether its container runs, and what it logs.",
        command=f"kubectl -n {namespace} describe pod {pod}",
        tool=Tool.KUBECTL,
    )
    left_over = restart(
        case,
        "169.254.170.2 exists on ECS only. On EKS remove AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, so that the webhook "
        "injects the agent's URI into new pods.",
    )
    return (left_over,) if view.variables.host_class == "ecs" else (helper,)


def rejected(case: Case) -> Iterator[Finding]:
    """A complete answer other than 200 that no other rule has a name for."""
    view = ContainerView(case)
    answer = view.credentials
    if answer is None or view.status in {None, 200} or _is_named(view):
        return
    code = f" {view.code}" if view.code else ""
    yield cause_open(
        found(
            "container-rejected",
            certainty=CERTAIN,
            step=STEP,
            summary=f"The container credential endpoint refuses with status {view.status}{code}.{_hint(view)}",
            evidence=view.told(),
            remedies=_rejected_remedies(case, view),
        )
    )


def _is_named(view: ContainerView) -> bool:
    """Whether another rule speaks of this answer."""
    if view.said == ContainerText.WRONG_HOST:
        return view.is_agent or view.variables.host_class == "name"
    if view.said == ContainerText.EKS_AUTH:
        return view.code in _NAMED_CODES
    return view.said in _NAMED_ELSEWHERE or view.is_foreign or (view.is_agent and view.status == 429)


def _hint(view: ContainerView) -> str:
    if view.is_agent and view.said == ContainerText.NOT_FOUND and not view.has_agent_path:
        return " The agent's path is /v1/credentials."
    return {
        "InvalidIdInRequest": " It does not know the id in the URI's path.",
        "CredentialsUninitialized": " It has not got the task's credentials yet.",
        "NoIdInRequest": " The URI's path lacks the id.",
    }.get(view.code or "", "")


def _rejected_remedies(case: Case, view: ContainerView) -> tuple[Remedy, ...]:
    if view.is_agent:
        again = restart(
            case, "Remove the URI where it was set by hand: the webhook injects the right one into new pods."
        )
        return (again, Remedy(text="Look the code up in the agent's log on this node."))
    if view.variables.host_class == "ecs":
        return (
            Remedy(text="The id belongs to one ECS task and ends with it: never copy the variable to another place."),
            Remedy(text="Look at the ECS agent's log on the container instance."),
        )
    return (Remedy(text="Look at the endpoint's own log: status and code above are all that it tells its clients."),)


def malformed(case: Case) -> Iterator[Finding]:
    """Status 200, and no usable keys, or too few fields for some SDKs."""
    view = ContainerView(case)
    answer = view.credentials
    if answer is None or answer.exchange.status != 200 or answer.exchange.ending is Ending.INCOMPLETE:
        return
    if view.is_foreign or (view.has_keys and not answer.missing_fields):
        return
    missing = ", ".join(answer.missing_fields)
    what = f"lacks {missing}" if missing else "is not JSON"
    if answer.exchange.ending is Ending.TOO_LARGE:
        what = f"is longer than {answer.exchange.body_bytes // 1024} KiB"
    for_whom = "botocore, JS and Rust cannot use it" if view.has_keys else "no SDK can use it"
    yield found(
        "container-response-malformed",
        certainty=CERTAIN,
        step=STEP,
        summary=f"The answer with the credentials {what}: {for_whom}.",
        evidence=[*view.told(), f"content type: {answer.exchange.content_type}, {answer.exchange.body_bytes} bytes"],
        remedies=[
            Remedy(
                text="The endpoint must return AccessKeyId, SecretAccessKey, Token and Expiration (RFC 3339) as JSON."
            ),
            Remedy(text="If it should be the EKS agent: find out who answers in its place, and who has port 80 there."),
        ],
        sdks=WANTS_ALL if view.has_keys else (),
    )


RULES = (failed, rejected, malformed)
