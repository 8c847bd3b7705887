"""Pods made of parts: each part is what one source looks like in evidence, working unless a test says otherwise."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from probe.evidence import (
    Attempts,
    Connection,
    Connections,
    ContainerVariables,
    CredentialsAnswer,
    Ending,
    Evidence,
    Exchange,
    Facts,
    FileFacts,
    FileProblem,
    FileState,
    Given,
    Handshake,
    Handshakes,
    ImdsVariables,
    KeysInEnvironment,
    NameLookup,
    NameLookups,
    Outcome,
    Phases,
    PlainAnswer,
    Process,
    ProfileFacts,
    RoleListing,
    SharedFiles,
    Step,
    StsAnswer,
    StsAnswers,
    StsEndpoint,
    TokenFile,
    WebIdentityVariables,
)
from probe.parse.endpoint import ContainerUri, read_container_uri
from probe.report import Prediction
from probe.sdks import MODELS
from probe.sdks.versions import covers

NOW = 1_800_000_000.0
ROLE_ARN = "arn:aws:iam::111122223333:role/controller"
TOKEN_FILE = "/var/run/secrets/eks.amazonaws.com/serviceaccount/token"
AGENT_TOKEN_FILE = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token"
AGENT_URI = "http://169.254.170.23/v1/credentials"
REGION = "eu-central-1"
REGIONAL, GLOBAL = f"sts.{REGION}.amazonaws.com", "sts.amazonaws.com"
ENVIRONMENT_HINT, PROFILE_HINT, AGENT_HINT, NODE_HINT = "…ENVI", "…PROF", "…AGNT", "…NODE"
NEWEST = "9999"
SDKS = ("botocore", "go-v1", "go-v2", "js-v3", "java-v2", "rust")


@dataclass(frozen=True)
class Part:
    """What one source adds to a pod."""

    variables: Mapping[str, str] = field(default_factory=dict)
    hidden: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()


def step(step_id: str, facts: Facts | None = None, outcome: Outcome = Outcome.OK, milliseconds: float = 5.0) -> Step:
    return Step(id=step_id, outcome=outcome, facts=facts, duration_ms=milliseconds)


def pod(*parts: Part, **variables: str | None) -> Evidence:
    """Put parts together. Where two tell the same step, the later one holds. There are no shared files unless told.

    A variable of None is taken away.
    """
    given = {name: value for name, value in variables.items() if value is not None}
    told = [Part(steps=(step("shared-config.files", outcome=Outcome.ABSENT),)), *parts, Part(variables=given)]
    steps = {one.id: one for part in told for one in part.steps}
    return Evidence(
        given=Given(
            variables={
                name: value
                for part in told
                for name, value in part.variables.items()
                if name not in variables or name in given
            },
            hidden_variables={name: value for part in told for name, value in part.hidden.items()},
            process=Process(user=65532, group=65532),
            clock=NOW,
        ),
        steps=tuple(steps.values()),
    )


def asked(sdk: str, evidence: Evidence, version: str = NEWEST) -> Prediction:
    """Return what one release of one SDK would do."""
    model = next(model for model in MODELS if sdk == model.SDK)
    predictions: tuple[Prediction, ...] = model.predict(evidence)
    return next(one for one in predictions if covers(one.versions, version))


def said(sdk: str, evidence: Evidence, version: str = NEWEST) -> str:
    """Return the same in a few words, such as `credentials imds` or `none`."""
    one = asked(sdk, evidence, version)
    return " ".join(filter(None, (one.outcome, one.source)))


def without(part: Part, *step_ids: str) -> Part:
    """Leave out steps, as a walk that was cut short does."""
    return replace(part, steps=tuple(one for one in part.steps if one.id not in step_ids))


# Environment and files


def keys(*names: str) -> Part:
    names = names or ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    has_id = "AWS_ACCESS_KEY_ID" in names
    facts = KeysInEnvironment(
        access_key_hint=ENVIRONMENT_HINT if has_id else None,
        has_access_key=has_id,
        has_secret="AWS_SECRET_ACCESS_KEY" in names,
    )
    return Part(hidden=dict.fromkeys(names, "set"), steps=(step("environment.keys", facts),))


def files(*profiles: ProfileFacts, problems: Iterable[FileProblem] = ()) -> Part:
    facts = SharedFiles(
        config=FileFacts(path="/root/.aws/config", state=FileState.READ),
        credentials=FileFacts(path="/root/.aws/credentials", state=FileState.READ),
        profiles=profiles,
        problems=tuple(problems),
    )
    return Part(steps=(step("shared-config.files", facts),))


def profile(name: str = "default", file: str = "credentials", *, has: str = "", **settings: str) -> ProfileFacts:
    """Make a profile; `has` names keys whose values are no evidence, separated by blanks."""
    names = (*has.split(), *settings)
    return ProfileFacts(
        file=file,
        name=name,
        line=1,
        keys=names,
        settings=settings,
        access_key_hint=PROFILE_HINT if "aws_access_key_id" in names else None,
    )


PAIR = "aws_access_key_id aws_secret_access_key"


def static_profile(name: str = "default", file: str = "credentials") -> ProfileFacts:
    return profile(name, file, has=PAIR)


def role_profile(name: str = "default", **settings: str) -> ProfileFacts:
    return profile(name, "config", role_arn=ROLE_ARN, **settings)


# Web identity

SENT = Phases(connected=1.0, sent=1.5, first_byte=30.0, complete=31.0)


def exchange(
    status: int | None = 200, ending: Ending = Ending.ANSWERED, seconds: float = 0.01, url: str = "http://x/"
) -> Exchange:
    first_byte = None if status is None else 1.5 + seconds * 1000
    phases = Phases(connected=1.0, sent=1.5, first_byte=first_byte, complete=first_byte)
    return Exchange(method="GET", url=url, ending=ending, status=status, phases=phases)


def sts_answer(code: str | None = None, message: str = "said STS", *, status: int = 403) -> StsAnswer:
    """Make STS' answer: keys without a code."""
    return StsAnswer(
        exchange=exchange(200 if code is None else status, url=f"https://{REGIONAL}/"),
        endpoint=REGIONAL,
        region=REGION,
        code=code,
        message=message if code else None,
        arn=None if code else "arn:aws:sts::111122223333:assumed-role/controller/session",
        access_key_hint=None if code else "…STSK",
    )


