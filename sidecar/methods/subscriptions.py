"""Subscriptions: follow events as they happen, and items while they are made."""

from typing import Annotated

import msgspec

from sidecar.model.errors import (
    IllegalTransition,
    ItemNotFound,
    LimitExceeded,
    SubscriptionNotFound,
    ThreadNotFound,
)
from sidecar.model.event import check_filter
from sidecar.model.fields import Count, EventGlob, Id, Seq
from sidecar.rpc.peer import Done, Peer, Subscribed
from sidecar.rpc.registry import method

Offset = Annotated[Count, msgspec.Meta(description="Characters before this piece.")]


@method("event/subscribe", since="0.1.0", errors=(ThreadNotFound, LimitExceeded))
def subscribe(
    peer: Peer,
    *,
    thread_id: Id | None = None,
    since_seq: Seq | None = None,
    events: list[EventGlob] | None = None,
    deltas: bool = False,
) -> Subscribed:
    """Follow events: first the history after `sinceSeq`, then `event/synced`, then live.

    Without `sinceSeq` only what comes after `watermarkSeq`. Every event comes once and in
    order, in notifications `event/appended`, however slow the client reads.
    """
    check_filter(events)
    return peer.subscribe(thread_id, since_seq, events, deltas=deltas)


@method("event/unsubscribe", since="0.1.0", errors=(SubscriptionNotFound,))
def unsubscribe(peer: Peer, *, subscription_id: Id) -> Done:
    """End a subscription of this peer."""
    peer.unsubscribe(subscription_id)
    return Done()


@method("item/delta", since="0.1.0", errors=(ItemNotFound, IllegalTransition))
def delta(peer: Peer, *, item_id: Id, text: str, offset: Offset) -> Done:
    """Fan a piece of an open item out to subscribers with `deltas`; it is never stored."""
    peer.tell_delta(item_id, text, offset)
    return Done()
