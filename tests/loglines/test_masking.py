"""No secret of a log reaches what is shown of it."""

import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.loglines import read_log
from probe.loglines.masking import masked
from probe.loglines.record import LONGEST_LINE
from probe.loglines.texts import SIGNATURES

JWT = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImNhbmFyeSJ9.eyJhdWQiOlsiY2FuYXJ5Il19.c2lnbmF0dXJlLWNhbmFyeQ"
KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
SESSION_TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJHMEUCIQDcanary+x="
KNOWN = "InvalidIdentityToken: No OpenIDConnect provider found in your account for"

SECRETS = {
    "a token": (JWT, JWT),
    "a token in a header": (f"Authorization: Bearer {JWT}", JWT),
    "a token cut in the middle": (JWT[:60], JWT[:60]),
    "a bare authorization": ("Authorization: canary-token-1", "canary-token-1"),
    "an access key id": (KEY_ID, "AKIAIOSFODNN7EXA"),
    "a secret key by its name": (f"aws_secret_access_key={SECRET_KEY}", SECRET_KEY),
    "a secret key in JSON": (json.dumps({"SecretAccessKey": SECRET_KEY}), SECRET_KEY),
    "a secret key alone": (SECRET_KEY, SECRET_KEY),
    "a session token in a URL": ("https://x.example/?X-Amz-Security-Token=canary%2Ftoken&y=1", "canary%2Ftoken"),
    "a session token in JSON": (json.dumps({"Token": SESSION_TOKEN}), SESSION_TOKEN),
    "a session token alone": (SESSION_TOKEN, SESSION_TOKEN),
    "a signature": ("X-Amz-Signature=0123456789abcdef0123", "0123456789abcdef0123"),
    "an IMDS token": ("X-aws-ec2-metadata-token: AQAEAcanary==", "AQAEAcanary=="),
    "a password": ("password: hunterhunter", "hunterhunter"),
    "a password behind another name": ("token: password: hunterhunter", "hunterhunter"),
    "a proxy's password": ("http://user:canary@proxy.example:3128", "canary"),
}


@pytest.mark.parametrize(("text", "secret"), SECRETS.values(), ids=SECRETS.keys())
def test_a_secret_beside_a_known_text_is_masked(text: str, secret: str) -> None:
    [match] = read_log(f"{text} {KNOWN} {text}")

    assert secret not in json.dumps(asdict(match))
    assert "***" in match.excerpt or "…" in match.excerpt


@pytest.mark.parametrize(("text", "secret"), SECRETS.values(), ids=SECRETS.keys())
def test_a_secret_in_an_escaped_json_line_is_masked(text: str, secret: str) -> None:
    [match] = read_log(json.dumps({"error": f'{KNOWN} "{text}"\n{text}'}))

    assert secret not in json.dumps(asdict(match))


def test_an_access_key_id_keeps_its_last_four_characters() -> None:
    assert masked(KEY_ID) == "…MPLE"


def test_a_secret_on_the_edge_of_a_cut_line_is_not_half_shown() -> None:
    filler = "x " * ((LONGEST_LINE - len(KNOWN) - 20) // 2)
    [match] = read_log(f"{filler}{KNOWN} {SECRET_KEY} {SECRET_KEY}")

    assert match.excerpt == KNOWN.partition(": ")[2]


PLAIN = (
    "arn:aws:sts::111122223333:assumed-role/eksctl-demo-nodegroup-NodeInstanceRole-1A2B3C4D5E6F/i-0123456789abcdef0",
    "https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE",
    "open /var/run/secrets/eks.amazonaws.com/serviceaccount/token: permission denied",
    "/var/lib/kubelet/pods/d8dc8646-4978-487d-b539-b160f7c40d26/volumes/kubernetes.io~projected/aws-iam-token",
    "failed fetching WebIdentity token: caused by",
    "status code: 403, request id: 5c3f9ce5-ba7d-495e-98b1-ffcd5cf85133",
    "AWS_AUTH_CREDENTIALS_PROVIDER_STS_WEB_IDENTITY_SOURCE_FAILURE",
)


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_no_secret_stays_readable(text: str) -> None:
    assert masked(text) == text


def test_no_known_text_is_masked_away() -> None:
    for signature in SIGNATURES:
        assert masked(signature.text) == signature.text


@given(st.text(alphabet="abcXYZ019+/=_-.: \"'", max_size=300))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert masked(masked(text)) == masked(text)
