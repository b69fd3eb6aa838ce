"""Tell subscribers what happened: every event once, in order, however slow they are.

A subscription is a place in the log. While it is at the end it is live and gets what each
group has committed; when its peer's socket is full it is left where it is, and reads on from
the database when the socket drains. Nothing is queued for it, so no peer can make the daemon
grow, and none is waited for.
"""

import asyncio
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import structlog

from sidecar.daemon.dispatch import render_error
from sidecar.model import limits
from sidecar.model.errors import LimitExceeded, Outage, SubscriptionNotFound
from sidecar.model.event import Event
from sidecar.store import events, pruning
from sidecar.store.database import Database
from sidecar.store.transaction import Snapshot

if TYPE_CHECKING:
    from sidecar.daemon.peer import PeerConnection

_ENCODER = msgspec.json.Encoder()
log = structlog.get_logger()


class Filter(NamedTuple):
    """Be what a subscription wants to hear of."""

    thread_id: str | None
    thread_key: int
    names: tuple[str, ...] | None

    @property
    def scope(self) -> str:
        """Name where its events are read from."""
        return "all" if self.thread_id is None else "thread"

    def wants(self, thread_id: str | None, name: str) -> bool:
        """Tell whether an event is for it."""
        if self.thread_id not in (None, thread_id):
            return False
        return self.names is None or any(
            name == each or (each.endswith("*") and name.startswith(each[:-1]))
            for each in self.names
        )


EVERYTHING = Filter(None, 0, None)


class Subscription:
    """Be one place in the log, and what is to be told from there."""

    def __init__(
        self,
        peer: "PeerConnection",
        subscription_id: str,
        wanted: Filter,
        since: int,
        watermark: int,
        *,
        deltas: bool,
    ) -> None:
        """Begin after `since`; `watermark` is where its history ends."""
        self.peer = peer
        self.id = subscription_id
        self.wanted = wanted
        self.deltas = deltas
        self.at_seq = since
        # Up to where it has been told that something is gone.
        self.reset_seq = 0
        self.watermark = watermark
        self.is_begun = False
        self.is_synced = False
        self.is_reading = False
        self._head = b'{"subscriptionId":%b,' % _ENCODER.encode(subscription_id)

    def tell(self, rendered: list[bytes]) -> None:
        """Send events, rendered."""
        if rendered:
            body = self._head + b'"events":[%b]}' % b",".join(rendered)
            self.peer.notify(_notification(b"event/appended", body))

    def tell_reset(self, pruned_seq: int) -> None:
        """Say that events have been pruned which it has not been told of.

        Whoever begins at 0 takes what there is, and misses nothing that it knows of.
        """
        if 0 < self.at_seq < pruned_seq and self.reset_seq < pruned_seq:
            self.reset_seq = pruned_seq
            body = self._head + b'"minSeq":%d}' % (pruned_seq + 1)
            self.peer.notify(_notification(b"event/reset", body))

    def tell_synced(self) -> None:
        """Say that the history has been told."""
        self.is_synced = True
        body = self._head + b'"seq":%d}' % self.watermark
        self.peer.notify(_notification(b"event/synced", body))

    def tell_delta(self, members: bytes) -> None:
        """Send a piece of an item that is still being made."""
        self.peer.notify(_notification(b"item/delta", self._head + members[1:]))


class Fresh(NamedTuple):
    """Be one new event, rendered once for all."""

    seq: int
    thread_id: str | None
    name: str
    rendered: bytes


class Page(NamedTuple):
    """Be some events of the log, from where to go on, and up to where something is gone."""

    events: list[Event]
    next_since: int | None
    pruned_seq: int


