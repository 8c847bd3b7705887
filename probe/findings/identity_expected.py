"""The credentials work: whether they come from the source, and belong to the role, that was expected."""

from collections.abc import Iterator

from probe.evidence import Source
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.web_identity_remedies import look_at_pod, restart
from probe.parse.arn import ArnProblem, SessionKind, read_role_arn, same_role, session_kind
from probe.report import Finding, Remedy

NONE = "none"


def unexpected_source(case: Case) -> Iterator[Finding]:
    """Another source than the one asked for gives the pod its credentials."""
    wanted = case.evidence.wanted.source
    winner = _winner(case)
    if wanted is None or winner is None or winner == wanted or not case.gave_keys(winner):
        return
    verified = case.works(winner)
    who = _who(case, winner)
    if not verified and _was_refused(case, winner):
        return  # these keys are good for nothing, which is another finding
    meant = "no credentials are" if wanted == NONE else f"{wanted} is"
    is_open = _depends_on_the_sdk(case, winner)
    yield found(
        "unexpected-source",
        certainty=CERTAIN if verified and not is_open else LIKELY,
        step=f"identity.{winner}",
        summary=f"The credentials come from {winner} ({who}), and {meant} expected.",
        evidence=[
            f"{winner} is the first source in chain order that is configured here",
            f"GetCallerIdentity: {who}" if verified else "the keys came; whose they are was not asked",
        ],
        becomes_certain_with="The application's SDK: a profile gives keys too, and some SDKs take it first."
        if is_open
        else "The answer of GetCallerIdentity to these keys.",
        remedies=_remedies(case, wanted),
    )


def _winner(case: Case) -> Source | None:
    """The source that SDKs which decide once would use (Go, botocore): the first that is configured.

    A profile comes before web identity in some SDKs and after it in others, so it wins only where that is no question.
    """
    if case.keys.has_access_key and case.keys.has_secret:
        return Source.ENVIRONMENT
    if case.web_identity is not None and case.web_identity.token_file is not None:
        return Source.WEB_IDENTITY  # a role alone is ignored by every SDK
    if case.gave_keys(Source.SHARED_CONFIG):
        return Source.SHARED_CONFIG
    return Source.CONTAINER if case.container is not None else Source.IMDS


def _depends_on_the_sdk(case: Case, winner: Source) -> bool:
    """Whether some SDK takes the profile's keys before the winner's.

    JavaScript v3 looks at profiles before web identity, and leaves variables aside where AWS_PROFILE is set.
    """
    before_variables = winner is Source.ENVIRONMENT and case.given.is_set("AWS_PROFILE")
    return (before_variables or winner is Source.WEB_IDENTITY) and case.gave_keys(Source.SHARED_CONFIG)


def _who(case: Case, source: Source) -> str:
    arn = _arn(case, source)
    if arn is None:
        return "identity not asked"
    of_node = source is Source.IMDS or session_kind(arn) is SessionKind.NODE_ROLE
    return f"the node role, {arn}" if of_node else arn


def _arn(case: Case, source: Source) -> str | None:
    answers = case.identity(source)
    if answers is None:
        return None
    return answers.first.arn or (answers.second.arn if answers.second else None)


def _was_refused(case: Case, source: Source) -> bool:
    answers = case.identity(source)
    return answers is not None and answers.first.code is not None


def _remedies(case: Case, wanted: str) -> tuple[Remedy, ...]:
    if wanted == NONE:
        return (
            Remedy(
                text="Take away what gives them. For the node role: hop limit 1, or in this container "
                "AWS_EC2_METADATA_DISABLED=true."
            ),
        )
    return (
        Remedy(text=f"Mend {wanted}; the findings beside this one say what is wrong with it."),
        look_at_pod(case, "See what was injected into this pod, and what was set by hand."),
        restart(case),
        Remedy(text="Do not give the missing permissions to this identity: with the node role, every pod has them."),
    )


def unexpected_role(case: Case) -> Iterator[Finding]:
    """The source is right, and the role is another."""
    wanted = case.expected.role_arn
    if wanted is None or case.expected.source in {None, NONE}:
        return
    source = Source(case.expected.source or Source.IMDS)
    arn = _arn(case, source) if case.works(source) else None
    if arn is None or same_role(wanted, arn):
        return
    readable = not isinstance(read_role_arn(wanted), ArnProblem)
    yield found(
        "unexpected-role",
        certainty=CERTAIN if readable and not same_role(wanted.lower(), arn.lower()) else LIKELY,
        step=f"identity.{source}",
        summary=f"The credentials belong to {arn}, and {wanted} is expected.",
        evidence=[
            f"GetCallerIdentity: {arn}",
            f"expected: {wanted}",
            "the path of a role is not part of a session's ARN and was not compared",
        ],
        becomes_certain_with="An expected ARN that is well formed, in the case that IAM shows.",
        remedies=(
            restart(case, "After a change of annotation or association: restart, variables are fixed at creation."),
            look_at_pod(case, "Compare the ServiceAccount and the role that the pod was given with what you expect."),
        ),
    )


RULES = (unexpected_source, unexpected_role)
