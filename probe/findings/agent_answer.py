"""The agent answers: the token is refused, or the moment is bad."""

from collections.abc import Iterator
from dataclasses import replace

from probe.evidence.container_text import ContainerText
from probe.findings.agent_remedies import agent_log, restart, upgrade_agent
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.catalogue.entry import Severity
from probe.findings.container_token import broken_token
from probe.findings.container_view import AGENT_AUDIENCE, ContainerView
from probe.report import Finding, Remedy, Tool

STEP = "container.credentials"
_INVALID = "InvalidTokenException"


def token_rejected(case: Case) -> Iterator[Finding]:
    """The token arrived, looks like one, and is refused for another reason than its age."""
    view = ContainerView(case)
    reason = _refusal(view)
    if reason is None or broken_token(view):
        return
    claims = view.token.claims if view.token else None
    if view.code == _INVALID and claims is not None and AGENT_AUDIENCE not in claims.audiences:
        return
    lines = [f"iss is {claims.issuer}, aud is {', '.join(claims.audiences)}, sub is {claims.subject}"] if claims else []
    yield found(
        "agent-token-rejected",
        certainty=CERTAIN,
        step=STEP,
        summary=f"The token is refused: {reason}.",
        evidence=[*lines, *view.told()],
        remedies=[
            restart(case, "Let the webhook inject the token, and make new pods: each gets a token of its own cluster."),
            Remedy(
                text="A token that is not valid yet: mend the node's clock.",
                command="chronyc tracking",
                tool=Tool.SHELL,
            ),
            agent_log("The agent's log tells the same refusal with the request's id."),
        ],
    )


def _refusal(view: ContainerView) -> str | None:
    if view.code == _INVALID:
        return (
            "EKS Auth calls it invalid (InvalidTokenException), as it does one of another issuer, audience or cluster"
        )
    return _REFUSALS.get(view.said or "")


_REFUSALS: dict[str, str] = {
    ContainerText.TOKEN_UNPARSABLE: "the agent cannot parse it",
    ContainerText.TOKEN_NOT_YET_VALID: "the agent finds it not valid yet, by the clock of this node",
    ContainerText.TOKEN_CLAIMS: "the agent finds fault with its claims",
    ContainerText.TOKEN_EMPTY: "the agent saw none; something on the way strips the Authorization header",
}


def throttled(case: Case) -> Iterator[Finding]:
    """429, of the agent itself or of EKS Auth."""
    view = ContainerView(case)
    answer = view.credentials
    if answer is None:
        return
    earlier = answer.earlier
    if _is_throttled(view):
        said = answer.text_kind
    elif earlier is not None and earlier.status == 429 and view.has_keys:
        said = answer.earlier_text_kind
    else:
        return
    who, limit = _THROTTLERS.get(said or "", _SOMEBODY)
    finding = found(
        "agent-throttled",
        certainty=CERTAIN if said in _THROTTLERS else LIKELY,
        step=STEP,
        summary=f"{who} throttles{'; a second try was served' if view.has_keys else ''}.",
        evidence=[*view.told(), limit],
        remedies=[
            Remedy(text="Let every program keep one session for its whole life: SDKs cache credentials in it."),
            upgrade_agent("Upgrade the agent: releases since January 2025 merge requests that come together."),
        ],
    )
    yield replace(finding, severity=Severity.WARNING) if view.has_keys else finding


_THROTTLERS: dict[str, tuple[str, str]] = {
    ContainerText.RATE_LIMITED: ("The Pod Identity agent itself", "the agent's own limit is 1000 requests a second"),
    ContainerText.EKS_AUTH: ("EKS Auth, behind the agent,", "the limit is EKS Auth's, for the account"),
}
_SOMEBODY = (
    "Something at or behind the Pod Identity agent's address",
    "its text is neither the agent's nor EKS Auth's",
)


def _is_throttled(view: ContainerView) -> bool:
    if view.said == ContainerText.EKS_AUTH:
        return view.code == "ThrottlingException"
    return view.said == ContainerText.RATE_LIMITED or (view.is_agent and view.status == 429 and not view.is_foreign)


def unavailable(case: Case) -> Iterator[Finding]:
    """A server error of EKS Auth, or a failure that a second try did not see."""
    view = ContainerView(case)
    answer = view.credentials
    if answer is None:
        return
    lasting = view.said == ContainerText.EKS_AUTH and view.code in _SERVER_ERRORS
    passing = view.is_agent and view.has_keys and answer.earlier is not None and answer.earlier.status != 429
    if not lasting and not passing:
        return
    summary = f"EKS Auth answers with a server error: {view.code}."
    if passing:
        summary = "The Pod Identity agent failed at the first try and gave credentials at the second."
    finding = found(
        "agent-unavailable",
        certainty=CERTAIN,
        step=STEP,
        summary=summary,
        evidence=view.told(),
        remedies=[
            Remedy(
                text="New nodes: hold the workload back until the agent answers, in an init container.",
                command="probe run --wait 60",
                tool=Tool.PROBE,
            ),
            agent_log("If it stays, read the agent's log, and look at the AWS Health Dashboard for EKS."),
        ],
    )
    yield replace(finding, severity=Severity.WARNING) if passing else finding


_SERVER_ERRORS = frozenset({"InternalServerException", "ServiceUnavailableException"})

RULES = (token_rejected, throttled, unavailable)
