"""One connection: bytes in, messages in their order, answers out; bounded whatever it does.

Three things can pause a peer and each ends by itself: too many requests in flight (reading
pauses), a socket that nobody reads (its requests wait), and a request that takes its time
(those behind it wait). None of them is felt by another peer.
"""

import asyncio
import contextlib
import os
import select
import socket
import struct
from collections import deque
from typing import TYPE_CHECKING, cast

from sidecar.daemon.dispatch import Message, Request, parse, render_error
from sidecar.daemon.framing import BrokenStream, Framing
from sidecar.model import limits
from sidecar.model.errors import Draining, Forbidden, LimitExceeded, ProtocolError
from sidecar.rpc.registry import REGISTRY

if TYPE_CHECKING:
    from sidecar.daemon.desk import Desk
    from sidecar.daemon.hub import Subscription

# struct ucred: pid, uid, gid (unix(7), SO_PEERCRED).
CREDENTIALS = struct.Struct("3i")


class Work:
    """Hold one message until all its requests are answered."""

    __slots__ = (
        "_answer_bytes", "_answers", "_is_batch", "_waiting",
        "peer", "requests", "subscriptions", "taken",
    )  # fmt: skip

    def __init__(self, peer: "PeerConnection", message: Message) -> None:
        """Begin with nothing answered."""
        self.peer = peer
        self.requests = message.requests
        self._is_batch = message.is_batch
        self._answers: list[bytes] = []
        self._answer_bytes = 0
        self._waiting = len(message.requests)
        # Those that it has made, which begin behind its answer.
        self.subscriptions: list[Subscription] = []
        self.taken = 0

    def take(self) -> Request:
        """Take the next request, in order."""
        self.taken += 1
        return self.requests[self.taken - 1]

    @property
    def is_taken(self) -> bool:
        """Tell whether every request has been taken."""
        return self.taken == len(self.requests)

    @property
    def is_too_large(self) -> bool:
        """Tell whether the answers of a batch have grown past what may be held for it."""
        return self._answer_bytes > limits.MAX_BATCH_ANSWER_BYTES

    def settle(self, request: Request, answer: bytes, started_s: float | None) -> None:
        """Answer one request, begun then; the message is answered with the last of them."""
        self.peer.meter.count(self.peer, request, answer, started_s)
        if request.id is not None:
            self._answers.append(answer)
            self._answer_bytes += len(answer)
        self._waiting -= 1
        if self._waiting:
            return
        if self._answers:
            joined = b"[%b]" % b",".join(self._answers)
            self.peer.send(joined if self._is_batch else self._answers[0])
        self.peer.finish(self.subscriptions)


