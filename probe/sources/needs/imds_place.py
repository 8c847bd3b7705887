"""IMDS as one of a controller's places: whether it gives nothing, or whether nobody knows."""

from probe.controllers.profile import Place
from probe.evidence.answers import InstanceMetadata
from probe.evidence.configuration import ImdsVariables
from probe.evidence.discovery import Looked, LookedAt
from probe.evidence.exchange import Exchange
from probe.evidence.walked import Outcome
from probe.walk import Walk

_ON_THE_WAY = ("imds.connect", "imds.token", "imds.metadata")
_BUSY = 429
_SERVER_ERROR = 500


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
    told = walk.facts(failed)
    if isinstance(told, InstanceMetadata) and is_passing(told.exchange):
        return LookedAt(place=place.name, looked=Looked.UNKNOWN, note=did_not_tell(told.exchange))
    return LookedAt(place=place.name, looked=Looked.NO_ANSWER, note=f"step {failed} failed")


def is_passing(one: Exchange) -> bool:
    """Whether an IMDS that gave a token, or a listing, may well answer the next time: nothing says that it has none."""
    return one.status is None or one.status == _BUSY or one.status >= _SERVER_ERROR


def did_not_tell(one: Exchange) -> str:
    """Say what came in the place of a value."""
    heard = one.ending.replace("-", " ") if one.status is None else f"status {one.status}"
    return f"IMDS did not tell: {heard}"
