"""The endpoints that the controller calls: which of them this pod does not reach, and what to do about each kind."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from probe.controllers import Arguments, chosen
from probe.evidence import (
    NAME_FAILED,
    TLS_BROKEN,
    Connections,
    Ending,
    Endpoints,
    Outcome,
    ReachedEndpoint,
    Source,
)
from probe.findings.addresses import is_private
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.catalogue.entry import Severity
from probe.findings.shell import quoted
from probe.findings.sts_tls import is_foreign
from probe.report import Finding, Remedy, Tool

STEP = "needs.endpoints"
PATIENCE_MS = 2900.0
"""A connect must have had this long, two SYN packets, before its silence means anything."""
_HELM = {
    "--enable-shield=false": "enableShield=false",
    "--enable-waf=false": "enableWaf=false",
    "--enable-wafv2=false": "enableWafv2=false",
}
"""Values of the chart of the AWS Load Balancer Controller."""


def unreachable(case: Case) -> Iterator[Finding]:
    """Endpoints that cannot be reached: what the controller must have, what some uses need, what a flag turns off."""
    facts = case.evidence.facts(STEP, Endpoints)
    missed = [one for one in facts.reached if not one.is_reached] if facts else []
    missed = [one for one in missed if one.endpoint.service != "sts" or not _told_before(case)]
    optional = [one for one in missed if one.optional_flag]
    seldom = [one for one in missed if one not in optional and one.endpoint.service in _seldom(case)]
    needed = [one for one in missed if one not in (*optional, *seldom)]
    if needed:
        yield _finding(needed, "the controller calls and cannot do without", _open_the_way(case, needed))
    if seldom:
        finding = _finding(seldom, "only some uses of the controller call", _open_the_way(case, seldom))
        yield replace(finding, severity=Severity.WARNING)
    if optional:
        remedies = (*_turn_off(optional), *_open_the_way(case, optional))
        yield _finding(optional, "the controller calls by default and can do without", remedies)


def _seldom(case: Case) -> frozenset[str]:
    """Return the services that only some uses, or flags that nobody told, let the controller call."""
    wanted = case.evidence.wanted
    controller = chosen(wanted.controller, wanted.controller_version)
    if controller is None:
        return frozenset()
    arguments = Arguments(wanted.controller_arguments)
    endpoints = controller.of(controller.profile.endpoints)
    sure = {one.service for one in endpoints if one.essential and controller.surely_makes(one, arguments)}
    return frozenset(one.service for one in endpoints) - sure


def _told_before(case: Case) -> bool:
    """Whether STS out of reach has a finding of its own: the chain met it first."""
    way = case.evidence.facts("web-identity.connect", Connections)
    if way is not None and way.used.ending is not Ending.CONNECTED:
        return True
    answers = [case.identity(source) for source in Source]
    unheard = any(one is not None and not one.first.exchange.answered for one in answers)
    return unheard or case.evidence.outcome("web-identity.tls") is Outcome.FAIL


def _finding(missed: Sequence[ReachedEndpoint], what: str, remedies: Iterable[Remedy]) -> Finding:
    foreign = any(one.handshake is not None and is_foreign(one.handshake) for one in missed)
    hosts = ", ".join(f"{one.endpoint.host} ({_how(one)})" for one in missed)
    return found(
        "endpoint-unreachable",
        certainty=CERTAIN if all(map(_had_its_time, missed)) and not foreign else LIKELY,
        step=STEP,
        summary=f"This pod does not reach what {what}: {hosts}.",
        evidence=[line for one in missed for line in _told(one)],
        becomes_certain_with="The authorities that the controller's own image trusts: the probe's may be others."
        if foreign
        else "A longer deadline: the connects were given too little time.",
        remedies=remedies,
    )


def _had_its_time(one: ReachedEndpoint) -> bool:
    """Whether the ending would be the same if one had waited longer."""
    if one.ending is Ending.CONNECT_TIMEOUT:
        return (one.connection.milliseconds or 0.0) >= PATIENCE_MS
    return one.ending not in {Ending.NAME_LOOKUP_TIMEOUT, Ending.TLS_TIMEOUT}


def _how(one: ReachedEndpoint) -> str:
    return one.ending.replace("-", " ")


def _told(one: ReachedEndpoint) -> Iterator[str]:
    connection, shaken = one.connection, one.handshake
    address = f" at {connection.address}" if connection.address else ""
    why = f"; it is called for: {one.why}" if one.why else ""
    name = f" ({connection.error_name})" if connection.error_name else ""
    yield f"{one.endpoint.host}{address}: {_how(one)}{name}{why}"
    if shaken is not None and one.ending in TLS_BROKEN:
        issuer = f", issued by {shaken.issuer}" if shaken.issuer else ""
        yield f"TLS with {one.endpoint.host}: {shaken.error or _how(one)}{issuer}"
    if connection.address and one.ending in {Ending.CONNECT_TIMEOUT, Ending.REFUSED}:
        if is_private(connection.address):
            yield f"{connection.address} is a private address, as of a VPC endpoint: it does not let this pod in"
        else:
            yield f"{connection.address} is a public address: no VPC endpoint with private DNS is there"


def _turn_off(missed: Sequence[ReachedEndpoint]) -> Iterator[Remedy]:
    """Do without, for what can be done without."""
    flags = [one.optional_flag for one in missed if one.optional_flag]
    values = [_HELM[flag] for flag in flags if flag in _HELM]
    yield Remedy(text=f"Turn off what is not used, with the controller's flags: {' '.join(flags)}.")
    if len(values) == len(flags):
        chosen = " ".join(f"--set {value}" for value in values)
        yield Remedy(
            text="The same with its Helm chart; CHART_VERSION as `helm list -A` shows it, else it is upgraded as well.",
            command="helm upgrade aws-load-balancer-controller eks/aws-load-balancer-controller "
            f"--namespace kube-system --version CHART_VERSION --reuse-values {chosen}",
            tool=Tool.HELM,
            privileged=True,
        )


def _open_the_way(case: Case, missed: Sequence[ReachedEndpoint]) -> Iterator[Remedy]:
    if any(one.ending in TLS_BROKEN for one in missed):
        yield Remedy(
            text="Exempt these names from TLS inspection, or let the controller trust the inspecting authority."
        )
    absent = [one for one in missed if _lacks_an_endpoint(one)]
    if any(one.connection.address and is_private(one.connection.address) for one in missed):
        yield Remedy(
            text="Where a VPC endpoint has that address: let port 443 from the pods into its security group, past any "
            "policy.",
            command="aws ec2 describe-vpc-endpoints --filters Name=service-name,"
            f"Values={','.join(_service(case, one) for one in missed)} --query 'VpcEndpoints[].[ServiceName,Groups]'",
            tool=Tool.AWS,
        )
    for one in absent:
        yield Remedy(
            text=f"Make a VPC endpoint for {one.endpoint.service}, or give the subnets a way to the internet (NAT). "
            "VPC_ID, SUBNETS and GROUP are yours; the group must let port 443 in.",
            command=f"aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --service-name {_service(case, one)} "
            "--vpc-id VPC_ID --subnet-ids SUBNETS --security-group-ids GROUP --private-dns-enabled",
            tool=Tool.AWS,
            privileged=True,
        )
    if any(one.ending in NAME_FAILED for one in missed):
        yield Remedy(text="See why the name is not resolved: the VPC's DNS support, CoreDNS and its forwarders.")


def _lacks_an_endpoint(one: ReachedEndpoint) -> bool:
    """Whether a VPC endpoint would help: none is there, and the service has them in every region."""
    address = one.connection.address
    is_there = address is not None and is_private(address)
    is_elsewhere = one.endpoint.service in {"api.pricing", "iam", "route53", "shield"}
    return not (is_there or is_elsewhere or one.optional_flag or one.ending in TLS_BROKEN)


def _service(case: Case, one: ReachedEndpoint) -> str:
    return quoted(f"com.amazonaws.{one.endpoint.region or case.region or 'REGION'}.{one.endpoint.service}")


RULES = (unreachable,)
