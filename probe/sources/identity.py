"""GetCallerIdentity with what a source gave: it tells whose keys they are, and whether STS takes them."""

from typing import TYPE_CHECKING

from probe.credentials import Credentials
from probe.evidence import Outcome, StsAnswers, StsEndpoint
from probe.sources.sts_path import other_endpoint, sts_endpoint
from probe.walk import Done, Walk

if TYPE_CHECKING:
    from probe.wire.sts import StsCaller

NO_STS = "--no-sts"
"""Why a step that asks STS was skipped."""


def identify(walk: Walk, source: str, keys: Credentials | None, region_hint: tuple[str, str] | None = None) -> None:
    """Walk `identity.<source>`."""
    step_id = f"identity.{source}"
    if keys is not None:
        walk.offer(source, keys)
    if not walk.options.sts_allowed:
        walk.skip(NO_STS, step_id)
    elif keys is None:
        walk.skip("no keys from this source", step_id)
    else:
        walk.step(step_id, lambda: _identify(walk, keys, region_hint))


def caller(walk: Walk, endpoint: StsEndpoint) -> "StsCaller":
    """Return a caller for an endpoint. STS' libraries are imported here, so a walk that needs no STS never pays."""
    from probe.sources.sts_way import StsWay  # noqa: PLC0415 - as the next line
    from probe.wire.sts import StsCaller  # noqa: PLC0415 - botocore: 0.15 s and 17 MiB that most broken pods never need

    return StsCaller(endpoint, StsWay(walk, endpoint).send, walk.redactor)


def _identify(walk: Walk, keys: Credentials, region_hint: tuple[str, str] | None) -> Done[None]:
    endpoint = sts_endpoint(walk, region_hint)
    answers = StsAnswers(first=caller(walk, endpoint).get_caller_identity(keys))
    other = other_endpoint(endpoint)
    if answers.first.code == "InvalidClientTokenId" and other is not None:
        # Opt-in regions refuse sessions of the global endpoint, and every key of an account that has not enabled
        # them (IAM user guide, "Manage AWS STS in an AWS Region"): the other endpoint tells that from a wrong key.
        answers = StsAnswers(first=answers.first, second=caller(walk, other).get_caller_identity(keys))
    return Done(outcome=Outcome.OK if answers.first.succeeded else Outcome.FAIL, facts=answers)
