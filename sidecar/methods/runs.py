"""Runs: create, get, update, list, latest, active, delete."""

import msgspec
from msgspec import UNSET, Raw, UnsetType

from sidecar.model.errors import (
    IdempotencyMismatch,
    IllegalTransition,
    InvalidParams,
    RunNotFound,
    ThreadNotFound,
)
from sidecar.model.fields import Count, Cursor, Id, Name, PageLimit
from sidecar.model.json_value import ABSENT, NULL, Json, fingerprint
from sidecar.model.limits import MAX_INTEGER
from sidecar.model.run import (
    DEFAULT_ORIGIN,
    RUN,
    NewRunStatus,
    Run,
    RunChange,
    RunError,
    RunStatus,
)
from sidecar.rpc.registry import ALWAYS, method
from sidecar.store import runs, threads
from sidecar.store.paging import clamp
from sidecar.store.transaction import Snapshot, Tx


class RunAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """Answer one run."""

    run: Run


class MaybeRun(msgspec.Struct, frozen=True, rename="camel"):
    """Answer one run, or null when there is none."""

    run: Run | None


class RunPage(msgspec.Struct, frozen=True, rename="camel"):
    """Answer a page of runs."""

    data: list[Run]
    next_cursor: str | None


class Deleted(msgspec.Struct, frozen=True, rename="camel"):
    """Answer whether there was something to delete."""

    deleted: bool


@method(
    "run/create",
    since="0.1.0",
    errors=(ThreadNotFound, RunNotFound, IdempotencyMismatch),
    retry="runId",
)
def create(  # noqa: PLR0913  # a param each
    tx: Tx,
    *,
    thread_id: Id,
    run_id: Id | None = None,
    status: NewRunStatus = "queued",
    turn_id: Id | None = None,
    agent_id: Id | None = None,
    origin: Name = DEFAULT_ORIGIN,
    parent_run_id: Id | None = None,
    parent_thread_id: Id | None = None,
    source_mailbox_entry_id: Id | None = None,
    model: str | None = None,
    termination_code: str | None = None,
    termination_detail: str | None = None,
    error: RunError | None = None,
    input_tokens: Count = 0,
    output_tokens: Count = 0,
    metadata: Json = NULL,
) -> RunAnswer:
    """Record a run of an agent in a thread.

    The parent run must exist; all other references are kept as they are said.
    """
    change = RunChange(
        status=status,
        turn_id=turn_id,
        agent_id=agent_id,
        origin=origin,
        parent_run_id=parent_run_id,
        parent_thread_id=parent_thread_id,
        source_mailbox_entry_id=source_mailbox_entry_id,
        model=model,
        termination_code=termination_code,
        termination_detail=termination_detail,
        error=error,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        metadata=metadata,
    )
    said = {**msgspec.structs.asdict(change), "error": Raw(msgspec.json.encode(error))}
    content = fingerprint("run/create", thread=thread_id, **said)
    thread = threads.require(tx, thread_id)
    if run_id is not None and (found := runs.find(tx, run_id)):
        if found.fingerprint != content:
            raise IdempotencyMismatch(id=run_id)
        return RunAnswer(runs.get(tx, found.key))
    return RunAnswer(runs.create(tx, thread.key, run_id, change, fingerprint=content))


@method("run/get", since="0.1.0", errors=(RunNotFound,))
def get(db: Snapshot, *, run_id: Id) -> RunAnswer:
    """Read one run."""
    return RunAnswer(runs.get(db, runs.require(db, run_id).key))


