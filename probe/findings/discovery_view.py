"""What the discovery steps showed, in the words of the rules."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from probe.controllers import Chosen, chosen
from probe.controllers.arguments import Arguments
from probe.evidence.discovery import FoundValue, Looked, LookedAt
from probe.evidence.needs import AwsRead
from probe.findings.case import CERTAIN, LIKELY, Case
from probe.findings.catalogue.entry import Severity
from probe.findings.shell import quoted
from probe.parse.region import region_from_issuer
from probe.report import Certainty, Finding, Remedy, Tool

FLAGS_UNKNOWN = "The controller's flags: --controller-argument, or `probe manifest`, which copies them."
CHART_VALUES = {"--aws-region": "region", "--aws-vpc-id": "vpcId", "--aws-vpc-tags": "vpcTags"}
"""Values of the chart eks/aws-load-balancer-controller for its flags."""


@dataclass(frozen=True)
class DiscoveryView:
    """The controller, its flags, and what was found."""

    case: Case

    @cached_property
    def controller(self) -> Chosen | None:
        """The controller that was named."""
        wanted = self.case.evidence.wanted
        return chosen(wanted.controller, wanted.controller_version)

    @cached_property
    def arguments(self) -> Arguments:
        """Its flags."""
        return Arguments(self.case.evidence.wanted.controller_arguments)

    @property
    def flags_are_known(self) -> bool:
        """Whether anybody told a flag: without, one that is given would look like one that is not."""
        return bool(self.case.evidence.wanted.controller_arguments)

    @cached_property
    def region(self) -> FoundValue | None:
        """How the region was looked for."""
        return self.case.evidence.facts("needs.region", FoundValue)

    @cached_property
    def vpc_id(self) -> FoundValue | None:
        """How the VPC's id was looked for."""
        return self.case.evidence.facts("needs.vpc-id", FoundValue)

    @property
    def region_name(self) -> str:
        """The controller's region, else any that is known (the token's issuer is of it), else a placeholder."""
        told = self.region.value if self.region else None
        return told or self.case.region or region_from_issuer(self.case.given.pod.issuer or "") or "REGION"

    def as_controller(self, read: AwsRead | None) -> bool:
        """Whether a call was made with the keys that the controller itself would use."""
        return read is not None and read.keys_of == self.case.expected.source

    def unless_flags_say(self, finding: Finding) -> Finding:
        """Take the edge off a finding that one flag would make untrue, where nobody told the flags."""
        return finding if self.flags_are_known else self.softened(finding)

    @staticmethod
    def softened(finding: Finding) -> Finding:
        """Make it a warning that is likely: something that would not be seen from here may make it untrue."""
        return replace(finding, severity=Severity.WARNING, certainty=LIKELY, becomes_certain_with=FLAGS_UNKNOWN)

    def sure(self, read: AwsRead | None) -> Certainty:
        """Certain only with the controller's own keys: another account has other VPCs."""
        return CERTAIN if self.as_controller(read) else LIKELY


_SPOKEN = {
    Looked.FOUND: "gives it",
    Looked.NOT_GIVEN: "not given",
    Looked.NO_ANSWER: "no answer",
    Looked.NO_MATCH: "fits nothing",
    Looked.SEVERAL: "fits several",
    Looked.REFUSED: "refused",
    Looked.UNKNOWN: "not known",
}


def look_lines(what: str, facts: FoundValue | None) -> Iterator[str]:
    """Tell each place in the controller's order."""
    for one in facts.looked_at if facts else ():
        yield f"{what}, {one.place}: {_spoken(one)}"


def _spoken(one: LookedAt) -> str:
    value = f" ({one.value})" if one.value else ""
    note = f" ({one.note})" if one.note and not one.value else ""
    return f"{_SPOKEN[one.looked]}{value}{note}"


def chart_values(case: Case, values: dict[str, str]) -> Remedy:
    """Set values of the controller's chart; what is set besides stays."""
    settings = " ".join(f"--set {quoted(f'{name}={value}')}" for name, value in values.items())
    return Remedy(
        text="Give them explicitly (with plain manifests: the flags of the same meaning). Then IMDS is not asked. "
        "CHART_VERSION as `helm list -A` shows it, else the controller is upgraded as well.",
        command=f"helm upgrade aws-load-balancer-controller eks/aws-load-balancer-controller -n "
        f"{quoted(case.namespace)} --version CHART_VERSION --reuse-values {settings}",
        tool=Tool.HELM,
        privileged=True,
    )


def find_vpc(view: DiscoveryView) -> Remedy:
    """Read the VPC's id from the cluster."""
    cluster = quoted(view.arguments.value("--cluster-name") or "CLUSTER")
    return Remedy(
        text="The VPC's id, as EKS knows it:",
        command=f"aws eks describe-cluster --name {cluster} --region {quoted(view.region_name)} "
        "--query cluster.resourcesVpcConfig.vpcId --output text",
        tool=Tool.AWS,
    )
