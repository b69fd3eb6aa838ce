"""Session inputs: admit, promote, get, list, update, cancel."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from sidecar.methods.turns import Prompt, checked_prompt, require_active
from sidecar.model.errors import (
    IdempotencyMismatch,
    InputNotPending,
    InvalidParams,
    LimitExceeded,
    NoActiveTurn,
    SessionInputNotFound,
    ThreadArchived,
    ThreadNotFound,
    TurnActive,
    TurnMismatch,
)
from sidecar.model.fields import Cursor, Id, PageLimit
from sidecar.model.json_value import NULL, Json, compact, fingerprint, is_equal
from sidecar.model.session_input import (
    NOTHING_PROMOTED,
    Delivery,
    InputStatus,
    Promotion,
    Scope,
    SessionInput,
)
from sidecar.rpc.registry import ALWAYS, method
from sidecar.store import promotions, session_inputs, threads, turns
from sidecar.store.paging import clamp
from sidecar.store.transaction import Snapshot, Tx


class Admitted(msgspec.Struct, frozen=True, rename="camel"):
    """Answer an admission: the input as it is now, and what was promoted with it."""

    input: SessionInput
    deduplicated: bool
    active_turn_id: str | None
    promotion: Promotion


class InputAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """Answer one session input."""

    input: SessionInput


class InputPage(msgspec.Struct, frozen=True, rename="camel"):
    """Answer a page of session inputs."""

    data: list[SessionInput]
    next_cursor: str | None


@method(
    "sessionInput/admit",
    since="0.1.0",
    errors=(
        ThreadNotFound,
        ThreadArchived,
        TurnActive,
        NoActiveTurn,
        TurnMismatch,
        IdempotencyMismatch,
        LimitExceeded,
    ),
    retry="inputId",
)
def admit(
    tx: Tx,
    *,
    thread_id: Id,
    prompt: Prompt,
    input_id: Id | None = None,
    delivery: Delivery = "queue",
    request: Json = NULL,
    promote: bool = False,
    if_busy: Literal["queue", "reject"] = "queue",
    expected_turn_id: Id | None = None,
) -> Admitted:
    """Make an input durable, and with `promote` start on what waits.

    The same id with the same content answers the input as it is by now, also when it was
    promoted or cancelled since; a retry that is still pending promotes as the first would.
    """
    text = checked_prompt(prompt)
    content = fingerprint(
        "sessionInput/admit", thread=thread_id, prompt=text, delivery=delivery, request=request
    )
    found = session_inputs.find(tx, input_id) if input_id is not None else None
    if found is not None and found.fingerprint != content:
        raise IdempotencyMismatch(id=str(input_id))
    thread = threads.require(tx, thread_id)
    if found is not None:
        is_pending = session_inputs.get(tx, found.key).status == "pending"
        may_promote = promote and is_pending and not thread.archived
        promotion = _promote_admitted(tx, thread.key, delivery) if may_promote else NOTHING_PROMOTED
        return _admitted(tx, thread.key, found.key, promotion, deduplicated=True)
    threads.require_open(thread)
    if if_busy == "reject":
        turns.require_idle(tx, thread.key)
    if expected_turn_id is not None:
        require_active(tx, thread.key, expected_turn_id)
    key = session_inputs.admit(tx, thread.key, input_id, text, delivery, request, content)
    threads.touch(tx, thread.key)
    promotion = _promote_admitted(tx, thread.key, delivery) if promote else NOTHING_PROMOTED
    return _admitted(tx, thread.key, key, promotion, deduplicated=False)


def _promote_admitted(tx: Tx, thread_key: int, delivery: Delivery) -> Promotion:
    if turns.active(tx, thread_key) is None:
        return promotions.into_new(tx, thread_key)
    if delivery == "steer":
        return promotions.into_active(tx, thread_key)
    return NOTHING_PROMOTED


def _admitted(
    tx: Tx, thread_key: int, key: int, promotion: Promotion, *, deduplicated: bool
) -> Admitted:
    active = turns.active(tx, thread_key)
    record = session_inputs.get(tx, key)
    return Admitted(record, deduplicated, active.id if active else None, promotion)


@method(
    "sessionInput/promote",
    since="0.1.0",
    errors=(
        ThreadNotFound,
        ThreadArchived,
        SessionInputNotFound,
        InputNotPending,
        TurnActive,
        NoActiveTurn,
        TurnMismatch,
        IdempotencyMismatch,
    ),
)
def promote(
    tx: Tx,
    *,
    thread_id: Id,
    scope: Scope = "input",
    input_id: Id | None = None,
    turn_id: Id | None = None,
    input_summary: str | None = None,
    metadata: Json = NULL,
    wake: bool = False,
) -> Promotion:
    """Bind pending inputs to the turn that consumes them.

    `steer`: all pending steers into the turn in progress. `input`: on an idle thread, into one
    new turn, all pending steers, else the oldest queue input. `wake` skips what an interrupt
    holds back.
    """
    thread = threads.require(tx, thread_id)
    content = fingerprint(
        "sessionInput/promote",
        thread=thread_id,
        input=input_id,
        input_summary=input_summary,
        metadata=metadata,
    )
    if scope == "input" and turn_id is not None and (made := turns.find(tx, turn_id)):
        is_same = made.fingerprint in (None, content)
        if made.thread_key != thread.key or made.origin != "promoted" or not is_same:
            raise IdempotencyMismatch(id=turn_id)
        return promotions.that_made(tx, made.key)
    threads.require_open(thread)
    picked = _picked(tx, thread.key, input_id)
    if scope == "steer":
        return promotions.into_active(tx, thread.key, turn_id=turn_id, picked=picked, wake=wake)
    return promotions.into_new(
        tx,
        thread.key,
        turn_id=turn_id,
        picked=picked,
        wake=wake,
        input_summary=input_summary,
        metadata=metadata,
        fingerprint=content if turn_id is not None else None,
    )


def _picked(db: Snapshot, thread_key: int, input_id: str | None) -> session_inputs.InputKey | None:
    if input_id is None:
        return None
    picked = session_inputs.require(db, input_id)
    if picked.thread_key != thread_key:
        raise SessionInputNotFound(id=input_id)
    return picked


@method("sessionInput/get", since="0.1.0", errors=(SessionInputNotFound,))
def get(db: Snapshot, *, input_id: Id) -> InputAnswer:
    """Read one session input."""
    return InputAnswer(session_inputs.get(db, session_inputs.require(db, input_id).key))


@method("sessionInput/list", since="0.1.0", errors=(ThreadNotFound,))
def list_(
    db: Snapshot,
    *,
    thread_id: Id,
    status: InputStatus | None | UnsetType = UNSET,
    cursor: Cursor | None = None,
    limit: PageLimit | None = None,
) -> InputPage:
    """Read a page of a thread's inputs in admission order: the pending ones, null means all."""
    key = threads.require(db, thread_id).key
    wanted = "pending" if status is UNSET else status
    return InputPage(*session_inputs.list_page(db, key, wanted, cursor, clamp(limit)))


