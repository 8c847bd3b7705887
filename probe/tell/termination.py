"""The termination message: one JSON line, cause first, for `kubectl describe pod` and for controllers that read it.

The kubelet cuts the messages of a pod at 12 KiB over all its containers (kubernetes/website, "Determine the Reason
for Pod Failure"), so that a pod of twelve containers leaves each 1 KiB.
"""

import json
import os
import stat
from typing import Any

from probe.report import Report
from probe.secret import printable
from probe.tell.words import decisive

DEFAULT_PATH = "/dev/termination-log"
LARGEST = 1023
"""Bytes, the line feed included."""
_LONGEST_WORD = 48
"""Characters of a code, source or step. Four of them fit with room for a summary, whatever they are made of."""


def termination_message(report: Report) -> bytes:
    """Return the line. Its summary is cut as far as the size demands; what is cut ends in `…`."""
    verdict, cause = report.verdict, decisive(report)
    return line_of(
        {
            "code": verdict.code,
            "exit_code": verdict.exit_code,
            "certainty": verdict.certainty,
            "summary": verdict.summary,
            "source": verdict.source,
            "step": cause.step if cause else None,
        }
    )


def line_of(fields: dict[str, Any]) -> bytes:
    """Return fields, one of them `summary`, as a line of JSON that is small enough and whole."""
    fields = {name: value if name == "summary" else _word(value) for name, value in fields.items()}
    summary = fields["summary"]
    line = _encoded(fields)
    while len(line) > LARGEST:
        # Escapes make some characters longer than others, so the cut is repeated until it is deep enough.
        summary = summary[: min(len(summary) * LARGEST // len(line), len(summary) - 1)]
        line = _encoded({**fields, "summary": summary + "…"})
    return line


def write_message(path: str, message: bytes) -> str | None:
    """Write to the file that the kubelet made; return the error's name if that failed.

    Where there is no such file nobody waits for a message, and none is made.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 - beside os.open, which needs the flags
            return None
        descriptor = os.open(path, os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC)
        with os.fdopen(descriptor, "wb") as file:
            file.write(message)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        return type(error).__name__
    return None


def _word(value: object) -> object:
    return printable(value, _LONGEST_WORD) if isinstance(value, str) else value


def _encoded(fields: dict[str, Any]) -> bytes:
    line = json.dumps(fields, ensure_ascii=False, separators=(",", ":")) + "\n"
    return line.encode("utf-8", "replace")
