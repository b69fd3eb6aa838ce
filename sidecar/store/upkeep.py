"""Look after the file: check what it holds, count what waits in it."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import apsw

from sidecar.store import checksums, states
from sidecar.store.looking import looking
from sidecar.store.migrate import LAST_APPLIED, migrations
from sidecar.store.transaction import Snapshot

# Findings of one check: a file that is broken everywhere need not list everything.
MAX_FINDINGS = 100

# Steps of SQLite's machine after which a long check looks whether it is cut off: about 10 ms.
PROGRESS_STEPS = 100_000

QUICK_CHECK = f"PRAGMA quick_check({MAX_FINDINGS})"
INTEGRITY_CHECK = f"PRAGMA integrity_check({MAX_FINDINGS})"
FOREIGN_KEY_CHECK = "PRAGMA foreign_key_check"
# Each finds what the house says cannot be; a row of a statement is one finding.
INVARIANTS: dict[str, str] = {
    "an event's seq is past the last one": """
        SELECT seq FROM events
        WHERE seq > (SELECT last_seq FROM daemon) LIMIT :most""",
    "a thread has two turns in progress": """
        SELECT thread_key FROM turns WHERE status = 'in_progress'
        GROUP BY thread_key HAVING count(*) > 1 LIMIT :most""",
    "an ended turn has open items": """
        SELECT u.id FROM items i INDEXED BY items_open JOIN turns u ON u.key = i.turn_key
        WHERE i.status IN ('queued', 'in_progress')
            AND u.status NOT IN ('queued', 'in_progress') LIMIT :most""",
    "a turn's items are not counted": """
        SELECT id FROM turns
        WHERE item_count <> (SELECT count(*) FROM items WHERE turn_key = turns.key) LIMIT :most""",
    "a turn's items have a gap": """
        SELECT u.id FROM turns u
        WHERE u.item_count <> coalesce(
            (SELECT max(position) FROM items WHERE turn_key = u.key), 0) LIMIT :most""",
    "a promoted input's item is in another turn": """
        SELECT s.id FROM session_inputs s JOIN items i ON i.key = s.item_key
        WHERE i.turn_key <> s.turn_key LIMIT :most""",
    "an input's seq is not that of its admission": """
        SELECT s.id FROM session_inputs s JOIN events e ON e.seq = s.admitted_seq
        WHERE e.event <> 'session_input.admitted' OR e.thread_key <> s.thread_key LIMIT :most""",
    "an input's seq is not that of its promotion": """
        SELECT s.id FROM session_inputs s JOIN events e ON e.seq = s.promoted_seq
        WHERE e.event <> 'session_input.promoted' OR e.thread_key <> s.thread_key LIMIT :most""",
    "a run has ended and has no end, or has one and is open": """
        SELECT id FROM runs
        WHERE (status IN ('queued', 'in_progress', 'requires_action', 'cancelling'))
            <> (ended_at_ms IS NULL) LIMIT :most""",
    "a run is in progress and never started": """
        SELECT id FROM runs WHERE status = 'in_progress' AND started_at_ms IS NULL LIMIT :most""",
    "a run is its own parent": """
        SELECT id FROM runs WHERE parent_run_id = id LIMIT :most""",
    "a step's stamps are not those of its status": """
        SELECT id FROM steps WHERE (status = 'completed') <> (completed_at_ms IS NOT NULL)
            OR (status = 'failed') <> (failed_at_ms IS NOT NULL) LIMIT :most""",
    "a thread's parent is its own descendant": """
        WITH RECURSIVE line (start, key) AS (
            SELECT key, parent_key FROM threads WHERE parent_key IS NOT NULL
            UNION
            SELECT line.start, t.parent_key FROM threads t JOIN line ON t.key = line.key
            WHERE t.parent_key IS NOT NULL)
        SELECT start FROM line WHERE start = key LIMIT :most""",
    "a mailbox's queued entries are not counted": """
        SELECT id FROM mailboxes m WHERE queued_count <> (SELECT count(*) FROM mailbox_entries e
            WHERE e.mailbox_key = m.key AND e.status = 'queued') LIMIT :most""",
    "an open mailbox entry is of another generation": """
        SELECT e.id FROM mailbox_entries e JOIN mailboxes m ON m.key = e.mailbox_key
        WHERE e.status IN ('queued', 'claimed') AND e.generation <> m.generation LIMIT :most""",
    "a head of a mailbox is not what can be claimed next": """
        SELECT h.id FROM mailbox_heads h LEFT JOIN mailbox_entries e ON e.key = h.entry_key
        WHERE (h.rank, h.available_at_ms, h.created_at_ms, h.id, h.mailbox_key, h.lapsed)
                IS NOT (e.rank, e.available_at_ms, e.created_at_ms, e.id, e.mailbox_key,
                    e.lease_ended)
            OR e.status <> iif(h.lapsed, 'claimed', 'queued')
            OR EXISTS (SELECT 1 FROM mailbox_entries c WHERE c.mailbox_key = h.mailbox_key
                AND c.status = 'claimed' AND c.lease_ended = 0) LIMIT :most""",
    "a mailbox entry has no head before it": """
        SELECT e.id FROM mailbox_entries e
        WHERE (e.status = 'queued' OR e.lease_ended = 1)
            AND NOT EXISTS (SELECT 1 FROM mailbox_entries c WHERE c.mailbox_key = e.mailbox_key
                AND c.status = 'claimed' AND c.lease_ended = 0)
            AND NOT EXISTS (SELECT 1 FROM mailbox_heads h WHERE h.mailbox_key = e.mailbox_key
                AND h.lapsed = e.lease_ended AND h.rank = e.rank
                AND (h.available_at_ms, h.created_at_ms, h.id)
                    <= (e.available_at_ms, e.created_at_ms, e.id)) LIMIT :most""",
    "a thread's version is not that of its last commit": """
        SELECT t.id FROM threads t
        WHERE t.version <> coalesce(
            (SELECT max(version) FROM commits WHERE thread_key = t.key), 0) LIMIT :most""",
    "a thread's commits have a gap": """
        SELECT t.id FROM threads t
        WHERE t.version <> (SELECT count(*) FROM commits WHERE thread_key = t.key) LIMIT :most""",
    "a thread's log is not that of its last commit": """
        SELECT t.id FROM threads t JOIN commits c
            ON c.thread_key = t.key AND c.version = t.version
        LEFT JOIN thread_heads h ON h.thread_key = t.key
        WHERE c.log <> coalesce(h.log, 0) OR c.last_seq <> t.message_count LIMIT :most""",
    "a thread's messages are not counted": """
        SELECT t.id FROM threads t LEFT JOIN thread_heads h ON h.thread_key = t.key
        WHERE t.message_count <> (
            SELECT count(*) FROM messages
            WHERE thread_key = t.key AND log = coalesce(h.log, 0)) LIMIT :most""",
    "a log of messages has a gap": """
        SELECT t.id FROM messages m JOIN threads t ON t.key = m.thread_key
        GROUP BY m.thread_key, m.log HAVING max(m.seq) <> count(*) LIMIT :most""",
}
# What no statement can tell is looked at by the file that knows it.
REPLAYS = "a thread's state is not what its commits make"
COUNTS = """
SELECT (SELECT count(*) FROM threads),
    (SELECT count(*) FROM turns WHERE status = 'in_progress'),
    (SELECT count(*) FROM turns INDEXED BY turns_incomplete
        WHERE status IN ('queued', 'in_progress') AND status = 'queued'),
    (SELECT count(*) FROM session_inputs INDEXED BY session_inputs_pending
        WHERE status = 'pending'),
    (SELECT coalesce(sum(queued_count), 0) FROM mailboxes),
    (SELECT count(*) FROM mailbox_entries INDEXED BY mailbox_entries_claimed
        WHERE status = 'claimed')
