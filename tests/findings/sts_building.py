"""Evidence made by hand: a pod with web identity, of which a test changes what it is about."""

from dataclasses import dataclass, field, replace

from probe.evidence import (
    Claims,
    Connection,
    Connections,
    Ending,
    Exchange,
    Facts,
    FileFacts,
    FileState,
    Handshake,
    Handshakes,
    KeysInEnvironment,
    NameLookup,
    NameLookups,
    Outcome,
    Phases,
    Step,
    StsAnswer,
    StsAnswers,
    StsEndpoint,
    TokenFile,
    WebIdentityVariables,
)
from probe.findings.case import Case
from tests.findings.building import NOW, step

HOST = "sts.eu-central-1.amazonaws.com"
GLOBAL = "sts.amazonaws.com"
ROLE = "arn:aws:iam::111122223333:role/load-balancer-controller"
SESSION = "arn:aws:sts::111122223333:assumed-role/load-balancer-controller/credential-probe"
ISSUER = "https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE"
SUBJECT = "system:serviceaccount:kube-system:aws-load-balancer-controller"
PATH = "/var/run/secrets/eks.amazonaws.com/serviceaccount/token"
KEY_TEXT = "Couldn't retrieve verification key from your identity provider,  please reference …"
DENIED = "Not authorized to perform sts:AssumeRoleWithWebIdentity"
NO_PROVIDER = f"No OpenIDConnect provider found in your account for {ISSUER}"

REGIONAL = StsEndpoint(region="eu-central-1", region_from="AWS_REGION", host=HOST, host_from="regional")
EVERYWHERE = StsEndpoint(
    region="us-east-1", meant_region="eu-central-1", region_from="AWS_REGION", host=GLOBAL, host_from="global"
)
VARIABLES = WebIdentityVariables(
    role_arn=ROLE,
    token_file=PATH,
    told_by="environment",
    probe_session_name="credential-probe",
    endpoint=REGIONAL,
)
CLAIMS = Claims(
    issuer=ISSUER,
    subject=SUBJECT,
    audiences=("sts.amazonaws.com",),
    expires=int(NOW) + 80_000,
    issued=int(NOW) - 3600,
    not_before=int(NOW) - 3600,
    key_id="EXAMPLEKEYID",
)
FILE = FileFacts(path=PATH, state=FileState.READ, size=1200, mode="0644", owner=0, group=0, modified=NOW - 3600)
TOKEN = TokenFile(file=FILE, claims=CLAIMS)
FOUND = NameLookup(host=HOST, addresses=("198.51.100.10",), milliseconds=1.0)
FOUND_GLOBAL = NameLookup(host=GLOBAL, addresses=("198.51.100.11",), milliseconds=1.0)
OPEN = Connection(host=HOST, port=443, address="198.51.100.10", ending=Ending.CONNECTED, milliseconds=2.0)
OPEN_GLOBAL = Connection(host=GLOBAL, port=443, address="198.51.100.11", ending=Ending.CONNECTED, milliseconds=2.0)
SECURE = Handshake(host=HOST, ending=Ending.CONNECTED, issuer="Amazon, Amazon RSA 2048 M01", roots="default")
QUICK = Phases(resolved=1.0, connected=2.0, secured=8.0, sent=9.0, first_byte=20.0, complete=21.0)
SENT = Phases(resolved=1.0, connected=2.0, secured=8.0, sent=9.0)


def post(
    status: int | None = 200, ending: Ending = Ending.ANSWERED, *, phases: Phases = QUICK, skew: float | None = 0.0
) -> Exchange:
    """One POST to STS."""
    return Exchange(
        method="POST",
        url=f"https://{HOST}/",
        ending=ending,
        address="198.51.100.10",
        phases=phases,
        status=status,
        content_type="text/xml",
        clock_skew_seconds=skew if status is not None else None,
    )


