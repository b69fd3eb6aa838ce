"""Keep copies in a folder, the newest of them; put one back in the place of a database."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import apsw

from sidecar.model import ids
from sidecar.store import checksums
from sidecar.store.lock import FileLock
from sidecar.store.migrate import APPLICATION_ID, check_ours, migrations
from sidecar.store.opening import CannotOpen
from sidecar.store.transaction import Source
from sidecar.store.upkeep import check, sync

# What a copy is called: the database's name, the time in UTC, the last seq when it began, and
# the tail of the databaseId, so that several daemons may share a folder.
STAMP = "SELECT strftime('%Y%m%dT%H%M%SZ', :ms / 1000, 'unixepoch')"
MOMENT = """
SELECT 1000 * unixepoch(substr(:day, 1, 4) || '-' || substr(:day, 5, 2) || '-' || substr(:day, 7)
    || ' ' || substr(:time, 1, 2) || ':' || substr(:time, 3, 2) || ':' || substr(:time, 5))
"""
ID_CHARS = 8
RENAME_SELF = "UPDATE daemon SET database_id = :database_id WHERE only = 1"
LAST_SEQ = "SELECT last_seq FROM daemon WHERE only = 1"


class NotABackup(Exception):
    """Say why a file cannot be put in the place of a database."""


class Kept(NamedTuple):
    """Be a copy in a folder, and when it was made."""

    at_ms: int
    path: Path


class Restored(NamedTuple):
    """Tell what was put where, and where the old one is now."""

    database: Path
    last_seq: int
    database_id: str
    aside: Path | None


def name_at(database: Path, database_id: str, seq: int, at_ms: int) -> str:
    """Name a copy that begins now."""
    return f"{database.stem}-{stamp(at_ms)}-{seq}-{database_id[-ID_CHARS:]}.db"


def stamp(at_ms: int) -> str:
    """Write a moment in UTC so that it sorts and fits into a name."""
    db = apsw.Connection("")
    try:
        return str(db.execute(STAMP, {"ms": at_ms}).get)
    finally:
        db.close()


def kept(folder: Path, database: Path, database_id: str | None) -> list[Kept]:
    """List the copies of this database in a folder, the oldest first; other files are not ours.

    Without a databaseId also those of its former lives, from before a restore.
    """
    tail = r"\w+" if database_id is None else re.escape(database_id[-ID_CHARS:])
    name = re.compile(rf"{re.escape(database.stem)}-(\d{{8}})T(\d{{6}})Z-\d+-{tail}\.db")
    db = apsw.Connection("")
    found = []
    for path in folder.iterdir():
        match = name.fullmatch(path.name)
        if match and path.is_file() and not path.is_symlink():
            at_ms = db.execute(MOMENT, {"day": match[1], "time": match[2]}).get
            if isinstance(at_ms, int):
                found.append(Kept(at_ms, path))
    db.close()
    return sorted(found)


def forget_oldest(folder: Path, database: Path, database_id: str, keep: int) -> list[Path]:
    """Delete all copies of this database but the newest; tell which."""
    surplus = [each.path for each in kept(folder, database, database_id)[:-keep]]
    for path in surplus:
        path.unlink()
    return surplus


def restore(backup: Path, database: Path, source: Source) -> Restored:
    """Put a verified copy of a backup in the place of a database that nobody has open.

    The old one is moved aside. The new one is another database to its clients, since it may give
    out seqs anew that they have seen: it gets a new databaseId, and they notice. Raises
    NotABackup, CannotOpen, LockedByOther or WrongDatabase; everything is then as it was.
    """
    try:
        database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(database.with_name(database.name + ".lock"))
    except OSError as error:
        raise CannotOpen(f"{database}: {error.strerror}") from error
    try:
        with _copied(backup, database) as part:
            last_seq, database_id = _verify(part, source)
            sync(part)
            aside = _move_aside(database, stamp(source.now_ms()))
            part.rename(database)
            sync(database.parent)
    except OSError as error:
        raise CannotOpen(f"{error.filename or database}: {error.strerror}") from error
    finally:
        lock.release()
    return Restored(database, last_seq, database_id, aside)


@contextmanager
def _copied(backup: Path, database: Path) -> Iterator[Path]:
    """Copy a backup beside the database, its log included if it has one."""
    part = database.with_name(f".{database.name}.{os.getpid()}.part")
    if backup.exists() and database.exists() and backup.samefile(database):
        raise NotABackup(f"{backup} is the database itself")
    os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600))
    try:
        taken = checksums.connect(backup, apsw.SQLITE_OPEN_READONLY)
        copy = apsw.Connection(str(part), vfs=checksums.vfs(wanted=checksums.are_in(backup)))
        try:
            with copy.backup("main", taken, "main") as steps:
                steps.step(-1)
            copy.pragma("journal_mode", "DELETE")
        finally:
            copy.close()
            taken.close()
        yield part
    except apsw.Error as error:
        raise NotABackup(f"{backup} cannot be read: {error}") from error
    finally:
        part.unlink(missing_ok=True)


def _verify(part: Path, source: Source) -> tuple[int, str]:
    """Check the copy as `sidecar check` does, and make it a database of its own."""
    db = checksums.connect(part, apsw.SQLITE_OPEN_READWRITE)
    try:
        if db.pragma("application_id") != APPLICATION_ID:
            raise NotABackup("the file is not a database of sidecar")
        check_ours(db, migrations())
        findings = check(part, full=True)
        if findings:
            raise NotABackup("; ".join(["the backup is broken", *findings[:3]]))
        database_id = ids.mint("db", source.now_ms(), source.random_bits(ids.RANDOM_BITS))
        db.execute(RENAME_SELF, {"database_id": database_id})
        last_seq = db.execute(LAST_SEQ).get
        if not db.pragma("auto_vacuum"):
            # Nobody has it open: the one moment at which this costs nobody anything.
            db.pragma("auto_vacuum", "INCREMENTAL")
            db.execute("VACUUM")
    finally:
        db.close()
    assert isinstance(last_seq, int)
    return last_seq, database_id


def _move_aside(database: Path, moment: str) -> Path | None:
    """Give the old database another name, with its log, so that it can still be opened.

    At no moment is there no file under its name: a daemon that starts would make an empty one.
    """
    if not database.exists():
        return None
    aside = database.with_name(f"{database.name}.replaced-{moment}")
    os.link(database, aside)
    for end in ("-wal", "-journal"):
        log = database.with_name(database.name + end)
        if log.exists():
            log.rename(aside.with_name(aside.name + end))
    database.with_name(database.name + "-shm").unlink(missing_ok=True)
    return aside
