"""Keep threads: create, find, list, update; `deletion` takes them away."""

import re
from typing import NamedTuple

import msgspec

from sidecar.model.errors import (
    IdempotencyMismatch,
    InvalidHierarchy,
    ThreadArchived,
    ThreadNotFound,
)
from sidecar.model.json_value import Json, compact
from sidecar.model.thread import Thread
from sidecar.store import commits
from sidecar.store.paging import decode_cursor, encode_cursor
from sidecar.store.rows import reader
from sidecar.store.transaction import Snapshot, Tx

COLUMNS = """
    t.id, t.title, t.model, t.provider, t.workspace, t.mode, t.resource_id,
    (SELECT p.id FROM threads p WHERE p.key = t.parent_key), t.forked_from_thread_id,
    t.metadata, t.archived, t.version, t.message_count,
    (SELECT u.id FROM turns u WHERE u.thread_key = t.key AND u.status = 'in_progress'),
    (SELECT u.id FROM turns u WHERE u.thread_key = t.key ORDER BY u.key DESC LIMIT 1),
    (SELECT count(*) FROM session_inputs i WHERE i.thread_key = t.key AND i.status = 'pending'),
    t.created_at_ms, t.updated_at_ms
"""
FIND = "SELECT key, archived, fingerprint FROM threads WHERE id = :id"
GET = f"SELECT {COLUMNS} FROM threads t WHERE t.key = :key"
MODEL = "SELECT model, provider FROM threads WHERE key = :key"
NAME = "SELECT key FROM thread_names WHERE id = :id"
INSERT_NAME = "INSERT INTO thread_names (id) VALUES (:id)"
INSERT = """
INSERT INTO threads (
    key, id, title, title_words, model, provider, workspace, mode, resource_id, parent_key,
    metadata, archived, version, message_count, created_at_ms, updated_at_ms, fingerprint
) VALUES (
    :key, :id, :title, :title_words, :model, :provider, :workspace, :mode, :resource_id,
    :parent_key, :metadata, 0, 0, 0, :now_ms, :now_ms, :fingerprint
)
"""
UPDATE = """
UPDATE threads SET title = :title, title_words = :title_words, model = :model,
    provider = :provider, workspace = :workspace, mode = :mode, resource_id = :resource_id,
    parent_key = :parent_key, metadata = :metadata, archived = :archived
WHERE key = :key AND version = :version
"""
DETACH = "UPDATE threads SET parent_key = NULL WHERE key = :key AND parent_key = :parent_key"
TOUCH = "UPDATE threads SET updated_at_ms = :now_ms WHERE key = :key"
IS_ANCESTOR = """
WITH RECURSIVE line (key) AS (
    SELECT :of
    UNION
    SELECT t.parent_key FROM threads t JOIN line ON t.key = line.key
    WHERE t.parent_key IS NOT NULL
)
SELECT count(*) FROM line WHERE key = :key
"""
LIST = f"SELECT {COLUMNS} FROM threads t WHERE"
ORDER = "ORDER BY t.updated_at_ms DESC, t.id LIMIT :limit"
# One per filter that a request can have; a statement is made of those it has.
FILTERS = {
    "archived": "t.archived = :archived",
    "resource_id": "t.resource_id = :resource_id",
    "parent_key": "t.parent_key = :parent_key",
    "roots_only": "t.parent_key IS NULL",
    "id_prefix": "substr(t.id, 1, length(:id_prefix)) = :id_prefix",
    # Materialized, or the argument would be read anew for each thread.
    "words": """NOT EXISTS (
        WITH word AS MATERIALIZED (SELECT value FROM json_each(:words))
        SELECT 1 FROM word WHERE instr(t.title_words, ' ' || word.value) = 0)""",
    "after": "(t.updated_at_ms < :updated OR (t.updated_at_ms = :updated AND t.id > :id))",
}

read = reader(Thread, "threads")


class ThreadKey(NamedTuple):
    """Be what a verb needs of a thread: its key and whether it takes work."""

    key: int
    archived: bool
    fingerprint: bytes


class Columns(msgspec.Struct, frozen=True):
    """Hold the columns that a client sets, as they are stored."""

    title: str | None
    model: str | None
    provider: str | None
    workspace: str | None
    mode: str | None
    resource_id: str | None
    parent_id: str | None
    metadata: Json
    archived: bool


def columns_of(thread: Thread) -> Columns:
    """Take from a record what a client may set."""
    return Columns(
        thread.title,
        thread.model,
        thread.provider,
        thread.workspace,
        thread.mode,
        thread.resource_id,
        thread.parent_thread_id,
        thread.metadata,
        thread.archived,
    )


def words(text: str | None) -> list[str]:
    """Split a title or a query into words, without regard to case."""
    return re.findall(r"\w+", (text or "").casefold())


def title_words(title: str | None) -> str:
    """Make the searchable form of a title: every word after a blank."""
    return "".join(f" {word}" for word in words(title))


def find(db: Snapshot, thread_id: str) -> ThreadKey | None:
    """Look a thread up by its id."""
    row = db.row(FIND, id=thread_id)
    if row is None:
        return None
    key, archived, fingerprint = row
    assert isinstance(key, int) and isinstance(fingerprint, bytes)
    return ThreadKey(key, archived == 1, fingerprint)