@method(
    "sessionInput/update",
    since="0.1.0",
    errors=(SessionInputNotFound, InputNotPending, LimitExceeded),
)
def update(
    tx: Tx,
    *,
    input_id: Id,
    prompt: Prompt | None = None,
    delivery: Delivery | None = None,
    request: Json = NULL,
) -> InputAnswer:
    """Change what a pending input says; it keeps its place. The same again is no event."""
    text = None if prompt is None else checked_prompt(prompt)
    if text is None and delivery is None and compact(request) is None:
        raise InvalidParams(path="", reason="nothing to update")
    found = session_inputs.require(tx, input_id)
    before = session_inputs.get(tx, found.key)
    session_inputs.require_pending(before)
    new_request = before.request if compact(request) is None else request
    wanted = (text or before.prompt, delivery or before.delivery)
    is_same = wanted == (before.prompt, before.delivery)
    if is_same and is_equal(new_request, before.request):
        return InputAnswer(before)
    return InputAnswer(session_inputs.update(tx, found, *wanted, new_request))


@method(
    "sessionInput/cancel",
    since="0.1.0",
    errors=(SessionInputNotFound, InputNotPending),
    retry=ALWAYS,
)
def cancel(tx: Tx, *, input_id: Id) -> InputAnswer:
    """Cancel a pending input for good; cancelled again is a success."""
    found = session_inputs.require(tx, input_id)
    before = session_inputs.get(tx, found.key)
    if before.status == "cancelled":
        return InputAnswer(before)
    session_inputs.require_pending(before)
    return InputAnswer(session_inputs.cancel(tx, found.key, found.thread_key))
