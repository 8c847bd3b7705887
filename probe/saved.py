"""Evidence to JSON values and back, so that a walk made in a cluster can be judged again at a desk.

What comes back may come from anybody: size, shape, depth and numbers are bounded before a rule sees them.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from enum import Enum
from typing import Any, NoReturn, TypeVar

import dacite

from probe.evidence import FACTS_OF_STEP, Attempts, Evidence, Facts, Step
from probe.secret import printable

LARGEST_REPORT = 16 * 1024 * 1024
"""Bytes. The report of a walk has about 30 KiB."""
SCHEMA = 1
"""The `schema` of a report. Raised only by a change that would break its readers."""
_LARGEST_NUMBER = 2**53
"""Beyond it, JSON readers disagree."""
_TIMES = {"annotated", "clock", "created", "expires", "issued", "modified", "not_before"}
_EARLIEST, _LATEST = -62_135_596_800, 253_402_300_799
"""Unix seconds of the years 1 and 9999: no calendar goes beyond."""


T = TypeVar("T")


class NotAReportError(ValueError):
    """The text is not a report that can be judged; the message is one line for the person who passed it."""


def evidence_document(evidence: Evidence) -> dict[str, Any]:
    """Return evidence as JSON values."""
    return asdict(evidence)


def facts_document(facts: Facts | None) -> dict[str, Any] | None:
    """Return what one step left behind as JSON values."""
    return None if facts is None else asdict(facts)


def load_evidence(raw: bytes) -> Evidence:
    """Return the evidence of a report made with `--format json`. Raises NotAReportError."""
    report = _parsed(raw)
    if report.get("schema") != SCHEMA:
        raise NotAReportError(f"it has no `schema` {SCHEMA}: it is not a report of the probe, or a later one's")
    saved = report.get("evidence")
    if saved is None:
        raise NotAReportError("it holds no evidence: the probe itself failed when it was made")
    if not isinstance(saved, dict):
        raise NotAReportError("`evidence` is not an object")
    steps = saved.get("steps", ())
    if not isinstance(steps, tuple):
        raise NotAReportError("`evidence.steps` is not a list")
    return _built(Evidence, {**saved, "steps": tuple(map(_step, filter(_is_known, steps)))}, "evidence")


def _parsed(raw: bytes) -> dict[str, Any]:
    if len(raw) > LARGEST_REPORT:
        raise NotAReportError(f"it is larger than {LARGEST_REPORT // 1024 // 1024} MiB")
    try:
        report = _bounded(json.loads(raw.decode("utf-8"), parse_constant=_refuse))
    except RecursionError:
        raise NotAReportError("it is nested too deeply") from None
    except NotAReportError:
        raise
    except ValueError as error:
        raise NotAReportError(f"it is not JSON: {printable(str(error), 120)}") from None
    if not isinstance(report, dict):
        raise NotAReportError("it is not a JSON object")
    return report


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")


def _bounded(value: object, name: str = "") -> object:
    """Return JSON values with lists as tuples and text as proper Unicode. Raises for absurd numbers."""
    if isinstance(value, dict):
        return {_text(key): _bounded(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return tuple(_bounded(one) for one in value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int | float):
        low, high = (_EARLIEST, _LATEST) if name in _TIMES else (-_LARGEST_NUMBER, _LARGEST_NUMBER)
        if not low <= value <= high:
            raise NotAReportError("a number in it is out of range")
    return value


def _text(text: str) -> str:
    """Replace lone surrogates, which JSON can spell and no stream can write."""
    return text.encode("utf-8", "replace").decode()


def _is_known(step: object) -> bool:
    """Whether this version judges such a step; steps of later versions are passed over."""
    if not isinstance(step, Mapping) or not isinstance(step.get("id"), str):
        raise NotAReportError("a step is not an object with an `id`")
    return step["id"] in FACTS_OF_STEP


def _step(step: Mapping[str, Any]) -> Step:
    step_id, facts = step["id"], step.get("facts")
    kind = FACTS_OF_STEP[step_id]
    read: object = None if facts is None else _built(kind, facts, step_id)
    if isinstance(read, Attempts) and not read.exchanges:
        raise NotAReportError(f"{step_id}: attempts without an exchange")
    return _built(Step, {**step, "facts": read}, step_id)


def _built(kind: type[T], values: object, place: str) -> T:
    if not isinstance(values, Mapping):
        raise NotAReportError(f"{place}: not an object")
    try:
        return dacite.from_dict(kind, dict(values), _CONFIG)
    except dacite.DaciteFieldError as error:
        raise NotAReportError(f"{place}: the field {printable(error.field_path or '?', 80)} does not fit") from None
    except (ValueError, TypeError) as error:
        raise NotAReportError(f"{place}: {printable(str(error), 120)}") from None


def _whole_to_float(value: object) -> object:
    """Take 15 for 15.0: tools that rewrite JSON drop the decimals."""
    return float(value) if type(value) is int else value


_CONFIG = dacite.Config(cast=[Enum], type_hooks={float: _whole_to_float})
