"""A profile's credentials that some SDKs take before the source that was meant."""

from collections.abc import Iterator

from probe.evidence import SelectedProfile, Source
from probe.findings.case import CERTAIN, Case, found
from probe.findings.profiles import profile_sections
from probe.findings.shell import quoted
from probe.findings.spoken import EVERY_SDK, SOURCE_NAMES, sdks_listed
from probe.report import Finding, Remedy, Tool

STEP = "shared-config.profile"
BEFORE_WEB_IDENTITY = frozenset({"js-v3", "rust"})
"""SDKs that read a profile's credentials before the web identity variables; C++ and CRT do as well."""
ONLY_ROLES_BEFORE = frozenset({"botocore", *BEFORE_WEB_IDENTITY})
"""Beside them botocore, where the profile is one that assumes a role."""
READ_DEFAULT_PROFILE = frozenset({"go-v2", "botocore"})
"""SDKs to which AWS_DEFAULT_PROFILE names a profile; Go v1 does it with AWS_SDK_LOAD_CONFIG."""
_ROLES = frozenset({"assume-role-source-profile", "assume-role-credential-source"})
_GIVE_CREDENTIALS = frozenset({"static", "process", "sso", "login", *_ROLES})
_LATER = frozenset({Source.WEB_IDENTITY, Source.CONTAINER, Source.IMDS})


def shadow(case: Case) -> Iterator[Finding]:
    """The profile in use gives credentials, and another source is expected."""
    profile = case.profile
    if profile is None or profile.kind not in _GIVE_CREDENTIALS or case.expected.source not in _LATER:
        return
    sdks = tuple(sdk for sdk in EVERY_SDK if _takes(case, profile, sdk))
    if not sdks:
        return
    expected = SOURCE_NAMES[str(case.expected.source)]
    whom = f"the key {profile.access_key_hint}" if profile.access_key_hint else f"what the {profile.kind} profile gives"
    yield found(
        "profile-shadow",
        certainty=CERTAIN,
        step=STEP,
        summary=f"{_takers(sdks)} the profile {profile.name!r} before {expected}, and use {whom}.",
        evidence=[
            *(
                f"{one.file} file, line {one.line}: [{one.name}] sets {', '.join(one.keys)}"
                for one in profile_sections(case)
            ),
            f"expected is {case.expected.source}: {case.expected.because}",
        ],
        remedies=[
            Remedy(
                text="Remove the mount or the variable that brings the file (Velero: credentials.useSecret=false), "
                "and restart.",
                command=f"kubectl -n {quoted(case.namespace)} rollout restart {case.workload}",
                tool=Tool.KUBECTL,
                privileged=True,
            ),
            Remedy(
                text="If the file is meant, tell the probe so.",
                command="probe run --expect shared-config",
                tool=Tool.PROBE,
            ),
        ],
        sdks=sdks,
    )


def _takers(sdks: tuple[str, ...]) -> str:
    return "Every SDK takes" if sdks == EVERY_SDK else f"{sdks_listed(sdks)} take{'s' if len(sdks) == 1 else ''}"


def _takes(case: Case, profile: SelectedProfile, sdk: str) -> bool:
    """Whether an SDK ends at this profile, by its order and by the variables and files that it reads."""
    if not _sees(case, profile, sdk) or _has_whole_keys(case, sdk):
        return False
    if case.expected.source == Source.WEB_IDENTITY:
        return sdk in (ONLY_ROLES_BEFORE if profile.kind in _ROLES else BEFORE_WEB_IDENTITY)
    return True


def _sees(case: Case, profile: SelectedProfile, sdk: str) -> bool:
    load_config = case.given.variables.get("AWS_SDK_LOAD_CONFIG", "").lower() in {"1", "t", "true"}
    if profile.named_by == "AWS_DEFAULT_PROFILE" and sdk not in READ_DEFAULT_PROFILE:
        return sdk == "go-v1" and load_config
    in_credentials = any(one.file == "credentials" for one in profile_sections(case))
    return sdk != "go-v1" or load_config or in_credentials


def _has_whole_keys(case: Case, sdk: str) -> bool:
    """Whether the environment's keys come first: for all but JS where AWS_PROFILE names a profile."""
    whole = case.keys.has_access_key and case.keys.has_secret
    return whole and not (sdk == "js-v3" and case.given.is_set("AWS_PROFILE"))


RULES = (shadow,)
