"""Look into a database, whoever has it open, and leave everything as it is."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import apsw

from sidecar.model.errors import StorageUnavailable
from sidecar.store import checksums
from sidecar.store.outages import outage_of

# A daemon that starts, or a tool, may hold the file for a moment.
PATIENCE_MS = 1_000
FLAGS = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_URI


@contextmanager
def looking(path: Path) -> Iterator[apsw.Connection]:
    """Open a database and read it in one state, on a connection of its own.

    Raises an Outage if it cannot be read now, and an error of SQLite if there is no reading it.
    """
    db = _open(path)
    try:
        yield db
    except apsw.Error as error:
        raise _told(error, db) from error
    finally:
        db.close()


def _open(path: Path) -> apsw.Connection:
    """Open it as if to write: who could not has no CHECK constraints, and finds none broken."""
    name = f"file:{quote(os.fsencode(path))}"
    vfs = checksums.vfs(wanted=checksums.are_in(path))
    has_log = path.with_name(path.name + "-wal").exists()
    try:
        return _begin(name, vfs, keeps_log=has_log)
    except StorageUnavailable as outage:
        # Where nothing can be written beside it, one that nobody has open can still be read.
        if has_log or outage.details["reason"] == "busy":
            raise
    return _begin(f"{name}?immutable=1", vfs, keeps_log=False)


def _begin(name: str, vfs: str | None, *, keeps_log: bool) -> apsw.Connection:
    db: apsw.Connection | None = None
    try:
        db = apsw.Connection(name, flags=FLAGS, vfs=vfs)
        db.set_busy_timeout(PATIENCE_MS)
        # The last to close would copy the log of a dead daemon into its database.
        db.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, int(keeps_log))
        db.pragma("query_only", True)
        db.execute("BEGIN")
        # The state begins with what is read first.
        db.pragma("schema_version")
    except apsw.Error as error:
        told = _told(error, db)
        if db is not None:
            db.close()
        raise told from error
    return db


def _told(error: apsw.Error, db: apsw.Connection | None) -> Exception:
    outage = outage_of(error, db)
    return error if outage is None or outage.details["reason"] == "corrupt" else outage
