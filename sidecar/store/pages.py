"""Read a damaged SQLite file page by page, as far as each page goes; SQLite itself gives up.

The format is https://sqlite.org/fileformat.html. Nothing is written, and nothing is believed: what
cannot be read is told with its reason, and what may be other than it was is marked.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sidecar.store.checksums import RESERVED_AT, RESERVED_BYTES, sum_of
from sidecar.store.rows import SqlValue
from sidecar.store.soundness import FRAME_HEADER, WAL_HEADER

PAGE_BYTES = 4096
MAGIC = b"SQLite format 3\0"
# Kinds of pages, by their first byte.
INDEX_INNER, TABLE_INNER, INDEX_LEAF, TABLE_LEAF = 2, 5, 10, 13
# What the map of pages says of one that nobody uses.
FREE = 2
# Serial types of a record: https://sqlite.org/fileformat.html, 2.1
INTEGER_BYTES = (0, 1, 2, 3, 4, 6, 8)
REAL, ZERO, ONE, BLOB, TEXT = 7, 8, 9, 12, 13
MAX_VARINT_BYTES = 9


class Unreadable(Exception):
    """Say why something cannot be read."""


class Found(NamedTuple):
    """Be one row of a table or an index, or why it cannot be read; `doubt` is why it may differ."""

    key: int | None
    values: list[SqlValue]
    problem: str | None = None
    doubt: str | None = None


class Pages:
    """Be the pages of a file with what its log has of them, frames that can be read."""

    def __init__(self, path: Path) -> None:
        """Read a file and its log; it is in memory from then on."""
        self._text = path.read_bytes()
        head = self._text[:100]
        self.is_headed = head.startswith(MAGIC)
        size = int.from_bytes(head[16:18], "big")
        is_size = self.is_headed and size >= 512 and size & (size - 1) == 0  # noqa: PLR2004  # 1.3.2
        self._size = size if is_size else PAGE_BYTES
        self.lost_frames: list[str] = []
        self._newest: dict[int, bytes] = {}
        log = path.with_name(path.name + "-wal")
        if log.exists():
            self._read_log(log.read_bytes())
        self.count = max([len(self._text) // self._size, *self._newest])
        # What the header says, where there is one.
        self.told_count = int.from_bytes(self.get(1)[28:32], "big") if self.is_headed else 0
        first = self.get(1)
        if first.startswith(MAGIC):
            self.has_checksums = first[RESERVED_AT] == RESERVED_BYTES
        else:
            right = sum(self.is_right(n) for n in range(2, self.count + 1) if any(self.get(n)))
            self.has_checksums = right * 2 > self.count
        self._usable = self._size - RESERVED_BYTES * self.has_checksums

    def _read_log(self, log: bytes) -> None:
        """Take every frame whose own checksum is right, up to the last commit.

        It goes on from that of the frame before, as that one says: one broken frame is lost alone.
        """
        step = FRAME_HEADER.size + self._size
        frames = [log[at : at + step] for at in range(WAL_HEADER.size, len(log) - step + 1, step)]
        if not frames:
            return
        salts = frames[0][8:16]
        order = "<" if log[3] & 1 == 0 else ">"
        before = log[24:32]
        pending: dict[int, bytes] = {}
        lost: list[str] = []
        for number, frame in enumerate(frames, 1):
            if (
                frame[8:16] == salts
                and sum_of(frame[:8] + frame[24:], before, order) == frame[16:24]
            ):
                page, pages_after = struct.unpack(">2I", frame[:8])
                pending[page] = frame[24:]
                if pages_after:
                    self._newest.update(pending)
                    pending.clear()
                    self.lost_frames += lost
                    lost.clear()
            else:
                lost.append(f"frame {number} of the log, an earlier state of its page is taken")
            before = frame[16:24]

    def get(self, number: int) -> bytes:
        """Read a page by its number; one that is not there is empty."""
        start = (number - 1) * self._size
        text = self._newest.get(number) or self._text[start : start + self._size]
        return text.ljust(self._size, b"\0")

    def is_right(self, number: int) -> bool:
        """Tell whether the checksum at the end of a page is right.

        A page gets it when it leaves the log, which has its own.
        """
        page = self.get(number)
        return number in self._newest or (
            sum_of(page[:-RESERVED_BYTES], bytes(8), "<", out="<") == page[-RESERVED_BYTES:]
        )

    def kind(self, number: int) -> int:
        """Tell what kind of a page it says it is."""
        page = self.get(number)
        return page[100 if number == 1 else 0]

    def is_free(self, number: int) -> bool:
        """Tell whether the map of pages says that nobody uses a page; what it says may be lost."""
        apart = self._usable // 5 + 1
        map_page = (number - 2) // apart * apart + 2
        if number <= map_page:
            return True
        entry = 5 * (number - map_page - 1)
        return self.get(map_page)[entry] == FREE

    # -- trees -----------------------------------------------------------------------------------

    def tree(self, root: int, inner: int, leaf: int) -> Iterator[tuple[int, bool]]:
        """Walk the pages of a tree; those that are none of it are told as unreadable."""
        todo, seen = [root], set[int]()
        while todo:
            number = todo.pop()
            is_there = 0 < number <= self.count and number not in seen
            seen.add(number)
            kind = self.kind(number) if is_there else 0
            yield number, kind in (inner, leaf)
            if kind == inner:
                todo += reversed(list(self._children(number)))

    def _children(self, number: int) -> Iterator[int]:
        page, start = self._page(number)
        for at in self._cells(page, start, 12):
            yield int.from_bytes(page[at : at + 4], "big")
        yield int.from_bytes(page[start + 8 : start + 12], "big")

    def _page(self, number: int) -> tuple[bytes, int]:
        return self.get(number), 100 if number == 1 else 0

    def _cells(self, page: bytes, start: int, header: int) -> list[int]:
        count = int.from_bytes(page[start + 3 : start + 5], "big")
        first = start + header
        if first + 2 * count > self._usable:
            return []
        places = [
            int.from_bytes(page[at : at + 2], "big") for at in range(first, first + 2 * count, 2)
        ]
        return [at for at in places if first + 2 * count <= at < self._usable]

    def rows(self, number: int) -> Iterator[Found]:
        """Read the rows of a leaf of a table, or the entries on a page of an index."""
        page, start = self._page(number)
        kind = page[start]
        doubt = None
        if self.has_checksums and not self.is_right(number):
            doubt = f"the checksum of page {number} is wrong"
        for at in self._cells(page, start, 8 if kind in (TABLE_LEAF, INDEX_LEAF) else 12):
            key: int | None = None
            try:
                place = at + (4 if kind == INDEX_INNER else 0)
                size, place = _varint(page, place)
                if kind == TABLE_LEAF:
                    key, place = _varint(page, place)
                text, doubted = self._payload(page, place, size, is_table=kind == TABLE_LEAF)
                yield Found(key, _record(text), doubt=doubt or doubted)
            except (Unreadable, IndexError, UnicodeDecodeError) as error:
                reason = "its text is not UTF-8" if isinstance(error, ValueError) else str(error)
                yield Found(key, [], problem=f"page {number}: {reason}")

    def _payload(
        self, page: bytes, at: int, size: int, *, is_table: bool
    ) -> tuple[bytes, str | None]:
        """Put together a payload and what of it lies on other pages (1.6)."""
        usable = self._usable
        most = usable - 35 if is_table else (usable - 12) * 64 // 255 - 23
        if size <= most:
            if at + size > usable:
                raise Unreadable("it ends outside of its page")
            return page[at : at + size], None
        least = (usable - 12) * 32 // 255 - 23
        local = least + (size - least) % (usable - 4)
        local = local if local <= most else least
        text = bytearray(page[at : at + local])
        following = int.from_bytes(page[at + local : at + local + 4], "big")
        doubt = None
        while len(text) < size:
            if not 1 < following <= self.count:
                raise Unreadable("its end is lost")
            more = self.get(following)
            if not any(more):
                raise Unreadable(f"page {following}, where it goes on, is empty")
            if self.has_checksums and not self.is_right(following):
                doubt = f"the checksum of page {following} is wrong"
            text += more[4:usable]
            following = int.from_bytes(more[:4], "big")
        if following:
            raise Unreadable("it does not end where it should")
        return bytes(text[:size]), doubt


def _varint(text: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(at, at + MAX_VARINT_BYTES):
        byte = text[place]
        if place == at + MAX_VARINT_BYTES - 1:
            value = value << 8 | byte
            return value - (1 << 64) if value >> 63 else value, place + 1
        value = value << 7 | byte & 0x7F
        if byte < 0x80:  # noqa: PLR2004  # the last of a varint
            break
    return value, place + 1


def _record(text: bytes) -> list[SqlValue]:
    """Read a record: types first, then values."""
    head, at = _varint(text, 0)
    types = []
    while at < head:
        number, at = _varint(text, at)
        types.append(number)
    if at != head:
        raise Unreadable("its header is none")
    values: list[SqlValue] = []
    for kind in types:
        value, at = _value(text, at, kind)
        values.append(value)
    if at != len(text):
        raise Unreadable("it is longer or shorter than it says")
    return values


def _value(text: bytes, at: int, kind: int) -> tuple[SqlValue, int]:
    if kind in (ZERO, ONE):
        return kind - ZERO, at
    if kind == REAL:
        return struct.unpack(">d", text[at : at + 8].ljust(8, b"\0"))[0], at + 8
    if kind < REAL:
        end = at + INTEGER_BYTES[kind]
        return int.from_bytes(text[at:end], "big", signed=True) if kind else None, end
    if kind < BLOB:
        raise Unreadable("a value of it has no type")
    end = at + (kind - BLOB) // 2
    return text[at:end] if kind % 2 == 0 else text[at:end].decode(), end
