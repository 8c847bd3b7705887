"""What a profile is made for, and what keeps it from working; the two files are seen together."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Final

from probe.parse.profiles import FileKind, Profile, ProfileFile, ProfileProblem, Value
from probe.records import dataclass
from probe.secret import Secret, printable, without_key_shapes

CREDENTIAL_SOURCES: Final = ("Environment", "Ec2InstanceMetadata", "EcsContainer")
_LONGEST_CHAIN = 32
_KEY_PAIR: Final = ("aws_access_key_id", "aws_secret_access_key")


class ProfileKind(StrEnum):
    """Where a profile takes its credentials from. Which part wins when it has several is told by each SDK's model."""

    STATIC = "static"
    PARTIAL_KEYS = "partial-keys"
    ASSUME_ROLE_SOURCE_PROFILE = "assume-role-source-profile"
    ASSUME_ROLE_CREDENTIAL_SOURCE = "assume-role-credential-source"
    WEB_IDENTITY = "web-identity"
    SSO = "sso"
    LOGIN = "login"
    PROCESS = "process"
    EMPTY = "empty"
    MISSING = "missing"
    UNKNOWN = "unknown"
    """Not found, and a file was too large to be read to its end."""


@dataclass(frozen=True, kw_only=True)
class ProfileFiles:
    """The two files of a process; None for one that is not there."""

    config: ProfileFile | None = None
    credentials: ProfileFile | None = None

    @property
    def present(self) -> tuple[ProfileFile, ...]:
        """The files that are there, the weaker first: on a key in both, the credentials file wins."""
        return tuple(file for file in (self.config, self.credentials) if file is not None)

    def find(self, name: str) -> tuple[tuple[FileKind, Profile], ...]:
        """Return the profile's sections, the weaker first."""
        return tuple((file.kind, file.profiles[name]) for file in self.present if name in file.profiles)

    def keys(self, name: str) -> dict[str, Value]:
        """Return the profile's keys from both files."""
        return {key: value for _, profile in self.find(name) for key, value in profile.keys.items()}


def profile_kind(files: ProfileFiles, name: str) -> ProfileKind:
    """Name the kind of a profile: the role before the keys beside it, keys before the other sources."""
    if not files.find(name):
        return ProfileKind.MISSING if all(file.whole for file in files.present) else ProfileKind.UNKNOWN
    keys = files.keys(name)
    return next((kind for kind, fits in _KINDS if fits(keys)), ProfileKind.EMPTY)


def profile_problems(files: ProfileFiles, name: str) -> tuple[ProfileProblem, ...]:
    """Name what keeps a profile from giving credentials; nothing for one that is missing."""
    found = files.find(name)
    if not found:
        return ()
    kind, profile = found[-1]
    sentences = (*_role_sentences(files.keys(name)), *_key_sentences(files, name), *_source_sentences(files, name))
    return tuple(
        ProfileProblem(file=kind, line=profile.line, sentence=sentence, breaks_botocore=False) for sentence in sentences
    )


def _has(*names: str) -> Callable[[dict[str, Value]], bool]:
    return lambda keys: all(_is_set(keys.get(name)) for name in names)


def _is_set(value: Value | None) -> bool:
    return bool(value.reveal() if isinstance(value, Secret) else value)


def _has_any(*names: str) -> Callable[[dict[str, Value]], bool]:
    return lambda keys: any(name in keys for name in names)


_KINDS: Final = (
    (ProfileKind.WEB_IDENTITY, _has("role_arn", "web_identity_token_file")),
    (ProfileKind.ASSUME_ROLE_SOURCE_PROFILE, _has("role_arn", "source_profile")),
    (ProfileKind.ASSUME_ROLE_CREDENTIAL_SOURCE, _has("role_arn", "credential_source")),
    (ProfileKind.STATIC, _has(*_KEY_PAIR)),
    (ProfileKind.PARTIAL_KEYS, _has_any(*_KEY_PAIR)),
    (ProfileKind.SSO, _has_any("sso_session", "sso_start_url", "sso_account_id")),
    (ProfileKind.LOGIN, _has("login_session")),
    (ProfileKind.PROCESS, _has("credential_process")),
)


def _role_sentences(keys: dict[str, Value]) -> Iterator[str]:
    sources = [name for name in ("source_profile", "credential_source") if _is_set(keys.get(name))]
    token_file = _is_set(keys.get("web_identity_token_file"))
    if _is_set(keys.get("role_arn")):
        if not sources and not token_file:
            yield "role_arn stands without source_profile, credential_source or web_identity_token_file."
    elif token_file:
        yield "web_identity_token_file stands without role_arn."
    if len(sources) == 2:
        yield "source_profile and credential_source are both set; only one may be."
    source = keys.get("credential_source")
    if isinstance(source, str) and source and source not in CREDENTIAL_SOURCES:
        yield f"credential_source is none of {', '.join(CREDENTIAL_SOURCES)}."


def _key_sentences(files: ProfileFiles, name: str) -> Iterator[str]:
    halves = [key for key in _KEY_PAIR if _is_set(files.keys(name).get(key))]
    if len(halves) == 1:
        missing = next(key for key in _KEY_PAIR if key not in halves)
        yield f"Half of the key pair is missing: {missing}."
    elif halves and not any(_has(*_KEY_PAIR)(dict(profile.keys)) for _, profile in files.find(name)):
        yield "The two halves of the key pair stand in different files, which botocore does not join."


def _source_sentences(files: ProfileFiles, name: str) -> Iterator[str]:
    """Follow source_profile as far as it leads; keys in a profile end the way, also in the first one itself."""
    seen = [name]
    keys = files.keys(name)
    while _has("role_arn", "source_profile")(keys) and not _is_set(keys.get("web_identity_token_file")):
        source, shown = _source_name(files, keys["source_profile"])
        kind = profile_kind(files, source)
        keys = files.keys(source)
        if _has(*_KEY_PAIR)(keys):
            return
        what = _DEAD_ENDS.get(kind)
        if _has_any(*_KEY_PAIR)(keys):
            what = _DEAD_ENDS[ProfileKind.PARTIAL_KEYS]
        elif source in seen:
            what = "where it has been before: a circle"
        elif len(seen) >= _LONGEST_CHAIN:
            what = f"and on: after {_LONGEST_CHAIN} profiles nobody followed it further"
        if what is not None:
            yield f"source_profile leads to {shown}, {what}."
            return
        seen.append(source)


_DEAD_ENDS: Final = {
    ProfileKind.MISSING: "which does not exist",
    ProfileKind.EMPTY: "which has no credentials",
    ProfileKind.PARTIAL_KEYS: "which has half a key pair",
}


def _source_name(files: ProfileFiles, value: Value) -> tuple[str, str]:
    """Return the profile that source_profile names (without a comment behind it when that exists), and how to show it.

    A value that is kept secret has swallowed other lines, so it is not shown.
    """
    written = value.reveal() if isinstance(value, Secret) else value
    bare = written.partition(" #")[0].partition(" ;")[0].rstrip()
    name = bare if not files.find(written) and files.find(bare) else written
    shown = f"the profile {without_key_shapes(printable(name, 64))!r}" if isinstance(value, str) else "a profile"
    return name, shown
