"""What hangs on a token: the role of the instance profile, its keys, and facts of the instance for remedies."""

from typing import Any

from probe.aside import Aside
from probe.credentials import Credentials
from probe.evidence import Ending, InstanceMetadata, Outcome, RoleListing
from probe.secret import Secret
from probe.sources.documents import read_document, text_of, word
from probe.sources.identity import identify
from probe.sources.imds_conversation import Conversation
from probe.sources.keys_answer import read_keys
from probe.walk import Done

ROLE_PATH = "/latest/meta-data/iam/security-credentials/"
INFO_PATH = "/latest/meta-data/iam/info"
DOCUMENT_PATH = "/latest/dynamic/instance-identity/document"
FIELDS = ("Code", "AccessKeyId", "SecretAccessKey", "Token", "Expiration")
LONGEST_ROLE = 64
"""Characters of a role's name (IAM user guide, "IAM and AWS STS quotas")."""


def walk_role(imds: Conversation, token: Secret[str] | None) -> None:
    """Walk `imds.role`, `imds.credentials`, `imds.metadata` and `identity.imds`; without a token as IMDSv1."""
    walk = imds.walk
    metadata = Aside(lambda: walk.step("imds.metadata", lambda: _metadata(imds, token)), "imds.metadata")
    role = walk.step("imds.role", lambda: _role(imds, token)).value
    keys: Credentials | None = None
    if role is None:
        walk.skip("no role", "imds.credentials")
    else:
        keys = walk.step("imds.credentials", lambda: _credentials(imds, token, role)).value
    found = metadata.take(walk.deadline)
    region = found.value if found else None
    identify(walk, "imds", keys, (region, "the instance") if region else None)


def _role(imds: Conversation, token: Secret[str] | None) -> Done[str]:
    answer = imds.get(ROLE_PATH, token)
    whole = answer.exchange.status == 200 and answer.exchange.ending is Ending.ANSWERED
    # The name becomes part of a path and of commands, so it has to be one harmless word.
    name = word(text_of(answer.body)) if whole else None
    role = name if name is not None and len(name) <= LONGEST_ROLE else None
    info = _info(imds, token) if role is None and answer.exchange.status in {200, 404} else {}
    facts = RoleListing(
        exchange=answer.exchange,
        role=role,
        with_token=token is not None,
        info_code=word(info.get("Code")),
        instance_profile=word(info.get("InstanceProfileArn")),
    )
    return Done(outcome=Outcome.OK if role else Outcome.FAIL, facts=facts, value=role)


def _info(imds: Conversation, token: Secret[str] | None) -> dict[str, Any]:
    return read_document(imds.get(INFO_PATH, token).body) or {}


def _credentials(imds: Conversation, token: Secret[str] | None, role: str) -> Done[Credentials]:
    answer = imds.get(ROLE_PATH + role, token)
    facts, keys = read_keys(answer, FIELDS)
    if keys is not None:
        keys.remember(imds.walk.redactor)
    return Done(outcome=Outcome.OK if keys else Outcome.FAIL, facts=facts, value=keys)


def _metadata(imds: Conversation, token: Secret[str] | None) -> Done[str]:
    answer = imds.get(DOCUMENT_PATH, token)
    document = read_document(answer.body) if answer.exchange.status == 200 else None
    if document is None:
        return Done(outcome=Outcome.FAIL, facts=InstanceMetadata(exchange=answer.exchange))
    facts = InstanceMetadata(
        exchange=answer.exchange,
        instance_id=word(document.get("instanceId")),
        region=word(document.get("region")),
        availability_zone=word(document.get("availabilityZone")),
        account=word(document.get("accountId")),
        image_id=word(document.get("imageId")),
        instance_type=word(document.get("instanceType")),
        private_address=word(document.get("privateIp")),
    )
    return Done(outcome=Outcome.OK, facts=facts, value=facts.region)
