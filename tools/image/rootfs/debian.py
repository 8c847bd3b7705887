"""Debian's packages: which of them own the files of the image, and what scanners and lawyers want to see of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.image.rootfs.tree import copy, write

DPKG = Path("/var/lib/dpkg")
GENERATED = {"/etc/ssl/certs/ca-certificates.crt": "ca-certificates"}
"""Files that a package makes when it is installed, and that its list therefore does not name."""


class NobodysFileError(RuntimeError):
    """A file that no package owns would be missing in the bill of materials."""


@dataclass(frozen=True, kw_only=True)
class Package:
    """An installed package."""

    name: str
    version: str
    architecture: str
    source: str
    """The source package, which advisories are about."""
    stanza: str
    """What dpkg knows of it."""


def owners(paths: Iterable[str]) -> list[Package]:
    """Return the packages that own these files; raises NobodysFileError."""
    owned_by = dict(GENERATED)
    for listed in sorted((DPKG / "info").glob("*.list")):
        package = listed.stem.partition(":")[0]
        owned_by |= {_merged(line): package for line in listed.read_text().splitlines()}
    missing = sorted(path for path in paths if _merged(path) not in owned_by)
    if missing:
        raise NobodysFileError(f"no package owns {missing[0]}")
    known = {package.name: package for package in _installed()}
    return [known[name] for name in sorted({owned_by[_merged(path)] for path in paths})]


def add_records(root: Path, packages: Iterable[Package]) -> None:
    """Leave each package's record where scanners look for it in images without dpkg, and its copyright."""
    for package in packages:
        write(f"{package.stanza}\n".encode(), root, f"/var/lib/dpkg/status.d/{package.name}")
        copy(f"/usr/share/doc/{package.name}/copyright", root)


def _merged(path: str) -> str:
    """Return a path as it is since /bin, /lib and so on are links into /usr."""
    return re.sub(r"^/(bin|sbin|lib|lib64)/", r"/usr/\1/", path)


def _installed() -> Iterable[Package]:
    for stanza in (DPKG / "status").read_text().strip().split("\n\n"):
        fields: dict[str, str] = dict(re.findall(r"^([A-Za-z-]+): *(.*)$", stanza, re.MULTILINE))
        yield Package(
            name=fields["Package"],
            version=fields["Version"],
            architecture=fields["Architecture"],
            source=fields.get("Source", fields["Package"]).partition(" ")[0],
            stanza=stanza,
        )
