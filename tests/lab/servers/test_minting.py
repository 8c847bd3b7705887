"""Made-up secrets: real formats, masked, and every one registered."""

import base64
import json
import re
from typing import Any

from probe.lab.servers import (
    BoundTo,
    Canaries,
    MintedToken,
    mint_credentials,
    mint_imds_token,
    mint_token,
    mint_user_keys,
)

NOW = 1_700_000_000.0


def segment(token: str, index: int) -> dict[str, Any]:
    text = token.split(".")[index]
    content = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    assert isinstance(content, dict)
    return content


def pod_token(canaries: Canaries) -> MintedToken:
    return mint_token(
        canaries,
        issuer="https://oidc.example/id/EXAMPLE",
        subject="system:serviceaccount:shop:web",
        expires_in=3600,
        issued_ago=60,
        kubernetes=BoundTo(namespace="shop", serviceaccount="web", pod="web-0", node="node-1"),
        now=NOW,
    )


def test_session_keys_have_the_format_of_real_ones(canaries: Canaries) -> None:
    keys = mint_credentials(canaries, role="r", session="s", expires_in=60, now=NOW)
    assert re.fullmatch(r"ASIAEXAMPLE[A-Z2-7]{9}", keys.access_key_id)
    assert re.fullmatch(r"[A-Za-z0-9/+]{40}", keys.secret_access_key)
    assert re.fullmatch(r"IQoJb3JpZ2luX2VjE[A-Za-z0-9/+]+==", keys.session_token or "")
    assert keys.expiration_text == "2023-11-14T22:14:20Z"
    assert keys.arn == "arn:aws:sts::111122223333:assumed-role/r/s"


def test_user_keys_have_no_session_and_no_end(canaries: Canaries) -> None:
    keys = mint_user_keys(canaries)
    assert keys.access_key_id.startswith("AKIAEXAMPLE")
    assert keys.session_token is None
    assert keys.expiration.year == 9999
    assert keys.arn == "arn:aws:iam::111122223333:user/example-user"


def test_two_mintings_differ_in_what_may_be_shown(canaries: Canaries) -> None:
    hints = {mint_credentials(canaries).hint for _ in range(20)}
    assert len(hints) > 15


def test_every_secret_is_registered_and_the_hint_is_not_part_of_it(canaries: Canaries) -> None:
    keys = mint_credentials(canaries)
    token, session = pod_token(canaries), mint_imds_token(canaries)
    _, payload, signature = token.split(".")
    kept = canaries.values()
    assert {keys.secret_access_key, keys.session_token, payload, signature, str(session)} <= set(kept)
    assert keys.access_key_id[:-4] in kept
    assert keys.access_key_id not in kept


def test_secrets_contain_the_word_of_the_run(canaries: Canaries) -> None:
    keys = mint_credentials(canaries)
    signature = pod_token(canaries).split(".")[2]
    secrets = (keys.secret_access_key, keys.session_token or "", signature, mint_imds_token(canaries))
    assert all(canaries.word in secret for secret in secrets)


def test_runs_have_different_words() -> None:
    assert Canaries().word != Canaries().word
    assert re.fullmatch(r"CANARY[A-Z2-7]{10}", Canaries().word)


def test_reprs_show_no_secret(canaries: Canaries) -> None:
    keys, token = mint_credentials(canaries), pod_token(canaries)
    shown = repr((keys, token, canaries, mint_imds_token(canaries)))
    assert not [value for value in canaries.values() if value in shown]
    assert keys.hint in shown


def test_a_token_is_text_for_whoever_writes_it_to_a_file(canaries: Canaries) -> None:
    token = pod_token(canaries)
    assert f"{token}".count(".") == 2
    assert token.encode() == "".join(token).encode()


def test_a_token_has_the_layout_of_a_projected_one(canaries: Canaries) -> None:
    token = pod_token(canaries)
    claims = segment(token, 1)
    assert segment(token, 0) == {"alg": "RS256", "kid": "1234567890abcdef1234567890abcdefEXAMPLE0"}
    assert list(claims) == ["aud", "exp", "iat", "iss", "jti", "kubernetes.io", "nbf", "sub"]
    assert claims["aud"] == ["sts.amazonaws.com"]
    assert (claims["iat"], claims["nbf"], claims["exp"]) == (NOW - 60, NOW - 60, NOW + 3600)
    assert list(claims["kubernetes.io"]) == ["namespace", "node", "pod", "serviceaccount"]
    assert claims["kubernetes.io"]["serviceaccount"]["name"] == "web"


def test_the_signature_is_strict_base64url_of_256_bytes(canaries: Canaries) -> None:
    signature = pod_token(canaries).split(".")[2]
    assert len(base64.urlsafe_b64decode(signature + "==")) == 256
    assert base64.urlsafe_b64encode(base64.urlsafe_b64decode(signature + "==")).rstrip(b"=").decode() == signature


def test_a_token_can_begin_in_the_future_and_have_ended(canaries: Canaries) -> None:
    token = mint_token(canaries, issuer="i", subject="s", expires_in=-5, not_before_in=30, now=NOW)
    claims = segment(token, 1)
    assert (claims["exp"], claims["nbf"]) == (NOW - 5, NOW + 30)
    assert "kubernetes.io" not in claims
