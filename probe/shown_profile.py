"""What a report may show of a profile: its name, the names of known keys, and settings that are no secret."""

from typing import TYPE_CHECKING

from probe.evidence import ProfileFacts
from probe.parse.proxy import masked
from probe.secret import hint, printable, without_key_shapes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from probe.parse.profiles import Profile, Value

_LONGEST_NAME = 128
_SHOWN_SETTINGS = (
    "region",
    "role_arn",
    "source_profile",
    "credential_source",
    "web_identity_token_file",
    "role_session_name",
    "sts_regional_endpoints",
    "endpoint_url",
    "ec2_metadata_service_endpoint",
    "ec2_metadata_service_endpoint_mode",
    "ec2_metadata_v1_disabled",
    "sso_session",
    "sso_region",
)
"""Settings whose values a report may show."""
_SHOWN_KEYS = frozenset(
    {
        *_SHOWN_SETTINGS,
        "aws_access_key_id",
        "aws_secret_access_key",
        "aws_session_token",
        "aws_security_token",
        "aws_account_id",
        "credential_process",
        "duration_seconds",
        "external_id",
        "login_session",
        "mfa_serial",
        "services",
        "sso_account_id",
        "sso_registration_scopes",
        "sso_role_name",
        "sso_start_url",
    }
)
"""Key names that a report may show; in a broken file a piece of a secret can stand where a name belongs."""


def profile_facts(file: str, profile: "Profile") -> ProfileFacts:
    """Turn a profile into evidence."""
    return ProfileFacts(
        file=file,
        name=shown(profile.name),
        line=profile.line,
        keys=tuple(key for key in profile.keys if key in _SHOWN_KEYS),
        settings={key: _setting(value) for key in _SHOWN_SETTINGS if (value := profile.plain(key)) is not None},
        access_key_hint=key_hint(profile.keys),
    )


def key_hint(values: "Mapping[str, Value]") -> str | None:
    """Return the hint of what is an access key id by its beginning; a secret that stands in its place shows nothing."""
    access = values.get("aws_access_key_id")
    if not isinstance(access, str) or not access:
        return None
    return hint(access) if access.startswith(("AKIA", "ASIA")) else hint("")


def _setting(value: str) -> str:
    return shown(masked(value) if "@" in value and "://" in value else value, 512)


def shown(text: str, limit: int = _LONGEST_NAME) -> str:
    """Return a name or value out of a file as one printable line."""
    return without_key_shapes(printable(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"), limit))
