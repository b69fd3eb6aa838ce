"""Keep items: the pieces of a turn, in order of their position."""

from typing import NamedTuple

from sidecar.model.errors import ItemNotFound
from sidecar.model.event import LIFE_EVENTS
from sidecar.model.item import ITEM, Item, ItemKind, ItemStatus
from sidecar.model.json_value import NULL, Json, compact
from sidecar.model.limits import SUMMARY_CHARS
from sidecar.model.turn import item_status_after
from sidecar.store.paging import decode_cursor, encode_cursor
from sidecar.store.rows import Row, reader
from sidecar.store.transaction import Snapshot, Tx

COLUMNS = """
    i.id, u.id, (SELECT t.id FROM threads t WHERE t.key = u.thread_key), i.position, i.kind,
    i.status, i.summary, i.detail, i.metadata, i.artifact_refs, i.started_at_ms, i.ended_at_ms
"""
FROM = "FROM items i JOIN turns u ON u.key = i.turn_key"
FIND = """
SELECT i.key, i.turn_key, u.thread_key, i.fingerprint
FROM items i JOIN turns u ON u.key = i.turn_key WHERE i.id = :id
"""
GET = f"SELECT {COLUMNS} {FROM} WHERE i.key = :key"
COUNT_ITEM = "UPDATE turns SET item_count = item_count + 1 WHERE key = :key"
INSERT = """
INSERT INTO items (
    id, turn_key, position, kind, status, summary, detail, metadata, artifact_refs,
    started_at_ms, ended_at_ms, fingerprint
) VALUES (
    :id, :turn_key, (SELECT item_count FROM turns WHERE key = :turn_key), :kind, :status,
    :summary, :detail, :metadata, :artifact_refs, :started_at_ms, :ended_at_ms, :fingerprint
)
"""
UPDATE = """
UPDATE items SET status = :status, summary = :summary, detail = :detail, metadata = :metadata,
    artifact_refs = :artifact_refs, started_at_ms = :started_at_ms, ended_at_ms = :ended_at_ms
WHERE key = :key AND status = :status_before
"""
OPEN = """
SELECT key FROM items
WHERE turn_key = :turn_key AND status IN ('queued', 'in_progress') ORDER BY position
"""
CLOSE = """
UPDATE items SET status = :status, ended_at_ms = :ended_at_ms
WHERE key = :key AND status IN ('queued', 'in_progress')
"""
OF_TURN = f"SELECT {COLUMNS} {FROM} WHERE i.turn_key = :turn_key ORDER BY i.position"
LIST_OF_TURN = f"""
SELECT {COLUMNS}, i.turn_key {FROM} WHERE i.turn_key = :turn_key AND i.position > :position
ORDER BY i.position LIMIT :limit
"""
LIST_OF_THREAD = f"""
SELECT {COLUMNS}, i.turn_key FROM turns u CROSS JOIN items i ON i.turn_key = u.key
WHERE u.thread_key = :thread_key AND u.key >= :turn_after
    AND (u.key > :turn_after OR i.position > :position)
ORDER BY u.key, i.position LIMIT :limit
"""
TRANSCRIPT = """
SELECT i.kind, coalesce(i.detail, i.summary, '')
FROM turns u CROSS JOIN items i ON i.turn_key = u.key
WHERE u.thread_key = :thread_key AND i.status = 'completed'
    AND i.kind IN ('user_message', 'agent_message')
ORDER BY u.key, i.position
"""
TOKENS = """
SELECT coalesce(sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0)), 0)
FROM turns WHERE thread_key = :thread_key
"""

read = reader(Item, "items")


class NewItem(NamedTuple):
    """Be an item that was just created, and its key."""

    key: int
    item: Item


class ItemKey(NamedTuple):
    """Be what a verb needs of an item."""

    key: int
    turn_key: int
    thread_key: int
    fingerprint: bytes | None


def find(db: Snapshot, item_id: str) -> ItemKey | None:
    """Look an item up by its id."""
    row = db.row(FIND, id=item_id)
    if row is None:
        return None
    key, turn_key, thread_key, fingerprint = row
    assert isinstance(key, int) and isinstance(turn_key, int) and isinstance(thread_key, int)
    assert fingerprint is None or isinstance(fingerprint, bytes)
    return ItemKey(key, turn_key, thread_key, fingerprint)


def require(db: Snapshot, item_id: str) -> ItemKey:
    """Look an item up or refuse with `item_not_found`."""
    found = find(db, item_id)
    if found is None:
        raise ItemNotFound(id=item_id)
    return found


def get(db: Snapshot, key: int) -> Item:
    """Read one item by its key."""
    row = db.row(GET, key=key)
    assert row is not None, "the item is there"
    return read(row)


