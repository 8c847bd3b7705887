"""Where a loopback world's names and addresses lead."""

from typing import Any

from probe.lab.scenario import Scenario

PUBLIC_STS, GLOBAL_STS = "198.51.100.10", "198.51.100.11"
"""Addresses of the documentation range (RFC 5737) in the place of STS' public ones."""
API_SERVER = "10.100.0.1"
"""What KUBERNETES_SERVICE_HOST says in the pods of the presets."""
REGION = "eu-central-1"
PLACES = {
    "imds": ("169.254.169.254:80", "[fd00:ec2::254]:80"),
    "agent": ("169.254.170.23:80", "[fd00:ec2::23]:80"),
    "ecs": ("169.254.170.2:80",),
    "sts": (f"{PUBLIC_STS}:443",),
    "sts-global": (f"{GLOBAL_STS}:443",),
    "kubernetes": (f"{API_SERVER}:443",),
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
    }
