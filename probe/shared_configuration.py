"""The shared config and credentials files as the SDKs would find them: states, profiles, and the one in use.

Rules: "Shared config and credentials files" in the AWS SDKs and Tools Reference Guide. On a setting in both files
the credentials file wins, as in botocore (boto/botocore:botocore/session.py) and Go v2.
"""

from collections.abc import Mapping
from dataclasses import field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from probe.credentials import Credentials
from probe.evidence import FileFacts, FileProblem, FileState, ProfileFacts, SelectedProfile, SharedFiles
from probe.parse.keys import KeyProblem, key_problems
from probe.records import dataclass
from probe.secret import Secret
from probe.shown_profile import key_hint, profile_facts, shown
from probe.surroundings import Surroundings

if TYPE_CHECKING:
    from probe.parse.profile_kind import ProfileFiles
    from probe.parse.profiles import FileKind, ProfileFile, Value

READ_LIMIT = 1_048_577
"""One byte more than the parser takes, so that it knows of a file that goes on."""
BLOCKED = frozenset(
    {FileState.UNREADABLE, FileState.DIRECTORY, FileState.NOT_REGULAR, FileState.LINK_LOOP, FileState.FAILED}
)
"""States of a file that is there, one way or another, and that nobody knows the content of."""
DEFAULT_PROFILE = "default"
_NO_FILE = "/dev/null"
"""The usual way to say that there is none; the device itself is never opened."""
_STATIC_KEYS = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
_MOST_PROFILES = 50


@dataclass(frozen=True, kw_only=True)
class SharedConfiguration:
    """Both files, read once. Its repr shows only what is evidence."""

    files: SharedFiles
    selected: SelectedProfile | None
    """None when no variable names a profile and no file has a default one."""
    _values: "dict[str, Value]" = field(default_factory=dict, repr=False)

    def setting(self, key: str) -> str | None:
        """Return a setting of the profile in use that is not secret, or None."""
        value = self._values.get(key)
        return value if isinstance(value, str) and value else None

    def keys(self) -> Credentials | None:
        """Return the static keys of the profile in use; None unless keys are what it is made for."""
        if self.selected is None or self.selected.kind != "static":
            return None
        access, secret, token = (_text(self._values, key) for key in _STATIC_KEYS)
        return Credentials(
            access_key_id=access or "",
            secret_access_key=Secret(secret or ""),
            session_token=Secret(token) if token else None,
        )


@dataclass(frozen=True, kw_only=True)
class _Found:
    """One of the two files: where it is, what became of reading it, and what stands in it."""

    facts: FileFacts
    named_by: str | None
    content: "ProfileFile | None" = field(repr=False)

    @property
    def is_broken(self) -> bool:
        """Whether botocore refuses the file: the profile that was meant may stand behind the line it stumbles over."""
        return self.content is not None and self.content.breaks_botocore


def read_shared_configuration(surroundings: Surroundings) -> SharedConfiguration:
    """Read both files. A pod without them pays for two stat calls; the parser is not even imported."""
    return _Reader(surroundings).result()


class _Reader:
    """Reads the files and puts evidence and live values side by side."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._config = self._find("config", "AWS_CONFIG_FILE")
        self._credentials = self._find("credentials", "AWS_SHARED_CREDENTIALS_FILE")

    def result(self) -> SharedConfiguration:
        name, named_by = self._selected_name()
        return SharedConfiguration(
            files=SharedFiles(
                config=self._config.facts,
                credentials=self._credentials.facts,
                config_named_by=self._config.named_by,
                credentials_named_by=self._credentials.named_by,
                profiles=tuple(self._profile_facts())[:_MOST_PROFILES],
                problems=tuple(self._file_problems()),
            ),
            selected=self._selected(name, named_by),
            _values=self._both.keys(name) if self._both else {},
        )

    @cached_property
    def _both(self) -> "ProfileFiles | None":
        if self._config.content is None and self._credentials.content is None:
            return None
        from probe.parse.profile_kind import ProfileFiles  # noqa: PLC0415 - most pods have no file

        return ProfileFiles(config=self._config.content, credentials=self._credentials.content)

    def _find(self, kind: "FileKind", variable: str) -> _Found:
        told = self._surroundings.get(variable)
        path = self._expanded(told or f"~/.aws/{kind}")
        if path == _NO_FILE:
            return _Found(facts=FileFacts(path=path, state=FileState.READ, size=0), named_by=variable, content=None)
        facts, raw = self._surroundings.files.read(path, READ_LIMIT)
        content = None
        if facts.state in {FileState.READ, FileState.TOO_LARGE}:
            from probe.parse.profiles import read_profile_file  # noqa: PLC0415 - most pods have no file

            content = read_profile_file(raw, kind)
        facts = replace(facts, path=shown(path, 512))
        return _Found(facts=facts, named_by=variable if told else None, content=content)

    def _expanded(self, path: str) -> str:
        home = self._surroundings.home().rstrip("/")
        return f"{home}{path[1:]}" if path.startswith("~/") else path

    def _selected_name(self) -> tuple[str, str | None]:
        for variable in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
            name = self._surroundings.get(variable)
            if name:
                return name, variable
        return DEFAULT_PROFILE, None

    def _selected(self, name: str, named_by: str | None) -> SelectedProfile | None:
        files = (self._config, self._credentials)
        blocked = any(found.facts.state in BLOCKED or (found.is_broken and named_by is None) for found in files)
        there = self._both is not None and bool(self._both.find(name))
        if not there and not blocked and named_by is None:
            return None
        return SelectedProfile(
            name=shown(name),
            named_by=named_by,
            kind="unknown" if blocked and not there else self._kind(name),
            access_key_hint=key_hint(self._both.keys(name)) if self._both else None,
            problems=self._profile_problems(name),
            key_problems=self._key_problems(name),
        )

    def _kind(self, name: str) -> str:
        if self._both is None:
            return "missing"
        from probe.parse.profile_kind import profile_kind  # noqa: PLC0415 - most pods have no file

        return profile_kind(self._both, name)

    def _profile_problems(self, name: str) -> tuple[str, ...]:
        if self._both is None:
            return ()
        from probe.parse.profile_kind import profile_problems  # noqa: PLC0415 - most pods have no file

        return tuple(problem.sentence for problem in profile_problems(self._both, name))

    def _key_problems(self, name: str) -> tuple[str, ...]:
        """Judge the values of a static pair, with the names that they have in a file."""
        if self._both is None or self._kind(name) != "static":
            return ()
        access, secret, token = (_text(self._both.keys(name), key) for key in _STATIC_KEYS)
        found = key_problems(access, Secret(secret or ""), Secret(token) if token else None)
        return tuple(_in_a_file(problem) for problem in found if problem.certain)

    def _profile_facts(self) -> "list[ProfileFacts]":
        files = self._both.present if self._both else ()
        return [profile_facts(file.kind, profile) for file in files for profile in file.profiles.values()]

    def _file_problems(self) -> list[FileProblem]:
        return [
            FileProblem(
                path=found.facts.path,
                line=problem.line or 0,
                sentence=problem.sentence,
                breaks_botocore=problem.breaks_botocore,
            )
            for found in (self._config, self._credentials)
            if found.content is not None
            for problem in found.content.problems
        ]


def _text(values: "Mapping[str, Value]", key: str) -> str | None:
    value = values.get(key)
    return value.reveal() if isinstance(value, Secret) else value


def _in_a_file(problem: KeyProblem) -> str:
    return problem.sentence.replace(problem.part, problem.part.lower())
