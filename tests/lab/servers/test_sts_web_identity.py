"""AssumeRoleWithWebIdentity, its answers parsed by botocore."""

from dataclasses import replace
from urllib.parse import urlencode

import botocore.parsers
import pytest
from botocore.exceptions import ClientError

from probe.lab.servers import Canaries, Fault, FaultKind, Provider, StsConfig, StsError, StsRole, StsServer, Trust
from tests.lab.servers.asking import ask
from tests.lab.servers.sts_world import ISSUER, ROLE, SUBJECT, TRUST, WORLD, assume, client, web_token

NO_KEY = (
    "Couldn't retrieve verification key from your identity provider,  "
    "please reference AssumeRoleWithWebIdentity documentation for requirements"
)


def refusal(config: StsConfig, token: str, **changes: object) -> tuple[int, str, str]:
    """Status, code and message of a refusal, as botocore's parser reads them (a client each would be slow)."""
    form = {
        "Action": "AssumeRoleWithWebIdentity",
        "RoleArn": ROLE,
        "RoleSessionName": "web-0",
        "WebIdentityToken": token,
    }
    with StsServer(config) as server:
        reply = ask(server.port, "POST", "/", body=urlencode(form | changes))
    raw = {"status_code": reply.status, "headers": dict(reply.headers), "body": reply.body}
    error = botocore.parsers.create_parser("query").parse(raw, None)["Error"]
    return reply.status, error["Code"], error["Message"]


def with_provider(*, key_ids: tuple[str, ...] | None = None, thumbprint_ok: bool = True) -> StsConfig:
    return replace(WORLD, providers=(Provider(issuer=ISSUER, key_ids=key_ids, thumbprint_ok=thumbprint_ok),))


def with_trust(trust: Trust | None) -> StsConfig:
    return replace(WORLD, roles=(StsRole(arn=ROLE, trusted=trust),))


def test_a_trusted_token_gets_a_session_of_the_role(canaries: Canaries) -> None:
    with StsServer(WORLD, canaries=canaries) as server:
        answer = assume(server, web_token(canaries), DurationSeconds=900)
    assert answer["AssumedRoleUser"]["Arn"] == "arn:aws:sts::111122223333:assumed-role/web-role/web-0"
    assert answer["SubjectFromWebIdentityToken"] == SUBJECT
    assert answer["Audience"] == "sts.amazonaws.com"
    assert answer["Provider"] == f"arn:aws:iam::111122223333:oidc-provider/{ISSUER.removeprefix('https://')}"
    assert answer["Credentials"]["SecretAccessKey"] in canaries.values()
    assert answer["Credentials"]["SessionToken"] in canaries.values()


def test_the_session_can_be_used_at_the_same_endpoint(canaries: Canaries) -> None:
    with StsServer(WORLD, canaries=canaries) as server:
        access_key_id = assume(server, web_token(canaries))["Credentials"]["AccessKeyId"]
        issued = server.keys.find(access_key_id)
        assert issued is not None
        identity = client(server, issued).get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::111122223333:assumed-role/web-role/web-0"


def test_a_role_with_a_path_loses_it_in_the_arn_of_the_session(canaries: Canaries) -> None:
    arn = "arn:aws:iam::111122223333:role/teams/shop/web-role"
    config = replace(WORLD, roles=(StsRole(arn=arn, trusted=TRUST),))
    with StsServer(config) as server:
        answer = assume(server, web_token(canaries), RoleArn=arn)
    assert answer["AssumedRoleUser"]["Arn"].endswith(":assumed-role/web-role/web-0")


def test_a_get_with_a_query_string_is_served_too(canaries: Canaries) -> None:
    query = {
        "Action": "AssumeRoleWithWebIdentity",
        "Version": "2011-06-15",
        "RoleArn": ROLE,
        "RoleSessionName": "web-0",
        "WebIdentityToken": web_token(canaries),
    }
    with StsServer(WORLD) as server:
        reply = ask(server.port, "GET", f"/?{urlencode(query)}")
        record = server.requests[0]
    assert reply.status == 200
    assert (record.path, record.action) == ("/", "AssumeRoleWithWebIdentity")
    assert not [value for value in canaries.values() if value in repr(record)]


def test_a_missing_provider_is_named_with_the_issuer(canaries: Canaries) -> None:
    message = f"No OpenIDConnect provider found in your account for {ISSUER}"
    assert refusal(replace(WORLD, providers=()), web_token(canaries)) == (400, "InvalidIdentityToken", message)


