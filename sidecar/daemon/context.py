"""What one request runs in: a transaction, a snapshot, or the peer and the daemon itself."""

import asyncio
import os
from collections.abc import Awaitable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from sidecar import __version__
from sidecar.daemon import background
from sidecar.daemon.background import on_thread
from sidecar.daemon.dispatch import Answer, Pending
from sidecar.daemon.hub import Filter, Subscription
from sidecar.logs import LogLevel
from sidecar.model import ids
from sidecar.model.errors import InvalidRequest, ProtocolError
from sidecar.model.event import Delta
from sidecar.model.item import ITEM
from sidecar.model.json_value import Json
from sidecar.model.limits import Limits
from sidecar.model.recovery import RecoveryReport
from sidecar.rpc.metrics import Metrics
from sidecar.rpc.peer import (
    BackupDone,
    Capabilities,
    Checked,
    Initialized,
    Pruned,
    ServerInfo,
    Status,
    StatusCounts,
    Subscribed,
    WriterStatus,
)
from sidecar.rpc.registry import Method
from sidecar.rpc.wait import Wait
from sidecar.store import events, items, pruning, upkeep
from sidecar.store.outages import GroupLost, outages
from sidecar.store.pruning import Wanted
from sidecar.store.transaction import Snapshot, Tx

if TYPE_CHECKING:
    from sidecar.daemon.desk import Desk
    from sidecar.daemon.group import Group
    from sidecar.daemon.lifecycle import Daemon
    from sidecar.daemon.peer import PeerConnection

PROTOCOL_VERSION = 1
_ENCODER = msgspec.json.Encoder()


