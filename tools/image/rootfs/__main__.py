"""Lay out the root file system. The Dockerfile tells where pip left what it installed."""

import json
import os
import sys
from pathlib import Path

from tools.image.rootfs import bill_of_materials, contents, debian, libraries, python, tree

HERE = Path("image")
SITE = Path("/site")
REPORT = Path("/packages.json")
OWN_FILES = {"passwd": "/etc/passwd", "group": "/etc/group", "nsswitch.conf": "/etc/nsswitch.conf"}
HOME = "home/nonroot"


def main() -> int:
    """Write everything below the folder on the command line."""
    root = Path(sys.argv[1])
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    wanted = contents.read(HERE / "contents.toml")
    taken = _add_debian(root, wanted)
    python.add_packages(root, SITE, wanted)
    packages = debian.owners(taken)
    debian.add_records(root, packages)
    _add_own(root)
    bill = bill_of_materials.bill(SITE, json.loads(REPORT.read_text()), packages, seconds)
    tree.write(bill.encode(), root, bill_of_materials.PLACE)
    tree.settle(root, seconds)
    return 0


def _add_debian(root: Path, wanted: contents.Contents) -> list[str]:
    """Add what comes from Debian; return where it lay there."""
    modules = python.add_standard_library(root, wanted)
    programs = [*(path for path in modules if path.endswith(".so")), wanted.debian_files[0]]
    linked = libraries.needed_by(programs)
    linked += libraries.beside(linked, wanted.libraries)
    return [*modules, *(tree.copy(path, root) for path in (*wanted.debian_files, *linked))]


def _add_own(root: Path) -> None:
    for name, path in OWN_FILES.items():
        tree.write((HERE / name).read_bytes(), root, path)
    tree.write((HERE / "probe").read_bytes(), root, "/usr/bin/probe", executable=True)
    (root / HOME).mkdir(parents=True)


if __name__ == "__main__":
    sys.exit(main())
