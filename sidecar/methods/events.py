"""Events: append, appendMany, list, prune."""

from typing import Annotated

import msgspec
from msgspec import Raw

from sidecar.model import limits
from sidecar.model.errors import (
    IdempotencyMismatch,
    InvalidParams,
    ItemNotFound,
    LimitExceeded,
    ThreadNotFound,
    TurnNotFound,
)
from sidecar.model.event import Event, check_filter
from sidecar.model.fields import EventGlob, EventName, Id, PageLimit, Seq, Time
from sidecar.model.json_value import NULL, Json, compact, fingerprint
from sidecar.rpc.peer import Peer, Pruned
from sidecar.rpc.registry import ALWAYS, method
from sidecar.store import events as event_log
from sidecar.store import items, threads, turns
from sidecar.store.paging import clamp
from sidecar.store.pruning import Wanted
from sidecar.store.transaction import Snapshot, Tx


class Append(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """Be one event to append, as the params of `event/append`."""

    thread_id: Id
    turn_id: Id | None = None
    item_id: Id | None = None
    event: EventName
    payload: Json = msgspec.field(default_factory=lambda: NULL)
    event_key: Id | None = None


class EventAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """Answer one event."""

    event: Event


class EventsAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """Answer the events of one append, in the order in which they were given."""

    events: list[Event]


class EventPage(msgspec.Struct, frozen=True, rename="camel"):
    """Answer a page of events; `nextSinceSeq` says from where to go on, null at the end."""

    data: list[Event]
    last_seq: int
    min_seq: int
    next_since_seq: int | None


@method(
    "event/append",
    since="0.1.0",
    errors=(ThreadNotFound, TurnNotFound, ItemNotFound, IdempotencyMismatch),
    retry="eventKey",
)
def append(
    tx: Tx,
    *,
    thread_id: Id,
    turn_id: Id | None = None,
    item_id: Id | None = None,
    event: EventName,
    payload: Json = NULL,
    event_key: Id | None = None,
) -> EventAnswer:
    """Append a client's event; with an `eventKey` a retry answers the stored one."""
    return EventAnswer(_append(tx, thread_id, turn_id, item_id, event, payload, event_key))


@method(
    "event/appendMany",
    since="0.1.0",
    errors=(ThreadNotFound, TurnNotFound, ItemNotFound, IdempotencyMismatch, LimitExceeded),
    retry="events[].eventKey",
)
def append_many(
    tx: Tx, *, events: Annotated[list[Append], msgspec.Meta(min_length=1)]
) -> EventsAnswer:
    """Append up to 1,000 events, all or nothing."""
    if len(events) > limits.MAX_APPEND_EVENTS:
        raise LimitExceeded(
            limit="maxAppendEvents", max=limits.MAX_APPEND_EVENTS, actual=len(events)
        )
    return EventsAnswer([_append_one(tx, each) for each in events])


def _append_one(tx: Tx, one: Append) -> Event:
    return _append(
        tx, one.thread_id, one.turn_id, one.item_id, one.event, one.payload, one.event_key
    )


def _append(
    tx: Tx,
    thread_id: str,
    turn_id: str | None,
    item_id: str | None,
    event: str,
    payload: Json,
    event_key: str | None,
) -> Event:
    thread_key = threads.require(tx, thread_id).key
    turn_key = item_key = None
    if turn_id is not None:
        turn = turns.require(tx, turn_id)
        if turn.thread_key != thread_key:
            raise TurnNotFound(id=turn_id)
        turn_key = turn.key
    if item_id is not None:
        item = items.require(tx, item_id)
        if item.thread_key != thread_key or turn_key not in (None, item.turn_key):
            raise ItemNotFound(id=item_id)
        item_key = item.key
    content = None
    if event_key is not None:
        content = fingerprint(
            "event/append",
            thread=thread_id,
            turn=turn_id,
            item=item_id,
            event=event,
            payload=payload,
        )
        stored = event_log.find_key(tx, thread_key, event_key, content)
        if stored is not None:
            return stored
    text = compact(payload)
    seq = tx.append_event(
        event,
        text,
        thread_key=thread_key,
        turn_key=turn_key,
        item_key=item_key,
        source="client",
        event_key=event_key,
        fingerprint=content,
    )
    # What was just written, without reading it back: this is the daemon's busiest method.
    value = Raw(text or "null")
    return Event(seq, thread_id, turn_id, item_id, event, value, "client", tx.now_ms)


@method("event/list", since="0.1.0", errors=(ThreadNotFound, TurnNotFound))
def list_(
    db: Snapshot,
    *,
    thread_id: Id | None = None,
    turn_id: Id | None = None,
    since_seq: Seq = 0,
    limit: PageLimit | None = None,
    events: list[EventGlob] | None = None,
) -> EventPage:
    """Read events after `sinceSeq` in order, of all, of a thread or of a turn.

    A page may be shorter than its limit and yet not the last: `nextSinceSeq` tells. Pruned events
    are passed over: where `sinceSeq` + 1 is below `minSeq`, some may be gone.
    """
    check_filter(events)
    scope, key = _scope(db, thread_id, turn_id)
    page, next_since_seq = event_log.list_page(
        db,
        scope,
        key,
        since_seq,
        clamp(limit, limits.DEFAULT_EVENT_PAGE, limits.MAX_EVENT_PAGE),
        events,
    )
    return EventPage(page, event_log.last_seq(db), event_log.min_seq(db), next_since_seq)


def _scope(db: Snapshot, thread_id: str | None, turn_id: str | None) -> tuple[str, int]:
    thread_key = None
    if thread_id is not None:
        thread_key = event_log.require_thread_key(db, thread_id)
    if turn_id is None:
        return ("all", 0) if thread_key is None else ("thread", thread_key)
    turn = turns.require(db, turn_id)
    if thread_key not in (None, turn.thread_key):
        raise TurnNotFound(id=turn_id)
    return "turn", turn.key


@method("event/prune", since="0.1.0", errors=(ThreadNotFound,), retry=ALWAYS)
async def prune(
    peer: Peer,
    *,
    before_seq: Seq | None = None,
    older_than_at_ms: Time | None = None,
    thread_id: Id | None = None,
    dry_run: bool = False,
) -> Pruned:
    """Forget the events before `beforeSeq`, or older than a moment, of all or of one thread.

    One of the two is given. By time it ends at the first event that is not older. Done piece by
    piece while others work; a request whose answer was lost may be sent again. An `eventKey` is
    forgotten with its event. `bytes` are the payloads'; `minSeq` is the database's, afterwards or,
    with `dryRun`, now.
    """
    if (before_seq is None) == (older_than_at_ms is None):
        raise InvalidParams(path="beforeSeq", reason="either this or olderThanAtMs")
    thread_key = None
    if thread_id is not None:
        thread_key = event_log.require_thread_key(peer.snapshot, thread_id)
    return await peer.prune(Wanted(before_seq, older_than_at_ms, thread_key), dry_run=dry_run)
