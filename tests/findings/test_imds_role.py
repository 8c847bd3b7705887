"""A token came; what hangs on it: the role, its keys, and who else may take them."""

from dataclasses import replace

import pytest

from probe.evidence import (
    CredentialsAnswer,
    Ending,
    Evidence,
    Outcome,
    RoleListing,
    Step,
    WebIdentityVariables,
)
from probe.report import Certainty
from probe.surroundings import VALUE_LIMIT
from tests.findings.imds_building import (
    NOW,
    STALLED,
    answered,
    found,
    get,
    imds_steps,
    keys,
    listing,
    pod,
    put,
    step,
    unanswered,
    verdicts,
)

CERTAIN, LIKELY = Certainty.CERTAIN, Certainty.LIKELY


def instance(
    role: RoleListing | None = None,
    credentials: CredentialsAnswer | None = None,
    *more: Step,
    wanted: str | None = None,
) -> Evidence:
    """An IMDS that gives a token."""
    steps = imds_steps(puts=(put(200),), gets=(get(401),), token=True, role=role, credentials=credentials)
    return pod(*steps, *more, wanted=wanted)


def listed(status: int, *, server: str | None = "EC2ws", size: int = 0, code: str | None = None) -> RoleListing:
    """A listing that names no role."""
    return RoleListing(exchange=answered("GET", status, server=server, size=size), info_code=code)


def test_keys_of_a_role_are_no_finding() -> None:
    assert verdicts(instance(listing(), keys())) == {}


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        pytest.param(listed(404), {"imds-no-role": CERTAIN}, id="no profile"),
        pytest.param(listed(404, server=None), {"imds-no-role": LIKELY}, id="404 by who knows whom"),
        pytest.param(listed(200), {"imds-no-role": LIKELY}, id="an empty listing"),
        pytest.param(
            listed(404, code="InstanceProfileNotFound"), {"imds-role-unauthorized": CERTAIN}, id="profile deleted"
        ),
        pytest.param(listed(404, code="Success"), {"imds-no-role": CERTAIN}, id="a profile without a role"),
        pytest.param(listed(401), {"imds-token-rejected": CERTAIN}, id="401 with a fresh token"),
        pytest.param(listed(200, size=300), {"imds-response-malformed": CERTAIN}, id="not a role name"),
        pytest.param(listed(302), {"imds-rejected": LIKELY}, id="a redirect"),
        pytest.param(listed(403), {"imds-rejected": LIKELY}, id="403"),
        pytest.param(listed(418), {"imds-rejected": LIKELY}, id="a status that nobody knows"),
        pytest.param(listed(503), {"imds-unavailable": CERTAIN}, id="503"),
    ],
)
def test_a_listing_without_a_role_has_one_finding(role: RoleListing, expected: dict[str, Certainty]) -> None:
    assert verdicts(instance(role)) == expected


def test_a_listing_that_is_never_answered_is_imds_being_unavailable() -> None:
    silent = RoleListing(exchange=unanswered("GET"))
    assert verdicts(instance(silent)) == {"imds-unavailable": CERTAIN}


def test_a_listing_that_does_not_end_is_not_called_malformed() -> None:
    cut_off = RoleListing(exchange=answered("GET", 200, ending=Ending.INCOMPLETE, size=3))
    assert verdicts(instance(cut_off)) == {"imds-unavailable": CERTAIN}


def test_a_redirect_is_told_as_one() -> None:
    assert "302, a redirect" in found(instance(listed(302)))["imds-rejected"].summary


def test_a_profile_without_a_role_is_not_called_no_profile() -> None:
    named = replace(listed(404, code="Success"), instance_profile="arn:aws:iam::111122223333:instance-profile/nodes")
    finding = found(instance(named))["imds-no-role"]
    assert "the instance profile has none" in finding.summary
    assert "--instance-profile-name nodes" in " ".join(remedy.command or "" for remedy in finding.remedies)
    assert "no instance profile is attached, or" in found(instance(listed(404)))["imds-no-role"].summary