def create(
    tx: Tx,
    turn_key: int,
    thread_key: int,
    item_id: str | None,
    kind: ItemKind,
    status: ItemStatus,
    *,
    summary: str | None = None,
    detail: str | None = None,
    metadata: Json = NULL,
    artifact_refs: Json = NULL,
    fingerprint: bytes | None = None,
) -> NewItem:
    """Create an item at the end of its turn, with its event."""
    tx.change(COUNT_ITEM, key=turn_key)
    key = tx.insert(
        INSERT,
        id=item_id or tx.mint("item"),
        turn_key=turn_key,
        kind=kind,
        status=status,
        summary=summary,
        detail=detail,
        metadata=compact(metadata),
        artifact_refs=compact(artifact_refs),
        started_at_ms=None if status == "queued" else tx.now_ms,
        ended_at_ms=tx.now_ms if status in ITEM.terminal else None,
        fingerprint=fingerprint,
    )
    return NewItem(key, emit(tx, f"item.{LIFE_EVENTS[status]}", key, turn_key, thread_key))


def create_prompt(
    tx: Tx,
    turn_key: int,
    thread_key: int,
    prompt: str,
    *,
    item_id: str | None = None,
    fingerprint: bytes | None = None,
) -> NewItem:
    """Create the completed user message that a prompt becomes."""
    return create(
        tx,
        turn_key,
        thread_key,
        item_id,
        "user_message",
        "completed",
        summary=prompt[:SUMMARY_CHARS],
        detail=prompt,
        fingerprint=fingerprint,
    )


def emit(tx: Tx, event: str, key: int, turn_key: int, thread_key: int) -> Item:
    """Append an event that holds the item as it is now, and answer the item."""
    item = get(tx, key)
    tx.emit(event, item, noun="item", thread_key=thread_key, turn_key=turn_key, item_key=key)
    return item


def update(tx: Tx, found: ItemKey, before: Item, wanted: Item) -> Item:
    """Write an item as it is wanted, with the event for what changed."""
    is_new_status = wanted.status != before.status
    starts = before.started_at_ms is None and wanted.status == "in_progress"
    tx.change(
        UPDATE,
        key=found.key,
        status_before=before.status,
        status=wanted.status,
        summary=wanted.summary,
        detail=wanted.detail,
        metadata=compact(wanted.metadata),
        artifact_refs=compact(wanted.artifact_refs),
        started_at_ms=tx.now_ms if starts else before.started_at_ms,
        ended_at_ms=tx.now_ms if wanted.status in ITEM.terminal else None,
    )
    event = f"item.{LIFE_EVENTS[wanted.status] if is_new_status else 'updated'}"
    return emit(tx, event, found.key, found.turn_key, found.thread_key)


def open_keys(db: Snapshot, turn_key: int) -> list[int]:
    """List the keys of a turn's open items, in order."""
    return [key for (key,) in db.rows(OPEN, turn_key=turn_key) if isinstance(key, int)]


def close(tx: Tx, key: int, turn_key: int, thread_key: int, status: str, ended_at_ms: int) -> None:
    """Close an open item, with its event."""
    tx.change(CLOSE, key=key, status=status, ended_at_ms=ended_at_ms)
    emit(tx, "item.completed", key, turn_key, thread_key)


def close_open(
    tx: Tx, turn_key: int, thread_key: int, turn_status: str, *, ended_at_ms: int
) -> None:
    """Close the open items of a turn that ends."""
    for key in open_keys(tx, turn_key):
        close(tx, key, turn_key, thread_key, item_status_after(turn_status), ended_at_ms)


def of_turn(db: Snapshot, turn_key: int) -> list[Item]:
    """Read all items of a turn in order."""
    return [read(row) for row in db.rows(OF_TURN, turn_key=turn_key)]


def list_of_turn(
    db: Snapshot, turn_key: int, cursor: str | None, limit: int
) -> tuple[list[Item], str | None]:
    """Read a page of a turn's items."""
    _turn, position = decode_cursor(cursor, int, int) if cursor is not None else (0, 0)
    rows, has_more = db.page(LIST_OF_TURN, limit, turn_key=turn_key, position=position)
    return _page(rows, has_more=has_more)


def list_of_thread(
    db: Snapshot, thread_key: int, cursor: str | None, limit: int
) -> tuple[list[Item], str | None]:
    """Read a page of a thread's items, in turn, then position order."""
    turn, position = decode_cursor(cursor, int, int) if cursor is not None else (0, 0)
    rows, has_more = db.page(
        LIST_OF_THREAD, limit, thread_key=thread_key, turn_after=turn, position=position
    )
    return _page(rows, has_more=has_more)


def _page(rows: list[Row], *, has_more: bool) -> tuple[list[Item], str | None]:
    page = [read(row[:-1]) for row in rows]
    if not has_more:
        return page, None
    turn_key = rows[-1][-1]
    assert isinstance(turn_key, int)
    return page, encode_cursor(turn_key, page[-1].position)


def transcript(db: Snapshot, thread_key: int) -> tuple[list[tuple[str, str]], int]:
    """Read what was said in a thread, and how many tokens its turns used."""
    said: list[tuple[str, str]] = []
    for kind, text in db.rows(TRANSCRIPT, thread_key=thread_key):
        assert isinstance(kind, str) and isinstance(text, str)
        said.append((kind, text))
    return said, db.number(TOKENS, thread_key=thread_key)
