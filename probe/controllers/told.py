"""A profile in words, section by section: what `probe explain --controller` and the documentation both tell."""

from collections.abc import Iterable, Iterator

from probe.controllers.chosen import Chosen, Released
from probe.controllers.profile import GLOBAL, Endpoint, MetadataNeed, Place, PlaceKind, Read, SdkSince, Workload
from probe.records import dataclass

_PLACES = {
    PlaceKind.FLAG: "the flag {}",
    PlaceKind.VARIABLE: "the variable {}",
    PlaceKind.SDK: "the SDK's own order: {}",
    PlaceKind.TAGS: "the flag {}, and ec2:DescribeVpcs",
    PlaceKind.IMDS: "IMDS: {}",
    PlaceKind.INSTANCE: "the variable {}, and ec2:DescribeInstances",
    PlaceKind.NODE: "the node object's {}",
    PlaceKind.RESOURCE: "{}",
}
_WHAT = {"region": "region", "vpc-id": "VPC id", "instance": "instance data"}


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading and what stands under it."""

    title: str
    items: tuple[str, ...]
    numbered: bool = False


def verdict_of(chosen: Chosen) -> str:
    """Say the two things that are asked first: whether Pod Identity works, and what it takes from IMDS."""
    return f"{_pod_identity(chosen)} {_imds(chosen)}"


def sections(chosen: Chosen) -> Iterator[Section]:
    """Yield what is known for the version, or of all releases where none was named; nothing for what is not known."""
    profile = chosen.profile
    drafts = (
        Section(title="Built with", items=tuple(_sdk(chosen, one) for one in profile.sdks)),
        Section(title="Usually runs as", items=tuple(map(_workload, profile.workloads))),
        Section(title="Its region comes from", items=_places(chosen, profile.region_order), numbered=True),
        Section(title="Its VPC id comes from", items=_places(chosen, profile.vpc_order), numbered=True),
        Section(title="Taken from IMDS", items=tuple(map(_need, chosen.of(profile.metadata)))),
        Section(title="Needs besides", items=profile.other_needs),
        Section(title="Endpoints that its pod must reach", items=tuple(map(_endpoint, chosen.of(profile.endpoints)))),
        Section(title="Read calls that prove its permissions", items=tuple(map(_read, chosen.of(profile.reads)))),
        Section(
            title="Actions that only iam:SimulatePrincipalPolicy can prove",
            items=tuple(f"{one.action}{_released(one)}{_because(one.why)}" for one in chosen.of(profile.writes)),
        ),
        Section(
            title="Parts that take fewer sources of credentials",
            items=tuple(f"{one.name}: {one.why} {one.instead}" for one in chosen.of(profile.features)),
        ),
        Section(title="How it fails", items=(profile.fails_as,) if profile.fails_as else ()),
        Section(title="Mind", items=profile.notes),
        Section(title="References", items=profile.references),
    )
    yield from (one for one in drafts if one.items)


def needs_in_words(needs: Iterable[MetadataNeed]) -> str:
    """Return `region, VPC id and instance data`."""
    *most, last = dict.fromkeys(_WHAT[one.what] for one in needs)
    return f"{', '.join(most)} and {last}" if most else last


def _pod_identity(chosen: Chosen) -> str:
    first, profile = chosen.first_with_pod_identity, chosen.profile
    if first is None:
        return "From which release on it takes Pod Identity is not known; IRSA works."
    if chosen.takes_pod_identity is None:
        lines = f" ({', '.join(profile.pod_identity_since)})" if len(profile.pod_identity_since) > 1 else ""
        return f"Pod Identity works since {first}{lines}."
    if chosen.takes_pod_identity:
        return f"{chosen.version} takes Pod Identity (since {first})."
    return f"{chosen.version} cannot use Pod Identity: the first release that can is {first}. IRSA works."


def _imds(chosen: Chosen) -> str:
    needs = chosen.of(chosen.profile.metadata)
    if not needs:
        return "It never needs IMDS, except for credentials where it has no others."
    for_good = [one for one in needs if not one.replaced_by]
    if for_good and for_good[0].fatal:
        return f"It takes its {needs_in_words(for_good)} from IMDS, and nothing replaces that."
    if for_good:
        return f"It takes its {needs_in_words(for_good)} from IMDS, where that is asked for, and can do without."
    flags = list(dict.fromkeys(one.replaced_by[0] for one in needs))
    given = f"{flags[0]} replaces" if len(flags) == 1 else f"{' and '.join(flags)} replace"
    return f"It takes its {needs_in_words(needs)} from IMDS, unless {given} it."


def _sdk(chosen: Chosen, since: SdkSince) -> str:
    name = since.sdk or "no SDK that the probe models, or two of them"
    version = f" {since.sdk_version}" if since.sdk_version else ""
    mark = "  <- this version" if chosen.sdk is since else ""
    return f"{since.release} and later: {name}{version}{mark}"


def _workload(workload: Workload) -> str:
    network = {True: "on the host network", False: "not on the host network", None: "host network by chart or release"}
    return (
        f"ServiceAccount {' or '.join(workload.service_accounts)} in {' or '.join(workload.namespaces)}, "
        f"{network[workload.host_network]}; pods: -l {' or -l '.join(workload.labels)}"
    )


def _places(chosen: Chosen, places: Iterable[Place]) -> tuple[str, ...]:
    return tuple(
        _PLACES[one.kind].format(one.name)
        + _released(one)
        + (f"; {one.note}" if one.note else "")
        + ("; a failure ends the search" if one.final else "")
        for one in places
        if chosen.version is None or chosen.holds(one)
    )


def _need(need: MetadataNeed) -> str:
    instead = f"; instead: {' or '.join(need.replaced_by)}" if need.replaced_by else ""
    instead = instead or ("; nothing replaces it" if need.fatal else "")
    return f"{_WHAT[need.what]}{_released(need)}: {need.why}{instead}"


def _endpoint(endpoint: Endpoint) -> str:
    place = {None: ".REGION", GLOBAL: ""}.get(endpoint.region, f".{endpoint.region}")
    only = f"; only with {endpoint.only_with}" if endpoint.only_with else ""
    off = f"; {endpoint.optional_flag} does without" if endpoint.optional_flag else ""
    return f"{endpoint.service}{place}{_released(endpoint)}: {endpoint.why}{only}{off}{_seldom(endpoint)}"


def _read(read: Read) -> str:
    dry = " (DryRun)" if read.dry_run else ""
    only = f"; only with {read.only_with}" if read.only_with else ""
    off = f"; not with {read.optional_flag}" if read.optional_flag else ""
    return f"{read.action}{dry}{_released(read)}: {read.why}{only}{off}{_seldom(read)}"


def _seldom(call: Endpoint | Read) -> str:
    """Say when the controller does not call it."""
    spared = f"; not with {' or '.join(call.not_with)}" if call.not_with else ""
    return spared + ("" if call.essential else "; not every use needs it")


def _because(why: str) -> str:
    return f": {why}" if why else ""


def _released(one: Released) -> str:
    since, until = one.since, one.until
    if since and until:
        return f" (from {since} to before {until})"
    return f" (since {since})" if since else f" (before {until})" if until else ""
