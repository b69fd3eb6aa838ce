"""See to it that the files that are open are those that the next start will find.

A file that is moved, replaced or deleted stays open and takes every write, and nobody will ever
find them. So each group looks before it begins: three calls of two microseconds, beside
a commit that waits for a disk.
"""

import os
from pathlib import Path

import apsw

from sidecar.store.outages import outages

# The database, its log and the log's index; the last is what keeps other processes in step.
SUFFIXES = ("", "-wal", "-shm")

# Device and inode; None where there is no file.
Identity = tuple[int, int] | None


class Place:
    """Remember which files are at a database's path, and that the first does not shrink."""

    def __init__(self, path: Path, writer: apsw.Connection) -> None:
        """Take what is there now, all of it open, for ours."""
        self._writer = writer
        # SQLite follows links and puts the log beside the file itself.
        real = os.path.realpath(path)
        self._paths = [os.fspath(path), *(real + suffix for suffix in SUFFIXES[1:])]
        self._ours = [_look_at(each)[0] for each in self._paths]
        self._size = _look_at(self._paths[0])[1]

    def lost(self) -> Path | None:
        """Name a file that is not what it was, None if all are; between groups.

        Only a copy of the log makes the first shorter, and never than what is committed by then.
        """
        found = [_look_at(path) for path in self._paths]
        for path, ours, (theirs, _) in zip(self._paths, self._ours, found, strict=True):
            if theirs != ours:
                return Path(path)
        size = found[0][1]
        if size < self._size and size < self._committed_bytes():
            return Path(self._paths[0])
        self._size = size
        return None

    def _committed_bytes(self) -> int:
        with outages():
            pages, size = self._writer.pragma("page_count"), self._writer.pragma("page_size")
        assert isinstance(pages, int) and isinstance(size, int)
        return pages * size

    @property
    def is_cut(self) -> bool:
        """Tell whether the first is there and shorter than it was; its log has what is left."""
        found, size = _look_at(self._paths[0])
        return found == self._ours[0] and size < self._size

    def sizes_bytes(self) -> tuple[int, int]:
        """Measure the database file and its log on the disk; what is not there has no size."""
        return _look_at(self._paths[0])[1], _look_at(self._paths[1])[1]


def _look_at(path: str) -> tuple[Identity, int]:
    try:
        found = os.stat(path)  # noqa: PTH116  # a third of the time that a Path takes
    except OSError:
        # Not there, or not to be reached: the next start would not find it either.
        return None, 0
    return (found.st_dev, found.st_ino), found.st_size
