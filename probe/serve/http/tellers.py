"""What the views are filled with. The modules behind them are imported when they are first asked for: a sidecar whose
page nobody looks at need not hold it in memory.
"""  # noqa: D205 - the reason belongs to the sentence

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from probe.records import dataclass
from probe.report import Report
from probe.serve.state import State

if TYPE_CHECKING:
    from probe.tell.page import Page


def _metrics(state: State, accept: str) -> tuple[bytes, str]:
    from probe.tell.metrics import exposition  # noqa: PLC0415 - see above, as in all of these

    return exposition(state, accept)


def _report(report: Report) -> dict[str, Any]:
    from probe.tell.document import document  # noqa: PLC0415 - see above

    return document(report)


def _state(state: State) -> dict[str, Any]:
    from probe.tell.state_document import state_document  # noqa: PLC0415 - see above

    return state_document(state)


def _page() -> "Page":
    from probe.tell.page import page  # noqa: PLC0415 - see above

    return page()


@dataclass(frozen=True, kw_only=True)
class Tellers:
    """Functions over what the sidecar knows."""

    metrics: Callable[[State, str], tuple[bytes, str]] = _metrics
    """Takes the `Accept` header; returns a body and its content type."""
    report: Callable[[Report], dict[str, Any]] = _report
    state: Callable[[State], dict[str, Any]] = _state
    page: "Callable[[], Page]" = _page
