"""Evidence of what AWS was asked after the chain, made by hand."""

from collections.abc import Iterable

from probe.evidence import (
    AwsAnswer,
    AwsEndpoint,
    AwsRead,
    Connection,
    Ending,
    Evidence,
    Exchange,
    Facts,
    Given,
    Handshake,
    Outcome,
    Process,
    ReachedEndpoint,
    Step,
    Wanted,
)
from probe.findings.case import Case, Rule
from probe.report import Finding
from tests.findings.building import NOW, POD

ROLE = "arn:aws:iam::111122223333:role/controller"
WHO = "arn:aws:sts::111122223333:assumed-role/controller/one"
NODE = "arn:aws:sts::111122223333:assumed-role/node-role/i-0123456789abcdef0"


def case(step_id: str, facts: Facts, *, wanted: Wanted | None = None, before: Iterable[Step] = ()) -> Case:
    """A walk that came to one step after the chain."""
    process = Process(user=65532, group=65532)
    given = Given(pod=POD, process=process, clock=NOW, variables={"AWS_REGION": "eu-central-1"})
    steps = (*before, Step(id=step_id, outcome=Outcome.FAIL, facts=facts))
    return Case(Evidence(given=given, wanted=wanted or Wanted(), steps=steps))


def found(judged: Case, rules: Iterable[Rule]) -> list[Finding]:
    """What the rules find."""
    return [finding for rule in rules for finding in rule(judged)]


def read(
    action: str = "ec2:DescribeSubnets",
    message: str | None = None,
    *,
    code: str | None = "AccessDenied",
    is_encoded: bool = False,
    essential: bool = True,
) -> AwsRead:
    """One call and its answer."""
    answer = AwsAnswer(
        exchange=Exchange(method="POST", url="https://aws", ending=Ending.ANSWERED, status=403 if code else 200),
        endpoint="ec2.eu-central-1.amazonaws.com",
        region="eu-central-1",
        service=action.partition(":")[0],
        operation=action.partition(":")[2],
        code=code,
        message=message,
        is_encoded=is_encoded,
        request_id="0f06-71b4",
    )
    return AwsRead(action=action, keys_of="web-identity", answer=answer, essential=essential)


def denial(reason: str = "", *, who: str = WHO, action: str = "ec2:DescribeSubnets") -> str:
    """The text of a denial."""
    return f"User: {who} is not authorized to perform: {action} {reason}".strip()


def reached(
    service: str = "ec2",
    ending: Ending = Ending.CONNECTED,
    *,
    address: str | None = "198.51.100.20",
    milliseconds: float = 3200.0,
    flag: str | None = None,
    handshake: Handshake | None = None,
) -> ReachedEndpoint:
    """One endpoint and how far one gets."""
    host = f"{service}.eu-central-1.amazonaws.com"
    return ReachedEndpoint(
        endpoint=AwsEndpoint(service=service, region="eu-central-1", host=host, host_from="regional"),
        connection=Connection(host=host, port=443, address=address, ending=ending, milliseconds=milliseconds),
        handshake=handshake,
        optional_flag=flag,
    )
