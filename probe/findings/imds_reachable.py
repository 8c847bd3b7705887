"""A pod with an identity of its own can still take the node role, and some SDKs may be doing that now."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from probe.evidence import Outcome, Source
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.catalogue.entry import Severity
from probe.findings.identity_remedies import close_imds_remedies
from probe.findings.imds_answers import keys_may_work, stands_in
from probe.findings.imds_view import ImdsView
from probe.findings.spoken import sdks_listed
from probe.report import Finding, Prediction


def reachable(case: Case) -> Iterator[Finding]:
    """IMDS gives keys to a pod that is meant to use another source."""
    own = case.expected.source
    if own in {Source.IMDS, "none", None} or not case.gave_keys(Source.IMDS):
        return
    imds, stand_in = ImdsView(case), stands_in(case)
    if stand_in and not keys_may_work(imds):
        return
    place = "a stand-in for IMDS" if stand_in else "IMDS"
    role = imds.listing.role if imds.listing and imds.listing.role else "the node's"
    closed = imds.variables.disabled
    newest, old = _as_node(case.predictions)
    sdks = tuple(one.sdk for one in newest)
    finding = found(
        "imds-reachable",
        certainty=LIKELY if stand_in else CERTAIN,
        step="imds.credentials",
        summary=f"This pod can take the role {role} from {place} although it is meant to use {own}."
        f"{_now(case, own, role, newest)}",
        evidence=[
            f"{place[0].upper()}{place[1:]} gave keys of {role}",
            *(["AWS_EC2_METADATA_DISABLED keeps SDKs from asking, but nobody else"] if closed else []),
            *([f"of older releases, {', '.join(old)} would run as {role} now"] if old else []),
        ],
        remedies=close_imds_remedies(case),
        sdks=sdks,
    )
    yield replace(finding, severity=Severity.NOTE) if closed else finding


def _as_node(predictions: Iterable[Prediction]) -> tuple[tuple[Prediction, ...], tuple[str, ...]]:
    """Return what ends at the node role in an SDK's newest release, and the SDKs that did so once, with versions."""
    now: list[Prediction] = []
    once: list[str] = []
    for sdk, of_sdk in groupby(predictions, lambda prediction: prediction.sdk):
        *older, newest = of_sdk
        if _takes_node_role(newest):
            now.append(newest)
        else:
            once += [f"{sdk} {one.versions}" for one in older if _takes_node_role(one)]
    return tuple(now), tuple(once)


def _takes_node_role(prediction: Prediction) -> bool:
    return prediction.outcome == "credentials" and prediction.source == Source.IMDS


def _now(case: Case, own: str, role: str, sdks: tuple[Prediction, ...]) -> str:
    """Say who runs as the node role, and apart from them those of whom only their documentation says so."""
    proven = tuple(one.sdk for one in sdks if one.proven)
    documented = tuple(one.sdk for one in sdks if not one.proven)
    if not sdks:
        return ""
    who = sdks_listed(proven or documented)
    too = f" By their documentation {sdks_listed(documented)} programs do so too." if proven and documented else ""
    perhaps = "" if proven else " by their documentation"
    if _fails(case, own):
        return f" Since {own} fails, {who} programs in this pod run as {role} now{perhaps}.{too}"
    return f" {who} programs in this pod run as {role} now{perhaps}: they do not get as far as {own} here.{too}"


def _fails(case: Case, source: str) -> bool:
    """Whether the source was seen to fail; one that was not walked to its end may work."""
    return any(step.outcome is Outcome.FAIL for step in case.evidence.steps if step.source == source)
