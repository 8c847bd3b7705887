"""The two AWS CLIs: botocore under other numbers, and a copy of it that reads some variables in another way."""

import pytest

from probe.evidence import Ending
from probe.sdks import botocore, cli_v1
from probe.sdks.botocore_sts import STANDARD_RETRIES
from probe.sdks.cli_v2 import as_botocore_reads
from tests.sdks.pods import (
    REGION,
    REGIONAL,
    asked,
    container,
    files,
    imds,
    keys,
    no_answer,
    pod,
    role_profile,
    said,
    static_profile,
    sts_answer,
    web_identity,
)
from tests.sdks.test_failures import sts_path


def test_every_change_of_botocore_has_the_cli_that_brought_it_but_one_that_came_to_no_cli() -> None:
    assert set(cli_v1.BOTOCORE.values()) == set(botocore.CHANGES) - {STANDARD_RETRIES}


@pytest.mark.parametrize(
    ("cli", "like"), [("1.29.85", "1.31.85"), ("1.30.0", "1.32.0"), ("1.32.41", "1.34.41"), ("1.46.3", "1.43.62")]
)
@pytest.mark.parametrize("part", [container(), web_identity(sts_answer("AccessDenied")), imds()])
def test_version_1_does_what_its_botocore_does(part: object, cli: str, like: str) -> None:
    evidence = pod(part)  # type: ignore[arg-type]  # any part
    one, other = asked("cli-v1", evidence, cli), asked("botocore", evidence, like)
    assert (one.outcome, one.source, one.error, one.because) == (
        other.outcome,
        other.source,
        other.error,
        other.because,
    )


def test_version_1_knows_the_agent_from_1_30_on() -> None:
    assert said("cli-v1", pod(container()), "1.29.85") == "error"
    assert said("cli-v1", pod(container()), "1.30.0") == "credentials container"


def test_version_2_knows_the_agent_from_2_15_on() -> None:
    assert said("cli-v2", pod(container()), "2.14.6") == "error"
    assert said("cli-v2", pod(container()), "2.15.0") == "credentials container"


def test_version_2_looks_at_aws_profile_first() -> None:
    named = {"AWS_PROFILE": "there", "AWS_DEFAULT_PROFILE": "gone"}
    evidence = pod(files(static_profile("there")), **named)
    assert said("cli-v2", evidence) == "credentials shared-config"
    assert said("cli-v1", evidence) == "error"


def test_version_2_reads_aws_region_and_then_aws_default_region() -> None:
    walked = web_identity()
    assert asked("cli-v2", pod(walked, AWS_REGION=REGION, AWS_DEFAULT_REGION="nowhere-1")).outcome == "credentials"
    assert as_botocore_reads({"AWS_DEFAULT_REGION": REGION})["AWS_DEFAULT_REGION"] == REGION


def test_version_2_always_calls_the_regional_sts() -> None:
    told = pod(web_identity(host=REGIONAL), AWS_STS_REGIONAL_ENDPOINTS="legacy")
    assert said("cli-v2", told) == "credentials web-identity"


def test_version_2_asks_sts_three_times_and_version_1_five_times() -> None:
    evidence = pod(sts_path(Ending.CONNECT_TIMEOUT))
    assert [asked(cli, evidence).wait_seconds for cli in ("cli-v2", "cli-v1")] == [181.5, 307.5]


def test_version_2_is_not_proven() -> None:
    evidence = pod(container(no_answer()), keys())
    assert [asked(sdk, evidence).proven for sdk in ("cli-v2", "cli-v1", "botocore")] == [False, True, True]


def test_version_2_and_a_foreign_host_over_https_is_not_judged() -> None:
    assert said("cli-v2", pod(container(uri="https://192.0.2.1/creds"))) == "unknown"


def test_a_role_of_the_default_profile_comes_before_web_identity_in_both() -> None:
    evidence = pod(files(role_profile(source_profile="other")), web_identity())
    assert {said("cli-v1", evidence), said("cli-v2", evidence)} == {"error"}
