"""Turns: start, get, list, complete, steer, interrupt, incomplete."""

from typing import Annotated, Literal

import msgspec

from sidecar.model.errors import (
    IdempotencyMismatch,
    IllegalTransition,
    InvalidParams,
    LimitExceeded,
    NoActiveTurn,
    ThreadArchived,
    ThreadNotFound,
    TurnActive,
    TurnMismatch,
    TurnNotFound,
)
from sidecar.model.fields import Cursor, Id, Order, PageLimit
from sidecar.model.item import Item
from sidecar.model.json_value import NULL, Json, fingerprint
from sidecar.model.limits import MAX_PROMPT_CHARS
from sidecar.model.session_input import NOTHING_PROMOTED, Promotion
from sidecar.model.turn import TURN, OpenStatus, Turn, TurnError, TurnStatus, Usage
from sidecar.rpc.registry import ALWAYS, method
from sidecar.store import items, promotions, session_inputs, threads, turns
from sidecar.store.paging import clamp
from sidecar.store.transaction import Snapshot, Tx

Prompt = Annotated[str, msgspec.Meta(description="What the agent is to read; it is trimmed.")]
EndStatus = Literal["completed", "failed", "interrupted", "cancelled"]


class TurnAndItems(msgspec.Struct, frozen=True, rename="camel"):
    """Answer a turn and its items, in order."""

    turn: Turn
    items: list[Item]


class TurnAndItem(msgspec.Struct, frozen=True, rename="camel"):
    """Answer a turn and its new item."""

    turn: Turn
    item: Item


class TurnPage(msgspec.Struct, frozen=True, rename="camel"):
    """Answer a page of turns."""

    data: list[Turn]
    next_cursor: str | None


class TurnCompleted(msgspec.Struct, frozen=True, rename="camel"):
    """Answer the ended turn, and what was promoted after it."""

    turn: Turn
    promotion: Promotion


class InterruptRequested(msgspec.Struct, frozen=True, rename="camel"):
    """Answer whether there was a turn to interrupt, and which."""

    requested: bool
    turn: Turn | None


def checked_prompt(prompt: str) -> str:
    """Trim a prompt; refuse a blank one and one that is too long."""
    trimmed = prompt.strip()
    if not trimmed:
        raise InvalidParams(path="prompt", reason="blank")
    if len(trimmed) > MAX_PROMPT_CHARS:
        raise LimitExceeded(limit="maxPromptChars", max=MAX_PROMPT_CHARS, actual=len(trimmed))
    return trimmed


@method(
    "turn/start",
    since="0.1.0",
    errors=(
        ThreadNotFound,
        ThreadArchived,
        TurnActive,
        IdempotencyMismatch,
        IllegalTransition,
        LimitExceeded,
    ),
    retry="turnId",
)
def start(
    tx: Tx,
    *,
    thread_id: Id,
    turn_id: Id | None = None,
    prompt: Prompt | None = None,
    status: OpenStatus = "in_progress",
    input_summary: str | None = None,
    metadata: Json = NULL,
) -> TurnAndItems:
    """Start a turn, or queue one, or start a queued one.

    A prompt becomes a completed user message. The id of a queued turn of this thread starts
    that one, with the other params absent or as they were.
    """
    text = None if prompt is None else checked_prompt(prompt)
    thread = threads.require(tx, thread_id)
    content = fingerprint(
        "turn/start", thread=thread_id, prompt=text, input_summary=input_summary, metadata=metadata
    )
    found = turns.find(tx, turn_id) if turn_id is not None else None
    if found is not None:
        is_bare = text is None and input_summary is None and bytes(metadata) == b"null"
        key = _start_again(tx, thread, found, status, content, is_bare=is_bare)
        return TurnAndItems(turns.get(tx, key), items.of_turn(tx, key))
    threads.require_open(thread)
    key = turns.create(
        tx,
        thread.key,
        turn_id,
        status,
        origin="queued" if status == "queued" else "started",
        input_summary=input_summary,
        metadata=metadata,
        fingerprint=content,
    )
    if text is not None:
        items.create_prompt(tx, key, thread.key, text)
    return TurnAndItems(turns.get(tx, key), items.of_turn(tx, key))


def _start_again(
    tx: Tx,
    thread: threads.ThreadKey,
    found: turns.TurnKey,
    status: OpenStatus,
    content: bytes,
    *,
    is_bare: bool,
) -> int:
    is_start = found.origin == "queued" and status == "in_progress"
    is_same = found.fingerprint == content and (
        is_start or found.origin == ("queued" if status == "queued" else "started")
    )
    if found.thread_key != thread.key or not (is_same or (is_start and is_bare)):
        raise IdempotencyMismatch(id=turns.get(tx, found.key).id)
    if is_start and found.started_at_ms is None:
        TURN.check(found.status, "in_progress")
        threads.require_open(thread)
        turns.start_queued(tx, found)
    return found.key


@method("turn/get", since="0.1.0", errors=(TurnNotFound,))
def get(db: Snapshot, *, turn_id: Id) -> TurnAndItems:
    """Read one turn and its items."""
    key = turns.require(db, turn_id).key
    return TurnAndItems(turns.get(db, key), items.of_turn(db, key))


