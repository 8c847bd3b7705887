"""The regions for which `AWS_STS_REGIONAL_ENDPOINTS=legacy` means the global STS endpoint."""

from typing import Final

LEGACY_GLOBAL_REGIONS: Final = frozenset(
    {
        *("ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1"),
        *("eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1"),
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "aws-global"),
    }
)
"""boto/botocore:botocore/args.py; the same set as in aws/aws-sdk-go:aws/endpoints/legacy_regions.go."""
