"""What the real SDK for JavaScript was seen to do, and nobody would guess."""

from dataclasses import replace

import pytest

from probe.evidence import Ending, Handshake, Handshakes
from tests.sdks.pods import NO_IMDS, REGIONAL, Part, asked, imds, pod, said, step, sts_answer, web_identity


def shaken(ending: Ending, roots: str = "default") -> Part:
    """Make a web identity whose handshake with STS ends like this."""
    part = web_identity()
    handshake = Handshakes(used=Handshake(host=REGIONAL, ending=ending, roots=roots))
    return replace(part, steps=(*part.steps, step("web-identity.tls", handshake)))


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("InvalidIdentityToken", "InvalidIdentityTokenException"),
        ("IDPCommunicationError", "IDPCommunicationErrorException"),
        ("IDPRejectedClaim", "IDPRejectedClaimException"),
        ("ExpiredTokenException", "ExpiredTokenException"),
        ("Throttling", "Throttling"),
    ],
)
def test_an_error_of_sts_has_the_name_that_the_model_of_the_service_gives_it(code: str, name: str) -> None:
    assert asked("js-v3", pod(web_identity(sts_answer(code, status=400)))).error == f"{name}: said STS"


def test_a_tls_handshake_without_an_answer_is_waited_for_without_end() -> None:
    one = asked("js-v3", pod(shaken(Ending.TLS_TIMEOUT), imds()))
    assert (one.outcome, one.waits_for_ever) == ("error", True)


@pytest.mark.parametrize("roots", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "ca_bundle of the profile"])
def test_certificates_that_it_does_not_read_say_nothing_about_it(roots: str) -> None:
    one = asked("js-v3", pod(shaken(Ending.TLS_UNTRUSTED, roots), imds()))
    assert (one.outcome, one.because) == (
        "unknown",
        f"The probe trusted what {roots} names, and this SDK does not read that.",
    )


def test_a_certificate_that_the_public_authorities_do_not_know_is_an_error() -> None:
    assert asked("js-v3", pod(shaken(Ending.TLS_UNTRUSTED), imds())).outcome == "error"


@pytest.mark.parametrize(
    ("version", "outcome"), [("3.450.0", "unknown"), ("3.515.0", "error"), ("3.1169.0", "unknown")]
)
def test_without_a_region_old_clients_call_us_east_1_and_new_ones_ask_imds_for_it(version: str, outcome: str) -> None:
    assert said("js-v3", pod(web_identity(), imds(), AWS_REGION=None), version) == outcome


def test_without_a_region_and_without_imds_the_region_is_missing() -> None:
    assert asked("js-v3", pod(web_identity(), NO_IMDS, AWS_REGION=None)).error == "Region is missing"
