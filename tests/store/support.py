"""Helpers of the store's tests: a database that is opened and closed, groups of writes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import apsw

from sidecar.model.json_value import NULL
from sidecar.store import mailboxes, threads
from sidecar.store.database import Database
from sidecar.store.threads import Columns
from sidecar.store.transaction import Tx
from tests.support import FakeSource
from tests.support.invariants import break_in
from tests.support.source import START_MS

Answer = TypeVar("Answer")


@contextmanager
def opened(path: Path) -> Iterator[Database]:
    """Open a database and close it cleanly at the end."""
    database = Database(path, FakeSource())
    try:
        yield database
    finally:
        database.close()


def write(database: Database, run: Callable[[Tx], Answer]) -> Answer:
    """Run one request in a group of its own."""
    database.begin()
    try:
        answer = database.attempt(run, START_MS)
    except BaseException:
        database.rollback()
        raise
    database.commit()
    return answer


def columns(title: str | None = None) -> Columns:
    return Columns(title, None, None, None, None, None, None, NULL, archived=False)


def make_thread(thread_id: str, title: str | None = None) -> Callable[[Tx], None]:
    """Make the request that creates a thread: one row, one event."""

    def run(tx: Tx) -> None:
        threads.create(tx, thread_id, columns(title), b"")

    return run


def make_entry(entry_id: str) -> Callable[[Tx], None]:
    """Make the request that queues an entry: it writes no event."""

    def run(tx: Tx) -> None:
        draft = mailboxes.Draft(NULL, "external", None, 0, None, None, None)
        mailboxes.enqueue(tx, "m", entry_id, None, draft, b"")

    return run


def make_event(payload: str) -> Callable[[Tx], None]:
    """Make the request that appends an event: one row, and nothing else."""

    def run(tx: Tx) -> None:
        tx.append_event("note", payload)

    return run


def count(path: Path, table: str) -> int:
    """Count the rows of a table on a connection of its own: what is committed."""
    return number(path, f"SELECT count(*) FROM {table}")


def number(path: Path, sql: str) -> int:
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        value = db.execute(sql).get
    finally:
        db.close()
    assert isinstance(value, int)
    return value


def spoil(path: Path, *statements: str) -> None:
    """Write what no verb would write, into the file of a daemon that has ended."""
    break_in(path.parent)
    db = apsw.Connection(str(path))
    try:
        db.pragma("ignore_check_constraints", True)
        for statement in statements:
            db.execute(statement)
            assert db.changes(), f"nothing was spoilt by {statement}"
    finally:
        db.close()


def rows(path: Path) -> list[tuple[object, ...]]:
    """List every row of every table."""
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
        return [
            (name, *row)
            for (name,) in db.execute(tables).fetchall()
            for row in db.execute(f"SELECT * FROM {name} ORDER BY 1")
        ]
    finally:
        db.close()
