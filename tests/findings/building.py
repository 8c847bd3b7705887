"""Evidence made by hand: a pod with Pod Identity, of which a test changes what it is about."""

from collections.abc import Iterable

from probe.evidence import Claims as TokenClaims
from probe.evidence import (
    Connection,
    ContainerVariables,
    CredentialsAnswer,
    Ending,
    Evidence,
    Exchange,
    Facts,
    FileFacts,
    FileState,
    Given,
    Outcome,
    Phases,
    PlainAnswer,
    Pod,
    Process,
    Step,
    TokenFile,
    Wanted,
)
from probe.evidence.container_text import ContainerText
from probe.findings.case import Case, Rule
from probe.report import Finding

NOW = 1_800_000_000.0
URL = "http://169.254.170.23/v1/credentials"
TOKEN_PATH = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token"
POD = Pod(
    namespace="kube-system",
    service_account="aws-load-balancer-controller",
    name="aws-load-balancer-controller-7d4f8",
    node="ip-10-0-1-23.eu-central-1.compute.internal",
    address_families=("ipv4",),
)
VARIABLES = {
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": URL,
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": TOKEN_PATH,
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
}
AGENT = ContainerVariables(
    full_uri=URL, used="full", url=URL, host="169.254.170.23", port=80, host_class="eks-ipv4", token_file=TOKEN_PATH
)
CLAIMS = TokenClaims(
    issuer="https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE",
    subject="system:serviceaccount:kube-system:aws-load-balancer-controller",
    audiences=("pods.eks.amazonaws.com",),
    expires=int(NOW) + 80_000,
)
TOKEN = TokenFile(file=FileFacts(path=TOKEN_PATH, state=FileState.READ, size=1000), claims=CLAIMS)
CONNECTED = Connection(host="169.254.170.23", port=80, ending=Ending.CONNECTED, milliseconds=0.4)


QUICK = Phases(connected=1.0, sent=1.1, first_byte=5.0, complete=5.1)


def exchange(
    status: int | None = None,
    ending: Ending = Ending.ANSWERED,
    *,
    url: str | None = URL,
    phases: Phases = QUICK,
    server: str | None = None,
    content_type: str | None = None,
) -> Exchange:
    """One GET of the agent."""
    return Exchange(
        method="GET",
        url=url or "",
        status=status,
        ending=ending,
        phases=phases,
        server=server,
        content_type=content_type,
    )


def plain(
    status: int | None = 400,
    kind: ContainerText | None = ContainerText.TOKEN_EMPTY,
    *,
    ending: Ending = Ending.ANSWERED,
    server: str | None = None,
    content_type: str | None = None,
) -> PlainAnswer:
    """The answer to the request without a token; the agent's own unless told otherwise."""
    return PlainAnswer(exchange=exchange(status, ending, server=server, content_type=content_type), text_kind=kind)


def keys(
    *, phases: Phases = QUICK, missing: tuple[str, ...] = (), earlier: Exchange | None = None
) -> CredentialsAnswer:
    """The answer that holds credentials."""
    return CredentialsAnswer(
        exchange=exchange(200, phases=phases),
        access_key_hint="…1234",
        has_keys=True,
        missing_fields=missing,
        earlier=earlier,
    )


def refusal(
    status: int, kind: ContainerText | None, code: str | None = None, detail: str | None = None
) -> CredentialsAnswer:
    """The answer to the request with the token that is no credentials."""
    return CredentialsAnswer(exchange=exchange(status), text_kind=kind, code=code, detail=detail)


def step(
    step_id: str, facts: Facts | None, outcome: Outcome = Outcome.OK, seconds: float = 0.01, reason: str | None = None
) -> Step:
    """One step of a walk."""
    return Step(id=step_id, outcome=outcome, facts=facts, duration_ms=seconds * 1000, reason=reason)


def pod_identity(
    credentials: CredentialsAnswer | None = None,
    *,
    liveness: PlainAnswer | None = None,
    connection: Connection | None = CONNECTED,
    token: TokenFile | None = TOKEN,
    container: ContainerVariables = AGENT,
    seconds: float = 0.01,
    more: Iterable[Step] = (),
    variables: dict[str, str] | None = None,
    here: Pod = POD,
) -> Case:
    """A pod with Pod Identity. Steps whose facts are None are not there."""
    connected = connection is not None and connection.ending is Ending.CONNECTED
    facts: dict[str, Facts | None] = {
        "container.variables": container,
        "container.token": token,
        "container.connect": connection,
        "container.agent": (liveness or plain()) if connected and container.is_agent else liveness,
        "container.credentials": credentials,
    }
    steps = [step(name, value, seconds=seconds) for name, value in facts.items() if value is not None]
    return pod(*steps, *more, variables=variables, here=here)


def pod(*steps: Step, variables: dict[str, str] | None = None, here: Pod = POD, wanted: str | None = None) -> Case:
    """A pod with these steps and no others."""
    given = Given(
        variables=VARIABLES if variables is None else variables,
        process=Process(user=65532, group=65532),
        pod=here,
        clock=NOW,
    )
    return Case(Evidence(given=given, steps=steps, wanted=Wanted(source=wanted)))


def judged(case: Case, rules: Iterable[Rule]) -> dict[str, Finding]:
    """Every finding of these rules by its code. Fails when one code is found twice."""
    found = [finding for rule in rules for finding in rule(case)]
    assert len({finding.code for finding in found}) == len(found)
    return {finding.code: finding for finding in found}
