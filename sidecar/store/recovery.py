"""Find what the last process left unfinished, and mend it through the verbs of normal life."""

from sidecar.model.errors import CorruptRecord
from sidecar.model.recovery import PROCESS_RESTART, FoundTurn, Quarantined, Step
from sidecar.store import events, items, session_inputs, turns
from sidecar.store.transaction import Snapshot, Tx

OPEN_TURNS = """
SELECT u.key, u.id, t.id, u.status FROM turns u INDEXED BY turns_incomplete
JOIN threads t ON t.key = u.thread_key
WHERE u.status IN ('queued', 'in_progress') ORDER BY u.key
"""
TURNS_WITH_OPEN_ITEMS = """
SELECT u.key, u.id, t.id, u.status
FROM (
    SELECT DISTINCT turn_key FROM items INDEXED BY items_open
    WHERE status IN ('queued', 'in_progress')
) i
JOIN turns u ON u.key = i.turn_key
JOIN threads t ON t.key = u.thread_key
WHERE u.status NOT IN ('queued', 'in_progress') ORDER BY u.key
"""
ITEMS_OF = """
SELECT id, kind = 'user_message', status IN ('queued', 'in_progress') FROM items
WHERE turn_key = :key ORDER BY position
"""
INPUTS_OF = "SELECT id FROM session_inputs WHERE turn_key = :key ORDER BY place, key"
INPUT_TO_REQUEUE = """
SELECT s.key, s.place, s.thread_key FROM session_inputs s
WHERE s.turn_key = :turn_key
    AND NOT EXISTS (SELECT 1 FROM session_inputs r WHERE r.requeued_from_key = s.key)
ORDER BY s.place, s.key
"""
PENDING_COUNT = """
SELECT count(*) FROM session_inputs INDEXED BY session_inputs_pending WHERE status = 'pending'
"""
CLOSE_UNREADABLE_ITEMS = """
UPDATE items SET status = 'interrupted', ended_at_ms = :ended_at_ms
WHERE turn_key = :key AND status IN ('queued', 'in_progress')
"""
CLOSE_UNREADABLE_TURN = """
UPDATE turns SET status = 'interrupted', ended_at_ms = :ended_at_ms, recovered = 1,
    error_kind = :error_kind, error_message = :error_message
WHERE key = :key AND status IN ('queued', 'in_progress')
"""


def find(db: Snapshot) -> list[FoundTurn]:
    """List every open turn, and every ended one that has open items."""
    found = []
    for row in [*db.rows(OPEN_TURNS), *db.rows(TURNS_WITH_OPEN_ITEMS)]:
        key, turn_id, thread_id, status = row
        assert isinstance(key, int) and isinstance(turn_id, str)
        assert isinstance(thread_id, str) and isinstance(status, str)
        pieces = db.rows(ITEMS_OF, key=key)
        found.append(
            FoundTurn(
                key,
                turn_id,
                thread_id,
                status,
                tuple(str(item_id) for item_id, _, is_open in pieces if is_open),
                tuple(str(input_id) for (input_id,) in db.rows(INPUTS_OF, key=key)),
                all(is_user_message for _, is_user_message, _ in pieces),
            )
        )
    return found


def apply(tx: Tx, step: Step) -> tuple[list[str], Quarantined | None]:
    """Do one step; answer the ids of requeued inputs, and the record that cannot be read.

    A turn whose record is broken is closed all the same, since nobody works on it; it then
    has no event of its own, and the report names it.
    """
    ended_at_ms = events.last_at_ms(tx, step.turn.key)
    try:
        tx.nested(lambda: _mend(tx, step, ended_at_ms))
    except CorruptRecord as error:
        tx.change_all(CLOSE_UNREADABLE_ITEMS, key=step.turn.key, ended_at_ms=ended_at_ms)
        tx.change_all(
            CLOSE_UNREADABLE_TURN,
            key=step.turn.key,
            ended_at_ms=ended_at_ms,
            error_kind=PROCESS_RESTART.kind,
            error_message=PROCESS_RESTART.message,
        )
        table, key = str(error.details["table"]), str(error.details["key"])
        return [], Quarantined(table, key, "unreadable; its turn was closed without an event")
    return (_requeue(tx, step.turn.key) if step.requeue else []), None


def _mend(tx: Tx, step: Step, ended_at_ms: int) -> None:
    turn = turns.require(tx, step.turn.turn_id)
    if step.action == "close_items":
        items.close_open(tx, turn.key, turn.thread_key, turn.status, ended_at_ms=ended_at_ms)
        return
    turns.close(
        tx,
        turn,
        "interrupted",
        usage=turns.get(tx, turn.key).usage,
        error=PROCESS_RESTART,
        ended_at_ms=ended_at_ms,
        recovered=True,
    )


def _requeue(tx: Tx, turn_key: int) -> list[str]:
    requeued = []
    for key, place, thread_key in tx.rows(INPUT_TO_REQUEUE, turn_key=turn_key):
        assert isinstance(key, int) and isinstance(place, int) and isinstance(thread_key, int)
        old = session_inputs.get(tx, key)
        new_key = session_inputs.admit(
            tx,
            thread_key,
            None,
            old.prompt,
            old.delivery,
            old.request,
            session_inputs.require(tx, old.id).fingerprint,
            requeued_from=(key, place),
        )
        requeued.append(session_inputs.get(tx, new_key).id)
    return requeued


def pending_count(db: Snapshot) -> int:
    """Count the inputs that wait, over all threads."""
    return db.number(PENDING_COUNT)