@method("run/update", since="0.1.0", errors=(RunNotFound, IllegalTransition))
def update(  # noqa: PLR0913  # a param each
    tx: Tx,
    *,
    run_id: Id,
    status: RunStatus | None = None,
    turn_id: Id | None | UnsetType = UNSET,
    agent_id: Id | None | UnsetType = UNSET,
    origin: Name | None = None,
    parent_run_id: Id | None | UnsetType = UNSET,
    parent_thread_id: Id | None | UnsetType = UNSET,
    source_mailbox_entry_id: Id | None | UnsetType = UNSET,
    model: str | None | UnsetType = UNSET,
    termination_code: str | None | UnsetType = UNSET,
    termination_detail: str | None | UnsetType = UNSET,
    error: RunError | None | UnsetType = UNSET,
    input_tokens: Count | None = None,
    output_tokens: Count | None = None,
    metadata: Json = ABSENT,
    force: bool = False,
) -> RunAnswer:
    """Change what is given: null clears, absent keeps; the same again is no event.

    The status that it has is no change, so what comes with it is taken from an ended run too.
    `force` gives a run any status, an ended one too; its event then says `forced`.
    """
    change = RunChange(
        status=status,
        turn_id=turn_id,
        agent_id=agent_id,
        origin=origin,
        parent_run_id=parent_run_id,
        parent_thread_id=parent_thread_id,
        source_mailbox_entry_id=source_mailbox_entry_id,
        model=model,
        termination_code=termination_code,
        termination_detail=termination_detail,
        error=error,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        metadata=metadata,
    )
    if change.is_empty():
        raise InvalidParams(path="", reason="nothing to update")
    if parent_run_id == run_id:
        raise InvalidParams(path="parentRunId", reason="the run itself")
    return RunAnswer(runs.update(tx, runs.require(tx, run_id), change, force=force))


@method("run/list", since="0.1.0", errors=(ThreadNotFound,))
def list_(  # noqa: PLR0913  # a param each
    db: Snapshot,
    *,
    thread_id: Id | None = None,
    status: RunStatus | None = None,
    terminal: bool | None = None,
    agent_id: Id | None = None,
    origin: Name | None = None,
    parent_run_id: Id | None = None,
    termination_code: str | None = None,
    created_from_ms: Count | None = None,
    created_to_ms: Count | None = None,
    updated_from_ms: Count | None = None,
    updated_to_ms: Count | None = None,
    cursor: Cursor | None = None,
    limit: PageLimit | None = None,
) -> RunPage:
    """Read a page of runs, newest first; all filters must fit, bounds are inclusive.

    A filtered page may be shorter than its limit, even empty, and yet not the last:
    `nextCursor` tells.
    """
    wanted = {
        "thread_key": None if thread_id is None else threads.require(db, thread_id).key,
        "agent_id": agent_id,
        "origin": origin,
        "parent_run_id": parent_run_id,
        "termination_code": termination_code,
        "updated_from": updated_from_ms,
        "updated_to": updated_to_ms,
    }
    filters: runs.Bindings = {n: value for n, value in wanted.items() if value is not None}
    created = runs.Span(
        0 if created_from_ms is None else created_from_ms,
        MAX_INTEGER if created_to_ms is None else created_to_ms,
    )
    statuses = _statuses(status, terminal=terminal)
    return RunPage(*runs.list_page(db, filters, statuses, created, cursor, clamp(limit)))


def _statuses(status: str | None, *, terminal: bool | None) -> frozenset[str] | None:
    """Name the statuses that two filters leave; None is any."""
    if status is None and terminal is None:
        return None
    left = frozenset(RUN.statuses if status is None else (status,))
    if terminal is None:
        return left
    return left & (RUN.terminal if terminal else frozenset(RUN.open))


@method("run/latest", since="0.1.0", errors=(ThreadNotFound,))
def latest(db: Snapshot, *, thread_id: Id) -> MaybeRun:
    """Read the run of a thread that was changed last, or null."""
    return MaybeRun(runs.latest(db, threads.require(db, thread_id).key))


@method("run/active", since="0.1.0", errors=(ThreadNotFound,))
def active(db: Snapshot, *, thread_id: Id) -> MaybeRun:
    """Read the newest run of a thread that has not ended, or null."""
    return MaybeRun(runs.active(db, threads.require(db, thread_id).key))


@method("run/delete", since="0.1.0", retry=ALWAYS)
def delete(tx: Tx, *, run_id: Id) -> Deleted:
    """Delete a run, whatever its status, and its steps; of an unknown one say false.

    Messages and runs that refer to it keep its id.
    """
    found = runs.find(tx, run_id)
    if found is not None:
        runs.delete(tx, found)
    return Deleted(found is not None)
