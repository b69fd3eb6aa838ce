"""The write-ahead log as it lies on the disk: its frames, its end, and what stands behind it."""

import struct
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from sidecar.store.wal import FRAME_HEADER, HEADER, Frame, Log, bytes_of, end_of

PAGE_BYTES = 512
FRAME = FRAME_HEADER.size + PAGE_BYTES
# The frames that end a commit, from 1.
COMMITS = (2, 3, 7, 10, 13, 16)


@pytest.fixture
def db(folder: Path) -> Iterator[apsw.Connection]:
    """A database of small pages, whose log has several states of the same ones."""
    db = apsw.Connection(str(folder / "any.db"))
    db.pragma("page_size", PAGE_BYTES)
    db.pragma("journal_mode", "WAL")
    db.pragma("wal_autocheckpoint", 0)
    db.execute("CREATE TABLE t (a)")
    for number in range(5):
        db.execute("INSERT INTO t VALUES (?)", (str(number) * 300,))
    yield db
    db.close()


def path_of(db: apsw.Connection) -> Path:
    return Path(db.filename + "-wal")


def placed(db: apsw.Connection, folder: Path, log: bytes) -> apsw.Connection:
    """Open a copy of the database beside such a log: nobody has an index of it."""
    (folder / "copy.db").write_bytes(Path(db.filename).read_bytes())
    (folder / "copy.db-wal").write_bytes(log)
    copy = apsw.Connection(str(folder / "copy.db"))
    copy.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    copy.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    return copy


def damage_in(db: apsw.Connection, folder: Path, log: bytes) -> str | None:
    copy = placed(db, folder, log)
    try:
        return Log(Path(copy.filename), copy).damage()
    finally:
        copy.close()


def flipped(log: bytes, at: int) -> bytes:
    return log[:at] + bytes((log[at] ^ 4,)) + log[at + 1 :]


def test_the_head_of_a_frame_has_two_numbers() -> None:
    frame = Frame(1, struct.pack(">6I", 0x01020304, 0x05060708, 0, 0, 0, 0))
    assert (frame.page, frame.pages_after) == (0x01020304, 0x05060708)


def test_a_whole_log_has_its_length_and_the_newest_of_each_page(db: apsw.Connection) -> None:
    log = Log(Path(db.filename), db)
    assert log.damage() is None
    end = end_of(db)
    assert end == COMMITS[-1]
    assert bytes_of(db) == HEADER.size + end * FRAME == path_of(db).stat().st_size
    newest = log.newest()
    assert len(newest) < end
    db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    content = Path(db.filename).read_bytes()
    assert set(newest) == set(range(1, len(content) // PAGE_BYTES + 1))
    assert b"".join(newest[page] for page in sorted(newest)) == content
    # And one that was cut to nothing has neither.
    empty = Log(Path(db.filename), db)
    assert (bytes_of(db), empty.newest(), empty.damage()) == (0, {}, None)


@pytest.mark.parametrize("broken", [1, 3, 6, 12])
@pytest.mark.parametrize("at", [0, FRAME_HEADER.size, FRAME - 1])
def test_where_a_log_is_broken_is_told_by_its_frame(
    db: apsw.Connection, folder: Path, broken: int, at: int
) -> None:
    log = path_of(db).read_bytes()
    last = max(commit for commit in (0, *COMMITS) if commit < broken)
    told = f"the log: it is broken at frame {last + 1} or soon after, before commits"
    assert damage_in(db, folder, flipped(log, HEADER.size + (broken - 1) * FRAME + at)) == told


def test_the_last_frame_can_tell_that_the_commit_before_it_was_whole(
    db: apsw.Connection, folder: Path
) -> None:
    log = path_of(db).read_bytes()[: HEADER.size + (COMMITS[-2] + 1) * FRAME]
    broken = flipped(log, HEADER.size + COMMITS[-3] * FRAME)
    assert damage_in(db, folder, broken) is not None
    assert damage_in(db, folder, broken[:-1]) is None


def test_a_last_commit_that_is_not_whole_was_never_promised(
    db: apsw.Connection, folder: Path
) -> None:
    log = path_of(db).read_bytes()
    for frame in range(COMMITS[-2], COMMITS[-1]):
        assert damage_in(db, folder, flipped(log, HEADER.size + frame * FRAME + 30)) is None
        assert damage_in(db, folder, log[: HEADER.size + frame * FRAME + 30]) is None


@pytest.mark.parametrize("at", [0, 3, 20, HEADER.size - 1])
def test_without_a_header_it_matters_what_the_database_lacks(
    db: apsw.Connection, folder: Path, at: int
) -> None:
    log = flipped(path_of(db).read_bytes(), at)
    # Written behind the last commit, and of none: a page as nobody has it.
    begun = struct.pack(">2I", 1, 0) + log[HEADER.size :][8:24] + bytes(PAGE_BYTES)
    lacking = "the log: its header is broken, and it has what the database lacks"
    assert damage_in(db, folder, log) == lacking
    assert damage_in(db, folder, log + begun) == lacking
    db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
    assert damage_in(db, folder, log) is None
    assert damage_in(db, folder, log + begun) is None
