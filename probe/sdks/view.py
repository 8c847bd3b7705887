"""What an SDK sees of a pod: variables and profiles, each read the way that the SDK reads them.

What the sources would answer is in `sts`, `container` and `metadata` beside this file.
"""

from collections.abc import Sequence
from functools import cached_property

from probe.evidence import (
    Evidence,
    ImdsVariables,
    KeysInEnvironment,
    Outcome,
    ProfileFacts,
    SharedFiles,
)
from probe.parse.proxy import ClientProxies, ProxyVariables
from probe.records import dataclass
from probe.sdks.versions import Release

CONFIG, CREDENTIALS = "config", "credentials"
BOTH_FILES = (CONFIG, CREDENTIALS)
SSO_KEYS = ("sso_session", "sso_start_url", "sso_account_id", "sso_role_name", "sso_region")
KEY_ID, SECRET_KEY = "aws_access_key_id", "aws_secret_access_key"


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One profile with its sections out of the files that an SDK reads, the weaker file first."""

    name: str
    named_by: str | None = None
    """The variable that named it; None for `default`."""
    sections: tuple[ProfileFacts, ...] = ()

    @property
    def exists(self) -> bool:
        """Whether any file has it."""
        return bool(self.sections)

    def has(self, *keys: str) -> bool:
        """Whether every one of these keys is there, in whichever file."""
        return all(any(key in section.keys for section in self.sections) for key in keys)

    def has_any(self, *keys: str) -> bool:
        """Whether one of these keys is there."""
        return any(self.has(key) for key in keys)

    def setting(self, key: str) -> str | None:
        """Return a value that is no secret; the stronger file wins."""
        return next((section.settings[key] for section in reversed(self.sections) if key in section.settings), None)

    @property
    def paired(self) -> ProfileFacts | None:
        """The strongest section that holds both halves of a key pair."""
        return next((section for section in reversed(self.sections) if is_pair(section)), None)

    @property
    def hint(self) -> str | None:
        """The hint of the access key id, from the strongest file that has one."""
        return next((section.access_key_hint for section in reversed(self.sections) if KEY_ID in section.keys), None)


def is_pair(section: ProfileFacts) -> bool:
    """Whether a section holds both halves of a key pair."""
    return KEY_ID in section.keys and SECRET_KEY in section.keys


def is_half(section: ProfileFacts) -> bool:
    """Whether a section holds one half of a key pair."""
    return (KEY_ID in section.keys) != (SECRET_KEY in section.keys)


@dataclass(frozen=True, kw_only=True)
class View:
    """A pod as one release of an SDK sees it."""

    evidence: Evidence
    release: Release

    def since(self, version: str) -> bool:
        """Whether this release has what came with `version`."""
        return self.release.since(version)

    def value(self, variable: str) -> str:
        """Return a variable that is no secret; empty when it is not set."""
        return self.evidence.given.variables.get(variable, "")

    def first_value(self, *variables: str) -> str:
        """Return the first of several variables that is not empty."""
        return next((self.value(variable) for variable in variables if self.value(variable)), "")

    def is_set(self, *variables: str) -> bool:
        """Whether one of these variables is set and not empty."""
        return any(self.evidence.given.is_set(variable) for variable in variables)

    def is_present(self, *variables: str) -> bool:
        """Whether one of these variables is there, be it empty."""
        return any(self.evidence.given.is_present(variable) for variable in variables)

    def is_true(self, variable: str) -> bool:
        """Whether a variable says `true`, in any case."""
        return self.value(variable).lower() == "true"

    @cached_property
    def keys(self) -> KeysInEnvironment:
        """The static keys in the environment."""
        return self.evidence.facts("environment.keys", KeysInEnvironment) or KeysInEnvironment()

    @cached_property
    def shared_files(self) -> SharedFiles | None:
        """The shared files, if anything was found there."""
        return self.evidence.facts("shared-config.files", SharedFiles)

    @property
    def files_unseen(self) -> bool:
        """Whether the walk ended before it had read the shared files."""
        return self.evidence.outcome("shared-config.files") is Outcome.SKIPPED

    def profile(self, *variables: str, files: Sequence[str] = BOTH_FILES) -> Profile:
        """Return the profile that the first non-empty one of these variables names, else `default`."""
        named_by = next((variable for variable in variables if self.value(variable)), None)
        return self.named(self.value(named_by) if named_by else "default", named_by, files)

    def named(self, name: str, named_by: str | None = None, files: Sequence[str] = BOTH_FILES) -> Profile:
        """Return a profile by its name."""
        found = self.shared_files.profiles if self.shared_files else ()
        sections = (section for file in files for section in found if (section.file, section.name) == (file, name))
        return Profile(name=name, named_by=named_by, sections=tuple(sections))

    @cached_property
    def imds(self) -> ImdsVariables | None:
        """The IMDS switches."""
        return self.evidence.facts("imds.variables", ImdsVariables)

    @cached_property
    def proxies(self) -> ProxyVariables:
        """The proxy variables, once for each way of reading them."""
        return ProxyVariables.read(self.evidence.given.variables)


def proxy_for(proxies: ClientProxies, *, secure: bool) -> bool:
    """Whether a client has a proxy for this scheme, exceptions aside."""
    return (proxies.https if secure else proxies.http) is not None
