"""Keys came: whether STS takes them, and if not, why."""

from collections.abc import Iterator

from probe.evidence import CredentialsAnswer, KeysInEnvironment, Outcome, SelectedProfile, Source, StsAnswer
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.clock import Clock, is_about_time
from probe.findings.shell import quoted
from probe.findings.sts_remedies import use_regional
from probe.findings.web_identity_view import quote
from probe.parse.arn import partition_of_region
from probe.parse.sts_regions import LEGACY_GLOBAL_REGIONS
from probe.report import Finding, Remedy, Tool

REJECTED = frozenset({"InvalidClientTokenId", "SignatureDoesNotMatch"})
EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException"})
_STATIC = frozenset({Source.ENVIRONMENT, Source.SHARED_CONFIG})


def rejected(case: Case) -> Iterator[Finding]:
    """STS does not know the key, or the secret does not belong to it; one endpoint or all of them."""
    for source, answer, second in _refused(case):
        if answer.code not in REJECTED or is_about_time(answer):
            continue
        if second is not None and second.succeeded:
            yield _opt_in(case, source, answer, second)
        else:
            yield _rejected(case, source, answer, second)


def _refused(case: Case) -> Iterator[tuple[Source, StsAnswer, StsAnswer | None]]:
    for source in Source:
        answers = case.identity(source)
        if answers is not None and answers.first.code is not None:
            yield source, answers.first, answers.second


def _opt_in(case: Case, source: Source, refused: StsAnswer, accepted: StsAnswer) -> Finding:
    return found(
        "opt-in-region-token",
        certainty=LIKELY if refused.region in LEGACY_GLOBAL_REGIONS else CERTAIN,
        step=f"identity.{source}",
        summary=f"STS at {accepted.endpoint} accepts the {source} credentials and STS at {refused.endpoint} does not.",
        evidence=[
            quote(refused),
            f"STS at {accepted.endpoint}: accepted, {accepted.arn}",
            "opt-in regions refuse sessions of the global endpoint by default, and every key until they are enabled",
        ],
        becomes_certain_with=f"The same in a while: {refused.region} needs no opting in, so a key of a moment ago or "
        "something in the place of one endpoint is not excluded.",
        remedies=(
            *use_regional(case, case.web_identity.endpoint if case.web_identity else None)[:1],
            Remedy(
                text="Or make the global endpoint's sessions valid in every region.",
                command="aws iam set-security-token-service-preferences --global-endpoint-token-version v2Token",
                tool=Tool.AWS,
                privileged=True,
            ),
            Remedy(
                text="See whether the region is enabled for the account.",
                command=f"aws account get-region-opt-status --region-name {quoted(refused.region)}",
                tool=Tool.AWS,
            ),
        ),
    )


def _rejected(case: Case, source: Source, answer: StsAnswer, second: StsAnswer | None) -> Finding:
    unknown = answer.code == "InvalidClientTokenId"
    evidence = [quote(answer)]
    if second is not None and second.code is not None:
        evidence.append(quote(second))
    hint = _hint(case, source)
    if hint:
        evidence.append(f"access key {hint}")
    is_open = _may_be_the_region(answer, second) if unknown else _may_be_rewritten(source, answer)
    if is_open and not unknown:
        evidence.append("something that rewrites requests on the way would look the same")
    return found(
        "credentials-rejected",
        certainty=LIKELY if is_open else CERTAIN,
        step=f"identity.{source}",
        summary=f"AWS does not accept the {source} credentials: "
        + ("it does not know the key or its session token." if unknown else "the secret does not belong to the key."),
        evidence=evidence,
        becomes_certain_with="GetCallerIdentity with these keys at another STS endpoint, without a proxy on the way.",
        remedies=_remedies(source),
    )


def _may_be_the_region(answer: StsAnswer, second: StsAnswer | None) -> bool:
    """Whether another endpoint could accept the key: an opt-in region was asked, and no other endpoint has refused."""
    region = answer.region
    elsewhere = second is not None and second.code in REJECTED
    return not elsewhere and region not in LEGACY_GLOBAL_REGIONS and partition_of_region(region) in {"aws", None}


