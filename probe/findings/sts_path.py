"""The way to STS: its name, its address, and the other endpoint that older SDKs take."""

from collections.abc import Iterator
from dataclasses import replace

from probe.evidence import NAME_FAILED, NO_PATH, Connection, Ending, NameLookup, Step
from probe.findings.addresses import is_nobodys, is_private
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.catalogue.entry import Severity
from probe.findings.sts_remedies import (
    check_name,
    is_overridden,
    mend_dns,
    mend_override,
    open_the_way,
    region_of,
    use_regional,
)
from probe.findings.web_identity_view import WebIdentityView
from probe.parse.sts_regions import LEGACY_GLOBAL_REGIONS
from probe.report import Certainty, Finding, Remedy

PATIENCE_MS = 2900.0
"""A connect must have waited this long before its silence means anything: two SYN retransmissions."""
DNS_PATIENCE_MS = 5000.0
"""The resolver's own first timeout (resolv.conf(5))."""
_NO_ADDRESS = frozenset({"EAI_NODATA", "EAI_ADDRFAMILY"})
"""The resolver's words for a name that is there and has no address of a family that was asked for."""
REGIONAL_VARIABLE = "AWS_STS_REGIONAL_ENDPOINTS"


def dns(case: Case) -> Iterator[Finding]:
    """The endpoint's name does not resolve, and no proxy looks it up in the pod's place."""
    view = WebIdentityView(case)
    lookups = view.lookups
    if lookups is None or lookups.used.error is None or proxied(view):
        return
    if _is_global_only(view):
        return  # the other endpoint is there: said by global_unreachable
    other = lookups.other
    evidence = [_told_lookup(one) for one in (lookups.used, other) if one is not None]
    if other is not None and other.addresses and lookups.used.error is Ending.NAME_NOT_FOUND:
        evidence.append("other names resolve, so DNS works: it is this name")
    step = case.evidence.step("web-identity.dns")
    yield name_finding(case, view, lookups.used, step="web-identity.dns", evidence=evidence, waited=step)


def name_finding(
    case: Case, view: WebIdentityView, lookup: NameLookup, *, step: str, evidence: list[str], waited: Step | None
) -> Finding:
    """Say how a name failed. Not found, could not tell and no answer have different causes.

    `waited` is the step that lasted at least as long as the look-up.
    """
    took = (waited.duration_ms if waited else None) or lookup.milliseconds or 0.0
    missing = lookup.error is Ending.NAME_NOT_FOUND
    silent = lookup.error is Ending.NAME_LOOKUP_TIMEOUT
    if missing:
        lacks = "has no address that this pod could use, or " if lookup.error_name in _NO_ADDRESS else ""
        summary = f"The name {lookup.host} {lacks}does not exist for this pod's DNS ({lookup.error_name})."
    elif silent:
        summary = f"DNS gives this pod no answer for {lookup.host} within {took / 1000:.1f} s."
    else:
        summary = f"This pod's DNS fails to look up {lookup.host} ({lookup.error_name})."
    return found(
        "sts-dns-failed",
        certainty=LIKELY if silent and took < DNS_PATIENCE_MS else CERTAIN,
        step=step,
        summary=summary,
        evidence=evidence,
        becomes_certain_with="A longer deadline: DNS was cut short.",
        remedies=_name_remedies(case, view, missing=missing),
    )


def _name_remedies(case: Case, view: WebIdentityView, *, missing: bool) -> tuple[Remedy, ...]:
    if is_overridden(view.endpoint):
        return (*mend_override(view.endpoint), *mend_dns(case)[:1])
    return (*check_name(case, view.endpoint), *mend_dns(case)[:1]) if missing else mend_dns(case)


def _told_lookup(lookup: NameLookup) -> str:
    took = f" in {lookup.milliseconds:.0f} ms" if lookup.milliseconds is not None else ""
    if lookup.error is not None:
        name = f" ({lookup.error_name})" if lookup.error_name else ""
        return f"look-up of {lookup.host}: {lookup.error.replace('-', ' ')}{name}{took}"
    return f"look-up of {lookup.host}: {', '.join(lookup.addresses)}{took}"


def bad_region(case: Case) -> Iterator[Finding]:
    """The configured region makes no host name; the probe asked another endpoint than the SDKs would."""
    view = WebIdentityView(case)
    if view.endpoint is None or view.endpoint.region_problem is None:
        return
    yield found(
        "sts-dns-failed",
        certainty=LIKELY,
        step="web-identity.variables",
        summary=f"No STS endpoint can be made of the configured region. {view.endpoint.region_problem}",
        evidence=[f"the probe took {view.endpoint.region} ({view.endpoint.region_from}) in its place"],
        becomes_certain_with="The application's own error: it names the host that it tried.",
        remedies=(Remedy(text="Write the region as AWS spells it, such as eu-central-1, into both variables."),),
    )


def unreachable(case: Case) -> Iterator[Finding]:
    """The name resolves, and connecting fails."""
    view = WebIdentityView(case)
    connections = view.connections
    if connections is None or proxied(view) or connections.used.ending not in NO_PATH or _is_global_only(view):
        return
    yield connection_finding(case, view, connections.used, step="web-identity.connect", evidence=told_ways(view))


