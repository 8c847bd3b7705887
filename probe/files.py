"""Files as a hostile place offers them: pipes, devices, loops, and content without end."""

import errno
import os
import stat
from dataclasses import replace

from probe.evidence import FileFacts, FileState
from probe.records import dataclass


@dataclass(frozen=True)
class Files:
    """The file system as the pod sees it; `root` is where the lab keeps a pod's files."""

    root: str = ""

    def read(self, path: str, limit: int) -> tuple[FileFacts, bytes]:
        """Read at most `limit` bytes of a regular file. Never raises, never waits on a pipe, never opens a device."""
        try:
            where = self._where(path)
            found = os.stat(where)  # noqa: PTH116 - the error numbers are the evidence
            if not stat.S_ISREG(found.st_mode):
                state = FileState.DIRECTORY if stat.S_ISDIR(found.st_mode) else FileState.NOT_REGULAR
                return _facts(path, state, found), b""
            with open(where, "rb", opener=_open_without_waiting) as file:
                found = os.fstat(file.fileno())  # it may be another one by now: tokens are replaced while they are read
                content = file.read(limit + 1) or b""  # None where reading would have to wait
        except (OSError, ValueError) as error:
            return self._failed(path, error), b""
        if len(content) > limit:
            return _facts(path, FileState.TOO_LARGE, found), content[:limit]
        return _facts(path, FileState.READ, found), content

    def _where(self, path: str) -> str:
        """Return the real path; with a root, nothing above it can be named."""
        return self.root + os.path.normpath(f"/{path}").replace("//", "/") if self.root else path

    def _failed(self, path: str, error: Exception) -> FileFacts:
        """Name the error, and give mode and owner where they can be seen: they say why."""
        try:
            found = os.stat(self._where(path))  # noqa: PTH116 - as above
        except (OSError, ValueError):
            return FileFacts(path=path, state=_state(error), error_name=_name(error))
        return replace(_facts(path, _state(error), found), error_name=_name(error))


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)


def _state(error: Exception) -> FileState:
    number = error.errno if isinstance(error, OSError) else None
    return {
        errno.ENOENT: FileState.MISSING,
        errno.ENOTDIR: FileState.MISSING,
        errno.EACCES: FileState.UNREADABLE,
        errno.EPERM: FileState.UNREADABLE,
        errno.ELOOP: FileState.LINK_LOOP,
        errno.EISDIR: FileState.DIRECTORY,
    }.get(number or 0, FileState.FAILED)


def _name(error: Exception) -> str | None:
    return errno.errorcode.get(error.errno or 0) if isinstance(error, OSError) else type(error).__name__


def _mode(found: os.stat_result) -> str:
    return f"{stat.S_IMODE(found.st_mode):04o}"


def _facts(path: str, state: FileState, found: os.stat_result) -> FileFacts:
    return FileFacts(
        path=path,
        state=state,
        size=found.st_size,
        mode=_mode(found),
        owner=found.st_uid,
        group=found.st_gid,
        modified=found.st_mtime,
    )
