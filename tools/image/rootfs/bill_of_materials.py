"""The software bill of materials: CycloneDX 1.6, from what pip installed and from the packages of Debian."""

import json
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tools.image.rootfs.debian import Package

PLACE = "/usr/share/sbom/aws-credential-probe.cdx.json"
PROBE = "aws-credential-probe"
_NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
"""That of URLs (RFC 9562), for a serial number that is the same for the same content."""


def bill(site: Path, report: Mapping[str, Any], debian: Iterable[Package], seconds: int) -> str:
    """Return the document as text. `report` is pip's own of what it installed, `seconds` the time of the build."""
    wheels = {_normal(one["metadata"]["name"]): one["download_info"]["archive_info"] for one in report["install"]}
    python = {_normal(one.name): one for one in sorted(_distributions(site), key=lambda one: _normal(one.name))}
    own = python.pop(PROBE)
    components = [_python_component(one, wheels[name]["hashes"]) for name, one in python.items()]
    components += [_debian_component(one) for one in debian]
    body = {
        "metadata": {
            "timestamp": datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z"),
            "component": {**_python_component(own, {}), "type": "application"},
        },
        "components": components,
        "dependencies": list(_dependencies({PROBE: own, **python})),
    }
    serial = uuid.uuid5(_NAMESPACE, json.dumps(body, sort_keys=True))
    told = {"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": f"urn:uuid:{serial}", "version": 1, **body}
    return json.dumps(told, indent=1) + "\n"


def _distributions(site: Path) -> Iterator[Distribution]:
    yield from (PathDistribution(folder) for folder in site.glob("*.dist-info"))


def _python_component(one: Distribution, hashes: Mapping[str, str]) -> dict[str, Any]:
    url = f"pkg:pypi/{_normal(one.name)}@{one.version}"
    told: dict[str, Any] = {
        "type": "library",
        "bom-ref": url,
        "name": one.name,
        "version": one.version,
        "purl": url,
        "licenses": list(_licenses(one.metadata.json)),
    }
    if "sha256" in hashes:
        told["hashes"] = [{"alg": "SHA-256", "content": hashes["sha256"]}]
    return told


def _licenses(metadata: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what a package says of its licence: an SPDX expression, or else whatever it calls it."""
    named = metadata.get("license")
    if "license_expression" in metadata:
        yield {"expression": metadata["license_expression"]}
    elif named and "\n" not in named:
        yield {"license": {"name": named}}


def _debian_component(package: Package) -> dict[str, Any]:
    version = quote(package.version, safe="~.-")
    url = f"pkg:deb/debian/{quote(package.name)}@{version}?arch={package.architecture}&distro=debian-13"
    return {
        "type": "library",
        "bom-ref": url,
        "name": package.name,
        "version": package.version,
        "purl": url,
        "properties": [{"name": "debian:source", "value": package.source}],
    }


def _dependencies(python: Mapping[str, Distribution]) -> Iterator[dict[str, Any]]:
    references = {name: f"pkg:pypi/{name}@{one.version}" for name, one in python.items()}
    for name, one in sorted(python.items()):
        needed = {_required(text) for text in one.requires or [] if "extra ==" not in text}
        yield {"ref": references[name], "dependsOn": [references[other] for other in sorted(needed & set(python))]}


def _required(text: str) -> str:
    return _normal(re.split(r"[^A-Za-z0-9._-]", text, maxsplit=1)[0])


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