def connection_finding(
    case: Case, view: WebIdentityView, connection: Connection, *, step: str, evidence: list[str]
) -> Finding:
    """Say how connecting failed, and what the kind of address makes of it."""
    address = connection.address or connection.host
    how = {
        Ending.REFUSED: "is refused",
        Ending.CONNECT_TIMEOUT: "gets no answer",
        Ending.PROHIBITED: "is forbidden on the way",
    }.get(connection.ending, "has no route")
    cut_short = connection.ending is Ending.CONNECT_TIMEOUT and (connection.milliseconds or 0.0) < PATIENCE_MS
    return found(
        "sts-unreachable",
        certainty=LIKELY if cut_short else CERTAIN,
        step=step,
        summary=f"STS cannot be reached from this pod: connecting to {connection.host} ({address}) {how}.",
        evidence=[*evidence, f"{address} is {_kind(address)}", *_meaning(case, connection)],
        becomes_certain_with="A longer deadline: the connect was cut short.",
        remedies=_open_way(case, view, address),
    )


def _open_way(case: Case, view: WebIdentityView, address: str) -> tuple[Remedy, ...]:
    if is_overridden(view.endpoint):
        return mend_override(view.endpoint)
    if is_nobodys(address):
        return check_name(case, view.endpoint)
    return open_the_way(case, view.endpoint, private=is_private(address))


def _kind(address: str) -> str:
    """Say what an address speaks for. DNS may lead anywhere: a wildcard in a search domain, a filter, a mesh."""
    if is_private(address):
        return "a private address: a VPC endpoint, or a server that another name of this DNS leads to"
    if is_nobodys(address):
        return "an address that AWS does not have: this DNS gives an answer of its own (a filter, a mesh)"
    return "a public address: the way out of the VPC"


def _meaning(case: Case, connection: Connection) -> Iterator[str]:
    families, address = case.given.pod.address_families, connection.address or ""
    if connection.ending is Ending.REFUSED:
        yield "somebody answers with a refusal: a mesh sidecar that is not up yet, a REJECT rule, or a wrong address"
    if connection.ending is Ending.UNREACHABLE and families and address:
        lacks = "ipv6" if ":" in address else "ipv4"
        if lacks not in families:
            yield f"this pod has no address of that family ({_FAMILIES[lacks]}), so no way out of the VPC would help"


_FAMILIES = {"ipv4": "IPv4", "ipv6": "IPv6"}


def told_ways(view: WebIdentityView) -> list[str]:
    """Tell of every connection that was tried."""
    connections = view.connections
    ways = (connections.used, connections.other, connections.direct) if connections else ()
    return [_told_connection(one) for one in ways if one is not None]


def _told_connection(connection: Connection) -> str:
    took = f" after {connection.milliseconds:.0f} ms" if connection.milliseconds is not None else ""
    name = f" ({connection.error_name})" if connection.error_name else ""
    via = " (the proxy)" if connection.via_proxy else ""
    at = f", {connection.address}" if connection.address and connection.address != connection.host else ""
    return f"connect to {connection.host}:{connection.port}{via}{at}: {connection.ending.replace('-', ' ')}{name}{took}"


def global_unreachable(case: Case) -> Iterator[Finding]:
    """The regional endpoint is there, the global one is not, and somebody would use the global one."""
    view = WebIdentityView(case)
    if _is_global_only(view):
        yield _global_finding(
            case,
            view,
            certainty=CERTAIN,
            summary=f"The global STS endpoint, which this container is told to use, is out of reach; the one of region "
            f"{region_of(view.endpoint, case)} answers.",
        )
        return
    if _would_use_global(case, view):
        finding = _global_finding(
            case,
            view,
            certainty=LIKELY,
            summary="The global STS endpoint is out of reach: Go v1 and botocore before 1.40.0 would take it here.",
        )
        yield replace(finding, severity=Severity.WARNING)


def _is_global_only(view: WebIdentityView) -> bool:
    """Whether the endpoint in use is the global one, fails, and the regional one connects."""
    connections, endpoint = view.connections, view.endpoint
    if connections is None or endpoint is None or endpoint.host_from != "global" or connections.other is None:
        return False
    return connections.used.ending in NO_PATH | NAME_FAILED and connections.other.ending is Ending.CONNECTED


def _would_use_global(case: Case, view: WebIdentityView) -> bool:
    connections, endpoint = view.connections, view.endpoint
    if connections is None or endpoint is None or connections.other is None or endpoint.host_from != "regional":
        return False
    told = case.given.variables.get(REGIONAL_VARIABLE)
    lost = connections.other.ending in NO_PATH | NAME_FAILED and connections.used.ending is Ending.CONNECTED
    return lost and not told and endpoint.region in LEGACY_GLOBAL_REGIONS


def _global_finding(case: Case, view: WebIdentityView, *, certainty: Certainty, summary: str) -> Finding:
    told = case.given.variables.get(REGIONAL_VARIABLE)
    return found(
        "sts-global-endpoint-unreachable",
        certainty=certainty,
        step="web-identity.connect",
        summary=summary,
        evidence=[*told_ways(view), f"{REGIONAL_VARIABLE} is {told or 'not set'}"],
        remedies=use_regional(case, view.endpoint),
        sdks=() if certainty is CERTAIN else ("go-v1", "botocore"),
    )


def proxied(view: WebIdentityView) -> bool:
    """Whether a proxy applies to STS: it then looks the name up and connects in the pod's place."""
    return view.connections is not None and view.connections.used.via_proxy is not None


RULES = (bad_region, dns, unreachable, global_unreachable)
