"""What the tests of the container rules share."""

from probe.evidence import Connection, CredentialsAnswer, Ending, Phases
from probe.findings import container
from probe.findings.case import Case
from probe.report import Finding
from tests.findings.building import exchange, judged


def found(case: Case) -> dict[str, Finding]:
    """Every finding of the container rules by its code."""
    return judged(case, container.RULES)


def certainties(case: Case) -> dict[str, str]:
    """The same, with its certainty alone."""
    return {code: finding.certainty for code, finding in found(case).items()}


def failed_connect(ending: Ending, host: str = "169.254.170.23", other_ending: Ending | None = None) -> Connection:
    """A connect that failed; `other_ending` is what the agent's other address did."""
    other = "169.254.170.23" if other_ending else None
    return Connection(
        host=host, port=80, ending=ending, error_name="EEXAMPLE", other_address=other, other_ending=other_ending
    )


def commands(finding: Finding) -> str:
    """Every command of a finding, one a line."""
    return "\n".join(remedy.command or "" for remedy in finding.remedies)


def silence() -> CredentialsAnswer:
    """A request that was acknowledged and never answered."""
    return CredentialsAnswer(exchange=exchange(None, Ending.NO_ANSWER, phases=Phases()))