class Hub:
    """Hold all subscriptions, and carry them along the log."""

    def __init__(self, database: Database, loop: asyncio.AbstractEventLoop) -> None:
        """Begin with nobody listening."""
        self._database = database
        self._loop = loop
        self._of_peer: dict[PeerConnection, dict[str, Subscription]] = {}
        self._joined: list[Subscription] = []
        self._published = database.last_seq

    def __len__(self) -> int:
        return sum(len(each) for each in self._of_peer.values())

    def lags(self) -> list[tuple[Subscription, int]]:
        """Tell how many events each subscription is behind."""
        return [
            (subscription, max(0, self._published - subscription.at_seq))
            for own in self._of_peer.values()
            for subscription in own.values()
        ]

    def join(self, subscription: Subscription) -> None:
        """Register first, read history afterwards: nothing can fall in between.

        It begins behind the answer of its message: before that nobody knows its id. A peer that
        has gone before its request was run is told nothing, and not kept.
        """
        if subscription.peer.is_gone:
            return
        own = self._of_peer.setdefault(subscription.peer, {})
        if len(own) >= limits.MAX_SUBSCRIPTIONS:
            raise LimitExceeded(
                limit="maxSubscriptions", max=limits.MAX_SUBSCRIPTIONS, actual=len(own) + 1
            )
        own[subscription.id] = subscription
        self._joined.append(subscription)

    def take_joined(self) -> list[Subscription]:
        """Take what has joined since the last time, to let it begin."""
        joined, self._joined = self._joined, []
        return joined

    def begin(self, joined: list[Subscription]) -> None:
        """Tell them of events from now on: their message has been answered."""
        for subscription in joined:
            subscription.is_begun = True
            self._read_on(subscription)

    def leave(self, peer: "PeerConnection", subscription_id: str) -> None:
        """End one subscription of a peer, or refuse with `subscription_not_found`."""
        if self._of_peer.get(peer, {}).pop(subscription_id, None) is None:
            raise SubscriptionNotFound(id=subscription_id)

    def forget(self, peer: "PeerConnection") -> None:
        """End all subscriptions of a peer that has gone."""
        self._of_peer.pop(peer, None)

    def resume(self, peer: "PeerConnection") -> None:
        """Read on for a peer whose socket has drained."""
        for subscription in self._of_peer.get(peer, {}).values():
            self._read_on(subscription)

    def publish(self) -> None:
        """Tell what was committed since the last time to those who are at the end."""
        before, self._published = self._published, self._database.last_seq
        if not self._of_peer or self._published == before:
            return
        fresh: list[Fresh] | None = None
        for own in list(self._of_peer.values()):
            for subscription in list(own.values()):
                is_live = subscription.is_synced and subscription.at_seq >= before
                if not is_live or subscription.is_reading or subscription.peer.is_stalled:
                    self._read_on(subscription)
                    continue
                try:
                    fresh = self._fresh(before) if fresh is None else fresh
                except Outage:
                    # Whom it concerns is told by its own reading.
                    self._read_on(subscription)
                else:
                    self._tell_fresh(subscription, fresh)

    def _page(self, wanted: Filter, since: int, limit: int) -> Page:
        names = None if wanted.names is None else list(wanted.names)

        def read(db: Snapshot) -> Page:
            page = events.list_page(db, wanted.scope, wanted.thread_key, since, limit, names)
            return Page(*page, pruning.pruned_seq(db, wanted.thread_key or None))

        return self._database.read(self._database.snapshot(), read)

    def _fresh(self, since: int) -> list[Fresh]:
        page = self._page(EVERYTHING, since, limits.MAX_EVENT_PAGE).events
        return [Fresh(each.seq, each.thread_id, each.event, _ENCODER.encode(each)) for each in page]

    def _tell_fresh(self, subscription: Subscription, fresh: list[Fresh]) -> None:
        told = [
            each.rendered
            for each in fresh
            if each.seq > subscription.at_seq
            and subscription.wanted.wants(each.thread_id, each.name)
        ]
        # A page may have ended early by its size: then the rest is read.
        last = fresh[-1].seq if fresh else self._published
        subscription.at_seq = max(subscription.at_seq, last)
        subscription.tell(told)
        if last < self._published:
            self._read_on(subscription)

    def _read_on(self, subscription: Subscription) -> None:
        """Read the next page at the loop's next turn, so that all get their share of it."""
        may_read = subscription.is_begun and not subscription.peer.is_stalled
        if may_read and not subscription.is_reading:
            subscription.is_reading = True
            self._loop.call_soon(self._read_page, subscription)

    def _read_page(self, subscription: Subscription) -> None:
        subscription.is_reading = False
        own = self._of_peer.get(subscription.peer, {})
        if own.get(subscription.id) is not subscription or subscription.peer.is_stalled:
            return
        until = self._published if subscription.is_synced else subscription.watermark
        try:
            self._tell_page(subscription, until)
        except Outage as outage:
            self._give_up(subscription, outage)
            return
        if not subscription.is_synced and subscription.at_seq >= subscription.watermark:
            subscription.tell_synced()
        if not subscription.is_synced or subscription.at_seq < self._published:
            self._read_on(subscription)

    def _give_up(self, subscription: Subscription, outage: Outage) -> None:
        """End a subscription that cannot be served whole: its peer is told, with id null."""
        log.error(
            "subscription ended", kind=outage.kind, at_seq=subscription.at_seq, **outage.details
        )
        self._of_peer[subscription.peer].pop(subscription.id)
        subscription.peer.notify(render_error(None, outage))

    def _tell_page(self, subscription: Subscription, until: int) -> None:
        if subscription.at_seq >= until:
            return
        wanted = subscription.wanted
        page, next_since, pruned_seq = self._page(
            wanted, subscription.at_seq, limits.SUBSCRIPTION_PAGE
        )
        subscription.tell_reset(pruned_seq)
        told: list[bytes] = []
        size = 0
        for event in page:
            if event.seq > until:
                break
            told.append(_ENCODER.encode(event))
            size += len(told[-1])
            if size > limits.SUBSCRIPTION_PAGE_BYTES:
                next_since = event.seq
                break
        is_end = next_since is None or next_since > until
        subscription.at_seq = until if is_end or next_since is None else next_since
        subscription.tell(told)

    def tell_delta(self, thread_id: str, members: bytes) -> None:
        """Fan a delta out to those who asked for them; a peer that does not read misses it."""
        for own in self._of_peer.values():
            for subscription in own.values():
                is_for = subscription.wanted.thread_id in (None, thread_id)
                is_open = subscription.is_begun and not subscription.peer.is_stalled
                if subscription.deltas and is_for and is_open:
                    subscription.tell_delta(members)


def _notification(method: bytes, params: bytes) -> bytes:
    return b'{"jsonrpc":"2.0","method":"%b","params":%b}' % (method, params)
