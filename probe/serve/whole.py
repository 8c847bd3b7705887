"""Whole walks: `probe run` in a process of its own, which takes botocore, its memory and its bugs away with it."""

import json
import signal
from collections.abc import Collection, Sequence

from probe.again import Again
from probe.saved import NotAReportError, load_evidence
from probe.secret import printable, without_key_shapes
from probe.serve.child import LARGEST_OUTPUT, Child, Output
from probe.serve.state import Depth, Ending
from probe.serve.walked import Walked, ended
from probe.tell.crash import EXIT_CODE as CRASHED

SLACK = 10.0
"""Seconds for starting and ending: an interpreter with a tenth of a processor takes half of that to start."""
NO_MESSAGE = "/dev/null"
"""Not a regular file, so no termination message is written: that is for what ends, and the sidecar goes on."""


class WholeWalks:
    """Makes whole walks, one at a time."""

    def __init__(self, again: Again, options: Sequence[str], deadline_seconds: float) -> None:
        """`options` are what the sidecar was told about the walk, as words of a command line."""
        self._child = Child(again)
        self._words = ("run", "--format", "json", "--exit-zero", "--termination-message", NO_MESSAGE, *options)
        self._deadline_seconds = deadline_seconds

    @property
    def patience(self) -> float:
        """Seconds that a walk takes at most."""
        return self._deadline_seconds + SLACK

    def walk(self, left_out: Collection[str]) -> Walked | None:
        """Walk all steps but those. None once `end` was called."""
        skips = [word for step in sorted(left_out) for word in ("--skip", step)]
        words = (*self._words, "--deadline", f"{self._deadline_seconds:g}", *skips)
        try:
            output = self._child.run(words, self.patience)
        except OSError as error:
            return _failed(f"no process could be started ({type(error).__name__})")
        return None if output is None else _walked(output)

    def end(self) -> None:
        """Kill the walk that is under way, and make no more."""
        self._child.end()


def _walked(output: Output) -> Walked:
    if output.overran:
        return Walked(depth=Depth.WHOLE, ending=Ending.CUT, problem="it did not end at its deadline and was killed")
    if output.too_much:
        return _failed(f"it printed more than {LARGEST_OUTPUT // 1024} KiB and was killed")
    if output.code != 0:
        return _failed(_why_it_ended(output))
    try:
        return ended(Depth.WHOLE, load_evidence(output.text))
    except NotAReportError as error:
        return _failed(f"what it printed cannot be read: {error}" if output.text else "it printed nothing")


def _why_it_ended(output: Output) -> str:
    if output.code == -signal.SIGKILL:
        return "it was killed from outside (SIGKILL), most likely for want of memory"
    if output.code < 0:
        return f"it was ended by signal {-output.code}"
    told = _crash_of(output.text) if output.code == CRASHED else None
    return told or f"it ended with exit code {output.code}"


def _crash_of(text: bytes) -> str | None:
    """Return what a crashed probe says of itself. It quotes no message; it is cleaned all the same."""
    try:
        summary = json.loads(text)["verdict"]["summary"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return without_key_shapes(printable(summary, 200)) if isinstance(summary, str) else None


def _failed(problem: str) -> Walked:
    return Walked(depth=Depth.WHOLE, ending=Ending.FAILED, problem=problem)
