"""Cut the service models that the probe calls AWS with out of botocore's: `python -m tools.aws_models`.

Which operations: those that the controllers' profiles read, and those in `OWN`. With --check it writes nothing and
fails where a file is stale.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from botocore.loaders import Loader

from probe.controllers import CONTROLLERS
from probe.wire.models import FOLDER

OWN: Mapping[str, tuple[str, ...]] = {
    "sts": ("AssumeRole", "AssumeRoleWithWebIdentity", "DecodeAuthorizationMessage", "GetCallerIdentity"),
    "ec2": ("DescribeAvailabilityZones", "DescribeInstances", "DescribeSubnets", "DescribeVpcs"),
    "eks": ("DescribePodIdentityAssociation", "ListPodIdentityAssociations"),
    "iam": ("GetOpenIDConnectProvider", "GetRole", "ListOpenIDConnectProviders", "SimulatePrincipalPolicy"),
}
"""What the probe itself asks, whichever the controller."""

_METADATA = (
    *("apiVersion", "endpointPrefix", "jsonVersion", "protocol", "serviceId", "signatureVersion", "signingName"),
    *("targetPrefix", "xmlNamespace"),
)
_OPERATION = ("name", "http", "input", "output")
_SHAPE = (
    *("type", "members", "member", "key", "value", "payload", "flattened", "locationName", "location", "queryName"),
    *("xmlNamespace", "xmlAttribute", "timestampFormat", "streaming", "box", "jsonvalue", "sensitive", "shape"),
    *("resultWrapper", "idempotencyToken", "eventstream", "wrapper"),
)
_NOT_SPOKEN = "smithy-rpc-v2-cbor"
"""A protocol that nobody needs who has two more to choose from: every service that has it also speaks another."""

Tree = dict[str, Any]


def wanted() -> dict[str, tuple[str, ...]]:
    """Return the operations to keep, by service."""
    found: dict[str, set[str]] = {service: set(operations) for service, operations in OWN.items()}
    for profile in CONTROLLERS:
        for read in profile.reads:
            found.setdefault(read.service, set()).add(read.operation)
    return {service: tuple(sorted(operations)) for service, operations in sorted(found.items())}


def generated() -> dict[Path, str]:
    """Return every model with its path. Raises KeyError for an operation that botocore does not know."""
    loader = Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
    return {
        FOLDER / f"{service}.json": written(trimmed(loader.load_service_model(service, "service-2"), operations))
        for service, operations in wanted().items()
    }


def trimmed(model: Tree, operations: tuple[str, ...]) -> Tree:
    """Return the part of a model that these operations need, without documentation and without constraints."""
    kept = {name: _only(model["operations"][name], _OPERATION) for name in operations}
    names = set(_reachable(model["shapes"], [_only(one, ("input", "output")) for one in kept.values()]))
    metadata = {name: model["metadata"][name] for name in _METADATA if name in model["metadata"]}
    spoken = [one for one in model["metadata"].get("protocols", [metadata["protocol"]]) if one != _NOT_SPOKEN]
    metadata["protocol"] = spoken[0] if metadata["protocol"] == _NOT_SPOKEN else metadata["protocol"]
    shapes = {name: _shape(model["shapes"][name]) for name in sorted(names)}
    return {"version": "2.0", "metadata": metadata, "operations": kept, "shapes": shapes}


def written(model: Tree) -> str:
    """Return a model as text with a line for each operation and shape, so that a difference can be read."""
    parts = [f'"metadata":{_line(model["metadata"])}', f'"version":{_line(model["version"])}']
    for part in ("operations", "shapes"):
        lines = ",\n".join(f"{_line(name)}:{_line(one)}" for name, one in model[part].items())
        parts.append(f'"{part}":{{\n{lines}\n}}')
    return "{" + ",\n".join(parts) + "}\n"


def main() -> int:
    """Write, or check; the exit code is 1 when something is stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is stale")
    check = parser.parse_args().check
    files = generated()
    stale = [path for path, text in files.items() if not path.is_file() or path.read_text() != text]
    gone = [path for path in FOLDER.glob("*.json") if path not in files]
    for path in [*stale, *gone]:
        print(f"{'Stale' if check else 'Written' if path in files else 'Removed'}: {path.name}")
        if check:
            continue
        if path in files:
            path.write_text(files[path])
        else:
            path.unlink()
    return 1 if check and (stale or gone) else 0


def _reachable(shapes: Tree, references: list[Tree]) -> Iterator[str]:
    seen: set[str] = set()
    waiting = [name for one in references for name in _named(one)]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            yield name
            waiting += _named(_shape(shapes[name]))


def _named(tree: Tree) -> Iterator[str]:
    """Yield the shapes that a part of a model refers to."""
    for name, value in tree.items():
        if name == "shape" and isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from _named(value)


def _shape(shape: Tree) -> Tree:
    kept = _only(shape, _SHAPE)
    for part in ("member", "key", "value"):
        if part in kept:
            kept[part] = _only(kept[part], _SHAPE)
    if "members" in kept:
        kept["members"] = {name: _only(member, _SHAPE) for name, member in kept["members"].items()}
    return kept


def _only(tree: Tree, names: tuple[str, ...]) -> Tree:
    kept = {name: tree[name] for name in names if name in tree}
    return {name: _only(value, _SHAPE) if name in {"input", "output"} else value for name, value in kept.items()}


def _line(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=False)


if __name__ == "__main__":
    sys.exit(main())
