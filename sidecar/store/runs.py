"""Keep runs: create, update, find, list, delete; `steps` keeps what they are made of."""

from typing import NamedTuple

import msgspec

from sidecar.model.errors import InvalidParams, RunNotFound
from sidecar.model.json_value import compact
from sidecar.model.limits import MAX_RUN_SCAN
from sidecar.model.run import BIRTH, RUN, Run, RunChange, RunError, RunStatus, is_same, new_run
from sidecar.store import threads
from sidecar.store.paging import decode_cursor, encode_cursor
from sidecar.store.rows import Row, SqlValue, Value, reader
from sidecar.store.transaction import Snapshot, Tx

COLUMNS = """
    r.id, (SELECT t.id FROM threads t WHERE t.key = r.thread_key), r.turn_id, r.agent_id,
    r.origin, r.parent_run_id, r.parent_thread_id, r.source_mailbox_entry_id, r.model, r.status,
    r.termination_code, r.termination_detail, r.error_code, r.error_message, r.input_tokens,
    r.output_tokens, r.metadata, r.created_at_ms, r.started_at_ms, r.ended_at_ms, r.updated_at_ms
"""
FIND = "SELECT key, thread_key, fingerprint FROM runs WHERE id = :id"
GET = f"SELECT {COLUMNS} FROM runs r WHERE r.key = :key"
INSERT = """
INSERT INTO runs (
    id, thread_key, turn_id, agent_id, origin, parent_run_id, parent_thread_id,
    source_mailbox_entry_id, model, status, termination_code, termination_detail, error_code,
    error_message, input_tokens, output_tokens, metadata, created_at_ms, started_at_ms,
    updated_at_ms, fingerprint
) VALUES (
    :id, :thread_key, :turn_id, :agent_id, :origin, :parent_run_id, :parent_thread_id,
    :source_mailbox_entry_id, :model, :status, :termination_code, :termination_detail,
    :error_code, :error_message, :input_tokens, :output_tokens, :metadata, :now_ms,
    :started_at_ms, :now_ms, :fingerprint
)
"""
UPDATE = """
UPDATE runs SET turn_id = :turn_id, agent_id = :agent_id, origin = :origin,
    parent_run_id = :parent_run_id, parent_thread_id = :parent_thread_id,
    source_mailbox_entry_id = :source_mailbox_entry_id, model = :model, status = :status,
    termination_code = :termination_code, termination_detail = :termination_detail,
    error_code = :error_code, error_message = :error_message, input_tokens = :input_tokens,
    output_tokens = :output_tokens, metadata = :metadata, started_at_ms = :started_at_ms,
    ended_at_ms = :ended_at_ms, updated_at_ms = :now_ms
WHERE key = :key AND status = :status_before
"""
CLOSE = """
UPDATE runs SET status = :status, ended_at_ms = :ended_at_ms, updated_at_ms = :now_ms
WHERE key = :key AND status IN ('queued', 'in_progress', 'requires_action', 'cancelling')
"""
SET_ERROR = """
UPDATE runs SET error_code = :error_code, error_message = :error_message WHERE key = :key
"""
DELETE = "DELETE FROM runs WHERE key = :key"
LATEST = f"""
SELECT {COLUMNS} FROM runs r INDEXED BY runs_latest WHERE r.thread_key = :thread_key
ORDER BY r.updated_at_ms DESC, r.created_at_ms DESC, r.id DESC LIMIT 1
"""
IS_OPEN = "r.status IN ('queued', 'in_progress', 'requires_action', 'cancelling')"
ACTIVE = f"""
SELECT {COLUMNS} FROM runs r INDEXED BY runs_thread_open
WHERE r.thread_key = :thread_key AND {IS_OPEN}
ORDER BY r.created_at_ms DESC, r.updated_at_ms DESC, r.id DESC LIMIT 1
"""
# Along which index a page is read, the most telling first, and what it asks of a run.
WALKS: dict[str, tuple[str, str]] = {
    "parent": ("runs_parent", "r.parent_run_id = :parent_run_id AND"),
    "open of thread": ("runs_thread_open", f"r.thread_key = :thread_key AND {IS_OPEN} AND"),
    "open": ("runs_open", f"{IS_OPEN} AND"),
    "thread": ("runs_thread", "r.thread_key = :thread_key AND"),
    "all": ("runs_created", ""),
}
# From one place in the order to another: after the first, up to and with the second.
STRETCH = """
    r.created_at_ms BETWEEN :oldest AND :newest
    AND (r.created_at_ms < :newest OR r.id > :after)
    AND (r.created_at_ms > :oldest OR r.id <= :until)
"""
ORDER = "ORDER BY r.created_at_ms DESC, r.id"
# One per filter that no index has; a statement is made of those that a request has.
FILTERS = {
    "thread_key": "r.thread_key = :thread_key",
    "statuses": "r.status IN (SELECT value FROM json_each(:statuses))",
    "agent_id": "r.agent_id = :agent_id",
    "origin": "r.origin = :origin",
    "termination_code": "r.termination_code = :termination_code",
    "updated_from": "r.updated_at_ms >= :updated_from",
    "updated_to": "r.updated_at_ms <= :updated_to",
}
Bindings = dict[str, SqlValue]
OPEN = frozenset(RUN.open)
# Before and after every id.
FIRST_ID, LAST_ID = "", "~"

