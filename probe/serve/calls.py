"""The calls that AWS had to answer for one walk, and how it answered.

Asking IMDS is no call: it answers from the node. Asking the Pod Identity agent is one when the agent has to ask EKS
Auth. Whether it had to cannot be seen in a good answer, so each counts: the numbers are bounds from above.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from probe.evidence import Beyond, ContainerVariables, CredentialsAnswer, Evidence, Exchange, StsAnswer, StsAnswers
from probe.evidence.container_text import ContainerText
from probe.evidence.needs import AwsAnswer, Permission
from probe.findings.sts_answer import THROTTLED as THROTTLING_CODES
from probe.serve.state import OPERATIONS, RESULTS

ASSUME_ROLE, IDENTIFY, AGENT, NEEDS = OPERATIONS
ANSWERED, REFUSED, THROTTLED, FAILED = RESULTS
_BY_THE_AGENT_ALONE = frozenset(
    {
        ContainerText.TOKEN_EMPTY,
        ContainerText.TOKEN_UNPARSABLE,
        ContainerText.TOKEN_EXPIRED,
        ContainerText.TOKEN_NOT_YET_VALID,
        ContainerText.TOKEN_CLAIMS,
        ContainerText.WRONG_HOST,
        ContainerText.RATE_LIMITED,
        ContainerText.NOT_FOUND,
        ContainerText.NO_NODE_CREDENTIALS,
    }
)
"""What the agent says before it calls anybody."""
_REFUSED_BY_EKS_AUTH = frozenset({ContainerText.ROLE_TRUST, ContainerText.NODE_ROLE_DENIED, ContainerText.EKS_AUTH})

Call = tuple[str, str]
"""Operation and result."""


def calls_of(walked: Evidence) -> Iterator[Call]:
    """Yield each call of a walk."""
    for step in walked.steps:
        if step.area is Beyond.NEEDS:
            yield from ((NEEDS, _result_of_read(answer)) for answer in _reads_in(step.facts))
        if isinstance(step.facts, StsAnswers):
            operation = IDENTIFY if step.id.startswith("identity.") else ASSUME_ROLE
            answers = (step.facts.first, step.facts.second)
            yield from ((operation, _result(answer)) for answer in answers if answer is not None)
    endpoint = walked.facts("container.variables", ContainerVariables)
    asked = walked.facts("container.credentials", CredentialsAnswer)
    if endpoint is not None and endpoint.is_agent and asked is not None:
        yield from _asked_of_agent(asked)


def is_throttled(walked: Evidence) -> bool:
    """Whether anybody asked to be asked less often: AWS, or the agent with its own limit."""
    asked = walked.facts("container.credentials", CredentialsAnswer)
    limited = asked is not None and ContainerText.RATE_LIMITED in {asked.text_kind, asked.earlier_text_kind}
    return limited or any(result == THROTTLED for _, result in calls_of(walked))


def _result(answer: StsAnswer) -> str:
    if answer.succeeded:
        return ANSWERED
    if answer.code in THROTTLING_CODES or answer.exchange.status == 429:
        return THROTTLED
    return REFUSED if answer.recognised and answer.code is not None else FAILED


def _reads_in(facts: object) -> Iterator[AwsAnswer]:
    """Yield the answers of AWS anywhere in the facts of a step."""
    if isinstance(facts, AwsAnswer):
        yield facts
    elif isinstance(facts, tuple):
        yield from (answer for one in facts for answer in _reads_in(one))
    elif is_dataclass(facts) and not isinstance(facts, type):
        yield from (answer for one in fields(facts) for answer in _reads_in(getattr(facts, one.name)))


def _result_of_read(answer: AwsAnswer) -> str:
    if answer.permission is Permission.ALLOWED:
        return ANSWERED
    if answer.code in THROTTLING_CODES or answer.exchange.status == 429:
        return THROTTLED
    return REFUSED if answer.recognised and answer.code is not None else FAILED


def _asked_of_agent(asked: CredentialsAnswer) -> Iterator[Call]:
    attempts = [(asked.exchange, asked.text_kind, asked.code, asked.has_keys)]
    if asked.earlier is not None:
        attempts.append((asked.earlier, asked.earlier_text_kind, asked.earlier_code, False))
    for exchange, text, code, has_keys in attempts:
        if has_keys:
            yield AGENT, ANSWERED
        elif text not in _BY_THE_AGENT_ALONE:
            yield AGENT, _refusal(exchange, text, code)


def _refusal(exchange: Exchange, text: str | None, code: str | None) -> str:
    if code in THROTTLING_CODES or (exchange.status == 429 and text is None):
        return THROTTLED
    return REFUSED if text in _REFUSED_BY_EKS_AUTH or code is not None else FAILED
