"""Files below the new root: copied with the links that lead to them, compiled, and all of the same age."""

import os
import py_compile
import shutil
from pathlib import Path


def copy(path: str, root: Path) -> str:
    """Copy a file and every link on the way to it, so that the same name finds it. Return the file's real path."""
    here = Path("/")
    waiting = Path(path).parts[1:]
    while waiting:
        here, waiting = here / waiting[0], waiting[1:]
        if here.is_symlink():
            link = root / here.relative_to("/")
            link.parent.mkdir(parents=True, exist_ok=True)
            target = here.readlink()
            if not link.is_symlink():
                link.symlink_to(target)
            waiting = Path(os.path.normpath(here.parent / target)).parts[1:] + waiting
            here = Path("/")
    real = root / here.relative_to("/")
    real.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(here, real)
    real.chmod(0o755 if here.stat().st_mode & 0o111 else 0o644)
    return str(here)


def write(content: bytes, root: Path, path: str, *, executable: bool = False) -> None:
    """Write a file that no package brings."""
    where = root / path.lstrip("/")
    where.parent.mkdir(parents=True, exist_ok=True)
    where.write_bytes(content)
    where.chmod(0o755 if executable else 0o644)


def compile_to(source: Path, root: Path, path: str) -> None:
    """Compile a module to the place where Python looks when there is no source; raises PyCompileError.

    Nothing could ever be written beside the source in a read-only root, and a file that is not compared with its
    source needs none: half the size, and a faster start. Tracebacks still name file and line.
    """
    where = root / path.lstrip("/")
    where.parent.mkdir(parents=True, exist_ok=True)
    py_compile.compile(
        str(source),
        cfile=f"{where}c",
        dfile=path,
        doraise=True,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    Path(f"{where}c").chmod(0o644)


def settle(root: Path, seconds: int) -> None:
    """Give every file and folder the same time and every folder the same mode; owner is root already."""
    for folder, folders, files in os.walk(root, topdown=False):
        for name in (*folders, *files):  # a link to a folder is listed with the folders, and not walked into
            if not Path(folder, name).is_dir() or Path(folder, name).is_symlink():
                os.utime(Path(folder, name), (seconds, seconds), follow_symlinks=False)
        Path(folder).chmod(0o755)
        os.utime(folder, (seconds, seconds))
