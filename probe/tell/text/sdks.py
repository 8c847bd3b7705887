"""What each SDK would do in this pod: those that end alike share a row."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from probe.report import Prediction, Report
from probe.tell.layout import Style

_GAPS = re.compile("…(?: ?…)+")


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
        yield from style.wrap(f"{', '.join(_names(those))}: {ending}", "  ", "      ")


def _names(predictions: Iterable[Prediction]) -> Iterator[str]:
    """Name each SDK with its versions; ranges that follow each other are told as one."""
    for sdk, those in groupby(predictions, lambda prediction: prediction.sdk):
        for begin, end in _joined(_bounds(prediction.versions) for prediction in those):
            bounds = ",".join([f">={begin}"] * bool(begin) + [f"<{end}"] * bool(end))
            yield f"{sdk} {bounds}".rstrip()


def _bounds(versions: str) -> tuple[str, str]:
    """Return where a range begins and where the next one would; empty where it is open, as `all` is on both sides."""
    bounds = versions.split(",")
    begin = next((bound[2:] for bound in bounds if bound.startswith(">=")), "")
    return begin, next((bound[1:] for bound in bounds if bound.startswith("<")), "")


def _joined(ranges: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    joined: list[tuple[str, str]] = []
    for begin, end in ranges:
        if joined and begin and joined[-1][1] == begin:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return joined


def _every(predictions: tuple[Prediction, ...], style: Style) -> Iterator[str]:
    for prediction in predictions:
        yield from style.wrap(f"{next(_names([prediction]))}: {_ending(prediction)}", "  ", "      ")
        yield from style.wrap(prediction.because, "      ")


def _ending(prediction: Prediction) -> str:
    if prediction.outcome == "credentials":
        key = f" ({prediction.access_key_hint})" if prediction.access_key_hint else ""
        return f"credentials from {prediction.source}{key}"
    if prediction.outcome == "unknown":
        return "not visible from this walk"
    word = "error" if prediction.outcome == "error" else "no credentials"
    text = _GAPS.sub("…", prediction.error or "")
    return f"{word}: {text}" if text.strip("…") else word
