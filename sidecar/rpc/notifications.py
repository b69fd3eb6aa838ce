"""What the daemon tells unasked: the params of each notification, published with the methods."""

import msgspec

from sidecar.model.event import Event


class EventAppended(msgspec.Struct, frozen=True, rename="camel"):
    """Tell of events, in order: first the history that was asked for, then live."""

    subscription_id: str
    events: list[Event]


class EventSynced(msgspec.Struct, frozen=True, rename="camel"):
    """Tell that the history has been told, up to `seq`; what follows is live."""

    subscription_id: str
    seq: int


class EventReset(msgspec.Struct, frozen=True, rename="camel"):
    """Tell that of the events before `minSeq` some have been pruned that were not told yet.

    What is left of them, and all from there on, follows.
    """

    subscription_id: str
    min_seq: int


class ItemDelta(msgspec.Struct, frozen=True, rename="camel"):
    """Tell a piece of an open item; never stored, and it may be lost to a slow peer.

    `offset` counts the item's characters before this piece, so that a loss shows.
    """

    subscription_id: str
    thread_id: str
    turn_id: str
    item_id: str
    text: str
    offset: int


NOTIFICATIONS: dict[str, type[msgspec.Struct]] = {
    "event/appended": EventAppended,
    "event/synced": EventSynced,
    "event/reset": EventReset,
    "item/delta": ItemDelta,
}
