"""What befalls a database while it is open: what it says then, and what it leaves to the next."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import apsw
import pytest

from sidecar.model.errors import Outage, StorageUnavailable
from sidecar.store import soundness
from sidecar.store.database import Database
from sidecar.store.opening import BUSY_TIMEOUT_MS, CannotOpen, FileLost
from sidecar.store.outages import GroupLost
from sidecar.store.transaction import Snapshot, Tx
from tests.store.support import count, make_event, make_thread, opened, write
from tests.support import FakeSource
from tests.support.invariants import break_in
from tests.support.source import START_MS

PAGE_BYTES = 4096
CORRUPT = {"reason": "corrupt"}


@pytest.fixture
def path(folder: Path) -> Path:
    return folder / "sidecar.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    """A database that has one thread, all of it in its log."""
    database = Database(path, FakeSource())
    write(database, make_thread("one"))
    yield database
    # Some have ended it themselves.
    with suppress(apsw.ConnectionClosedError):
        database.abandon()


def log_of(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def fail_with(error: apsw.Error) -> Callable[[Snapshot], None]:
    def run(_: Snapshot) -> None:
        raise error

    return run


def break_page(database: Database) -> None:
    """Write over the root of the runs, behind the back of everybody who has them open."""
    root = database.writer.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'runs'").get
    assert isinstance(root, int)
    database.truncate_log()
    break_in(database.path.parent)
    with database.path.open("r+b") as file:
        file.seek((root - 1) * PAGE_BYTES)
        file.write(b"\xff" * PAGE_BYTES)


def test_a_sound_one_is_trusted_after_an_error(database: Database) -> None:
    assert database.find_damage() is None
    assert database.snapshot().number("SELECT count(*) FROM threads") == 1


def test_damage_that_is_found_ends_all_reads_and_writes(database: Database) -> None:
    break_page(database)
    found = database.find_damage()
    assert found is not None and found.details == CORRUPT
    damage = database.damage
    assert damage is not None and "table runs: " in damage
    uses: list[Callable[[], object]] = [
        database.begin, database.snapshot, lambda: database.scan(lambda _: None),
    ]  # fmt: skip
    for use in uses:
        with pytest.raises(StorageUnavailable) as refused:
            use()
        assert refused.value.details == CORRUPT
    # The first that was found is told to the end.
    database.distrust("another")
    again = database.find_damage()
    assert again is not None and database.damage == damage


def test_one_that_is_too_large_is_not_looked_through_while_somebody_waits(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_page(database)
    monkeypatch.setattr(soundness, "CHECKED_PAGES", 0)
    assert database.find_damage() is None and database.damage is None


def test_what_is_too_large_is_looked_through_beside_its_service(
    path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.close()
    monkeypatch.setattr(soundness, "CHECKED_PAGES", 0)
    with opened(path) as large:
        assert large.is_unseen
        large.look_through(lambda: False)
        assert large.damage is None
    large = Database(path, FakeSource())
    break_page(large)
    large.look_through(lambda: False)
    with pytest.raises(CannotOpen, match="damaged: "):
        large.close()


def test_an_error_of_damage_is_remembered_by_what_it_says(database: Database) -> None:
    with pytest.raises(StorageUnavailable) as refused:
        database.read(database.snapshot(), fail_with(apsw.CorruptError("page 7")))
    assert refused.value.details == CORRUPT and database.damage == "page 7"
    found = database.find_damage()
    assert found is not None and found.details == CORRUPT


def test_the_end_of_what_is_damaged_leaves_database_and_log_as_they_are(
    path: Path, database: Database
) -> None:
    content, log = path.read_bytes(), log_of(path).read_bytes()
    database.distrust("a page")
    with pytest.raises(CannotOpen, match="damaged: a page"):
        database.close()
    assert (path.read_bytes(), log_of(path).read_bytes()) == (content, log)


def test_what_is_moved_away_takes_no_write_and_its_log_with_it(
    path: Path, database: Database
) -> None:
    moved = path.rename(path.with_name("moved.db"))
    with pytest.raises(StorageUnavailable) as refused:
        database.begin()
    assert refused.value.details == {"reason": "io_error"}
    with pytest.raises(FileLost, match=r"sidecar\.db is not the file"):
        database.close()
    # Whatever takes its place would read it as its own.
    assert log_of(path).stat().st_size == 0
    assert count(moved, "threads") == 1


def test_the_log_of_what_is_cut_is_left_as_it_is(path: Path, database: Database) -> None:
    log = log_of(path).read_bytes()
    break_in(path.parent)
    os.truncate(path, 0)
    with pytest.raises(FileLost, match=r"sidecar\.db is not the file"):
        database.close()
    assert (path.stat().st_size, log_of(path).read_bytes()) == (0, log)


def test_a_new_one_is_in_its_file_before_anything_else_is(path: Path) -> None:
    with opened(path) as database:
        assert path.stat().st_size > PAGE_BYTES
        assert database.database_id.startswith("db_")
        assert not database.is_unseen
        assert database.checkpoints == database.attempts == database.commits == 0


def test_after_a_full_disk_the_next_write_looks_for_room_once(database: Database) -> None:
    pages = database.writer.pragma("page_count")
    assert isinstance(pages, int)
    database.writer.pragma("max_page_count", pages + 2)
    with pytest.raises((GroupLost, StorageUnavailable)):
        write(database, make_event('"' + "x" * 100_000 + '"'))
    # Another outage meanwhile is no room.
    with pytest.raises(StorageUnavailable):
        database.read(database.snapshot(), fail_with(apsw.BusyError("meanwhile")))
    assert database.checkpoints == 0
    for _ in range(2):
        write(database, make_event("1"))
        assert database.checkpoints == 1


def test_a_commit_that_fails_and_leaves_its_transaction_is_undone(database: Database) -> None:
    def leave_an_orphan(tx: Tx) -> None:
        tx.change_all("CREATE TABLE parents (key INTEGER PRIMARY KEY)")
        tx.change_all(
            "CREATE TABLE orphans (parent REFERENCES parents DEFERRABLE INITIALLY DEFERRED)"
        )
        tx.change_all("INSERT INTO orphans VALUES (1)")

    database.begin()
    database.attempt(leave_an_orphan, START_MS)
    with pytest.raises(GroupLost) as lost:
        database.commit()
    assert isinstance(lost.value.outage, Outage)
    assert lost.value.outage.details == {"reason": "io_error"}
    assert not database.writer.in_transaction
    assert count(database.path, "threads") == 1 and database.commits == 1


def test_a_write_of_the_daemon_s_own_is_whole_or_not_at_all(database: Database) -> None:
    def fail(tx: Tx) -> None:
        make_thread("half")(tx)
        raise LookupError

    database.transact(make_thread("two"))
    with pytest.raises(LookupError):
        database.transact(fail)
    assert not database.writer.in_transaction
    assert START_MS < database.transact(lambda tx: tx.now_ms) < database.source.now_ms()
    assert count(database.path, "threads") == 2
    database.writer.set_commit_hook(lambda: True)
    with pytest.raises(Outage):
        database.transact(make_thread("three"))
    database.writer.set_commit_hook(None)
    assert count(database.path, "threads") == 2


def test_what_a_group_wakes_is_of_all_its_requests_and_of_no_other_group(
    database: Database,
) -> None:
    def wake(topic: str) -> Callable[[Tx], None]:
        return lambda tx: tx.wake(topic, START_MS)

    database.begin()
    database.attempt(wake("lost"), START_MS)
    database.rollback()
    database.begin()
    for topic in ("a", "b"):
        database.attempt(wake(topic), START_MS)
    database.commit()
    assert database.take_woken() == [("a", START_MS), ("b", START_MS)]
    assert database.take_woken() == []


def test_a_scan_is_one_moment_and_its_errors_are_outages(database: Database) -> None:
    statement = "SELECT count(*) FROM threads"

    def run(scan: Snapshot) -> tuple[int, int]:
        before = scan.number(statement)
        write(database, make_thread("two"))
        return before, scan.number(statement)

    assert database.scan(run) == (1, 1)
    with pytest.raises(StorageUnavailable) as refused:
        database.scan(fail_with(apsw.IOError("a disk")))
    assert refused.value.details == {"reason": "io_error"}
    assert database.scan(lambda scan: scan.number(statement)) == 2


def test_a_log_that_somebody_reads_is_not_cut_and_nobody_is_told(database: Database) -> None:
    reader = apsw.Connection(str(database.path), flags=apsw.SQLITE_OPEN_READONLY)
    reader.execute("BEGIN").execute("SELECT count(*) FROM threads").fetchall()
    write(database, make_thread("two"))
    database.truncate_log()
    assert database.sizes_bytes()[1] > 0
    assert database.writer.pragma("busy_timeout") == BUSY_TIMEOUT_MS
    reader.close()
    database.truncate_log()
    assert database.sizes_bytes()[1] == 0
