"""Know what can be claimed next without looking at what cannot.

A lane is the entries of one mailbox and rank. Of those that are queued the first in claim order
is its head; no other of the lane can be claimed before it, whatever the time. A mailbox under a
live claim has no heads; its end brings them back, at most 256. So a claim looks at heads alone,
and skips a rank whose first head lies in the future.
"""

from sidecar.store.rows import SqlValue
from sidecar.store.transaction import Snapshot, Tx

COPY = """
INSERT INTO mailbox_heads (
    rank, available_at_ms, created_at_ms, id, mailbox_key, lapsed, entry_key
)
SELECT e.rank, e.available_at_ms, e.created_at_ms, e.id, e.mailbox_key, e.lease_ended, e.key
"""
# In an upsert the last condition of a SELECT keeps ON from being read as that of a join.
OFFER = f"""
{COPY} FROM mailbox_entries e
WHERE e.key = :key AND NOT EXISTS (
    SELECT 1 FROM mailbox_entries c
    WHERE c.mailbox_key = e.mailbox_key AND c.status = 'claimed' AND c.lease_ended = 0)
ON CONFLICT (mailbox_key, lapsed, rank) DO UPDATE SET
    available_at_ms = excluded.available_at_ms, created_at_ms = excluded.created_at_ms,
    id = excluded.id, entry_key = excluded.entry_key
WHERE (excluded.available_at_ms, excluded.created_at_ms, excluded.id)
    < (mailbox_heads.available_at_ms, mailbox_heads.created_at_ms, mailbox_heads.id)
"""
WITHDRAW = """
DELETE FROM mailbox_heads
WHERE mailbox_key = :mailbox_key AND lapsed = 0 AND rank = :rank AND entry_key = :key
"""
SUCCEED = f"""
{COPY} FROM mailbox_entries e
WHERE e.mailbox_key = :mailbox_key AND e.status = 'queued' AND e.rank = :rank
ORDER BY e.available_at_ms, e.created_at_ms, e.id LIMIT 1
"""
TAKE_AWAY = "DELETE FROM mailbox_heads WHERE mailbox_key = :mailbox_key"
# The first entry of the next lane, which is its head. A step for each lane costs a mailbox with
# few of them a fifth of what one recursive statement does.
NEXT_LANE = """
SELECT key, rank FROM mailbox_entries
WHERE mailbox_key = :mailbox_key AND status = 'queued' AND rank > :rank
ORDER BY rank, available_at_ms, created_at_ms, id LIMIT 1
"""
BRING_BACK = f"{COPY} FROM mailbox_entries e WHERE e.key = :key"
BRING_LAPSED = f"""
{COPY} FROM mailbox_entries e
WHERE e.mailbox_key = :mailbox_key AND e.status = 'claimed' AND e.lease_ended = 1
"""
EARLIEST = """
SELECT entry_key, available_at_ms FROM mailbox_heads WHERE rank >= :rank
ORDER BY rank, available_at_ms, created_at_ms, id LIMIT 1
"""
# The first rank from :rank on that has anything to give, and the first that it gives: for when
# the very first head lies in the future.
FIRST = """
WITH RECURSIVE level (rank) AS (
    SELECT (SELECT min(h.rank) FROM mailbox_heads h WHERE h.rank >= :rank)
    UNION ALL
    SELECT (SELECT min(h.rank) FROM mailbox_heads h WHERE h.rank > level.rank) FROM level
    WHERE level.rank IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM mailbox_heads h
            WHERE h.rank = level.rank AND h.available_at_ms <= :now_ms)
        AND NOT EXISTS (SELECT 1 FROM mailbox_heads h WHERE h.lapsed = 1 AND h.rank = level.rank)),
best (rank) AS (SELECT max(level.rank) FROM level)
SELECT coalesce(
    (SELECT h.entry_key FROM mailbox_heads h
        WHERE h.rank = best.rank AND h.available_at_ms <= :now_ms
        ORDER BY h.available_at_ms, h.created_at_ms, h.id LIMIT 1),
    (SELECT h.entry_key FROM mailbox_heads h INDEXED BY mailbox_heads_lapsed
        WHERE h.lapsed = 1 AND h.rank = best.rank
        ORDER BY h.available_at_ms, h.created_at_ms, h.id LIMIT 1))
FROM best
"""
FIRST_OF = """
SELECT entry_key FROM mailbox_heads
WHERE mailbox_key = :mailbox_key AND (available_at_ms <= :now_ms OR lapsed = 1)
ORDER BY rank, available_at_ms, created_at_ms, id LIMIT 1
"""
# The first head of each rank is the earliest of it.
NEXT_AVAILABLE = """
WITH RECURSIVE level (rank) AS (
    SELECT (SELECT min(h.rank) FROM mailbox_heads h)
    UNION ALL
    SELECT (SELECT min(h.rank) FROM mailbox_heads h WHERE h.rank > level.rank) FROM level
    WHERE level.rank IS NOT NULL)
SELECT min((SELECT min(h.available_at_ms) FROM mailbox_heads h WHERE h.rank = level.rank))
FROM level
"""
NEXT_AVAILABLE_OF = """
SELECT min(available_at_ms) FROM mailbox_heads WHERE mailbox_key = :mailbox_key
"""


