"""What time AWS says it is, and whether the local clock may be believed."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from probe.evidence import (
    Attempts,
    CredentialsAnswer,
    Exchange,
    InstanceMetadata,
    RoleListing,
    Source,
    StsAnswer,
    StsAnswers,
    TokenFile,
)
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.catalogue.entry import Severity
from probe.findings.shell import quoted
from probe.findings.words import lasting, when
from probe.records import dataclass
from probe.report import Finding, Remedy, Tool

NOTICEABLE = 60.0
"""Seconds. Less may be the age of an answer in a cache, or the coarse grain of two clocks."""
PLAIN = 300.0
SIGNATURE_TOLERANCE = 900.0
"""Seconds that a signature's time may be off (AWS answers with `15 min.` in its own text)."""
EC2_SERVER = "EC2ws"
_OVERRIDES = ("AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL")
"""What answers there need not be AWS."""
_ASSUMED = "web-identity.assume-role"
_TIME_CODES = frozenset({"RequestExpired", "RequestTimeTooSkewed"})
_TIME_WORDS = ("Signature expired", "Signature not yet current")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The difference that one answer shows."""

    step: str
    who: str
    skew: float
    """AWS' time minus the local time, in seconds."""


@dataclass(frozen=True)
class Clock:
    """The local clock, as the answers of a walk show it.

    The Pod Identity agent and the ECS agent run on the same node, so their Date is the same clock and says nothing.
    """

    case: Case

    @cached_property
    def strong(self) -> tuple[Reading, ...]:
        """What STS says over verified TLS."""
        return tuple(
            Reading(step=step, who=f"STS ({answer.endpoint})", skew=answer.exchange.clock_skew_seconds)
            for step, answer in sts_answers(self.case)
            if answer.recognised
            and not any(self.case.given.is_set(variable) for variable in _OVERRIDES)
            and answer.exchange.url.startswith("https://")
            and answer.exchange.clock_skew_seconds is not None
        )

    @cached_property
    def weak(self) -> tuple[Reading, ...]:
        """What IMDS says: EC2's time, but anybody on the node can stand in its place."""
        return tuple(
            Reading(step=step, who="IMDS", skew=one.clock_skew_seconds)
            for step, one in _imds_exchanges(self.case)
            if one.server == EC2_SERVER and one.clock_skew_seconds is not None
        )

    @cached_property
    def skew(self) -> float | None:
        """AWS' time minus the local time, from the best witness; None when nobody said."""
        readings = self.strong or self.weak
        return readings[0].skew if readings else None

    @property
    def is_right(self) -> bool:
        """Whether a witness was heard and the clock is right to the minute."""
        return self.skew is not None and abs(self.skew) < NOTICEABLE

    @property
    def is_known(self) -> bool:
        """Whether a witness was heard whose word is enough."""
        return bool(self.strong)

    @property
    def told_by(self) -> str | None:
        """The best witness."""
        readings = self.strong or self.weak
        return readings[0].who if readings else None

    @property
    def now(self) -> float:
        """The time by AWS' clock where it is known, else by the local one."""
        return self.case.given.clock + (self.skew or 0.0)

    @cached_property
    def refusals(self) -> tuple[tuple[str, StsAnswer], ...]:
        """The answers of STS that refuse a signature for its time alone."""
        return tuple((step, answer) for step, answer in sts_answers(self.case) if is_about_time(answer))


def is_about_time(answer: StsAnswer) -> bool:
    """Whether STS refuses because the clocks differ."""
    about = answer.code == "SignatureDoesNotMatch" and any(word in (answer.message or "") for word in _TIME_WORDS)
    return about or answer.code in _TIME_CODES


def sts_answers(case: Case) -> Iterator[tuple[str, StsAnswer]]:
    """Yield every answer of STS with the step that asked."""
    for step in (_ASSUMED, *(f"identity.{source}" for source in Source)):
        answers = case.evidence.facts(step, StsAnswers)
        for answer in (answers.first, answers.second) if answers else ():
            if answer is not None and answer.exchange.answered:
                yield step, answer


