"""Keep session inputs: admitted durably, promoted at most once, never forgotten."""

from typing import NamedTuple

from sidecar.model.errors import InputNotPending, LimitExceeded, SessionInputNotFound
from sidecar.model.json_value import Json, compact
from sidecar.model.limits import MAX_PENDING_INPUTS
from sidecar.model.session_input import SESSION_INPUT, Delivery, SessionInput
from sidecar.store import threads
from sidecar.store.paging import decode_cursor, encode_cursor
from sidecar.store.rows import Row, reader
from sidecar.store.transaction import Snapshot, Tx

COLUMNS = """
    s.id, (SELECT t.id FROM threads t WHERE t.key = s.thread_key), s.prompt, s.delivery,
    s.request, s.status, s.held, s.admitted_seq, s.promoted_seq,
    (SELECT u.id FROM turns u WHERE u.key = s.turn_key),
    (SELECT i.id FROM items i WHERE i.key = s.item_key),
    (SELECT r.id FROM session_inputs r WHERE r.key = s.requeued_from_key), s.created_at_ms
"""
FIND = "SELECT key, thread_key, fingerprint FROM session_inputs WHERE id = :id"
GET = f"SELECT {COLUMNS} FROM session_inputs s WHERE s.key = :key"
COUNT_PENDING = """
SELECT count(*) FROM session_inputs WHERE thread_key = :thread_key AND status = 'pending'
"""
INSERT = """
INSERT INTO session_inputs (
    id, thread_key, place, prompt, delivery, request, status, held, admitted_seq, opened_turn,
    requeued_from_key, created_at_ms, fingerprint
) VALUES (
    :id, :thread_key, coalesce(:place, (SELECT coalesce(max(key), 0) + 1 FROM session_inputs)),
    :prompt, :delivery, :request, 'pending', 0, :admitted_seq, 0, :requeued_from_key, :now_ms,
    :fingerprint
)
"""
UPDATE = """
UPDATE session_inputs SET prompt = :prompt, delivery = :delivery, request = :request
WHERE key = :key AND status = 'pending'
"""
CANCEL = """
UPDATE session_inputs SET status = 'cancelled', held = 0 WHERE key = :key AND status = 'pending'
"""
HOLD = """
UPDATE session_inputs SET held = :held
WHERE key = :key AND status = 'pending' AND held <> :held
"""
PROMOTE = """
UPDATE session_inputs SET status = 'promoted', held = 0, promoted_seq = :seq,
    turn_key = :turn_key, item_key = :item_key, opened_turn = :opened_turn
WHERE key = :key AND status = 'pending'
"""
PENDING = """
SELECT key FROM session_inputs
WHERE thread_key = :thread_key AND status = 'pending' AND held <> :held ORDER BY place, key
"""
PROMOTABLE = """
SELECT key, prompt FROM session_inputs
WHERE thread_key = :thread_key AND status = 'pending' AND delivery = :delivery
    AND (held = 0 OR NOT :wake)
ORDER BY place, key LIMIT :limit
"""
OPENED = f"""
SELECT {COLUMNS} FROM session_inputs s
WHERE s.turn_key = :turn_key AND s.opened_turn = 1 ORDER BY s.place, s.key
"""
LIST = f"""
SELECT {COLUMNS}, s.place, s.key FROM session_inputs s
WHERE s.thread_key = :thread_key AND (s.place, s.key) > (:place, :key)
    AND (:status IS NULL OR s.status = :status)
ORDER BY s.place, s.key LIMIT :limit
"""
LIST_PENDING = f"""
SELECT {COLUMNS}, s.place, s.key FROM session_inputs s
WHERE s.thread_key = :thread_key AND s.status = 'pending' AND (s.place, s.key) > (:place, :key)
ORDER BY s.place, s.key LIMIT :limit
"""

read = reader(SessionInput, "session_inputs")


class InputKey(NamedTuple):
    """Be what a verb needs of a session input."""

    key: int
    thread_key: int
    fingerprint: bytes


def find(db: Snapshot, input_id: str) -> InputKey | None:
    """Look a session input up by its id."""
    row = db.row(FIND, id=input_id)
    if row is None:
        return None
    key, thread_key, fingerprint = row
    assert isinstance(key, int) and isinstance(thread_key, int) and isinstance(fingerprint, bytes)
    return InputKey(key, thread_key, fingerprint)


def require(db: Snapshot, input_id: str) -> InputKey:
    """Look a session input up or refuse with `session_input_not_found`."""
    found = find(db, input_id)
    if found is None:
        raise SessionInputNotFound(id=input_id)
    return found


def get(db: Snapshot, key: int) -> SessionInput:
    """Read one session input by its key."""
    row = db.row(GET, key=key)
    assert row is not None, "the session input is there"
    return read(row)


def require_pending(record: SessionInput) -> None:
    """Refuse with `input_not_pending` what was promoted or cancelled."""
    if record.status != "pending":
        raise InputNotPending(status=record.status, turnId=record.turn_id)