class RequestContext:
    """Run one request in the way of its method's mode."""

    __slots__ = ("_daemon", "_desk", "_group", "_peer")

    def __init__(
        self, daemon: "Daemon", desk: "Desk", peer: "PeerConnection", group: "Group"
    ) -> None:
        """Run for a peer, in a group."""
        self._daemon = daemon
        self._desk = desk
        self._peer = peer
        self._group = group

    # -- for the dispatcher ----------------------------------------------------------------------

    def run(self, method: Method, params: msgspec.Struct) -> Answer:
        """Run a method and encode its result; a write is undone if that fails."""
        if method.mode == "write":

            def write(tx: Tx) -> bytes | Pending:
                result = method.invoke(tx, params)
                if isinstance(result, Wait):
                    return Pending(result, _ENCODER.encode(result.answer))
                return _ENCODER.encode(result)

            return self._desk.database.attempt(write, self._group.now_ms)
        if method.mode == "read":
            return self._desk.database.read(
                self.snapshot, lambda db: _ENCODER.encode(method.invoke(db, params))
            )
        if method.mode == "scan":
            # A thread, so that it holds nobody up but its own peer.
            scan = self._desk.database.scan
            return asyncio.to_thread(scan, lambda db: _ENCODER.encode(method.invoke(db, params)))
        with outages():
            result = method.invoke(self, params)
        if isinstance(result, msgspec.Struct):
            return _ENCODER.encode(result)
        return _encoded(result)

    def lose(self, error: Exception) -> ProtocolError | None:
        """Note that the whole group is lost; its requests run again one by one.

        Any other error is a bug on a sound file only: a damaged one keeps no promise.
        """
        if not isinstance(error, GroupLost):
            return self._desk.database.find_damage()
        self._group.lost = error
        return error.outage

    def new_incident(self) -> str:
        """Make the id under which a bug is logged."""
        source = self._desk.database.source
        return ids.mint("inc", source.now_ms(), source.random_bits(ids.RANDOM_BITS))

    @property
    def peer_number(self) -> int:
        """Tell whose request it is, as the log names it."""
        return self._peer.number

    # -- for the handlers: rpc.peer.Peer -----------------------------------------------------------

    @property
    def snapshot(self) -> Snapshot:
        """Read the database, with every write that this peer sent before."""
        return self._desk.snapshot_for(self._peer, self._group)

    @property
    def recovery(self) -> RecoveryReport:
        """Tell what the start of this epoch found."""
        return self._daemon.recovery

    def now_ms(self) -> int:
        """Tell the Unix time in milliseconds."""
        return self._desk.database.source.now_ms()

    def initialize(self) -> Initialized:
        """Greet the peer; refuses with `invalid_request` unless it is the first request."""
        if self._peer.has_spoken:
            raise InvalidRequest
        database = self._desk.database
        return Initialized(
            protocol_version=PROTOCOL_VERSION,
            server_info=ServerInfo("sidecar", __version__),
            epoch=database.epoch,
            database_id=database.database_id,
            last_seq=events.last_seq(self.snapshot),
            durability=database.durability,
            limits=Limits(),
            capabilities=Capabilities(framings=["lines", "headers"]),
        )

    def status(self) -> Status:
        """Tell how the daemon does."""
        database, desk = self._desk.database, self._desk
        snapshot = self.snapshot
        database_bytes, wal_bytes = database.sizes_bytes()
        counts = upkeep.counts(snapshot)
        return Status(
            pid=os.getpid(),
            version=__version__,
            epoch=database.epoch,
            started_at_ms=self._daemon.started_at_ms,
            uptime_ms=max(0, self.now_ms() - self._daemon.started_at_ms),
            database_path=str(database.path),
            database_bytes=database_bytes,
            wal_bytes=wal_bytes,
            last_seq=events.last_seq(snapshot),
            durability=database.durability,
            connections=len(desk.peers),
            subscriptions=len(desk.hub),
            counts=StatusCounts(*counts),
            writer=WriterStatus(
                commits=database.commits,
                requests=database.attempts,
                requests_per_commit=round(database.attempts / max(1, database.commits), 2),
                queue_depth=desk.queue_depth,
            ),
            backups=self._daemon.copies.status(),
        )

    def metrics(self) -> Metrics:
        """Tell what was asked, and how things are now."""
        return self._daemon.measure()

    def set_log_level(self, level: LogLevel) -> LogLevel:
        """Log from a level on; tell from which one it was."""
        return self._daemon.set_log_level(level)

    async def backup(self, path: Path, *, overwrite: bool) -> BackupDone:
        """Copy the database while writes go on."""
        return await self._daemon.copies.make(path, overwrite=overwrite)

    async def prune(self, wanted: Wanted, *, dry_run: bool) -> Pruned:
        """Forget events piece by piece, or tell what would go."""
        database = self._desk.database
        if dry_run:
            run = partial(database.scan, lambda db: pruning.measure(db, wanted))
            gone = await asyncio.to_thread(run)
        else:
            gone = await background.prune(self._desk, wanted)
        return Pruned(gone.events, gone.size, events.min_seq(database.snapshot()))

    async def check(self, *, full: bool) -> Checked:
        """Check the database on a thread of its own."""
        path = self._desk.database.path
        findings = await on_thread(
            lambda is_cut_off: upkeep.check(path, full=full, is_cut_off=is_cut_off)
        )
        return Checked(ok=not findings, findings=findings)

    def subscribe(
        self, thread_id: str | None, since: int | None, names: list[str] | None, *, deltas: bool
    ) -> Subscribed:
        """Begin to tell this peer of events, history first."""
        thread_key = 0
        if thread_id is not None:
            thread_key = events.require_thread_key(self.snapshot, thread_id)
        source, watermark = self._desk.database.source, events.last_seq(self.snapshot)
        subscription_id = ids.mint("sub", source.now_ms(), source.random_bits(ids.RANDOM_BITS))
        self._desk.hub.join(
            Subscription(
                self._peer,
                subscription_id,
                Filter(thread_id, thread_key, None if names is None else tuple(names)),
                watermark if since is None else since,
                watermark,
                deltas=deltas,
            )
        )
        return Subscribed(subscription_id, watermark)

    def unsubscribe(self, subscription_id: str) -> None:
        """End a subscription, or refuse with `subscription_not_found`."""
        self._desk.hub.leave(self._peer, subscription_id)

    def cancel(self, request_id: Json) -> None:
        """End a waiting request of this peer."""
        self._desk.room.cancel(self._peer, request_id)

    def tell_delta(self, item_id: str, text: str, offset: int) -> None:
        """Fan a piece of an open item out to those who asked for deltas."""
        item = items.get(self.snapshot, items.require(self.snapshot, item_id).key)
        if item.status in ITEM.terminal:
            raise ITEM.refusal(item.status, "in_progress")
        delta = Delta(item.thread_id, item.turn_id, item.id, text, offset)
        self._desk.hub.tell_delta(item.thread_id, _ENCODER.encode(delta))

    def shut_down(self) -> None:
        """Drain and end, once what has arrived is answered."""
        self._daemon.stop()


async def _encoded(result: Awaitable[msgspec.Struct]) -> bytes:
    with outages():
        return _ENCODER.encode(await result)
