"""Pages read without SQLite say what SQLite says of them, and why they say nothing."""

import struct
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from sidecar.store import checksums, pages
from sidecar.store.pages import Found, Pages
from sidecar.store.rows import SqlValue
from sidecar.store.wal import FRAME_HEADER, HEADER

# Each serial type at its bounds, and texts that end on the page and beyond it.
VALUES: list[SqlValue] = [
    None, 0, 1, -1, 2, 127, -128, 128, 32_767, -32_768, 8_388_607, -8_388_608, 2**31 - 1, -(2**31),
    2**47 - 1, -(2**47), 2**63 - 1, -(2**63), 0.5, -1e300, 5e-324, "", "a", "é" * 60, b"", b"\0",
    # Around what an entry, and what a row, has on its own page: of 512 bytes, and of 4096.
    *("x" * length for at in (98, 473, 998, 4_057) for length in range(at - 7, at + 8)),
    "x" * 2_000, "x" * 20_000,
    b"\xff" * 9_000,
]  # fmt: skip
KEYS = [1, 127, 128, 16_383, 16_384, 2**31, 2**55 - 1, 2**56, 2**62, -1]
TREES = {
    "table": (pages.TABLE_INNER, pages.TABLE_LEAF), "index": (pages.INDEX_INNER, pages.INDEX_LEAF),
}  # fmt: skip


@pytest.fixture
def path(folder: Path) -> Path:
    return folder / "any.db"


def made(path: Path, page_bytes: int = 4096) -> apsw.Connection:
    """A table of every value under keys of every length, each found by an index too."""
    db = apsw.Connection(str(path))
    db.pragma("page_size", page_bytes)
    db.pragma("auto_vacuum", "INCREMENTAL")
    db.execute("CREATE TABLE t (key INTEGER PRIMARY KEY, value, n REAL)")
    db.execute("CREATE INDEX by_value ON t (value)")
    with db:
        for key in KEYS:
            db.execute("INSERT INTO t VALUES (?, ?, ?)", (key, key, key))
        for value in VALUES * 3:
            db.execute("INSERT INTO t (key, value, n) VALUES (?, ?, 0.25)", (None, value))
    return db


def root_of(db: apsw.Connection, name: str) -> int:
    root = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (name,)).get
    assert isinstance(root, int)
    return root


def leaves(found: Pages, root: int, kind: str) -> list[int]:
    """Walk a tree that is whole."""
    walked = list(found.tree(root, *TREES[kind]))
    assert all(is_ours for _, is_ours in walked)
    return [number for number, _ in walked]


def read(found: Pages, root: int, kind: str) -> Iterator[Found]:
    for number in leaves(found, root, kind):
        if kind == "index" or found.kind(number) == pages.TABLE_LEAF:
            yield from found.rows(number)


@pytest.mark.parametrize("page_bytes", [512, 1024, 4096, 32_768])
def test_every_row_and_every_entry_of_an_index_is_what_sqlite_reads(
    path: Path, page_bytes: int
) -> None:
    db = made(path, page_bytes)
    found = Pages(path)
    # The record has nothing in the place of the key.
    wanted = [(key, None, value, n) for key, value, n in db.execute("SELECT * FROM t ORDER BY key")]
    rows = list(read(found, root_of(db, "t"), "table"))
    assert [(row.key, *row.values) for row in rows] == wanted
    entries = list(read(found, root_of(db, "by_value"), "index"))
    assert sorted(map(repr, (entry.values for entry in entries))) == sorted(
        repr([value, key]) for key, value in db.execute("SELECT key, value FROM t")
    )
    assert {(each.problem, each.doubt) for each in (*rows, *entries)} == {(None, None)}
    assert found.count == found.told_count == path.stat().st_size // page_bytes
    db.close()


def test_rows_come_in_the_order_of_the_tree_and_types_stay(path: Path) -> None:
    db = made(path)
    rows = list(read(Pages(path), root_of(db, "t"), "table"))
    for row, (value,) in zip(rows, db.execute("SELECT value FROM t ORDER BY key"), strict=True):
        assert (type(row.values[1]), row.values[1]) == (type(value), value)
    db.close()


