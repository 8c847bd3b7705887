"""What AWS said when it was asked for the reason of a finding, as lines of evidence."""

from collections.abc import Iterator

from probe.evidence import IdentityProviders, InstanceOptions, PodIdentityAssociations
from probe.findings.case import Case


def providers(case: Case) -> IdentityProviders | None:
    """The IAM OIDC providers of the role's account, where they were asked for and IAM told them."""
    facts = case.evidence.facts("needs.identity-providers", IdentityProviders)
    return facts if facts is not None and facts.has_issuer is not None else None


def provider_lines(case: Case) -> Iterator[str]:
    """Say which providers IAM lists."""
    facts = providers(case)
    if facts is None:
        return
    if facts.other_spelling is not None:
        yield f"IAM lists the provider under its other host name, which no token carries: {facts.other_spelling}"
    elif facts.has_issuer:
        yield "IAM lists a provider for this issuer by now: it may be only minutes old, or have been made anew"
    else:
        yield f"IAM lists {facts.count} OIDC providers in account {facts.account}, and none is for this issuer"


def association(case: Case) -> PodIdentityAssociations | None:
    """The ServiceAccount's association, where it was asked for and EKS told whether there is one."""
    facts = case.evidence.facts("needs.associations", PodIdentityAssociations)
    return facts if facts is not None and facts.exists is not None else None


def association_lines(case: Case) -> Iterator[str]:
    """Say whether EKS has an association for the ServiceAccount."""
    facts = association(case)
    if facts is None:
        return
    who = f"{case.namespace}/{case.service_account}"
    if facts.exists:
        yield f"EKS lists association {facts.association_id} for {who} in cluster {facts.cluster}"
    else:
        yield f"EKS lists no association for {who} in cluster {facts.cluster} (its name is from {facts.cluster_from})"


def hop_limit(case: Case) -> int | None:
    """The HttpPutResponseHopLimit that EC2 tells of the node's instance, where it was asked."""
    facts = case.evidence.facts("needs.instance", InstanceOptions)
    return facts.hop_limit if facts is not None else None


def instance_lines(case: Case) -> Iterator[str]:
    """Say how EC2 has the instance's metadata options."""
    facts = case.evidence.facts("needs.instance", InstanceOptions)
    if facts is None or facts.hop_limit is None:
        return
    tokens = f", HttpTokens={facts.tokens}" if facts.tokens else ""
    yield f"EC2: {facts.instance_id or 'the instance'} has HttpPutResponseHopLimit={facts.hop_limit}{tokens}"
