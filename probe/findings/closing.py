"""What a walk leaves open, and what it leaves to the application."""

from collections.abc import Iterator

from probe.evidence import Outcome, Source, Step
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.shell import quoted
from probe.report import Finding, Remedy, Tool

_OUT_OF_TIME = ("the deadline of ", "cut: ")
"""How `probe.walk` begins the reasons of steps that it ended, or did not begin, for want of time."""
_LOOK_FOR = {
    Source.ENVIRONMENT: (
        "a process that was started before the variables changed, or a chain that ignores the environment",
        "AWS_PROFILE set: JS v3 then takes the profile before the keys in the environment",
    ),
    Source.SHARED_CONFIG: (
        "another HOME or user than the probe's: the files are looked for in the home directory",
        "Go v1 reads ~/.aws/config only with AWS_SDK_LOAD_CONFIG=1",
    ),
    Source.WEB_IDENTITY: (
        "Java without the sts module on the class path: it goes on silently, to the node role",
        "an SDK too old for web identity, or a chain of the application's own without it",
        "a client that read the token file once: it fails after hours, a restart cures it",
        "Java v2, C++ and CRT keep the source that worked first: after one failure at start, the node role",
    ),
    Source.CONTAINER: (
        "an SDK too old for Pod Identity: Go v1 before 1.47.11 refuses the agent's address",
        "a proxy in the application's own settings: the agent's address must not be proxied",
        "a client that caches the token file or the credentials beyond their time",
    ),
    Source.IMDS: (
        "a client that only speaks IMDSv1 where tokens are required: it prints status 401",
        "a timeout or AWS_EC2_METADATA_DISABLED in the application's own settings",
    ),
}


def application_layer(case: Case) -> Iterator[Finding]:
    """The expected source works from here: if the application fails, look there."""
    expected = case.expected.source
    if expected is None or expected == "none":
        return
    source = Source(expected)
    answers = case.identity(source)
    if answers is None or not answers.first.succeeded:
        return
    yield found(
        "application-layer",
        certainty=LIKELY,
        step=f"identity.{source}",
        summary=f"The {source} credentials work from here. If the application still fails, look in its image, SDK or "
        "configuration.",
        evidence=_LOOK_FOR[source],
        remedies=(
            Remedy(
                text="Give the application's own log to the probe: it knows the SDKs' texts.",
                command=f"kubectl -n {quoted(case.namespace)} logs CONTROLLER_POD | probe explain --log -",
                tool=Tool.KUBECTL,
            ),
            Remedy(text="Restart the application once: if that cures it for hours, it keeps an old token or session."),
        ),
    )


def _unanswered(number: int) -> str:
    one = "one step before it had an answer: it is"
    return one if number == 1 else f"{number} steps before they had an answer: they are"


def walk_cut(case: Case) -> Iterator[Finding]:
    """The deadline came before these steps had an answer."""
    cut = [step for step in case.evidence.steps if is_cut(step)]
    if not cut:
        return
    yield found(
        "walk-cut",
        certainty=CERTAIN,
        step=cut[0].id,
        summary=f"The deadline of {case.evidence.deadline_seconds:g} s ended {_unanswered(len(cut))} neither good nor "
        "bad.",
        evidence=[f"{step.id}: {step.reason}" for step in cut],
        remedies=(
            Remedy(
                text="Run again with more time.",
                command=f"probe run --deadline {max(30, round(case.evidence.deadline_seconds * 2))}",
                tool=Tool.PROBE,
            ),
            Remedy(text="Give the probe's container more CPU: with a low limit every step is slow."),
        ),
    )


def is_cut(step: Step) -> bool:
    """Whether the deadline ended a step, or kept it from beginning."""
    return step.outcome is Outcome.SKIPPED and (step.reason or "").startswith(_OUT_OF_TIME)


RULES = (application_layer, walk_cut)
