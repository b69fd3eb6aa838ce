"""Look at a write-ahead log as it lies on the disk, at what SQLite itself passes over.

It takes the first place that it cannot read on from for the end, as it is after a power cut. The
format is https://sqlite.org/fileformat.html, 4. A log may be large, and others may write to it
meanwhile: no more of it is read than must be, and in an order in which no commit is taken for one
that SQLite does not read.
"""

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import apsw

from sidecar.store.bare import bare
from sidecar.store.checksums import sum_of

# Noted beside the lock while commits do not wait for the disk, until their log is copied: a power
# cut may have torn any number of them.
UNSYNCED = "unsynced"
HEADER = struct.Struct(">8I")
FRAME_HEADER = struct.Struct(">6I")
# Where frames and their log have the two numbers that are new each time it begins anew.
SALTS = slice(8, 16)
LOG_SALTS = slice(16, 24)
MAGIC = (0x377F0682, 0x377F0683)


class Frame(NamedTuple):
    """Be the head of one page in the log, as it was written by some commit."""

    number: int
    head: bytes

    @property
    def page(self) -> int:
        """Tell whose state it is."""
        return int.from_bytes(self.head[:4], "big")

    @property
    def pages_after(self) -> int:
        """Tell how many pages the database has behind the commit that it ends, if it ends one."""
        return int.from_bytes(self.head[4:8], "big")


class Log:
    """Be the log beside a database."""

    def __init__(self, database: Path, db: apsw.Connection) -> None:
        """Look at it through a connection that has read it, may write it and is in no transaction.

        What stands behind the end is read before SQLite is asked where the end is. A log that has
        begun anew between the two is looked at again.
        """
        page = db.pragma("page_size")
        assert isinstance(page, int)
        self._database = database
        self._path = database.with_name(database.name + "-wal")
        self._page = page
        self._head = b""
        self._end = 0
        self._behind: list[Frame] = []
        if self._path.exists() and self._path.stat().st_size > HEADER.size:
            with self._file() as fd:
                while (head := os.pread(fd, HEADER.size, 0)) != self._head:
                    self._head = head
                    behind = list(self._frames_behind(fd, end_of(db)))
                    self._end = end_of(db)
                    self._behind = [frame for frame in behind if frame.number > self._end]

    @contextmanager
    def _file(self) -> Iterator[int]:
        fd = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            yield fd
        finally:
            os.close(fd)

    def _place(self, number: int) -> int:
        return HEADER.size + (number - 1) * (FRAME_HEADER.size + self._page)

    def _frames_behind(self, fd: int, end: int) -> Iterator[Frame]:
        """Read the heads of those that were written since the log began anew, as far as it tells.

        A broken head of the log does not tell: then the first of them does.
        """
        salts = self._head[LOG_SALTS] if _is_header(self._head) else b""
        size = os.fstat(fd).st_size
        number = end + 1
        while self._place(number + 1) <= size:
            head = os.pread(fd, FRAME_HEADER.size, self._place(number))
            salts = salts or head[SALTS]
            if head[SALTS] == salts:
                yield Frame(number, head)
            number += 1

    def _content(self, fd: int, number: int) -> bytes:
        return os.pread(fd, self._page, self._place(number) + FRAME_HEADER.size)

    def newest(self) -> dict[int, bytes]:
        """Read the newest state of every page that SQLite finds here."""
        if not self._end:
            return {}
        with self._file() as fd:
            heads = (os.pread(fd, 4, self._place(n + 1)) for n in range(self._end))
            places = {int.from_bytes(head, "big"): n for n, head in enumerate(heads, 1)}
            return {page: self._content(fd, number) for page, number in places.items()}

    def damage(self) -> str | None:
        """Tell whether commits stand in the log behind a place that SQLite cannot read on from.

        Where each commit waits for the disk, nothing is written behind one that is not there
        whole: a frame that goes on from the end of a commit says that it was. What does not go on
        from it may be of earlier writes that failed.
        """
        if not self._behind:
            return None
        with self._file() as fd:
            if not _is_header(self._head):
                return None if self._end else self._headless(fd)
            for commit, following in pairwise(self._behind):
                is_next = commit.pages_after and following.number == commit.number + 1
                if is_next and self._goes_on(fd, commit, following):
                    place = self._end + 1
                    return f"the log: it is broken at frame {place} or soon after, before commits"
        return None

    def _goes_on(self, fd: int, before: Frame, frame: Frame) -> bool:
        """Tell whether a frame was written behind the other, by their checksums."""
        text = frame.head[:8] + self._content(fd, frame.number)
        return sum_of(text, before.head[16:24], _order(self._head)) == frame.head[16:24]

    def _headless(self, fd: int) -> str | None:
        """Tell whether a log without a header has what the database lacks.

        A power cut can take the header only while it is written anew, when all is copied already.
        """
        newest: dict[int, int] = {}
        pending: dict[int, int] = {}
        pages = 0
        for frame in self._behind:
            pending[frame.page] = frame.number
            if frame.pages_after:
                newest.update(pending)
                pending.clear()
                pages = frame.pages_after
        with bare(self._database) as file:
            for page, number in newest.items():
                at = (page - 1) * self._page
                # No page has the number 0: whose state it is was lost, and it is nowhere else.
                if page == 0 or (
                    page <= pages and file.read(self._page, at) != self._content(fd, number)
                ):
                    return "the log: its header is broken, and it has what the database lacks"
        return None


def end_of(db: apsw.Connection) -> int:
    """Tell how many frames SQLite itself reads."""
    return max(0, db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_NOOP)[0])


def bytes_of(db: apsw.Connection) -> int:
    """Tell how long a log must be for SQLite to read what it takes for written."""
    page, end = db.pragma("page_size"), end_of(db)
    assert isinstance(page, int)
    return HEADER.size + end * (FRAME_HEADER.size + page) if end else 0


def _order(head: bytes) -> str:
    """Tell in which order of bytes the log is summed up."""
    return ">" if head[3] & 1 else "<"


def _is_header(head: bytes) -> bool:
    """Tell whether the log's header is one: its last two numbers are a checksum of the others."""
    if len(head) < HEADER.size or HEADER.unpack(head)[0] not in MAGIC:
        return False
    return sum_of(head[:24], bytes(8), _order(head)) == head[24:]
