"""Who the pod is, and who each SDK would be."""

import re
from collections.abc import Iterator

from probe.sdks import MODELS
from probe.secret import without_key_shapes
from probe.serve.state import State
from probe.tell.metrics.families.verdict import SOURCES
from probe.tell.metrics.family import Family, Kind, Sample

_ARN = re.compile(r"arn:[a-z-]+:(?:iam|sts)::[0-9]{12}:[!-~]+")
_ACCOUNT = re.compile(r"[0-9]{12}")


def _identity(state: State) -> Iterator[Sample]:
    if state.report is None:
        return
    verdict = state.report.verdict
    expected, identity = verdict.expected, verdict.identity
    yield (
        (
            verdict.source or "",
            _matching(_ARN, identity.arn if identity else None),
            _matching(_ACCOUNT, identity.account if identity else None),
            expected.source or "",
            _matching(_ARN, expected.role_arn),
        ),
        1.0,
    )


def _matching(pattern: re.Pattern[str], text: str | None) -> str:
    """Return what is what it should be, else nothing: anybody may scrape, and a variable can hold anything."""
    return without_key_shapes(text) if text is not None and pattern.fullmatch(text) else ""


def _sdks(state: State) -> Iterator[Sample]:
    for one in state.report.sdks if state.report else ():
        yield (one.sdk, one.versions, one.outcome, one.source or ""), 1.0


FAMILIES = (
    Family(
        name="identity_info",
        kind=Kind.INFO,
        help="Who the pod is by GetCallerIdentity, and who it is meant to be. What is not known is empty.",
        labels={
            "source": f"whose credentials, or whose the trouble is: {SOURCES}, `kubernetes`, `needs`, or empty",
            "arn": "the ARN that STS told",
            "account": "the AWS account that STS told",
            "expected_source": "the source that the pod is meant to use, told with `--expect` or inferred; `none` "
            "where it is meant to have no credentials",
            "expected_role": "the ARN of the role that it is meant to have, where anything names one",
        },
        present="once a whole walk has ended",
        question="Which pods run as their node?",
        example='aws_credential_probe_identity_info{arn=~".*:assumed-role/[^/]+/i-[0-9a-f]+"}',
        read=_identity,
    ),
    Family(
        name="sdk_source_info",
        kind=Kind.INFO,
        help="What each AWS SDK would end up with in this pod.",
        labels={
            "sdk": ", ".join(sorted(f"`{model.SDK}`" for model in MODELS)),
            "versions": "the range of versions that it holds for, or `all`",
            "outcome": "`credentials`, `error`, `none` (it says that it found none) or `unknown` (not seen)",
            "source": f"whose credentials: {SOURCES}, or empty",
        },
        most=sum(len(set(model.CHANGES)) + 1 for model in MODELS),
        present="once a whole walk has ended",
        question="Where would programs in Go and in Java use different sources?",
        example="count by (namespace, pod) (count by (namespace, pod, source) "
        '(aws_credential_probe_sdk_source_info{sdk=~"go-v2|java-v2"})) > 1',
        read=_sdks,
    ),
)
