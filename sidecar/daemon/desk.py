"""Run requests in groups: one transaction for what one turn of the loop has read, or a few turns.

A group ends after GROUP_REQUESTS, GROUP_MS or MAX_UNSENT_BYTES of answers. Answers to writes,
and to reads that saw them, leave after its commit. COMMIT alone waits for a disk: it runs here
while commits are fast, else on one other thread, and meanwhile other peers' reads are served.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sidecar.daemon.asides import Asides
from sidecar.daemon.background import checkpoint
from sidecar.daemon.context import RequestContext
from sidecar.daemon.dispatch import Dispatcher, Pending, Request, render_error
from sidecar.daemon.errands import Errands
from sidecar.daemon.gathering import Gathering, Pace
from sidecar.daemon.group import Group, Held
from sidecar.daemon.hub import Hub
from sidecar.daemon.meter import Meter
from sidecar.daemon.peer import PeerConnection, Work
from sidecar.daemon.waiting import WaitingRoom
from sidecar.model.errors import Outage, Overloaded
from sidecar.rpc.registry import REGISTRY
from sidecar.store.database import Database
from sidecar.store.outages import GroupLost
from sidecar.store.transaction import Snapshot

# Enough requests to share one commit; more would only make the first of them wait.
GROUP_REQUESTS = 128
# The longest that the loop works before it looks at its sockets again.
GROUP_MS = 2.0
# Requests of one peer before it is another's turn.
PEER_QUANTUM = 16


class Desk:
    """Take requests from all peers in turn and see to their answers."""

    def __init__(self, database: Database, loop: asyncio.AbstractEventLoop, meter: Meter) -> None:
        """Work on one database, on one loop, and count what is done."""
        self.database = database
        self.meter = meter
        self.loop = loop
        self._elapsed_s = database.source.elapsed_s
        # In the order in which they came: what is done for all of them is done in that.
        self.peers: dict[PeerConnection, None] = {}
        self.is_draining = False
        self.on_quiet: Callable[[], None] = lambda: None
        self.make_context: Callable[[PeerConnection, Group], RequestContext]
        self.hub = Hub(database, loop)
        self.room = WaitingRoom(loop, database.source.now_ms, self._schedule)
        self._dispatcher = Dispatcher(REGISTRY)
        self._runnable: deque[PeerConnection] = deque()
        self._to_flush: dict[PeerConnection, None] = {}
        self._is_scheduled = False
        self._is_closed = False
        self._committing: asyncio.Future[None] | None = None
        # A group that stays open between two turns, for those who are about to ask.
        self._held_open: Group | None = None
        # Peers whose next request waits for the commit under way.
        self._waiting: list[PeerConnection] = []
        self._gathering = Gathering(loop, self._gathered)
        self._pace = Pace(self._elapsed_s)
        self._committer = ThreadPoolExecutor(1, thread_name_prefix="commit")
        self._errands = Errands(loop, self.wake, self._tell_if_quiet)
        self.asides = Asides(loop, self._committer, self._schedule)

    # -- peers ---------------------------------------------------------------------------------

    def join(self, peer: PeerConnection) -> int:
        """Welcome a peer and tell how many there are."""
        self.peers[peer] = None
        self.meter.connections += 1
        peer.number = self.meter.connections
        return len(self.peers)

    def leave(self, peer: PeerConnection) -> None:
        """Forget a peer whose connection is gone; what it sent still runs."""
        self.peers.pop(peer, None)
        self.hub.forget(peer)
        self.room.forget(peer)
        self._gathering.has_come(peer)
        self._tell_if_quiet()

    def wake(self, peer: PeerConnection) -> None:
        """Be told that a peer may have something to run."""
        self._gathering.has_come(peer)
        if peer.is_runnable and not peer.is_queued:
            peer.is_queued = True
            self._runnable.append(peer)
        self._schedule()

    def will_flush(self, peer: PeerConnection) -> None:
        """Write a peer's answers at the end of the group."""
        self._to_flush[peer] = None
        self._schedule()

    def _tell_if_quiet(self) -> None:
        if self.is_quiet:
            self.on_quiet()

    @property
    def is_quiet(self) -> bool:
        """Tell whether nobody is there and everything that has arrived is done."""
        under_way = (self._held_open, self._committing, self._errands)
        return not any((self.peers, self._runnable, self._to_flush, *under_way))

    @property
    def commit_under_way(self) -> object | None:
        """Be the commit that the helper thread is at, another each time; None without any."""
        return self._committing

    @property
    def queue_depth(self) -> int:
        """Count the peers that wait for their turn."""
        return len(self._runnable)

    def _schedule(self) -> None:
        if self._is_closed:
            return
        may_look = self._committing is None and (self.room.is_ready or self.asides.is_ready)
        is_due = any((self._runnable, self._to_flush, self._held_open, may_look))
        if is_due and not self._is_scheduled:
            self._is_scheduled = True
            self.loop.call_soon(self._turn)

    # -- groups --------------------------------------------------------------------------------

    def _turn(self) -> None:
        self._is_scheduled = False
        if self._is_closed:
            return
        group, self._held_open = self._held_open or Group(), None
        until = self._elapsed_s() + GROUP_MS / 1000
        waiting: list[PeerConnection] = []
        done = 0
        if self._committing is None and self.asides.is_ready and not group.is_open:
            self._committing = self.loop.create_future()
            self.asides.start(self._gathered)
        if self.room.is_ready and self._committing is None:
            self._open(group)
            self._serve_waiting(group)
        while self._runnable and done < GROUP_REQUESTS and self._elapsed_s() < until:
            peer = self._runnable.popleft()
            peer.is_queued = False
            done += self._serve(peer, group, min(PEER_QUANTUM, GROUP_REQUESTS - done))
            if peer.is_runnable:
                waiting.append(peer) if self._must_wait(peer) else self.wake(peer)
            if group.is_over:
                break
        if waiting or not self._hold_open(group):
            self._end(group)
        for peer in waiting:
            self.wake(peer) if self._committing is None else self._waiting.append(peer)
        self._flush()
        self._schedule()
        self._tell_if_quiet()

    def _hold_open(self, group: Group) -> bool:
        """Share the commit with those who were just answered, if they are about to ask."""
        is_idle = not (self._runnable or self.room.is_ready or self.asides.is_ready)
        may_grow = is_idle and group.is_open and not group.is_over and self._pace.is_fast
        self._held_open = group if may_grow and self._gathering.may_hold() else None
        return self._held_open is not None

    def _serve(self, peer: PeerConnection, group: Group, most: int) -> int:
        """Run up to so many requests of one peer, in order; tell how many."""
        for done in range(most):
            if group.is_over or not peer.is_runnable or self._must_wait(peer):
                return done
            work = peer.next_work()
            if work is None:
                return done
            request = work.take()
            peer.drop_taken_work()
            self._run(work, request, group)
        return most

    def _must_wait(self, peer: PeerConnection) -> bool:
        """Tell whether the peer's next request needs a commit to end first.

        A write needs the one under way; a read its own peer's; and what lives on the loop or on
        a thread is never part of a group, since it could not be undone with it.
        """
        if self._committing is None and not peer.held:
            return False
        work = peer.next_work()
        if work is None:
            return False
        method = work.requests[work.taken].method
        mode = method.mode if method is not None else "read"
        if self._committing is None:
            return mode in ("scan", "peer")
        return peer.held > 0 or mode == "write"

    def _run(self, work: Work, request: Request, group: Group) -> None:
        peer = work.peer
        started_s = self._elapsed_s()
        if work.is_too_large:
            work.settle(request, render_error(request.id, Overloaded()), started_s)
            return
        method = request.method
        if method is not None and method.mode == "write" and request.fault is None:
            self._open(group)
            if group.outage is not None:
                work.settle(request, render_error(request.id, group.outage), started_s)
                return
        answer = self._dispatcher.answer(request, self.make_context(peer, group))
        peer.has_spoken = True
        work.subscriptions += self.hub.take_joined()
        if isinstance(answer, Pending) and not self._may_wait(work, request):
            answer = answer.answer
        if isinstance(answer, Pending):
            self.room.park(work, request, answer)
        elif not isinstance(answer, bytes):
            self._errands.run(work, request, answer, started_s)
        elif group.is_open and (peer.held or (method is not None and method.mode == "write")):
            self._hold(group, Held(work, request, answer, started_s))
        else:
            work.settle(request, answer, started_s)
        if group.is_open:
            self._serve_waiting(group)

    def _may_wait(self, work: Work, request: Request) -> bool:
        """Tell whether anybody is there for an answer that may come later."""
        return request.id is not None and not self.is_draining and not work.peer.is_gone

    def _hold(self, group: Group, held: Held) -> None:
        held.work.peer.held += 1
        group.hold(held)

    def _serve_waiting(self, group: Group) -> None:
        """Run those again who wait for what was just written, the longest waiting first."""
        self._wake_waiting()
        while self.room.is_ready and not group.is_over:
            waiter = self.room.next()
            if waiter is None:
                return
            if group.outage is not None:
                self.room.refuse(waiter, group.outage)
                continue
            started_s = self._elapsed_s()
            answer = self._dispatcher.answer(waiter.request, self.make_context(waiter.peer, group))
            if isinstance(answer, Pending):
                self.room.keep(waiter, answer.wait.due_at_ms)
            else:
                assert isinstance(answer, bytes), "only writes wait"
                self.room.leave(waiter)
                self._hold(group, Held(waiter.work, waiter.request, answer, started_s))
            self._wake_waiting()

    def _wake_waiting(self) -> None:
        for topic, at_ms in self.database.take_woken():
            self.room.wake(topic, at_ms)

    def _open(self, group: Group) -> None:
        if group.is_open or group.outage is not None:
            return
        try:
            self.database.begin()
        except Outage as outage:
            group.outage = outage
            return
        group.is_open = True
        group.now_ms = self.database.source.now_ms()

    # -- commits -------------------------------------------------------------------------------

    def _end(self, group: Group) -> None:
        if not group.is_open:
            return
        if group.lost is not None:
            self.database.rollback()
            self._run_one_by_one(group)
        elif self._pace.is_fast:
            self._commit_here(group)
        else:
            self._committing = self.loop.create_future()
            started = self._elapsed_s()
            commit = self.loop.run_in_executor(self._committer, self.database.commit)
            commit.add_done_callback(lambda done: self._on_committed(group, started, done))

    def _commit_here(self, group: Group) -> None:
        started = self._elapsed_s()
        try:
            self.database.commit()
        except GroupLost:
            self._run_one_by_one(group)
            return
        self._conclude(group, self._pace.measure(started))
        self._flush()
        checkpoint(self.database)

    def _on_committed(self, group: Group, started: float, commit: "asyncio.Future[None]") -> None:
        took_s = self._pace.measure(started)
        if isinstance(commit.exception(), GroupLost):
            self._run_one_by_one(group)
        else:
            commit.result()
            self._conclude(group, took_s)
        self._flush()
        if self._waiting:
            self._gathering.begin()
        else:
            # With nobody waiting there are no halves, and to gather would only cost its time.
            self.loop.call_soon(self._gathered)

    def _gathered(self) -> None:
        checkpoint(self.database)
        committing, self._committing = self._committing, None
        assert committing is not None
        committing.set_result(None)
        waiting, self._waiting = self._waiting, []
        for peer in waiting:
            self.wake(peer)
        self._schedule()
        self._tell_if_quiet()

    def _conclude(self, group: Group, took_s: float) -> None:
        self.meter.count_commit(len(group.held), took_s)
        self._settle(group.held)
        self._gathering.expect(held.work.peer for held in group.held)
        self.hub.publish()

    def _settle(self, held: list[Held]) -> None:
        self.meter.group_size = len(held)
        for each in held:
            each.work.peer.held -= 1
            each.work.settle(each.request, each.answer, each.started_s)
        self.meter.group_size = 0

    def _run_one_by_one(self, group: Group) -> None:
        """Run the requests of a lost group again, each in a transaction of its own."""
        self.meter.reruns += 1
        outage = group.outage
        for each in group.held:
            if outage is None:
                answer, outage = self._run_alone(each)
            else:
                answer = render_error(each.request.id, outage)
            if isinstance(answer, Pending):
                each.work.peer.held -= 1
                self.room.park(each.work, each.request, answer)
            else:
                self._settle([each._replace(answer=answer)])
            self._wake_waiting()
        self.hub.publish()
        self._schedule()

    def _run_alone(self, held: Held) -> tuple[bytes | Pending, Outage | None]:
        """Run one request again; an outage that keeps any transaction from beginning stays."""
        alone = Group()
        self._open(alone)
        if alone.outage is not None:
            return render_error(held.request.id, alone.outage), alone.outage
        context = self.make_context(held.work.peer, alone)
        answer = self._dispatcher.answer(held.request, context)
        assert isinstance(answer, bytes | Pending), "only reads and writes are held"
        if isinstance(answer, Pending) and not self._may_wait(held.work, held.request):
            answer = answer.answer
        started = self._elapsed_s()
        try:
            if alone.lost is not None:
                self.database.rollback()
                raise alone.lost
            self.database.commit()
            self.meter.count_commit(1, self._pace.measure(started))
        except GroupLost as lost:
            answer = render_error(held.request.id, lost.outage)
        return answer, None

    def _flush(self) -> None:
        peers, self._to_flush = self._to_flush, {}
        for peer in peers:
            peer.flush()

    async def between_groups(self) -> None:
        """Wait until no group is open nor its commit under way: the writer's connection is free."""
        while (under_way := self._held_open or self._committing) is not None:
            if isinstance(under_way, Group):
                self._held_open = None
                self._end(under_way)
                self._flush()
            else:
                await asyncio.shield(under_way)

    def snapshot_for(self, peer: PeerConnection, group: Group) -> Snapshot:
        """Choose where a peer reads: in the open group if it wrote in it, else what is stored."""
        if group.is_open and peer.held:
            return self.database.own_snapshot()
        return self.database.snapshot()

    async def close(self) -> None:
        """Run nothing more, cut off what still takes its time, and end the helper thread."""
        self._is_closed = True
        await self._errands.close()
        await self.between_groups()
        self._committer.shutdown()
