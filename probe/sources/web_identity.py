"""Web identity (IRSA): variables, token file, the way to STS step by step, and the exchange of token for keys."""

import re
import time
from dataclasses import field

from probe.credentials import Credentials
from probe.evidence import (
    ArnFault,
    FileState,
    Outcome,
    StsAnswer,
    StsAnswers,
    StsEndpoint,
    TokenFile,
    WebIdentityVariables,
)
from probe.parse.arn import ArnProblem, read_role_arn
from probe.parse.token import TokenProblem, read_projected_token
from probe.records import dataclass
from probe.secret import Secret, printable, without_key_shapes
from probe.sources.identity import NO_STS, caller, identify
from probe.sources.sts_path import sts_endpoint
from probe.sources.token_claims import shown_claims
from probe.sources.web_identity_path import walk_path
from probe.walk import Done, Walk

TOKEN_LIMIT = 64 * 1024
"""Bytes read of a token file; STS takes 20,000 characters."""
SECOND_TRY_AFTER = 0.5
"""Seconds between the two tries where the first answer is one that passes."""
PATH_STEPS = ("web-identity.dns", "web-identity.connect", "web-identity.tls")
HOPELESS = frozenset(
    {
        TokenProblem.EMPTY,
        TokenProblem.NOT_THREE_SEGMENTS,
        TokenProblem.NOT_ASCII,
        TokenProblem.NUL_BYTE,
        TokenProblem.TOO_LONG,
        TokenProblem.HEADER_NOT_JSON,
        TokenProblem.PAYLOAD_NOT_JSON,
    }
)
"""What keeps the probe from sending the content of the file: it may be anything, and STS could only refuse it."""
PASSING = re.compile(r"Couldn't retrieve verification key")
"""A busy issuer makes STS say so for a moment (aws/aws-cli#7194), and IDPCommunicationError is made to be retried."""


@dataclass(frozen=True, kw_only=True)
class Configured:
    """The pair as the SDKs would find it."""

    role_arn: str | None
    token_file: str | None = field(repr=False)
    """As it is in the environment, undecodable bytes included: this is what is opened."""
    told_by: str
    session_name: str | None = None
    profile_role_arn: str | None = None


def walk_web_identity(walk: Walk) -> None:
    """Walk the web identity steps."""
    configured = _configured(walk)
    if configured is None:
        steps = ("web-identity.variables", "web-identity.token", *PATH_STEPS, "web-identity.assume-role")
        walk.absent(*steps, "identity.web-identity")
        return
    variables = walk.step("web-identity.variables", lambda: _variables(walk, configured)).facts
    token = _walk_token(walk, configured)
    endpoint = variables.endpoint if isinstance(variables, WebIdentityVariables) else None
    if endpoint is None:
        walk.skip("the variables were not read", *PATH_STEPS, "web-identity.assume-role", "identity.web-identity")
        return
    blocked = walk_path(walk, endpoint)
    reason = _reason_not_to_ask(walk, configured, token) or blocked
    keys: Credentials | None = None
    if reason is not None or token is None:
        walk.skip(reason or "no token", "web-identity.assume-role")
    else:
        keys = walk.step("web-identity.assume-role", lambda: _assume(walk, endpoint, configured, token)).value
    identify(walk, "web-identity", keys)


def _configured(walk: Walk) -> Configured | None:
    """Find the pair: the environment's, else the selected profile's. None where neither has any of it."""
    get, given, setting = walk.surroundings.get, walk.given.variables.get, walk.shared.setting
    role_arn, token_file = given("AWS_ROLE_ARN") or None, get("AWS_WEB_IDENTITY_TOKEN_FILE")
    if role_arn is not None or token_file is not None:
        return Configured(
            role_arn=role_arn,
            token_file=token_file,
            told_by="environment",
            session_name=given("AWS_ROLE_SESSION_NAME") or setting("role_session_name"),
            profile_role_arn=setting("role_arn") if role_arn is None else None,
        )
    role_arn, token_file = setting("role_arn"), setting("web_identity_token_file")
    if role_arn is None or token_file is None:
        return None  # half a pair in a profile is the profile's own fault, and told there
    profile = walk.shared.selected.name if walk.shared.selected else "default"
    return Configured(
        role_arn=role_arn,
        token_file=token_file,
        told_by=f"profile {profile}",
        session_name=setting("role_session_name"),
    )


