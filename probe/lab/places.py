"""Where a loopback world's names and addresses lead."""

from typing import Any

from probe.lab.scenario import Scenario

PUBLIC_STS, GLOBAL_STS = "198.51.100.10", "198.51.100.11"
"""Addresses of the documentation range (RFC 5737) in the place of STS' public ones."""
API_SERVER = "10.100.0.1"
"""What KUBERNETES_SERVICE_HOST says in the pods of the presets."""
PUBLIC_AWS = "198.51.100.20"
"""The same for all other services of AWS."""
REGION = "eu-central-1"
PLACES = {
    "imds": ("169.254.169.254:80", "[fd00:ec2::254]:80"),
    "agent": ("169.254.170.23:80", "[fd00:ec2::23]:80"),
    "ecs": ("169.254.170.2:80",),
    "sts": (f"{PUBLIC_STS}:443",),
    "sts-global": (f"{GLOBAL_STS}:443",),
    "kubernetes": (f"{API_SERVER}:443",),
    "aws": (f"{PUBLIC_AWS}:443",),
}
"""A server to the addresses that lead to it. Where the scenario has no such server, nothing ever answers there."""


def region_of(scenario: Scenario) -> str:
    """Return the region that a scenario's pod is in."""
    told = scenario.pod.environment
    return told.get("AWS_REGION") or told.get("AWS_DEFAULT_REGION") or REGION


def names_of(scenario: Scenario) -> dict[str, Any]:
    """Return the host names that exist unless a scenario says otherwise."""
    return {
        f"sts.{region_of(scenario)}.amazonaws.com": [PUBLIC_STS],
        f"sts.{REGION}.amazonaws.com": [PUBLIC_STS],
        "sts.amazonaws.com": [GLOBAL_STS],
        **({host: [PUBLIC_AWS] for host in aws_hosts(region_of(scenario))} if "aws" in scenario.servers else {}),
    }


def aws_hosts(region: str) -> tuple[str, ...]:
    """Return the hosts of the AWS services that controllers call."""
    regional = (
        *("acm", "autoscaling", "cognito-idp", "dynamodb", "ec2", "eks", "elasticfilesystem", "elasticloadbalancing"),
        *("kms", "logs", "monitoring", "s3", "secretsmanager", "servicediscovery", "sqs", "ssm", "tagging"),
        *("waf-regional", "wafv2"),
    )
    everywhere = ("api.pricing.us-east-1", "iam", "route53", "shield.us-east-1")
    return (*(f"{name}.{region}.amazonaws.com" for name in regional), *(f"{name}.amazonaws.com" for name in everywhere))