@method("turn/list", since="0.1.0", errors=(ThreadNotFound,))
def list_(
    db: Snapshot,
    *,
    thread_id: Id,
    cursor: Cursor | None = None,
    limit: PageLimit | None = None,
    order: Order = "asc",
    status: TurnStatus | None = None,
) -> TurnPage:
    """Read a page of a thread's turns in the order they were made, or the other way."""
    key = threads.require(db, thread_id).key
    return TurnPage(*turns.list_page(db, key, cursor, clamp(limit), order, status))


@method("turn/complete", since="0.1.0", errors=(TurnNotFound, IllegalTransition), retry=ALWAYS)
def complete(
    tx: Tx,
    *,
    turn_id: Id,
    status: EndStatus = "completed",
    usage: Usage | None = None,
    error: TurnError | None = None,
    force: bool = False,
    promote_next: bool = False,
) -> TurnCompleted:
    """End a turn and, before its event, every open item of it.

    The same status again is a success without effect and never promotes; another status on an
    ended turn needs `force`, which its event then says.
    """
    turn = turns.require(tx, turn_id)
    if turn.status == status:
        return TurnCompleted(turns.get(tx, turn.key), NOTHING_PROMOTED)
    forced = force and status not in TURN.transitions[turn.status]
    if not forced:
        TURN.check(turn.status, status)
    was_open = turn.status in TURN.open
    record = turns.close(
        tx,
        turn,
        status,
        usage=usage,
        error=error,
        ended_at_ms=tx.now_ms,
        forced=forced,
    )
    if was_open:
        threads.touch(tx, turn.thread_key)
    promotion = _wake(tx, turn.thread_key, record.thread_id) if promote_next else NOTHING_PROMOTED
    return TurnCompleted(record, promotion)


def _wake(tx: Tx, thread_key: int, thread_id: str) -> Promotion:
    is_archived = threads.require(tx, thread_id).archived
    if is_archived or turns.active(tx, thread_key) is not None:
        return NOTHING_PROMOTED
    return promotions.into_new(tx, thread_key, wake=True)


@method(
    "turn/steer",
    since="0.1.0",
    errors=(
        ThreadNotFound,
        ThreadArchived,
        NoActiveTurn,
        TurnMismatch,
        IdempotencyMismatch,
        LimitExceeded,
    ),
    retry="itemId",
)
def steer(
    tx: Tx,
    *,
    thread_id: Id,
    prompt: Prompt,
    expected_turn_id: Id | None = None,
    item_id: Id | None = None,
) -> TurnAndItem:
    """Say something to the turn in progress, as a completed user message."""
    text = checked_prompt(prompt)
    thread = threads.require(tx, thread_id)
    content = fingerprint("turn/steer", thread=thread_id, prompt=text)
    if item_id is not None and (found := items.find(tx, item_id)):
        if found.fingerprint != content:
            raise IdempotencyMismatch(id=item_id)
        return TurnAndItem(turns.get(tx, found.turn_key), items.get(tx, found.key))
    threads.require_open(thread)
    active = require_active(tx, thread.key, expected_turn_id)
    made = items.create_prompt(
        tx, active.key, thread.key, text, item_id=item_id, fingerprint=content
    )
    return TurnAndItem(turns.count_steer(tx, active.key, thread.key), made.item)


def require_active(db: Snapshot, thread_key: int, expected_turn_id: str | None) -> turns.ActiveTurn:
    """Find the turn in progress; refuse if there is none, or another than expected."""
    active = turns.active(db, thread_key)
    if active is None:
        raise NoActiveTurn(activeTurnId=None)
    if expected_turn_id not in (None, active.id):
        raise TurnMismatch(activeTurnId=active.id)
    return active


@method("turn/interrupt", since="0.1.0", errors=(ThreadNotFound, TurnMismatch), retry=ALWAYS)
def interrupt(
    tx: Tx,
    *,
    thread_id: Id,
    turn_id: Id | None = None,
    pending: Literal["hold", "keep", "cancel"] = "hold",
) -> InterruptRequested:
    """Ask the runner to stop the turn in progress; it stays so until the runner ends it.

    On an idle thread nothing happens. `hold` keeps the inputs admitted up to now from being
    promoted by a wake, `cancel` cancels them.
    """
    thread = threads.require(tx, thread_id)
    active = turns.active(tx, thread.key)
    if active is None:
        named = turns.find(tx, turn_id) if turn_id is not None else None
        is_ours = named is not None and named.thread_key == thread.key
        return InterruptRequested(False, turns.get(tx, named.key) if named and is_ours else None)
    if turn_id not in (None, active.id):
        raise TurnMismatch(activeTurnId=active.id)
    turn = turns.request_interrupt(tx, active.key, thread.key)
    if pending == "hold":
        session_inputs.hold_all(tx, thread.key, held=True)
    elif pending == "cancel":
        session_inputs.cancel_all(tx, thread.key)
    return InterruptRequested(True, turn)


@method("turn/incomplete", since="0.1.0")
def incomplete(
    db: Snapshot, *, cursor: Cursor | None = None, limit: PageLimit | None = None
) -> TurnPage:
    """Read a page of all turns that are queued or in progress, oldest first."""
    return TurnPage(*turns.incomplete_page(db, cursor, clamp(limit)))
