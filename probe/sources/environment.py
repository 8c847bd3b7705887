"""Static keys in the environment: which are set, what their shape says, and whose they are."""

from probe.credentials import Credentials
from probe.evidence import KeysInEnvironment, Outcome
from probe.parse.keys import KeyProblemKind, key_problems
from probe.secret import Secret, hint
from probe.sources.identity import identify
from probe.surroundings import Surroundings
from probe.walk import Done, Walk

LEGACY_NAMES = ("AWS_ACCESS_KEY", "AWS_SECRET_KEY", "AWS_SECURITY_TOKEN", "SECRET_ACCESS_KEY")
"""Go reads the first two, botocore the third (before AWS_SESSION_TOKEN), Rust the last; nobody reads all."""


def walk_environment(walk: Walk) -> None:
    """Walk the environment's steps."""
    facts, keys = _look(walk.surroundings)
    if facts == KeysInEnvironment():
        walk.absent("environment.keys", "identity.environment")
        return
    for name in LEGACY_NAMES:
        walk.keep(walk.surroundings.environment.get(name, ""))
    if keys is not None:
        keys.remember(walk.redactor)
    walk.step("environment.keys", lambda: Done(outcome=_outcome(facts), facts=facts))
    if facts.problems:
        # A secret that was put in the place of the key id would travel in a header and end in CloudTrail.
        walk.skip("these values cannot work, so they are not sent", "identity.environment")
    else:
        identify(walk, "environment", keys)


def _look(surroundings: Surroundings) -> tuple[KeysInEnvironment, Credentials | None]:
    get = surroundings.get
    access, secret, session = (
        get(name) for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    )
    found = key_problems(access, _wrapped(secret), _wrapped(session)) if access or secret else ()
    swapped = any(problem.kind is KeyProblemKind.SWAPPED for problem in found)
    facts = KeysInEnvironment(
        access_key_hint=None if access is None else hint("" if swapped else access),
        has_access_key=access is not None,
        has_secret=secret is not None,
        has_session_token=session is not None,
        problems=tuple(problem.sentence for problem in found if problem.certain),
        doubts=tuple(problem.sentence for problem in found if not problem.certain),
        legacy_names=tuple(name for name in LEGACY_NAMES if get(name)),
    )
    if access is None or secret is None:
        return facts, None
    return facts, Credentials(access_key_id=access, secret_access_key=Secret(secret), session_token=_wrapped(session))


def _wrapped(value: str | None) -> Secret[str] | None:
    return None if value is None else Secret(value)


def _outcome(facts: KeysInEnvironment) -> Outcome:
    if facts.problems or facts.has_access_key != facts.has_secret:
        return Outcome.FAIL
    return Outcome.WARN if facts.doubts or facts.legacy_names else Outcome.OK
