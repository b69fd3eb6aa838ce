"""A lock that a process holds for its life, and that names its owner.

flock is released by the kernel when the process dies, however it dies. The file is never
deleted: whoever deletes a lock file lets two processes lock two files of one name.
"""

import fcntl
import os
from pathlib import Path

from sidecar.store.folders import make_folder

# Of a pid and an id.
MAX_BYTES = 256


class LockedByOther(Exception):
    """Say that another process holds the lock, and which."""

    def __init__(self, path: Path, owner_pid: int | None) -> None:
        owner = f"process {owner_pid}" if owner_pid else "another process"
        super().__init__(f"{path} is locked by {owner}")
        self.path = path
        self.owner_pid = owner_pid


class FileLock:
    """Hold `path` exclusively until `release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        """Take the lock at once, or raise LockedByOther; OSError if the file cannot be made.

        `note` is what its owners have left there, for whoever comes after them.
        """
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid, _ = self._read()
            os.close(self._fd)
            raise LockedByOther(path, int(pid) if pid.isdigit() else None) from None
        _, note = self._read()
        self.leave(note)

    def _read(self) -> tuple[str, str]:
        lines = [*os.pread(self._fd, MAX_BYTES, 0).decode(errors="replace").split("\n"), ""]
        # An id is one; what others have written there is none of ours.
        return lines[0].strip(), lines[1] if lines[1].isidentifier() else ""

    def leave(self, note: str) -> None:
        """Leave a note beside our own name; it outlives us."""
        self.note = note
        text = f"{os.getpid()}\n" + (f"{note}\n" if note else "")
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, text.encode(), 0)

    def release(self) -> None:
        """Let the next process have it."""
        os.close(self._fd)


def lock_database(database: Path) -> FileLock:
    """Take the lock beside a database; a new one gets a folder that outlasts a power cut."""
    if not database.exists():
        make_folder(database.parent)
    return FileLock(database.with_name(database.name + ".lock"))
