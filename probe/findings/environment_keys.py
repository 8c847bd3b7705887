"""Static keys in the environment: half a pair, values that cannot be keys, keys that win over what was meant."""

from collections.abc import Iterator
from dataclasses import replace

from probe.evidence import Source
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.catalogue.entry import Severity
from probe.findings.shell import quoted
from probe.findings.spoken import EVERY_SDK, SOURCE_NAMES
from probe.report import Finding, Remedy, Tool

STEP = "environment.keys"
GO = ("go-v1", "go-v2")
_GO_NAMES = {"AWS_ACCESS_KEY", "AWS_SECRET_KEY"}
"""Older names that the Go SDKs read where the present ones are not set (aws-sdk-go-v2:config/env_config.go)."""
_LATER = {Source.SHARED_CONFIG, Source.WEB_IDENTITY, Source.CONTAINER, Source.IMDS}


def partial(case: Case) -> Iterator[Finding]:
    """One of the pair is set."""
    keys = case.keys
    if keys.has_access_key == keys.has_secret:
        return
    there, lacking = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"
    if keys.has_secret:
        there, lacking = lacking, there
    effect = "botocore and the AWS CLI stop here; Go, JS, Java and Rust go on to the next source"
    if keys.has_secret:
        effect = "SDKs ignore a secret without its id, and go on to the next source"
    yield found(
        "static-keys-partial",
        certainty=CERTAIN,
        step=STEP,
        summary=f"{there} is set without {lacking}.",
        evidence=[effect, *_legacy_lines(case)],
        remedies=_key_remedies(case),
        sdks=() if keys.has_secret else ("botocore",),
    )


def malformed(case: Case) -> Iterator[Finding]:
    """A value that cannot be a key, or looks as if it were none."""
    keys = case.keys
    if keys.problems:
        yield _malformed(case, keys.problems, certain=True)
    elif keys.doubts and keys.has_access_key and keys.has_secret and not case.works(Source.ENVIRONMENT):
        yield replace(_malformed(case, keys.doubts, certain=False), severity=Severity.WARNING)


def _malformed(case: Case, sentences: tuple[str, ...], *, certain: bool) -> Finding:
    return found(
        "static-keys-malformed",
        certainty=CERTAIN if certain else LIKELY,
        step=STEP,
        summary=f"A static key cannot work as it stands: {sentences[0]}" if certain else sentences[0],
        evidence=sentences,
        becomes_certain_with="An answer of STS to these keys; a stand-in for AWS may use keys of another shape.",
        remedies=[
            Remedy(
                text="Write the Secret from files that end without a line break (`printf %s`, not `echo`); a value on "
                "the command line would stay in the shell's history.",
                command=f"kubectl -n {quoted(case.namespace)} create secret generic SECRET "
                "--from-file=AWS_ACCESS_KEY_ID=FILE --from-file=AWS_SECRET_ACCESS_KEY=FILE",
                tool=Tool.KUBECTL,
                privileged=True,
            ),
            *_key_remedies(case),
        ],
    )


def shadow(case: Case) -> Iterator[Finding]:
    """A whole pair wins over the source that was meant."""
    keys, expected = case.keys, case.expected.source
    if expected not in _LATER or keys.problems:
        return
    if keys.has_access_key and keys.has_secret:
        yield _shadow(case, _takers(case))
    elif set(keys.legacy_names) >= _GO_NAMES:
        yield _shadow(case, GO)


def _takers(case: Case) -> tuple[str, ...]:
    """Name the SDKs that take the keys: JS leaves them for a profile that AWS_PROFILE names."""
    if case.given.is_set("AWS_PROFILE"):
        return tuple(sdk for sdk in EVERY_SDK if sdk != "js-v3")
    return EVERY_SDK


def _shadow(case: Case, sdks: tuple[str, ...]) -> Finding:
    answers = case.identity(Source.ENVIRONMENT)
    arn = answers.first.arn if answers else None
    whom = f"run as {arn}" if arn else f"use the static key {case.keys.access_key_hint or 'of the older names'}"
    return found(
        "static-keys-shadow",
        certainty=CERTAIN,
        step=STEP,
        summary=f"Static keys in the environment win over {SOURCE_NAMES[str(case.expected.source)]}: programs {whom}.",
        evidence=[
            f"expected is {case.expected.source}: {case.expected.because}",
            ".NET alone takes web identity before the environment's keys",
            *_legacy_lines(case),
        ],
        remedies=_key_remedies(case),
        sdks=sdks,
    )


def _legacy_lines(case: Case) -> Iterator[str]:
    if case.keys.legacy_names:
        yield f"older names that only some SDKs read: {', '.join(case.keys.legacy_names)}"


def _key_remedies(case: Case) -> tuple[Remedy, ...]:
    namespace, pod = quoted(case.namespace), quoted(case.pod)
    return (
        Remedy(
            text="Find where the variables come from; this shows names and no values.",
            command=f"kubectl -n {namespace} get pod {pod} -o "
            "jsonpath='{.spec.containers[*].env[*].name} {.spec.containers[*].envFrom}'",
            tool=Tool.KUBECTL,
        ),
        Remedy(
            text="A pod that has a role needs no keys: take AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and "
            "AWS_SESSION_TOKEN out of the pod spec, Secret or chart values, and restart.",
            command=f"kubectl -n {namespace} rollout restart {case.workload}",
            tool=Tool.KUBECTL,
            privileged=True,
        ),
    )


RULES = (partial, malformed, shadow)