@pytest.mark.parametrize(
    "arn", ["arn:aws:iam::444455556666:role/web-role", "arn:aws-cn:iam::111122223333:role/web-role"]
)
def test_a_role_of_another_account_or_partition_finds_no_provider(canaries: Canaries, arn: str) -> None:
    _, code, message = refusal(WORLD, web_token(canaries), RoleArn=arn)
    assert (code, message.split(" for ")[0]) == (
        "InvalidIdentityToken",
        "No OpenIDConnect provider found in your account",
    )


@pytest.mark.parametrize("key_ids", [("another",), ()])
def test_an_unknown_key_cannot_be_verified(canaries: Canaries, key_ids: tuple[str, ...]) -> None:
    token = web_token(canaries)
    assert refusal(with_provider(key_ids=key_ids), token) == (400, "InvalidIdentityToken", NO_KEY)


def test_an_audience_that_is_no_client_id_is_incorrect(canaries: Canaries) -> None:
    token = web_token(canaries, audience="https://kubernetes.default.svc")
    assert refusal(WORLD, token) == (400, "InvalidIdentityToken", "Incorrect token audience")


def test_a_thumbprint_that_does_not_match_is_named(canaries: Canaries) -> None:
    status, code, message = refusal(with_provider(thumbprint_ok=False), web_token(canaries))
    assert (status, code) == (400, "InvalidIdentityToken")
    assert message == "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint"


def test_an_expired_token_is_told_with_both_times(canaries: Canaries) -> None:
    status, code, message = refusal(WORLD, web_token(canaries, expires_in=-100))
    assert (status, code) == (400, "ExpiredTokenException")
    words = message.split()
    assert message.startswith("Token expired: current date/time ")
    assert int(words[4]) >= int(words[-1]) + 100


def test_expiry_is_judged_by_the_clock_of_aws(canaries: Canaries) -> None:
    config = replace(WORLD, date_offset_seconds=7200)
    assert refusal(config, web_token(canaries, expires_in=3600))[1] == "ExpiredTokenException"


