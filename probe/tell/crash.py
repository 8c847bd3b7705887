"""What is told when the probe itself fails. It leans on as little as possible: whatever broke may be broken here, too.

The message of an exception may quote anything, a secret included, and local variables hold everything. So only
types and places are told: enough to find the line.
"""

import json
import time
import traceback
from collections.abc import Iterator
from typing import Any

from probe import __version__

EXIT_CODE = 70


def crash_summary(error: BaseException) -> str:
    """Return one sentence: what was raised, and in which line of which module."""
    module, line = _place(error)
    return f"The probe itself failed: {type(error).__name__} in {module}:{line}"


def crash_report(error: BaseException, form: str) -> str:
    """Return what stands in the place of the report, in the format that was asked for."""
    summary = crash_summary(error)
    if form == "json":
        return json.dumps(_document(summary), indent=2) + "\n"
    if form == "text":
        return (
            f"THE PROBE FAILED, exit code {EXIT_CODE}\n{summary}\n\n"
            "This is a bug of the probe. It says nothing about the pod's credentials.\n"
            "Please report the frames on standard error; they hold no secrets.\n"
        )
    return f"{summary}\n" if form == "short" else f"{summary[:80]}\n"


def crash_fields(error: BaseException) -> dict[str, Any]:
    """Return the fields of the termination message."""
    return {
        "code": None,
        "exit_code": EXIT_CODE,
        "certainty": None,
        "summary": crash_summary(error),
        "source": None,
        "step": None,
    }


def crash_frames(error: BaseException) -> str:
    """Return a traceback without messages, source lines and variables."""
    return "".join(f"{line}\n" for line in _frames(error))


def _frames(error: BaseException) -> Iterator[str]:
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    for one in reversed(chain):
        for frame in traceback.extract_tb(one.__traceback__):
            yield f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
        yield f"probe: {type(one).__name__} (message withheld: it could hold a secret)"


def _place(error: BaseException) -> tuple[str, int]:
    """Return the innermost frame of our own, else the innermost of all."""
    places = [(str(frame.f_globals.get("__name__")), line) for frame, line in traceback.walk_tb(error.__traceback__)]
    own = [place for place in places if place[0].partition(".")[0] == "probe"]
    return (own or places or [("probe", 0)])[-1]


def _document(summary: str) -> dict[str, Any]:
    now = time.time()
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
    return {
        "schema": 1,
        "probe": {"version": __version__},
        "started": f"{whole}.{int(now % 1 * 1000):03d}Z",
        "duration_ms": None,
        "verdict": {
            "code": None,
            "exit_code": EXIT_CODE,
            "certainty": None,
            "summary": summary,
            "source": None,
            "identity": None,
            "expected": {"source": None, "role_arn": None, "inferred": True, "because": "the probe failed"},
        },
        "steps": [],
        "findings": [],
        "sdks": [],
        "evidence": None,
    }
