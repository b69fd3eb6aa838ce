"""A network in one process: every byte takes its time, and any may be the last one.

What a client sends goes through a real socket pair, since the product asks the kernel about it
(who is there, has he hung up, what is unread); when it is read, and in which pieces, is the
seed's. What the daemon sends is held here, where it can be seen how much that is.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import Protocol

from tests.simulation.loop import SimulatedLoop
from tests.simulation.timeline import Timeline

READ_BYTES = (1, 7, 60, 400, 5_000, 65_536)
# Bytes that the kernel holds for a client that does not read.
PIPE_BYTES = (500, 4_000, 60_000)
LATENCY_US = (30, 300, 20_000)
# More than any client here sends without an answer.
SEND_BUFFER_BYTES = 1024 * 1024


class Ear(Protocol):
    """Be whoever is at the client's end."""

    def heard(self, data: bytes) -> None:
        """Take bytes, as they come."""

    def hung_up(self) -> None:
        """Be told that nothing more will come."""


class Link(asyncio.Transport):
    """Be one connection: the daemon's transport, and the client's end."""

    def __init__(
        self,
        timeline: Timeline,
        number: int,
        loop: SimulatedLoop,
        protocol: asyncio.Protocol,
        on_write: Callable[["Link", bytes], None],
    ) -> None:
        super().__init__()
        self.number = number
        self.protocol = protocol
        self.ear: Ear | None = None
        self._timeline = timeline
        self._loop = loop
        self._on_write = on_write
        self._chance = timeline.chance(f"link {number}")
        self._ours, self._theirs = socket.socketpair()
        self._ours.setblocking(False)
        self._theirs.setblocking(False)
        self._theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        self._latency_us = self._chance.choices(LATENCY_US, (6, 3, 1))[0]
        self._pipe_bytes = self._chance.choice(PIPE_BYTES)
        self._high, self._low = 65_536, 16_384
        self._is_reading, self._is_read_due, self._has_ended = True, False, False
        self._unsent = bytearray()
        self._pipe = bytearray()
        self._is_closing, self._is_lost, self._is_break_due = False, False, False
        self._client_reads, self._is_hearing_due = True, False
        self.is_stalled = False
        self.client_has_left = False

    # -- the client's end --------------------------------------------------------------------------

    def send(self, data: bytes) -> None:
        """Hand bytes to the kernel; the daemon gets them when it looks."""
        if not self._is_lost:
            sent = self._theirs.send(data)
            assert sent == len(data), "the kernel has no room for it"
            self._read_soon()

    def shut_down(self) -> None:
        """Say that nothing more will be sent; the answers are still wanted."""
        if not self._is_lost:
            self._theirs.shutdown(socket.SHUT_WR)
            self._read_soon()

    def leave(self) -> None:
        """Hang up, whatever is still to come."""
        self.client_has_left = True
        self._theirs.close()
        if self._unsent:
            self._break_soon()
        self._read_soon()

    def listen(self, *, reads: bool) -> None:
        """Read what comes, or let it lie."""
        self._client_reads = reads
        self._hear_soon()

    def _hear_soon(self) -> None:
        is_news = self._pipe or self._is_lost
        if is_news and self._client_reads and not self._is_hearing_due:
            self._is_hearing_due = True
            self._timeline.after(self._chance.randrange(1, self._latency_us), self._hear)

    def _hear(self) -> None:
        self._is_hearing_due = False
        if self.client_has_left or self.ear is None or not self._client_reads:
            return
        if not self._pipe:
            if self._is_lost:
                self.ear.hung_up()
            return
        most = self._chance.choice(READ_BYTES)
        data = bytes(self._pipe[:most])
        del self._pipe[:most]
        self._fill()
        self.ear.heard(data)
        self._hear_soon()

    def lose_daemon(self) -> None:
        """Be what a connection is whose process is gone: what the kernel has is still read."""
        self._is_lost = self._is_closing = True
        self._unsent.clear()
        self._ours.close()
        self._theirs.close()
        self._hear_soon()

    # -- the daemon's end: reading -----------------------------------------------------------------

    def _read_soon(self) -> None:
        is_wanted = self._is_reading and not self._is_closing and not self._has_ended
        if is_wanted and not self._is_read_due:
            self._is_read_due = True
            self._timeline.after(self._chance.randrange(1, self._latency_us), self._read)

    def _read(self) -> None:
        self._is_read_due = False
        if not self._is_reading or self._is_closing or self._has_ended or self._loop.is_dead:
            return
        try:
            data = self._ours.recv(self._chance.choice(READ_BYTES))
        except BlockingIOError:
            return
        if data:
            self._loop.perform(self.protocol.data_received, data)
            self._read_soon()
            return
        self._has_ended = True
        if self.client_has_left and self._pipe:
            # A process that closes with something unread resets the connection (unix(7)).
            self._loop.perform(self._lose, ConnectionResetError())
        else:
            self._loop.perform(self._end)

    def _end(self) -> None:
        if not self.protocol.eof_received():
            self.close()

    def pause_reading(self) -> None:
        self._is_reading = False

    def resume_reading(self) -> None:
        self._is_reading = True
        self._read_soon()

    # -- the daemon's end: writing -----------------------------------------------------------------

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._loop.is_dead:
            return
        assert not self._is_closing, "written to a closed transport"
        self._on_write(self, bytes(data))
        if self.client_has_left:
            self._break_soon()
            return
        self._unsent += data
        self._fill()
        if len(self._unsent) > self._high and not self.is_stalled:
            self.is_stalled = True
            self.protocol.pause_writing()

    def _fill(self) -> None:
        """Let the kernel take what it has room for."""
        room = self._pipe_bytes - len(self._pipe)
        if room > 0 and self._unsent:
            self._pipe += self._unsent[:room]
            del self._unsent[:room]
        self._hear_soon()
        if self._loop.is_dead or self._is_lost:
            return
        if self.is_stalled and len(self._unsent) <= self._low:
            self.is_stalled = False
            self._loop.call_soon(self._resume)
        if self._is_closing and not self._unsent:
            self._loop.call_soon(self._lose, None)

    def _resume(self) -> None:
        if not self.is_stalled and not self._is_lost:
            self.protocol.resume_writing()

    def _break_soon(self) -> None:
        if not self._is_break_due and not self._loop.is_dead:
            self._is_break_due = True
            self._loop.call_soon(self._lose, BrokenPipeError())

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        assert high is not None and low is None
        self._high, self._low = high, high // 4

    # -- the daemon's end: closing -----------------------------------------------------------------

    def is_closing(self) -> bool:
        return self._is_closing

    def close(self) -> None:
        if not self._is_closing:
            self._is_closing = True
            if not self._unsent:
                self._loop.call_soon(self._lose, None)

    def abort(self) -> None:
        self._is_closing = True
        self._unsent.clear()
        self._loop.call_soon(self._lose, None)

    def _lose(self, error: Exception | None) -> None:
        if not self._is_lost:
            self._is_lost = self._is_closing = True
            self._unsent.clear()
            self.protocol.connection_lost(error)
            self._ours.close()
            self._hear_soon()

    def get_extra_info(self, name: str, default: object = None) -> object:
        assert name == "socket", default
        return self._ours

    @property
    def is_open(self) -> bool:
        """Tell whether either side may still hear the other."""
        return not (self._is_lost or self.client_has_left)

    def is_reading(self) -> bool:
        return self._is_reading

    @property
    def is_heard(self) -> bool:
        """Tell whether the client has all that the daemon has written."""
        return self._client_reads and not self._pipe and not self._unsent

    @property
    def is_lost(self) -> bool:
        """Tell whether the daemon has let go of it."""
        return self._is_lost

    @property
    def may_rest(self) -> bool:
        """Tell whether what the kernel has may be left there for now."""
        return not self._is_reading or self.is_stalled

    @property
    def is_over(self) -> bool:
        return self._is_lost and self.client_has_left

    @property
    def is_settled(self) -> bool:
        """Tell whether nothing is on its way."""
        return not (self._is_read_due or self._is_hearing_due)