class PeerConnection(asyncio.Protocol):
    """Be one peer of the daemon."""

    def __init__(self, desk: "Desk", owner_uid: int, refusal: ProtocolError | None = None) -> None:
        """Serve a connection at a desk; only the owner's own processes may speak.

        One with a refusal is told so instead.
        """
        self._desk = desk
        self._refusal = refusal
        self.meter = desk.meter
        self.number = 0
        self.pid: int | None = None
        self._owner_uid = owner_uid
        self._framing = Framing()
        self._transport: asyncio.Transport | None = None
        self._messages: deque[bytes] = deque()
        self._late_from: int | None = None
        self._unsent: list[bytes] = []
        self._unsent_bytes = 0
        self._in_flight = 0
        self._is_reading = True
        self._is_ended = False
        self._work: Work | None = None
        self.is_queued = False
        self.is_stalled = False
        self.is_blocked = False
        self.held = 0
        self.has_spoken = False

    # -- the transport's side ------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Welcome the peer, or tell it why not."""
        # uvloop's transports are not asyncio's classes.
        self._transport = transport = cast("asyncio.Transport", transport)
        self.pid, uid = self._credentials(transport)
        transport.set_write_buffer_limits(high=limits.MAX_UNSENT_BYTES)
        count = self._desk.join(self)
        if count > limits.MAX_CONNECTIONS:
            self._turn_away(
                LimitExceeded(limit="maxConnections", max=limits.MAX_CONNECTIONS, actual=count)
            )
        elif uid not in (self._owner_uid, 0):
            self._turn_away(Forbidden())
        elif self._refusal is not None:
            self._turn_away(self._refusal)
        elif self._desk.is_draining:
            self.drain()

    def _credentials(self, transport: asyncio.Transport) -> tuple[int, int]:
        sock: socket.socket = transport.get_extra_info("socket")
        packed = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
        pid, uid, _ = CREDENTIALS.unpack(packed)
        return pid, uid

    def data_received(self, data: bytes) -> None:
        """Cut what came into messages and let the desk know."""
        if self._is_ended:
            return
        try:
            self._framing.feed(data, self._messages)
        except BrokenStream as broken:
            self._turn_away(broken.error)
        self._balance()
        self._desk.wake(self)

    def eof_received(self) -> bool:
        """Answer all that was sent before the peer closed its side, then close ours."""
        if not self._is_ended:
            self._framing.end(self._messages)
            self._is_ended = True
        self._desk.wake(self)
        self._close_if_done()
        return True

    def connection_lost(self, error: Exception | None) -> None:
        """Go on with what has arrived: a request is executed even if its peer has gone."""
        if error is not None and not self._is_ended:
            self._take_rest()
        self._transport = None
        self._is_ended = True
        self.is_stalled = False
        self._unsent.clear()
        # In this order: a desk that a peer has left with nothing to run may close.
        self._desk.wake(self)
        self._desk.leave(self)

    def _take_rest(self) -> None:
        """Take what a peer that hung up had sent before, and the loop has not read.

        The loop gives a connection up when it cannot write; what the kernel holds would be lost.
        """
        assert self._transport is not None
        sock: socket.socket = self._transport.get_extra_info("socket")
        rest = bytearray()
        with contextlib.suppress(OSError):
            # A peer may have closed its ear alone, and speak on.
            while len(rest) < limits.MAX_MESSAGE_BYTES and (
                data := os.read(sock.fileno(), limits.MAX_UNSENT_BYTES)
            ):
                rest += data
        with contextlib.suppress(BrokenStream):
            self._framing.feed(bytes(rest), self._messages)
            self._framing.end(self._messages)

    def pause_writing(self) -> None:
        """Stop working for a peer that does not read."""
        self.is_stalled = True

    def resume_writing(self) -> None:
        """Go on."""
        self.is_stalled = False
        self._desk.wake(self)
        self._desk.hub.resume(self)

    # -- the desk's side ------------------------------------------------------------------------

    @property
    def is_gone(self) -> bool:
        """Tell whether nobody is there to be answered any more.

        To the loop, a peer that has closed looks like one that has closed its own side alone
        and still listens; the kernel tells them apart (POLLHUP, poll(2)).
        """
        if self._transport is None or self._transport.is_closing():
            return True
        sock: socket.socket = self._transport.get_extra_info("socket")
        poll = select.poll()
        poll.register(sock.fileno(), select.POLLHUP)
        return any(told & select.POLLHUP for _, told in poll.poll(0))

    @property
    def is_runnable(self) -> bool:
        """Tell whether the desk may take this peer's next request now."""
        has_work = self._work is not None or bool(self._messages)
        return has_work and not self.is_stalled and not self.is_blocked

    def next_work(self) -> Work | None:
        """Take the message whose next request is to be run."""
        while self._work is None or self._work.is_taken:
            if not self._messages:
                self._work = None
                return None
            self._in_flight += 1
            self._work = Work(self, self._parse(self._messages.popleft()))
            if not self._work.requests:
                self.finish([])
        return self._work

    def drop_taken_work(self) -> None:
        """Let go of a message all of whose requests were taken."""
        if self._work is not None and self._work.is_taken:
            self._work = None

    def _parse(self, text: bytes) -> Message:
        message = parse(text, REGISTRY)
        if self._late_from is None:
            return message
        self._late_from -= 1
        if self._late_from >= 0:
            return message
        late = [Request(each.id, fault=each.fault or Draining()) for each in message.requests]
        return Message(late, message.is_batch)

    def send(self, answer: bytes) -> None:
        """Queue an answer for the write at the end of the group."""
        if self._transport is None:
            return
        self._unsent.append(answer)
        self._unsent_bytes += len(answer)
        if self._unsent_bytes > limits.MAX_UNSENT_BYTES:
            self._write()
        else:
            self._desk.will_flush(self)

    def notify(self, notification: bytes) -> None:
        """Write a notification at once, behind the answers that wait."""
        self.send(notification)
        self.flush()

    def finish(self, subscriptions: "list[Subscription]") -> None:
        """Count one message as done; the flush then reads on, if that was what kept us."""
        self._in_flight -= 1
        self._desk.hub.begin(subscriptions)
        self._desk.will_flush(self)

    def flush(self) -> None:
        """Write all answers at once, then see whether to read on or to close."""
        self._write()
        self._balance()
        self._close_if_done()

    def _write(self) -> None:
        if self._unsent and self._transport is not None and not self._transport.is_closing():
            self._transport.write(self._framing.frame(self._unsent))
        self._unsent.clear()
        self._unsent_bytes = 0

    def _balance(self) -> None:
        if self._transport is None or self._is_ended:
            return
        waiting = len(self._messages) + self._in_flight
        may_read = waiting < limits.MAX_IN_FLIGHT
        if may_read and len(self._messages) > 1:
            may_read = sum(map(len, self._messages)) < limits.MAX_IN_FLIGHT_BYTES
        if may_read is self._is_reading:
            return
        self._is_reading = may_read
        if may_read:
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()

    # -- the end ---------------------------------------------------------------------------------

    def _turn_away(self, error: ProtocolError) -> None:
        """Tell the peer why its connection ends; what it sent before is still answered."""
        self._is_ended = True
        self.send(render_error(None, error))
        self._desk.wake(self)

    def drain(self) -> None:
        """Answer what has arrived, refuse what arrives later, close when both are done."""
        if self._late_from is None:
            self._late_from = len(self._messages)
        self._is_ended = self._is_ended or not self._is_busy
        self._close_if_done()

    @property
    def _is_busy(self) -> bool:
        return bool(self._messages or self._in_flight or self._unsent)

    def _close_if_done(self) -> None:
        is_over = self._is_ended or self._late_from is not None
        if is_over and not self._is_busy and self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Close at once: the time to drain is over."""
        if self._transport is not None:
            self._transport.abort()
