"""Where a text that should be the ARN of a role goes wrong: one check after the other, from the outside in."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from probe.parse.region import PARTITIONS
from probe.records import dataclass
from probe.secret import printable, without_key_shapes

_LONGEST_ARN = 2048
_FORM: Final = "arn:aws:iam::<12 digits>:role/<name>"
_TEMPLATE = re.compile(r"\{\{[^}]*\}{0,2}|\$\{[^}]*\}?|\$\([^)]*\)?|<[A-Za-z][^<>]*>")
_UNPRINTABLE = re.compile(r"[^\x21-\x7e]")
_NAME = re.compile(r"[A-Za-z0-9_+=,.@-]{1,64}")

_OTHER_KINDS: Final = {
    "assumed-role/": "This is the ARN of a session (assumed-role), not of the role it was made from.",
    "instance-profile/": "This is the ARN of an instance profile, not of the role inside it.",
    "oidc-provider/": "This is the ARN of an OIDC provider; the role that trusts it is wanted.",
    "saml-provider/": "This is the ARN of a SAML provider, not of a role.",
    "policy/": "This is the ARN of a policy, not of the role it is attached to.",
    "group/": "This is the ARN of a group, not of a role.",
    "user/": "This is the ARN of a user, not of a role.",
    "root": "This is the ARN of the account's root user, not of a role.",
}


@dataclass(frozen=True, kw_only=True)
class ArnProblem:
    """Why a text is not the ARN of a role."""

    position: int | None
    """Index of the offending character, counted from 0; None when something is missing rather than wrong."""
    found: str
    """At most 40 printable characters."""
    expected: str
    sentence: str
    certain: bool = True
    """False where AWS may have added something since: a partition that this probe does not know."""


def find_arn_problem(text: str) -> ArnProblem | None:
    """Return the first thing that keeps a text from being the ARN of a role, or None when it is one."""
    found = (check(text) for check in _CHECKS)
    return next((problem for problem in found if problem is not None), None)


def _problem(position: int | None, found: str, expected: str, sentence: str) -> ArnProblem:
    shown = without_key_shapes(printable(found, 40))
    return ArnProblem(position=position, found=printable(shown, 40), expected=expected, sentence=sentence)


def _template_problem(text: str) -> ArnProblem | None:
    match = _TEMPLATE.search(text[:_LONGEST_ARN])
    if match is None:
        return None
    return _problem(match.start(), match.group(), "the rendered value", "A template or placeholder was not filled in.")


def _surroundings_problem(text: str) -> ArnProblem | None:
    if not text.strip():
        return _problem(None, "nothing", _FORM, "The role ARN is empty.")
    if text != text.strip():
        position = 0 if text[0].isspace() else len(text.rstrip())
        return _problem(position, _blank(text[position]), "no white space", "There is white space around the role ARN.")
    for position in (0, len(text) - 1):
        if text[position] in "\"'`":
            return _problem(position, text[position], "no quotes", "The quotes are part of the value.")
    return None


def _blank(character: str) -> str:
    return {" ": "a space", "\t": "a tab", "\n": "a line break", "\r": "a carriage return"}.get(
        character, "white space"
    )


def _characters_problem(text: str) -> ArnProblem | None:
    match = _UNPRINTABLE.search(text[:_LONGEST_ARN])
    if match:
        found = _blank(match.group()) if match.group().isspace() else f"character U+{ord(match.group()):04X}"
        return _problem(match.start(), found, "printable ASCII", "There is a character that no ARN may have.")
    if len(text) > _LONGEST_ARN:
        return _problem(_LONGEST_ARN, f"{len(text)} characters", f"at most {_LONGEST_ARN}", "The role ARN is too long.")
    return None


def _beginning_problem(text: str) -> ArnProblem | None:
    if text.startswith("arn:"):
        return None
    # Something else was put here, perhaps a key: four characters tell enough.
    found = text if len(text) <= 4 else f"{text[:4]}…"
    return _problem(0, found, "arn:", "This is not an ARN; the whole ARN of the role is wanted, not its name.")


def _colons_problem(text: str) -> ArnProblem | None:
    fields = text.split(":", 5)
    if len(fields) == 6 and fields[3:5] == ["", ""] and fields[5].startswith(":"):
        position = _start(fields, 4)
        return _problem(
            position, text[position:], "12 digits of the account", "There are too many colons before the account."
        )
    misplaced = len(fields) > 3 and (fields[3].isdigit() or fields[3].startswith("role"))
    if misplaced:
        return _problem(
            _start(fields, 3), fields[3], "iam::", "A colon is missing: IAM has no region, so two stand together."
        )
    if len(fields) < 6:
        return _problem(None, f"{len(fields) - 1} colons", _FORM, "Parts of the role ARN are missing.")
    return None


def _head_problem(text: str) -> ArnProblem | None:
    fields = text.split(":", 5)
    _, partition, service, region, _, resource = fields
    if partition not in PARTITIONS and not re.fullmatch(r"aws-iso[a-z-]*", partition):
        known = ", ".join(sorted(PARTITIONS))
        problem = _problem(4, partition, known, "The partition, after the first colon, is none that this probe knows.")
        return replace(problem, certain=re.fullmatch(r"aws-[a-z-]+", partition) is None)
    if service == "sts" and resource.startswith("assumed-role/"):
        return _problem(_start(fields, 2), "sts", "iam", _OTHER_KINDS["assumed-role/"])
    if service != "iam":
        return _problem(_start(fields, 2), service, "iam", "The service of a role is iam.")
    if region:
        return _problem(
            _start(fields, 3), region, "nothing", "IAM has no region: nothing stands between the two colons."
        )
    return None


def _account_problem(text: str) -> ArnProblem | None:
    fields = text.split(":", 5)
    account, position = fields[4], _start(fields, 4)
    if re.fullmatch(r"[0-9]{12}", account):
        return None
    sentence = "The account is not 12 digits."
    if not account:
        sentence = "The account is missing."
    elif re.fullmatch(r"[0-9]+", account):
        sentence = f"The account has {len(account)} digits and needs 12."
        if len(account) < 12:
            sentence += " If it begins with zeros they were lost: quote it in YAML."
    elif re.fullmatch(r"[0-9.]+e\+?[0-9]+", account, re.IGNORECASE):
        sentence = "The account was rendered as a floating point number: quote it in the Helm values."
    return _problem(position, account, "12 digits", sentence)


def _resource_problem(text: str) -> ArnProblem | None:
    fields = text.split(":", 5)
    resource, position = fields[5], _start(fields, 5)
    if "arn:aws" in resource:
        return _problem(
            position + resource.index("arn:aws"), "arn:", _FORM, "There is a second ARN inside the role ARN."
        )
    for kind, sentence in _OTHER_KINDS.items():
        if resource == kind or (kind.endswith("/") and resource.startswith(kind)):
            return _problem(position, kind, "role/", sentence)
    if not resource.startswith("role/"):
        return _problem(position, resource, "role/", "`role/` is missing before the role's name.")
    return None


def _name_problem(text: str) -> ArnProblem | None:
    fields = text.split(":", 5)
    path, _, name = fields[5].removeprefix("role").rpartition("/")
    position = len(text) - len(name)
    if not name:
        return _problem(None, "nothing", "a role name", "The role's name is missing after the last slash.")
    if path == "/" or len(path) > 511:
        return _problem(
            _start(fields, 5) + 4, f"{path}/", "a path such as /team/", "The path before the role's name is not valid."
        )
    if _NAME.fullmatch(name):
        return None
    bad = re.search(r"[^A-Za-z0-9_+=,.@-]", name)
    if bad:
        return _problem(
            position + bad.start(),
            bad.group(),
            "letters, digits and _+=,.@-",
            "A role's name cannot have this character.",
        )
    return _problem(position, f"{len(name)} characters", "at most 64", "The role's name is too long.")


_CHECKS: Final[tuple[Callable[[str], ArnProblem | None], ...]] = (
    _template_problem,
    _surroundings_problem,
    _characters_problem,
    _beginning_problem,
    _colons_problem,
    _head_problem,
    _account_problem,
    _resource_problem,
    _name_problem,
)
"""In this order: each may rely on those before it."""


def _start(fields: list[str], index: int) -> int:
    return sum(len(field) + 1 for field in fields[:index])