"""

WORK = """
SELECT (SELECT count(*) FROM turns WHERE status = 'in_progress'),
    (SELECT count(*) FROM session_inputs INDEXED BY session_inputs_pending
        WHERE status = 'pending')
"""


class Counts(NamedTuple):
    """Count what waits and what works."""

    threads: int
    turns_in_progress: int
    turns_queued: int
    inputs_pending: int
    mailbox_queued: int
    mailbox_claimed: int


def counts(db: Snapshot) -> Counts:
    """Count threads, open turns and pending inputs by their indexes; the others are counted."""
    row = db.row(COUNTS)
    assert row is not None
    return Counts(*(value for value in row if isinstance(value, int)))


def work(db: Snapshot) -> tuple[int, int]:
    """Count turns in progress and pending inputs alone: their indexes hold nothing else."""
    row = db.row(WORK)
    assert row is not None
    turns, inputs = row
    assert isinstance(turns, int) and isinstance(inputs, int)
    return turns, inputs


def check(path: Path, *, full: bool, is_cut_off: Callable[[], bool] | None = None) -> list[str]:
    """Check the file and the house's invariants on a connection of its own.

    Runs on any thread, in one read transaction, until it is cut off. A sentence for each finding;
    an Outage if the file cannot be looked at now, which says nothing about it.
    """
    try:
        with looking(path) as db:
            db.set_progress_handler(is_cut_off, PROGRESS_STEPS)
            return _findings(db, full=full)
    except (apsw.Error, checksums.NoChecksums) as error:
        fault = "the checksum of a page is wrong" if checksums.is_fault(error) else str(error)
        return [f"the file cannot be read: {fault}"]


def _findings(db: apsw.Connection, *, full: bool) -> list[str]:
    # Many rows of a table can break a CHECK, and each is told in the same words.
    told = dict.fromkeys(row[0] for row in db.execute(INTEGRITY_CHECK if full else QUICK_CHECK))
    findings = [f"integrity: {sentence}" for sentence in told if sentence != "ok"]
    findings += [f"foreign key: {row[0]} row {row[1]}" for row in db.execute(FOREIGN_KEY_CHECK)]
    if db.execute(LAST_APPLIED).get != len(migrations()):
        # The house's invariants are told in the words of this schema: it is to be migrated first.
        return findings[:MAX_FINDINGS]
    for sentence, statement in INVARIANTS.items():
        rows = db.execute(statement, {"most": MAX_FINDINGS})
        findings += [f"{sentence}: {row[0]}" for row in rows]
    broken = islice(states.broken(Snapshot(db)), MAX_FINDINGS)
    findings += [f"{REPLAYS}: {thread_id}" for thread_id in broken]
    return findings[:MAX_FINDINGS]
