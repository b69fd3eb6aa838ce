"""Keep events: one committed fact each, numbered, never changed."""

import msgspec

from sidecar.model import limits
from sidecar.model.errors import IdempotencyMismatch, ThreadNotFound
from sidecar.model.event import Event
from sidecar.store.rows import reader
from sidecar.store.transaction import Snapshot

COLUMNS = """
    e.seq, (SELECT n.id FROM thread_names n WHERE n.key = e.thread_key),
    (SELECT u.id FROM turns u WHERE u.key = e.turn_key),
    (SELECT i.id FROM items i WHERE i.key = e.item_key), e.event, e.payload, e.source, e.at_ms
"""
FIND_KEY = """
SELECT seq, fingerprint FROM events WHERE thread_key = :thread_key AND event_key = :event_key
"""
GET = f"SELECT {COLUMNS} FROM events e WHERE e.seq = :seq"
NAME = "SELECT key FROM thread_names WHERE id = :id"
IS_KNOWN = """
SELECT EXISTS (SELECT 1 FROM threads WHERE key = :thread_key)
    OR EXISTS (SELECT 1 FROM events WHERE thread_key = :thread_key)
"""
LAST_SEQ = """
SELECT max(last_seq, coalesce((SELECT max(seq) FROM events), 0)) FROM daemon WHERE only = 1
"""
MIN_SEQ = "SELECT coalesce(min(seq), :last_seq + 1) FROM events"
# Where a page is read from: the whole log, a thread's or a turn's.
SCOPES = {
    "all": "e.seq > :since",
    "thread": "e.thread_key = :key AND e.seq > :since",
    "turn": "e.turn_key = :key AND e.seq > :since",
}
# Materialized, or the argument would be read anew for each event.
IS_NAMED = """
(e.event IN (SELECT value FROM json_each(:names)) OR EXISTS (
    WITH prefix AS MATERIALIZED (SELECT value FROM json_each(:prefixes))
    SELECT 1 FROM prefix WHERE substr(e.event, 1, length(prefix.value)) = prefix.value))
"""
LAST_OF_TURN = """
SELECT coalesce((SELECT max(at_ms) FROM events WHERE turn_key = :turn_key), pruned_at_ms,
    started_at_ms, created_at_ms) FROM turns WHERE key = :turn_key
"""

read = reader(Event, "events")


def list_statement(scope: str) -> str:
    """Make the statement that reads a page of a scope."""
    return f"SELECT {COLUMNS} FROM events e WHERE {SCOPES[scope]} ORDER BY e.seq LIMIT :limit"


def scan_statement(scope: str) -> str:
    """Make the statement that measures the stretch a filter looks at."""
    return f"""
        SELECT max(seq), count(*) FROM (
            SELECT e.seq FROM events e WHERE {SCOPES[scope]} ORDER BY e.seq LIMIT :scan)
    """


def filter_statement(scope: str) -> str:
    """Make the statement that picks named events out of a stretch."""
    return f"""
        SELECT {COLUMNS} FROM events e WHERE {SCOPES[scope]} AND e.seq <= :until AND {IS_NAMED}
        ORDER BY e.seq LIMIT :limit
    """


def find_key(db: Snapshot, thread_key: int, event_key: str, fingerprint: bytes) -> Event | None:
    """Find the event that this key appended; other content is `idempotency_mismatch`."""
    row = db.row(FIND_KEY, thread_key=thread_key, event_key=event_key)
    if row is None:
        return None
    if row[1] != fingerprint:
        raise IdempotencyMismatch(id=event_key)
    assert isinstance(row[0], int)
    return get(db, row[0])


def get(db: Snapshot, seq: int) -> Event:
    """Read one event by its seq."""
    row = db.row(GET, seq=seq)
    assert row is not None, "the event is there"
    return read(row)


def thread_key_of(db: Snapshot, thread_id: str) -> int | None:
    """Find the key of a thread, also of a deleted one that left its last event."""
    row = db.row(NAME, id=thread_id)
    if row is None or not db.number(IS_KNOWN, thread_key=row[0]):
        return None
    assert isinstance(row[0], int)
    return row[0]


def require_thread_key(db: Snapshot, thread_id: str) -> int:
    """Find the key of a thread, deleted or not, or refuse with `thread_not_found`."""
    key = thread_key_of(db, thread_id)
    if key is None:
        raise ThreadNotFound(id=thread_id)
    return key


def last_seq(db: Snapshot) -> int:
    """Tell the last seq that was given out, also when its event is gone."""
    return db.number(LAST_SEQ)


def min_seq(db: Snapshot) -> int:
    """Tell the smallest seq that is still stored; one past the last if there is none."""
    return db.number(MIN_SEQ, last_seq=last_seq(db))


def last_at_ms(db: Snapshot, turn_key: int) -> int:
    """Tell when the last event of a turn happened, clients' and pruned ones included."""
    return db.number(LAST_OF_TURN, turn_key=turn_key)


def list_page(
    db: Snapshot, scope: str, key: int, since: int, limit: int, names: list[str] | None
) -> tuple[list[Event], int | None]:
    """Read a page of events after `since`; tell from where to go on, None at the end.

    A filtered page looks at MAX_EVENT_SCAN events at the most, so that a rare name in a long
    log costs many short reads and never one long one.
    """
    if names is None:
        rows, has_more = db.page(list_statement(scope), limit, key=key, since=since)
        page = [read(row) for row in rows]
        return page, page[-1].seq if has_more else None
    stretch = db.row(scan_statement(scope), key=key, since=since, scan=limits.MAX_EVENT_SCAN)
    assert stretch is not None
    until, scanned = stretch
    rows, has_more = db.page(
        filter_statement(scope),
        limit,
        key=key,
        since=since,
        until=until or 0,
        names=_json([name for name in names if not name.endswith("*")]),
        prefixes=_json([name[:-1] for name in names if name.endswith("*")]),
    )
    page = [read(row) for row in rows]
    if has_more:
        return page, page[-1].seq
    assert until is None or isinstance(until, int)
    return page, until if scanned == limits.MAX_EVENT_SCAN else None


def _json(names: list[str]) -> str:
    return msgspec.json.encode(names).decode()
