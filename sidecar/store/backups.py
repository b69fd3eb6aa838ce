"""Keep copies in a folder, the newest of them; put one back in the place of a database."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import apsw

from sidecar.model import ids
from sidecar.model.errors import StorageUnavailable
from sidecar.store import checksums, parts
from sidecar.store.folders import sync
from sidecar.store.lock import LockedByOther, lock_database
from sidecar.store.looking import looking
from sidecar.store.migrate import (
    APPLICATION_ID,
    check_not_foreign,
    check_ours,
    migrate,
    migrations,
)
from sidecar.store.opening import CannotOpen
from sidecar.store.outages import outage_of
from sidecar.store.parts import Part
from sidecar.store.transaction import Source
from sidecar.store.upkeep import check

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


def _names(database: Path, database_id: str | None) -> str:
    """Make the pattern of what the copies of a database are called."""
    tail = r"\w+" if database_id is None else re.escape(database_id[-ID_CHARS:])
    return rf"{re.escape(database.stem)}-(\d{{8}})T(\d{{6}})Z-\d+-{tail}\.db"


def kept(folder: Path, database: Path, database_id: str | None) -> list[Kept]:
    """List the copies of this database in a folder, the oldest first; other files are not ours.

    Without a databaseId also those of its former lives, from before a restore.
    """
    name = re.compile(_names(database, database_id))
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


def forget_oldest(
    folder: Path, database: Path, database_id: str, keep: int, now_ms: int
) -> list[Path]:
    """Delete all copies of this database but the newest; tell which.

    What is dated later than now is of a clock that was wrong. It is the first to go: it would
    outlive whatever is made from now on.
    """
    own = kept(folder, database, database_id)
    own.sort(key=lambda each: (each.at_ms <= now_ms, each))
    surplus = [each.path for each in own[:-keep]]
    for path in surplus:
        path.unlink(missing_ok=True)
    return surplus


def clear(folder: Path, database: Path, database_id: str) -> None:
    """Remove what copies of this database have left that did not come to their end."""
    parts.clear(folder, _names(database, database_id))


def restore(backup: Path, database: Path, source: Source) -> Restored:
    """Put a verified copy of a backup in the place of a database that nobody has open.

    The old one is moved aside. The new one is another database to its clients, since it may give
    out seqs anew that they have seen: it gets a new databaseId, and they notice. Raises
    NotABackup, CannotOpen, LockedByOther or WrongDatabase; everything is then as it was, and so
    it is when this is cut off, or all is done.
    """
    try:
        lock = lock_database(database)
    except OSError as error:
        raise CannotOpen(f"{database}: {error.strerror}") from error
    try:
        _give(database.with_name(database.name + ".lock"), database)
        with _copied(backup, database) as part:
            _give(part.path, database)
            last_seq, database_id = _verify(part.path, source)
            part.sync()
            aside = _move_aside(database, stamp(source.now_ms()))
            # Before the new one has the name: never beside the old log, nor without the old one.
            sync(database.parent)
            part.become(database)
    except OSError as error:
        raise CannotOpen(f"{error.filename or database}: {error.strerror}") from error
    except StorageUnavailable as outage:
        raise CannotOpen(f"{database}: {outage.details['reason']}") from outage
    finally:
        lock.release()
    return Restored(database, last_seq, database_id, aside)


def _give(path: Path, database: Path) -> None:
    """Give what root makes to whose database it is: a daemon could not open it otherwise."""
    if os.geteuid() == 0:
        owner = (database if database.exists() else database.parent).stat()
        os.chown(path, owner.st_uid, owner.st_gid)


@contextmanager
def _copied(backup: Path, database: Path) -> Iterator[Part]:
    """Copy a backup beside the database, its log included if it has one."""
    if not backup.is_file():
        raise NotABackup(f"{backup} is not a file")
    if database.exists() and backup.samefile(database):
        raise NotABackup(f"{backup} is the database itself")
    part = Part(database)
    try:
        with looking(backup) as taken:
            has_checksums = checksums.are_in(backup)
            copy = apsw.Connection(str(part.path), vfs=checksums.vfs(wanted=has_checksums))
            try:
                with copy.backup("main", taken, "main") as steps:
                    steps.step(-1)
                copy.pragma("journal_mode", "DELETE")
            finally:
                copy.close()
        yield part
    except (apsw.Error, StorageUnavailable) as error:
        # SQLite does not say on which side it failed; the disk knows whether it is on its own.
        part.probe()
        outage = outage_of(error) if isinstance(error, apsw.Error) else error
        reason = error if outage is None else outage.details["reason"]
        raise NotABackup(f"{backup} cannot be read: {reason}") from error
    finally:
        part.close()


def _verify(part: Path, source: Source) -> tuple[int, str]:
    """Bring the copy to this schema, check it as `sidecar check` does, and make it its own."""
    db = checksums.connect(part, apsw.SQLITE_OPEN_READWRITE)
    try:
        if db.pragma("application_id") != APPLICATION_ID:
            raise NotABackup("the file is not a database of sidecar")
        check_ours(db, migrations())
        migrate(db, source.now_ms(), migrations())
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
    """Give the old database another name, so that it can still be opened.

    At no moment is there no file under its name: a daemon that starts would make an empty one.
    And no log is ever beside a database whose log it is not, also where there is only a log.
    """
    is_there = database.exists()
    aside = database.with_name(f"{database.name}.replaced-{moment}")
    if is_there:
        _take_log_in(database)
        os.link(database, aside)
    for end in ("-wal", "-journal"):
        log = database.with_name(database.name + end)
        if log.exists():
            log.rename(aside.with_name(aside.name + end))
    database.with_name(database.name + "-shm").unlink(missing_ok=True)
    return aside if is_there else None


def _take_log_in(database: Path) -> None:
    """Copy the old database's log into it, so that it is whole whatever comes next.

    Refuses if another program reads it: at its end that would delete the new database's log. A
    broken one stays as it is, its log beside it.
    """
    db = checksums.connect(database, apsw.SQLITE_OPEN_READWRITE)
    try:
        check_not_foreign(db)
        if db.pragma("journal_mode", "DELETE") != "delete":
            raise LockedByOther(database, None)
    except (apsw.CorruptError, apsw.NotADBError):
        return
    except apsw.Error as error:
        outage = outage_of(error, db)
        if outage is None:
            raise
        if outage.details["reason"] == "busy":
            raise LockedByOther(database, None) from error
        raise outage from error
    finally:
        db.close()
