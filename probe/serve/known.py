"""What is known after one more walk. Pure: a state, a walk and the time give the next state."""

from dataclasses import replace

from probe.report import Report, Verdict
from probe.serve.counts import counted
from probe.serve.history import lengthened
from probe.serve.outlook import Held, outlook
from probe.serve.state import Counts, Depth, Ending, State
from probe.serve.walked import Walked
from probe.tell.words import standing


def counted_in(counts: Counts, walked: Walked) -> Counts:
    """Return the counts after one more walk, whether it is judged or not."""
    return counted(counts, walked.depth, walked.ending, walked.evidence)


def judged(state: State, walked: Walked, report: Report, held: Held, now: float) -> State:
    """Return the state after a walk whose report, at unix time `now`, is the present one. It has been counted."""
    good = report.verdict.is_good
    failing_since = None if good else _earliest(state.failing_since, now)
    by_itself = walked.ending is Ending.FINISHED
    changed = state.report is not None and is_transition(state.report, report.verdict)
    return replace(
        state,
        report=report,
        walked=now if by_itself else state.walked,
        walked_whole=now if by_itself and walked.depth is Depth.WHOLE else state.walked_whole,
        succeeded=now if good else state.succeeded,
        failing_since=failing_since,
        consecutive_failures=0 if good else state.consecutive_failures + 1,
        outlook=None if failing_since is None else outlook(held, report, failing_since, now),
        history=lengthened(state.history, now, report.verdict),
        counts=replace(state.counts, transitions=state.counts.transitions + changed),
    )


def moved(state: State, seconds: float, held: Held, now: float) -> State:
    """Return the state as it is told after the wall clock was set forward by so much, which made it `now`.

    What the sidecar saw, it saw as long ago as before. When credentials end was told by AWS, and stays.
    """

    def then(moment: float | None) -> float | None:
        return None if moment is None else min(moment + seconds, now)

    report, failing_since = state.report, then(state.failing_since)
    told = None if report is None or failing_since is None else outlook(held, report, failing_since, now)
    return replace(
        state,
        begun=min(state.begun + seconds, now),
        walked=then(state.walked),
        walked_whole=then(state.walked_whole),
        succeeded=then(state.succeeded),
        failing_since=failing_since,
        outlook=told,
        history=tuple(
            replace(span, begun=min(span.begun + seconds, now), ended=min(span.ended + seconds, now))
            for span in state.history
        ),
    )


def is_transition(before: Report | None, verdict: Verdict) -> bool:
    """Whether a verdict is another one than before; the first one is."""
    return before is None or _told(before.verdict) != _told(verdict)


def _told(verdict: Verdict) -> tuple[str, str | None, str | None]:
    return standing(verdict), verdict.code, verdict.source


def _earliest(since: float | None, now: float) -> float:
    """Keep the moment at which it stopped being good, unless the clock was set back before it."""
    return now if since is None else min(since, now)