def emit(tx: Tx, event: str, key: int, thread_key: int) -> SessionInput:
    """Append an event that holds the input as it is now, and answer the input."""
    record = get(tx, key)
    tx.emit(event, record, noun="input", thread_key=thread_key)
    return record


def admit(
    tx: Tx,
    thread_key: int,
    input_id: str | None,
    prompt: str,
    delivery: Delivery,
    request: Json,
    fingerprint: bytes,
    *,
    requeued_from: tuple[int, int] | None = None,
) -> int:
    """Admit an input behind all others of its thread and tell its key.

    `requeued_from` is the key and place of the input that this one stands in for. Refuses
    with `limit_exceeded` when the thread has MAX_PENDING_INPUTS pending.
    """
    pending = tx.number(COUNT_PENDING, thread_key=thread_key)
    if pending >= MAX_PENDING_INPUTS and requeued_from is None:
        raise LimitExceeded(limit="maxPendingInputs", max=MAX_PENDING_INPUTS, actual=pending + 1)
    key = tx.insert(
        INSERT,
        id=input_id or tx.mint("inp"),
        thread_key=thread_key,
        place=requeued_from[1] if requeued_from else None,
        prompt=prompt,
        delivery=delivery,
        request=compact(request),
        admitted_seq=tx.last_seq + 1,
        requeued_from_key=requeued_from[0] if requeued_from else None,
        now_ms=tx.now_ms,
        fingerprint=fingerprint,
    )
    emit(tx, "session_input.admitted", key, thread_key)
    return key


def update(tx: Tx, found: InputKey, prompt: str, delivery: Delivery, request: Json) -> SessionInput:
    """Write what a pending input says; it keeps its place."""
    tx.change(UPDATE, key=found.key, prompt=prompt, delivery=delivery, request=compact(request))
    return emit(tx, "session_input.updated", found.key, found.thread_key)


def cancel(tx: Tx, key: int, thread_key: int) -> SessionInput:
    """Cancel a pending input, for good."""
    tx.change(CANCEL, key=key)
    return emit(tx, "session_input.cancelled", key, thread_key)


def cancel_all(tx: Tx, thread_key: int) -> None:
    """Cancel every pending input of a thread."""
    for (key,) in tx.rows(PENDING, thread_key=thread_key, held=-1):
        assert isinstance(key, int)
        cancel(tx, key, thread_key)


def hold_all(tx: Tx, thread_key: int, *, held: bool) -> None:
    """Hold every pending input of a thread back from wakes, or release them."""
    for (key,) in tx.rows(PENDING, thread_key=thread_key, held=held):
        assert isinstance(key, int)
        tx.change(HOLD, key=key, held=held)
        emit(tx, "session_input.updated", key, thread_key)


def promotable(
    db: Snapshot, thread_key: int, delivery: Delivery, *, wake: bool, limit: int
) -> list[tuple[int, str]]:
    """List the key and prompt of what a promotion would take, in admission order."""
    rows = db.rows(PROMOTABLE, thread_key=thread_key, delivery=delivery, wake=wake, limit=limit)
    found: list[tuple[int, str]] = []
    for key, prompt in rows:
        assert isinstance(key, int) and isinstance(prompt, str)
        found.append((key, prompt))
    return found


def bind(
    tx: Tx, key: int, thread_key: int, turn_key: int, item_key: int, *, opened_turn: bool
) -> SessionInput:
    """Bind a pending input to the turn that consumes it."""
    tx.change(
        PROMOTE,
        key=key,
        seq=tx.last_seq + 1,
        turn_key=turn_key,
        item_key=item_key,
        opened_turn=opened_turn,
    )
    threads.touch(tx, thread_key)
    record = get(tx, key)
    tx.emit(
        "session_input.promoted",
        record,
        noun="input",
        thread_key=thread_key,
        turn_key=turn_key,
        item_key=item_key,
    )
    return record


def that_opened(db: Snapshot, turn_key: int) -> list[SessionInput]:
    """Read the inputs whose promotion made a turn."""
    return [read(row) for row in db.rows(OPENED, turn_key=turn_key)]


def list_page(
    db: Snapshot, thread_key: int, status: str | None, cursor: str | None, limit: int
) -> tuple[list[SessionInput], str | None]:
    """Read a page of a thread's inputs in admission order."""
    place, key = decode_cursor(cursor, int, int) if cursor is not None else (0, 0)
    assert status is None or status in SESSION_INPUT.statuses
    if status == "pending":
        rows, has_more = db.page(LIST_PENDING, limit, thread_key=thread_key, place=place, key=key)
    else:
        rows, has_more = db.page(
            LIST, limit, thread_key=thread_key, place=place, key=key, status=status
        )
    return _page(rows, has_more=has_more)


def _page(rows: list[Row], *, has_more: bool) -> tuple[list[SessionInput], str | None]:
    page = [read(row[:-2]) for row in rows]
    if not has_more:
        return page, None
    place, key = rows[-1][-2:]
    assert isinstance(place, int) and isinstance(key, int)
    return page, encode_cursor(place, key)