def test_a_code_that_is_not_known_may_mean_anything() -> None:
    assert verdicts(instance(listing(), keys(code="Failed", has_keys=False))) == {"imds-role-unauthorized": LIKELY}


def test_a_deleted_profile_is_told_apart_from_a_role_that_may_not_be_assumed() -> None:
    deleted = found(instance(listed(404, code="InstanceProfileNotFound")))["imds-role-unauthorized"].summary
    refused = found(instance(listing(), keys(code="AssumeRoleUnauthorizedAccess", has_keys=False)))
    assert "was deleted while it was attached" in deleted
    assert "EC2 cannot assume the role" in refused["imds-role-unauthorized"].summary


WHOLE = answered("GET", 200, skew=0.0)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(
            keys(code="AssumeRoleUnauthorizedAccess", has_keys=False), {"imds-role-unauthorized": CERTAIN}, id="Code"
        ),
        pytest.param(
            keys(code=None, has_keys=False, not_json=True), {"imds-response-malformed": CERTAIN}, id="no JSON"
        ),
        pytest.param(
            keys(has_keys=False, missing_fields=("SecretAccessKey",)),
            {"imds-response-malformed": CERTAIN},
            id="no secret",
        ),
        pytest.param(keys(missing_fields=("Token",)), {"imds-response-malformed": CERTAIN}, id="no session token"),
        pytest.param(keys(missing_fields=("Code",)), {}, id="no Code, which nobody needs"),
        pytest.param(keys(has_keys=False), {"imds-response-malformed": CERTAIN}, id="keys that cannot be keys"),
        pytest.param(
            keys(has_keys=False, exchange=answered("GET", 200, ending=Ending.TOO_LARGE)),
            {"imds-response-malformed": CERTAIN},
            id="too long",
        ),
        pytest.param(
            keys(has_keys=False, exchange=answered("GET", 200, ending=Ending.INCOMPLETE)),
            {"imds-unavailable": CERTAIN},
            id="never ended",
        ),
        pytest.param(keys(has_keys=False, exchange=answered("GET", 401)), {"imds-token-rejected": CERTAIN}, id="401"),
        pytest.param(keys(has_keys=False, exchange=answered("GET", 404)), {"imds-rejected": LIKELY}, id="404"),
        pytest.param(keys(has_keys=False, exchange=answered("GET", 503)), {"imds-unavailable": CERTAIN}, id="503"),
        pytest.param(keys(has_keys=False, exchange=unanswered("GET")), {"imds-unavailable": CERTAIN}, id="silence"),
        pytest.param(keys(expires=None), {}, id="no time that can be read"),
    ],
)
def test_keys_that_cannot_be_used_have_one_finding(answer: CredentialsAnswer, expected: dict[str, Certainty]) -> None:
    assert verdicts(instance(listing(), answer)) == expected


def test_keys_past_their_time_are_certain_by_ec2s_own_clock() -> None:
    assert verdicts(instance(listing(), keys(expires=NOW - 60))) == {"imds-credentials-expired": CERTAIN}


@pytest.mark.parametrize("one", [answered("GET", 200, skew=None), answered("GET", 200, skew=0.0, server=None)])
def test_keys_past_their_time_are_only_likely_when_no_clock_of_ec2_says_so(one: object) -> None:
    assert verdicts(instance(listing(), keys(expires=NOW - 60, exchange=one))) == {"imds-credentials-expired": LIKELY}


def test_a_local_clock_that_is_fast_does_not_make_keys_expire() -> None:
    ahead = answered("GET", 200, skew=-3600.0)
    assert verdicts(instance(listing(), keys(expires=NOW - 60, exchange=ahead))) == {}


