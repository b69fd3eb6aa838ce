"""Backups kept and put back: only our own are deleted, nothing is lost on the way."""

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from sidecar.store import backups, upkeep
from sidecar.store.backup import Backup
from sidecar.store.backups import NotABackup
from sidecar.store.database import Database
from sidecar.store.lock import LockedByOther
from sidecar.store.migrate import WrongDatabase, migrate, migrations
from tests.store.support import make_event, make_thread, number, opened, rows, write
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
    gone = backups.forget_oldest(folder, path, OURS, 2, START_MS + 9 * DAY_MS)
    assert [each.name for each in gone] == [names[0], names[2]]
    assert {each.name for each in folder.iterdir()} == {names[1], *names[3:], *strangers}


def test_what_is_dated_later_than_now_does_not_outlive_what_is_made(
    folder: Path, path: Path
) -> None:
    names = [backups.name_at(path, OURS, day, START_MS + day * DAY_MS) for day in range(4)]
    for name in names:
        (folder / name).write_text("")
    gone = backups.forget_oldest(folder, path, OURS, 1, START_MS + DAY_MS)
    assert [each.name for each in gone] == [names[2], names[3], names[0]]


def test_the_age_of_a_copy_is_in_its_name(folder: Path, path: Path) -> None:
    (folder / backups.name_at(path, OURS, 7, START_MS)).write_text("")
    assert [each.at_ms for each in backups.kept(folder, path, OURS)] == [START_MS]


def test_a_restore_puts_back_what_was_and_keeps_what_is(path: Path, backup: Path) -> None:
    before = rows(path)
    done = backups.restore(backup, path, FakeSource())
    assert number(path, "SELECT max(seq) FROM events") == done.last_seq == 3
    assert upkeep.check(path, full=True) == []
    assert path.stat().st_mode & 0o777 == 0o600
    assert done.database == path
    assert done.aside == path.with_name("sidecar.db.replaced-20231114T221320Z")
    assert rows(done.aside) == before
    assert sorted(each.name for each in path.parent.iterdir() if ".part" in each.name) == []


def test_a_restored_database_is_another_one_to_its_clients(path: Path, backup: Path) -> None:
    later = FakeSource()
    later.advance_ms(DAY_MS)
    done = backups.restore(backup, path, later)
    assert identity(path) == done.database_id != identity(backup)
    with opened(path) as database:
        assert (database.database_id, database.last_seq) == (done.database_id, 3)


@pytest.fixture
def killed(path: Path, backup: Path) -> Path:  # noqa: ARG001  # made first
    """The database as a kill leaves it: what was written last, the sixth, is in its log alone."""
    log = path.with_name(path.name + "-wal")
    with opened(path) as database:
        write(database, make_event("5"))
        left = {file: file.read_bytes() for file in (path, log)}
    for file, content in left.items():
        file.write_bytes(content)
    return path


def test_the_old_one_goes_aside_with_all_that_is_in_its_log(killed: Path, backup: Path) -> None:
    done = backups.restore(backup, killed, FakeSource())
    assert done.aside is not None
    assert number(done.aside, "SELECT max(seq) FROM events") == 6
    assert number(killed, "SELECT max(seq) FROM events") == 3
    assert not list(killed.parent.glob("*-wal"))


class Killed(BaseException):
    """End a process in which nothing is done any more."""


@pytest.mark.skipif(os.geteuid() != 0, reason="ONLY ROOT CAN BE SOMEBODY ELSE: not tested here")
@pytest.mark.parametrize("is_there", [True, False])
def test_what_root_restores_is_whose_the_database_was(
    path: Path, backup: Path, *, is_there: bool
) -> None:
    lock = path.with_name(path.name + ".lock")
    lock.unlink()
    os.chown(path if is_there else path.parent, 12345, 12346)
    if not is_there:
        path.unlink()
    backups.restore(backup, path, FakeSource())
    for made in (path, lock):
        assert (made.stat().st_uid, made.stat().st_gid) == (12345, 12346)
        os.chown(made, 0, 0)


