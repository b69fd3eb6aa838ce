"""List mailbox entries in claim order: what is claimed first comes first."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from sidecar.model.limits import MAX_ENTRY_SCAN
from sidecar.model.mailbox import MAX_PRIORITY, EntryStatus, MailboxEntry, Origin
from sidecar.store.mailboxes import COLUMNS, find_mailbox, read
from sidecar.store.paging import Key, decode_cursor, encode_cursor
from sidecar.store.rows import Row, SqlValue
from sidecar.store.transaction import Snapshot

Name = Literal["mailbox_key", "status", "origin"]


class Walk(NamedTuple):
    """Be a way through the entries in claim order: an index, and what it answers by itself."""

    index_name: str
    asks: str = ""
    answers: frozenset[Name] = frozenset()


ALL = Walk("mailbox_entries_order")
QUEUED = Walk("mailbox_entries_queued", "status = 'queued' AND", frozenset({"status"}))
DEAD = Walk("mailbox_entries_dead", "status = 'dead_letter' AND", frozenset({"status"}))
OF_MAILBOX = Walk(
    "mailbox_entries_mailbox", "mailbox_key = :mailbox_key AND", frozenset({"mailbox_key"})
)
QUEUED_OF_MAILBOX = Walk(
    "mailbox_entries_next",
    "status = 'queued' AND mailbox_key = :mailbox_key AND",
    frozenset({"status", "mailbox_key"}),
)
WALKS = (ALL, QUEUED, DEAD, OF_MAILBOX, QUEUED_OF_MAILBOX)
# What else may be asked for; a statement is made of those that its walk does not answer.
FILTERS: dict[Name, str] = {
    "mailbox_key": "mailbox_key = :mailbox_key",
    "status": "status = :status",
    "origin": "origin = :origin",
}
# The end of the stretch that a filter looks at, and where the page goes on.
UNTIL = """
    AND (rank, available_at_ms, created_at_ms, id)
        <= (:last_rank, :last_available_at_ms, :last_created_at_ms, :last_id)
"""
AFTER = (
    "(rank, available_at_ms, created_at_ms, id) > (:rank, :available_at_ms, :created_at_ms, :id)"
)
ORDER = "ORDER BY rank, available_at_ms, created_at_ms, id"
POSITION = ("rank", "available_at_ms", "created_at_ms", "id")


def walk_for(status: EntryStatus | None, *, of_mailbox: bool) -> Walk:
    """Choose the walk that leaves the fewest entries to look at."""
    if status == "queued":
        return QUEUED_OF_MAILBOX if of_mailbox else QUEUED
    if status == "dead_letter":
        return DEAD
    return OF_MAILBOX if of_mailbox else ALL


def list_statement(walk: Walk, names: Sequence[Name], *, has_end: bool) -> str:
    """Make the statement of a page: these filters on a walk, to the end of a stretch if it has."""
    wanted = "".join(f" AND {FILTERS[name]}" for name in names)
    return f"""
SELECT {COLUMNS}, rank FROM mailbox_entries INDEXED BY {walk.index_name}
WHERE {walk.asks} {AFTER} {UNTIL if has_end else ""}{wanted}
{ORDER} LIMIT :limit
"""


def scan_statement(walk: Walk) -> str:
    """Make the statement that finds where the stretch ends that a filter looks at."""
    return f"""
SELECT rank, available_at_ms, created_at_ms, id FROM mailbox_entries INDEXED BY {walk.index_name}
WHERE {walk.asks} {AFTER} {ORDER} LIMIT 1 OFFSET :scan
"""


def list_page(
    db: Snapshot,
    mailbox_id: str | None,
    status: EntryStatus | None,
    origin: Origin | None,
    cursor: str | None,
    limit: int,
) -> tuple[list[MailboxEntry], str | None]:
    """Read a page of entries in claim order.

    What no index answers is looked for in MAX_ENTRY_SCAN entries at the most, so that a rare one
    among many costs many short reads and never one long one: the page then ends early.
    """
    asked: dict[Name, SqlValue] = {"status": status, "origin": origin}
    if mailbox_id is not None:
        # Keys count from 1: nothing is in a mailbox that was never used.
        asked["mailbox_key"] = find_mailbox(db, mailbox_id) or 0
    walk = walk_for(status, of_mailbox=mailbox_id is not None)
    names = [name for name, value in asked.items() if value is not None]
    filters = [name for name in names if name not in walk.answers]
    # Before the first: ranks count from 0.
    after: Key = [-1, 0, 0, ""] if cursor is None else decode_cursor(cursor, int, int, int, str)
    bindings: dict[str, SqlValue] = {name: asked[name] for name in names}
    bindings |= zip(POSITION, after, strict=True)
    end = db.row(scan_statement(walk), **bindings, scan=MAX_ENTRY_SCAN - 1) if filters else None
    if end is not None:
        bindings |= ((f"last_{name}", value) for name, value in zip(POSITION, end, strict=True))
    statement = list_statement(walk, filters, has_end=end is not None)
    rows, has_more = db.page(statement, limit, **bindings)
    page = [read(row[:-1]) for row in rows]
    if has_more:
        last = page[-1]
        rank = MAX_PRIORITY - last.priority
        return page, encode_cursor(rank, last.available_at_ms, last.created_at_ms, last.id)
    return page, _cursor_at(end) if end is not None else None


def _cursor_at(position: Row) -> str:
    rank, available_at_ms, created_at_ms, entry_id = position
    assert isinstance(rank, int) and isinstance(entry_id, str)
    assert isinstance(available_at_ms, int) and isinstance(created_at_ms, int)
    return encode_cursor(rank, available_at_ms, created_at_ms, entry_id)
