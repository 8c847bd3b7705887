"""The shared libraries of the programs in the image, as the dynamic linker finds them."""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

_FOUND = re.compile(r"^\s+(?:\S+ => )?(/\S+) \(0x[0-9a-f]+\)$", re.MULTILINE)


class MissingLibraryError(RuntimeError):
    """A program needs a library that this Debian does not have."""


def needed_by(programs: Iterable[str]) -> list[str]:
    """Return the paths of all libraries of these programs and of the linker itself; raises MissingLibraryError."""
    told = subprocess.run(["ldd", *programs], capture_output=True, text=True, check=True).stdout
    if "not found" in told:
        raise MissingLibraryError(next(line.strip() for line in told.splitlines() if "not found" in line))
    return sorted(set(_FOUND.findall(told)))


def beside(libraries: Iterable[str], names: Iterable[str]) -> list[str]:
    """Return libraries that nothing is linked with, from the folder of the C library."""
    folder = next(Path(path).parent for path in libraries if Path(path).name == "libc.so.6")
    return [str(folder / name) for name in names]
