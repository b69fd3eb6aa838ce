"""Backups kept and put back: only our own are deleted, nothing is lost on the way."""

import os
from pathlib import Path

import apsw
import pytest

from sidecar.store import backups, upkeep
from sidecar.store.backups import NotABackup
from sidecar.store.database import Database
from sidecar.store.lock import LockedByOther
from sidecar.store.migrate import WrongDatabase
from sidecar.store.upkeep import Backup
from tests.store.support import count, make_event, make_thread, number, opened, rows, write
from tests.support import FakeSource
from tests.support.invariants import break_in
from tests.support.source import START_MS

DAY_MS = 86_400_000
OURS, OTHERS = "db_00000000aaaaaaaa", "db_00000000bbbbbbbb"


@pytest.fixture
def path(folder: Path) -> Path:
    return folder / "sidecar.db"


@pytest.fixture
def backup(folder: Path, path: Path) -> Path:
    """A database of three events, its copy, and two more events since."""
    target = folder / "copy.db"
    with opened(path) as database:
        write(database, make_thread("one"))
        write(database, make_event("1"))
        write(database, make_event("2"))
        copy(database, target)
        write(database, make_event("3"))
        write(database, make_event("4"))
    return target


def copy(database: Database, target: Path) -> None:
    made = Backup(database, target, overwrite=False)
    while not made.step():
        pass
    made.finish_copying()
    made.publish()


def identity(path: Path) -> str:
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return str(db.execute("SELECT database_id FROM daemon").get)
    finally:
        db.close()


def test_a_name_tells_the_time_and_the_seq(path: Path) -> None:
    name = backups.name_at(path, OURS, 1234, START_MS)
    assert name == "sidecar-20231114T221320Z-1234-aaaaaaaa.db"


def test_the_newest_are_kept_and_nothing_else_is_touched(folder: Path, path: Path) -> None:
    names = [backups.name_at(path, OURS, day, START_MS + day * DAY_MS) for day in range(5)]
    strangers = [
        backups.name_at(path, OTHERS, 0, START_MS), "sidecar.db", "notes.txt",
        f"{names[0]}.bak", f"x{names[0]}", names[0].replace("sidecar-", "other-"),
    ]  # fmt: skip
    for name in names + strangers:
        (folder / name).write_text("")
    (folder / names[1]).unlink()
    (folder / names[1]).symlink_to(folder / "notes.txt")
    gone = backups.forget_oldest(folder, path, OURS, 2)
    assert [each.name for each in gone] == [names[0], names[2]]
    assert {each.name for each in folder.iterdir()} == {names[1], *names[3:], *strangers}


def test_the_age_of_a_copy_is_in_its_name(folder: Path, path: Path) -> None:
    (folder / backups.name_at(path, OURS, 7, START_MS)).write_text("")
    assert [each.at_ms for each in backups.kept(folder, path, OURS)] == [START_MS]


def test_a_restore_puts_back_what_was_and_keeps_what_is(path: Path, backup: Path) -> None:
    before = rows(path)
    done = backups.restore(backup, path, FakeSource())
    assert number(path, "SELECT max(seq) FROM events") == done.last_seq == 3
    assert upkeep.check(path, full=True) == []
    assert path.stat().st_mode & 0o777 == 0o600
    assert done.aside is not None and rows(done.aside) == before
    assert sorted(each.name for each in path.parent.iterdir() if ".part" in each.name) == []


def test_a_restored_database_is_another_one_to_its_clients(path: Path, backup: Path) -> None:
    done = backups.restore(backup, path, FakeSource())
    assert identity(path) == done.database_id != identity(backup)
    with opened(path) as database:
        assert (database.database_id, database.last_seq) == (done.database_id, 3)


def test_the_old_one_goes_aside_with_its_log(path: Path, backup: Path) -> None:
    database = Database(path, FakeSource())
    write(database, make_event("5"))
    # As a kill leaves it: what was written last is in the log alone.
    stored = rows(path)
    log = path.with_name(path.name + "-wal").read_bytes()
    database.close()
    path.with_name(path.name + "-wal").write_bytes(log)
    done = backups.restore(backup, path, FakeSource())
    assert done.aside is not None
    assert not path.with_name(path.name + "-wal").exists()
    assert done.aside.with_name(done.aside.name + "-wal").exists()
    assert count(done.aside, "events") == len([row for row in stored if row[0] == "events"])
    assert number(path, "SELECT max(seq) FROM events") == 3


def test_a_copy_with_a_log_is_restored_with_it(folder: Path, backup: Path) -> None:
    with opened(backup) as database:
        write(database, make_event("5"))
        done = backups.restore(backup, folder / "else" / "new.db", FakeSource())
    assert done.aside is None and done.last_seq == 4


def test_a_database_that_somebody_has_open_is_left_alone(path: Path, backup: Path) -> None:
    with opened(path):
        before = rows(path)
        with pytest.raises(LockedByOther) as refused:
            backups.restore(backup, path, FakeSource())
        assert refused.value.owner_pid == os.getpid()
        assert rows(path) == before


def spoil_page(path: Path) -> None:
    break_in(path.parent)
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096)


def test_a_broken_backup_is_refused(path: Path, backup: Path) -> None:
    before = rows(path)
    spoil_page(backup)
    with pytest.raises(NotABackup):
        backups.restore(backup, path, FakeSource())
    assert rows(path) == before


def test_a_backup_that_breaks_a_law_is_refused(path: Path, backup: Path) -> None:
    break_in(backup.parent)
    db = apsw.Connection(str(backup))
    db.execute("UPDATE daemon SET last_seq = 1")
    db.close()
    with pytest.raises(NotABackup, match="past the last one"):
        backups.restore(backup, path, FakeSource())


@pytest.mark.parametrize("content", [b"", b"not a database" * 100])
def test_what_is_no_backup_is_refused(folder: Path, path: Path, content: bytes) -> None:
    other = folder / "other"
    other.write_bytes(content)
    with pytest.raises(NotABackup):
        backups.restore(other, path, FakeSource())
    assert not path.exists()


def test_a_backup_of_a_newer_program_is_refused(path: Path, backup: Path) -> None:
    db = apsw.Connection(str(backup))
    db.execute("INSERT INTO migrations SELECT 1000, 'new', 'x', 0")
    db.close()
    with pytest.raises(WrongDatabase):
        backups.restore(backup, path, FakeSource())


@pytest.mark.usefixtures("backup")
def test_the_database_is_no_backup_of_itself(path: Path) -> None:
    with pytest.raises(NotABackup, match="itself"):
        backups.restore(path, path, FakeSource())


def test_a_restore_packs_a_database_that_could_not_give_pages_back(
    path: Path, backup: Path
) -> None:
    break_in(backup.parent)
    db = apsw.Connection(str(backup))
    db.pragma("auto_vacuum", "NONE")
    db.execute("VACUUM")
    assert db.pragma("auto_vacuum") == 0
    db.close()
    backups.restore(backup, path, FakeSource())
    assert number(path, "PRAGMA auto_vacuum") == 2
