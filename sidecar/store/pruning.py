"""Forget what is old: events from the beginning of the log on, and mailbox entries that have ended.

In small pieces, each a transaction of its own, so that nobody waits for more than one of them.
What was forgotten leaves a mark, so that who reads on from before it can be told.
"""

from typing import NamedTuple

import apsw

from sidecar.store.outages import outages
from sidecar.store.rows import SqlValue
from sidecar.store.transaction import Snapshot, Tx

# Events of one piece: about 3 ms of the writer, indexes included.
PIECE_EVENTS = 500
# And their payloads: large ones lie on many pages, each of which is visited.
PIECE_BYTES = 1024 * 1024
# Mailbox entries of one piece.
PIECE_ENTRIES = 500
# Pages given back to the system in one piece: each may move another page.
PIECE_PAGES = 128
# Free pages that are kept for what is written next.
SPARE_PAGES = 1_000

# Where events are pruned: in the whole log, or in that of a thread.
SCOPES = {
    # By seq alone: grouping tempts the planner to walk an index over the whole log.
    "all": "events NOT INDEXED WHERE seq <= :until",
    "thread": "events WHERE thread_key = :key AND seq <= :until",
}
MARK_LOG = "UPDATE daemon SET pruned_seq = max(pruned_seq, :until) WHERE only = 1"
PRUNED_SEQ = "SELECT pruned_seq FROM daemon WHERE only = 1"
PRUNED_SEQ_OF_THREAD = "SELECT pruned_seq FROM thread_names WHERE key = :thread_key"
PURGE = """
DELETE FROM mailbox_entries WHERE key IN (
    SELECT key FROM mailbox_entries INDEXED BY mailbox_entries_ended
    WHERE status IN ('accepted', 'dead_letter', 'cancelled', 'superseded')
        AND updated_at_ms < :older_than_at_ms
    ORDER BY updated_at_ms LIMIT :most)
"""


class Wanted(NamedTuple):
    """Be what is to be pruned: events before a seq, or older than a moment, perhaps of a thread.

    By time it ends at the first event that is not older, so that what remains has no gap even
    if the clock was set back.
    """

    before_seq: int | None
    older_than_at_ms: int | None
    thread_key: int | None

    @property
    def scope(self) -> str:
        """Name where its events are."""
        return "all" if self.thread_key is None else "thread"

    def includes(self, seq: int, at_ms: int) -> bool:
        """Tell whether an event is to go."""
        if self.before_seq is not None:
            return seq < self.before_seq
        assert self.older_than_at_ms is not None
        return at_ms < self.older_than_at_ms


class Stretch(NamedTuple):
    """Be some events in a row: how many, the bytes of their payloads, and the seq of the last."""

    events: int
    size: int
    until: int


def stretch_statement(scope: str) -> str:
    """Make the statement that looks at the next events of a scope."""
    where = "seq > :since" if scope == "all" else "thread_key = :key AND seq > :since"
    return f"""
        SELECT seq, at_ms, coalesce(octet_length(payload), 0) FROM events
        WHERE {where} ORDER BY seq LIMIT :limit
    """


def delete_statement(scope: str) -> str:
    """Make the statement that deletes the events of a stretch."""
    return f"DELETE FROM {SCOPES[scope]}"


def mark_threads_statement(scope: str) -> str:
    """Make the statement that notes at each thread what it loses."""
    return f"""
        UPDATE thread_names SET pruned_seq = max(pruned_seq, lost.seq)
        FROM (SELECT thread_key, max(seq) AS seq FROM {SCOPES[scope]} GROUP BY thread_key) lost
        WHERE key = lost.thread_key
    """


def mark_turns_statement(scope: str) -> str:
    """Make the statement that notes at each open turn when its lost events were."""
    return f"""
        UPDATE turns SET pruned_at_ms = max(coalesce(pruned_at_ms, 0), lost.at_ms)
        FROM (SELECT turn_key, max(at_ms) AS at_ms FROM {SCOPES[scope]}
                AND turn_key IS NOT NULL GROUP BY turn_key) lost
        WHERE key = lost.turn_key AND status IN ('queued', 'in_progress')
    """


def look(db: Snapshot, wanted: Wanted, since: int = 0) -> Stretch | None:
    """Measure the next stretch that is to go; None when there is none."""
    rows = db.rows(
        stretch_statement(wanted.scope), key=wanted.thread_key, since=since, limit=PIECE_EVENTS
    )
    events = size = until = 0
    for seq, at_ms, own in rows:
        assert isinstance(seq, int) and isinstance(at_ms, int) and isinstance(own, int)
        if not wanted.includes(seq, at_ms) or (events and size + own > PIECE_BYTES):
            break
        events, size, until = events + 1, size + own, seq
    return Stretch(events, size, until) if events else None


def measure(db: Snapshot, wanted: Wanted) -> Stretch:
    """Measure all that would go; `until` is 0 if nothing would."""
    whole = Stretch(0, 0, 0)
    while (piece := look(db, wanted, whole.until)) is not None:
        whole = Stretch(whole.events + piece.events, whole.size + piece.size, piece.until)
    return whole


def prune(tx: Tx, wanted: Wanted) -> Stretch | None:
    """Delete the next stretch and leave the marks; None when there is nothing more."""
    piece = look(tx, wanted)
    if piece is None:
        return None
    scope = wanted.scope
    bindings: dict[str, SqlValue] = {"key": wanted.thread_key, "until": piece.until}
    tx.change_all(mark_threads_statement(scope), **bindings)
    tx.change_all(mark_turns_statement(scope), **bindings)
    tx.change_all(delete_statement(scope), **bindings)
    tx.change(MARK_LOG, until=piece.until)
    return piece


def purge(tx: Tx, older_than_at_ms: int) -> int:
    """Forget the next ended mailbox entries last changed before a moment; tell how many."""
    return tx.change_all(PURGE, older_than_at_ms=older_than_at_ms, most=PIECE_ENTRIES)


def pruned_seq(db: Snapshot, thread_key: int | None) -> int:
    """Tell up to which seq something is gone, of the log or of a thread's part in it."""
    if thread_key is None:
        return db.number(PRUNED_SEQ)
    return db.number(PRUNED_SEQ_OF_THREAD, thread_key=thread_key)


def give_back(writer: apsw.Connection) -> bool:
    """Give some free pages back to the system; tell whether more should be.

    Does nothing for a database that was made without this: see `sidecar doctor`.
    """
    with outages():
        free = writer.pragma("freelist_count")
        assert isinstance(free, int)
        if free <= SPARE_PAGES or writer.pragma("auto_vacuum") == 0:
            return False
        pages = min(PIECE_PAGES, free - SPARE_PAGES)
        writer.execute(f"PRAGMA incremental_vacuum({pages})").fetchall()
    return free - pages > SPARE_PAGES
