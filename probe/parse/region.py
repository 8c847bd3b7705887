"""Regions, partitions and the host names of STS in each.

The partitions, their region patterns and DNS suffixes are those of `partitions.json` in botocore and the other SDKs.
"""

import re
from typing import Final

from probe.records import dataclass
from probe.secret import printable, without_key_shapes

_SHAPE = re.compile(r"[a-z]{2,5}(?:-[a-z]+){1,3}-[0-9]{1,2}")


@dataclass(frozen=True, kw_only=True)
class _Partition:
    name: str
    area: str
    """A pattern for what stands before the last two parts of its regions' names."""
    suffix: str
    dualstack_suffix: str

    def has(self, region: str) -> bool:
        """Tell by its name whether a region is of this partition."""
        return re.fullmatch(rf"{self.area}-[a-z]+-[0-9]+", region) is not None


_PARTITIONS: Final = (
    _Partition(name="aws", area="(?:us|eu|ap|sa|ca|me|af|il|mx)", suffix="amazonaws.com", dualstack_suffix="api.aws"),
    _Partition(name="aws-cn", area="cn", suffix="amazonaws.com.cn", dualstack_suffix="api.amazonwebservices.com.cn"),
    _Partition(name="aws-us-gov", area="us-gov", suffix="amazonaws.com", dualstack_suffix="api.aws"),
    _Partition(name="aws-iso", area="us-iso", suffix="c2s.ic.gov", dualstack_suffix="api.aws.ic.gov"),
    _Partition(name="aws-iso-b", area="us-isob", suffix="sc2s.sgov.gov", dualstack_suffix="api.aws.scloud"),
    _Partition(name="aws-iso-e", area="eu-isoe", suffix="cloud.adc-e.uk", dualstack_suffix="api.cloud-aws.adc-e.uk"),
    _Partition(name="aws-iso-f", area="us-isof", suffix="csp.hci.ic.gov", dualstack_suffix="api.aws.hci.ic.gov"),
    _Partition(name="aws-eusc", area="eusc-de", suffix="amazonaws.eu", dualstack_suffix="api.amazonwebservices.eu"),
)
PARTITIONS: Final = frozenset(partition.name for partition in _PARTITIONS)

_ISSUER_HOST = re.compile(
    r"https://(?:oidc\.eks|(?P<dualstack>oidc-eks))\.(?P<region>[a-z0-9-]{1,40})\.(?P<suffix>[a-z0-9.-]{1,60})/id/"
)


@dataclass(frozen=True, kw_only=True)
class StsHosts:
    """Host names of STS for one region, without scheme. A name being listed does not say that AWS serves it."""

    regional: str
    fips: str
    dualstack: str
    fips_dualstack: str
    everywhere: str | None
    """`sts.amazonaws.com`, the global endpoint; it exists in the partition `aws` only."""


@dataclass(frozen=True, kw_only=True)
class Region:
    """A region (or a pseudo region such as `aws-global`) of the right shape. It may not exist."""

    name: str
    partition: str | None
    """None when the name has the shape of a region and this probe knows no partition for it."""
    sts: StsHosts | None


@dataclass(frozen=True, kw_only=True)
class RegionProblem:
    """Why a text cannot be a region."""

    found: str
    sentence: str
    suggestion: str | None
    """The region that was probably meant."""


def read_region(text: str) -> Region | RegionProblem:
    """Check the shape of a region as it stands in `AWS_REGION`; nothing is trimmed."""
    partition = partition_of_region(text)
    if partition or _SHAPE.fullmatch(text):
        return Region(name=text, partition=partition, sts=sts_hosts(text))
    found = without_key_shapes(printable(text, 40))
    return RegionProblem(found=found, sentence=_sentence(text), suggestion=_suggestion(text))


def partition_of_region(region: str) -> str | None:
    """Name the partition of a region (or of a pseudo region such as `aws-global`), or None when no pattern fits."""
    if region.removesuffix("-global") in PARTITIONS and region not in PARTITIONS:
        return region.removesuffix("-global")
    partition = _find(region)
    return partition.name if partition else None


def sts_hosts(region: str) -> StsHosts | None:
    """Name the hosts of STS for a region, or None for a pseudo region and when the partition is not known."""
    partition = _find(region)
    if partition is None:
        return None
    # GovCloud's ordinary STS hosts are the FIPS ones (endpoint rules of STS).
    fips = "sts" if partition.name == "aws-us-gov" else "sts-fips"
    return StsHosts(
        regional=f"sts.{region}.{partition.suffix}",
        fips=f"{fips}.{region}.{partition.suffix}",
        dualstack=f"sts.{region}.{partition.dualstack_suffix}",
        fips_dualstack=f"sts-fips.{region}.{partition.dualstack_suffix}",
        everywhere="sts.amazonaws.com" if partition.name == "aws" else None,
    )


def suffixes(region: str) -> tuple[str, str] | None:
    """Return what ends the ordinary and the dual-stack host names of a region, or None when no pattern fits."""
    partition = _find(region)
    return (partition.suffix, partition.dualstack_suffix) if partition else None


def region_from_issuer(issuer: str) -> str | None:
    """Return the region in an EKS issuer such as `https://oidc.eks.eu-central-1.amazonaws.com/id/…`, else None."""
    match = _ISSUER_HOST.match(issuer)
    partition = _find(match["region"]) if match else None
    if match is None or partition is None:
        return None
    suffix = partition.dualstack_suffix if match["dualstack"] else partition.suffix
    return match["region"] if match["suffix"] == suffix else None


def _find(region: str) -> _Partition | None:
    return next((partition for partition in _PARTITIONS if partition.has(region)), None)


def _suggestion(text: str) -> str | None:
    bare = text.strip().strip("\"'").strip().lower()
    likely = bare[:-1] if _SHAPE.fullmatch(bare[:-1]) and bare[-1].isalpha() else bare
    return likely if _find(likely) else None


def _sentence(text: str) -> str:
    if not text.strip():
        return "The region is empty."
    if text != text.strip():
        return "The region has white space around it."
    if text[0] in "\"'" or text[-1] in "\"'":
        return "The region has quotes in its value."
    if _SHAPE.fullmatch(text[:-1]) and text[-1].isalpha():
        return "This is an availability zone; the region is the same without the last letter."
    if text != text.lower() and _suggestion(text):
        return "The region has capital letters; regions are lower case."
    return "This does not have the shape of a region, such as eu-central-1."
