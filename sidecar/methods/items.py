"""Items: create, update, get, list."""

import msgspec

from sidecar.model.errors import (
    IdempotencyMismatch,
    IllegalTransition,
    InvalidParams,
    ItemNotFound,
    LimitExceeded,
    ThreadNotFound,
    TurnNotFound,
)
from sidecar.model.fields import Cursor, Id, PageLimit
from sidecar.model.item import ITEM, Item, ItemKind, ItemStatus
from sidecar.model.json_value import NULL, Json, compact, fingerprint, is_equal
from sidecar.model.limits import MAX_DETAIL_CHARS
from sidecar.model.turn import TURN
from sidecar.rpc.registry import method
from sidecar.store import items, threads, turns
from sidecar.store.paging import clamp
from sidecar.store.transaction import Snapshot, Tx


class ItemAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """Answer one item."""

    item: Item


class ItemPage(msgspec.Struct, frozen=True, rename="camel"):
    """Answer a page of items."""

    data: list[Item]
    next_cursor: str | None


@method(
    "item/create",
    since="0.1.0",
    errors=(TurnNotFound, IdempotencyMismatch, IllegalTransition),
    retry="itemId",
)
def create(
    tx: Tx,
    *,
    turn_id: Id,
    item_id: Id | None = None,
    kind: ItemKind,
    status: ItemStatus = "in_progress",
    summary: str | None = None,
    detail: str | None = None,
    metadata: Json = NULL,
    artifact_refs: Json = NULL,
) -> ItemAnswer:
    """Add a piece to a turn that has not ended, at its end."""
    turn = turns.require(tx, turn_id)
    content = fingerprint(
        "item/create",
        turn=turn_id,
        kind=kind,
        status=status,
        summary=summary,
        detail=detail,
        metadata=metadata,
        artifact_refs=artifact_refs,
    )
    if item_id is not None and (found := items.find(tx, item_id)):
        if found.fingerprint != content:
            raise IdempotencyMismatch(id=item_id)
        return ItemAnswer(items.get(tx, found.key))
    if turn.status in TURN.terminal:
        raise TURN.refusal(turn.status, "in_progress")
    made = items.create(
        tx,
        turn.key,
        turn.thread_key,
        item_id,
        kind,
        status,
        summary=summary,
        detail=detail,
        metadata=metadata,
        artifact_refs=artifact_refs,
        fingerprint=content,
    )
    return ItemAnswer(made.item)


@method("item/update", since="0.1.0", errors=(ItemNotFound, IllegalTransition))
def update(
    tx: Tx,
    *,
    item_id: Id,
    status: ItemStatus | None = None,
    summary: str | None = None,
    detail: str | None = None,
    append_detail: str | None = None,
    metadata: Json = NULL,
    artifact_refs: Json = NULL,
) -> ItemAnswer:
    """Change what is given; an ended item only takes the same again.

    `appendDetail` is added to the detail, also to one that is given with it; past 16 Mi
    characters it is `limit_exceeded`. Nothing changed is no event.
    """
    given = (status, summary, detail, append_detail, compact(metadata), compact(artifact_refs))
    if all(value is None for value in given):
        raise InvalidParams(path="", reason="nothing to update")
    found = items.require(tx, item_id)
    before = items.get(tx, found.key)
    text = before.detail if detail is None else detail
    if append_detail:
        text = (text or "") + append_detail
    wanted = msgspec.structs.replace(
        before,
        status=status or before.status,
        summary=before.summary if summary is None else summary,
        detail=text,
        metadata=before.metadata if compact(metadata) is None else metadata,
        artifact_refs=before.artifact_refs if compact(artifact_refs) is None else artifact_refs,
    )
    if _is_same(before, wanted):
        return ItemAnswer(before)
    if before.status in ITEM.terminal or wanted.status != before.status:
        ITEM.check(before.status, wanted.status)
    if (size := len(wanted.detail or "")) > MAX_DETAIL_CHARS:
        raise LimitExceeded(limit="maxDetailChars", max=MAX_DETAIL_CHARS, actual=size)
    return ItemAnswer(items.update(tx, found, before, wanted))


def _is_same(before: Item, wanted: Item) -> bool:
    return (
        before.status == wanted.status
        and before.summary == wanted.summary
        and before.detail == wanted.detail
        and is_equal(before.metadata, wanted.metadata)
        and is_equal(before.artifact_refs, wanted.artifact_refs)
    )


@method("item/get", since="0.1.0", errors=(ItemNotFound,))
def get(db: Snapshot, *, item_id: Id) -> ItemAnswer:
    """Read one item."""
    return ItemAnswer(items.get(db, items.require(db, item_id).key))


@method("item/list", since="0.1.0", errors=(ThreadNotFound, TurnNotFound))
def list_(
    db: Snapshot,
    *,
    turn_id: Id | None = None,
    thread_id: Id | None = None,
    cursor: Cursor | None = None,
    limit: PageLimit | None = None,
) -> ItemPage:
    """Read a page of the items of a turn, or of a thread in turn, then position order.

    One of `turnId` and `threadId` says which; with both, the turn must be of the thread.
    """
    if turn_id is None:
        if thread_id is None:
            raise InvalidParams(path="turnId", reason="missing; or threadId")
        key = threads.require(db, thread_id).key
        return ItemPage(*items.list_of_thread(db, key, cursor, clamp(limit)))
    turn = turns.require(db, turn_id)
    if thread_id is not None and threads.require(db, thread_id).key != turn.thread_key:
        raise TurnNotFound(id=turn_id)
    return ItemPage(*items.list_of_turn(db, turn.key, cursor, clamp(limit)))
