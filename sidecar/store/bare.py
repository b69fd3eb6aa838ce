"""Read a database file as it lies on the disk, also one that is open here.

A process that closes any descriptor of a file loses all its locks on it (fcntl(2)). To an older
SQLite nobody has it open then, and the next program that does and ends deletes the log under us.
SQLite keeps such descriptors until its connections let go, so they are opened its way.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

FLAGS = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_MAIN_DB


class Bare:
    """Be the bytes of a file."""

    def __init__(self, file: apsw.VFSFile) -> None:
        self._file = file
        self._size = file.xFileSize()

    def read(self, size: int, at: int) -> bytes:
        """Read so much, or what there is: SQLite's own way leaves zeroes at the end out."""
        size = min(size, self._size - at)
        return self._file.xRead(size, at) if size > 0 else b""


@contextmanager
def bare(path: Path) -> Iterator[Bare]:
    """Open a database file for its bytes; raises what SQLite raises."""
    file = apsw.VFSFile("", str(path), [FLAGS, 0])
    try:
        yield Bare(file)
    finally:
        file.xClose()