def offer(tx: Tx, key: int) -> bool:
    """Make an entry that was just queued the head of its lane if it comes first; tell whether."""
    return tx.change_all(OFFER, key=key) > 0


def withdraw(tx: Tx, key: int, mailbox_key: int, rank: int) -> None:
    """Let the next of its lane succeed a head that is no longer queued; others leave no gap."""
    if tx.change_all(WITHDRAW, key=key, mailbox_key=mailbox_key, rank=rank):
        tx.change_all(SUCCEED, mailbox_key=mailbox_key, rank=rank)


def take_away(tx: Tx, mailbox_key: int) -> None:
    """Keep a mailbox out of all claims."""
    tx.change_all(TAKE_AWAY, mailbox_key=mailbox_key)


def bring_back(tx: Tx, mailbox_key: int) -> None:
    """Open a mailbox to claims that has no heads and no live claim."""
    # Before the first: ranks count from 0.
    rank: SqlValue = -1
    while row := tx.row(NEXT_LANE, mailbox_key=mailbox_key, rank=rank):
        key, rank = row
        tx.change(BRING_BACK, key=key)


def bring_back_lapsed(tx: Tx, mailbox_key: int) -> None:
    """Open a mailbox likewise, and let its claim, whose lease has ended, be claimed again."""
    bring_back(tx, mailbox_key)
    tx.change_all(BRING_LAPSED, mailbox_key=mailbox_key)


def first(db: Snapshot, mailbox_key: int | None, now_ms: int, rank: int) -> int | None:
    """Find the key of what comes first in claim order, of one mailbox or from a rank on."""
    if mailbox_key is not None:
        row = db.row(FIRST_OF, mailbox_key=mailbox_key, now_ms=now_ms)
        return _number(row[0]) if row is not None else None
    row = db.row(EARLIEST, rank=rank)
    if row is None:
        return None
    key, available_at_ms = _number(row[0]), _number(row[1])
    if available_at_ms is not None and available_at_ms <= now_ms:
        return key
    row = db.row(FIRST, rank=rank, now_ms=now_ms)
    return _number(row[0]) if row is not None else None


def next_available_ms(db: Snapshot, mailbox_key: int | None) -> int | None:
    """Tell when the earliest head becomes available, where none can be claimed now."""
    if mailbox_key is None:
        row = db.row(NEXT_AVAILABLE)
    else:
        row = db.row(NEXT_AVAILABLE_OF, mailbox_key=mailbox_key)
    assert row is not None
    return _number(row[0])


def _number(value: SqlValue) -> int | None:
    assert value is None or isinstance(value, int)
    return value
