"""IMDS as one of a controller's places: whether it gives nothing, or whether nobody knows."""

from probe.controllers.profile import Place
from probe.evidence.configuration import ImdsVariables
from probe.evidence.discovery import Looked, LookedAt
from probe.evidence.walked import Outcome
from probe.walk import Walk

_ON_THE_WAY = ("imds.connect", "imds.token", "imds.metadata")


def is_off(walk: Walk) -> bool:
    """Whether a variable keeps the SDKs from IMDS, which the probe asks all the same."""
    told = walk.facts("imds.variables")
    return isinstance(told, ImdsVariables) and told.disabled


def without_imds(walk: Walk, place: Place) -> LookedAt:
    """Say of a place in IMDS that it gives nothing, or that nobody knows."""
    if is_off(walk):
        return LookedAt(place=place.name, looked=Looked.NO_ANSWER, note="AWS_EC2_METADATA_DISABLED is set")
    failed = next((one for one in _ON_THE_WAY if walk.outcome(one) is Outcome.FAIL), None)
    if failed is None:
        return LookedAt(place=place.name, looked=Looked.UNKNOWN, note="IMDS was not asked to the end")
    return LookedAt(place=place.name, looked=Looked.NO_ANSWER, note=f"step {failed} failed")
