"""What each SDK would do in this pod: those that end alike share a row."""

import re
from collections.abc import Iterator

from probe.report import Prediction, Report
from probe.tell.layout import Style

_GAPS = re.compile("…[… ]*")


def sdks_section(report: Report, style: Style) -> list[str]:
    """Return the lines about the SDKs; with -v one row for each, and why."""
    if not report.sdks:
        return []
    rows = _every if style.details else _folded
    return [style.paint("What each SDK would do here", "bold"), *rows(report.sdks, style)]


def _folded(predictions: tuple[Prediction, ...], style: Style) -> Iterator[str]:
    alike: dict[str, list[Prediction]] = {}
    for prediction in predictions:
        alike.setdefault(_ending(prediction), []).append(prediction)
    for ending, those in alike.items():
        names = ", ".join(dict.fromkeys(map(_name, those)))
        yield from style.wrap(f"{names}: {ending}", "  ", "      ")


def _every(predictions: tuple[Prediction, ...], style: Style) -> Iterator[str]:
    for prediction in predictions:
        yield from style.wrap(f"{_name(prediction)}: {_ending(prediction)}", "  ", "      ")
        yield from style.wrap(prediction.because, "      ")


def _name(prediction: Prediction) -> str:
    return prediction.sdk if prediction.versions == "all" else f"{prediction.sdk} {prediction.versions}"


def _ending(prediction: Prediction) -> str:
    if prediction.outcome == "credentials":
        key = f" ({prediction.access_key_hint})" if prediction.access_key_hint else ""
        return f"credentials from {prediction.source}{key}"
    if prediction.outcome == "unknown":
        return "not visible from this walk"
    word = "error" if prediction.outcome == "error" else "no credentials"
    text = _GAPS.sub("… ", prediction.error or "").strip()
    return f"{word}: {text}" if text.strip("…") else word