def test_a_restore_that_is_killed_leaves_the_old_or_the_new_and_never_half(
    killed: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = {file: file.read_bytes() for file in killed.parent.iterdir()}
    ends = []
    for steps in itertools.count():
        for file in killed.parent.iterdir():
            file.unlink()
        for file, content in left.items():
            file.write_bytes(content)
        with monkeypatch.context() as patched:
            calls = itertools.count()

            def lives(
                real: Callable[..., Any], calls: Iterator[int] = calls, most: int = steps
            ) -> Callable[..., Any]:
                def call(*arguments: Any, **options: Any) -> Any:
                    if next(calls) >= most:
                        raise Killed
                    return real(*arguments, **options)

                return call

            patched.setattr(os, "link", lives(os.link))
            for name in ("rename", "unlink"):
                patched.setattr(Path, name, lives(getattr(Path, name)))
            try:
                backups.restore(backup, killed, FakeSource())
                is_done = True
            except Killed:
                is_done = False
        assert upkeep.check(killed, full=True) == []
        with opened(killed) as database:
            ends.append(database.last_seq)
        if is_done:
            break
    assert sorted(set(ends)) == [3, 6] == sorted({ends[0], ends[-1]})


def test_a_log_without_its_database_is_not_taken_for_the_new_ones(
    killed: Path, backup: Path
) -> None:
    killed.unlink()
    assert backups.restore(backup, killed, FakeSource()).aside is None
    assert number(killed, "SELECT max(seq) FROM events") == 3
    assert upkeep.check(killed, full=True) == []
    assert len(list(killed.parent.glob("*.replaced-*-wal"))) == 1


def test_a_database_that_another_program_reads_is_left_alone(path: Path, backup: Path) -> None:
    before = rows(path)
    other = apsw.Connection(str(path))
    other.execute("SELECT count(*) FROM events").fetchall()
    with pytest.raises(LockedByOther):
        backups.restore(backup, path, FakeSource())
    other.close()
    assert rows(path) == before


def test_the_database_of_another_program_is_left_alone(folder: Path, backup: Path) -> None:
    foreign = folder / "foreign.db"
    other = apsw.Connection(str(foreign))
    other.execute("CREATE TABLE bookmarks (url TEXT)")
    other.close()
    before = foreign.read_bytes()
    with pytest.raises(WrongDatabase):
        backups.restore(backup, foreign, FakeSource())
    assert foreign.read_bytes() == before and not list(folder.glob("foreign.db.replaced*"))


@pytest.mark.parametrize("schema", range(1, len(migrations())))
def test_a_backup_of_an_older_schema_is_brought_to_this_one(folder: Path, schema: int) -> None:
    old, path = folder / "old.db", folder / "new" / "sidecar.db"
    db = apsw.Connection(str(old))
    migrate(db, START_MS, migrations()[:schema])
    db.execute("INSERT INTO daemon (only, database_id, epoch, last_seq, clean_shutdown)"
               " VALUES (1, 'db_old', 3, 0, 1) ON CONFLICT DO NOTHING")  # fmt: skip
    db.close()
    assert upkeep.check(old, full=True) == []
    backups.restore(old, path, FakeSource())
    assert number(path, "SELECT max(number) FROM migrations") == len(migrations())
    assert upkeep.check(path, full=True) == []


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


@pytest.mark.parametrize("part", [0.01, 0.5, 0.9])
def test_half_a_backup_is_told_to_be_broken(path: Path, backup: Path, part: float) -> None:
    break_in(backup.parent)
    before = rows(path)
    os.truncate(backup, int(backup.stat().st_size * part))
    with pytest.raises(NotABackup, match=r"corrupt|malformed"):
        backups.restore(backup, path, FakeSource())
    assert rows(path) == before


def test_what_is_no_file_is_not_waited_for(folder: Path, path: Path) -> None:
    os.mkfifo(folder / "pipe")
    with pytest.raises(NotABackup, match="not a file"):
        backups.restore(folder / "pipe", path, FakeSource())


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