_read = reader(Run, "runs")


def read(row: Row) -> Run:
    """Read a row of COLUMNS."""
    *before, error_code, error_message = row[:14]
    error: Value = None
    if error_code is not None:
        error = {"code": error_code, "message": error_message}
    return _read((*before, error, *row[14:]))


class RunKey(NamedTuple):
    """Be what a verb needs of a run."""

    key: int
    thread_key: int
    fingerprint: bytes | None


def find(db: Snapshot, run_id: str) -> RunKey | None:
    """Look a run up by its id."""
    row = db.row(FIND, id=run_id)
    if row is None:
        return None
    key, thread_key, fingerprint = row
    assert isinstance(key, int) and isinstance(thread_key, int)
    assert fingerprint is None or isinstance(fingerprint, bytes)
    return RunKey(key, thread_key, fingerprint)


def require(db: Snapshot, run_id: str) -> RunKey:
    """Look a run up or refuse with `run_not_found`."""
    found = find(db, run_id)
    if found is None:
        raise RunNotFound(id=run_id)
    return found


def get(db: Snapshot, key: int) -> Run:
    """Read one run by its key."""
    row = db.row(GET, key=key)
    assert row is not None, "the run is there"
    return read(row)


def create(
    tx: Tx,
    thread_key: int,
    run_id: str | None,
    change: RunChange,
    *,
    fingerprint: bytes | None = None,
) -> Run:
    """Create a run with what is said of it, and its event.

    The status is one that a run is created in: whoever takes it from a client has seen to that.
    """
    thread_id = threads.get(tx, thread_key).id
    wanted = change.of(new_run(run_id or tx.mint("run"), thread_id, tx.now_ms))
    assert wanted.status in BIRTH, "a run is not born with this status"
    _require_parent(tx, wanted)
    key = tx.insert(
        INSERT,
        id=wanted.id,
        thread_key=thread_key,
        **_stored(wanted),
        started_at_ms=tx.now_ms if wanted.status == "in_progress" else None,
        now_ms=tx.now_ms,
        fingerprint=fingerprint,
    )
    threads.touch(tx, thread_key)
    return _emit(tx, "run.created", key, thread_key)


def update(tx: Tx, found: RunKey, change: RunChange, *, force: bool = False) -> Run:
    """Change what is said of a run, with its event; the same again changes nothing.

    Refuses what the table does not have with `illegal_transition`, unless by force. The first
    start stays, and the first end, unless the run is open again: then it has none.
    """
    before = get(tx, found.key)
    wanted = change.of(before)
    if is_same(before, wanted):
        return before
    is_lawful = wanted.status in (before.status, *RUN.transitions[before.status])
    if not is_lawful and not force:
        raise RUN.refusal(before.status, wanted.status)
    if wanted.parent_run_id != before.parent_run_id:
        _require_parent(tx, wanted)
    starts = wanted.status == "in_progress" and before.started_at_ms is None
    ended_at_ms = tx.now_ms if before.ended_at_ms is None else before.ended_at_ms
    tx.change(
        UPDATE,
        key=found.key,
        status_before=before.status,
        **_stored(wanted),
        started_at_ms=tx.now_ms if starts else before.started_at_ms,
        ended_at_ms=ended_at_ms if wanted.status in RUN.terminal else None,
        now_ms=tx.now_ms,
    )
    threads.touch(tx, found.thread_key)
    return _emit(tx, "run.updated", found.key, found.thread_key, forced=not is_lawful)


def save(tx: Tx, thread_key: int, run_id: str | None, change: RunChange) -> Run:
    """Create a run of a thread or update the one that is there, as one part of a commit.

    Refuses a run of another thread with `run_not_found`.
    """
    found = None if run_id is None else find(tx, run_id)
    if found is not None and run_id is not None:
        if found.thread_key != thread_key:
            raise RunNotFound(id=run_id)
        if change.parent_run_id == run_id:
            raise InvalidParams(path="run.parentRunId", reason="the run itself")
        return update(tx, found, change)
    if change.status not in (None, *BIRTH):
        raise InvalidParams(path="run.status", reason="no status that a run is created with")
    return create(tx, thread_key, run_id, change)


def close(tx: Tx, key: int, status: RunStatus, error: RunError | None, ended_at_ms: int) -> None:
    """End an open run as of a moment that has passed, without a look at the rest of it."""
    tx.change(CLOSE, key=key, status=status, ended_at_ms=ended_at_ms, now_ms=tx.now_ms)
    if error is not None:
        tx.change(SET_ERROR, key=key, **stored_error(error))


def end(
    tx: Tx,
    key: int,
    thread_key: int,
    status: RunStatus,
    error: RunError | None,
    ended_at_ms: int,
) -> None:
    """Close a run that nobody works on, with its event; its thread is not moved."""
    close(tx, key, status, error, ended_at_ms)
    _emit(tx, "run.updated", key, thread_key)