def mute_sts() -> StsAnswer:
    return replace(sts_answer(), exchange=exchange(None, Ending.NO_ANSWER), arn=None, access_key_hint=None)


def web_identity(
    answer: StsAnswer | None = None,
    *,
    token: TokenFile | None = None,
    told_by: str = "environment",
    host: str = REGIONAL,
    host_from: str = "regional",
) -> Part:
    """Make a walked IRSA. The token file and STS work unless told."""
    facts = WebIdentityVariables(
        role_arn=ROLE_ARN,
        token_file=TOKEN_FILE,
        told_by=told_by,
        endpoint=StsEndpoint(region=REGION, region_from="AWS_REGION", host=host, host_from=host_from),
    )
    in_environment = {"AWS_ROLE_ARN": ROLE_ARN, "AWS_WEB_IDENTITY_TOKEN_FILE": TOKEN_FILE}
    regions = {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION, "AWS_STS_REGIONAL_ENDPOINTS": "regional"}
    return Part(
        variables={**(in_environment if told_by == "environment" else {}), **regions},
        steps=(
            step("web-identity.variables", facts),
            step("web-identity.token", token or token_file()),
            step("web-identity.dns", NameLookups(used=name(host), other=name(GLOBAL))),
            step("web-identity.connect", Connections(used=connection(host), other=connection(GLOBAL))),
            step("web-identity.tls", Handshakes(used=Handshake(host=host, ending=Ending.CONNECTED))),
            step("web-identity.assume-role", StsAnswers(first=answer or sts_answer())),
        ),
    )


def token_file(state: FileState = FileState.READ, *problems: str, path: str = TOKEN_FILE) -> TokenFile:
    return TokenFile(file=FileFacts(path=path, state=state), problems=problems)


