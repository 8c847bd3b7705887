"""What the SDKs make of tokens that are not like EC2's: played with all of them against the lab's `imds-mock-moto`."""

from dataclasses import replace

import pytest

from probe.evidence import Attempts
from tests.sdks.pods import Part, asked, imds, pod, said, step


def token(*, ttl_repeated: bool | None) -> Part:
    """Make an IMDS whose answer to the token PUT does or does not repeat the time to live."""
    part = imds()
    attempts = next(one.facts for one in part.steps if one.id == "imds.token")
    assert isinstance(attempts, Attempts)
    return replace(part, steps=(*part.steps, step("imds.token", replace(attempts, ttl_repeated=ttl_repeated))))


def test_rust_alone_takes_no_token_without_its_time_to_live() -> None:
    one = asked("rust", pod(token(ttl_repeated=False)))
    assert one.outcome == "error"
    assert one.error
    assert "failed to load IMDS session token" in one.error


@pytest.mark.parametrize("sdk", ["botocore", "js-v3", "java-v2"])
def test_the_others_do_not_look(sdk: str) -> None:
    assert said(sdk, pod(token(ttl_repeated=False))) == "credentials imds"


@pytest.mark.parametrize("ttl_repeated", [True, None])
def test_a_token_as_ec2_gives_it_is_one(ttl_repeated: bool | None) -> None:
    assert said("rust", pod(token(ttl_repeated=ttl_repeated))) == "credentials imds"
