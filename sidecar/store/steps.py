"""Keep steps: the pieces of a run, in the order in which they were made."""

from typing import NamedTuple

from sidecar.model.errors import StepNotFound
from sidecar.model.json_value import Json, compact
from sidecar.model.run import RunError
from sidecar.model.step import STEP, Step, StepStatus, StepType
from sidecar.store.paging import after, encode_cursor
from sidecar.store.rows import Row, Value, reader
from sidecar.store.runs import RunKey, stored_error
from sidecar.store.transaction import Snapshot, Tx

COLUMNS = """
    s.id, r.id, (SELECT t.id FROM threads t WHERE t.key = r.thread_key), s.type, s.status,
    s.details, s.error_code, s.error_message, s.created_at_ms, s.completed_at_ms, s.failed_at_ms
"""
FROM = "FROM steps s JOIN runs r ON r.key = s.run_key"
FIND = """
SELECT s.key, r.thread_key, s.fingerprint
FROM steps s JOIN runs r ON r.key = s.run_key WHERE s.id = :id
"""
GET = f"SELECT {COLUMNS} {FROM} WHERE s.key = :key"
INSERT = """
INSERT INTO steps (
    id, run_key, type, status, details, created_at_ms, completed_at_ms, failed_at_ms,
    updated_at_ms, fingerprint
) VALUES (
    :id, :run_key, :type, :status, :details, :now_ms, :completed_at_ms, :failed_at_ms, :now_ms,
    :fingerprint
)
"""
UPDATE = """
UPDATE steps SET status = :status, details = :details, error_code = :error_code,
    error_message = :error_message, completed_at_ms = :completed_at_ms,
    failed_at_ms = :failed_at_ms, updated_at_ms = :now_ms
WHERE key = :key AND status = :status_before
"""
CLOSE = """
UPDATE steps SET status = :status, updated_at_ms = :now_ms,
    completed_at_ms = CASE WHEN :status = 'completed' THEN :ended_at_ms END,
    failed_at_ms = CASE WHEN :status = 'failed' THEN :ended_at_ms END
WHERE key = :key AND status = 'in_progress'
"""
SET_ERROR = """
UPDATE steps SET error_code = :error_code, error_message = :error_message WHERE key = :key
"""
OPEN = "SELECT key FROM steps WHERE run_key = :run_key AND status = 'in_progress' ORDER BY key"
LIST = f"""
SELECT {COLUMNS}, s.key {FROM} WHERE s.run_key = :run_key AND s.key > :after
ORDER BY s.key LIMIT :limit
"""

_read = reader(Step, "steps")


def read(row: Row) -> Step:
    """Read a row of COLUMNS."""
    *before, error_code, error_message = row[:8]
    error: Value = None
    if error_code is not None:
        error = {"code": error_code, "message": error_message}
    return _read((*before, error, *row[8:]))


class StepKey(NamedTuple):
    """Be what a verb needs of a step."""

    key: int
    thread_key: int
    fingerprint: bytes


def find(db: Snapshot, step_id: str) -> StepKey | None:
    """Look a step up by its id."""
    row = db.row(FIND, id=step_id)
    if row is None:
        return None
    key, thread_key, fingerprint = row
    assert isinstance(key, int) and isinstance(thread_key, int) and isinstance(fingerprint, bytes)
    return StepKey(key, thread_key, fingerprint)


def require(db: Snapshot, step_id: str) -> StepKey:
    """Look a step up or refuse with `step_not_found`."""
    found = find(db, step_id)
    if found is None:
        raise StepNotFound(id=step_id)
    return found


def get(db: Snapshot, key: int) -> Step:
    """Read one step by its key."""
    row = db.row(GET, key=key)
    assert row is not None, "the step is there"
    return read(row)


def create(
    tx: Tx,
    run: RunKey,
    step_id: str | None,
    type_: StepType,
    status: StepStatus,
    details: Json,
    fingerprint: bytes,
) -> Step:
    """Add a step to a run, with its event; a run that has ended takes late ones."""
    key = tx.insert(
        INSERT,
        id=step_id or tx.mint("step"),
        run_key=run.key,
        type=type_,
        status=status,
        details=compact(details),
        completed_at_ms=tx.now_ms if status == "completed" else None,
        failed_at_ms=tx.now_ms if status == "failed" else None,
        now_ms=tx.now_ms,
        fingerprint=fingerprint,
    )
    return _emit(tx, "step.created", key, run.thread_key)


def update(tx: Tx, found: StepKey, before: Step, wanted: Step) -> Step:
    """Write a step as it is wanted, with its event; refuses as its table says."""
    ends_as = None
    if wanted.status != before.status:
        STEP.check(before.status, wanted.status)
        ends_as = wanted.status
    tx.change(
        UPDATE,
        key=found.key,
        status_before=before.status,
        status=wanted.status,
        details=compact(wanted.details),
        **stored_error(wanted.error),
        completed_at_ms=tx.now_ms if ends_as == "completed" else before.completed_at_ms,
        failed_at_ms=tx.now_ms if ends_as == "failed" else before.failed_at_ms,
        now_ms=tx.now_ms,
    )
    return _emit(tx, "step.updated", found.key, found.thread_key)


def open_keys(db: Snapshot, run_key: int) -> list[int]:
    """List the keys of a run's open steps, in order."""
    return [key for (key,) in db.rows(OPEN, run_key=run_key) if isinstance(key, int)]


def close(tx: Tx, key: int, status: StepStatus, error: RunError | None, ended_at_ms: int) -> None:
    """End an open step as of a moment that has passed, without a look at the rest of it."""
    tx.change(CLOSE, key=key, status=status, ended_at_ms=ended_at_ms, now_ms=tx.now_ms)
    if error is not None:
        tx.change(SET_ERROR, key=key, **stored_error(error))


def end(
    tx: Tx,
    key: int,
    thread_key: int,
    status: StepStatus,
    error: RunError | None,
    ended_at_ms: int,
) -> None:
    """Close a step that nobody works on, with its event."""
    close(tx, key, status, error, ended_at_ms)
    _emit(tx, "step.updated", key, thread_key)


def _emit(tx: Tx, event: str, key: int, thread_key: int) -> Step:
    step = get(tx, key)
    tx.emit(event, step, noun="step", thread_key=thread_key)
    return step


def list_page(
    db: Snapshot, run_key: int, cursor: str | None, limit: int
) -> tuple[list[Step], str | None]:
    """Read a page of a run's steps in the order in which they were made."""
    rows, has_more = db.page(LIST, limit, run_key=run_key, after=after(cursor))
    next_cursor = None
    if has_more:
        last_key = rows[-1][-1]
        assert isinstance(last_key, int)
        next_cursor = encode_cursor(last_key)
    return [read(row[:-1]) for row in rows], next_cursor
