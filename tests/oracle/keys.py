"""Whose keys a program came back with: every source of a world hands out keys of its own."""

import json
import re
from collections.abc import Iterator

from probe.evidence import Source
from tests.oracle.world import RoutedWorld

_SERVERS = {"imds": Source.IMDS, "agent": Source.CONTAINER, "ecs": Source.CONTAINER}
_KEY_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY")
_WRITTEN_KEY = re.compile(r"AccessKeyId\W+(\w{16,})")
"""A key that a scenario writes into an answer itself, in whatever form."""
_SHORTEST = 5
"""Characters: the ellipsis and the last four."""


def source_of(world: RoutedWorld, hint: str | None) -> Source | None:
    """Return the source of the keys whose id ends like this, None where the world has none like it."""
    if hint is None or len(hint) < _SHORTEST:
        return None
    tail = hint[1:]
    return next((source for source, ending in _endings(world) if ending == tail), None)


def _endings(world: RoutedWorld) -> Iterator[tuple[Source, str]]:
    """Give every key of a world: what the pod was given, what servers have made, what is written into their answers."""
    environment = {value for name in _KEY_VARIABLES if (value := world.environment.get(name))}
    for key in environment:
        yield Source.ENVIRONMENT, key[-4:]
    for name, keys in world.minted.items():
        yield _SERVERS.get(name) or _impostor(world, name) or Source.SHARED_CONFIG, keys.hint
    for ending in world.issued():
        yield Source.WEB_IDENTITY, ending
    for name, config in world.scenario.servers.items():
        for key in _WRITTEN_KEY.findall(json.dumps(dict(config))):
            yield _SERVERS.get(name) or Source.WEB_IDENTITY, key[-4:]


def _impostor(world: RoutedWorld, name: str) -> Source | None:
    if name != "impostor":
        return None
    places = [host for (host, _), target in world.places.items() if target == name]
    return Source.IMDS if "169.254.169.254" in places else Source.CONTAINER
