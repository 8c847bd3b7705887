"""Evidence of an IMDS made by hand: what each PUT and GET met, and what followed."""

from collections.abc import Iterable, Mapping

from probe.evidence import (
    Attempts,
    Connection,
    CredentialsAnswer,
    Ending,
    Evidence,
    Exchange,
    Facts,
    Given,
    ImdsVariables,
    InstanceMetadata,
    Outcome,
    Phases,
    Pod,
    Process,
    RoleListing,
    Route,
    Router,
    Step,
    StsAnswer,
    StsAnswers,
    Wanted,
)
from probe.findings import imds
from probe.findings.case import Case
from probe.report import Certainty, Finding

NOW = 1_800_000_000.0
EC2 = "EC2ws"
ADDRESS = "169.254.169.254"
PATIENCE_MS = 1206.0
POD = Pod(
    namespace="kube-system",
    service_account="aws-load-balancer-controller",
    name="aws-load-balancer-controller-7d4f8",
    node="ip-10-0-1-23.eu-central-1.compute.internal",
)
VARIABLES = ImdsVariables(endpoint=f"http://{ADDRESS}", host=ADDRESS)
CONNECTED = Connection(host=ADDRESS, port=80, address=ADDRESS, ending=Ending.CONNECTED, milliseconds=0.6)
TWO_HOPS = Route(address=ADDRESS, hops=2, routers=(Router(distance=1, address="10.0.0.1"),))
IRSA = "arn:aws:sts::111122223333:assumed-role/load-balancer-controller/credential-probe"
NODE = "arn:aws:sts::111122223333:assumed-role/node-role/i-0123456789EXAMPLE0"


def answered(
    method: str,
    status: int,
    *,
    server: str | None = EC2,
    ms: float = 3.0,
    content_type: str | None = None,
    ending: Ending = Ending.ANSWERED,
    skew: float | None = None,
    size: int = 56,
) -> Exchange:
    """A request with an answer."""
    return Exchange(
        method=method,
        url=f"http://{ADDRESS}/latest/",
        ending=ending,
        status=status,
        server=server,
        content_type=content_type,
        body_bytes=size,
        clock_skew_seconds=skew,
        phases=Phases(connected=0.5, sent=0.6, first_byte=0.5 + ms, complete=0.6 + ms),
    )


def unanswered(method: str, ending: Ending = Ending.NO_ANSWER, *, acknowledged: bool | None = True) -> Exchange:
    """A request without one."""
    return Exchange(
        method=method,
        url=f"http://{ADDRESS}/latest/",
        ending=ending,
        request_acknowledged=acknowledged if ending is Ending.NO_ANSWER else None,
        phases=Phases(connected=0.5, sent=0.6),
    )


def put(status: int | None = None, **more: object) -> Exchange:
    """A token PUT that is answered with a status, or, without one, stalls."""
    return unanswered("PUT") if status is None else answered("PUT", status, **more)  # type: ignore[arg-type]  # as above


def get(status: int | None = None, **more: object) -> Exchange:
    """A GET without a token."""
    return unanswered("GET") if status is None else answered("GET", status, **more)  # type: ignore[arg-type]  # as above


STALLED = (put(), put())
ANSWERED = (get(401), get(401))


def listing(status: int = 200, role: str | None = "node-role", **more: object) -> RoleListing:
    """What the role listing said."""
    one = answered("GET", status, size=len(role or ""))
    return RoleListing(exchange=one, role=role if status == 200 else None, **more)  # type: ignore[arg-type]  # as above


def keys(**more: object) -> CredentialsAnswer:
    """Keys of the role, good for hours."""
    told: dict[str, object] = {
        "exchange": answered("GET", 200, skew=0.0),
        "access_key_hint": "…1234",
        "expires": NOW + 20_000,
        "code": "Success",
        "has_keys": True,
    }
    return CredentialsAnswer(**{**told, **more})  # type: ignore[arg-type]  # as above


def confirmed(arn: str) -> StsAnswers:
    """STS knows the keys."""
    url = "https://sts.eu-central-1.amazonaws.com/"
    one = Exchange(method="POST", url=url, ending=Ending.ANSWERED, status=200)
    return StsAnswers(
        first=StsAnswer(exchange=one, endpoint="sts.eu-central-1.amazonaws.com", region="eu-central-1", arn=arn)
    )


def step(step_id: str, facts: Facts | None, outcome: Outcome, ms: float = 3.0, reason: str | None = None) -> Step:
    """One step of a walk."""
    return Step(id=step_id, facts=facts, outcome=outcome, duration_ms=ms, reason=reason)


def imds_steps(
    *,
    puts: Iterable[Exchange] = (),
    gets: Iterable[Exchange] = (),
    token: bool = False,
    ttl_repeated: bool = True,
    waited_ms: float = PATIENCE_MS,
    connection: Connection | None = CONNECTED,
    route: Route | None = None,
    variables: ImdsVariables = VARIABLES,
    role: RoleListing | None = None,
    credentials: CredentialsAnswer | None = None,
    instance: InstanceMetadata | None = None,
    identity: StsAnswers | None = None,
) -> tuple[Step, ...]:
    """The IMDS steps of a walk; what is None was not walked."""
    puts, gets = tuple(puts), tuple(gets)
    steps = [step("imds.variables", variables, Outcome.FAIL if variables.problem else Outcome.OK)]
    if route is not None:
        steps.append(step("imds.route", route, Outcome.OK if route.hops else Outcome.SKIPPED))
    if connection is not None:
        fine = connection.ending is Ending.CONNECTED
        steps.append(step("imds.connect", connection, Outcome.OK if fine else Outcome.FAIL))
    if gets:
        steps.append(step("imds.tokenless", Attempts(exchanges=gets), Outcome.OK, waited_ms))
    if puts:
        facts = Attempts(exchanges=puts, ttl_repeated=ttl_repeated if token else None)
        steps.append(step("imds.token", facts, Outcome.OK if token else Outcome.FAIL, waited_ms))
    if role is not None:
        steps.append(step("imds.role", role, Outcome.OK if role.role else Outcome.FAIL))
    if credentials is not None:
        steps.append(step("imds.credentials", credentials, Outcome.OK if credentials.has_keys else Outcome.FAIL))
    if instance is not None:
        steps.append(step("imds.metadata", instance, Outcome.OK))
    if identity is not None:
        steps.append(step("identity.imds", identity, Outcome.OK))
    return tuple(steps)


def pod(
    *steps: Step, wanted: str | None = None, variables: Mapping[str, str] | None = None, here: Pod = POD
) -> Evidence:
    """A pod with these steps and no others."""
    given = Given(variables=variables or {}, process=Process(user=65532, group=65532), pod=here, clock=NOW)
    return Evidence(given=given, steps=steps, wanted=Wanted(source=wanted))


def found(evidence: Evidence) -> dict[str, Finding]:
    """Every finding of the IMDS rules by its code. Fails when one code is found twice."""
    case = Case(evidence)
    findings = [finding for rule in imds.RULES for finding in rule(case)]
    assert len({finding.code for finding in findings}) == len(findings)
    return {finding.code: finding for finding in findings}


def verdicts(evidence: Evidence) -> dict[str, Certainty]:
    """Codes and certainties."""
    return {code: finding.certainty for code, finding in found(evidence).items()}
