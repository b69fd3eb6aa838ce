"""Find what the last process left unfinished, and mend it through the verbs of normal life."""

from collections.abc import Callable

from sidecar.model.errors import CorruptRecord
from sidecar.model.recovery import (
    PROCESS_RESTART,
    FoundRun,
    FoundTurn,
    Quarantined,
    RunEnd,
    Step,
)
from sidecar.model.turn import item_status_after
from sidecar.store import events, items, runs, session_inputs, steps, turns
from sidecar.store.rows import named
from sidecar.store.transaction import Snapshot, Tx

OPEN_TURNS = """
SELECT u.key, CAST(u.id AS BLOB), CAST(t.id AS BLOB), u.status
FROM turns u INDEXED BY turns_incomplete
JOIN threads t ON t.key = u.thread_key
WHERE u.status IN ('queued', 'in_progress') ORDER BY u.key
"""
TURNS_WITH_OPEN_ITEMS = """
SELECT u.key, CAST(u.id AS BLOB), CAST(t.id AS BLOB), u.status
FROM (
    SELECT DISTINCT turn_key FROM items INDEXED BY items_open
    WHERE status IN ('queued', 'in_progress')
) i
JOIN turns u ON u.key = i.turn_key
JOIN threads t ON t.key = u.thread_key
WHERE u.status NOT IN ('queued', 'in_progress') ORDER BY u.key
"""
ITEMS_OF = """
SELECT CAST(id AS BLOB), kind = 'user_message', status IN ('queued', 'in_progress') FROM items
WHERE turn_key = :key ORDER BY position
"""
INPUTS_OF = """
SELECT CAST(id AS BLOB) FROM session_inputs WHERE turn_key = :key ORDER BY place, key
"""
INPUT_TO_REQUEUE = """
SELECT s.key, s.place, s.thread_key FROM session_inputs s
WHERE s.turn_key = :turn_key
    AND NOT EXISTS (SELECT 1 FROM session_inputs r WHERE r.requeued_from_key = s.key)
ORDER BY s.place, s.key
"""
PENDING_COUNT = """
SELECT count(*) FROM session_inputs INDEXED BY session_inputs_pending WHERE status = 'pending'
"""
CLOSE_UNREADABLE_TURN = """
UPDATE turns SET status = 'interrupted', ended_at_ms = :ended_at_ms, recovered = 1,
    error_kind = :error_kind, error_message = :error_message
WHERE key = :key AND status IN ('queued', 'in_progress')
"""
OPEN_RUNS = """
SELECT key, CAST(id AS BLOB), thread_key, status FROM runs INDEXED BY runs_open
WHERE status IN ('queued', 'in_progress', 'requires_action', 'cancelling') ORDER BY key
"""
LAST_OF_RUN = """
SELECT max(r.updated_at_ms, coalesce(max(s.updated_at_ms), 0))
FROM runs r LEFT JOIN steps s ON s.run_key = r.key WHERE r.key = :key
"""


def find(db: Snapshot) -> list[FoundTurn]:
    """List every open turn, and every ended one that has open items."""
    found = []
    for row in [*db.rows(OPEN_TURNS), *db.rows(TURNS_WITH_OPEN_ITEMS)]:
        key, turn_id, thread_id, status = row
        assert isinstance(key, int) and isinstance(status, str)
        pieces = db.rows(ITEMS_OF, key=key)
        found.append(
            FoundTurn(
                key,
                named(turn_id),
                named(thread_id),
                status,
                tuple(named(item_id) for item_id, _, is_open in pieces if is_open),
                tuple(named(input_id) for (input_id,) in db.rows(INPUTS_OF, key=key)),
                all(is_user_message for _, is_user_message, _ in pieces),
            )
        )
    return found


def apply(tx: Tx, step: Step) -> tuple[list[str], list[Quarantined]]:
    """Do one step; answer the ids of requeued inputs, and the records that cannot be read.

    A broken record is closed all the same, since nobody works on it; it then has no event of
    its own, and the report names it.
    """
    turn = turns.at(tx, step.turn.key)
    ended_at_ms = events.last_at_ms(tx, turn.key)
    quarantined: list[Quarantined] = []
    requeued: list[str] = []
    item_status = item_status_after(turn.status)
    for key in items.open_keys(tx, turn.key):
        _attempt(
            tx,
            quarantined,
            lambda key=key: items.close(  # type: ignore[misc]  # bound now
                tx, key, turn.key, turn.thread_key, item_status, ended_at_ms
            ),
            lambda key=key: tx.change(  # type: ignore[misc]  # bound now
                items.CLOSE, key=key, status=item_status, ended_at_ms=ended_at_ms
            ),
        )
    if step.action == "interrupt":
        _attempt(
            tx,
            quarantined,
            lambda: _interrupt(tx, turn, ended_at_ms),
            lambda: _interrupt_unreadable(tx, turn, ended_at_ms),
        )
    if step.requeue:
        _attempt(
            tx,
            quarantined,
            lambda: requeued.extend(_requeue(tx, turn.key)),
            requeued.clear,
            done="not requeued",
        )
    return requeued, quarantined


def _attempt(
    tx: Tx,
    quarantined: list[Quarantined],
    mend: Callable[[], None],
    otherwise: Callable[[], None],
    *,
    done: str = "closed without an event",
) -> None:
    """Mend one record; if it cannot be read, do what can be done, and report it."""
    try:
        tx.nested(mend)
    except CorruptRecord as error:
        otherwise()
        table, key = str(error.details["table"]), str(error.details["key"])
        quarantined.append(Quarantined(table, key, f"unreadable; {done}"))


def _interrupt(tx: Tx, turn: turns.TurnKey, ended_at_ms: int) -> None:
    turns.close(
        tx,
        turn,
        "interrupted",
        usage=None,
        error=PROCESS_RESTART,
        ended_at_ms=ended_at_ms,
        recovered=True,
    )


def _interrupt_unreadable(tx: Tx, turn: turns.TurnKey, ended_at_ms: int) -> None:
    tx.change(
        CLOSE_UNREADABLE_TURN,
        key=turn.key,
        ended_at_ms=ended_at_ms,
        error_kind=PROCESS_RESTART.kind,
        error_message=PROCESS_RESTART.message,
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


def find_runs(db: Snapshot) -> list[FoundRun]:
    """List every open run, the oldest first."""
    found = []
    for key, run_id, thread_key, status in db.rows(OPEN_RUNS):
        assert isinstance(key, int) and isinstance(thread_key, int) and isinstance(status, str)
        found.append(FoundRun(key, named(run_id), thread_key, status))
    return found


def end_run(tx: Tx, end: RunEnd) -> list[Quarantined]:
    """End a run and, before it, its open steps; answer the records that cannot be read.

    They end when the run or a step of it was last written: down time is not run time.
    """
    run = end.run
    ended_at_ms = tx.number(LAST_OF_RUN, key=run.key)
    as_of = (end.status, end.error, ended_at_ms)
    quarantined: list[Quarantined] = []
    for key in steps.open_keys(tx, run.key):
        _attempt(
            tx,
            quarantined,
            lambda key=key: steps.end(tx, key, run.thread_key, *as_of),  # type: ignore[misc]  # bound now
            lambda key=key: steps.close(tx, key, *as_of),  # type: ignore[misc]  # bound now
        )
    _attempt(
        tx,
        quarantined,
        lambda: runs.end(tx, run.key, run.thread_key, *as_of),
        lambda: runs.close(tx, run.key, *as_of),
    )
    return quarantined


def pending_count(db: Snapshot) -> int:
    """Count the inputs that wait, over all threads."""
    return db.number(PENDING_COUNT)