@pytest.mark.parametrize(
    "trust",
    [
        None,
        Trust(issuer=ISSUER, subject_pattern="system:serviceaccount:shop:other"),
        Trust(issuer=ISSUER, subject_pattern="system:serviceaccount:shop:*", operator="StringEquals"),
        Trust(issuer=ISSUER, subject_pattern=SUBJECT, audience="another"),
        Trust(issuer="https://oidc.example/other", subject_pattern="*"),
    ],
    ids=["no-trust", "subject", "wildcard-under-equals", "audience", "provider"],
)
def test_whatever_the_trust_policy_lacks_the_answer_is_the_same(canaries: Canaries, trust: Trust | None) -> None:
    denied = (403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
    assert refusal(with_trust(trust), web_token(canaries)) == denied


def test_a_role_that_does_not_exist_is_denied_like_one_that_does_not_trust(canaries: Canaries) -> None:
    token = web_token(canaries)
    missing = refusal(WORLD, token, RoleArn="arn:aws:iam::111122223333:role/missing")
    assert missing == refusal(with_trust(None), token)


@pytest.mark.parametrize("pattern", ["system:serviceaccount:shop:*", "system:serviceaccount:*:web", "*:we?"])
def test_wildcards_match_under_string_like(canaries: Canaries, pattern: str) -> None:
    with StsServer(with_trust(Trust(issuer=ISSUER, subject_pattern=pattern))) as server:
        assert assume(server, web_token(canaries))["SubjectFromWebIdentityToken"] == SUBJECT


def test_a_pattern_is_not_a_regular_expression(canaries: Canaries) -> None:
    trust = Trust(issuer=ISSUER, subject_pattern="system.serviceaccount.shop.web")
    assert refusal(with_trust(trust), web_token(canaries))[1] == "AccessDenied"


@pytest.mark.parametrize(
    "arn", ["arn:aws:iam::1111:role/web-role", f"{ROLE} ", "arn:aws:sts::111122223333:assumed-role/web-role/web-0"]
)
def test_a_malformed_role_arn_is_invalid(canaries: Canaries, arn: str) -> None:
    assert refusal(WORLD, web_token(canaries), RoleArn=arn) == (400, "ValidationError", "Request ARN is invalid")


def test_a_duration_beyond_the_role_is_a_validation_error(canaries: Canaries) -> None:
    status, code, message = refusal(WORLD, web_token(canaries), DurationSeconds=7200)
    assert (status, code) == (400, "ValidationError")
    assert message == "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."


@pytest.mark.parametrize(
    ("seconds", "bound"), [(899, "greater than or equal to 900"), (43201, "less than or equal to 43200")]
)
def test_a_duration_out_of_range_names_the_bound(canaries: Canaries, seconds: int, bound: str) -> None:
    body = {
        "Action": "AssumeRoleWithWebIdentity",
        "RoleArn": ROLE,
        "RoleSessionName": "web-0",
        "WebIdentityToken": web_token(canaries),
        "DurationSeconds": str(seconds),
    }
    with StsServer(WORLD) as server:
        reply = ask(server.port, "POST", "/", body=urlencode(body))
    assert reply.status == 400
    assert f"Value '{seconds}' at 'durationSeconds'" in reply.text
    assert bound in reply.text


@pytest.mark.parametrize("missing", ["RoleArn", "RoleSessionName", "WebIdentityToken"])
def test_a_missing_parameter_is_named_and_no_other_value_is_repeated(canaries: Canaries, missing: str) -> None:
    body = {"RoleArn": ROLE, "RoleSessionName": "web-0", "WebIdentityToken": str(web_token(canaries))}
    del body[missing]
    with StsServer(WORLD) as server:
        form = urlencode({"Action": "AssumeRoleWithWebIdentity"} | body)
        reply = ask(server.port, "POST", "/", body=form)
    assert (reply.status, f"'{missing[0].lower()}{missing[1:]}'" in reply.text) == (400, True)
    assert not [value for value in canaries.values() if value in reply.text]


@pytest.mark.parametrize("damage", ["{}\n", "{}x.y", "Bearer {}", "not-a-jwt"])
def test_a_damaged_token_is_not_a_jwt(canaries: Canaries, damage: str) -> None:
    status, code, message = refusal(WORLD, damage.format(web_token(canaries)))
    assert (status, code) == (400, "InvalidIdentityToken")
    assert message.startswith("The ID Token provided is not a valid JWT.")


def test_the_checks_come_in_their_order(canaries: Canaries) -> None:
    """Everything is wrong at first; each repair uncovers the next refusal."""
    stale = web_token(canaries, audience="other", expires_in=-10)
    wrong = Provider(issuer=ISSUER, key_ids=("other",), thumbprint_ok=False)
    known_key = replace(wrong, key_ids=None)
    known_audience = replace(known_key, audiences=("other",))
    providers = [(), (wrong,), (known_key,), (known_audience,), (replace(known_audience, thumbprint_ok=True),)]
    seen = [refusal(StsConfig(providers=one), stale)[1:] for one in providers]
    assert [code for code, _ in seen] == ["InvalidIdentityToken"] * 4 + ["ExpiredTokenException"]
    assert [message.split()[0] for _, message in seen] == ["No", "Couldn't", "Incorrect", "OpenIDConnect", "Token"]
    assert refusal(StsConfig(), stale, RoleArn="arn:aws:iam::1:role/too-short")[1] == "ValidationError"


def test_a_region_that_is_switched_off_names_the_account(canaries: Canaries) -> None:
    status, code, message = refusal(replace(WORLD, region_enabled=False), web_token(canaries))
    assert (status, code) == (403, "RegionDisabledException")
    assert message.startswith("STS is not activated in this region for account:111122223333. Your account ")


def test_the_first_requests_can_be_throttled(canaries: Canaries) -> None:
    token = web_token(canaries)
    with StsServer(replace(WORLD, throttled_first=2)) as server:
        codes = []
        for _ in range(2):
            with pytest.raises(ClientError) as raised:
                assume(server, token)
            codes.append(raised.value.response["Error"]["Code"])
        assert codes == ["Throttling", "Throttling"]
        assert assume(server, token)["SubjectFromWebIdentityToken"] == SUBJECT


def test_an_error_can_be_forced_for_one_action_or_for_all(canaries: Canaries) -> None:
    forced = StsError(code="IDPCommunicationError", message="m", status=400)
    for_one = replace(WORLD, errors={"AssumeRoleWithWebIdentity": forced})
    assert refusal(for_one, web_token(canaries)) == (400, "IDPCommunicationError", "m")
    with StsServer(for_one) as server:
        assert "IDPCommunicationError" not in ask(server.port, "GET", "/?Action=GetCallerIdentity").text
    assert refusal(replace(WORLD, error=forced), web_token(canaries))[1] == "IDPCommunicationError"


def test_a_fault_strikes_one_action_only(canaries: Canaries) -> None:
    fault = Fault(kind=FaultKind.CLOSE, route="get-caller-identity")
    with StsServer(replace(WORLD, faults=(fault,))) as server:
        assert assume(server, web_token(canaries))["SubjectFromWebIdentityToken"] == SUBJECT
        assert server.requests[0].routes == ("assume-role-with-web-identity",)