def test_a_local_clock_that_is_slow_does_not_keep_keys_alive() -> None:
    behind = answered("GET", 200, skew=3600.0)
    evidence = instance(listing(), keys(expires=NOW + 60, exchange=behind))
    assert verdicts(evidence) == {"imds-credentials-expired": CERTAIN}


def test_tokens_being_required_is_no_finding_of_the_role() -> None:
    steps = imds_steps(puts=(put(403),), gets=(get(401),), role=replace(listed(401), with_token=False))
    assert verdicts(pod(*steps)) == {"imds-forwarded": CERTAIN}


def test_behind_an_impostor_nothing_is_said_of_the_role() -> None:
    steps = imds_steps(
        puts=(put(405, server="nginx"),), gets=(get(404, server="nginx"),), role=listed(404, server="nginx")
    )
    assert verdicts(pod(*steps)) == {"imds-impostor": CERTAIN}


@pytest.mark.parametrize("wanted", ["imds", "none"])
def test_who_expects_imds_or_nothing_is_not_warned_of_the_node_role(wanted: str) -> None:
    assert verdicts(instance(listing(), keys(), wanted=wanted)) == {}


WEB_IDENTITY = step("web-identity.variables", WebIdentityVariables(role_arn="arn"), Outcome.OK)


def test_a_node_role_out_of_reach_is_no_warning() -> None:
    assert verdicts(pod(*imds_steps(puts=STALLED, gets=(get(401),) * 2), WEB_IDENTITY)).keys() == {"imds-hop-limit"}


def proxied(variables: dict[str, str], *, gets: tuple[int, ...] = (401,), wanted: str = "imds") -> Evidence:
    steps = imds_steps(
        puts=(put(200),), gets=tuple(get(one) for one in gets), token=True, role=listing(), credentials=keys()
    )
    return pod(*steps, variables=variables, wanted=wanted)


PROXY = "http://proxy.example.com:3128"


@pytest.mark.parametrize(
    ("variables", "sdks"),
    [
        ({"HTTP_PROXY": PROXY}, ("go-v1", "go-v2", "botocore")),
        ({"http_proxy": PROXY}, ("go-v1", "go-v2", "botocore")),
        ({"HTTP_PROXY": PROXY, "NO_PROXY": "169.254.0.0/16"}, ("botocore",)),
        ({"HTTP_PROXY": PROXY, "NO_PROXY": "localhost,.svc"}, ("go-v1", "go-v2", "botocore")),
    ],
)
def test_a_proxy_that_no_proxy_does_not_keep_from_imds_is_an_error(
    variables: dict[str, str], sdks: tuple[str, ...]
) -> None:
    finding = found(proxied(variables))["imds-proxied"]
    assert (finding.certainty, finding.sdks) == (CERTAIN, sdks)


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"HTTPS_PROXY": PROXY},
        {"HTTP_PROXY": PROXY, "NO_PROXY": "169.254.169.254"},
        {"HTTP_PROXY": PROXY, "NO_PROXY": "*"},
    ],
)
def test_imds_that_no_sdk_would_send_to_a_proxy_is_no_finding(variables: dict[str, str]) -> None:
    assert verdicts(proxied(variables)) == {}


def test_a_proxy_matters_only_where_imds_is_expected() -> None:
    assert "imds-proxied" not in verdicts(proxied({"HTTP_PROXY": PROXY}, wanted="web-identity"))


def test_where_imds_does_not_answer_directly_a_proxy_is_not_the_cause() -> None:
    steps = imds_steps(puts=STALLED, gets=(get(), get()))
    evidence = pod(*steps, variables={"HTTP_PROXY": PROXY}, wanted="imds")
    assert verdicts(evidence) == {"imds-stalled": CERTAIN}


def test_a_list_that_was_cut_short_makes_it_only_likely() -> None:
    names = ",".join(f"host-{n}.example.com" for n in range(200))[:VALUE_LIMIT]
    assert verdicts(proxied({"HTTP_PROXY": PROXY, "NO_PROXY": names})) == {"imds-proxied": LIKELY}
