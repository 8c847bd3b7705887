"""What goes into the image, as `image/contents.toml` tells it."""

import fnmatch
import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Contents:
    """See the comments in the file."""

    debian_files: tuple[str, ...]
    libraries: tuple[str, ...]
    modules_left_out: tuple[str, ...]
    """Patterns of names such as `encodings.big5*`."""
    paths_left_out: tuple[str, ...]

    def has_module(self, name: str) -> bool:
        """Whether a module of the standard library stays: neither it nor a package around it is left out."""
        parts = name.split(".")
        around = [".".join(parts[: count + 1]) for count in range(len(parts))]
        return not any(fnmatch.fnmatchcase(one, pattern) for one in around for pattern in self.modules_left_out)

    def has_path(self, path: str) -> bool:
        """Whether a file below dist-packages stays."""
        return not any(path == left or path.startswith(f"{left}/") for left in self.paths_left_out)


def read(path: Path) -> Contents:
    """Read the file; raises KeyError for a missing table."""
    told = tomllib.loads(path.read_text())
    return Contents(
        debian_files=tuple(told["debian"]["files"]),
        libraries=tuple(told["debian"]["libraries"]),
        modules_left_out=tuple(name for names in told["standard_library"]["left_out"].values() for name in names),
        paths_left_out=tuple(told["packages"]["left_out"]),
    )
