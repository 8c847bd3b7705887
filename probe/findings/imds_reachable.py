"""A pod with an identity of its own can still take the node role."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from probe.evidence import Outcome, Source
from probe.findings.case import CERTAIN, Case, found
from probe.findings.catalogue.entry import Severity
from probe.findings.identity_remedies import close_imds_remedies
from probe.findings.imds_view import ImdsView
from probe.report import Finding

FALLING_THROUGH: Mapping[str, tuple[str, ...]] = {
    Source.WEB_IDENTITY: ("java-v2", "cpp", "crt"),
    Source.CONTAINER: ("java-v2",),
}
"""SDKs that go on to IMDS when a source fails.

aws/aws-sdk-java-v2: AwsCredentialsProviderChain; aws/aws-sdk-cpp: AWSCredentialsProviderChain; awslabs/aws-c-auth:
source/credentials_provider_chain.c. With a container URI set, C++ and CRT leave IMDS out of their chain.
"""


def reachable(case: Case) -> Iterator[Finding]:
    """IMDS gives keys to a pod that is meant to use another source."""
    own = case.expected.source
    if own in {Source.IMDS, "none", None} or not case.gave_keys(Source.IMDS):
        return
    imds = ImdsView(case)
    role = imds.listing.role if imds.listing and imds.listing.role else "the node's"
    closed = imds.variables.disabled
    sdks = () if closed or not _fails(case, own) else FALLING_THROUGH.get(own, ())
    finding = found(
        "imds-reachable",
        certainty=CERTAIN,
        step="imds.credentials",
        summary=f"This pod can take the role {role} from IMDS although it is meant to use {own}."
        f"{_now(own, role, sdks)}",
        evidence=[
            f"IMDS gave keys of {role}",
            *(["AWS_EC2_METADATA_DISABLED keeps SDKs from asking, but nobody else"] if closed else []),
        ],
        remedies=close_imds_remedies(case),
        sdks=sdks,
    )
    yield replace(finding, severity=Severity.NOTE) if closed else finding


def _now(own: str, role: str, sdks: tuple[str, ...]) -> str:
    spoken = {"java-v2": "Java v2", "cpp": "C++", "crt": "CRT"}
    who = " and ".join(", ".join(spoken[sdk] for sdk in sdks).rsplit(", ", 1))
    return f" Since {own} fails, {who} programs in this pod run as {role} now." if sdks else ""


def _fails(case: Case, source: str) -> bool:
    """Whether the source was seen to fail; one that was not walked to its end may work."""
    return any(step.outcome is Outcome.FAIL for step in case.evidence.steps if step.source == source)
