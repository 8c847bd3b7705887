"""The shared config and credentials files: their profiles, and what is wrong with them line by line.

Rules: "Shared config and credentials files" in the AWS SDKs and Tools Reference Guide, and where that and botocore
differ, what botocore does (boto/botocore:botocore/configloader.py), with the difference told as a problem.
"""

import codecs
import re
import shlex
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from probe.parse.ini import Entry, ProblemList, Section, read_ini
from probe.records import dataclass
from probe.secret import Secret

FileKind = Literal["config", "credentials"]
Value = str | Secret[str]

LARGEST_FILE: Final = 1_048_576
"""Bytes. Nothing behind them is read."""
_LONGEST_HEADER = 512
_SECRET_KEY = re.compile(r"secret|token|passw|credential_process")
_SECRET_IN_VALUE = re.compile(r"(?:secret|token|passw)[a-z_]*\s*[=:]|\n", re.IGNORECASE)
_PUBLIC_KEYS: Final = frozenset({"web_identity_token_file"})
_CREDENTIAL_KEYS: Final = frozenset(
    {"aws_access_key_id", "aws_secret_access_key", "role_arn", "source_profile", "credential_process", "region"}
)
_PREFIXES: Final = ("profile", "sso-session", "services")


@dataclass(frozen=True, kw_only=True)
class ProfileProblem:
    """Something wrong in a file, or with one of its profiles."""

    file: FileKind
    line: int | None
    """Counted from 1; None when it is about the whole file."""
    sentence: str
    breaks_botocore: bool
    """True when botocore refuses the whole file (ConfigParseError), whatever profile is asked for."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Profile:
    """One profile, sso-session or services section. Its repr shows no key and no value."""

    name: str
    line: int
    keys: Mapping[str, Value]
    """Lower case keys and their values as botocore sees them; what is or may hold a secret is a `Secret`."""
    nested: Mapping[str, Mapping[str, Value]]
    """Blocks such as `s3 =` with indented lines below, by the key above them."""

    def __repr__(self) -> str:
        return f"Profile(name={self.name!r}, line={self.line}, {len(self.keys)} keys)"

    def plain(self, key: str) -> str | None:
        """Return a value that is no secret, or None."""
        value = self.keys.get(key)
        return value if isinstance(value, str) else None


@dataclass(frozen=True, kw_only=True)
class ProfileFile:
    """What botocore would find in a file, and what it and other SDKs stumble over."""

    kind: FileKind
    profiles: Mapping[str, Profile]
    sso_sessions: Mapping[str, Profile]
    services: Mapping[str, Profile]
    others: Mapping[str, Profile]
    """Sections of a config file that are no profile to botocore, under their whole name."""
    problems: tuple[ProfileProblem, ...]
    whole: bool
    """False when the file is larger than `LARGEST_FILE`: a profile that is not here may stand further down."""

    @property
    def breaks_botocore(self) -> bool:
        """True when botocore refuses the file."""
        return any(problem.breaks_botocore for problem in self.problems)


def read_profile_file(raw: bytes, kind: FileKind) -> ProfileFile:
    """Read a shared config or credentials file; what cannot be read becomes a problem with its line."""
    problems = ProblemList()
    ini = read_ini(_decode(raw[:LARGEST_FILE], problems))
    for problem in ini.problems:
        problems.add(problem.line, problem.sentence, breaks_botocore=problem.breaks_botocore)
    shelves: dict[str, dict[str, Profile]] = {shelf: {} for shelf in (*_PREFIXES, "")}
    for section in ini.sections:
        shelf, name = _place(section, kind, problems)
        if name in shelves[shelf]:
            problems.add(section.line, "A second header for the same name: botocore forgets the first.")
        shelves[shelf][name] = _profile(name, section, ini.defaults, problems)
    whole = len(raw) <= LARGEST_FILE
    if not whole:
        problems.add(0, "The file is larger than 1 MiB; only its beginning was read.")
    profiles, sso_sessions, services, others = (MappingProxyType(shelves[shelf]) for shelf in (*_PREFIXES, ""))
    return ProfileFile(
        kind=kind,
        profiles=profiles,
        sso_sessions=sso_sessions,
        services=services,
        others=others,
        problems=tuple(
            ProfileProblem(
                file=kind, line=line.line or None, sentence=line.sentence, breaks_botocore=line.breaks_botocore
            )
            for line in problems
        ),
        whole=whole,
    )


def _decode(raw: bytes, problems: ProblemList) -> str:
    if raw.startswith(codecs.BOM_UTF8):
        problems.add(1, "The file begins with a byte order mark.", breaks_botocore=True)
        raw = raw.removeprefix(codecs.BOM_UTF8)
    if b"\0" in raw:
        problems.add(_line_of(raw, raw.index(b"\0")), "There is a NUL byte.")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        # A character cut in two by our own bound is not the file's fault.
        if not (len(raw) == LARGEST_FILE and error.start >= len(raw) - 3):
            problems.add(_line_of(raw, error.start), "This line is not UTF-8.", breaks_botocore=True)
        return raw.decode("utf-8", "replace")


def _line_of(raw: bytes, position: int) -> int:
    return len(re.findall(rb"\r\n|\r|\n", raw[:position])) + 1


def _place(section: Section, kind: FileKind, problems: ProblemList) -> tuple[str, str]:
    """Return the shelf on which botocore puts a section, "" for none, and its name there."""
    name = section.name
    if kind == "credentials":
        if name.startswith("profile "):
            problems.add(
                section.line,
                "The credentials file names profiles without `profile`; to botocore it is part of the name.",
            )
        elif name != name.strip():
            problems.add(section.line, "White space in the brackets: to botocore it is part of the profile's name.")
        return "profile", name
    if name == "default":
        return "profile", name
    prefix = next((prefix for prefix in _PREFIXES if name.startswith(prefix)), None)
    words = _words(name) if prefix else []
    if prefix and len(words) == 2:
        if words[0] != prefix:
            problems.add(
                section.line, f"There is text glued to `{prefix}`; botocore reads this section, other SDKs may not."
            )
        return prefix, words[1]
    if prefix:
        problems.add(section.line, f"`{prefix}` needs exactly one name behind it; botocore skips this section.")
    elif name.strip() == "default" or name.strip().startswith("profile "):
        problems.add(section.line, "White space behind the opening bracket: botocore does not see this profile.")
    elif not _CREDENTIAL_KEYS.isdisjoint(section.entries):
        problems.add(
            section.line, "The config file needs `profile` before a profile's name; botocore skips this section."
        )
    return "", name


def _words(header: str) -> list[str]:
    try:
        return shlex.split(header) if len(header) <= _LONGEST_HEADER else []
    except ValueError:
        return []


def _profile(name: str, section: Section, defaults: Mapping[str, Entry], problems: ProblemList) -> Profile:
    keys: dict[str, Value] = {}
    nested: dict[str, Mapping[str, Value]] = {}
    for key, entry in {**defaults, **section.entries}.items():
        if entry.is_nested:
            nested[key] = _nested(entry, problems)
        else:
            keys[key] = _held(key, entry.value)
    return Profile(name=name, line=section.line, keys=MappingProxyType(keys), nested=MappingProxyType(nested))


def _nested(entry: Entry, problems: ProblemList) -> Mapping[str, Value]:
    values: dict[str, Value] = {}
    for number, piece in zip(entry.piece_lines, entry.pieces, strict=True):
        for line in piece.splitlines():
            key, equals, value = (part.strip() for part in line.partition("="))
            if equals:
                values[key] = _held(key.lower(), value)
            elif key:
                problems.add(number, "This indented line has no equals sign.", breaks_botocore=True)
    return MappingProxyType(values)


def _held(key: str, value: str) -> Value:
    """Keep as a secret what is one by its key, and a value into which a line with one has slipped."""
    secret = _SECRET_KEY.search(key) is not None and key not in _PUBLIC_KEYS
    return Secret(value) if secret or _SECRET_IN_VALUE.search(value) else value
