"""Tokens made to break the reader: whatever comes, the servers answer in their own words."""

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probe.lab.servers.agent import token_problem
from probe.lab.servers.sts_config import Provider, StsConfig, StsError
from probe.lab.servers.sts_judgement import judge_web_identity

NOW = 1_700_000_000.0
ISSUER = "https://issuer.example"
FEW = settings(max_examples=60)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def jwt(header: object, claims: object) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in (header, claims)]
    return ".".join([*parts, "c2ln"])


def assume(token: str) -> object:
    config = StsConfig(providers=(Provider(issuer=ISSUER, key_ids=("known",)),))
    role = "arn:aws:iam::111122223333:role/r"
    return judge_web_identity(config, {"RoleArn": role, "RoleSessionName": "s1", "WebIdentityToken": token}, NOW)


@FEW
@given(st.text(max_size=60))
def test_any_text_is_answered(text: str) -> None:
    assert token_problem(text, NOW)
    assert isinstance(assume(text), StsError)


@FEW
@given(header=st.dictionaries(st.sampled_from(["alg", "kid"]), JSON), claims=JSON)
def test_any_json_in_the_place_of_header_and_claims_is_answered(header: object, claims: object) -> None:
    assert isinstance(token_problem(jwt(header, claims), NOW), str | None)
    assert isinstance(assume(jwt(header, claims)), StsError)


@FEW
@given(claims=st.dictionaries(st.sampled_from(["exp", "nbf", "iat", "aud", "sub"]), JSON))
def test_any_value_of_a_known_claim_is_answered(claims: dict[str, object]) -> None:
    token = jwt({"alg": "RS256", "kid": "known"}, {"iss": ISSUER} | claims)
    assert isinstance(token_problem(token, NOW), str | None)
    assert isinstance(assume(token), StsError)


@pytest.mark.parametrize("moment", [10**400, -(10**400), 1e999, -1e999])
def test_times_beyond_all_calendars_are_no_times(moment: float) -> None:
    token = jwt({"alg": "RS256", "kid": "known"}, {"iss": ISSUER, "aud": "sts.amazonaws.com", "exp": moment})
    assert token_problem(token, NOW) is None
    verdict = assume(token)
    assert isinstance(verdict, StsError)
    assert verdict.code == "ExpiredTokenException"
