"""Look at a database from outside, whether a daemon has it open or not; nothing is changed."""

import os
from pathlib import Path

import apsw
import msgspec

from sidecar.store.looking import looking
from sidecar.store.migrate import LAST_APPLIED, WrongDatabase, check_ours, migrations
from sidecar.store.opening import MINIMUM_SQLITE, CannotOpen, sqlite_version

# Events at the end of the log whose times are compared.
TIMES = """
SELECT at_ms, max(max_ms) FROM (
    SELECT at_ms, max(at_ms) OVER () AS max_ms, seq FROM (
        SELECT seq, at_ms FROM events ORDER BY seq DESC LIMIT 1000)
    ORDER BY seq DESC LIMIT 1)
"""
OLDEST = "SELECT seq, at_ms FROM events ORDER BY seq LIMIT 1"
LAST_SEQ = "SELECT last_seq FROM daemon WHERE only = 1"
LOCKS = Path("/proc/locks")


class Examined(msgspec.Struct, frozen=True, rename="camel"):
    """Be what a database says of itself."""

    schema: int
    known_schema: int
    schema_problem: str | None
    sqlite: str
    is_sqlite_too_old: bool
    last_seq: int | None
    oldest_event_seq: int | None
    oldest_event_at_ms: int | None
    newest_event_at_ms: int | None
    latest_event_at_ms: int | None
    free_bytes: int
    gives_pages_back: bool


def examine(path: Path) -> Examined:
    """Read what can be read; raises CannotOpen if nothing can, and an Outage if nothing can now."""
    try:
        with looking(path) as db:
            return _read(db)
    except apsw.Error as error:
        raise CannotOpen(f"{path}: {error}") from error


def _read(db: apsw.Connection) -> Examined:
    problem = None
    schema = last_seq = first = oldest = newest = latest = None
    try:
        check_ours(db, migrations())
        schema = _number(db, LAST_APPLIED)
        last_seq = _number(db, LAST_SEQ)
        first, oldest = next(iter(db.execute(OLDEST)), (None, None))
        newest, latest = next(iter(db.execute(TIMES)), (None, None))
    except WrongDatabase as error:
        problem = str(error)
    free = _number(db, "PRAGMA freelist_count") or 0
    page = _number(db, "PRAGMA page_size") or 0
    return Examined(
        schema=schema or 0,
        known_schema=len(migrations()),
        schema_problem=problem,
        sqlite=apsw.sqlite_lib_version(),
        is_sqlite_too_old=sqlite_version() < MINIMUM_SQLITE,
        last_seq=last_seq,
        oldest_event_seq=first if isinstance(first, int) else None,
        oldest_event_at_ms=oldest if isinstance(oldest, int) else None,
        newest_event_at_ms=newest if isinstance(newest, int) else None,
        latest_event_at_ms=latest if isinstance(latest, int) else None,
        free_bytes=free * page,
        gives_pages_back=_number(db, "PRAGMA auto_vacuum") != 0,
    )


def _number(db: apsw.Connection, sql: str) -> int | None:
    value = db.execute(sql).get
    return value if isinstance(value, int) else None


def lock_owner(path: Path) -> int | None:
    """Tell which process holds a lock file, without ever holding it ourselves.

    To try it would, for a moment, keep a daemon from starting.
    """
    try:
        own = path.stat()
    except OSError:
        return None
    name = f"{os.major(own.st_dev):02x}:{os.minor(own.st_dev):02x}:{own.st_ino}"
    for line in LOCKS.read_text().splitlines():
        words = line.split()
        if "FLOCK" in words and name in words:
            return int(words[words.index("FLOCK") + 3])
    return None
