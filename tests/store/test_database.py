"""The file and its groups: refused alone, durable together, never half."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest

from sidecar.model.errors import CorruptRecord, IdempotencyMismatch, StorageUnavailable
from sidecar.store import opening, outages, threads
from sidecar.store.database import Database
from sidecar.store.migrate import WrongDatabase
from sidecar.store.opening import CannotOpen
from sidecar.store.outages import GroupLost
from sidecar.store.transaction import Snapshot, Tx
from tests.store.support import (
    count,
    make_entry,
    make_event,
    make_thread,
    number,
    opened,
    spoil,
    write,
)
from tests.support import FakeSource
from tests.support.source import START_MS

BIG = '"' + "x" * 100_000 + '"'


@pytest.fixture
def path(folder: Path) -> Path:
    return folder / "sidecar.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    with opened(path) as database:
        yield database


def refuse(tx: Tx) -> None:
    """Write a row and an event, then be refused."""
    make_thread("refused")(tx)
    raise IdempotencyMismatch(id="refused")


def test_a_refused_request_is_undone_alone(database: Database) -> None:
    database.begin()
    database.attempt(make_thread("one"), START_MS)
    with pytest.raises(IdempotencyMismatch):
        database.attempt(refuse, START_MS)
    database.attempt(make_thread("two"), START_MS)
    database.commit()
    assert number(database.path, "SELECT max(seq) FROM events") == database.last_seq == 2
    assert count(database.path, "events") == 2
    assert count(database.path, "threads") == count(database.path, "thread_names") == 2


def test_a_bug_in_a_request_is_undone_alone(database: Database) -> None:
    def fail(tx: Tx) -> None:
        make_thread("broken")(tx)
        tx.change("UPDATE threads SET title = 'x' WHERE id = 'nobody'")

    database.begin()
    with pytest.raises(AssertionError):
        database.attempt(fail, START_MS)
    database.attempt(make_thread("one"), START_MS)
    database.commit()
    assert (count(database.path, "threads"), database.last_seq) == (1, 1)


def test_a_constraint_that_does_not_hold_is_a_bug_and_undone_alone(database: Database) -> None:
    database.begin()
    database.attempt(make_thread("one"), START_MS)
    with pytest.raises(apsw.ConstraintError):
        database.attempt(lambda tx: tx.insert(threads.INSERT_NAME, id="one"), START_MS)
    database.commit()
    assert count(database.path, "threads") == 1


def test_a_part_that_fails_gives_back_its_seqs(database: Database) -> None:
    def run(tx: Tx) -> None:
        make_thread("one")(tx)
        with pytest.raises(IdempotencyMismatch):
            tx.nested(lambda: refuse(tx))
        make_thread("two")(tx)

    write(database, run)
    assert (count(database.path, "threads"), database.last_seq) == (2, 2)


def test_a_group_is_one_commit_and_seen_only_after_it(database: Database) -> None:
    database.begin()
    for name in range(100):
        database.attempt(make_thread(f"thr_{name}"), START_MS)
    assert count(database.path, "threads") == 0
    assert database.snapshot().number("SELECT count(*) FROM threads") == 0
    assert database.own_snapshot().number("SELECT count(*) FROM threads") == 100
    database.commit()
    assert count(database.path, "threads") == 100
    assert (database.commits, database.attempts) == (1, 100)


def test_a_group_that_is_rolled_back_was_never_there(database: Database) -> None:
    database.begin()
    database.attempt(make_thread("one"), START_MS)
    database.rollback()
    assert (count(database.path, "threads"), database.last_seq) == (0, 0)
    write(database, make_thread("one"))
    assert number(database.path, "SELECT seq FROM events") == 1


def test_a_read_is_one_moment(database: Database) -> None:
    write(database, make_thread("one"))
    statement = "SELECT count(*) FROM threads"

    def read(snapshot: Snapshot) -> tuple[int, int]:
        before = snapshot.number(statement)
        write(database, make_thread("two"))
        return before, snapshot.number(statement)

    assert database.read(database.snapshot(), read) == (1, 1)
    assert database.snapshot().number(statement) == 2


def limit_pages(database: Database, more: int) -> None:
    pages = database.writer.pragma("page_count")
    assert isinstance(pages, int)
    database.writer.pragma("max_page_count", pages + more)


def lift_limit(database: Database) -> None:
    database.writer.pragma("max_page_count", 2**31)


def test_a_full_disk_leaves_nothing_half(database: Database) -> None:
    write(database, make_thread("one"))
    limit_pages(database, more=2)
    database.begin()
    database.attempt(make_event("1"), START_MS)
    with pytest.raises((GroupLost, StorageUnavailable)) as refused:
        database.attempt(make_event(BIG), START_MS)
    outage = refused.value.outage if isinstance(refused.value, GroupLost) else refused.value
    assert isinstance(outage, StorageUnavailable)
    assert outage.details == {"reason": "disk_full"}
    database.rollback()
    assert (count(database.path, "events"), database.last_seq) == (1, 1)


def test_it_works_again_when_the_disk_has_room(database: Database) -> None:
    write(database, make_thread("one"))
    limit_pages(database, more=2)
    with pytest.raises((GroupLost, StorageUnavailable)):
        write(database, make_event(BIG))
    lift_limit(database)
    write(database, make_event(BIG))
    assert number(database.path, "SELECT max(seq) FROM events") == database.last_seq == 2


def test_a_commit_that_fails_is_no_commit(database: Database) -> None:
    write(database, make_thread("one"))
    database.writer.set_commit_hook(lambda: True)
    with pytest.raises(GroupLost):
        write(database, make_thread("two"))
    assert (database.commits, database.last_seq) == (1, 1)
    assert count(database.path, "threads") == 1
    database.writer.set_commit_hook(None)
    write(database, make_thread("two"))
    assert (database.commits, database.last_seq) == (2, 2)
    assert number(database.path, "SELECT last_seq FROM daemon") == 2


def test_an_error_after_the_fact_is_a_commit(database: Database) -> None:
    def fail(_db: apsw.Connection, _name: str, _pages: int) -> int:
        raise apsw.IOError("after the commit")

    database.writer.set_wal_hook(fail)
    write(database, make_thread("one"))
    database.writer.set_wal_hook(None)
    assert (database.commits, database.last_seq) == (1, 1)
    assert count(database.path, "threads") == 1


def test_an_error_after_the_fact_is_a_commit_without_an_event_too(database: Database) -> None:
    def fail(_db: apsw.Connection, _name: str, _pages: int) -> int:
        raise apsw.IOError("after the commit")

    for name, hook in (("one", fail), ("two", None), ("three", fail)):
        database.writer.set_wal_hook(hook)
        write(database, make_entry(name))
    database.writer.set_wal_hook(None)
    assert (database.commits, database.last_seq) == (3, 0)
    assert count(database.path, "mailbox_entries") == 3


def test_a_commit_that_fails_is_none_without_an_event_too(database: Database) -> None:
    write(database, make_entry("one"))
    database.writer.set_commit_hook(lambda: True)
    with pytest.raises(GroupLost):
        write(database, make_entry("two"))
    database.writer.set_commit_hook(None)
    assert (database.commits, count(database.path, "mailbox_entries")) == (1, 1)
    write(database, make_entry("two"))
    assert (database.commits, count(database.path, "mailbox_entries")) == (2, 2)


def test_a_group_is_counted_if_it_changed_anything_and_over_restarts(path: Path) -> None:
    for times in (1, 2):
        with opened(path) as database:
            write(database, make_entry(f"{times}"))
            write(database, lambda tx: tx.number("SELECT 1"))
            with pytest.raises(IdempotencyMismatch):
                write(database, refuse)
        assert number(path, "SELECT group_count FROM daemon") == times


def test_a_file_that_another_writes_is_busy(database: Database) -> None:
    database.writer.set_busy_timeout(0)
    other = apsw.Connection(str(database.path))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageUnavailable) as refused:
        database.begin()
    assert refused.value.details == {"reason": "busy"}
    other.close()
    write(database, make_thread("one"))
    assert count(database.path, "threads") == 1


def test_an_older_sqlite_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MINIMUM_SQLITE", (99, 1, 2))
    with pytest.raises(WrongDatabase, match=r"is older than 99\.1\.2"), opened(path):
        pass
    assert not path.exists()


def test_the_files_are_private_whatever_the_umask(folder: Path) -> None:
    path = folder / "made" / "state" / "sidecar.db"
    before = os.umask(0)
    try:
        with opened(path) as database:
            write(database, make_thread("one"))
            modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert set(modes) == {"sidecar.db", "sidecar.db-wal", "sidecar.db-shm", "sidecar.db.lock"}
    assert set(modes.values()) == {0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_path_that_cannot_be_is_refused(folder: Path) -> None:
    (folder / "file").write_text("")
    for path in (folder / "file" / "sidecar.db", folder):
        with pytest.raises(CannotOpen), opened(path):
            pass


@pytest.mark.parametrize("value", ["'{'", "''", "'1 2'", "'{' || char(10) || '}'"])
def test_a_broken_record_names_its_table_and_key(path: Path, value: str) -> None:
    with opened(path) as database:
        write(database, make_thread("good"))
        write(database, make_thread("bad"))
    spoil(path, f"UPDATE threads SET metadata = CAST({value} AS TEXT) WHERE id = 'bad'")
    with opened(path) as database:
        snapshot = database.snapshot()
        with pytest.raises(CorruptRecord) as refused:
            threads.get(snapshot, threads.require(snapshot, "bad").key)
        assert refused.value.details == {"table": "threads", "key": "bad"}
        assert threads.get(snapshot, threads.require(snapshot, "good").key).id == "good"


def test_a_text_that_is_no_text_is_a_broken_record_of_its_table(path: Path) -> None:
    with opened(path) as database:
        write(database, make_thread("bad"))
    spoil(path, "UPDATE threads SET title = CAST(x'ff' AS TEXT)")
    with opened(path) as database:
        with pytest.raises(CorruptRecord) as refused:
            threads.get(database.snapshot(), 1)
        assert refused.value.details["table"] == "threads"
        with pytest.raises(CorruptRecord):
            threads.list_page(database.snapshot(), {}, None, 10)


def test_a_record_that_is_not_what_its_type_says_is_broken(path: Path) -> None:
    with opened(path) as database:
        write(database, make_thread("bad"))
    spoil(path, "UPDATE threads SET archived = 2 WHERE id = 'bad'")
    with opened(path) as database, pytest.raises(CorruptRecord):
        threads.get(database.snapshot(), 1)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (apsw.FullError, "disk_full"),
        (apsw.BusyError, "busy"),
        (apsw.ReadOnlyError, "read_only"),
        (apsw.IOError, "io_error"),
        (apsw.CorruptError, "corrupt"),
        (apsw.NotADBError, "corrupt"),
    ],
)
def test_an_error_of_the_storage_is_an_outage(error: type[apsw.Error], reason: str) -> None:
    outage = outages.outage_of(error("internal text"))
    assert outage is not None
    assert outage.details == {"reason": reason}
    assert "internal text" not in str(outage)


@pytest.mark.parametrize("error", [apsw.ConstraintError, apsw.SQLError, apsw.MismatchError])
def test_any_other_error_is_a_bug(error: type[apsw.Error]) -> None:
    assert outages.outage_of(error()) is None


def test_a_clean_end_is_known_to_the_next_start(path: Path) -> None:
    ends: list[Callable[[Database], None]] = [Database.close, Database.abandon, Database.close]
    seen = []
    for end in ends:
        database = Database(path, FakeSource())
        seen.append(database.clean_shutdown)
        end(database)
    assert seen == [True, True, False]
