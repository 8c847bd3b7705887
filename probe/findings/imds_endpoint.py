"""The IMDS endpoint was overridden, and the override cannot be used."""

from collections.abc import Iterator
from dataclasses import replace

from probe.evidence import NAME_FAILED, TLS_BROKEN, Ending, Source
from probe.findings.case import CERTAIN, LIKELY, Case, found, told
from probe.findings.catalogue.entry import Severity
from probe.findings.imds_remedies import endpoint_remedies
from probe.findings.imds_view import ImdsView
from probe.parse.endpoint import UriProblemKind
from probe.report import Finding

MODE = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"
_BOTOCORE_STOPS = frozenset(
    {
        UriProblemKind.NO_SCHEME,
        UriProblemKind.WHITE_SPACE,
        UriProblemKind.QUOTED,
        UriProblemKind.UNCLOSED_BRACKET,
    }
)
"""Endpoints that botocore refuses while it builds its chain, so before the first source (tried with 1.44)."""


def unusable(case: Case) -> Iterator[Finding]:
    """The override is not a URL, names nobody, or does not speak plain HTTP."""
    imds = ImdsView(case)
    variables, connection = imds.variables, imds.connection
    if variables.problem is not None:
        yield _malformed(case)
    elif connection is not None and connection.ending in NAME_FAILED:
        known = connection.ending is Ending.NAME_NOT_FOUND
        yield found(
            "imds-endpoint-invalid",
            certainty=CERTAIN if known else LIKELY,
            step="imds.connect",
            summary=f"The host of {imds.place} cannot be looked up.",
            evidence=[
                f"{connection.host}: {connection.ending.replace('-', ' ')} ({connection.error_name or 'no code'})"
            ],
            remedies=endpoint_remedies(case),
        )
    elif variables.endpoint.startswith("https://") and _failed(imds):
        yield found(
            "imds-endpoint-invalid",
            certainty=LIKELY,
            step="imds.connect",
            summary=f"IMDS speaks plain HTTP only, and {imds.place} is https.",
            evidence=[told(one) for one in imds.attempts] or [f"connect: {connection.ending if connection else 'cut'}"],
            remedies=endpoint_remedies(case),
        )


def _failed(imds: ImdsView) -> bool:
    connected = imds.connection is None or imds.connection.ending is Ending.CONNECTED
    return not connected or any(one.ending in TLS_BROKEN for one in imds.attempts)


def _malformed(case: Case) -> Finding:
    variables = ImdsView(case).variables
    is_mode = variables.problem_kind == UriProblemKind.BAD_MODE
    stops_botocore = is_mode or variables.problem_kind in _BOTOCORE_STOPS
    stopped = ("botocore", *(("go-v2",) if is_mode else ())) if stops_botocore else ()
    verb = "use" if len(stopped) > 1 else "uses"
    what = f"{' and '.join(stopped)} then {verb} no source at all" if stopped else "no SDK reaches IMDS so"
    return found(
        "imds-endpoint-invalid",
        certainty=CERTAIN,
        step="imds.variables",
        # A mode that nobody knows ends two SDKs before their first source, whichever that is.
        source=case.expected.source if is_mode and case.expected.source != "none" else None,
        summary=f"{variables.named_by} cannot be used, and {what}: {variables.problem}",
        evidence=[f"{variables.named_by}: {variables.problem}"],
        remedies=endpoint_remedies(case),
        sdks=stopped,
    )


def wrong_path(case: Case) -> Iterator[Finding]:
    """IMDS itself answers, and knows no token below the path that the override adds."""
    imds = ImdsView(case)
    path = imds.variables.endpoint.partition("://")[2].partition("/")[2]
    if imds.has_token or not path or imds.put_status not in {403, 404, 405} or not imds.is_ec2:
        return
    yield found(
        "imds-endpoint-invalid",
        certainty=CERTAIN if imds.get_status == 404 else LIKELY,
        step="imds.token",
        summary=f"The IMDS endpoint {imds.variables.endpoint} has a path, and IMDS has nothing there.",
        evidence=[told(one) for one in imds.attempts],
        remedies=endpoint_remedies(case),
    )


def mode_spelling(case: Case) -> Iterator[Finding]:
    """The endpoint mode is one that a single SDK stumbles over."""
    if case.given.is_present(MODE) and not case.given.is_set(MODE):
        why, sdk = "is set and empty: botocore then stops before its first source", "botocore"
    elif case.expects(Source.IMDS) and ImdsView(case).variables.mode_misspelled:
        why, sdk = "is not spelled exactly IPv4 or IPv6, which JS v3 wants", "js-v3"
    else:
        return
    finding = found(
        "imds-endpoint-invalid",
        certainty=CERTAIN,
        step="imds.variables",
        summary=f"{MODE} {why}.",
        evidence=[f"{MODE} is {case.given.variables.get(MODE) or 'empty'}"],
        remedies=endpoint_remedies(case),
        sdks=(sdk,),
    )
    yield replace(finding, severity=Severity.WARNING)