def said(
    code: str | None = None,
    message: str | None = None,
    *,
    status: int = 400,
    skew: float | None = 0.0,
    recognised: bool = True,
    request_id: str | None = "00000000-0000-0000-0000-000000000000",
) -> StsAnswer:
    """An answer of STS that is a refusal."""
    return StsAnswer(
        exchange=post(status, skew=skew),
        endpoint=HOST,
        region="eu-central-1",
        code=code,
        message=message,
        recognised=recognised,
        request_id=request_id,
    )


def silent(ending: Ending, phases: Phases = SENT) -> StsAnswer:
    """A call that no answer came to."""
    return StsAnswer(exchange=post(None, ending, phases=phases), endpoint=HOST, region="eu-central-1")


GRANTED = StsAnswer(
    exchange=post(), endpoint=HOST, region="eu-central-1", arn=SESSION, access_key_hint="…SFGW", expires=NOW + 900
)
IDENTIFIED = StsAnswer(exchange=post(), endpoint=HOST, region="eu-central-1", arn=SESSION, account="111122223333")


@dataclass(frozen=True, kw_only=True)
class Irsa:
    """What the web identity steps left behind; None for a step that was skipped."""

    variables: WebIdentityVariables = VARIABLES
    token: TokenFile | None = TOKEN
    lookups: NameLookups | None = field(default_factory=lambda: NameLookups(used=FOUND, other=FOUND_GLOBAL))
    connections: Connections | None = field(default_factory=lambda: Connections(used=OPEN, other=OPEN_GLOBAL))
    handshake: Handshake | None = SECURE
    answers: StsAnswers | None = None
    identity: StsAnswers | None = None
    seconds: float = 0.05

    def steps(self) -> tuple[Step, ...]:
        """Return the steps of a walk."""
        facts: dict[str, Facts | None] = {
            "web-identity.variables": self.variables,
            "web-identity.token": self.token,
            "web-identity.dns": self.lookups,
            "web-identity.connect": self.connections,
            "web-identity.tls": Handshakes(used=self.handshake) if self.handshake else None,
            "web-identity.assume-role": self.answers,
            "identity.web-identity": self.identity,
        }
        return tuple(
            step(name, value, _outcome(value), seconds=self.seconds)
            if value is not None
            else step(name, None, Outcome.SKIPPED, reason="skipped by the test")
            for name, value in facts.items()
        )


def _outcome(facts: Facts) -> Outcome:
    """The outcome that the source would have recorded for the steps whose outcome rules look at."""
    broken = (
        (isinstance(facts, NameLookups) and facts.used.error is not None)
        or (isinstance(facts, Connections) and facts.used.ending is not Ending.CONNECTED)
        or (isinstance(facts, Handshakes) and facts.used.ending is not Ending.CONNECTED)
        or (isinstance(facts, StsAnswers) and not (facts.second or facts.first).succeeded)
    )
    return Outcome.FAIL if broken else Outcome.OK


def answered(code: str | None = None, message: str | None = None, *, status: int = 400) -> StsAnswers:
    """One refusal."""
    return StsAnswers(first=said(code, message, status=status))


def healthy() -> Irsa:
    """Web identity that works."""
    return Irsa(answers=StsAnswers(first=GRANTED), identity=StsAnswers(first=IDENTIFIED))


def keys_in_environment(*answers: StsAnswer, seconds: float = 0.05) -> tuple[Step, ...]:
    """Static keys and what STS said of them."""
    keys = KeysInEnvironment(access_key_hint="…1234", has_access_key=True, has_secret=True)
    told = StsAnswers(first=answers[0], second=answers[1] if len(answers) > 1 else None)
    return (
        step("environment.keys", keys),
        step("identity.environment", told, _outcome(told), seconds=seconds),
    )


def with_clock(case: Case, seconds: float) -> Case:
    """The same case by a local clock that shows another time."""
    return Case(replace(case.evidence, given=replace(case.given, clock=case.given.clock + seconds)))