def delete(tx: Tx, found: RunKey) -> None:
    """Delete a run and its steps; what refers to it keeps its id."""
    tx.change(DELETE, key=found.key)
    threads.touch(tx, found.thread_key)


def _require_parent(tx: Tx, run: Run) -> None:
    """Refuse a parent that is not there; it may go later, and the reference stays."""
    if run.parent_run_id is not None and find(tx, run.parent_run_id) is None:
        raise RunNotFound(id=run.parent_run_id)


def _stored(run: Run) -> dict[str, SqlValue]:
    return {
        "turn_id": run.turn_id,
        "agent_id": run.agent_id,
        "origin": run.origin,
        "parent_run_id": run.parent_run_id,
        "parent_thread_id": run.parent_thread_id,
        "source_mailbox_entry_id": run.source_mailbox_entry_id,
        "model": run.model,
        "status": run.status,
        "termination_code": run.termination_code,
        "termination_detail": run.termination_detail,
        **stored_error(run.error),
        "input_tokens": run.input_tokens,
        "output_tokens": run.output_tokens,
        "metadata": compact(run.metadata),
    }


def stored_error(error: RunError | None) -> dict[str, SqlValue]:
    """Make the two columns of an error."""
    return {
        "error_code": error.code if error else None,
        "error_message": error.message if error else None,
    }


def _emit(tx: Tx, event: str, key: int, thread_key: int, *, forced: bool = False) -> Run:
    run = get(tx, key)
    tx.emit(event, run, noun="run", thread_key=thread_key, forced=forced)
    return run


def latest(db: Snapshot, thread_key: int) -> Run | None:
    """Read the run of a thread that was changed last."""
    row = db.row(LATEST, thread_key=thread_key)
    return None if row is None else read(row)


def active(db: Snapshot, thread_key: int) -> Run | None:
    """Read the newest run of a thread that has not ended."""
    row = db.row(ACTIVE, thread_key=thread_key)
    return None if row is None else read(row)


class Span(NamedTuple):
    """Be a span of time, both ends included."""

    from_ms: int
    to_ms: int


def list_statement(walk: str, filters: list[str]) -> str:
    """Make the statement that reads a page along an index."""
    index, asks = WALKS[walk]
    wanted = "".join(f" AND {FILTERS[name]}" for name in filters)
    return f"""
        SELECT {COLUMNS} FROM runs r INDEXED BY {index} WHERE {asks} {STRETCH}{wanted}
        {ORDER} LIMIT :limit
    """


def scan_statement(walk: str) -> str:
    """Make the statement that finds where the stretch ends that a filter looks at."""
    index, asks = WALKS[walk]
    return f"""
        SELECT r.created_at_ms, r.id FROM runs r INDEXED BY {index} WHERE {asks} {STRETCH}
        {ORDER} LIMIT 1 OFFSET :scan
    """


def walk_for(filters: Bindings, statuses: frozenset[str] | None) -> str:
    """Choose the index that leaves the fewest runs to look at."""
    if "parent_run_id" in filters:
        return "parent"
    if statuses is not None and statuses <= OPEN:
        return "open of thread" if "thread_key" in filters else "open"
    return "thread" if "thread_key" in filters else "all"


def list_page(
    db: Snapshot,
    filters: Bindings,
    statuses: frozenset[str] | None,
    created: Span,
    cursor: str | None,
    limit: int,
) -> tuple[list[Run], str | None]:
    """Read a page of runs, newest first, along the index that fits best.

    What no index answers is looked for in MAX_RUN_SCAN runs at the most, so that a rare value
    among many runs costs many short reads and never one long one: the page then ends early.
    """
    walk = walk_for(filters, statuses)
    bindings: Bindings = {**filters, **_between(created, cursor)}
    names = [name for name in FILTERS if name in filters and f":{name} " not in WALKS[walk][1]]
    if statuses is not None and not (statuses == OPEN and walk.startswith("open")):
        bindings["statuses"] = msgspec.json.encode(sorted(statuses)).decode()
        names.append("statuses")
    end = None
    if names:
        end = db.row(scan_statement(walk), **bindings, scan=MAX_RUN_SCAN - 1)
        if end is not None:
            bindings["oldest"], bindings["until"] = end
    rows, has_more = db.page(list_statement(walk, names), limit, **bindings)
    page = [read(row) for row in rows]
    if has_more:
        return page, encode_cursor(page[-1].created_at_ms, page[-1].id)
    return page, None if end is None else _cursor_at(end)


def _between(created: Span, cursor: str | None) -> Bindings:
    """Bind a stretch: from where the last page ended, or from the newest that is asked for."""
    newest, after = created.to_ms, FIRST_ID
    if cursor is not None:
        at_ms, last_id = decode_cursor(cursor, int, str)
        assert isinstance(at_ms, int) and isinstance(last_id, str)
        if at_ms <= newest:
            newest, after = at_ms, last_id
    return {"oldest": created.from_ms, "newest": newest, "after": after, "until": LAST_ID}


def _cursor_at(place: Row) -> str:
    at_ms, run_id = place
    assert isinstance(at_ms, int) and isinstance(run_id, str)
    return encode_cursor(at_ms, run_id)
