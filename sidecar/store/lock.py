"""A lock that a process holds for its life, and that names its owner.

flock is released by the kernel when the process dies, however it dies. The file is never
deleted: whoever deletes a lock file lets two processes lock two files of one name.
"""

import fcntl
import os
from pathlib import Path

from sidecar.store.folders import make_folder, sync

# Of a pid and some words: less than a sector, so that a power cut leaves all of it or what it was.
BYTES = 256


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

        `notes` are words that its owners have left there, for whoever comes after them.
        """
        self._path = path
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            self._take()
        except BaseException:
            os.close(self._fd)
            raise

    def _take(self) -> None:
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid, _ = self._read()
            raise LockedByOther(self._path, int(pid) if pid.isdigit() else None) from None
        _, self.notes = self._read()
        self._write()

    def _read(self) -> tuple[str, tuple[str, ...]]:
        pid, *words = os.pread(self._fd, BYTES, 0).decode(errors="replace").split("\n")
        # What others have written there is none of ours.
        return pid.strip(), tuple(filter(str.isidentifier, words))

    def _write(self) -> None:
        text = "\n".join((str(os.getpid()), *self.notes, "")).encode()
        os.pwrite(self._fd, text.ljust(BYTES), 0)

    def leave(self, *notes: str) -> None:
        """Leave notes beside our own name; they outlive us, and a power cut."""
        if notes == self.notes:
            return
        self.notes = notes
        self._write()
        os.fsync(self._fd)
        sync(self._path.parent)

    def release(self) -> None:
        """Let the next process have it."""
        os.close(self._fd)


def lock_database(database: Path) -> FileLock:
    """Take the lock beside a database; a new one gets a folder that outlasts a power cut."""
    if not database.exists():
        make_folder(database.parent)
    return FileLock(database.with_name(database.name + ".lock"))