def require(db: Snapshot, thread_id: str) -> ThreadKey:
    """Look a thread up or refuse with `thread_not_found`."""
    found = find(db, thread_id)
    if found is None:
        raise ThreadNotFound(id=thread_id)
    return found


def require_open(thread: ThreadKey) -> None:
    """Refuse new work on an archived thread."""
    if thread.archived:
        raise ThreadArchived


def get(db: Snapshot, key: int) -> Thread:
    """Read one thread by its key."""
    row = db.row(GET, key=key)
    assert row is not None, "the thread is there"
    return read(row)


def model_of(db: Snapshot, key: int) -> tuple[str | None, str | None]:
    """Tell which model of which provider a thread uses now."""
    row = db.row(MODEL, key=key)
    assert row is not None
    model, provider = row
    assert model is None or isinstance(model, str)
    assert provider is None or isinstance(provider, str)
    return model, provider


def touch(tx: Tx, key: int) -> None:
    """Move the thread's `updatedAtMs`: a turn started or ended, an input came or went."""
    tx.change(TOUCH, key=key, now_ms=tx.now_ms)


def _stored(columns: Columns) -> dict[str, str | None]:
    return {
        "title": columns.title,
        "title_words": title_words(columns.title),
        "model": columns.model,
        "provider": columns.provider,
        "workspace": columns.workspace,
        "mode": columns.mode,
        "resource_id": columns.resource_id,
        "metadata": compact(columns.metadata),
    }


def create(
    tx: Tx, thread_id: str | None, columns: Columns, fingerprint: bytes
) -> tuple[Thread, bool]:
    """Create a thread, or answer the one that the same request made; tell which."""
    if thread_id is not None and (found := find(tx, thread_id)):
        if found.fingerprint != fingerprint:
            raise IdempotencyMismatch(id=thread_id)
        return get(tx, found.key), False
    parent_key = parent_key_of(tx, columns.parent_id, child_id=thread_id, child_key=None)
    new_id = thread_id or tx.mint("thr")
    name = tx.row(NAME, id=new_id)
    key = name[0] if name else tx.insert(INSERT_NAME, id=new_id)
    assert isinstance(key, int)
    tx.insert(
        INSERT,
        key=key,
        id=new_id,
        **_stored(columns),
        parent_key=parent_key,
        now_ms=tx.now_ms,
        fingerprint=fingerprint,
    )
    thread = get(tx, key)
    tx.emit("thread.created", thread, noun="thread", thread_key=key)
    return thread, True


def parent_key_of(
    tx: Tx, parent_id: str | None, *, child_id: str | None, child_key: int | None
) -> int | None:
    """Find the key of a parent, or refuse a hierarchy that cannot be."""
    if parent_id is None:
        return None
    if parent_id == child_id:
        raise InvalidHierarchy(reason="self_parent")
    parent = find(tx, parent_id)
    if parent is None:
        raise InvalidHierarchy(reason="missing_parent")
    if child_key is not None and tx.number(IS_ANCESTOR, of=parent.key, key=child_key):
        raise InvalidHierarchy(reason="cycle")
    return parent.key


def update(tx: Tx, key: int, before: Thread, columns: Columns, reason: str) -> Thread:
    """Write the columns of a thread, the change set that this is, and its event."""
    tx.change(
        UPDATE,
        key=key,
        version=before.version,
        **_stored(columns),
        parent_key=parent_key_of(tx, columns.parent_id, child_id=before.id, child_key=key),
        archived=columns.archived,
    )
    return _changed(tx, key, reason)


def detach(tx: Tx, key: int, parent_key: int, reason: str) -> Thread:
    """Take a thread out of its family; it is a changed thread."""
    tx.change(DETACH, key=key, parent_key=parent_key)
    return _changed(tx, key, reason)


def _changed(tx: Tx, key: int, reason: str) -> Thread:
    at = commits.head(tx, key)
    commits.raise_version(tx, key, at, at.message_count, commits.Change(reason=reason))
    thread = get(tx, key)
    tx.emit("thread.updated", thread, noun="thread", thread_key=key)
    return thread


def list_statement(filters: list[str]) -> str:
    """Make the statement for a set of filters."""
    return f"{LIST} {' AND '.join([FILTERS[name] for name in filters] or ['TRUE'])} {ORDER}"


def list_page(
    db: Snapshot,
    filters: dict[str, str | int | None],
    cursor: str | None,
    limit: int,
) -> tuple[list[Thread], str | None]:
    """Read a page of threads, newest change first; `filters` are names of FILTERS with values."""
    bindings = {name: value for name, value in filters.items() if name != "roots_only"}
    names = list(filters)
    if cursor is not None:
        bindings["updated"], bindings["id"] = decode_cursor(cursor, int, str)
        names.append("after")
    rows, has_more = db.page(list_statement(names), limit, **bindings)
    page = [read(row) for row in rows]
    last = page[-1] if has_more else None
    return page, encode_cursor(last.updated_at_ms, last.id) if last else None
