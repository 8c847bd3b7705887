"""Host names of AWS services, by the endpoint rules of the SDKs. That a name is listed does not say that AWS serves it.

Names and signing regions of global services: `endpoints.json` of botocore.
"""

from typing import Final

from probe.parse.region import partition_of_region, suffixes
from probe.records import dataclass

EVERYWHERE: Final = "aws-global"
"""The region of a service whose host name holds none."""


@dataclass(frozen=True, kw_only=True)
class AwsHost:
    """A host and the region that requests to it are signed for."""

    name: str
    region: str
    is_global: bool = False


_GLOBAL: Final = {
    "iam": {
        "aws": ("iam.amazonaws.com", "us-east-1"),
        "aws-cn": ("iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        "aws-us-gov": ("iam.us-gov.amazonaws.com", "us-gov-west-1"),
        "aws-iso": ("iam.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
        "aws-iso-b": ("iam.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"),
    },
    "route53": {
        "aws": ("route53.amazonaws.com", "us-east-1"),
        "aws-cn": ("route53.amazonaws.com.cn", "cn-northwest-1"),
        "aws-us-gov": ("route53.us-gov.amazonaws.com", "us-gov-west-1"),
        "aws-iso": ("route53.c2s.ic.gov", "us-iso-east-1"),
        "aws-iso-b": ("route53.sc2s.sgov.gov", "us-isob-east-1"),
    },
}
_SERVICE_IDS: Final = {
    "api.pricing": "PRICING",
    "autoscaling": "AUTO_SCALING",
    "cognito-idp": "COGNITO_IDENTITY_PROVIDER",
    "elasticfilesystem": "EFS",
    "elasticloadbalancing": "ELASTIC_LOAD_BALANCING_V2",
    "globalaccelerator": "GLOBAL_ACCELERATOR",
    "logs": "CLOUDWATCH_LOGS",
    "monitoring": "CLOUDWATCH",
    "route53": "ROUTE_53",
    "secretsmanager": "SECRETS_MANAGER",
    "tagging": "RESOURCE_GROUPS_TAGGING_API",
}
"""By endpoint prefix: the service's id, where it is not the prefix in capitals."""
_DUALSTACK_ONLY: Final = frozenset({"eks-auth"})


def aws_host(prefix: str, region: str, *, fips: bool = False, dualstack: bool = False) -> AwsHost | None:
    """Name the host of a service for a region of the pod's; None where the partition is not known to have one.

    `prefix` is the endpoint prefix of botocore's model. Global services have one host in each partition.
    """
    partition = partition_of_region(region)
    if prefix in _GLOBAL:
        name, signed = _GLOBAL[prefix].get(partition or "aws", (None, ""))
        return AwsHost(name=name, region=signed, is_global=True) if name else None
    found = suffixes(region)
    if found is None:
        # A region that no partition knows goes to the standard partition, as in the endpoint rules of the SDKs.
        found = ("amazonaws.com", "api.aws")
    ordinary, both = found
    label = f"{prefix}-fips" if fips else prefix
    suffix = both if dualstack or prefix in _DUALSTACK_ONLY else ordinary
    return AwsHost(name=f"{label}.{region}.{suffix}", region=region)


def endpoint_variable(prefix: str) -> str:
    """Name the variable that overrides the endpoint of one service: `AWS_ENDPOINT_URL_EC2`."""
    return f"AWS_ENDPOINT_URL_{_SERVICE_IDS.get(prefix, prefix.upper().replace('-', '_'))}"