def name(host: str, error: Ending | None = None) -> NameLookup:
    return NameLookup(host=host, addresses=() if error else ("198.51.100.10",), error=error)


def connection(
    host: str, ending: Ending = Ending.CONNECTED, port: int = 443, *, via_proxy: str | None = None
) -> Connection:
    return Connection(host=host, port=port, address="198.51.100.10", ending=ending, via_proxy=via_proxy)


# Container


def container(
    answer: CredentialsAnswer | None = None,
    *,
    uri: str = AGENT_URI,
    token: TokenFile | None = None,
    connected: Ending = Ending.CONNECTED,
    resolved: tuple[str, ...] = (),
    waited: float = 10.0,
) -> Part:
    """Make a walked Pod Identity. Agent and token file work unless told."""
    read = read_container_uri(uri, "full")
    host = read.host if isinstance(read, ContainerUri) else ""
    return Part(
        variables={
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": uri,
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": AGENT_TOKEN_FILE,
        },
        steps=(
            step("container.variables", ContainerVariables(full_uri=uri, used="full", url=uri, host=host)),
            step("container.token", token or token_file(path=AGENT_TOKEN_FILE)),
            step("container.connect", Connection(host=host, port=80, ending=connected, resolved=resolved)),
            step("container.agent", PlainAnswer(exchange=exchange(400), text_kind="agent-token-empty")),
            step("container.credentials", answer or keys_answer(AGENT_HINT), milliseconds=waited * 1000),
        ),
    )


def relative(path: str = "/v2/credentials/EXAMPLE", answer: CredentialsAnswer | None = None) -> Part:
    """Make a walked ECS endpoint without a token."""
    part = container(answer or keys_answer("…ECSK"), uri="http://169.254.170.2/")
    facts = ContainerVariables(relative_uri=path, used="relative", host="169.254.170.2")
    return Part(
        variables={"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": path},
        steps=(step("container.variables", facts), *without(part, "container.variables", "container.token").steps),
    )


def keys_answer(hint: str = NODE_HINT, *missing: str, seconds: float = 0.01) -> CredentialsAnswer:
    return CredentialsAnswer(
        exchange=exchange(200, seconds=seconds),
        access_key_hint=hint,
        expires=NOW + 3600,
        missing_fields=missing,
        has_keys=not {"AccessKeyId", "SecretAccessKey"} & set(missing),
    )


def refusal(status: int, code: str | None = None) -> CredentialsAnswer:
    return CredentialsAnswer(exchange=exchange(status), code=code)


def no_answer(ending: Ending = Ending.NO_ANSWER) -> CredentialsAnswer:
    return CredentialsAnswer(exchange=exchange(None, ending))


# IMDS


def imds(
    put: int | Ending = 200,
    tokenless: int | Ending = 401,
    *,
    connected: Ending = Ending.CONNECTED,
    role: int = 200,
    answer: CredentialsAnswer | None = None,
    put_seconds: float = 0.002,
) -> Part:
    """Make a walked IMDS: a token, tokens required, a role and its keys unless told."""
    variables = ImdsVariables(endpoint="http://169.254.169.254", host="169.254.169.254")
    steps = [
        step("imds.variables", variables),
        step("imds.connect", connection("169.254.169.254", connected, 80)),
    ]
    if connected is Ending.CONNECTED:
        got = put == 200
        steps += [
            step("imds.tokenless", Attempts(exchanges=(_tried(tokenless),))),
            step("imds.token", Attempts(exchanges=(_tried(put, put_seconds),)), Outcome.OK if got else Outcome.FAIL),
        ]
        if got or tokenless == 200:
            listing = RoleListing(exchange=exchange(role), role="node" if role == 200 else None, with_token=got)
            steps.append(step("imds.role", listing))
        if (got or tokenless == 200) and role == 200:
            steps.append(step("imds.credentials", answer or keys_answer()))
    return Part(steps=tuple(steps))


def _tried(how: int | Ending, seconds: float = 0.002) -> Exchange:
    return exchange(None, how) if isinstance(how, Ending) else exchange(how, seconds=seconds)


NO_IMDS = imds(connected=Ending.CONNECT_TIMEOUT)
