"""What rules on permissions share: an answer as a line, a statement that allows, the role in an ARN."""

import json
from collections.abc import Iterable, Iterator

from probe.evidence import AwsRead
from probe.findings.shell import quoted


def answered(read: AwsRead) -> Iterator[str]:
    """Put the answer to a call into a line of evidence, and another for what it is called for."""
    answer = read.answer
    if answer is None:
        return
    text = f": {answer.message}" if answer.message else ""
    yield f"{answer.service} {answer.operation} at {answer.endpoint}: {answer.code or 'done'}{text}"
    if answer.request_id:
        yield f"request id {answer.request_id}, with keys of {read.keys_of}"


def statement(actions: Iterable[str], resource: str = "*") -> str:
    """Return a policy that allows these actions, as JSON."""
    allowed = {"Effect": "Allow", "Action": sorted(set(actions)), "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [allowed]})


def role_name(arn: str) -> str:
    """Return the name of the role in the ARN of a role or of a session, safe for a shell; a placeholder otherwise."""
    resource = arn.strip("'").split(":", 5)[-1] if arn.count(":") >= 5 else ""
    kind, _, rest = resource.partition("/")
    if kind == "assumed-role" and rest:
        return quoted(rest.split("/")[0])
    return quoted(rest.rpartition("/")[2]) if kind == "role" and rest else "ROLE_NAME"