def _variables(walk: Walk, configured: Configured) -> Done[None]:
    arn = configured.role_arn
    problem = read_role_arn(arn) if arn else None
    endpoint = sts_endpoint(walk)
    facts = WebIdentityVariables(
        role_arn=_shown(arn),
        token_file=_shown(configured.token_file),
        told_by=configured.told_by,
        session_name=_shown(configured.session_name),
        probe_session_name=session_name(walk),
        profile_role_arn=_shown(configured.profile_role_arn),
        arn_fault=_fault(arn or "", problem) if isinstance(problem, ArnProblem) else None,
        endpoint=endpoint,
    )
    broken = facts.arn_fault is not None or arn is None or configured.token_file is None
    doubtful = endpoint.region_problem or endpoint.override_problem
    return Done(outcome=Outcome.FAIL if broken else Outcome.WARN if doubtful else Outcome.OK, facts=facts)


def _fault(text: str, problem: ArnProblem) -> ArnFault:
    return ArnFault(
        text=_shown(text) or "",
        position=problem.position,
        found=problem.found,
        expected=problem.expected,
        sentence=problem.sentence,
        certain=problem.certain,
    )


def _shown(value: str | None) -> str | None:
    """Return a value for the report: one line, no bytes that are not text, no key that somebody put here by mistake."""
    if value is None:
        return None
    return without_key_shapes(printable(value.encode("utf-8", "surrogateescape").decode("utf-8", "replace"), 2048))


def session_name(walk: Walk) -> str:
    """Return the name of the probe's session, in the characters that STS takes."""
    wanted = f"credential-probe-{walk.given.pod.name}" if walk.given.pod.name else "credential-probe"
    return re.sub(r"[^\w+=,.@-]", "-", wanted, flags=re.ASCII)[:64]


def _walk_token(walk: Walk, configured: Configured) -> Secret[str] | None:
    path = configured.token_file
    if path is None:
        walk.skip("no token file is configured", "web-identity.token")
        return None
    return walk.step("web-identity.token", lambda: _token(walk, path)).value


def _token(walk: Walk, path: str) -> Done[Secret[str]]:
    """Read the file as an SDK would. Nothing is trimmed: what is sent is what stands there."""
    file, raw = walk.surroundings.files.read(path, TOKEN_LIMIT)
    if file.state is not FileState.READ:
        return Done(outcome=Outcome.FAIL, facts=TokenFile(file=file))
    shape = read_projected_token(raw)
    facts = TokenFile(file=file, problems=tuple(shape.problems), claims=shown_claims(shape.claims))
    if shape.claims is None or not HOPELESS.isdisjoint(shape.problems):
        return Done(outcome=Outcome.FAIL, facts=facts)
    token = walk.keep(raw.decode("ascii"))
    return Done(outcome=Outcome.WARN if shape.problems else Outcome.OK, facts=facts, value=token)


def _reason_not_to_ask(walk: Walk, configured: Configured, token: Secret[str] | None) -> str | None:
    if not walk.options.sts_allowed:
        return NO_STS
    if configured.role_arn is None:
        return "no role ARN is configured"
    return "no token that could be sent" if token is None else None


def _assume(walk: Walk, endpoint: StsEndpoint, configured: Configured, token: Secret[str]) -> Done[Credentials]:
    """Ask once; once more only where the first answer is of a kind that passes."""
    sts, role_arn, name = caller(walk, endpoint), configured.role_arn or "", session_name(walk)
    first, keys = sts.assume_role_with_web_identity(role_arn, name, token)
    second: StsAnswer | None = None
    if _may_pass(first) and walk.deadline.remaining() > SECOND_TRY_AFTER:
        time.sleep(SECOND_TRY_AFTER)
        second, keys = sts.assume_role_with_web_identity(role_arn, name, token)
    outcome = Outcome.FAIL if keys is None else Outcome.WARN if second else Outcome.OK
    return Done(outcome=outcome, facts=StsAnswers(first=first, second=second), value=keys)


def _may_pass(answer: StsAnswer) -> bool:
    return answer.code == "IDPCommunicationError" or bool(answer.message and PASSING.search(answer.message))
