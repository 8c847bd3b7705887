"""ARNs: read the one of a role, say where a broken one breaks, and compare it with the ARN that STS reports."""

import re
from enum import StrEnum
from typing import Final

from probe.parse.arn_problem import ArnProblem, find_arn_problem
from probe.parse.region import partition_of_region
from probe.records import dataclass

__all__ = ["ArnProblem", "RoleArn", "SessionKind", "partition_of_region", "read_role_arn", "same_role", "session_kind"]

_LONGEST_ARN = 2048
_CALLER = re.compile(
    r"arn:(?P<partition>[a-z-]+):sts::(?P<account>[0-9]{12}):assumed-role/(?P<name>[^/]+)/(?P<session>.+)"
)


@dataclass(frozen=True, kw_only=True)
class RoleArn:
    """A role's ARN that is well formed. Nobody has looked up whether the role exists."""

    partition: str
    account: str
    path: str
    """Begins and ends with a slash; `/` when the role has no path."""
    name: str
    text: str


class SessionKind(StrEnum):
    """Which source the ARN of GetCallerIdentity points to; a hint only, since anybody may choose a session name."""

    NODE_ROLE = "node-role"
    POD_IDENTITY = "pod-identity"
    WEB_IDENTITY = "web-identity"
    USER = "user"
    ROOT = "root"
    UNKNOWN = "unknown"


_SESSIONS: Final = (
    (SessionKind.NODE_ROLE, re.compile(r"i-(?:[0-9a-f]{8}|[0-9a-f]{17})")),
    (SessionKind.POD_IDENTITY, re.compile(r"eks-.+-.+")),
    # The default names of botocore, JavaScript, Java, Rust and (a bare time in nanoseconds) Go, and the probe's own.
    (
        SessionKind.WEB_IDENTITY,
        re.compile(r"(?:botocore-session|aws-sdk-js-session|aws-sdk-java|web-identity-token)-[0-9]+"),
    ),
    (SessionKind.WEB_IDENTITY, re.compile(r"[0-9]{16,20}|credential-probe-.+")),
)


def read_role_arn(text: str) -> RoleArn | ArnProblem:
    """Read the ARN of an IAM role; nothing is trimmed."""
    problem = find_arn_problem(text)
    if problem is not None:
        return problem
    _, partition, _, _, account, resource = text.split(":", 5)
    path, _, name = resource.removeprefix("role").rpartition("/")
    return RoleArn(partition=partition, account=account, path=f"{path}/", name=name, text=text)


def same_role(expected_role_arn: str, caller_arn: str) -> bool:
    """Say whether GetCallerIdentity's ARN is a session of this role. A session's ARN never shows the role's path."""
    role = read_role_arn(expected_role_arn)
    caller = _CALLER.fullmatch(caller_arn)
    if isinstance(role, ArnProblem) or caller is None:
        return False
    return (role.partition, role.account, role.name) == caller.group("partition", "account", "name")


def session_kind(caller_arn: str) -> SessionKind:
    """Tell from GetCallerIdentity's ARN which source the credentials probably came from."""
    caller = _CALLER.fullmatch(caller_arn[:_LONGEST_ARN])
    if caller:
        return next((kind for kind, name in _SESSIONS if name.fullmatch(caller["session"])), SessionKind.UNKNOWN)
    if re.match(r"arn:[a-z-]+:iam::[0-9]{12}:user/.", caller_arn):
        return SessionKind.USER
    return SessionKind.ROOT if re.fullmatch(r"arn:[a-z-]+:iam::[0-9]{12}:root", caller_arn) else SessionKind.UNKNOWN
