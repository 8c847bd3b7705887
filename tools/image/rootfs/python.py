"""The parts of the image that are Python: the standard library, and what the lock pins."""

import os
from collections.abc import Iterator
from pathlib import Path

from tools.image.rootfs.contents import Contents
from tools.image.rootfs.tree import compile_to, copy, write

STANDARD_LIBRARY = Path("/usr/lib/python3.13")
PACKAGES = "/usr/local/lib/python3.13/dist-packages"
"""Where Debian's Python looks for what Debian did not install."""
_OF_THE_INSTALLER = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"})


class NotPureError(RuntimeError):
    """A locked dependency brings machine code: the image would not be the same on every architecture."""


def add_standard_library(root: Path, contents: Contents) -> list[str]:
    """Put the standard library below the root; return the paths of Debian that it was made from."""
    taken = []
    for path in _files(STANDARD_LIBRARY):
        module = _module(path.relative_to(STANDARD_LIBRARY))
        if module is None or not contents.has_module(module):
            continue
        if path.suffix == ".py":
            compile_to(path, root, str(path))
        else:
            copy(str(path), root)
        taken.append(str(path))
    return taken


def add_packages(root: Path, site: Path, contents: Contents) -> None:
    """Put what pip installed below the root; raises NotPureError."""
    for path in _files(site):
        name = path.relative_to(site).as_posix()
        if ".so" in path.suffixes:
            raise NotPureError(f"{name} is machine code; the image takes pure Python only")
        if not contents.has_path(name) or (path.parent.suffix == ".dist-info" and path.name in _OF_THE_INSTALLER):
            continue
        if path.suffix == ".py":
            compile_to(path, root, f"{PACKAGES}/{name}")
        else:
            write(path.read_bytes(), root, f"{PACKAGES}/{name}")


def _files(folder: Path) -> Iterator[Path]:
    """Yield regular files in a fixed order: that of compiling shows in what comes out."""
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from (Path(here, name) for name in sorted(files))


def _module(path: Path) -> str | None:
    """Return the name of the module that a file holds, None for a file of another kind."""
    parts = path.parts[1:] if path.parts[0] == "lib-dynload" else path.parts
    if path.suffix not in {".py", ".so"}:
        return None
    name = parts[-1].partition(".")[0]
    return ".".join([*parts[:-1], *([name] if name != "__init__" else [])])
