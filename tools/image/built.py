"""Images that are built already, kept by what they were made from."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from tools.image.buildah import Buildah
from tools.image.inputs import ROOT, Inputs
from tools.image.layout import Layout

CACHE = ROOT / ".cache" / "image"
BILL = "aws-credential-probe.cdx.json"
_TOOLS = {"buildah": "buildah", "mmdebstrap": "mmdebstrap"}
"""Commands, and the Debian packages that bring them."""


@dataclass(frozen=True, kw_only=True)
class Built:
    """A built image and what lies beside it."""

    folder: Path

    @property
    def layout(self) -> Layout:
        """The image, as an OCI layout that skopeo, crane, buildah and podman push."""
        return Layout(folder=self.folder / "oci")

    @property
    def bill(self) -> Path:
        """The bill of materials, as it is in the image."""
        return self.folder / BILL

    @property
    def root(self) -> Path:
        """The unpacked root file system."""
        return self.folder / "root"


def why_not() -> str | None:
    """Say in one sentence why no image can be built here; None if it can."""
    if os.geteuid() != 0:
        return "building the image without a container engine needs root"
    missing = [f"{name} (Debian: apt-get install {package})" for name, package in _TOOLS.items() if not _has(name)]
    return f"the image needs the command {missing[0]}" if missing else None


def find(inputs: Inputs, cache: Path = CACHE) -> Built | None:
    """Return the image of these inputs if it was built."""
    built = Built(folder=cache / "built" / inputs.key[:16])
    return built if built.bill.exists() else None


def build(inputs: Inputs, *, authority: Path | None, cache: Path = CACHE) -> Built:
    """Build the image of these inputs and forget the ones before; raises FailedError."""
    built = Built(folder=cache / "built" / inputs.key[:16])
    shutil.rmtree(cache / "built", ignore_errors=True)
    built.folder.mkdir(parents=True)
    layout = build_once(inputs, built.layout.folder, authority=authority, cache=cache)
    layout.unpack(built.root)
    built.bill.write_bytes(layout.bill_of_materials())
    return built


def build_once(inputs: Inputs, place: Path, *, authority: Path | None, cache: Path = CACHE) -> Layout:
    """Build from the beginning; raises FailedError."""
    buildah = Buildah(folder=cache / "storage")
    buildah.base()
    return buildah.build(inputs, place, authority=authority)


def _has(name: str) -> bool:
    return shutil.which(name) is not None
