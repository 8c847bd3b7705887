"""What came of one walk of the sidecar."""

from probe.evidence import Evidence
from probe.records import dataclass
from probe.serve.state import Depth, Ending

_OUT_OF_TIME = ("the deadline of ", "cut: ")
"""How `probe.walk` begins the reasons of steps that time ended."""


@dataclass(frozen=True, kw_only=True)
class Walked:
    """How a walk ended, and what it saw."""

    depth: Depth
    ending: Ending
    evidence: Evidence | None = None
    """None where it brought nothing that can be judged."""
    problem: str | None = None
    """One line about what went wrong, without anything that could be a secret."""


def ended(depth: Depth, evidence: Evidence) -> Walked:
    """Return what came of a walk that came back by itself. What its own deadline cut counts as cut, and is judged."""
    late = [step.id for step in evidence.steps if (step.reason or "").startswith(_OUT_OF_TIME)]
    if not late:
        return Walked(depth=depth, ending=Ending.FINISHED, evidence=evidence)
    problem = f"the deadline ended {len(late)} steps, the first of them {late[0]}"
    return Walked(depth=depth, ending=Ending.CUT, evidence=evidence, problem=problem)
