"""Who follows a run while it goes on: a log, a line on the terminal, or nobody."""

from probe.console import Console
from probe.tell.layout import is_terminal
from probe.tell.observer import Observer
from probe.tell.progress import Progress, Sentences
from probe.tell.reports import Telling


def follower(console: Console, telling: Telling, *, log_events: bool) -> Observer:
    """Return the one that suits what was asked for and who watches.

    Machines that read `json` and `npd` get nothing beside it: `kubectl logs` would mix the two.
    """
    if log_events or telling.verbosity > 0:
        from probe.tell.events import EventLog  # noqa: PLC0415 - structlog takes 80 ms to import

        return EventLog(console, debug=telling.verbosity > 1)
    if telling.form not in {"text", "short"}:
        return Observer()
    lively = telling.form == "text" and is_terminal(console.stderr) and console.environment.get("TERM") != "dumb"
    return Progress(console) if lively else Sentences(console)