def _imds_exchanges(case: Case) -> Iterator[tuple[str, Exchange]]:
    for step in ("imds.tokenless", "imds.token"):
        attempts = case.evidence.facts(step, Attempts)
        yield from ((step, one) for one in (attempts.exchanges if attempts else ()))
    single = (
        case.evidence.facts("imds.role", RoleListing),
        case.evidence.facts("imds.credentials", CredentialsAnswer),
        case.evidence.facts("imds.metadata", InstanceMetadata),
    )
    for step, facts in zip(("imds.role", "imds.credentials", "imds.metadata"), single, strict=True):
        if facts is not None:
            yield step, facts.exchange


def clock_skew(case: Case) -> Iterator[Finding]:
    """The clock is off: AWS says so, or refuses for it."""
    clock = Clock(case)
    skew = clock.skew
    early = _early_claims(case, clock)
    if not clock.refusals and (skew is None or abs(skew) < NOTICEABLE) and not (early and skew is None):
        return
    witnesses = clock.strong or clock.weak
    plain = clock.is_known and skew is not None and abs(skew) >= PLAIN
    finding = found(
        "clock-skew",
        certainty=CERTAIN if plain or (clock.refusals and not clock.is_right) else LIKELY,
        step=clock.refusals[0][0] if clock.refusals else witnesses[0].step if witnesses else early[0][0],
        summary=_summary(skew, clock),
        evidence=[*_refused(clock), *_told(witnesses), *(line for _, line in early)],
        becomes_certain_with="A Date header of STS over TLS, which needs no credentials.",
        remedies=_remedies(case),
    )
    harmless = not clock.refusals and not early and abs(skew or 0.0) < SIGNATURE_TOLERANCE
    yield replace(finding, severity=Severity.WARNING) if harmless else finding


def _summary(skew: float | None, clock: Clock) -> str:
    if clock.refusals and clock.is_right:
        return "AWS refuses signatures of this pod for their time, and its own clock agrees with this node's."
    if clock.refusals and skew is None:
        return "AWS refuses signatures of this pod for their time: the clock of the node is wrong."
    if skew is None:
        return "A token of this pod is not valid yet by the local clock: the clock of this node seems slow."
    direction = "slow" if skew > 0 else "fast"
    refused = "; AWS refuses its signatures" if clock.refusals else ""
    return f"The clock of this node is {lasting(skew)} {direction}{refused}."


def _refused(clock: Clock) -> Iterator[str]:
    for step, answer in clock.refusals:
        yield f"{step}: {answer.code}: {answer.message}"
    if clock.refusals and clock.is_right:
        yield "a clock that was put right since, or something that holds requests back on their way, would explain it"


def _told(witnesses: tuple[Reading, ...]) -> Iterator[str]:
    seen = set()
    for reading in witnesses:
        if reading.who not in seen:
            seen.add(reading.who)
            side = "ahead of" if reading.skew > 0 else "behind"
            yield f"the Date header of {reading.who} is {abs(reading.skew):.0f} s {side} the local clock"


def _early_claims(case: Case, clock: Clock) -> list[tuple[str, str]]:
    """Tokens that begin in the future by the local clock; they say nothing where a witness finds the clock right."""
    if clock.is_right:
        return []
    lines = []
    for source in (Source.WEB_IDENTITY, Source.CONTAINER):
        token: TokenFile | None = case.token(source)
        claims = token.claims if token else None
        begins = max((claims.issued or 0, claims.not_before or 0)) if claims else 0
        if begins > case.given.clock + NOTICEABLE:
            ahead = lasting(begins - case.given.clock)
            lines.append((f"{source}.token", f"the {source} token is valid from {when(begins)}, {ahead} from now"))
    return lines


def _remedies(case: Case) -> tuple[Remedy, ...]:
    node = quoted(case.node)
    return (
        Remedy(
            text="On the node: see whether chrony follows its source (169.254.169.123 on EC2).",
            command="chronyc tracking",
            tool=Tool.SHELL,
        ),
        Remedy(
            text="Restart it, and look again.",
            command="systemctl restart chronyd",
            tool=Tool.SHELL,
            privileged=True,
        ),
        Remedy(
            text="A node that does not recover: take it out and replace it. Every pod on it is affected.",
            command=f"kubectl drain {node} --ignore-daemonsets",
            tool=Tool.KUBECTL,
            privileged=True,
        ),
    )


RULES = (clock_skew,)
