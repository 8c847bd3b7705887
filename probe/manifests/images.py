"""Image references: which registry, which controller, which release."""

import re

from probe import __version__
from probe.records import dataclass

DEFAULT_IMAGE = f"ghcr.io/EXAMPLE/aws-credential-probe:{__version__}"
"""The only place where the published image is named."""
_VERSION = re.compile(r"v?([0-9]{1,4}(?:\.[0-9]{1,4}){1,2})(?=$|[-+_])")


@dataclass(frozen=True, kw_only=True)
class Image:
    """The parts of a reference."""

    registry: str
    repository: str
    """Without the registry: `eks/aws-load-balancer-controller`."""
    version: tuple[int, ...] | None
    """Of the tag, if it is one."""

    @property
    def release(self) -> str | None:
        """The version as text."""
        return None if self.version is None else ".".join(map(str, self.version))


def read_image(reference: str) -> Image:
    """Take a reference apart; what is odd about it is simply not found."""
    plain = reference.partition("@")[0]
    first, slash, rest = plain.partition("/")
    has_registry = bool(slash) and ("." in first or ":" in first or first == "localhost")
    registry, path = (first, rest) if has_registry else ("docker.io", plain)
    repository, _, tag = path.partition(":")
    found = _VERSION.match(tag)
    version = tuple(int(number) for number in found.group(1).split(".")) if found else None
    return Image(registry=registry, repository=repository, version=version)
