"""A database looked at from outside: what it says of itself, and who has its lock."""

import os
from pathlib import Path

import apsw
import pytest

from sidecar.model.errors import StorageUnavailable
from sidecar.store import looking
from sidecar.store.examine import Examined, examine, lock_owner
from sidecar.store.lock import FileLock, LockedByOther
from sidecar.store.migrate import migrations
from sidecar.store.opening import CannotOpen
from tests.store.support import make_event, opened, spoil, write
from tests.support.source import START_MS

SCHEMA = len(migrations())
# Times of events that a clock which was set back has given out.
TIMES = (10, 90, 40)


@pytest.fixture
def path(folder: Path) -> Path:
    return folder / "sidecar.db"


def made(path: Path, events: int = 0) -> None:
    with opened(path) as database:
        for number in range(events):
            write(database, make_event(f"{number}"))


def test_a_new_database_says_that_nothing_has_happened(path: Path) -> None:
    made(path)
    page_bytes = 4096
    found = examine(path)
    assert found == Examined(
        schema=SCHEMA,
        known_schema=SCHEMA,
        schema_problem=None,
        sqlite=apsw.sqlite_lib_version(),
        is_sqlite_too_old=False,
        last_seq=0,
        oldest_event_seq=None,
        oldest_event_at_ms=None,
        newest_event_at_ms=None,
        latest_event_at_ms=None,
        free_bytes=found.free_bytes // page_bytes * page_bytes,
        gives_pages_back=True,
    )


def test_the_first_and_the_last_event_are_told_and_the_latest_where_the_clock_went_back(
    path: Path,
) -> None:
    made(path, len(TIMES))
    for seq, at_ms in enumerate(TIMES, 1):
        spoil(path, f"UPDATE events SET at_ms = {START_MS + at_ms} WHERE seq = {seq}")
    spoil(path, "DELETE FROM events WHERE seq = 1")
    found = examine(path)
    assert (found.last_seq, found.oldest_event_seq) == (3, 2)
    assert found.oldest_event_at_ms == START_MS + 90
    assert found.newest_event_at_ms == START_MS + 40
    assert found.latest_event_at_ms == START_MS + 90


def test_what_is_free_is_told_in_bytes(path: Path) -> None:
    made(path, 1)
    before = examine(path).free_bytes
    with opened(path) as database:
        write(database, make_event(f'"{"x" * 100_000}"'))
    spoil(path, "DELETE FROM events WHERE seq = 2")
    assert examine(path).free_bytes - before in range(96_000, 128_000)


def test_a_database_that_cannot_give_pages_back_says_so(path: Path) -> None:
    made(path)
    db = apsw.Connection(str(path))
    db.pragma("journal_mode", "DELETE")
    db.pragma("auto_vacuum", "NONE")
    db.execute("VACUUM")
    db.close()
    assert not examine(path).gives_pages_back


def test_the_database_of_a_newer_program_is_told_as_a_problem(path: Path) -> None:
    made(path, 2)
    spoil(path, f"INSERT INTO migrations VALUES ({SCHEMA + 1}, 'of_tomorrow', '00', 0)")
    found = examine(path)
    assert found.schema_problem
    # What is not ours to read is not read.
    assert (found.schema, found.last_seq, found.oldest_event_seq) == (0, None, None)
    assert found.sqlite and found.known_schema == SCHEMA


def test_what_is_no_database_cannot_be_opened(path: Path) -> None:
    path.write_bytes(b"no database" * 1_000)
    with pytest.raises(CannotOpen, match=str(path)):
        examine(path)


def test_one_that_is_written_at_the_moment_is_busy(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(path)
    monkeypatch.setattr(looking, "PATIENCE_MS", 1)
    db = apsw.Connection(str(path))
    db.pragma("journal_mode", "DELETE")
    db.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StorageUnavailable) as caught:
        examine(path)
    assert caught.value.details["reason"] == "busy"
    db.execute("ROLLBACK")
    assert examine(path).schema == SCHEMA


def test_to_look_leaves_the_log_of_the_dead_as_it_is(path: Path) -> None:
    made(path, 1)
    writer = apsw.Connection(str(path))
    writer.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    writer.execute("UPDATE events SET at_ms = at_ms + 1")
    writer.close()
    log = path.with_name(path.name + "-wal")
    before = log.read_bytes(), path.read_bytes()
    assert examine(path).oldest_event_seq == 1
    assert (log.read_bytes(), path.read_bytes()) == before and before[0]


def test_all_that_is_read_at_once_is_of_one_state(path: Path) -> None:
    made(path, 1)
    with looking.looking(path) as db:
        with opened(path) as database:
            write(database, make_event("2"))
        assert db.execute("SELECT max(seq) FROM events").get == 1
    assert examine(path).last_seq == 2


def test_a_lock_has_an_owner_for_as_long_as_it_is_held(folder: Path) -> None:
    path, other = folder / "one.lock", folder / "other.lock"
    assert lock_owner(path) is None
    lock, beside = FileLock(path), FileLock(other)
    assert lock_owner(path) == os.getpid()
    with pytest.raises(LockedByOther, match=f"process {os.getpid()}$") as caught:
        FileLock(path)
    assert (caught.value.path, caught.value.owner_pid) == (path, os.getpid())
    lock.release()
    assert lock_owner(path) is None and lock_owner(other) == os.getpid()
    beside.release()


def test_who_is_refused_a_lock_keeps_no_descriptor_of_it(folder: Path) -> None:
    path = folder / "one.lock"
    lock = FileLock(path)
    refused = []
    for _ in range(3):
        with pytest.raises(LockedByOther) as caught:
            FileLock(path)
        refused.append(caught)
    held = [each for each in Path("/proc/self/fd").iterdir() if os.path.realpath(each) == str(path)]
    assert len(held) == 1
    lock.release()
