"""Reports made by hand, one of each standing, for tests of the tellers."""

from dataclasses import replace

from probe.evidence import (
    CHAIN_ORDER,
    OPTIONAL,
    Attempts,
    Claims,
    Connection,
    Connections,
    Ending,
    Evidence,
    Exchange,
    FileFacts,
    FileState,
    Given,
    ImdsVariables,
    NameLookup,
    NameLookups,
    Outcome,
    Pod,
    Process,
    Route,
    Router,
    Source,
    Step,
    StsAnswer,
    StsAnswers,
    TokenFile,
    WebIdentityVariables,
)
from probe.findings.catalogue.entry import Severity
from probe.report import (
    Certainty,
    Expected,
    Finding,
    Identity,
    Prediction,
    Remedy,
    Report,
    Tool,
    Verdict,
)

CLOCK = 1_767_225_600.5
ROLE = "arn:aws:iam::111122223333:role/aws-load-balancer-controller"
CALLER = "arn:aws:sts::111122223333:assumed-role/aws-load-balancer-controller/credential-probe-alb"
COMMAND = (
    "aws ec2 modify-instance-metadata-options --region eu-central-1 --instance-id i-0123456789EXAMPLE0 "
    "--http-put-response-hop-limit 2 --http-endpoint enabled"
)
STATEMENT = '{\n  "Effect": "Allow",\n  "Action": "sts:AssumeRoleWithWebIdentity"\n}'
PUT = Exchange(
    method="PUT",
    url="http://169.254.169.254/latest/api/token",
    ending=Ending.NO_ANSWER,
    request_acknowledged=True,
)
GET = Exchange(
    method="GET",
    url="http://169.254.169.254/latest/meta-data/",
    ending=Ending.ANSWERED,
    status=401,
    server="EC2ws",
)
GIVEN = Given(
    variables={"AWS_REGION": "eu-central-1"},
    process=Process(user=65532, group=65532),
    pod=Pod(
        namespace="kube-system",
        service_account="aws-load-balancer-controller",
        name="aws-load-balancer-controller-7d4f8",
        node="ip-10-0-1-23.eu-central-1.compute.internal",
    ),
    clock=CLOCK,
)


def steps(**done: Step) -> tuple[Step, ...]:
    """Return a whole chain; what is not given is not configured. Ids are written with `__` for the dot, `_` for `-`."""
    by_id = {name.replace("__", ".").replace("_", "-"): step for name, step in done.items()}
    always = (step_id for step_id in CHAIN_ORDER if step_id not in OPTIONAL)
    absent = (Step(id=step_id, outcome=Outcome.ABSENT, reason="not configured") for step_id in always)
    return tuple(replace(by_id[step.id], id=step.id) if step.id in by_id else step for step in absent)


def done(facts: object, outcome: Outcome = Outcome.OK, milliseconds: float = 1.3) -> Step:
    """Return a step that ran."""
    # The facts are of any step.
    return Step(id="", outcome=outcome, started_ms=0.0, duration_ms=milliseconds, facts=facts)  # type: ignore[arg-type]


def skipped(reason: str) -> Step:
    """Return a step that was left out."""
    return Step(id="", outcome=Outcome.SKIPPED, reason=reason)


HOP_LIMIT_STEPS = steps(
    imds__variables=done(ImdsVariables(endpoint="http://169.254.169.254", host="169.254.169.254"), milliseconds=0.1),
    imds__route=done(Route(address="169.254.169.254", hops=2, routers=(Router(distance=1, address="10.0.1.1"),))),
    imds__connect=done(Connection(host="169.254.169.254", port=80, ending=Ending.CONNECTED)),
    imds__tokenless=done(Attempts(exchanges=(GET, GET)), milliseconds=1204),
    imds__token=done(Attempts(exchanges=(PUT, PUT)), Outcome.FAIL, milliseconds=1204),
    imds__role=skipped("no token"),
    imds__credentials=skipped("no token"),
    imds__metadata=skipped("no token"),
    identity__imds=skipped("no token"),
)
HOP_LIMIT = Finding(
    code="imds-hop-limit",
    severity=Severity.ERROR,
    certainty=Certainty.CERTAIN,
    source="imds",
    step="imds.token",
    summary="IMDS is up, and its answer to the token PUT dies one hop before this pod: the hop limit must be 2.",
    evidence=(
        "PUT http://169.254.169.254/latest/api/token: no answer in 1200 ms",
        "GET http://169.254.169.254/latest/meta-data/: status 401 in 1 ms, Server: EC2ws",
    ),
    told_apart_from=("imds-stalled: The GET is not answered either.",),
    remedies=(
        Remedy(text="Raise the hop limit of this instance.", command=COMMAND, tool=Tool.AWS, privileged=True),
        Remedy(text="Let the role trust this token.", command=STATEMENT, tool=Tool.TEXT, privileged=True),
    ),
)
REACHABLE = Finding(
    code="endpoint-override",
    severity=Severity.WARNING,
    certainty=Certainty.LIKELY,
    source=None,
    step=None,
    summary="AWS_ENDPOINT_URL sends every SDK elsewhere.",
    becomes_certain_with="The Deployment's own environment.",
    sdks=("go-v2", "botocore"),
)
SDKS = (
    Prediction(
        sdk="botocore",
        versions="all",
        outcome="none",
        error="Unable to locate credentials",
        because="IMDS gave no token.",
    ),
    Prediction(
        sdk="go-v2",
        versions=">=1.16",
        outcome="error",
        error="no EC2 IMDS role found, …, context deadline exceeded",
        because="The token PUT timed out.",
    ),
    Prediction(
        sdk="go-v1",
        versions="all",
        outcome="credentials",
        source="imds",
        access_key_hint="…MPLE",
        because="It falls back to a GET without a token.",
    ),
    Prediction(sdk="rust", versions="all", outcome="unknown", because="The walk was cut."),
)


