"""What each SDK would do in this pod: told of are those that end otherwise than the walk, and those that hang."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from probe.evidence import Outcome, Wanted
from probe.report import Prediction, Report
from probe.tell.chosen_sdks import ChosenSdk, predictions_of, sdk_of_controller
from probe.tell.layout import Style

LONG = 3.0
"""Seconds of waiting that a reader wants to know of."""
_GAPS = re.compile("…(?: ?…)+")
_UNSEEN = "not visible from this walk"


def sdks_section(report: Report, style: Style) -> list[str]:
    """Return the lines about the SDKs. With -v one row for each, and why; with --sdk all of those that were named.

    Where a controller was named whose SDK is known, that one is all that a reader wants to know of.
    """
    if not report.sdks:
        return []
    title = style.paint("What each SDK would do here", "bold")
    if style.details:
        return [title, *_every(report.sdks, style)]
    if style.every_sdk:
        return [title, *_folded(report.sdks, style)]
    own = sdk_of_controller(report.evidence.wanted)
    if own is not None:
        told = predictions_of([own], report.sdks)
        return [style.paint(_title_for(own, report.evidence.wanted), "bold"), *_folded(told, style)]
    return [title, *_differing(report, style)]


def _title_for(own: ChosenSdk, wanted: Wanted) -> str:
    sdk = f"{own.name} {own.version}" if own.version else own.name
    return f"What {sdk} would do here, the SDK in {wanted.controller}@{wanted.controller_version}"


def _differing(report: Report, style: Style) -> Iterator[str]:
    source = _walked_source(report)
    told = tuple(one for one in report.sdks if _is_told(one, report, source))
    yield from _folded(told, style)
    unseen = [one for one in report.sdks if one.outcome == "unknown"]
    if unseen:
        yield from style.wrap(f"{', '.join(names_of(unseen))}: {_UNSEEN}", "  ", "      ")
    if len(told) + len(unseen) < len(report.sdks):
        who = "the others end" if told or unseen else "all end"
        how = f"with the credentials from {source}" if source else "without credentials"
        yield from style.wrap(f"{who} as this walk does, {how} (-v tells of each, and why)", "  ", "      ")


def _walked_source(report: Report) -> str | None:
    """Return the source that the walk ends with: the verdict's, if its keys work."""
    verdict = report.verdict
    if verdict.is_good:
        return verdict.source
    source = verdict.source or verdict.expected.source
    return source if report.evidence.outcome(f"identity.{source}") is Outcome.OK else None


def _is_told(prediction: Prediction, report: Report, source: str | None) -> bool:
    """Whether an SDK ends otherwise than the walk (by its source or whom it runs as), or takes long to."""
    if prediction.outcome == "unknown":
        return False
    ends_alike = prediction.source == source and (prediction.outcome == "credentials") == (source is not None)
    return not ends_alike or _is_slow(prediction) or _is_somebody_else(prediction, report)


def _is_slow(prediction: Prediction) -> bool:
    return prediction.waits_for_ever or (prediction.wait_seconds or 0.0) >= LONG


def _is_somebody_else(prediction: Prediction, report: Report) -> bool:
    """Whether both identities are known and not sessions of one role; every program names its session itself."""
    identity = report.verdict.identity
    if identity is None or prediction.identity is None:
        return False
    roles = {_role(prediction.identity), _role(identity.arn)}
    return len(roles) > 1 and not any("…" in role for role in roles)


def _role(arn: str) -> str:
    return arn.rpartition("/")[0] if ":assumed-role/" in arn else arn


def _folded(predictions: tuple[Prediction, ...], style: Style) -> Iterator[str]:
    alike: dict[str, list[Prediction]] = {}
    for prediction in predictions:
        alike.setdefault(ending_of(prediction), []).append(prediction)
    for ending, those in alike.items():
        yield from style.wrap(f"{', '.join(names_of(those))}: {ending}", "  ", "      ")


def names_of(predictions: Iterable[Prediction]) -> Iterator[str]:
    """Name each SDK with its versions; ranges that follow each other are told as one."""
    for (sdk, proven), those in groupby(predictions, lambda prediction: (prediction.sdk, prediction.proven)):
        for begin, end in _joined(_bounds(prediction.versions) for prediction in those):
            bounds = ",".join([f">={begin}"] * bool(begin) + [f"<{end}"] * bool(end))
            yield " ".join(filter(None, (sdk, bounds, "" if proven else "(unproven)")))


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
        yield from style.wrap(f"{next(names_of([prediction]))}: {ending_of(prediction)}", "  ", "      ")
        yield from style.wrap(prediction.because, "      ")
        if prediction.caches:
            yield from style.wrap(f"It keeps {prediction.caches}.", "      ")
        if prediction.proxied:
            yield from style.wrap(f"Proxy: {prediction.proxied}.", "      ")


def ending_of(prediction: Prediction) -> str:
    """Say how a program ends: SDKs of which the same is said stand on one line."""
    if prediction.outcome == "unknown":
        return _UNSEEN
    if prediction.waits_for_ever:
        return "hangs for ever"
    return f"{_what(prediction)}{_after(prediction)}"


def _what(prediction: Prediction) -> str:
    if prediction.outcome == "credentials":
        key = f" ({prediction.access_key_hint})" if prediction.access_key_hint else ""
        identity = f", as {prediction.identity}" if prediction.identity else ""
        slipped = ", past what is configured" if prediction.falls_through else ""
        return f"credentials from {prediction.source}{key}{slipped}{identity}"
    word = "error" if prediction.outcome == "error" else "no credentials"
    text = _GAPS.sub("…", prediction.error or "")
    return f"{word}: {text}" if text.strip("…") else word


def _after(prediction: Prediction) -> str:
    seconds = prediction.wait_seconds or 0.0
    if seconds < LONG:
        return ""
    return f" (after {seconds / 60:.1f} min)" if seconds >= 100 else f" (after {seconds:.0f} s)"
