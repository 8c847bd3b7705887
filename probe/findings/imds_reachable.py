"""A pod with an identity of its own can still take the node role, and some SDKs may be doing that now."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from probe.evidence import Outcome, Source
from probe.findings.case import CERTAIN, Case, found
from probe.findings.catalogue.entry import Severity
from probe.findings.identity_remedies import close_imds_remedies
from probe.findings.imds_view import ImdsView
from probe.findings.spoken import sdks_listed
from probe.report import Finding, Prediction


def reachable(case: Case) -> Iterator[Finding]:
    """IMDS gives keys to a pod that is meant to use another source."""
    own = case.expected.source
    if own in {Source.IMDS, "none", None} or not case.gave_keys(Source.IMDS):
        return
    imds = ImdsView(case)
    role = imds.listing.role if imds.listing and imds.listing.role else "the node's"
    closed = imds.variables.disabled
    sdks, old = _as_node(case.predictions)
    finding = found(
        "imds-reachable",
        certainty=CERTAIN,
        step="imds.credentials",
        summary=f"This pod can take the role {role} from IMDS although it is meant to use {own}."
        f"{_now(case, own, role, sdks)}",
        evidence=[
            f"IMDS gave keys of {role}",
            *(["AWS_EC2_METADATA_DISABLED keeps SDKs from asking, but nobody else"] if closed else []),
            *([f"of older releases, {', '.join(old)} would run as {role} now"] if old else []),
        ],
        remedies=close_imds_remedies(case),
        sdks=sdks,
    )
    yield replace(finding, severity=Severity.NOTE) if closed else finding


def _as_node(predictions: Iterable[Prediction]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the SDKs that end at the node role in their newest release, and those that did so once, with versions."""
    now: list[str] = []
    once: list[str] = []
    for sdk, of_sdk in groupby(predictions, lambda prediction: prediction.sdk):
        *older, newest = of_sdk
        if _takes_node_role(newest):
            now.append(sdk)
        else:
            once += [f"{sdk} {one.versions}" for one in older if _takes_node_role(one)]
    return tuple(now), tuple(once)


def _takes_node_role(prediction: Prediction) -> bool:
    return prediction.outcome == "credentials" and prediction.source == Source.IMDS


def _now(case: Case, own: str, role: str, sdks: tuple[str, ...]) -> str:
    if not sdks:
        return ""
    if _fails(case, own):
        return f" Since {own} fails, {sdks_listed(sdks)} programs in this pod run as {role} now."
    return f" {sdks_listed(sdks)} programs in this pod run as {role} now: they do not get as far as {own} here."


def _fails(case: Case, source: str) -> bool:
    """Whether the source was seen to fail; one that was not walked to its end may work."""
    return any(step.outcome is Outcome.FAIL for step in case.evidence.steps if step.source == source)