def broken() -> Report:
    """Return a pod that depends on IMDS and cannot get a token."""
    return Report(
        version="0.1.0",
        started=CLOCK,
        duration_ms=1310.4,
        verdict=Verdict(
            code=HOP_LIMIT.code,
            exit_code=54,
            certainty=Certainty.CERTAIN,
            summary=HOP_LIMIT.summary,
            source="imds",
            expected=Expected(source="imds", because="nothing else is configured, so every SDK ends at IMDS"),
        ),
        findings=(HOP_LIMIT, REACHABLE),
        sdks=SDKS,
        evidence=Evidence(given=GIVEN, steps=HOP_LIMIT_STEPS, duration_ms=1310.4),
    )


def good() -> Report:
    """Return a pod whose web identity works."""
    evidence = Evidence(given=GIVEN, steps=_web_identity_steps(), duration_ms=88.0)
    return Report(
        version="0.1.0",
        started=CLOCK,
        duration_ms=88.0,
        verdict=Verdict(
            code=None,
            exit_code=0,
            certainty=None,
            summary=f"The web identity (IRSA) credentials work: {CALLER}.",
            source="web-identity",
            identity=Identity(arn=CALLER, account="111122223333"),
            expected=Expected(source="web-identity", role_arn=ROLE, inferred=False, because="--expect says so"),
        ),
        findings=(),
        sdks=(),
        evidence=evidence,
    )


def undecided() -> Report:
    """Return a walk that was cut."""
    report = good()
    verdict = Verdict(
        code="walk-cut",
        exit_code=8,
        certainty=None,
        summary="Could not find out whether the web identity (IRSA) credentials work.",
        source="web-identity",
        expected=report.verdict.expected,
    )
    return replace(report, verdict=verdict)


def cut() -> Evidence:
    """Return a walk that came to its deadline before web identity could be tried."""
    begun = steps(web_identity__variables=done(WebIdentityVariables(role_arn=ROLE, token_file="/token")))
    reason = "the deadline of 1 s had passed"
    ended = (
        replace(step, outcome=Outcome.SKIPPED, reason=reason)
        if step.source is Source.WEB_IDENTITY and not step.is_done
        else step
        for step in begun
    )
    return Evidence(given=GIVEN, steps=tuple(ended), deadline_seconds=1.0)


def _web_identity_steps() -> tuple[Step, ...]:
    host = "sts.eu-central-1.amazonaws.com"
    post = Exchange(method="POST", url=f"https://{host}/", ending=Ending.ANSWERED, status=200)
    answer = StsAnswer(exchange=post, endpoint=host, region="eu-central-1", arn=CALLER, access_key_hint="…MPLE")
    token = TokenFile(
        file=FileFacts(path="/var/run/secrets/eks.amazonaws.com/serviceaccount/token", state=FileState.READ),
        claims=Claims(
            issuer="https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE",
            audiences=("sts.amazonaws.com",),
            expires=int(CLOCK) + 82_800,
        ),
    )
    return steps(
        # The token made above has a file.
        web_identity__variables=done(WebIdentityVariables(role_arn=ROLE, token_file=token.file.path)),  # type: ignore[union-attr]
        web_identity__token=done(token),
        web_identity__dns=done(NameLookups(used=NameLookup(host=host, addresses=("198.51.100.10",)))),
        web_identity__connect=done(Connections(used=Connection(host=host, port=443, ending=Ending.CONNECTED))),
        web_identity__assume_role=done(StsAnswers(first=answer), milliseconds=40.2),
        identity__web_identity=done(StsAnswers(first=answer)),
        imds__connect=done(
            Connection(host="169.254.169.254", port=80, ending=Ending.CONNECT_TIMEOUT), Outcome.FAIL, 1300.0
        ),
    )
