"""Build the container image, or find it already built, and say its digest, its size and where its parts list is.

It needs no container engine and no registry: buildah and mmdebstrap, as root on Debian. Elsewhere the Dockerfile
builds with any engine; docs/image.md says how.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from tools.image.buildah import FailedError
from tools.image.built import CACHE, Built, build, build_once, find, why_not
from tools.image.inputs import ROOT, Inputs, gathered

MOST_COMPRESSED, MOST_UNPACKED = 22_000_000, 65_000_000
"""Bytes that the image may have: it is pulled at night, on the node that has the trouble."""


def main() -> int:
    """Do what the command line says; the exit code is 1 when the image is not as it should be."""
    arguments = _arguments()
    reason = why_not()
    if reason is not None:
        print(f"The image could not be built: {reason}")
        return 1
    authority = Path(arguments.ca) if arguments.ca else None
    inputs = gathered()
    begun = time.monotonic()
    try:
        found = None if arguments.again else find(inputs)
        built = found or build(inputs, authority=authority)
        print(f"{'Found' if found else 'Built'} in {time.monotonic() - begun:.0f} s")
        is_small = _tell(built)
        return 0 if is_small and (not arguments.check_reproducible or _repeats(built, inputs, authority)) else 1
    except FailedError as error:
        print(error)
        return 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.image", description=__doc__)
    parser.add_argument("--again", action="store_true", help="build even when nothing has changed")
    parser.add_argument("--check-reproducible", action="store_true", help="build a second time and compare digests")
    parser.add_argument(
        "--ca",
        default=os.environ.get("PIP_CERT"),
        help="certificate authority of a TLS-inspecting proxy (default: $PIP_CERT)",
    )
    return parser.parse_args()


def _tell(built: Built) -> bool:
    """Print what there is; return whether it is as small as it should be."""
    layout = built.layout
    compressed, unpacked = layout.compressed, layout.unpacked()
    print(f"Digest    {layout.digest}")
    print(f"Size      {_megabytes(compressed)} compressed, {_megabytes(unpacked)} unpacked")
    print(f"Layout    {layout.folder.relative_to(ROOT)}")
    print(f"SBOM      {built.bill.relative_to(ROOT)}, and in the image")
    is_small = compressed <= MOST_COMPRESSED and unpacked <= MOST_UNPACKED
    if not is_small:
        print(f"Too large: {_megabytes(MOST_COMPRESSED)} and {_megabytes(MOST_UNPACKED)} are the most")
    return is_small


def _repeats(built: Built, inputs: Inputs, authority: Path | None) -> bool:
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        again = build_once(inputs, Path(folder, "oci"), authority=authority).digest
    is_same = again == built.layout.digest
    print("Repeats   the same digest again" if is_same else f"Differs   a second build gave {again}")
    return is_same


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.1f} MB"


if __name__ == "__main__":
    sys.exit(main())