def test_the_map_tells_what_is_free(path: Path) -> None:
    db = made(path, 512)
    before = path.stat().st_size // 512
    db.execute("DELETE FROM t WHERE key > 2")
    found = Pages(path)
    maps = {2 + number * (512 // 5 + 1) for number in range(before // 103 + 1)}
    free = {number for number in range(2, found.count + 1) if found.is_free(number)}
    assert len(free - maps) == db.pragma("freelist_count") and free > maps & free
    used = {
        number
        for name, kind in (("t", "table"), ("by_value", "index"))
        for number in leaves(found, root_of(db, name), kind)
    }
    assert used and not used & free
    db.close()


# -- the log ---------------------------------------------------------------------------------------


def logged(path: Path) -> tuple[Path, list[int]]:
    """Make a log of three commits; tell how many frames it has after each."""
    db = made(path)
    db.pragma("journal_mode", "WAL")
    db.pragma("wal_autocheckpoint", 0)
    db.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    log = path.with_name(path.name + "-wal")
    frames = []
    for number in range(3):
        db.execute("UPDATE t SET n = ? WHERE key = 1", (number,))
        frames.append((log.stat().st_size - HEADER.size) // (FRAME_HEADER.size + 4096))
    db.close()
    return log, frames


def value_of(path: Path) -> SqlValue:
    found = Pages(path)
    root = next(int(str(row.values[3])) for row in found.rows(1) if row.values[1] == "t")
    return next(row.values[2] for row in read(found, root, "table") if row.key == 1)


def test_the_log_counts_up_to_its_last_commit(path: Path) -> None:
    log, frames = logged(path)
    assert value_of(path) == 2
    whole = log.read_bytes()
    for number, count in enumerate(frames):
        log.write_bytes(whole[: HEADER.size + count * (FRAME_HEADER.size + 4096)])
        assert value_of(path) == number and Pages(path).lost_frames == []
    log.write_bytes(b"")
    assert value_of(path) == 1


def test_a_frame_without_its_commit_is_not_taken(path: Path) -> None:
    log, frames = logged(path)
    text = bytearray(log.read_bytes())
    # The last says that it ends no commit.
    at = HEADER.size + (frames[-1] - 1) * (FRAME_HEADER.size + 4096)
    order = "<" if text[3] & 1 == 0 else ">"
    text[at + 4 : at + 8] = bytes(4)
    before = bytes(text[at - 4096 - 8 : at - 4096])
    text[at + 16 : at + 24] = checksums.sum_of(
        bytes(text[at : at + 8] + text[at + 24 : at + 24 + 4096]), before, order
    )
    log.write_bytes(text)
    assert (value_of(path), Pages(path).lost_frames) == (1, [])


def test_a_broken_frame_is_lost_alone_and_named_once_a_commit_comes(path: Path) -> None:
    log, frames = logged(path)
    whole = log.read_bytes()
    for number in range(1, frames[-1] + 1):
        text = bytearray(whole)
        text[HEADER.size + (number - 1) * (FRAME_HEADER.size + 4096) + 1_000] ^= 1
        log.write_bytes(text)
        told = f"frame {number} of the log, an earlier state of its page is taken"
        assert Pages(path).lost_frames == ([told] if number < frames[-1] else [])
        assert value_of(path) == (2 if number < frames[-1] else 1)


def test_the_log_of_a_machine_that_counts_from_the_other_end_is_read(path: Path) -> None:
    log, frames = logged(path)
    text = bytearray(log.read_bytes())
    text[3] |= 1
    text[24:32] = before = checksums.sum_of(bytes(text[:24]), bytes(8), ">")
    for number in range(frames[-1]):
        at = HEADER.size + number * (FRAME_HEADER.size + 4096)
        summed = bytes(text[at : at + 8] + text[at + 24 : at + 24 + 4096])
        text[at + 16 : at + 24] = before = checksums.sum_of(summed, before, ">")
    log.write_bytes(text)
    assert (value_of(path), Pages(path).lost_frames) == (2, [])


# -- what cannot be read ---------------------------------------------------------------------------


def problems(path: Path, root: int) -> set[str | None]:
    return {row.problem for row in read(Pages(path), root, "table")} - {None}


def overwritten(path: Path, at: int, text: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(text)


@pytest.fixture
def one(path: Path) -> tuple[Path, int, int]:
    """A row on a page of its own that goes on on others; its page, and where it begins there."""
    db = apsw.Connection(str(path))
    db.execute("CREATE TABLE t (a, b, c)")
    db.execute("INSERT INTO t VALUES (?, 'é', 7)", ("x" * 10_000,))
    root = root_of(db, "t")
    db.close()
    start = (root - 1) * 4096
    (cell,) = struct.unpack(">H", path.read_bytes()[start + 8 : start + 10])
    return path, root, start + cell


def test_why_a_row_cannot_be_read_is_told(one: tuple[Path, int, int]) -> None:
    path, root, cell = one
    whole = path.read_bytes()
    # The size and the key, then the header of four bytes and more: its length, and the types.
    head = cell + 3
    size, least = 10_009, (4096 - 12) * 32 // 255 - 23
    local = least + (size - least) % (4096 - 4)
    following = cell + 3 + (local if local <= 4096 - 35 else least)
    (second,) = struct.unpack(">I", whole[following : following + 4])
    assert second == root + 1
    end_of_chain = (root + 1) * 4096
    for at, text, reason in (
        (head, b"\x03", "its header is none"),
        (head + 5, b"\x05", "it is longer or shorter than it says"),
        (head + 5, b"\x0a", "a value of it has no type"),
        (head + 5, b"\x0b", "a value of it has no type"),
        (following, bytes(4), "its end is lost"),
        (following, struct.pack(">I", 1), "its end is lost"),
        (following, struct.pack(">I", root + 9), "its end is lost"),
        (following, struct.pack(">I", root), None),
        (root * 4096, bytes(4096), f"page {root + 1}, where it goes on, is empty"),
        (end_of_chain, struct.pack(">I", root), "it does not end where it should"),
        (end_of_chain + 4 + 10_009 - local - 4092 - 2, b"\xff", "its text is not UTF-8"),
    ):
        path.write_bytes(whole)
        overwritten(path, at, text)
        if reason is None:
            assert problems(path, root)
        else:
            assert problems(path, root) == {f"page {root}: {reason}"}


def test_a_row_that_leaves_its_page_is_told(path: Path) -> None:
    db = apsw.Connection(str(path))
    db.execute("CREATE TABLE t (a)")
    db.execute("INSERT INTO t VALUES ('xyz')")
    root = root_of(db, "t")
    db.close()
    cell = root * 4096 - 7
    assert path.read_bytes()[cell] == 5
    overwritten(path, cell, b"\x06")
    assert problems(path, root) == {f"page {root}: it ends outside of its page"}


def test_cells_that_would_lie_outside_are_left_out(path: Path) -> None:
    db = made(path)
    root = root_of(db, "t")
    db.close()
    found = Pages(path)
    leaf = next(n for n in leaves(found, root, "table") if found.kind(n) == pages.TABLE_LEAF)
    count = len(list(found.rows(leaf)))
    start = (leaf - 1) * 4096
    for place, left in ((9, count - 1), (4096, count - 1), (8 + 2 * count, count)):
        overwritten(path, start + 8, struct.pack(">H", place))
        assert len([row for row in Pages(path).rows(leaf) if row]) in (left, count)
    overwritten(path, start + 3, struct.pack(">H", 3_000))
    assert list(Pages(path).rows(leaf)) == []


def test_a_page_that_is_no_part_of_the_tree_is_told(path: Path) -> None:
    db = made(path)
    root = root_of(db, "t")
    db.close()
    found = Pages(path)
    inner, *rest = leaves(found, root, "table")
    # The last child is in the header: itself, nothing, and a page behind the end.
    for number in (inner, 0, found.count + 1):
        overwritten(path, (inner - 1) * 4096 + 8, struct.pack(">I", number))
        walked = list(Pages(path).tree(root, *TREES["table"]))
        assert walked == [(each, True) for each in (inner, *rest[:-1])] + [(number, False)]
    overwritten(path, (inner - 1) * 4096 + 8, struct.pack(">I", found.count))
    assert list(Pages(path).tree(root, *TREES["table"]))[-1][0] == found.count


# -- headers and checksums -------------------------------------------------------------------------


@pytest.mark.parametrize("head", [b"\0" * 16, b"SQLite format 3\0\0\3", b"SQLite format 3\0\1\0"])
def test_a_file_without_a_header_is_taken_to_have_the_usual_pages(path: Path, head: bytes) -> None:
    db = made(path)
    root = root_of(db, "t")
    db.close()
    wanted = list(read(Pages(path), root, "table"))
    overwritten(path, 0, head)
    assert list(read(Pages(path), root, "table")) == wanted
    assert Pages(path).is_headed == head.startswith(pages.MAGIC)


@pytest.mark.parametrize("page_bytes", [512, 4096])
def test_pages_are_as_large_as_the_header_says(path: Path, page_bytes: int) -> None:
    made(path, page_bytes).close()
    found = Pages(path)
    assert found.is_headed and len(found.get(1)) == len(found.get(2)) == page_bytes
    assert found.get(found.count + 1) == bytes(page_bytes)
    # A power of two, and no less than the format has.
    for said in (256, 513, 4096 + 512):
        overwritten(path, 16, struct.pack(">H", said))
        assert len(Pages(path).get(1)) == 4096


def test_half_a_page_at_the_end_is_filled_up_behind(path: Path) -> None:
    made(path).close()
    whole = Pages(path)
    last = whole.get(whole.count)
    path.write_bytes(path.read_bytes()[:-1_000])
    assert Pages(path).get(whole.count) == last[:-1_000] + bytes(1_000)


def test_a_file_that_ends_early_tells_how_many_pages_it_should_have(path: Path) -> None:
    made(path).close()
    whole = Pages(path).count
    path.write_bytes(path.read_bytes()[: -4096 - 1_000])
    found = Pages(path)
    assert (found.count, found.told_count) == (whole - 2, whole)
    assert found.get(whole) == bytes(4096) and any(found.get(whole - 1))


def summed(path: Path) -> tuple[Path, int, int]:
    """A file with checksums and a text on further pages; the root and the first of those."""
    db = apsw.Connection(str(path), vfs=checksums.vfs(wanted=True))
    db.reserve_bytes(reserve=checksums.RESERVED_BYTES)
    db.pragma("page_size", 4096)
    db.pragma("journal_mode", "WAL")
    db.execute("CREATE TABLE t (a)")
    db.execute("INSERT INTO t VALUES (?)", ("x" * 40_000,))
    root = root_of(db, "t")
    db.close()
    return path, root, root + 1


@pytest.mark.parametrize("is_headed", [True, False])
def test_what_a_checksum_says_of_a_row_is_its_doubt(path: Path, *, is_headed: bool) -> None:
    path, root, further = summed(path)
    if not is_headed:
        overwritten(path, 0, bytes(4096))
    found = Pages(path)
    assert found.has_checksums and all(found.is_right(n) for n in range(2, found.count + 1))
    (row,) = read(found, root, "table")
    assert (row.values, row.doubt) == (["x" * 40_000], None)
    whole = path.read_bytes()
    for page, at in ((further, 100), (root, 4096 - 20)):
        overwritten(path, (page - 1) * 4096 + at, b"y")
        (row,) = read(Pages(path), root, "table")
        assert row.doubt == f"the checksum of page {page} is wrong"
        path.write_bytes(whole)


def test_a_file_without_checksums_has_none_with_or_without_its_header(path: Path) -> None:
    made(path).close()
    assert not Pages(path).has_checksums
    overwritten(path, 0, bytes(100))
    assert not Pages(path).has_checksums
