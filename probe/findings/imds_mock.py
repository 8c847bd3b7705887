"""What a mock of IMDS says that EC2 does not.

Mocks are good at tokens and bad at details. amazon-ec2-metadata-mock repeats a token's time to live as EC2 does, and
gives itself away by a body under its 401, by JSON that it calls so, and by its sample values (aws/amazon-ec2-metadata-
mock:pkg/server/httpserver.go, pkg/config/defaults); moto by tokens without a time to live and keys without a `Code`
(getmoto/moto:moto/instance_metadata/responses.py). Each may be somebody's proxy all the same, so none makes certain.
"""

import re
from collections.abc import Iterator

from probe.findings.imds_view import ImdsView, is_ec2

SAMPLE_INSTANCE = "i-1234567890abcdef0"
"""The instance of AWS' own examples, and of amazon-ec2-metadata-mock until somebody configures another."""
NO_KEY_ID = "…"
"""The hint of an access key id that is none."""
_ACCOUNT = re.compile(r"[0-9]{12}", re.ASCII)


def unlike_ec2(imds: ImdsView) -> tuple[str, ...]:
    """Return what was answered that EC2 does not answer, each as the end of a sentence that begins with `it`.

    Where an answer carries EC2's name, it is EC2, or somebody who passes on what EC2 says: then only the token counts.
    """
    answers = [*imds.attempts, *(part.exchange for part in (imds.listing, imds.credentials) if part is not None)]
    named = any(is_ec2(one) for one in answers)
    return (*_token(imds), *(() if named else (*_refusal(imds), *_keys(imds), *_instance(imds))))


def _token(imds: ImdsView) -> Iterator[str]:
    if imds.token is not None and imds.token.ttl_repeated is False and not (imds.put and is_ec2(imds.put)):
        yield "gives a token that is not like EC2's: its time to live is not repeated"


def _refusal(imds: ImdsView) -> Iterator[str]:
    page = next((get for get in imds.gets if get.status == 401 and get.body_bytes), None)
    if page is not None:
        yield f"refuses a GET without a token with {page.body_bytes} bytes of text, where EC2 sends an empty 401"


def _keys(imds: ImdsView) -> Iterator[str]:
    keys = imds.credentials
    if keys is None or not keys.has_keys:
        return
    kind = (keys.exchange.content_type or "").partition(";")[0].strip().lower()
    if kind in {"application/json", "text/html"}:
        yield f"sends keys as {kind}, where EC2 sends text/plain"
    if keys.access_key_hint == NO_KEY_ID:
        yield "hands out an access key id that is none"
    if "Code" in keys.missing_fields:
        yield "sends keys without a Code"


def _instance(imds: ImdsView) -> Iterator[str]:
    instance = imds.case.instance
    if instance is None:
        return
    if instance.instance_id == SAMPLE_INSTANCE:
        yield f"tells of the instance {SAMPLE_INSTANCE}, which is the example of AWS' documentation"
    if instance.account is not None and not _ACCOUNT.fullmatch(instance.account):
        yield "tells of an account whose number is not one"