def _may_be_rewritten(source: Source, answer: StsAnswer) -> bool:
    """Whether a signature may have been broken on the way: keys handed out as a pair fit, and a proxy may change much.

    Nobody in between changes what goes by https to the endpoint itself, unless the pod was made to trust them.
    """
    exchange = answer.exchange
    return source not in _STATIC or exchange.via_proxy is not None or not exchange.url.startswith("https://")


def _hint(case: Case, source: Source) -> str | None:
    if source is Source.ENVIRONMENT:
        return case.keys.access_key_hint
    return case.profile.access_key_hint if source is Source.SHARED_CONFIG and case.profile else None


def _remedies(source: Source) -> tuple[Remedy, ...]:
    if source not in _STATIC:
        return (
            Remedy(text="These keys were handed out a moment ago: run the probe again, and compare region and role."),
        )
    return (
        Remedy(text="If another source is meant to give this pod its role: remove these keys, they stand in its way."),
        Remedy(
            text="If they are meant: see whether the key still exists (KEY_ID is the whole access key id).",
            command="aws iam get-access-key-last-used --access-key-id KEY_ID",
            tool=Tool.AWS,
        ),
        Remedy(text="Temporary keys (ASIA…) need AWS_SESSION_TOKEN too. Region and keys must be of one partition."),
    )


def expired(case: Case) -> Iterator[Finding]:
    """The session is over."""
    for source, answer, _ in _refused(case):
        if answer.code in EXPIRED and not _is_said_of_imds(case, source):
            yield found(
                "credentials-expired",
                certainty=CERTAIN,
                step=f"identity.{source}",
                summary=f"The {source} credentials have expired"
                + (": nothing renews keys that were put there by hand." if source in _STATIC else "."),
                evidence=[quote(answer), "STS judges by its own clock"],
                remedies=(
                    Remedy(
                        text="Give the ServiceAccount a role (IRSA or Pod Identity) and remove the temporary keys; "
                        "where keys must be copied, let what copies them renew them."
                    ),
                ),
            )


def unverified(case: Case) -> Iterator[Finding]:
    """Keys came and nobody could be asked whose they are."""
    sources = [source for source in Source if case.gave_keys(source) and _is_open(case, source)]
    if not sources:
        return
    names = ", ".join(sources)
    lines = []
    for source in sources:
        step = case.evidence.step(f"identity.{source}")
        answers = case.identity(source)
        went = answers.first.code or answers.first.exchange.ending.replace("-", " ") if answers else None
        lines.append(f"identity.{source}: {went or (step.reason if step else None) or 'not asked'}")
    yield found(
        "keys-unverified",
        certainty=CERTAIN,
        step=f"identity.{sources[0]}",
        summary=f"Keys came from {names}; whether AWS accepts them, and whose they are, is not known.",
        evidence=lines,
        remedies=(Remedy(text="Mend the way to STS; the finding about it says how."),)
        if case.evidence.sts_allowed and not all(_cannot_work(case, source) for source in sources)
        else (),
    )


def _cannot_work(case: Case, source: Source) -> bool:
    """Whether the keys were not sent because of what they look like: the finding about that says how to mend it."""
    keys = case.evidence.facts("environment.keys", KeysInEnvironment) if source is Source.ENVIRONMENT else None
    profile = case.evidence.facts("shared-config.profile", SelectedProfile) if source is Source.SHARED_CONFIG else None
    return bool((keys and keys.problems) or (profile and profile.problems))


def _is_open(case: Case, source: Source) -> bool:
    """Whether GetCallerIdentity was not made, or was answered neither with yes nor with no."""
    if case.evidence.outcome(f"identity.{source}") is Outcome.ABSENT or case.works(source):
        return False
    answers = case.identity(source)
    code = answers.first.code if answers else None
    return code is None or not (code in REJECTED | EXPIRED or (answers is not None and is_about_time(answers.first)))


def _is_said_of_imds(case: Case, source: Source) -> bool:
    """Whether IMDS' own document says that these keys have expired: that finding has the better advice."""
    told = case.evidence.facts("imds.credentials", CredentialsAnswer) if source is Source.IMDS else None
    return told is not None and told.expires is not None and told.expires < Clock(case).now


RULES = (rejected, expired, unverified)
