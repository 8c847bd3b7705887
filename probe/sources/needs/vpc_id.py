"""The places of a VPC id: a flag, tags to search for, IMDS, the instance that a variable names."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from probe.controllers import Chosen
from probe.controllers.arguments import Arguments
from probe.controllers.profile import Place, PlaceKind
from probe.controllers.version import at_least
from probe.evidence.configuration import ImdsVariables
from probe.evidence.discovery import FoundValue, Looked, LookedAt
from probe.evidence.needs import AwsRead, Permission
from probe.evidence.walked import Outcome
from probe.sources.documents import text_of
from probe.sources.imds_conversation import Conversation
from probe.sources.imds_token import ask_for_token
from probe.sources.needs.imds_place import did_not_tell, is_off, without_imds
from probe.sources.needs.reads import aws_read
from probe.walk import Walk
from probe.wire.exchange import Answer

MAC_PATH = "/latest/meta-data/mac"
VPC_PATH = "/latest/meta-data/network/interfaces/macs/{mac}/vpc-id"
ALL_TAGS_SINCE = "3.2.0"
"""Since this release of the AWS Load Balancer Controller all tags have to match; before, that of one key."""
DEFAULT_TAG_KEY = "Name"
_VPC_ID = re.compile(r"vpc-[0-9A-Za-z]{8,20}")
_INSTANCE_ID = re.compile(r"i-[0-9A-Za-z]{8,20}")
_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")


def vpc_place(walk: Walk, controller: Chosen, place: Place) -> LookedAt:
    """Look for the VPC id in one place."""
    arguments = Arguments(walk.options.wanted.controller_arguments)
    if place.kind is PlaceKind.FLAG:
        told = arguments.value(place.name)
        return _found(place, told) if told else LookedAt(place=place.name, looked=Looked.NOT_GIVEN)
    if place.kind is PlaceKind.TAGS:
        return _by_tags(walk, controller, place, arguments)
    if place.kind is PlaceKind.IMDS:
        return _by_imds(walk, place)
    if place.kind is PlaceKind.INSTANCE:
        return _by_instance(walk, place)
    return LookedAt(place=place.name, looked=Looked.UNKNOWN, note="not read from here")


def checked(walk: Walk, facts: FoundValue) -> FoundValue:
    """Ask EC2 whether there is the VPC that a flag names, in the region that the controller would use."""
    if facts.value is None or not (facts.told_by or "").startswith("--") or facts.looked_at[-1].read is not None:
        return facts
    read, result = aws_read(walk, "ec2", "DescribeVpcs", {"VpcIds": [facts.value]}, why="whether the VPC exists")
    unknown = read.answer is not None and read.answer.code in {"InvalidVpcID.NotFound", "InvalidVpcID.Malformed"}
    return replace(facts, checked=read, exists=True if result is not None else False if unknown else None)


def _found(place: Place, value: str, read: AwsRead | None = None, note: str | None = None) -> LookedAt:
    if not _VPC_ID.fullmatch(value):
        return LookedAt(place=place.name, looked=Looked.UNKNOWN, note="what it gives is no VPC id", read=read)
    return LookedAt(place=place.name, looked=Looked.FOUND, value=value, read=read, note=note)


def _by_tags(walk: Walk, controller: Chosen, place: Place, arguments: Arguments) -> LookedAt:
    told = arguments.value(place.name)
    if not told:
        return LookedAt(place=place.name, looked=Looked.NOT_GIVEN)
    if '"' in told:
        return LookedAt(
            place=place.name, looked=Looked.UNKNOWN, note="tags in quotation marks are not taken apart here"
        )
    tags = dict(part.strip().partition("=")[::2] for part in told.split(","))
    one_key = controller.version is not None and not at_least(controller.version, ALL_TAGS_SINCE)
    if one_key:
        key = arguments.value("--aws-vpc-tag-key") or DEFAULT_TAG_KEY
        tags = {key: tags.get(key, "")}
    shown = walk.redactor.clean(", ".join(f"{key}={value}" for key, value in tags.items()), 200)
    filters = [{"Name": f"tag:{key}", "Values": [value]} for key, value in tags.items()]
    read, result = aws_read(walk, "ec2", "DescribeVpcs", {"Filters": filters}, why="the VPC with these tags")
    if result is None:
        return _without_result(place, read, shown)
    vpcs = [one for one in result.get("Vpcs", ()) if isinstance(one, dict) and isinstance(one.get("VpcId"), str)]
    if len(vpcs) != 1:
        looked = Looked.SEVERAL if vpcs else Looked.NO_MATCH
        return LookedAt(place=place.name, looked=looked, read=read, note=f"{len(vpcs)} VPCs with {shown}")
    return _found(place, vpcs[0]["VpcId"], read, shown)


def _without_result(place: Place, read: AwsRead, note: str) -> LookedAt:
    if read.permission is Permission.DENIED:
        return LookedAt(place=place.name, looked=Looked.REFUSED, read=read, note=note)
    return LookedAt(place=place.name, looked=Looked.UNKNOWN, read=read, note=read.reason)


def _by_imds(walk: Walk, place: Place) -> LookedAt:
    variables = walk.facts("imds.variables")
    has_token = walk.outcome("imds.token") in {Outcome.OK, Outcome.WARN}
    reached = has_token or walk.outcome("imds.metadata") is Outcome.OK
    if not isinstance(variables, ImdsVariables) or not reached or is_off(walk):
        return without_imds(walk, place)
    imds = Conversation(walk, variables)
    token = ask_for_token(imds).value if has_token else None
    answer = imds.get(MAC_PATH, token)
    mac = _text(answer)
    if mac is not None and _MAC.fullmatch(mac):
        answer = imds.get(VPC_PATH.format(mac=mac), token)
        told = _text(answer)
        if told is not None:
            return _found(place, told)
    if answer.exchange.status == 404:
        return LookedAt(place=place.name, looked=Looked.NO_ANSWER, note="IMDS answers and does not give it")
    return LookedAt(place=place.name, looked=Looked.UNKNOWN, note=did_not_tell(answer.exchange))


def _text(answer: Answer) -> str | None:
    return text_of(answer.body) if answer.exchange.status == 200 else None


def _by_instance(walk: Walk, place: Place) -> LookedAt:
    """Follow the controller: it asks only for a name that begins as an instance id does."""
    name = walk.surroundings.get(place.name) or ""
    if not _INSTANCE_ID.fullmatch(name):
        return LookedAt(place=place.name, looked=Looked.NOT_GIVEN)
    read, result = aws_read(walk, "ec2", "DescribeInstances", {"InstanceIds": [name]}, why="the node's VPC")
    if result is None:
        return _without_result(place, read, name)
    ids = {one.get("VpcId") for one in _instances(result)}
    vpc_id = ids.pop() if len(ids) == 1 else None
    if not isinstance(vpc_id, str):
        return LookedAt(place=place.name, looked=Looked.NO_MATCH, read=read, note=name)
    return _found(place, vpc_id, read, name)


def _instances(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    reservations = [one for one in result.get("Reservations", ()) if isinstance(one, dict)]
    return [one for held in reservations for one in held.get("Instances", ()) if isinstance(one, dict)]
