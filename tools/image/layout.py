"""A built image on disk, as an OCI image layout: what it is called, how large it is, and what is in it."""

import gzip
import json
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from tools.image.rootfs.bill_of_materials import PLACE as BILL


@dataclass(frozen=True, kw_only=True)
class Layout:
    """An OCI image layout that holds one image (image-layout.md of opencontainers/image-spec)."""

    folder: Path

    @property
    def digest(self) -> str:
        """The digest of the manifest: what the image is pulled by."""
        index = json.loads((self.folder / "index.json").read_text())
        digest: str = index["manifests"][0]["digest"]
        return digest

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest."""
        return self._document(self.digest)

    @property
    def configuration(self) -> dict[str, Any]:
        """The image's configuration: user, entry point, labels, history."""
        return self._document(self.manifest["config"]["digest"])

    @property
    def compressed(self) -> int:
        """Bytes to pull."""
        manifest = self.manifest
        return sum(part["size"] for part in (manifest["config"], *manifest["layers"]))

    def unpacked(self) -> int:
        """Count the bytes of all layers unpacked, as engines show it."""
        return sum(_length(self._blob(layer["digest"])) for layer in self.manifest["layers"])

    @contextmanager
    def layers(self) -> Iterator[list[tarfile.TarFile]]:
        """Open the layers, lowest first."""
        blobs = [self._blob(layer["digest"]) for layer in self.manifest["layers"]]
        opened = [tarfile.open(blob) for blob in blobs]  # noqa: SIM115 - closed below
        try:
            yield opened
        finally:
            for layer in opened:
                layer.close()

    def unpack(self, folder: Path) -> None:
        """Unpack all layers into a folder that is not there yet, with their owners when this is root."""
        begun = folder.with_name(f"{folder.name}.begun")
        shutil.rmtree(begun, ignore_errors=True)
        with self.layers() as layers:
            for layer in layers:
                layer.extractall(begun, numeric_owner=True, filter="fully_trusted")
        begun.rename(folder)

    def bill_of_materials(self) -> bytes:
        """Return the bill of materials; raises KeyError when the image has none."""
        with self.layers() as layers:
            (found,) = (layer.extractfile(BILL.lstrip("/")) for layer in layers[-1:])
            if found is None:
                raise KeyError(BILL)
            return found.read()

    def _document(self, digest: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self._blob(digest).read_bytes())
        return document

    def _blob(self, digest: str) -> Path:
        return self.folder / "blobs" / digest.replace(":", "/")


def _length(blob: Path) -> int:
    with gzip.open(blob) as opened:
        return _rest(opened)


def _rest(file: "gzip.GzipFile | BinaryIO") -> int:
    count = 0
    while read := file.read(1 << 20):
        count += len(read)
    return count
